"""Shares that must sum to 100 %: one field a name, in rows of a few."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from widgets.forms import PercentField
from widgets.numbers import percent
from widgets.theme import S, font

#: How far a sum typed in rounded per cents may be from 100 %.
TOLERANCE = 0.011


class SharesGrid(QWidget):
    """``edited()`` when the user has changed a share."""

    edited = Signal()

    def __init__(
        self, names: Sequence[str], columns: int, order: Sequence[int] | None = None, parent: QWidget | None = None
    ) -> None:
        """``order`` : the names' numbers in the order in which they are shown; as they come where it is None."""
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(S.md)
        grid.setVerticalSpacing(3)
        self.fields: list[PercentField] = []
        shown = list(range(len(names)) if order is None else order)
        places = {number: place for place, number in enumerate(shown)}
        for number, name in enumerate(names):
            row, column = divmod(places[number], columns)
            field = PercentField(name, step=0.05)
            field.fractionEdited.connect(self._on_edited)
            caption = QLabel(name)
            caption.setFont(font("small"))
            caption.setProperty("muted", True)
            caption.setBuddy(field)
            grid.addWidget(caption, 2 * row, column)
            grid.addWidget(field, 2 * row + 1, column)
            self.fields.append(field)
        for number, following in pairwise(shown):
            QWidget.setTabOrder(self.fields[number], self.fields[following])
        rows = (len(names) + columns - 1) // columns
        self.total = QLabel()
        self.total.setFont(font("small"))
        grid.addWidget(self.total, 2 * rows, 0, 1, columns)
        self._say()

    def shares(self) -> tuple[float, ...]:
        """The shares as typed."""
        return tuple(field.fraction() for field in self.fields)

    def set_shares(self, shares: Sequence[float]) -> None:
        """Show shares; emits nothing."""
        for field, share in zip(self.fields, shares, strict=True):
            field.set_fraction(share)
        self._say()

    def is_whole(self) -> bool:
        """Whether they sum to 100 %, rounding apart."""
        return abs(sum(self.shares()) - 1) <= TOLERANCE

    def normalised(self) -> tuple[float, ...]:
        """The shares scaled to sum to exactly 1. Raises ZeroDivisionError where all are 0."""
        shares = self.shares()
        total = sum(shares)
        return tuple(share / total for share in shares)

    @Slot()
    def _on_edited(self) -> None:
        self._say()
        self.edited.emit()

    def _say(self) -> None:
        whole = self.is_whole()  # rounded shares need not sum to it exactly; they are scaled
        said = percent(1.0, 0) if whole else percent(sum(self.shares()))
        self.total.setText(f"Sum {said}" + ("" if whole else f", should be {percent(1.0, 0)}"))
