"""Which rows of a table are alike: a small number for each, in order of first appearance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Words = npt.NDArray[np.uint64]

_ROUNDS = 6
_MOST_PAIRS = 1 << 20
_MIX = np.uint64(0x9E3779B97F4A7C15)


def code_words(words: Sequence[Words]) -> tuple[Codes, list[int]]:
    """Codes of rows of words, equal for equal rows, in order of first appearance; and the first row of each code.

    Equal rows fall into one of 65,536 drawers, whose first row all others are compared with in full; what differs
    from it is tried again with other drawers, in the end sorted.
    """
    mixed = words[0] * _MIX
    for word in words[1:]:
        mixed ^= mixed >> np.uint64(29)
        mixed ^= word
        mixed *= _MIX
    first: Codes = np.empty(len(mixed), np.int32)
    left: Codes | None = None
    for round_ in range(_ROUNDS):
        drawer = (mixed >> np.uint64(48 - 7 * round_)).astype(np.int32) & np.int32(0xFFFF)
        found = _firsts(drawer, 1 << 16)[drawer]
        same = words[0] == words[0][found]
        for word in words[1:]:
            same &= word == word[found]
        if left is None:
            first[:] = found
        else:
            first[left[same]] = left[found[same]]
        if same.all():
            break
        left = np.flatnonzero(~same).astype(np.int32) if left is None else left[~same]
        mixed, words = mixed[~same], [word[~same] for word in words]
    else:
        assert left is not None
        _, where, inverse = np.unique(np.stack(words, axis=1), axis=0, return_index=True, return_inverse=True)
        first[left] = left[where[inverse.reshape(-1)]]
    return _numbered(first)


def code_pairs(one: Codes, other: Codes, counts: tuple[int, int]) -> tuple[Codes, list[int]]:
    """The same for pairs of codes below ``counts``."""
    if counts[0] * counts[1] > _MOST_PAIRS:
        return code_words([one.astype(np.uint64) << np.uint64(32) | other.astype(np.uint64)])
    pairs = one * np.int32(counts[1]) + other
    return _numbered(_firsts(pairs, counts[0] * counts[1])[pairs])


def _firsts(codes: Codes, count: int) -> Codes:
    """The index at which each code below ``count`` appears first; anything for one that does not."""
    first: Codes = np.empty(count, np.int32)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1, dtype=np.int32)  # the last that is put in stays
    return first


def _numbered(first: Codes) -> tuple[Codes, list[int]]:
    """From the index of the first row that is like each row: codes in order of first appearance, and their firsts."""
    new = first == np.arange(len(first), dtype=np.int32)
    numbers = np.cumsum(new, dtype=np.int32) - np.int32(1)
    firsts: list[int] = np.flatnonzero(new).tolist()
    return numbers[first], firsts
