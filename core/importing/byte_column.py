"""One column of a table of bytes: its texts, which of them are alike, and its numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import overload

import numpy as np
import numpy.typing as npt

from core.importing.codes import Codes, Words, code_words
from core.importing.fixed import Fixed
from core.importing.fixed_parser import FixedParser
from core.importing.grid import Column, Row
from core.importing.memo import Memo
from core.importing.numbers import CellError

PIECE = 1 << 14  # cells looked at in one go
_LONG = 64  # bytes of a cell that are compared as numbers
# What of eight bytes, read as one little-endian number, belongs to a cell of so many bytes.
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(9)], np.uint64)

Indices = npt.NDArray[np.int64]


class Source:
    """A file's bytes and where its cells end: cell ``i`` is ``data[ends[i] + 1 : ends[i + 1]]``."""

    def __init__(self, data: bytes, ends: Codes, quoted: bool) -> None:
        self.data, self.ends, self.quoted = data, ends, quoted
        self._buffer = np.frombuffer(data, np.uint8)
        self._crlf = b"\r" in data
        self.ascii = data.isascii()
        # Eight bytes from each place on as one number; the last seven places are reached by shifting.
        self._words: Words = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))

    def byte(self, places: Indices) -> npt.NDArray[np.uint8]:
        """The bytes at some places; any byte for a place beyond the end."""
        return self._buffer[np.minimum(places, len(self._buffer) - 1)]

    def bounds(self, cells: Indices | Codes, *, bare: bool = True) -> tuple[Indices, Indices]:
        """Where cells start and end, without the carriage return of a line end and (``bare``) enclosing quotes."""
        return self.inside(self.ends[cells], self.ends[cells + 1], bare=bare)

    def inside(self, before: Codes, after: Codes, *, bare: bool = True) -> tuple[Indices, Indices]:
        """The same for cells between two marks each."""
        starts = before.astype(np.int64) + 1
        ends = after.astype(np.int64)
        if self._crlf:
            ends -= (ends > starts) & (self.byte(ends - 1) == 13)
        if self.quoted and bare:
            enclosed = (ends - starts > 1) & (self.byte(starts) == 34)
            starts += enclosed
            ends -= enclosed
        return starts, ends

    def words(self, starts: Indices, lengths: Indices) -> Words:
        """The first eight bytes of each cell as one number, zeros where a cell is shorter."""
        found: Words = self.word(starts) & _MASKS[np.maximum(np.minimum(lengths, 8), 0)]
        return found

    def word(self, places: Indices) -> Words:
        """The eight bytes from some places on, as little-endian numbers; zeros beyond the end."""
        last = len(self._words) - 1
        if int(places.max(initial=0)) <= last:
            return self._words[places]
        near = np.minimum(places, last)
        beyond = 8 * (places - near)
        return np.where(beyond < 64, self._words[near] >> np.minimum(beyond, 63).astype(np.uint64), np.uint64(0))

    def text(self, start: int, end: int) -> str:
        """The text between two places, doubled quotes made single."""
        text = self.data[start:end].decode()
        return text.replace('""', '"') if self.quoted and '""' in text else text

    def raw(self, cell: int) -> str:
        """A cell's text between its quotes, as it stands in the file."""
        (start,), (end,) = self.bounds(np.array([cell]))
        return self.data[int(start) : int(end)].decode()

    def texts(self, start: int, stop: int) -> Row:
        """The cells from one to another."""
        starts, ends = self.bounds(np.arange(start, stop))
        return self.texts_between(starts, ends)

    def texts_between(self, starts: Indices, ends: Indices) -> list[str]:
        """The texts between pairs of places."""
        pairs = zip(starts.tolist(), ends.tolist(), strict=True)
        if not self.ascii or self.quoted:
            return [self.text(start, end) for start, end in pairs]
        # One text of the bytes around them all, or they would be decoded one by one.
        origin = int(starts.min(initial=len(self.data)))
        text = self.data[origin : int(ends.max(initial=origin))].decode("ascii")
        return [text[start - origin : end - origin] for start, end in pairs]


class ByteColumn(Column):
    """The cells at one place of each row; ``step`` apart throughout, 0 where they are not."""

    def __init__(
        self, source: Source, first: Codes, place: int, lacking: npt.NDArray[np.bool_] | None, step: int = 0
    ) -> None:
        self._source, self._first, self._place, self._lacking, self._step = source, first, place, lacking, step
        self._coded: tuple[Codes, list[int]] | None = None
        self._distinct: list[str] | None = None
        self._long_texts: Memo[bytes, int] = Memo(lambda _: len(self._long_texts) + 1)

    def __len__(self) -> int:
        return len(self._first)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> ByteColumn: ...
    def __getitem__(self, index: int | slice) -> str | ByteColumn:
        if isinstance(index, slice):
            lacking = None if self._lacking is None else self._lacking[index]
            step = self._step if index.step in (None, 1) else 0
            return ByteColumn(self._source, self._first[index], self._place, lacking, step)
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        starts, ends = self._bounds(at, at + 1)
        return self._source.text(int(starts[0]), int(ends[0]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.listed())

    def _bounds(self, start: int, stop: int) -> tuple[Indices, Indices]:
        if self._step and stop > start:
            at, count = int(self._first[start]) + self._place, stop - start
            reach = at + (count - 1) * self._step + 1
            marks = self._source.ends
            return self._source.inside(marks[at : reach : self._step], marks[at + 1 : reach + 1 : self._step])
        cells = self._first[start:stop] + self._place
        if self._lacking is None:
            return self._source.bounds(cells)
        lacking = self._lacking[start:stop]
        cells[lacking] = 0
        starts, ends = self._source.bounds(cells)
        ends[lacking] = starts[lacking]
        return starts, ends

    def _pieces(self) -> Iterator[tuple[int, Indices, Indices]]:
        """(first index, starts, lengths) of some thousand cells after another."""
        for start in range(0, len(self), PIECE):
            starts, ends = self._bounds(start, min(start + PIECE, len(self)))
            yield start, starts, ends - starts

    def listed(self) -> list[str]:
        """All cells as texts."""
        found: list[str] = []
        for _, starts, lengths in self._pieces():
            found += self._source.texts_between(starts, starts + lengths)
        return found

    # -- which cells are alike ---------------------------------------------------------------------------------

    def codes(self) -> tuple[Codes, list[int]]:
        """Which cells are alike."""
        if self._coded is None and not len(self):
            self._coded = np.empty(0, np.int32), []
        if self._coded is None:
            pieces = list(self._pieces())
            longest = max((int(lengths.max()) for _, _, lengths in pieces), default=0)
            words = [
                np.concatenate([self._source.words(starts + at, lengths - at) for _, starts, lengths in pieces])
                for at in range(0, max(min(longest, _LONG), 1), 8)
            ]
            if longest > _LONG:
                words.append(np.concatenate([self._long(starts, lengths) for _, starts, lengths in pieces]))
            # The length tells a cell from one with bytes more that are zero: no text has such a byte.
            self._coded = code_words(words)
        return self._coded

    def _long(self, starts: Indices, lengths: Indices) -> Words:
        """A number for each cell of more than 64 bytes, equal for equal ones; zero for the others."""
        found = np.zeros(len(starts), np.uint64)
        for index in np.flatnonzero(lengths > _LONG).tolist():
            start = int(starts[index])
            found[index] = self._long_texts[self._source.data[start : start + int(lengths[index])]]
        return found

    def distinct(self) -> list[str]:
        """Every text once, in order of first appearance."""
        if self._distinct is None:
            first = self._first[self.codes()[1]]
            lacking = None if self._lacking is None else self._lacking[self.codes()[1]]
            self._distinct = ByteColumn(self._source, first, self._place, lacking).listed()
        return self._distinct

    def places_of(self, texts: Collection[str]) -> list[int]:
        """Indices of the cells that hold one of the texts, ascending."""
        chosen = np.array([text in texts for text in self.distinct()], np.bool_)
        found: list[int] = np.flatnonzero(chosen[self.codes()[0]]).tolist()
        return found

    def places_like(self, text: str) -> list[int]:
        """Indices of the cells that hold the text, without looking at which others are alike."""
        start = text.replace('"', '""').encode()[:8]  # as it stands in the file
        word = np.uint64(int.from_bytes(start, "little"))
        found: list[int] = []
        for at, starts, lengths in self._pieces():
            near = lengths >= len(start) if len(start) == 8 else lengths == len(start)
            near &= self._source.words(starts, lengths) == word
            found += [index for index in (np.flatnonzero(near) + at).tolist() if self[index] == text]
        return found

    # -- numbers -----------------------------------------------------------------------------------------------

    def numbers(self) -> Fixed:
        """The column's numbers."""
        parser = FixedParser(self._source, len(self))
        for start, starts, lengths in self._pieces():
            for odd in parser.read(start, starts, lengths):
                index = start + odd
                text = self._source.text(int(starts[odd]), int(starts[odd] + lengths[odd]))
                try:
                    parser.put(index, text)
                except ValueError:
                    raise CellError(index, text) from None
        return parser.result()
