"""Cells of a column of bytes -> :class:`~core.importing.fixed.Fixed`, thousands at a time."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.importing.fixed import DIGITS, Fixed, Flags, Scales, Whole
from core.importing.memo import Memo
from core.importing.numbers import parse_number

Words = npt.NDArray[np.uint64]

_SAFE = 10**15  # parse_number's limit

# Plain numbers, digits and at most one point, of up to sixteen characters are read eight characters at a time, each
# eight as one little-endian number whose highest byte is the last character.
_ZEROS, _POINTS, _ZERO = np.uint64(0x3030303030303030), np.uint64(0x2E2E2E2E2E2E2E2E), np.uint64(0x30)
_LOW, _HIGH = np.uint64(0x7F7F7F7F7F7F7F7F), np.uint64(0xF0F0F0F0F0F0F0F0)
_SIXES = np.uint64(0x0606060606060606)
_PAIRS, _FIRST, _SECOND = np.uint64(0x000000FF000000FF), np.uint64(0x000F424000000064), np.uint64(0x0000271000000001)
_TOPS = np.array([((1 << 64) - 1) ^ ((1 << (64 - 8 * count)) - 1) for count in range(9)], np.uint64)
_U1, _U7, _U8, _U10, _U16, _U32, _U56 = (np.uint64(number) for number in (1, 7, 8, 10, 16, 32, 56))

# The rest is read byte by byte, all cells at once. Kinds of bytes: digit, point, comma, minus, "(", ")", dollar, plus,
# the end of the cell, anything else. What may follow what is a part of what parse_number reads; a cell that is not of
# this part is handed to it.
_KINDS = 10
_DIGIT, _POINT, _COMMA, _MINUS, _OPEN, _CLOSE, _DOLLAR, _PLUS, _END, _OTHER = range(_KINDS)
_START, _OPENED, _SIGN, _MONEY, _BOTH, _ONE, _TWO, _THREE, _MANY, _GROUP = range(10)
_GROUP1, _GROUP2, _GROUP3, _BARE, _DOT = range(10, 15)
_FRACTION, _CLOSED, _DONE, _DEAD = range(15, 19)
_BEGIN = {_DIGIT: _ONE, _POINT: _BARE}
_STOP = {_CLOSE: _CLOSED, _END: _DONE}
_NEXT = {
    _START: {**_BEGIN, _OPEN: _OPENED, _MINUS: _SIGN, _PLUS: _SIGN, _DOLLAR: _MONEY},
    _OPENED: {**_BEGIN, _MINUS: _SIGN, _PLUS: _SIGN, _DOLLAR: _MONEY},
    _SIGN: {**_BEGIN, _DOLLAR: _BOTH},
    _MONEY: {**_BEGIN, _MINUS: _BOTH, _PLUS: _BOTH},
    _BOTH: _BEGIN,
    _ONE: {**_STOP, _DIGIT: _TWO, _COMMA: _GROUP, _POINT: _DOT},
    _TWO: {**_STOP, _DIGIT: _THREE, _COMMA: _GROUP, _POINT: _DOT},
    _THREE: {**_STOP, _DIGIT: _MANY, _COMMA: _GROUP, _POINT: _DOT},
    _MANY: {**_STOP, _DIGIT: _MANY, _POINT: _DOT},
    _GROUP: {_DIGIT: _GROUP1},
    _GROUP1: {_DIGIT: _GROUP2},
    _GROUP2: {_DIGIT: _GROUP3},
    _GROUP3: {**_STOP, _COMMA: _GROUP, _POINT: _DOT},
    _BARE: {_DIGIT: _FRACTION},
    _DOT: {**_STOP, _DIGIT: _FRACTION},
    _FRACTION: {**_STOP, _DIGIT: _FRACTION},
    _CLOSED: {_END: _DONE},
    _DONE: {_END: _DONE},
    _DEAD: {},
}
_KIND = np.full(256, _OTHER, np.intp)
_KIND[0] = _END
_KIND[[ord(character) for character in "0123456789"]] = _DIGIT
_KIND[[ord(character) for character in ".,-()$+"]] = (_POINT, _COMMA, _MINUS, _OPEN, _CLOSE, _DOLLAR, _PLUS)
# States are kept multiplied by the number of kinds, so that state + kind is a place in the table.
_TABLE = np.array([_NEXT[state].get(kind, _DEAD) * _KINDS for state in range(19) for kind in range(_KINDS)], np.intp)
_TIMES = np.array([10 if kind == _DIGIT else 1 for kind in range(_KINDS)], np.int64)
_PLUS_DIGIT = np.array([byte - 48 if 48 <= byte < 58 else 0 for byte in range(256)], np.int64)


class Text(Protocol):
    """The bytes that cells stand in."""

    def byte(self, places: Whole) -> npt.NDArray[np.uint8]:
        """The bytes at some places."""

    def word(self, places: Whole) -> Words:
        """The eight bytes from some places on, as little-endian numbers."""


class FixedParser:
    """Reads the cells of a column, some thousand at a time."""

    def __init__(self, text: Text, count: int) -> None:
        self._text = text
        self._whole: Whole = np.zeros(count, np.int64)
        self._scales: Scales = np.zeros(count, np.int8)
        self._known: Flags = np.ones(count, np.bool_)
        self._texts: Memo[str, Decimal | None] = Memo(parse_number)

    def read(self, at: int, starts: Whole, lengths: Whole) -> list[int]:
        """Read cells from index ``at`` on; returns which of them, counted from there, are to be ``put`` as texts.

        ``starts`` and ``lengths`` say where the cells stand, in bytes.
        """
        blank = lengths == 0
        good, whole, scales = _plain(self._text, starts, lengths)
        left = np.flatnonzero(~(good | blank))
        if len(left):
            some, sizes = _without_spaces(self._text, starts[left], lengths[left])
            good[left], whole[left], scales[left] = _printed(self._text, some, sizes)
            blank[left[sizes == 0]] = True
        places = slice(at, at + len(starts))
        self._whole[places] = whole
        self._scales[places] = scales
        self._known[places] = ~blank
        odd: list[int] = np.flatnonzero(~(good | blank)).tolist()
        return odd

    def put(self, index: int, text: str) -> None:
        """Read one cell from its text.

        Raises
        ------
        ValueError
            Where it is neither a number nor a word for none.
        OverflowError
            Where the number has more than 18 digits.
        """
        value = self._texts[text]
        self._known[index] = value is not None
        if value is None:
            self._whole[index] = self._scales[index] = 0
            return
        self._whole[index], self._scales[index] = decimal_parts(value)

    def result(self) -> Fixed:
        """What was read."""
        known = None if bool(self._known.all()) else self._known
        if known is not None:
            self._whole[~known] = 0
            self._scales[~known] = 0
        return Fixed(self._whole, self._scales, known)


def decimal_parts(value: Decimal) -> tuple[int, int]:
    """A number as a whole number and a count of digits after the point.

    Raises
    ------
    OverflowError
        Where it has more than 18 digits.
    """
    sign, digits, exponent = value.as_tuple()
    scale = max(-int(exponent), 0)
    whole = int("".join(map(str, digits))) * 10 ** max(int(exponent), 0)
    if scale > DIGITS or whole >= 10**DIGITS:
        raise OverflowError(value)
    return -whole if sign else whole, scale


def _without_spaces(text: Text, starts: Whole, lengths: Whole) -> tuple[Whole, Whole]:
    """Cells without the spaces around them."""
    while bool((spaced := (lengths > 0) & (text.byte(starts + lengths - 1) == 32)).any()):
        lengths = lengths - spaced
    while bool((spaced := (lengths > 0) & (text.byte(starts) == 32)).any()):
        starts, lengths = starts + spaced, lengths - spaced
    return starts, lengths


def _plain(text: Text, starts: Whole, lengths: Whole) -> tuple[Flags, Whole, Scales]:
    """Numbers of digits and at most one point, maybe after a minus: which cells are such, and what they are."""
    minus = text.byte(starts) == 45
    lengths = lengths - minus
    ends = starts + minus + lengths
    good = (lengths > 0) & (lengths <= 16) & (ends >= 16)
    later = _digits(text.word(np.maximum(ends - 8, 0)), np.minimum(lengths, 8))
    differ = later ^ _POINTS
    point = ~(((differ & _LOW) + _LOW) | differ | _LOW)  # the highest bit of each byte that is a point
    pointed = point != 0
    good &= (point & (point - _U1)) == 0
    after = later & ~((point << _U1) - _U1)
    before = later & ((point >> _U7) - _U1)
    later = np.where(pointed, after | (before << _U8) | _ZERO, later)
    scales = np.where(pointed, 8 - np.frexp(point.astype(np.float64))[1] // 8, 0)
    good &= lengths > pointed
    long = np.flatnonzero(lengths > 8)
    whole = _number(later)
    if len(long):
        earlier = _digits(text.word(np.maximum(ends[long] - 16, 0)), lengths[long] - 8)
        moved = pointed[long]  # the point taken out, a character comes over from the earlier eight
        later[long] ^= np.where(moved, (earlier >> _U56) ^ _ZERO, np.uint64(0))
        earlier = np.where(moved, (earlier << _U8) | _ZERO, earlier)
        good[long] &= _are_digits(earlier)
        whole[long] = _number(later[long]) + _number(earlier) * 10**8
    good &= _are_digits(later) & (whole < _SAFE)
    return good, np.where(minus, -whole, whole), scales.astype(np.int8)


def _digits(words: Words, lengths: Whole) -> Words:
    """The last characters of each word, zeros before them."""
    tops = _TOPS[np.clip(lengths, 0, 8)]
    return (words & tops) | (_ZEROS & ~tops)


def _are_digits(words: Words) -> Flags:
    """Whether all eight characters are digits."""
    digits: Flags = ((words & _HIGH) == _ZEROS) & (((words + _SIXES) & _HIGH) == _ZEROS)
    return digits


def _number(words: Words) -> Whole:
    """The number that eight digits make: by pairs, then fours, then all, each in one multiplication."""
    pairs = words - _ZEROS
    pairs = pairs * _U10 + (pairs >> _U8)
    fours = (pairs & _PAIRS) * _FIRST + ((pairs >> _U16) & _PAIRS) * _SECOND
    return (fours >> _U32).astype(np.int64)


def _printed(text: Text, starts: Whole, lengths: Whole) -> tuple[Flags, Whole, Scales]:
    """Numbers as US brokers print them: sign, dollar, parentheses, commas: which cells are such, and what they are."""
    count = len(starts)
    whole, scales = np.zeros(count, np.int64), np.zeros(count, np.int8)
    state = np.zeros(count, np.intp)
    negative, opened = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    # One step more than the longest cell has characters: it ends there.
    for place in range(min(int(lengths.max(initial=0)), DIGITS) + 1):
        found = np.where(lengths > place, text.byte(starts + place), np.uint8(0))
        kind = _KIND[found]
        state = _TABLE[state + kind]
        whole = whole * _TIMES[kind] + _PLUS_DIGIT[found]
        scales += (state == _FRACTION * _KINDS) & (kind == _DIGIT)
        negative |= (kind == _MINUS) | (kind == _OPEN)
        opened ^= (kind == _OPEN) | (kind == _CLOSE)
    good = (state == _DONE * _KINDS) & ~opened & (lengths <= DIGITS) & (whole < _SAFE)
    return good, np.where(negative, -whole, whole), scales
