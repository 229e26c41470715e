"""Rows of a large rectangular text table, kept as one list of cells: a column is a slice of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import overload

Row = list[str]
_LEAST_LINES = 2000
_MOST_ODD = 60  # lines at the top and the bottom that may have other widths


class Grid(Sequence[Row]):
    """Rows of any width, then rows of one width in one list, then rows of any width. Rows are made when asked for."""

    def __init__(self, head: list[Row], cells: list[str], width: int, start: int, stop: int, tail: list[Row]) -> None:
        self.head, self.tail = head, tail
        self._cells, self._width = cells, width
        self._start, self._stop = start, stop  # of the rows of one width that belong to this grid

    def __len__(self) -> int:
        return len(self.head) + self._stop - self._start + len(self.tail)

    @property
    def width(self) -> int:
        """Cells of the widest row."""
        return max([self._width, *map(len, self.head), *map(len, self.tail)])

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Grid: ...
    def __getitem__(self, index: int | slice) -> Row | Grid:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step != 1:
                raise ValueError("only runs of rows")
            return self._run(start, max(start, stop))
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        if at < len(self.head):
            return self.head[at]
        row = at - len(self.head) + self._start
        if row < self._stop:
            return self._cells[row * self._width : (row + 1) * self._width]
        return self.tail[row - self._stop]

    def _run(self, start: int, stop: int) -> Grid:
        above, count = len(self.head), self._stop - self._start
        first, last = min(max(start - above, 0), count), min(max(stop - above, 0), count)
        below = above + count
        tail = self.tail[max(start - below, 0) : max(stop - below, 0)]
        return Grid(self.head[start:stop], self._cells, self._width, self._start + first, self._start + last, tail)

    def __iter__(self) -> Iterator[Row]:
        yield from self.head
        width = self._width
        for at in range(self._start * width, self._stop * width, width):
            yield self._cells[at : at + width]
        yield from self.tail

    def column(self, place: int) -> list[str]:
        """The cells of one column, "" where a row is shorter."""
        above = [row[place] if place < len(row) else "" for row in self.head]
        below = [row[place] if place < len(row) else "" for row in self.tail]
        if place >= self._width:
            return [*above, *repeat("", self._stop - self._start), *below]
        width = self._width
        middle = self._cells[self._start * width + place : self._stop * width : width]
        return above + middle + below if above or below else middle


def grid_of(text: str, delimiter: str) -> Grid | None:
    """The text as a grid, or None where it is small, has quotes, or is not of one width but for its ends."""
    if '"' in text:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\r" in text:
            return None
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if len(lines) < _LEAST_LINES:
        return None
    counts = list(map(str.count, lines, repeat(delimiter)))
    common = counts[len(counts) // 2]
    if not common:
        return None
    top = next((place for place in range(_MOST_ODD) if counts[place] == common), None)
    bottom = next((place for place in range(_MOST_ODD) if counts[-1 - place] == common), None)
    if top is None or bottom is None:
        return None
    end = len(lines) - bottom
    if counts[top:end].count(common) != end - top:
        return None
    head = [line.split(delimiter) if line else [] for line in lines[:top]]
    tail = [line.split(delimiter) if line else [] for line in lines[end:]]
    cells = delimiter.join(lines[top:end]).split(delimiter)
    return Grid(head, cells, common + 1, 0, end - top, tail)
