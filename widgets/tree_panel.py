"""A tree with its tools: filter, column chooser, copy as table; order, widths and open branches remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QByteArray, QModelIndex, QPoint, QSignalBlocker, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets.copy_table import copy_rows
from widgets.models.tree import KEY_ROLE, TreeModel
from widgets.painted import line_height
from widgets.theme import S, font, icon, set_icon, text_width, theme_events
from widgets.tree_view import TreeView

#: Around a text in a column: its margins and the grip.
_FIGURE_PADDING: Final = 24
#: Rows whose figures decide how wide a column must be.
_MEASURED = 400
_FILTER_DELAY_MS: Final = 120


def _words_width(text: str) -> int:
    return round(text_width(text, "body")) + _FIGURE_PADDING


class TreePanel(QWidget):
    """Base of the trees on the pages. Sub-classes give the model and the columns' widths."""

    widths: dict[str, int] = {}  # noqa: RUF012 - read only; average characters by column key
    #: Columns of words that share the room the others leave, each up to what is in it: the first of them first.
    elastic: tuple[str, ...] = ()
    #: How narrow an elastic column becomes before a column of figures would be cut; average characters by key.
    least: dict[str, int] = {}  # noqa: RUF012 - read only

    def __init__(self, model: TreeModel, name: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        model.setParent(self)
        self.view = TreeView()
        self.view.setAccessibleName(name)
        self.view.setModel(model)
        # No column is sorted to begin with: the order of the files.
        self.view.header().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.view.header().setSortIndicatorClearable(True)
        self._filter = QLineEdit(placeholderText="Filter", clearButtonEnabled=True)
        self._filter.setAccessibleName(f"Filter {name.lower()}")
        self._filter.setToolTip("Show only rows with these words (Ctrl+F)")
        self._filter.setMaximumWidth(320)
        self._magnifier = QAction(self)
        self._magnifier.setIcon(icon("search", "text_muted"))
        self._filter.addAction(self._magnifier, QLineEdit.ActionPosition.LeadingPosition)
        theme_events().themeChanged.connect(self._on_theme_changed)
        self._count = QLabel()
        self._count.setProperty("muted", True)
        self._count.setFont(font("small"))
        self._buttons: list[QToolButton] = []
        self.tools = QHBoxLayout()
        self.tools.setSpacing(S.xs)
        self.tools.addWidget(self._filter, 1)
        self.tools.addWidget(self._count)
        self.tools.addStretch(1)
        self._add_tools()
        self._empty = QLabel(empty, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("muted", True)
        self._empty.setMargin(S.xl)
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S.sm)
        layout.addLayout(self.tools)
        layout.addWidget(stack, 1)
        self.setFocusProxy(self.view)
        self._delay = QTimer(self, singleShot=True, interval=_FILTER_DELAY_MS)
        self._delay.timeout.connect(self.apply_filter)
        self._filter.textChanged.connect(self._on_filter_typed)
        self._open: set[tuple[object, ...]] = set()
        self._given: dict[int, int] = {}  # the width that a column got here, not by the user's hand
        #: How wide an elastic column must be for a text, where it isn't plain words; by key.
        self.measures: dict[str, Callable[[str], int]] = {}
        self._needed: dict[int, int] = {}  # what is in an elastic column
        self._chosen: list[tuple[object, ...]] = []
        self._current: tuple[tuple[object, ...] | None, int] = (None, 0)
        self._scrolled = 0
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)
        find = QShortcut(QKeySequence.StandardKey.Find, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._on_find)
        self.reset_widths()
        self._say()

    def tool(self, name: str, icon_name: str, tip: str) -> QToolButton:
        """A quiet button in the panel's tool line."""
        button = QToolButton(autoRaise=True)
        button.setProperty("quiet", True)
        button.setProperty("tool", True)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        set_icon(button, icon_name, "text_muted")
        self.tools.addWidget(button)
        self._buttons.append(button)
        return button

    def _add_tools(self) -> None:
        self._fold = self.tool("Open or close all", "chevron_down", "Open or close all accounts")
        self._fold.clicked.connect(self._on_fold)
        columns = self.tool("Columns", "columns", "Choose the columns")
        columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(columns)
        self._menu.setAccessibleName("Columns")
        for number, column in enumerate(self.model.columns):
            action = self._menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(True)
            action.setEnabled(number > 0)
            action.setData(number)
            action.toggled.connect(self._on_column_toggled)
        self._menu.addSeparator()
        self._menu.addAction("Standard widths").triggered.connect(self.reset_widths)
        columns.setMenu(self._menu)
        copy = self.tool("Copy as table", "copy", "Copy the selected rows, or all, for a spreadsheet (Ctrl+C)")
        copy.clicked.connect(self._on_copy)
        header = self.view.header()
        self.view.resized.connect(self._share_room)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)

    # --- columns ------------------------------------------------------------------------------------------------

    @Slot()
    def reset_widths(self) -> None:
        """Give every column its standard width."""
        for number in range(len(self.model.columns)):
            self._given[number] = self._standard(number)
            self.view.setColumnWidth(number, self._given[number])
        self._fit_figures()

    def _fit_figures(self) -> None:
        """Columns of figures that still have their standard width become wide enough for what is in them."""
        rows = [index for index in self._branches()[:_MEASURED] if index.isValid()]
        if not rows and self._filter.text().strip():
            return  # the columns stay where they are while a filter finds nothing
        for number, column in enumerate(self.model.columns):
            if not column.figures or self.view.columnWidth(number) != self._given.get(number):
                continue
            # Sums stand out in a bolder font, so every text is measured in it.
            texts = {str(index.siblingAtColumn(number).data() or "") for index in rows}
            widest = max((text_width(text, "strong") for text in texts), default=0.0)
            self._given[number] = max(self._standard(number), round(widest) + _FIGURE_PADDING)
            self.view.setColumnWidth(number, self._given[number])
        rows = [index for index in rows if index.parent().isValid()]
        for key in self.elastic:
            number, width = self.model.column_of(key), self.measures.get(key, _words_width)
            texts = {str(index.siblingAtColumn(number).data() or "") for index in rows}
            self._needed[number] = max(map(width, texts), default=0)
        self._share_room()

    @Slot()
    def _share_room(self) -> None:
        """Columns of words that still have the width they got here take the room that is left, or give it back.

        Where not all columns fit, the edge of the view falls between two columns: a figure that is cut is read as
        another figure.
        """
        header = self.view.header()
        shown = [n for n in map(header.logicalIndex, range(header.count())) if not self.view.isColumnHidden(n)]
        elastic = [self.model.column_of(key) for key in self.elastic]
        free = [n for n in elastic if n in shown and self.view.columnWidth(n) == self._given.get(n)]
        if not free:
            return
        widths = {n: self._least(n) if n in free else self.view.columnWidth(n) for n in shown}
        room, inside = self.view.viewport().width(), shown
        while inside and sum(widths[n] for n in inside) > room:
            inside = inside[:-1]
        spare = room - sum(widths[n] for n in inside)
        sharing = [n for n in free if n in inside]
        limits = [self._standard, lambda n: self._needed.get(n, 0)]
        if inside != shown and inside:
            limits.append(lambda _n: room)
        for limit in limits:
            for number in sharing:
                more = max(0, min(spare, limit(number) - widths[number]))
                widths[number] += more
                spare -= more
        for number in free:
            out_of_sight = max(self._standard(number), min(room, self._needed.get(number, 0)))
            self._given[number] = widths[number] if number in inside else out_of_sight
            self.view.setColumnWidth(number, self._given[number])

    def _least(self, number: int) -> int:
        column = self.model.columns[number]
        heading = text_width(column.title, "strong") + _FIGURE_PADDING
        characters = self.least.get(column.key)
        if characters is None:
            return self._standard(number)
        return min(self._standard(number), round(max(heading, characters * text_width("0") + 16)))

    def _standard(self, number: int) -> int:
        column = self.model.columns[number]
        heading = text_width(column.title, "strong") + _FIGURE_PADDING
        return round(max(heading, self.widths.get(column.key, 10) * text_width("0") + 16))

    def hide_columns(self, *keys: str) -> None:
        """Hide columns until the user asks for them."""
        for action in self._menu.actions():
            if action.data() is not None and self.model.columns[action.data()].key in keys:
                action.setChecked(False)

    @Slot(bool)
    def _on_column_toggled(self, shown: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.view.setColumnHidden(int(action.data()), not shown)
        self._share_room()

    @Slot(QPoint)
    def _on_header_menu(self, position: QPoint) -> None:
        self._menu.popup(self.view.header().mapToGlobal(position))

    def save_state(self) -> QByteArray:
        """Order, widths and visibility of the columns, and the sorting."""
        return self.view.header().saveState()

    def restore_state(self, state: QByteArray) -> bool:
        """Put saved columns back; False where they are of another version and were left."""
        before = self.view.header().saveState()
        if not self.view.header().restoreState(state) or self.view.header().count() != len(self.model.columns):
            self.view.header().restoreState(before)
            return False
        for action in self._menu.actions():
            if action.data() is not None:
                action.blockSignals(True)
                action.setChecked(not self.view.isColumnHidden(int(action.data())))
                action.blockSignals(False)
        self.model.sort(self.view.header().sortIndicatorSection(), self.view.header().sortIndicatorOrder())
        return True

    # --- filter and branches --------------------------------------------------------------------------------------

    @Slot()
    def apply_filter(self) -> None:
        """Filter now by what is typed."""
        typed = self._filter.text().strip()
        self.view.empty = f"Nothing here holds “{typed}”. Clear the filter to see all." if typed else ""
        self.model.set_filter(self._filter.text())  # type: ignore[attr-defined]
        if self._filter.text().strip():
            self.expand_accounts()

    @Slot()
    def _on_filter_typed(self) -> None:
        self._delay.start()

    @Slot()
    def _on_find(self) -> None:
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    @Slot()
    def expand_accounts(self) -> None:
        """Open every account, so that positions or trades show."""
        for row in range(self.model.rowCount()):
            self.view.expand(self.model.index(row, 0))

    @Slot()
    def _on_fold(self) -> None:
        tops = [self.model.index(row, 0) for row in range(self.model.rowCount())]
        if any(self.view.isExpanded(index) for index in tops):
            self.view.collapseAll()
        else:
            self.expand_accounts()

    @Slot()
    def _on_copy(self) -> None:
        copy_rows(self.view)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._magnifier.setIcon(icon("search", "text_muted"))

    @Slot()
    def _remember(self) -> None:
        self._open = {index.data(KEY_ROLE) for index in self._branches() if self.view.isExpanded(index)}
        selection = self.view.selectionModel()
        self._chosen = [index.data(KEY_ROLE) for index in selection.selectedRows(0)] if selection is not None else []
        current = self.view.currentIndex()
        self._current = (current.siblingAtColumn(0).data(KEY_ROLE) if current.isValid() else None, current.column())
        self._scrolled = self.view.verticalScrollBar().value()

    @Slot()
    def _restore(self) -> None:
        for index in self._branches():
            if index.data(KEY_ROLE) in self._open:
                self.view.expand(index)
        if self._chosen:
            chosen = set(self._chosen)
            selection = self.view.selectionModel()
            for index in self._branches():
                if index.data(KEY_ROLE) in chosen:
                    selection.select(index, selection.SelectionFlag.Select | selection.SelectionFlag.Rows)
        self._restore_current()
        self.view.verticalScrollBar().setValue(self._scrolled)
        self._fit_figures()
        self._say()

    def _restore_current(self) -> None:
        """Give the keys their row again. It is the row it was, so that nobody is told."""
        key, column = self._current
        selection = self.view.selectionModel()
        for index in self._branches() if key is not None else ():
            if index.data(KEY_ROLE) == key:
                with QSignalBlocker(selection):
                    selection.setCurrentIndex(index.siblingAtColumn(column), selection.SelectionFlag.NoUpdate)
                return

    def _branches(self) -> list[QModelIndex]:
        """Every account, and every item below an account."""
        branches = []
        for row in range(self.model.rowCount()):
            top = self.model.index(row, 0)
            branches.append(top)
            branches += [self.model.index(below, 0, top) for below in range(self.model.rowCount(top))]
        return branches

    def _say(self) -> None:
        shown, total = self.model.counts()  # type: ignore[attr-defined]
        self._count.setText(f"{shown} of {total}" if shown != total else "")
        self._stack.setCurrentWidget(self.view if total else self._empty)
        for tool in (self._filter, self._count, *self._buttons):
            tool.setVisible(bool(total))

    def set_empty_text(self, text: str) -> None:
        """The words shown where there is nothing."""
        self._empty.setText(text)

    def minimumSizeHint(self) -> QSize:
        """Tools and a few rows."""
        return QSize(320, round(line_height() * 8))
