"""The main window: header, rail, pages, inspector and the balance strip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from core.edits import Changes, ImportHousehold, Part
from core.household import Household, Severity
from desktop.actions import Actions
from desktop.header import Header
from desktop.help import ShortcutsDialog, show_about
from desktop.import_flow import ImportFlow
from desktop.inspector import Inspector
from desktop.market_flow import MarketFlow
from desktop.pages.lazy import LazyPages
from desktop.plan_flow import PlanFlow
from desktop.rail import Rail
from desktop.recent import RecentMenu
from desktop.refresh_flow import RefreshFlow
from desktop.settings import Settings
from desktop.strip import Strip
from desktop.style_flow import StyleFlow
from desktop.unsaved import Unsaved
from desktop.workbench import Message, Picked, Workbench
from widgets.drop_area import DropArea
from widgets.message_bar import MessageBar
from widgets.theme import S, apply_theme, set_icon, tokens
from widgets.theme.apply import Mode

if TYPE_CHECKING:
    from desktop.book_care import BookCare
    from desktop.book_flow import BookFlow
    from desktop.export_flow import ExportFlow
    from desktop.pages.book_page import BookPage
    from desktop.pages.household_page import HouseholdPage
    from desktop.pages.market_page import MarketPage
    from desktop.pages.target_page import TargetPage
    from desktop.pages.trades_page import TradesPage

PAGES = ("household", "target", "trades", "market", "book")
#: Commands that need a book.
BOOK_ACTIONS = ("save_book_as", "close_book", "back_up_book", "verify_book", "book_records", "book_passphrase")
#: Below this width of the window the inspector makes room for the page.
INSPECTOR_ROOM = 1180


class _DropOverlay(DropArea):
    """Covers the window while files are dragged over it."""

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        super().dropEvent(event)
        self.hide()


def _wanted_first(name: str) -> tuple[bool, bool]:
    """What the tilt is toward is named first."""
    return "small" not in name, "value" not in name


def _either(names: list[str]) -> str:
    """Names of style boxes as a choice; of many the first ones."""
    few = [*names[:2], "other styles"] if len(names) > 3 else names
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} or {few[-1]}"


def _files_of(path: Path) -> list[Path]:
    """A file, or the files that lie in a folder, hidden ones left out."""
    if not path.is_dir():
        return [path]
    return sorted(inner for inner in path.iterdir() if inner.is_file() and not inner.name.startswith("."))


class MainWindow(QMainWindow):
    """Shows one workbench. ``today`` is for the age of the data only."""

    def __init__(
        self,
        bench: Workbench,
        settings: Settings,
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
    ) -> None:
        super().__init__()
        self.bench = bench
        self.settings = settings
        self._today = _this_day if today is None else today
        self._message: Message | None = None
        self._told: Household | None = None  # that nothing of a wanted style can be bought for it
        self._closing = False
        self.setWindowTitle("Trimtab")
        self.setAcceptDrops(True)
        self.resize(1440, 900)
        self.setMinimumSize(900, 600)
        self.import_flow = ImportFlow(bench, settings, self)
        self.refresh_flow = RefreshFlow(bench, self, self._today)
        self.refresh_flow.add_prices = self.import_flow.choose_prices
        self.market_flow = MarketFlow(bench, self._today, self)
        self.style_flow = StyleFlow(bench, self)
        self.plan_flow = PlanFlow(bench, self)
        self.unsaved = Unsaved(bench, settings, lambda: self.book_flow, self)
        self.import_flow.before_another = self.unsaved.before_import
        self.actions_ = Actions(self, self._handlers())
        self.actions_.fill(self.menuBar())
        self.recent = RecentMenu(settings, self.import_flow, self.actions_)
        self._build()
        self._connect()
        self._restore()
        self._show_household()
        self._show_stack()
        for key in BOOK_ACTIONS:
            self.actions_[key].setEnabled(False)  # until there is a book
        self._on_plan_changed()

    # --- construction ---------------------------------------------------------------------------------------------

    def _handlers(self) -> dict[str, Callable[..., object]]:
        return {
            "import": self.import_flow.choose,
            "open_target": self.import_flow.choose_target,
            "open_prices": self.import_flow.choose_prices,
            "open_overrides": self.import_flow.choose_overrides,
            "sample": self._open_sample,
            "refresh": self.refresh_flow.refresh,
            "settings": self._open_settings,
            "export": lambda: self.export_flow.choose(),
            "export_orders": lambda: self.export_flow.choose_orders(),
            "order_formats": lambda: self.export_flow.choose_formats(),
            "report": lambda: self.export_flow.choose_report(),
            "copy_trades": lambda: self.export_flow.copy(),
            "new_book": lambda: self.book_flow.choose_new(),
            "open_book": lambda: self.book_flow.choose_open(),
            "save_book_as": lambda: self.book_flow.choose_save_as(),
            "close_book": lambda: self.book_flow.leave(),
            "back_up_book": lambda: self.book_care.choose_backup(),
            "restore_book": lambda: self.book_care.choose_restore(),
            "verify_book": lambda: self.book_care.verify(),
            "book_records": lambda: self.book_care.show_records(),
            "book_passphrase": lambda: self.book_care.change_passphrase(),
            "quit": self.close,
            "undo": self.bench.session.stack.undo,
            "redo": self.bench.session.stack.redo,
            "page_household": lambda: self.show_page("household"),
            "page_target": lambda: self.show_page("target"),
            "page_trades": lambda: self.show_page("trades"),
            "page_market": lambda: self.show_page("market"),
            "page_book": lambda: self.show_page("book"),
            "inspector": self._on_inspector,
            "theme_system": lambda: self.set_theme("system"),
            "theme_light": lambda: self.set_theme("light"),
            "theme_dark": lambda: self.set_theme("dark"),
            "switch_theme": lambda: self.set_theme("light" if tokens().dark else "dark"),
            "prove": self.plan_flow.prove,
            "fewer_trades": self.plan_flow.show_fewer_trades,
            "help": lambda: ShortcutsDialog(self).open(),
            "about": lambda: show_about(self),
        }

    def _build(self) -> None:
        self.header = Header(self.actions_)
        self.rail = Rail(self.actions_, tuple(f"page_{page}" for page in PAGES))
        self.message_bar = MessageBar()
        self.pages = LazyPages(
            {
                "household": self._make_household,
                "target": self._make_target,
                "trades": self._make_trades,
                "market": self._make_market,
                "book": self._make_book,
            }
        )
        self.stack = self.pages.stack
        self.inspector = Inspector(self.bench)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self.inspector)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([1050, 300])
        self.strip = Strip(self.bench)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(_Rule(upright=True))
        pages = QVBoxLayout()
        pages.setSpacing(0)
        pages.addWidget(_MessageRow(self.message_bar))
        pages.addWidget(self.splitter, 1)
        middle.addLayout(pages, 1)
        self._central = central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(_Rule(upright=False))
        column.addLayout(middle, 1)
        column.addWidget(self.strip)
        self.setCentralWidget(central)
        self._overlay = _DropOverlay(suffixes=(), parent=central)
        self._overlay.button.hide()  # the pointer has its hands full
        self._overlay.hide()

    # --- flows whose parts are heavy, made when they are first needed -------------------------------------------------

    @cached_property
    def export_flow(self) -> ExportFlow:
        """Takes the plan out of the program."""
        from desktop.export_flow import ExportFlow

        return ExportFlow(self.bench, self.settings, self, self._today)

    @cached_property
    def book_flow(self) -> BookFlow:
        """Keeps the book of households."""
        from desktop.book_flow import BookFlow

        flow = BookFlow(self.bench, self.settings, self, self._today)
        flow.before = self.unsaved.before
        flow.book_changed.connect(self._show_book)
        return flow

    @cached_property
    def book_care(self) -> BookCare:
        """Looks after the book: copies, passphrase, records, names."""
        from desktop.book_care import BookCare

        return BookCare(self.book_flow, self.bench, self.settings, self)

    # --- pages, made when they are first shown or asked for ----------------------------------------------------------

    def _make_household(self) -> QWidget:
        from desktop.pages.household_page import HouseholdPage

        page = HouseholdPage(self.bench)
        page.restore(self.settings)
        page.filesDropped.connect(self._on_files_dropped)
        page.browseRequested.connect(self.import_flow.choose)
        self.import_flow.reading.connect(page.show_reading)
        return page

    def _make_target(self) -> QWidget:
        from desktop.pages.target_page import TargetPage

        page = TargetPage(self.bench)
        page.restore(self.settings)
        return page

    def _make_trades(self) -> QWidget:
        from desktop.pages.trades_page import TradesPage

        page = TradesPage(self.bench, self._today)
        page.restore(self.settings)
        return page

    def _make_market(self) -> QWidget:
        from desktop.pages.market_page import MarketPage

        return MarketPage(self.bench, self.market_flow, self._today)

    def _make_book(self) -> QWidget:
        from desktop.pages.book_page import BookPage

        return BookPage(self.book_flow, self.book_care, lambda: self.show_page("target"))

    @property
    def household_page(self) -> HouseholdPage:
        """What is held."""
        return cast("HouseholdPage", self.pages.page("household"))

    @property
    def target_page(self) -> TargetPage:
        """What is wanted."""
        return cast("TargetPage", self.pages.page("target"))

    @property
    def trades_page(self) -> TradesPage:
        """What to trade."""
        return cast("TradesPage", self.pages.page("trades"))

    @property
    def market_page(self) -> MarketPage:
        """What speaks for and against the tilt."""
        return cast("MarketPage", self.pages.page("market"))

    @property
    def book_page(self) -> BookPage:
        """Every household of the practice."""
        return cast("BookPage", self.pages.page("book"))

    def _connect(self) -> None:
        bench = self.bench
        bench.session.changed.connect(self._on_changed)
        bench.message.connect(self.show_message)
        bench.busy_changed.connect(self._on_busy)
        self.header.cancelRequested.connect(bench.tasks.cancel)
        bench.plan_changed.connect(self._on_plan_changed)
        bench.plan_failed.connect(self._on_plan_changed)
        bench.picked.connect(self._on_picked)
        stack = bench.session.stack
        stack.indexChanged.connect(self._show_stack)
        self._overlay.filesDropped.connect(self._on_files_dropped)
        self.import_flow.failed.connect(self._on_import_failed)
        self.message_bar.remedyTriggered.connect(self._on_remedy)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)

    def _restore(self) -> None:
        if not self.settings.geometry.isEmpty():
            self.restoreGeometry(self.settings.geometry)
        if not self.settings.splitter("inspector").isEmpty():
            self.splitter.restoreState(self.settings.splitter("inspector"))
        self.actions_["inspector"].setChecked(self.settings.inspector)
        self._place_inspector()
        self.actions_[f"theme_{self.settings.theme}"].setChecked(True)
        self._dress_theme_action()
        self.show_page("target")

    # --- pages and inspector --------------------------------------------------------------------------------------

    def show_page(self, name: str) -> None:
        """Go to a page: household, target, trades or market."""
        self.pages.show_page(name)
        self.actions_[f"page_{name}"].setChecked(True)
        if name == "household" and self._message is not None and self._message.act == self.import_flow.choose:
            self.message_bar.clear()  # the welcome; this page asks for files itself

    def page(self) -> str:
        """The page shown."""
        return self.pages.current()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The overlay covers all; in a narrow window the inspector makes room."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place_inspector()

    def showEvent(self, event: QShowEvent) -> None:
        """No control has the focus until one is chosen: a stray key or wheel must not move a target."""
        super().showEvent(event)
        self._central.setFocus()

    @Slot(QWidget, QWidget)
    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """A message that goes takes its buttons along: what comes next in the window must not be next for the keys."""
        if old is None or new is None or not isValid(old) or old.isVisible() or not self.isVisible():
            return
        if self.message_bar.isAncestorOf(old) and self.isAncestorOf(new):
            self.pages.rest_focus()

    def _place_inspector(self) -> None:
        shown = self.settings.inspector and self.width() >= INSPECTOR_ROOM
        self.inspector.setVisible(shown)
        self.actions_["inspector"].setChecked(shown)  # the button says what is, so that one press brings it

    def _on_inspector(self) -> None:
        on = self.actions_["inspector"].isChecked()
        self.settings.inspector = on
        # Asked for by hand it comes whatever the width.
        self.inspector.setVisible(on)

    @Slot(object)
    def _on_picked(self, _picked: Picked | None) -> None:
        if self.inspector.isHidden():  # one that was asked for in a narrow window stays
            self._place_inspector()

    # --- what is shown --------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        kept = self._is_kept(self.bench.document.household)
        if changes.parts & {Part.HOUSEHOLD, Part.ACCOUNT_KINDS} or kept != self.header.kept:
            self._show_household()
        if Part.HOUSEHOLD in changes.parts:
            self.bench.pick(None)
            self.message_bar.clear()

    def _show_household(self) -> None:
        household = self.bench.document.household
        self.header.show_household(household, self._today(), kept=self._is_kept(household))
        self.setWindowTitle(f"{household.name} – Trimtab")

    def _is_kept(self, household: Household) -> bool:
        """Whether a book has it, or nobody will miss it."""
        from core.sample import sample_household

        return self.bench.session.journal is not None or household is sample_household()

    @Slot()
    def _show_book(self) -> None:
        """A book that was opened is looked at first."""
        self._show_household()
        for key in BOOK_ACTIONS:
            self.actions_[key].setEnabled(self.book_flow.book is not None)
        if self.book_flow.book is not None and self.isVisible():
            self.show_page("book")

    @Slot()
    def _show_stack(self) -> None:
        stack = self.bench.session.stack
        if not isValid(stack):  # it speaks once more while it is destroyed
            return
        for key, able, text in (
            ("undo", stack.canUndo(), stack.undoText()),
            ("redo", stack.canRedo(), stack.redoText()),
        ):
            action = self.actions_[key]
            action.setEnabled(able)
            word = key.capitalize()
            action.setText(f"&{word} {text[:1].lower()}{text[1:]}".rstrip())
            action.setIconText(word)
            action.setToolTip(f"{word} {text[:1].lower()}{text[1:]}".rstrip())

    @Slot()
    def _on_plan_changed(self) -> None:
        for key in ("export", "export_orders", "report", "copy_trades", "prove", "fewer_trades"):
            self.actions_[key].setEnabled(self.bench.proposal is not None)
        self._say_out_of_reach()

    def _say_out_of_reach(self) -> None:
        """Once a household: that no fund of a wanted style has a price, and how to get one."""
        proposal, household = self.bench.proposal, self.bench.document.household
        if proposal is None or household is self._told or not self.message_bar.isHidden():
            return
        short = sorted((f.where for f in proposal.findings if f.code == "no_candidate"), key=_wanted_first)
        held = {lot.security for lot in household.lots}
        others = any(security.price is not None for security in household.securities if security.id not in held)
        if not short or others:
            return
        self._told = household
        self.bench.say(
            Severity.WARNING,
            f"The plan cannot buy {_either(short)}: only what is held here has a price. Get the prices of the usual "
            "funds (only their symbols are sent), or add a table of symbols and prices (File, Add prices).",
            "Get prices",
            self.refresh_flow.refresh,
        )

    @Slot(str)
    def _on_busy(self, text: str) -> None:
        self.header.show_busy(text, stoppable=self.bench.tasks.busy)

    # --- messages -------------------------------------------------------------------------------------------------

    @Slot(object)
    def show_message(self, message: Message) -> None:
        """Show words in the message bar."""
        self._message = message
        self.message_bar.show_message(message.text, message.severity, message.remedy)

    @Slot()
    def _on_remedy(self) -> None:
        message = self._message
        self.message_bar.clear()
        if message is not None and message.act is not None:
            message.act()

    @Slot(str, list)
    def _on_import_failed(self, words: str, paths: list[str]) -> None:
        others = self.import_flow.open_files()
        if others and not {str(path) for path in others} >= set(paths):
            again = [Path(path) for path in paths]
            self.bench.say(
                Severity.ERROR, words, "Read with the open files", lambda: self.import_flow.read_with_open(again)
            )
        elif len(paths) == 1 and Path(paths[0]).is_file():
            only = Path(paths[0])
            self.bench.say(
                Severity.ERROR, words, "Name the columns", lambda: self.import_flow.ask_columns(only, [only])
            )
        else:
            self.bench.say(Severity.ERROR, words)

    # --- files ----------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files over the window: cover it with the drop area, which says whether it takes them."""
        if not event.mimeData().hasUrls():
            event.ignore()
            return
        self._overlay.setGeometry(self._central.rect())
        self._overlay.show()
        self._overlay.raise_()
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files let go before the overlay was up."""
        self._overlay.dropEvent(event)

    @Slot(list)
    def _on_files_dropped(self, paths: list[str]) -> None:
        """Files, and those of folders; a book is opened, what cannot be used is refused by the reader with a reason."""
        self._overlay.hide()
        found = [file for path in paths for file in _files_of(Path(path))]
        books = [path for path in found if path.suffix.lower() == ".trimtab"]
        if books:
            self.book_flow.open(books[0])
        self.import_flow.read([path for path in found if path not in books])

    def _open_sample(self) -> None:
        from core.sample import sample_household

        edit = ImportHousehold(sample_household(), text="Open sample household")
        self.unsaved.before_import(lambda: self.bench.session.push(edit, self))

    def welcome(self) -> None:
        """On the first start: what is on screen, and what to do."""
        self.bench.say(
            Severity.INFO,
            "This household is invented, to try things out. Drop your own brokerage exports anywhere on this window, "
            "or choose them.",
            "Choose files",
            self.import_flow.choose,
        )

    def _open_settings(self) -> None:
        from desktop.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self.settings, self)
        dialog.themeChosen.connect(self.set_theme)
        dialog.open()

    # --- theme and end --------------------------------------------------------------------------------------------

    def set_theme(self, mode: Mode) -> None:
        """Light, dark or the system's."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.settings.theme = mode
        self.actions_[f"theme_{mode}"].setChecked(True)
        apply_theme(app, mode)
        self._dress_theme_action()

    def changeEvent(self, event: QEvent) -> None:
        """The switch shows the theme it leads to."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "actions_"):
            self._dress_theme_action()

    def _dress_theme_action(self) -> None:
        set_icon(self.actions_["switch_theme"], "light" if tokens().dark else "dark")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember places, end all work; not while something would be lost, until asked."""
        if not self._closing and not self._may_close():
            event.ignore()
            return
        self.settings.geometry = self.saveGeometry()
        self.settings.set_splitter("inspector", self.splitter.saveState())
        for page in self.pages.made():
            if hasattr(page, "save"):
                page.save(self.settings)
        self.settings.save()
        if "book_flow" in self.__dict__:
            self.book_flow.close()
        self.plan_flow.shutdown()
        self.bench.shutdown()
        super().closeEvent(event)

    def _may_close(self) -> bool:
        """Whether all is saved, or nobody can be asked; else it is being asked."""
        if "book_flow" in self.__dict__ and not self.book_care.may_close(self.close_anyway):
            return False
        if self.isVisible() and self.unsaved.would_be_lost:
            self.unsaved.ask(self.close_anyway, "the window closes")
            return False
        return True

    @Slot()
    def close_anyway(self) -> None:
        """Close although something is lost by it: the user said so, or there is no user."""
        self._closing = True
        self.close()


class _MessageRow(QWidget):
    """Room around the message bar, there only while it is."""

    def __init__(self, bar: MessageBar) -> None:
        super().__init__()
        self._bar = bar
        row = QVBoxLayout(self)
        row.setContentsMargins(S.lg, S.sm, S.lg, 0)
        row.addWidget(bar)
        bar.installEventFilter(self)
        self.setVisible(not bar.isHidden())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._bar and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.setVisible(not self._bar.isHidden())
        return super().eventFilter(watched, event)


class _Rule(QWidget):
    """A quiet line between two surfaces."""

    def __init__(self, *, upright: bool) -> None:
        super().__init__()
        self.setFixedWidth(1) if upright else self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().border)
        painter.end()


def _this_day() -> date:
    return datetime.now().astimezone().date()
