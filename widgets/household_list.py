"""The households of a book: a table to sort, filter, choose from and open from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QByteArray, QModelIndex, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.book.summary import HouseholdRow
from widgets.copy_table import copy_rows
from widgets.models.household_list_model import HouseholdListModel
from widgets.models.tree import OBJECT_ROLE, SORT_ROLE
from widgets.painted import line_height
from widgets.theme import text_width

_WIDTHS = {
    "value": 12,
    "drift": 14,
    "bands": 8,
    "size": 8,
    "tilt": 11,
    "cash": 8,
    "losses": 11,
    "age": 10,
    "plan": 22,
}
#: Where there is little room: days as "26 d", the last plan as its date.
_BRIEF = {"age": 7, "plan": 12}


class _Sorted(QSortFilterProxyModel):
    """Sorts by raw figures, what isn't known last whatever the direction."""

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:  # type: ignore[override]
        one, other = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if one is None or other is None:
            rising = self.sortOrder() == Qt.SortOrder.AscendingOrder
            return (one is not None) == rising and one is not other
        return bool(one < other)


#: Least width of the names, in figures; where there is not as much the list scrolls.
_NAME = 17


class HouseholdList(QTableView):
    """householdOpened(int) : the id of the household to open. chosenChanged() : the selection is another."""

    householdOpened = Signal(int)
    chosenChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.households = HouseholdListModel(self)
        self._proxy = _Sorted(self)
        self._proxy.setSourceModel(self.households)
        self._proxy.setSortRole(SORT_ROLE)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._proxy.setFilterKeyColumn(0)
        self.setModel(self._proxy)
        self.setAccessibleName("Households")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSortingEnabled(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(line_height() * 1.75))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        for place, column in enumerate(self.households.columns):
            if column.key in _WIDTHS:
                self.setColumnWidth(place, round(text_width("0") * _WIDTHS[column.key]))
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(48)
        self._least_name = round(text_width("0") * _NAME)
        self._brief_widths = {
            place: tuple(round(text_width("0") * width) for width in (_WIDTHS[column.key], _BRIEF[column.key]))
            for place, column in enumerate(self.households.columns)
            if column.key in _BRIEF
        }
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.doubleClicked.connect(self._on_double_click)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names take the room that is left, but not less than can be read; age and last plan give way first."""
        super().resizeEvent(event)
        header = self.horizontalHeader()
        given = [place for place in self._brief_widths if header.sectionSize(place) in self._brief_widths[place]]
        if len(given) == len(self._brief_widths):  # not by the user's hand
            whole = header.length() - header.sectionSize(0)
            whole += sum(self._brief_widths[place][0] - header.sectionSize(place) for place in given)
            brief = self.viewport().width() - whole < self._least_name
            self.households.set_brief(brief)
            for place in given:
                header.resizeSection(place, self._brief_widths[place][brief])
        room = self.viewport().width() - header.length() + header.sectionSize(0)
        enough = room >= self._least_name
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch if enough else QHeaderView.ResizeMode.Fixed)
        if not enough:
            header.resizeSection(0, self._least_name)

    def set_rows(self, rows: Sequence[HouseholdRow], today: date, opened: int | None = None) -> None:
        """Show these households; ``opened`` is the one on the other pages."""
        self.households.set_rows(rows, today, opened)

    def save_state(self) -> QByteArray:
        """Widths of the columns, and the sorting."""
        return self.horizontalHeader().saveState()

    def restore_state(self, state: QByteArray) -> bool:
        """Put saved columns back; False where they are of another version and were left."""
        header = self.horizontalHeader()
        before = header.saveState()
        if not header.restoreState(state) or header.count() != len(self.households.columns):
            header.restoreState(before)
            return False
        self.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())
        return True

    def set_filter(self, words: str) -> None:
        """Show only households whose name holds the words."""
        self._proxy.setFilterFixedString(words)

    def shown(self) -> list[int]:
        """Ids of the households that are shown, from the top down."""
        rows = range(self._proxy.rowCount())
        return [self._proxy.index(row, 0).data(OBJECT_ROLE).id for row in rows]

    def chosen(self) -> list[int]:
        """Ids of the households that are selected."""
        return [index.data(OBJECT_ROLE).id for index in self.selectionModel().selectedRows(0)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; copy takes rows as a table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_rows(self)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_double_click(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_selection(self) -> None:
        self.chosenChanged.emit()

    @Slot(QModelIndex)
    def _on_double_click(self, index: QModelIndex) -> None:
        row = index.data(OBJECT_ROLE)
        if isinstance(row, HouseholdRow):
            self.householdOpened.emit(row.id)
