"""The cash of each account: what was there, what the trades bring and take, what is left."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from desktop.checks import AccountCash
from widgets.numbers import money
from widgets.theme import icon

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
#: Short under the card's title: at 1280 units every letter here is one less of the account's name.
_HEADINGS = ("Account", "Before", "Sales", "Purchases", "Tickets", "Flows", "After")
_TICKETS, _FLOWS = 4, 5
#: Width of an account's name where there is little room.
_NAME = 130


class CashTable(QTreeWidget):
    """To the cent where there is room; else in whole dollars, with the cents in the tips."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[AccountCash, ...] = ()
        self._widths: dict[bool, int] = {}  # needed with cents, and without
        self._cents = True
        self.setAccessibleName("Cash of each account")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setHeaderLabels(_HEADINGS)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(64)
        for column in range(len(_HEADINGS)):
            fit, rest = QHeaderView.ResizeMode.ResizeToContents, QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(column, fit if column else rest)
            if column:
                self.headerItem().setTextAlignment(column, _RIGHT)
        for column, words in ((1, "Cash before"), (len(_HEADINGS) - 1, "Cash after")):
            self.headerItem().setToolTip(column, words)

    def show_rows(self, rows: tuple[AccountCash, ...]) -> None:
        """Show these accounts; none empties the table. ``fit`` comes next."""
        self._rows = rows
        self.setColumnHidden(_TICKETS, not any(row.tickets for row in rows))
        self.setColumnHidden(_FLOWS, not any(row.flows for row in rows))
        self._widths = {cents: self._fill(cents=cents) for cents in (False, True)}

    def fit(self, room: int) -> int:
        """Fit into a width; returns what of it is needed. Where not even whole dollars fit, it scrolls."""
        if not self._rows:
            return 0
        cents = self._widths[True] <= room
        if cents != self._cents:
            self._fill(cents=cents)
        header, needed = self.header(), self._widths[cents]
        if needed > room:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(0, self._name_width())
        else:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        return min(needed, room)

    def _fill(self, *, cents: bool) -> int:
        """Fill the table; returns the width that it needs."""
        self._cents = cents
        self.clear()
        for row in self._rows:
            name = row.account.name or row.account.id
            amounts = (row.before, row.sales, -row.purchases, -row.tickets, row.flows, row.after)
            item = QTreeWidgetItem(self, [name, *(money(amount, cents=cents) for amount in amounts)])
            good = row.ties and row.keeps_reserve
            item.setIcon(0, icon("check" if good else "error", "ok" if good else "error"))
            words = "Adds up to the cent, and the reserve is kept" if good else "Does not add up, or breaks the reserve"
            words += f" (reserve {money(row.reserve, cents=True)})"
            for column, exact in enumerate((name, *(money(amount, cents=True) for amount in amounts))):
                item.setToolTip(column, f"{exact}\n{words}")
                if column:
                    item.setTextAlignment(column, _RIGHT)
        columns = [c for c in range(1, len(_HEADINGS)) if not self.isColumnHidden(c)]
        return self._name_width() + sum(
            max(self.sizeHintForColumn(column), self.header().sectionSizeHint(column)) for column in columns
        )

    def _name_width(self) -> int:
        return min(max(self.sizeHintForColumn(0), self.header().sectionSizeHint(0)), _NAME)
