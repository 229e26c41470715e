"""Small tables of what an import read: its accounts, its files with the rows passed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from core.household import Finding, Household, SourceFile
from widgets.labels import kind_label
from widgets.numbers import date_text, money, number

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SmallTable(QTreeWidget):
    """A table as high as what it shows; the first column takes the room left over."""

    def __init__(
        self, name: str, headings: Sequence[str], figures: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._figures = tuple(figures)
        self.setAccessibleName(name)
        self.setHeaderLabels(list(headings))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in figures:
            self.headerItem().setTextAlignment(column, _RIGHT)
        self.itemExpanded.connect(self._fit)
        self.itemCollapsed.connect(self._fit)

    def add_row(self, cells: Sequence[str], parent: QTreeWidgetItem | None = None) -> QTreeWidgetItem:
        """A row at the end, of the table or under another row."""
        item = QTreeWidgetItem(self if parent is None else parent, list(cells))
        for column in self._figures:
            item.setTextAlignment(column, _RIGHT)
        return item

    @Slot()
    def _fit(self) -> None:
        tops = [item for row in range(self.topLevelItemCount()) if (item := self.topLevelItem(row)) is not None]
        rows = len(tops) + sum(item.childCount() for item in tops if item.isExpanded())
        height = self.sizeHintForRow(0) if tops else self.fontMetrics().height() * 2
        self.setFixedHeight(self.header().sizeHint().height() + height * max(1, rows) + 4)


def accounts_table(household: Household) -> SmallTable:
    """The accounts with kind, custodian, cash and value."""
    table = SmallTable("Accounts", ("Account", "Kind", "Custodian", "Cash", "Value"), (3, 4))
    for account in household.accounts:
        kind = kind_label(account.kind) + (" (guess)" if account.kind_source == "guess" else "")
        cash, value = money(account.cash + account.pending, cents=True), money(account.market_value, cents=True)
        table.add_row((account.name or account.id, kind, account.custodian or "not stated", cash, value))
    table._fit()
    return table


class FilesTable(SmallTable):
    """The files with their rows; a file opens to the rows passed over and why.

    Files that could not be used come first, with the reason: their columns can be named too.
    """

    def __init__(
        self, files: Iterable[SourceFile] = (), findings: Iterable[Finding] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__("Files", ("File", "Layout", "As of", "Rows", "Used", "Passed over"), (3, 4, 5), parent)
        self.setRootIsDecorated(True)
        self.set_files(files, findings)

    def set_files(self, files: Iterable[SourceFile], findings: Iterable[Finding] = ()) -> None:
        """Show the files of a household, and those of which its findings say that they are not used."""
        self.clear()
        for finding in findings:
            if finding.code == "file-not-used":
                item = self.add_row((_bare(finding.where), "not used", "", "", "", ""))
                item.setToolTip(0, finding.where)
                item.setToolTip(1, finding.message)
        for source in files:
            name = _bare(source.path)
            counts = (number(source.rows), number(source.used), number(len(source.skipped)))
            item = self.add_row((name, _title(source.layout), date_text(source.as_of), *counts))
            item.setToolTip(0, source.path)
            for skipped in source.skipped:
                self.add_row((f"Row {skipped.row}: {skipped.reason}",), item).setFirstColumnSpanned(True)
        self._fit()


def _title(layout: str) -> str:
    """What a layout is called; names that no layout has (columns named by hand) as they are."""
    from core.importing.layout import library

    known = library()
    return next((each.title for each in (*known.layouts, known.generic) if each.name == layout), layout)


def _bare(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
