"""Control totals as a table: what each file states against what was read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QObject, Qt

from core.household import ControlTotal, SourceFile
from core.money import to_cents
from widgets.models.flat_table import FlatTableModel
from widgets.models.tree import KEY_ROLE, LEFT, OBJECT_ROLE, RIGHT, SORT_ROLE, Column, Index
from widgets.numbers import money, plural

_COLUMNS = (
    Column("tie", "Ties", hint="Whether the total read is the one stated, to the cent"),
    Column("file", "File"),
    Column("scope", "Total of"),
    Column("stated", "Stated", figures=True, hint="What the file itself says"),
    Column("read", "Read", figures=True, hint="The sum of what was read from its rows"),
    Column("difference", "Difference", figures=True, hint="Read less stated"),
)


class ControlTotalsModel(FlatTableModel):
    """One row a control total; a file that states none has a row that says so."""

    columns = _COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[SourceFile, ControlTotal | None]] = []

    def set_files(self, files: Iterable[SourceFile]) -> None:
        """Show the totals of files, in the order given."""
        self.beginResetModel()
        self._rows = []
        for file in files:
            self._rows += [(file, total) for total in file.control_totals] or [(file, None)]
        self.endResetModel()

    def all_tie(self) -> bool:
        """Whether every total that is stated was met to the cent."""
        return all(_ties(total) for _, total in self._rows if total is not None)

    def stated(self) -> int:
        """How many totals the files state."""
        return sum(total is not None for _, total in self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, raw amounts (SORT_ROLE), the tick or warning as icon and word."""
        if not index.isValid():
            return None
        file, total = self._rows[index.row()]
        column = _COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(file, total, column.key)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {self._text(file, total, column.key) or 'empty'}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.figures else LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            skipped = f", {plural(len(file.skipped), 'row')} passed over" if file.skipped else ""
            return f"{file.path}\n{plural(file.used, 'row')} of {file.rows} used{skipped}"
        if role == Qt.ItemDataRole.DecorationRole and column.key == "tie":
            from widgets.theme import icon

            return icon(*_sign(total))
        if role == Qt.ItemDataRole.ForegroundRole:
            from widgets.theme import tokens

            if column.key == "tie" or (column.key == "difference" and total is not None and not _ties(total)):
                return getattr(tokens(), _sign(total)[1])
            return tokens().text_muted if total is None else None
        if role == SORT_ROLE:
            return getattr(total, column.key, None) if column.figures else self._text(file, total, column.key)
        if role == KEY_ROLE:
            return ("total", file.path, None if total is None else total.scope)
        return total if role == OBJECT_ROLE else None

    def _text(self, file: SourceFile, total: ControlTotal | None, key: str) -> str:
        if key == "file":
            return PurePath(file.path.replace("\\", "/")).name
        if total is None:
            return "None stated" if key == "tie" else ""
        if key == "tie":
            return "Ties" if _ties(total) else "Differs"
        if key == "scope":
            return total.scope
        if key == "difference":
            return money(total.difference, cents=True, sign=True)
        return money(total.stated if key == "stated" else total.read, cents=True)


def _ties(total: ControlTotal) -> bool:
    return to_cents(total.difference) == 0


def _sign(total: ControlTotal | None) -> tuple[str, str]:
    """Icon and colour role."""
    if total is None:
        return "info", "text_muted"
    return ("check", "ok") if _ties(total) else ("warning", "warning")
