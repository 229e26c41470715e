"""The cells of a large text file by where they start and end in its bytes: no text is made before it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from core.importing.byte_column import ByteColumn, Source
from core.importing.grid import Grid, Row

LEAST_LINES = 2000
_PIECE = 1 << 18  # bytes looked at in one go: they stay in the processor's cache
_LEAST = 64  # bytes: cells are looked at eight bytes at a time
_ROWS = 1 << 10  # rows made in one go
_MOST_ESCAPED = 100_000

Places = npt.NDArray[np.int32]


class ByteTable(Grid):
    """Rows of any width; row ``i`` starts at cell ``first[i]`` of the source and has ``widths[i]`` cells."""

    def __init__(self, source: Source, first: Places, widths: Places) -> None:
        self._source, self._first, self._widths = source, first, widths
        self._even = bool(len(widths)) and bool((widths == widths[0]).all())
        self._columns: dict[int, ByteColumn] = {}

    def __len__(self) -> int:
        return len(self._first)

    @property
    def width(self) -> int:
        """Cells of the widest row."""
        return int(self._widths.max()) if len(self) else 0

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> ByteTable: ...
    def __getitem__(self, index: int | slice) -> Row | ByteTable:
        if isinstance(index, slice):
            if index == slice(None):
                return self
            return ByteTable(self._source, self._first[index], self._widths[index])
        start = int(self._first[index])
        row = self._source.texts(start, start + int(self._widths[index]))
        return row if row != [""] else []

    def __iter__(self) -> Iterator[Row]:
        for at in range(0, len(self), _ROWS):
            first, widths = self._first[at : at + _ROWS], self._widths[at : at + _ROWS].tolist()
            if not widths:
                return
            start = int(first.min())
            stop = int(first.max()) + max(widths)
            if stop - start > 2 * sum(widths):  # rows that do not follow each other
                yield from (self[index] for index in range(at, at + len(widths)))
                continue
            cells = self._source.texts(start, min(stop, len(self._source.ends) - 1))
            for place, width in zip((first - start).tolist(), widths, strict=True):
                row = cells[place : place + width]
                yield row if row != [""] else []

    def chosen(self, indices: Sequence[int]) -> ByteTable:
        """The table of these rows."""
        at = np.asarray(indices, np.int64)
        return ByteTable(self._source, self._first[at], self._widths[at])

    def typed(self, place: int) -> ByteColumn:
        """One column, not made into texts."""
        if place not in self._columns:
            lacking = None if self._even and self.width > place else self._widths <= place
            step = self.width if lacking is None and self._follow() else 0
            self._columns[place] = ByteColumn(self._source, self._first, place, lacking, step)
        return self._columns[place]

    def _follow(self) -> bool:
        """Whether the rows, all of one width, stand one after the other."""
        return int(self._first[-1]) - int(self._first[0]) == self.width * (len(self) - 1)

    def column(self, place: int) -> list[str]:
        """The cells of one column, "" where a row is shorter."""
        return self.typed(place).listed()

    def rows_with(self, place: int, text: str) -> list[int]:
        """Indices of the rows whose cell at a place is the text."""
        return self.typed(place).places_like(text)


def byte_table(data: bytes, delimiter: str, most_cells: int) -> ByteTable | None:
    """The table in a file of UTF-8 bytes, or None where it has few rows or its quotes or line ends are irregular.

    Rows and cells are those of the ``csv`` module: a quote at the start of a cell encloses delimiters and line ends.

    Raises
    ------
    OverflowError
        Where there are more than ``most_cells`` cells.
    """
    if len(data) < _LEAST:
        return None
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    quotes = data.count(b'"') if b'"' in data else 0
    if quotes % 2:
        return None
    ends, last = _ends(data, ord(delimiter), quotes > 0, most_cells)
    if len(last) < LEAST_LINES:
        return None
    if ends[-1] != len(data) - 1 or data[-1] != 10:
        ends = np.append(ends, np.int32(len(data)))
        last = np.append(last, np.int32(len(ends) - 2))
    first = np.empty_like(last)
    first[0] = 0
    first[1:] = last[:-1] + 1
    source = Source(data, ends, quotes > 0)
    if quotes and not _well_quoted(source, quotes):
        return None
    return ByteTable(source, first, last - first + 1)


def _ends(data: bytes, delimiter: int, quoted: bool, most: int) -> tuple[Places, Places]:
    """-1, then the places of all delimiters and line ends that do not stand in quotes; and which of these end lines."""
    buffer = np.frombuffer(data, np.uint8)
    found, last = [np.array([-1], np.int32)], [np.empty(0, np.int32)]
    inside, count = np.uint8(0), 0
    for start in range(0, len(buffer), _PIECE):
        piece = buffer[start : start + _PIECE]
        breaks = piece == 10
        marks = (piece == delimiter) | breaks
        if quoted:
            # After an odd number of quotes a place is inside a pair; two quotes in a row leave that as it is.
            parity = np.bitwise_xor.accumulate((piece == 34).view(np.uint8)) ^ inside
            inside = parity[-1]
            marks &= parity == 0
        places = np.flatnonzero(marks)
        found.append((places + start).astype(np.int32))
        last.append((np.flatnonzero(breaks[places]) + count).astype(np.int32))
        count += len(places)
        if count > most:
            raise OverflowError
    return np.concatenate(found), np.concatenate(last)


def _well_quoted(source: Source, quotes: int) -> bool:
    """Whether each quote encloses a whole cell or stands doubled in one that is enclosed."""
    enclosed = 0
    cells = len(source.ends) - 1
    opened = np.zeros(cells, np.bool_)
    for start in range(0, cells, _PIECE):
        at = np.arange(start, min(start + _PIECE, cells))
        starts, ends = source.bounds(at, bare=False)
        opens = (source.byte(starts) == 34) & (ends > starts)
        closes = (source.byte(ends - 1) == 34) & (ends - starts > 1)
        if not np.array_equal(opens, closes):
            return False
        enclosed += int(opens.sum())
        opened[start : start + len(at)] = opens
    if quotes == 2 * enclosed:
        return True
    places = np.flatnonzero(np.frombuffer(source.data, np.uint8) == 34)
    of_cell, counts = np.unique(np.searchsorted(source.ends, places) - 1, return_counts=True)
    if not opened[of_cell].all():
        return False
    escaped = of_cell[counts > 2]
    return len(escaped) <= _MOST_ESCAPED and not any('"' in source.raw(int(cell)).replace('""', "") for cell in escaped)
