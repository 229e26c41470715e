"""The quantities that may be ordered: whole units, at least the minimum trade, within what rules leave open."""

from __future__ import annotations

import numpy as np

from core.rebalance.curves import EPSILON, Curves
from core.rebalance.holdings import Bools, Floats, Ints

#: Steps by which a quantity changes at a time: whole units, and thousandths of a unit or finer.
_SIZES = (1.0, 2.0, 5.0, 20.0, 100.0, 1000.0, 1000.0)
_FINE_SIZES = (1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
_CHANGES = np.array([[*sizes, *(-size for size in sizes)] for sizes in (_SIZES, _FINE_SIZES)])
#: How many quantities ``following`` gives for an order at most.
CHOICES = _CHANGES.shape[1] + 4


class Quantities:
    """What may be ordered of each of P orders; methods take numbers of orders and signed quantities of one shape."""

    def __init__(self, curves: Curves) -> None:
        self.curves = c = curves
        every = np.arange(len(c))
        self._changes = _CHANGES[(c.step < 1).astype(np.int64)] * c.step[:, None]
        self._smallest = self._above(every, c.minimum / c.price)
        covered = self._above(every, c.forced)
        covered = np.where((c.closes != 0) & (covered > -c.closes - EPSILON), -c.closes, covered)
        self._most = np.where(c.forced > 0, -covered, np.inf)
        self._low = np.where(c.lowest > c.least, self._above(every, np.maximum(c.lowest, c.least)), c.least)
        self._high = np.maximum(self._low, self.below(every, np.minimum(c.highest, c.most)))
        rest = np.where(c.closes != 0, c.least, 0.0)
        self._least_sale = np.where(c.least <= -self._smallest, -self._smallest, rest)
        self._ordered = ~np.isnan(c.only)

    def below(self, orders: Ints, quantities: Floats) -> Floats:
        """Whole numbers of steps, toward more cash."""
        step = self.curves.step[orders]
        floor: Floats = np.floor(quantities / step + 1e-9) * step
        return floor

    def _above(self, orders: Ints, quantities: Floats) -> Floats:
        step = self.curves.step[orders]
        ceiling: Floats = np.ceil(quantities / step - 1e-9) * step
        return ceiling

    def legal(self, orders: Ints, quantities: Floats) -> Bools:
        """Whether an order of this quantity may be placed (whole units, minimum trade, limits)."""
        c, size = self.curves, np.abs(quantities)
        closes, steps = c.closes[orders], quantities / c.step[orders]
        closing = np.abs(quantities - closes) < EPSILON
        whole = closing | (np.abs(steps - np.rint(steps)) < 1e-6)
        sized = (quantities >= c.least[orders] - EPSILON) & (quantities <= c.most[orders] + EPSILON)
        sized &= size * c.price[orders] >= c.minimum[orders] - 1e-9
        enough = (c.forced[orders] <= 0) | (quantities <= EPSILON - c.forced[orders])
        free = (closing & (closes < 0)) | (enough & (sized | (size < EPSILON)))
        free &= (quantities >= c.lowest[orders] - EPSILON) & (quantities <= c.highest[orders] + EPSILON)
        asked = np.abs(quantities - c.only[orders]) < EPSILON
        allowed: Bools = whole & np.where(self._ordered[orders], asked, free)
        return allowed

    def following(self, orders: Ints, now: Floats) -> Floats:
        """(n, CHOICES) what ``orders`` (n,) may change to from ``now``, ascending; NaN where there is less to choose.

        Steps of several sizes, nothing at all, the smallest orders, closing the position.
        """
        each, present = orders[:, None], now[:, None]
        step, closes = self.curves.step[each], self.curves.closes[each]
        choices = np.zeros((len(orders), CHOICES))
        choices[:, 1] = closes[:, 0]
        choices[:, 2] = self._smallest[orders]
        choices[:, 3] = -choices[:, 2]
        changed = np.rint((present + self._changes[orders]) / step) * step
        choices[:, 4:] = np.where((closes != 0) & (changed < closes), closes, changed)
        choices[~(self.legal(each, choices) & (np.abs(choices - present) > EPSILON))] = np.nan
        choices.sort(axis=1)
        choices[:, 1:][choices[:, 1:] == choices[:, :-1]] = np.nan
        return choices

    def nearest(self, orders: Ints, wished: Floats) -> Floats:
        """What may be ordered, nearest to wished quantities (multiples of the step), toward more cash."""
        wished = np.minimum(wished, self._most[orders])
        bounded = np.minimum(np.maximum(wished, self._low[orders]), self._high[orders])
        small = (np.abs(bounded) < self._smallest[orders]) & (bounded != self.curves.closes[orders])
        # Too small an order: a purchase becomes nothing, a sale the smallest there is (or nothing where none is).
        sizable = np.where(small, np.where(bounded < 0, self._least_sale[orders], 0.0), bounded)
        return np.where(self._ordered[orders], self.curves.only[orders], sizable)

    def start(self, wished: Floats) -> Floats:
        """(P,) what may be ordered, nearest to a wished quantity of every order; 0 where nothing near it may.

        Fractions of a step are rounded toward cash (sell more, buy less): what is left over is spent by later moves.
        """
        c, every = self.curves, np.arange(len(self.curves))
        choices = np.zeros((len(c), 7))
        choices[:, 1] = c.closes
        choices[:, 2] = self.below(every, wished)
        choices[:, 3] = c.least
        choices[:, 4] = np.where(wished > 0, self._smallest, -self._smallest)
        choices[:, 5] = np.where(np.isfinite(c.lowest), self._above(every, c.lowest), 0.0)
        choices[:, 6] = np.where(np.isfinite(c.highest), self.below(every, c.highest), 0.0)
        choices = np.hstack([choices, np.where(c.forced > 0, -self._above(every, c.forced), 0.0)[:, None]])
        bound = (c.forced > 0) | (c.lowest > 0) | (c.highest < 0)
        may = self.legal(every[:, None], choices) & ((choices * wished[:, None] >= 0) | bound[:, None])
        away = np.where(may, np.abs(choices - wished[:, None]), np.inf)
        best = np.lexsort((np.abs(choices), away))[:, 0] if len(c) else np.zeros(0, dtype=np.int64)
        found = np.where(may.any(axis=1), choices[every, best], 0.0)
        return np.where(self._ordered, c.only, found)
