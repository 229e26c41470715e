"""The Book page: every household of the practice, what each may need, and runs over many."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from core.book.job import Job
from core.book.session import SaveState, Saving
from core.book.summary import BookSummary, Tile
from desktop.book_care import BookCare
from desktop.book_flow import BookFlow
from desktop.settings import Settings
from widgets.card import Card
from widgets.household_list import HouseholdList
from widgets.numbers import money_short, number, plural
from widgets.theme import S, font, pixmap, set_icon, theme_events, tokens
from widgets.tile_bar import TileBar

_WELCOME = (
    "A book keeps the households of your practice in one encrypted file: holdings, targets, every step of your work, "
    "the files you imported and the plans you sent, so that each can be shown and made again years later.\n\n"
    "It stays on this machine. The key lies in the system's key store, and a passphrase opens the book elsewhere. A "
    "forgotten passphrase cannot be recovered by anybody."
)


class BookPage(QWidget):
    """Speaks to the flow and the care only. ``on_open`` brings the household that is opened into view."""

    def __init__(
        self, flow: BookFlow, care: BookCare, on_open: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._flow = flow
        self._care = care
        self._on_open = on_open
        self._summary: BookSummary | None = None
        self.setAccessibleName("Book")
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._welcome())
        self._layers.addWidget(self._contents())
        flow.book_changed.connect(self._on_book)
        flow.summary_changed.connect(self._on_summary)
        flow.saving_changed.connect(self._on_saving)
        flow.run_changed.connect(self._on_run)
        theme_events().themeChanged.connect(self._dress)
        self._on_book()
        flow.refresh()

    def restore(self, settings: Settings) -> None:
        """Put the columns back where they were."""
        if not settings.header("book").isEmpty():
            self.list.restore_state(settings.header("book"))

    def save(self, settings: Settings) -> None:
        """Remember the columns."""
        settings.set_header("book", self.list.save_state())

    # -- without a book ---------------------------------------------------------------------------------------

    def _welcome(self) -> QWidget:
        page = QWidget()
        outer = QVBoxLayout(page)
        outer.setContentsMargins(S.lg, S.xl, S.lg, S.lg)
        card = Card("Your households, safely in one file")
        card.setMaximumWidth(620)
        words = QLabel(_WELCOME, wordWrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        card.body.addWidget(words)
        row = QHBoxLayout()
        row.setSpacing(S.sm)
        self.new_button = QPushButton("New book…")
        self.new_button.setProperty("primary", True)
        self.new_button.setToolTip("Make a new, empty book")
        self.new_button.clicked.connect(self._flow.choose_new)
        self.open_button = QPushButton("Open book…")
        self.open_button.setToolTip("Open a book that is there")
        self.open_button.clicked.connect(self._flow.choose_open)
        row.addWidget(self.new_button)
        row.addWidget(self.open_button)
        row.addStretch(1)
        card.body.addSpacing(S.sm)
        card.body.addLayout(row)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card, 4)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)
        return page

    # -- with one ---------------------------------------------------------------------------------------------

    def _contents(self) -> QWidget:
        page = QWidget()
        outer = QVBoxLayout(page)
        outer.setContentsMargins(S.lg, S.md, S.lg, S.md)
        outer.setSpacing(S.md)
        outer.addLayout(self._head())
        self.tiles = TileBar()
        self.tiles.tilesChanged.connect(self._on_tiles)
        outer.addWidget(self.tiles)
        self._running = QWidget()
        running = QHBoxLayout(self._running)
        running.setContentsMargins(0, 0, 0, 0)
        running.setSpacing(S.md)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress of the run")
        self.progress_words = QLabel()
        self.progress_words.setMinimumWidth(260)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("Begin nothing new; what is finished is kept")
        self.cancel_button.clicked.connect(self._flow.cancel)
        running.addWidget(self.progress, 1)
        running.addWidget(self.progress_words)
        running.addWidget(self.cancel_button)
        self._running.hide()
        outer.addWidget(self._running)
        outer.addLayout(self._tools())
        self.list = HouseholdList()
        self.list.householdOpened.connect(self._on_opened)
        self.list.chosenChanged.connect(self._show_buttons)
        self.list.addActions(self.menu.actions())
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("muted", True)
        outer.addWidget(self.list, 1)
        outer.addWidget(self.empty)
        return page

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(S.sm)
        self.title = QLabel()
        self.title.setFont(font("heading"))
        self.words = QLabel()
        self.words.setProperty("muted", True)
        self._saved_icon = QLabel()
        self.saved = QLabel()
        self.saved.setProperty("muted", True)
        head.addWidget(self.title)
        head.addWidget(self.words)
        head.addStretch(1)
        head.addWidget(self._saved_icon)
        head.addWidget(self.saved)
        return head

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S.sm)
        self.filter = QLineEdit(placeholderText="Filter by name", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter households")
        self.filter.setToolTip("Show only households whose name holds these words")
        self.filter.setMaximumWidth(280)
        self._magnifier = QAction(self)
        self.filter.addAction(self._magnifier, QLineEdit.ActionPosition.LeadingPosition)
        set_icon(self._magnifier, "search", "text_muted")
        self.filter.textChanged.connect(self._on_filter)
        row.addWidget(self.filter, 1)
        row.addStretch(1)
        self.add_button = self._button("Add open household", "Put the household on the other pages into the book")
        self.add_button.clicked.connect(self._flow.add_open)
        self.review_button = self._button("Review", "Measure how far each household is from its target; no plans")
        self.review_button.clicked.connect(lambda: self._start(Job.REVIEW))
        self.rebalance_button = self._button(
            "Rebalance", "Plan for the households whose plan is not of their present data"
        )
        self.rebalance_button.setProperty("primary", True)
        self.rebalance_button.clicked.connect(lambda: self._start(Job.PLAN))
        self.menu = self._menu()
        self.more_button = self._button("Household", "Open, rename, remove the selected; what is kept of it")
        self.more_button.setMenu(self.menu)
        for button in (self.more_button, self.add_button, self.review_button, self.rebalance_button):
            row.addWidget(button)
        return row

    def _menu(self) -> QMenu:
        """What can be done with the selected households; also the list's own menu and its keys."""
        menu = QMenu(self)
        self.open_action = self._action(menu, "&Open", ("Return",), self._on_open_chosen)
        self.rename_action = self._action(menu, "Re&name…", ("F2",), self._on_rename)
        self.records_action = self._action(menu, "Re&cords…", (), self._on_records)
        menu.addSeparator()
        self.remove_action = self._action(menu, "&Remove…", ("Del",), self._on_remove)
        return menu

    @staticmethod
    def _action(menu: QMenu, text: str, keys: tuple[str, ...], act: Callable[[], None]) -> QAction:
        action = menu.addAction(text)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(act)
        return action

    @Slot()
    def _on_open_chosen(self) -> None:
        self._on_opened(self.list.chosen()[0])

    @Slot()
    def _on_rename(self) -> None:
        self._care.ask_name(self.list.chosen()[0])

    @Slot()
    def _on_records(self) -> None:
        self._care.show_records(self.list.chosen()[0])

    @Slot()
    def _on_remove(self) -> None:
        self._care.ask_remove(self.list.chosen())

    @staticmethod
    def _button(words: str, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setToolTip(tip)
        return button

    # -- what is shown ----------------------------------------------------------------------------------------

    @Slot()
    def _on_book(self) -> None:
        book = self._flow.book
        self._layers.setCurrentIndex(0 if book is None else 1)
        if book is None:
            return
        self.title.setText(book.path.stem)
        self.title.setToolTip(str(book.path))
        self._on_saving(SaveState(Saving.SAVED))

    @Slot(object)
    def _on_summary(self, summary: BookSummary) -> None:
        self._summary = summary
        count = len(summary.rows)
        self.words.setText(f"{plural(count, 'household')} · {money_short(summary.value)}" if count else "No households")
        self.tiles.set_counts(summary.counts)
        self._show_rows()

    @Slot(object)
    def _on_tiles(self, _tiles: frozenset[Tile]) -> None:
        self._show_rows()

    @Slot(str)
    def _on_filter(self, words: str) -> None:
        self.list.set_filter(words)
        self._show_buttons()

    def _show_rows(self) -> None:
        summary = self._summary
        if summary is None:
            return
        rows = summary.filtered(self.tiles.tiles())
        opened = self._flow.entry.id if self._flow.entry is not None else None
        self.list.set_rows(rows, summary.today, opened)
        if not summary.rows:
            self.empty.setText("The book is empty. Import a household, then add it here.")
        else:
            self.empty.setText("" if rows else "No household has all of these. Click a tile again to take it off.")
        self.empty.setVisible(not rows)
        self._show_buttons()

    @Slot()
    def _show_buttons(self) -> None:
        book = self._flow.book
        able = book is not None and book.writable and not self._flow.running
        chosen = self.list.chosen()
        shown = self.list.shown()
        words = f"{number(len(chosen))} selected" if len(chosen) > 1 else f"all {number(len(shown))}"
        self.rebalance_button.setText(f"Rebalance {words}")
        self.review_button.setText(f"Review {words}")
        for button in (self.rebalance_button, self.review_button):
            button.setEnabled(able and bool(shown))
        self.add_button.setEnabled(able and self._flow.entry is None)
        one = book is not None and len(chosen) == 1
        self.open_action.setEnabled(one)
        self.rename_action.setEnabled(one and able)
        self.records_action.setEnabled(one)
        self.remove_action.setEnabled(able and bool(chosen))
        self.more_button.setEnabled(bool(chosen))

    @Slot(object)
    def _on_saving(self, state: SaveState) -> None:
        book = self._flow.book
        self._state = state
        if book is not None and not book.writable:
            name, role, words = "lock", "warning", "Read-only: open in another window"
        elif state.saving is Saving.FAILED:
            name, role, words = "error", "error", f"{plural(state.pending, 'change')} not saved"
        elif state.saving is Saving.SAVING:
            name, role, words = "refresh", "text_muted", "Saving…"
        else:
            name, role, words = "lock", "ok", "Saved, encrypted"
        self._look = (name, role)
        self.saved.setText(words)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        name, role = getattr(self, "_look", ("lock", "ok"))
        colour = getattr(tokens(), role)
        self._saved_icon.setPixmap(pixmap(name, 16, colour, self.devicePixelRatioF()))
        self._saved_icon.setFixedSize(QSize(18, 18))

    # -- runs -------------------------------------------------------------------------------------------------

    def _start(self, job: Job) -> None:
        chosen = self.list.chosen()
        self._flow.run(job, chosen if len(chosen) > 1 else self.list.shown())
        self._show_buttons()

    @Slot(int, int, str)
    def _on_run(self, done: int, total: int, words: str) -> None:
        self._running.setVisible(total > 0)
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        counted = f"{number(done)} of {number(total)}" if done else words
        self.progress_words.setText(counted if total > 0 else "")
        self.progress_words.setToolTip(words)
        self._show_buttons()

    @Slot(int)
    def _on_opened(self, household: int) -> None:
        self._flow.show_household(household)
        self._on_open()
