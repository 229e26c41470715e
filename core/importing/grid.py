"""What a large text table offers beside its rows: whole columns, of which the distinct texts are known.

The reader that makes one is loaded only for large files (:mod:`core.importing.byte_table`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.importing.codes import Codes
    from core.importing.fixed import Fixed

Row = list[str]


class Column(Sequence[str]):
    """One column of a :class:`Grid`; "" where a row is shorter."""

    @abstractmethod
    def distinct(self) -> list[str]:
        """Every text once, in order of first appearance."""

    @abstractmethod
    def codes(self) -> tuple[Codes, list[int]]:
        """A number for each cell, equal for equal cells, counted in order of first appearance; and the index of the
        first cell of each number.
        """

    @abstractmethod
    def numbers(self) -> Fixed:
        """The column's numbers, as :func:`core.importing.numbers.parse_number` reads each cell.

        Raises
        ------
        CellError
            At the first cell that is not a number.
        OverflowError
            At a number of more than 18 digits.
        """

    @abstractmethod
    def places_of(self, texts: Collection[str]) -> list[int]:
        """Indices of the cells that hold one of the texts, ascending."""


class Grid(Sequence[Row]):
    """A large table whose rows are made when asked for, and whose columns can be read as a whole."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Cells of the widest row."""

    @abstractmethod
    def column(self, place: int) -> list[str]:
        """The cells of one column, "" where a row is shorter."""

    @abstractmethod
    def typed(self, place: int) -> Column:
        """The same column, not made into texts."""

    @abstractmethod
    def chosen(self, indices: Sequence[int]) -> Grid:
        """The table of these rows."""

    @abstractmethod
    def rows_with(self, place: int, text: str) -> list[int]:
        """Indices of the rows whose cell at a place is the text."""


def distinct(cells: Sequence[str]) -> Collection[str]:
    """Every text of a column once."""
    return cells.distinct() if isinstance(cells, Column) else set(cells)


def places_of(cells: Sequence[str], texts: Collection[str]) -> list[int]:
    """Indices of the cells that hold one of the texts, ascending."""
    if isinstance(cells, Column):
        return cells.places_of(texts)
    return [index for index, cell in enumerate(cells) if cell in texts]
