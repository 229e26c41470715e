"""Which side value is on, in the tilt pad and in every style box at once."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.classify.exposure import Side, shown_columns


class Orientation(QObject):
    """Says when the sides were swapped."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.value_side: Side = "right"


_orientation: list[Orientation] = []


def orientation() -> Orientation:
    """The one object that carries ``changed``."""
    if not _orientation:
        _orientation.append(Orientation())
    return _orientation[0]


def value_side() -> Side:
    """The side value is on: right (more tilt to the right), or left as style boxes are often printed."""
    return orientation().value_side


def set_value_side(side: Side) -> None:
    """Put value on the left or the right everywhere."""
    if side != orientation().value_side:
        orientation().value_side = side
        orientation().changed.emit()


def columns() -> tuple[int, int, int]:
    """Style columns (0 value, 1 blend, 2 growth) from left to right on screen."""
    return shown_columns(value_side())
