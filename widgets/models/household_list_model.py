"""Households of a book as a table: value, drift, tilt, cash, losses, age, last plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, Qt

from core.book.job import Status
from core.book.summary import HouseholdRow, Tile
from widgets.models.flat_table import FlatTableModel
from widgets.models.tree import KEY_ROLE, LEFT, OBJECT_ROLE, RIGHT, SORT_ROLE, Column, Index
from widgets.numbers import NONE, date_text, money, number, percent, plural

_COLUMNS = (
    Column("name", "Household"),
    Column("value", "Value", figures=True, hint="All accounts, cash included"),
    Column("drift", "Out of place", figures=True, hint="Share of the value that is out of place"),
    Column("bands", "Bands", figures=True, hint="Cells of the target that lie outside their bands"),
    Column("size", "Size", figures=True, hint="Mean size score of the equity: \u22121 small, +1 large"),
    Column("tilt", "Value tilt", figures=True, hint="Mean value score of the equity: \u22121 growth, +1 value"),
    Column("cash", "Cash", figures=True, hint="Balances, pending amounts and money-market funds"),
    Column("losses", "Losses", figures=True, hint="Unrealised losses in taxable accounts"),
    Column("age", "Age", figures=True, hint="Days since the date of the data"),
    Column("plan", "Last plan", hint="When it was last planned for, and what came of it"),
)
_ATTENTION = {
    "bands": Tile.OUT_OF_BAND,
    "drift": Tile.OUT_OF_BAND,
    "losses": Tile.LOSSES,
    "age": Tile.STALE,
}


class HouseholdListModel(FlatTableModel):
    """One row a household; figures that were never measured show a dash and sort last."""

    columns = _COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[HouseholdRow] = []
        self._today = date.min
        self._open: int | None = None
        self._brief = False

    def set_rows(self, rows: Sequence[HouseholdRow], today: date, opened: int | None = None) -> None:
        """Show these; where they are the same households in the same order only the figures change."""
        same = [row.id for row in rows] == [row.id for row in self._rows]
        self._today = today
        if same:
            changed = [i for i, row in enumerate(rows) if row != self._rows[i]]
            if opened != self._open:
                changed += [i for i, row in enumerate(rows) if row.id in (opened, self._open)]
            self._rows, self._open = list(rows), opened
            for i in changed:
                self.dataChanged.emit(self.index(i, 0), self.index(i, len(_COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows, self._open = list(rows), opened
        self.endResetModel()

    def row_of(self, household: int) -> int | None:
        """The row of a household."""
        return next((i for i, row in enumerate(self._rows) if row.id == household), None)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, raw figures (SORT_ROLE), what needs attention in colour and in the tip."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], _COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column.key)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {self._text(row, column.key, whole=True)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.figures else LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column.key)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column.key)
        if role == Qt.ItemDataRole.FontRole and column.key == "name" and row.id == self._open:
            from widgets.theme import font

            return font("strong")
        if role == SORT_ROLE:
            return self._raw(row, column.key)
        if role == KEY_ROLE:
            return ("household", row.uuid)
        return row if role == OBJECT_ROLE else None

    def _text(self, row: HouseholdRow, key: str, *, whole: bool = False) -> str:
        raw = self._raw(row, key)
        if key in ("name", "plan"):
            return row.name if key == "name" else self._plan(row, whole=whole)
        if raw is None:
            return NONE
        if key in ("value", "losses"):
            return money(raw) if key == "value" or raw else NONE
        if key in ("drift", "cash"):
            return percent(raw)
        if key == "age":
            return f"{int(raw)}\u202fd" if self._brief and not whole else plural(int(raw), "day")
        return number(raw, 0) if key == "bands" else number(raw, 2, sign=True)

    def _raw(self, row: HouseholdRow, key: str) -> Any:
        measured = row.measured
        names = {"drift": "drift", "bands": "out_of_band", "size": "size", "tilt": "value_tilt"}
        if key in names:
            return measured.get(names[key])
        if key == "plan":
            return "" if row.plan is None else row.plan.at
        found = {
            "name": row.name.casefold(),
            "value": row.figures.value,
            "cash": row.cash_share,
            "losses": row.figures.losses,
            "age": float(row.age(self._today)),
        }
        return found[key]

    def set_brief(self, on: bool) -> None:
        """The last plan by its date alone and days as a letter, where there is no room; the tips say the rest."""
        if on != self._brief:
            self._brief = on
            if self._rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(_COLUMNS) - 1))

    def _plan(self, row: HouseholdRow, *, whole: bool = False) -> str:
        plan = row.plan
        if plan is None:
            return "Never"
        day = date_text(date.fromisoformat(plan.at[:10]))
        if not plan.current:
            return "Changed since" if self._brief and not whole else f"{day}, changed since"
        if plan.status is not Status.DONE:
            return plan.status.value.capitalize()
        if self._brief and not whole:
            return day
        trades = int(plan.figures.get("trades", 0))
        return f"{day}, {plural(trades, 'trade')}" if trades else f"{day}, no trades"

    def _tip(self, row: HouseholdRow, key: str) -> str:
        if key == "plan" and row.plan is not None and row.plan.message:
            return row.plan.message
        if key == "plan" and row.plan is not None and self._brief:
            return self._plan(row, whole=True)
        if key == "name":
            tiles = ", ".join(tile.value for tile in Tile if tile in row.tiles)
            words = (
                f"{plural(row.figures.accounts, 'account')}, {plural(row.figures.lots, 'tax lot')}, "
                f"{date_text(date.fromisoformat(row.figures.as_of))}"
            )
            return f"{words}\n{tiles[:1].upper()}{tiles[1:]}" if tiles else words
        return next(column.hint for column in _COLUMNS if column.key == key)

    def _colour(self, row: HouseholdRow, key: str) -> Any:
        from widgets.theme import tokens

        if key == "plan" and row.plan is not None and row.plan.current and row.plan.status is not Status.DONE:
            return tokens().error
        if key == "cash" and row.tiles & {Tile.HIGH_CASH, Tile.LOW_CASH}:
            return tokens().warning
        if _ATTENTION.get(key) in row.tiles:
            return tokens().warning
        unmeasured = key in ("drift", "bands", "size", "tilt") and self._raw(row, key) is None
        never = key == "plan" and (row.plan is None or not row.plan.current)
        nothing = key == "losses" and not self._raw(row, key)
        return tokens().text_muted if unmeasured or never or nothing else None
