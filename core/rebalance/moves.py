"""Moves of a whole-share plan, and what they change: the misfit of the cells they touch, and limits."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from core.rebalance.holdings import Floats, Ints
from core.rebalance.penalty import penalties
from core.rebalance.problem import Problem


@attrs.frozen(eq=False)
class Moves:
    """(M,) changes of one order each: its number, its new signed quantity, and what changes (as a curve's table)."""

    pair: Ints
    quantity: Floats
    change: Floats  # (M, 6)

    def pick(self, rows: Ints) -> Moves:
        """Some of them, in the given order."""
        return Moves(self.pair[rows], self.quantity[rows], self.change[rows])


class Touched:
    """The penalty after a move, computed over the cells that it touches: a stock moves two of a hundred.

    A further, empty cell at the end fills the lists of those that touch fewer.
    """

    def __init__(self, weights: Floats, cash_weights: Floats, at: Floats) -> None:
        count, cells = weights.shape
        self._weights = np.hstack([weights, np.zeros((count, 1))])
        self._cash_weights = np.append(cash_weights, 0.0)
        self._kinks = np.vstack([at, np.zeros((1, 3))])
        self._is_touched = np.hstack([(weights != 0) | (cash_weights != 0), np.zeros((count, 1), dtype=bool)])
        most = int(self._is_touched.sum(axis=1).max(initial=1))
        self._cells = np.full((count, most), cells, dtype=np.int64)
        for p in range(count):
            touched = np.flatnonzero(self._is_touched[p])
            self._cells[p, : len(touched)] = touched

    def misfit(self, now: Floats, parts: Sequence[Moves], cash: Floats) -> Floats:
        """(M,) summed penalty of all cells after each move; ``cash`` (M,) dollars that all accounts gain by it."""
        now = np.append(now, 0.0)
        total = np.full(len(cash), penalties(np.abs(now), self._kinks).sum())
        for number, part in enumerate(parts):
            cells = self._cells[part.pair]
            change = cash[:, None] * self._cash_weights[cells]
            for other in parts:
                change += other.change[:, :1] * self._weights[other.pair[:, None], cells]
            at = self._kinks[cells]
            before = now[cells]
            growth = penalties(np.abs(before + change), at) - penalties(np.abs(before), at)
            if number:
                growth[self._is_touched[parts[0].pair[:, None], cells]] = 0.0  # counted with the first part
            total += growth.sum(axis=1)
        return total


class Limits:
    """Caps, sector ranges, gain limit and turnover: dollars by which a state breaks them."""

    def __init__(self, problem: Problem) -> None:
        tax, trading = problem.target.tax, problem.target.trading
        self._gain = np.inf if tax.gain_limit is None else tax.gain_limit
        self._turnover = 2 * trading.max_turnover * max(0.0, float(problem.holdings.account_value.sum()))
        self._cap = np.full(len(problem.holdings.securities), np.inf)
        for cap in problem.caps:
            # What is already above its cap need not be sold; it just may not grow.
            self._cap[cap.security] = max(cap.limit, float(problem.by_security[cap.security]))
        self._floor = np.full(len(problem.holdings.securities), -np.inf)
        for held in problem.held_ranges:
            if held.account < 0:
                self._cap[held.security] = min(self._cap[held.security], held.most)
                self._floor[held.security] = max(self._floor[held.security], held.least)
        self._sectors = np.array([s.weights for s in problem.sector_ranges]).reshape(
            -1, len(problem.holdings.securities)
        )

    def _outside(self, held: Floats, securities: Ints | slice) -> Floats:
        """Dollars by which holdings of securities lie above their caps or below their floors."""
        outside: Floats = np.maximum(held - self._cap[securities], 0) + np.maximum(self._floor[securities] - held, 0)
        return outside

    def breach(self, held: Floats, gain: float, traded: float) -> float:
        """Dollars over limits: of (S,) dollars held, the net gain and the dollars traded."""
        over = self._outside(held, slice(None)).sum() + np.maximum(self._sectors @ held, 0).sum()
        return float(over + max(gain - self._gain, 0.0) + max(traded - self._turnover, 0.0))

    def breaches(self, held: Floats, securities: Ints, parts: Sequence[Moves], gain: Floats, traded: Floats) -> Floats:
        """(M,) dollars over limits after each move; ``gain``, ``traded`` (M,) after it, ``held`` (S,) before."""
        cap_now = self._outside(held, slice(None))
        total = np.full(len(gain), cap_now.sum())
        sectors = np.broadcast_to(self._sectors @ held, (len(gain), len(self._sectors))).copy()
        for part in parts:
            s = securities[part.pair]
            total += self._outside(held[s] + part.change[:, 0], s) - cap_now[s]
            sectors += part.change[:, :1] * self._sectors[:, s].T
        over: Floats = total + np.maximum(sectors, 0).sum(axis=1)
        return over + np.maximum(gain - self._gain, 0) + np.maximum(traded - self._turnover, 0)
