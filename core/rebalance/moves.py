"""Moves of a whole-share plan, and what they change: the misfit of the cells they touch, and limits."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from core.rebalance.cells import Cells
from core.rebalance.holdings import Floats, Ints
from core.rebalance.limits import gain_limit, turnover_limit
from core.rebalance.penalty import penalties
from core.rebalance.problem import Problem

#: Rows of a move's changes: those of a curve's table, dollars traded, and whether it opens (1) or drops (-1) an order.
WORTH, CASH, COST, SHORT, LONG, GAIN, TRADED, OPENED = range(8)


@attrs.frozen(eq=False)
class Moves:
    """(M,) changes of one order each: its number, its new signed quantity, and what changes."""

    pair: Ints
    quantity: Floats
    change: Floats  # (8, M)

    def pick(self, rows: Ints) -> Moves:
        """Some of them, in the given order."""
        return Moves(self.pair[rows], self.quantity[rows], self.change[:, rows])


class Misfit:
    """The penalty on all cells after each of many moves.

    A model's lines are many, and an order touches one of them at most: those that it leaves alone are not computed.
    """

    def __init__(self, cells: Cells, security: Ints, at: Floats) -> None:
        """``security`` (P,) of each order; ``at`` (K, 3) the kinks of each cell's penalty."""
        line = np.zeros(len(cells.names), dtype=bool)
        line[cells.first - len(cells.model) : cells.first] = True
        weights = cells.weights[security]
        self._shared, self._lines = np.flatnonzero(~line), np.flatnonzero(line)
        self._weights = weights[:, self._shared].T.copy()
        self._with_cash = [
            (i, float(cells.cash_weights[k])) for i, k in enumerate(self._shared) if cells.cash_weights[k]
        ]
        self._kinks = at[self._shared]
        # A further, empty line for the orders that touch none.
        self._line_kinks = np.vstack([at[self._lines], np.zeros((1, 3))])
        on_lines = np.hstack([weights[:, self._lines], np.ones((len(security), 1))])
        self._line = (on_lines != 0).argmax(axis=1)
        self._line_weight = np.where(self._line < len(self._lines), on_lines[np.arange(len(security)), self._line], 0.0)

    def after(self, now: Floats, parts: Sequence[Moves], cash: Floats) -> Floats:
        """(M,) summed penalty; ``now`` (K,) dollars out of place, ``cash`` (M,) dollars all accounts gain by a move."""
        cells = self._weights[:, parts[0].pair] * parts[0].change[WORTH]
        for part in parts[1:]:
            cells += self._weights[:, part.pair] * part.change[WORTH]
        for i, weight in self._with_cash:
            cells[i] += weight * cash
        cells += now[self._shared, None]
        total: Floats = penalties(np.abs(cells, out=cells).T, self._kinks).sum(axis=1)
        return total + self._of_lines(np.append(now[self._lines], 0.0), parts) if len(self._lines) else total

    def _of_lines(self, now: Floats, parts: Sequence[Moves]) -> Floats:
        lines = [self._line[part.pair] for part in parts]
        moved = [self._line_weight[part.pair] * part.change[WORTH] for part in parts]
        total = np.full(len(moved[0]), penalties(np.abs(now), self._line_kinks).sum())
        if len(parts) == 2:  # what both touch counts with the first
            same = lines[0] == lines[1]
            moved[0] += np.where(same, moved[1], 0.0)
            moved[1][same] = 0.0
        for line, dollars in zip(lines, moved, strict=True):
            at, before = self._line_kinks[line], now[line]
            total += penalties(np.abs(before + dollars), at) - penalties(np.abs(before), at)
        return total


class Limits:
    """Caps, sector ranges, gain limit and turnover: dollars by which a state breaks them."""

    def __init__(self, problem: Problem) -> None:
        self._gain = gain_limit(problem)
        self._turnover = turnover_limit(problem)
        self._cap = np.full(len(problem.holdings.securities), np.inf)
        for cap in problem.caps:
            # What is already above its cap need not be sold; it just may not grow.
            self._cap[cap.security] = max(cap.limit, float(problem.by_security[cap.security]))
        self._floor = np.full(len(problem.holdings.securities), -np.inf)
        for held in problem.held_ranges:
            if held.account < 0:
                self._cap[held.security] = min(self._cap[held.security], held.most)
                self._floor[held.security] = max(self._floor[held.security], held.least)
        self._bounded = bool((self._cap < np.inf).any() or (self._floor > -np.inf).any())
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
        total: Floats = np.maximum(traded - self._turnover, 0)
        if self._gain < np.inf:
            total += np.maximum(gain - self._gain, 0)
        if self._bounded:
            cap_now = self._outside(held, slice(None))
            total += cap_now.sum()
            for part in parts:
                s = securities[part.pair]
                total += self._outside(held[s] + part.change[WORTH], s) - cap_now[s]
        if len(self._sectors):
            sectors = np.repeat((self._sectors @ held)[:, None], len(total), axis=1)
            for part in parts:
                sectors += self._sectors[:, securities[part.pair]] * part.change[WORTH]
            total += np.maximum(sectors, 0).sum(axis=0)
        return total
