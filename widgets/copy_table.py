"""Copying rows of a table or tree as text that spreadsheets take: raw figures, no cell that could be a formula."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QTreeView

from widgets.models.tree import SORT_ROLE
from widgets.numbers import locale

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def copy_rows(view: QTreeView | QTableView) -> str:
    """Put the selected rows (without a selection, all visible rows) on the clipboard; returns the text."""
    header = view.header() if isinstance(view, QTreeView) else view.horizontalHeader()
    text = table_text(view, _columns(header))
    QGuiApplication.clipboard().setText(text)
    return text


def _columns(header: QHeaderView) -> list[int]:
    order = [header.logicalIndex(visual) for visual in range(header.count())]
    return [column for column in order if not header.isSectionHidden(column)]


def table_text(view: QAbstractItemView, columns: list[int]) -> str:
    """Tab-separated text with a line of headings."""
    model = view.model()
    head = [str(model.headerData(column, Qt.Orientation.Horizontal) or "") for column in columns]
    lines = ["\t".join(head)]
    lines += ["\t".join(_cell_text(model, row, column) for column in columns) for row in _rows(view)]
    return "\n".join(lines) + "\n"


def _rows(view: QAbstractItemView) -> list[QModelIndex]:
    selected = view.selectionModel().selectedRows(0) if view.selectionModel() is not None else []
    if isinstance(view, QTreeView):
        # Visual order, from the first row down; children of closed branches are not copied.
        chosen = {(index.row(), index.internalId()) for index in selected}
        rows, index = [], view.model().index(0, 0)
        while index.isValid():
            if not chosen or (index.row(), index.internalId()) in chosen:
                rows.append(index)
            index = view.indexBelow(index)
        return rows
    if selected:
        return sorted(selected, key=lambda index: index.row())
    return [view.model().index(row, 0) for row in range(view.model().rowCount())]


def _cell_text(model: QAbstractItemModel, row: QModelIndex, column: int) -> str:
    index = row.siblingAtColumn(column)
    raw = model.data(index, SORT_ROLE)
    # Whole numbers are counts or ranks behind words ("3 lots", "Warning"): the words are copied.
    if isinstance(raw, float | Decimal):
        return _number_text(raw)
    if isinstance(raw, date):
        return raw.isoformat()
    text = str(model.data(index, Qt.ItemDataRole.DisplayRole) or "")
    return neutral(" ".join(text.split()))


def _number_text(raw: float | Decimal) -> str:
    exact = raw if isinstance(raw, Decimal) else Decimal(repr(raw))
    return f"{exact:f}".replace(".", locale().decimalPoint())


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
