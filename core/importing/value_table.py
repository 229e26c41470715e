"""The cells of a large workbook sheet as its reader gives them, by columns: texts are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from core.importing.codes import Codes
from core.importing.fixed import Fixed
from core.importing.fixed_parser import decimal_parts
from core.importing.grid import Column, Grid, Row
from core.importing.memo import Memo
from core.importing.numbers import CellError, parse_number

Text = Callable[[Any], str]

_LARGEST = 10**15  # numbers of up to fifteen digits are printed as they were typed
_MOST_DIGITS = 9


class ValueTable(Grid):
    """Rows of one width; ``rows`` says which of the columns' cells belong to it, and ``text`` what a cell prints."""

    def __init__(self, columns: Sequence[Sequence[Any]], rows: Sequence[int], text: Text) -> None:
        self._cells, self._rows, self._text = columns, rows, text
        self._columns: dict[int, ValueColumn] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def width(self) -> int:
        """Cells of each row."""
        return len(self._cells)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> ValueTable: ...
    def __getitem__(self, index: int | slice) -> Row | ValueTable:
        if isinstance(index, slice):
            return self if index == slice(None) else ValueTable(self._cells, self._rows[index], self._text)
        row = self._rows[index]
        return [self._text(column[row]) for column in self._cells]

    def __iter__(self) -> Iterator[Row]:
        return map(self.__getitem__, range(len(self)))

    def chosen(self, indices: Sequence[int]) -> ValueTable:
        """The table of these rows."""
        return ValueTable(self._cells, [self._rows[index] for index in indices], self._text)

    def typed(self, place: int) -> ValueColumn:
        """One column, not made into texts."""
        if place not in self._columns:
            rows = self._rows
            if place >= len(self._cells):
                cells: Sequence[Any] = [""] * len(rows)
            elif isinstance(rows, range) and rows.step == 1:
                cells = self._cells[place][rows.start : rows.stop]
            else:
                cells = [self._cells[place][row] for row in rows]
            self._columns[place] = ValueColumn(cells, self._text)
        return self._columns[place]

    def column(self, place: int) -> list[str]:
        """The cells of one column, "" where there is none."""
        return self.typed(place).listed()

    def rows_with(self, place: int, text: str) -> list[int]:
        """Indices of the rows whose cell at a place is the text."""
        return self.typed(place).places_of((text,))


class ValueColumn(Column):
    """The cells at one place of each row."""

    def __init__(self, cells: Sequence[Any], text: Text) -> None:
        self._cells, self._text = cells, text
        self._types = set(map(type, cells))
        self._coded: tuple[Codes, list[int]] | None = None
        self._distinct: list[str] | None = None

    def __len__(self) -> int:
        return len(self._cells)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self._text(cell) for cell in self._cells[index]]
        return self._text(self._cells[index])

    def __iter__(self) -> Iterator[str]:
        return iter(self.listed())

    def listed(self) -> list[str]:
        """All cells as texts."""
        if self._types == {str}:
            return list(self._cells)
        return [self._text(cell) for cell in self._cells]

    def codes(self) -> tuple[Codes, list[int]]:
        """Which cells are alike."""
        if self._coded is None:
            numbers: Memo[Any, int] = Memo(lambda _: len(numbers))
            # Cells of several types can be equal and print different texts: 1, 1.0 and TRUE.
            cells = self._cells if len(self._types) == 1 else self.listed()
            codes = np.fromiter(map(numbers.__getitem__, cells), np.int32, len(cells))
            first = np.empty(len(numbers), np.int64)
            first[codes[::-1]] = np.arange(len(codes))[::-1]  # the last that is put in stays
            self._coded = codes, first.tolist()
        return self._coded

    def distinct(self) -> list[str]:
        """Every text once, in order of first appearance."""
        if self._distinct is None:
            self._distinct = [self[index] for index in self.codes()[1]]
        return self._distinct

    def places_of(self, texts: Collection[str]) -> list[int]:
        """Indices of the cells that hold one of the texts, ascending."""
        chosen = np.array([text in texts for text in self.distinct()], np.bool_)
        found: list[int] = np.flatnonzero(chosen[self.codes()[0]]).tolist()
        return found

    def numbers(self) -> Fixed:
        """The column's numbers."""
        known: npt.NDArray[np.bool_] | None = None
        if self._types <= {float, str}:
            texts = [] if self._types == {float} else [i for i, cell in enumerate(self._cells) if type(cell) is str]
            cells = np.array([0.0 if type(cell) is str else cell for cell in self._cells] if texts else self._cells)
            whole, scales, odd = _whole_numbers(cells.astype(np.float64))
            odd += texts
        else:
            whole, scales = np.zeros(len(self), np.int64), np.zeros(len(self), np.int8)
            odd = list(range(len(self)))
        read: Memo[str, Decimal | None] = Memo(parse_number)
        for index in sorted(odd):
            text = self[index]
            try:
                value = read[text]
            except ValueError:
                raise CellError(index, text) from None
            if value is None:
                known = np.ones(len(self), np.bool_) if known is None else known
                known[index] = False
            whole[index], scales[index] = (0, 0) if value is None else decimal_parts(value)
        return Fixed(whole, scales, known)


def _whole_numbers(
    cells: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8], list[int]]:
    """Floats as the shortest decimals that are them; and the indices of those of more than fifteen digits.

    With so few digits no two decimals are the same float: the first count of digits at which rounding gives the float
    back is that of its shortest decimal.
    """
    whole, scales = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.int8)
    left = np.arange(len(cells))
    for digits in range(_MOST_DIGITS + 1):
        some = cells[left]
        with np.errstate(over="ignore", invalid="ignore"):
            rounded = np.rint(some * 10.0**digits)
            good = (np.abs(rounded) < _LARGEST) & (rounded / 10.0**digits == some)
        whole[left[good]] = rounded[good].astype(np.int64)
        scales[left[good]] = digits
        left = left[~good]
        if not len(left):
            break
    odd: list[int] = left.tolist()
    return whole, scales, odd
