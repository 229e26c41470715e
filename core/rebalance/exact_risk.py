"""Tracking error in the mixed-integer program: tangents of the risk term and of the limit, added where plans come out.

A tangent never lies above what it touches, so the program's bound holds however few there are; each round adds them at
the plan just found, until that plan costs what the program thinks it does (Kelley's method).
"""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np

from core.rebalance.holdings import Floats
from core.rebalance.problem import Problem
from core.rebalance.tracking import Tracking

_INF = highspy.kHighsInf
#: Rounds of tangents: on the relaxation, whose solves are quick; on the program, for a plan and for a proof.
RELAXED_ROUNDS, PLAN_ROUNDS, PROOF_ROUNDS = 40, 3, 24
#: Dollars, and share of itself, to which the risk term of a plan must be met in the last round.
_NEAR, _NEAR_SHARE = 0.01, 1e-4


class Tangents:
    """Rows of a HiGHS model (sales first, purchases next) that hold its column ``column`` above the risk term."""

    def __init__(self, model: highspy.Highs, column: int, problem: Problem, tracking: Tracking) -> None:
        self.tracking = tracking
        self._model = model
        self._column = column
        segments, buys = problem.segments, problem.purchases
        self._row = np.concatenate([tracking.row[segments.security], tracking.row[buys.security]])
        self._moves = np.concatenate([-segments.ratio, np.ones(len(buys.account))])
        self._known = self._row >= 0
        model.addVar(0.0, _INF)
        model.changeColCost(column, 1.0)
        self.add(tracking.start)

    def away(self, traded: Floats) -> Floats:
        """(R,) dollars away from the model after trades (sales, then purchases; dollars)."""
        away: Floats = self.tracking.start.copy()
        np.add.at(away, self._row[self._known], (self._moves * traded)[self._known])
        return away

    def add(self, away: Floats) -> None:
        """Tangents at ``away``: risk >= price x (2 (C y)'x - y'C y), and (C y)'x <= limit x V x |y|."""
        pull = self.tracking.matrix @ away
        square = float(away @ pull)
        if square <= 0:
            return
        toward = np.where(self._known, pull[self._row] * self._moves, 0.0)
        used = np.flatnonzero(toward)
        fixed = float(pull @ self.tracking.start)
        price = self.tracking.price
        if price > 0:
            columns = np.append(used, self._column).astype(np.int32)
            values = np.append(-2 * price * toward[used], 1.0)
            self._model.addRow(price * (2 * fixed - square), _INF, len(columns), columns, values)
        if np.isfinite(self.tracking.most):
            length = float(np.sqrt(square))
            self._model.addRow(
                -_INF, self.tracking.most - fixed / length, len(used), used.astype(np.int32), toward[used] / length
            )

    def met(self, away: Floats, assumed: float) -> bool:
        """Whether a plan's risk term is what the program ``assumed``, and its limit kept."""
        square = self.tracking.square(away)
        near = assumed + max(_NEAR, _NEAR_SHARE * assumed)
        return self.tracking.price * square <= near and np.sqrt(square) <= self.tracking.most + _NEAR

    def objective(self, objective: float, away: Floats, assumed: float) -> float:
        """A plan's true objective; infinite where it breaks the limit."""
        square = self.tracking.square(away)
        if np.sqrt(square) > self.tracking.most + _NEAR:
            return _INF
        return objective - assumed + self.tracking.price * square


def refine(
    solve: Callable[[], tuple[Floats, float, float] | None], tangents: Tangents, rounds: int
) -> tuple[Floats, float] | None:
    """The best plan met (trades, objective) while tangents are added; None where none keeps the limit.

    ``solve`` returns the program's trades, its objective and what it assumes of the risk term, or None.
    """
    best: tuple[Floats, float] | None = None
    for _ in range(rounds):
        found = solve()
        if found is None:
            return best
        traded, objective, assumed = found
        away = tangents.away(traded)
        true = tangents.objective(objective, away, assumed)
        if np.isfinite(true) and (best is None or true < best[1]):
            best = traded, true
        if tangents.met(away, assumed):
            return best
        tangents.add(away)
    return best
