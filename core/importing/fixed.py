"""Columns of decimal numbers as whole numbers with a count of digits after the point: exact, and reckoned at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import attrs
import numpy as np
import numpy.typing as npt

from core.money import ZERO

Whole = npt.NDArray[np.int64]
Scales = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

DIGITS = 18
"""As many digits always fit into 63 bits."""
_POWERS = np.array([10**power for power in range(DIGITS + 1)], np.int64)
_LARGEST = 1 << 62


@attrs.frozen(eq=False)
class Fixed:
    """A column of numbers: ``whole / 10**scales``, unknown where ``known`` is false (None: all are known)."""

    whole: Whole
    scales: Scales
    known: Flags | None = None

    def __len__(self) -> int:
        return len(self.whole)

    @property
    def complete(self) -> bool:
        """Whether all are known."""
        return self.known is None

    @property
    def fine(self) -> bool:
        """Whether some number has more than two digits after the point."""
        return bool((self.scales > 2).any())

    def at(self, index: int) -> Decimal | None:
        """One number as it was printed, trailing zeros included."""
        if self.known is not None and not self.known[index]:
            return None
        return Decimal(int(self.whole[index])).scaleb(-int(self.scales[index]))

    def decimals(self) -> Iterator[Decimal | None]:
        """All numbers as :meth:`at` gives them."""
        made = map(Decimal.scaleb, map(Decimal, self.whole.tolist()), (-self.scales).tolist())
        if self.known is None:
            return made
        return (number if known else None for number, known in zip(made, self.known.tolist(), strict=True))

    def chosen(self, indices: npt.NDArray[np.int64]) -> Fixed:
        """The numbers at some places."""
        known = None if self.known is None else self.known[indices]
        return Fixed(self.whole[indices], self.scales[indices], None if known is None or known.all() else known)

    def part(self, rows: slice) -> Fixed:
        """The numbers of a run of places."""
        return Fixed(self.whole[rows], self.scales[rows], None if self.known is None else self.known[rows])

    def only(self, known: Flags) -> Fixed:
        """The same numbers, unknown where ``known`` is false or they were unknown before."""
        both = known if self.known is None else known & self.known
        return Fixed(self.whole, self.scales, None if both.all() else both)

    def negated(self, where: Flags) -> Fixed:
        """The numbers with the other sign at some places."""
        if not where.any():
            return self
        return Fixed(np.where(where, -self.whole, self.whole), self.scales, self.known)

    def to_cents(self) -> Fixed:
        """Rounded to two digits, half away from zero, as :func:`core.money.to_cents` does.

        Raises
        ------
        OverflowError
            Where a number has too many digits.
        """
        scales = self.scales.astype(np.int64)
        up, down = np.maximum(2 - scales, 0), np.maximum(scales - 2, 0)
        if bool((np.abs(self.whole) > _LARGEST // _POWERS[up]).any()):
            raise OverflowError
        size = (np.abs(self.whole) * _POWERS[up] + np.where(down > 0, _POWERS[down] // 2, 0)) // _POWERS[down]
        return Fixed(np.where(self.whole < 0, -size, size), np.full(len(self), 2, np.int8), self.known)

    def floats(self) -> npt.NDArray[np.float64]:
        """The numbers to 53 bits."""
        result: npt.NDArray[np.float64] = self.whole / _POWERS[self.scales]
        return result

    def minus(self, other: Fixed) -> Fixed:
        """Differences, each known where both are.

        Raises
        ------
        OverflowError
            Where a number has too many digits.
        """
        scales = np.maximum(self.scales, other.scales)
        parts = []
        for one in (self, other):
            powers = _POWERS[scales - one.scales]
            if bool((np.abs(one.whole) > _LARGEST // 2 // powers).any()):
                raise OverflowError
            parts.append(one.whole * powers)
        result = Fixed(parts[0] - parts[1], scales, self.known)
        return result if other.known is None else result.only(other.known)

    def times(self, other: Fixed) -> Fixed:
        """Products, each known where both are.

        Raises
        ------
        OverflowError
            Where a product has too many digits.
        """
        scales = self.scales.astype(np.int64) + other.scales
        size = np.abs(self.whole.astype(np.float64)) * np.abs(other.whole.astype(np.float64))
        if bool((size > _LARGEST).any()) or int(scales.max(initial=0)) > DIGITS:
            raise OverflowError
        result = Fixed(self.whole * other.whole, scales.astype(np.int8), self.known)
        return result if other.known is None else result.only(other.known)

    def total(self) -> Decimal:
        """Exact sum of the known numbers."""
        result = ZERO
        lowest, highest = (int(self.scales.min()), int(self.scales.max())) if len(self) else (0, -1)
        for scale in range(lowest, highest + 1):
            if lowest == highest and self.known is None:
                whole = self.whole
            else:
                chosen = self.scales == scale
                whole = self.whole[chosen if self.known is None else chosen & self.known]
            safe = len(whole) * float(np.abs(whole).max(initial=0)) < _LARGEST
            result += Decimal(int(whole.sum()) if safe else sum(whole.tolist())).scaleb(-scale)
        return result
