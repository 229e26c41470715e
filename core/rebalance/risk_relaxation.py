"""The relaxation with tracking error: the linear model and a convex quadratic on top, solved by Clarabel.

The model is kept in HiGHS as ever, so that whatever changes bounds, costs and rows works unchanged. A solve reads it,
adds the risk term (and the limit as a second-order cone), and lets Clarabel find how far each security ends from the
model. An interior point spreads ties over many trades; so HiGHS then solves the linear model with those distances
held, which gives a corner with few trades that keeps every row to the solver's tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import clarabel
import highspy
import numpy as np

from core.rebalance.conic_blocks import Blocks, Triplets, triangle
from core.rebalance.duals import Duals
from core.rebalance.holdings import Floats, Ints
from core.rebalance.limits import rule_sale_limits
from core.rebalance.near_risk import NearRisk
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxation, Relaxed, SolverError
from core.rebalance.tracking import RISK_LIMIT, Tracking

_INF = highspy.kHighsInf
#: Dollars by which a held distance may differ, from tight to loose: Clarabel's answer is good to about eight digits.
_HELD_TO = (1e-3, 1e-1, 10.0)
#: Parts of the household's value that Clarabel's figures are in.
_PARTS = 1000.0
_SOLVED = (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved)
_INFEASIBLE = (clarabel.SolverStatus.PrimalInfeasible, clarabel.SolverStatus.AlmostPrimalInfeasible)


def relaxation_of(problem: Problem) -> Relaxation:
    """The relaxation that fits a problem: linear, or with tracking error."""
    return Relaxation(problem) if problem.tracking is None else RiskRelaxation(problem, problem.tracking)


class RiskRelaxation(Relaxation):
    """A relaxation whose objective has the risk term and which keeps the limit on tracking error."""

    dear = True

    def __init__(self, problem: Problem, tracking: Tracking) -> None:
        super().__init__(problem)
        self.tracking = tracking
        self._limited = tracking.limit is not None
        self._averse = True
        self._is_linear = False
        self._multiplier = 0.0  # dollars of objective a squared dollar of volatility, at the limit
        self._priced = False
        self._form = _Form.of(tracking)
        segments, buys = problem.segments, problem.purchases
        rows = np.concatenate([tracking.row[segments.security], tracking.row[buys.security]])
        moves = np.concatenate([-segments.ratio, np.ones(len(buys.account))])
        columns = np.arange(len(rows))
        known = rows >= 0
        order = np.lexsort((columns[known], rows[known]))
        self._move_rows: Ints = rows[known][order]
        self._move_columns: Ints = columns[known][order]
        self._moves: Floats = moves[known][order]
        self._first_move_row = len(self.row_names)
        self._add_rows()
        self._matrix = Triplets.of(self._model, self._first_move_row)
        self._near: NearRisk | None = None
        self._duals: Duals | None = None  # of the last conic solve, None where the last was linear

    def _add_rows(self) -> None:
        """Rows of what each security moves by, without bounds until a distance is held; and the limit's name."""
        count = len(self.tracking.symbols)
        starts = np.searchsorted(self._move_rows, np.arange(count)).astype(np.int32)
        free = np.full(count, _INF)
        self._model.addRows(
            count,
            -free,
            free,
            len(self._moves),
            starts,
            self._move_columns.astype(np.int32),
            self._moves,
        )
        names = [f"tracking {symbol}" for symbol in self.tracking.symbols]
        if self.tracking.limit is not None:
            self._model.addRow(-_INF, _INF, 0, np.zeros(0, dtype=np.int32), np.zeros(0))
            names.append(RISK_LIMIT)
        self.row_names += names
        self._row_lower += [-_INF] * len(names)
        self._row_upper += [_INF] * len(names)

    # -- changing -------------------------------------------------------------------------------------------

    def free_rows(self, prefix: str, *, free: bool) -> None:
        """Switch off (or on again) the limits whose names begin with ``prefix``, that on tracking error among them."""
        super().free_rows(prefix, free=free)
        if self.tracking.limit is not None and RISK_LIMIT.startswith(prefix):
            self._limited = not free

    def leans_on_exits(self) -> bool:
        """Whether cash can be raised only with a loss sold beside recent purchases; the limit has no say in it."""
        limited, self._limited, self._averse = self._limited, False, False
        try:
            return super().leans_on_exits()
        finally:
            self._limited, self._averse = limited, True

    def _least_reluctant_sales(self) -> Floats | None:
        self._averse = False
        try:
            return super()._least_reluctant_sales()
        finally:
            self._averse = True

    # -- solving --------------------------------------------------------------------------------------------

    def solve(self) -> Relaxed | None:
        """The optimum, or None where the rules can't all be met. Its objective is that of the dual: a lower bound."""
        price = self.tracking.price if self._averse else 0.0
        self._duals = None
        if self._is_linear or (price <= 0 and not self._limited):
            return super().solve()
        priced = self._priced and self._limited and self._multiplier > 0
        limited = self._limited and not priced
        if priced:
            price += self._multiplier
        found = self._conic(np.array(self._model.getLp().col_cost_), price, limited=limited)
        if found is None:
            return None
        less = self._multiplier * self.tracking.most**2 if priced else 0.0
        if limited and self.tracking.most > 0:
            self._multiplier = found.multiplier
        self._duals = found.duals
        cornered = self._corner(found.away)
        if cornered is None:
            return attrs.evolve(found.relaxed, objective=found.bound - less)
        risk = price * self.tracking.square(self.away(cornered))
        return attrs.evolve(cornered, objective=min(found.bound, cornered.objective + risk) - less)

    def duals(self) -> Duals:
        """What limits cost at the last optimum, that on tracking error among them."""
        return super().duals() if self._duals is None else self._duals

    def worth_of_purchases(self, buys: Ints, dollars: Floats) -> float:
        """A rough guess of what purchases are worth: the misfit, and the risk of each security alone."""
        row = self.tracking.row[self.problem.purchases.security[buys]]
        variance = np.where(row >= 0, np.diag(self.tracking.matrix)[row], 0.0)
        price = self.tracking.price + (self._multiplier if self._limited else 0.0)
        return super().worth_of_purchases(buys, dollars) + price * float((variance * dollars**2).sum())

    @contextmanager
    def limit_priced(self) -> Iterator[None]:
        """Within, the limit is charged at its multiplier at the last optimum (Lagrange): a quadratic, no cone."""
        self._priced = True
        try:
            yield
        finally:
            self._priced = False

    @contextmanager
    def near(self, plan: Relaxed) -> Iterator[None]:
        """Within, risk is linear about ``plan``, with the squares of what securities move from it.

        The limit is charged at its multiplier at the last optimum. Solves are as quick as without risk.
        """
        if self._near is None:
            self._near = NearRisk(self._model, self.tracking, self._first_move_row)
        price = self._near_price()
        away = self.away(plan)
        gradient = 2 * price * (self.tracking.matrix @ away)
        costs = np.array(self._model.getLp().col_cost_)[: self._n_columns]
        np.add.at(costs, self._move_columns, self._moves * gradient[self._move_rows])
        self._model.changeColsCost(self._n_columns, np.arange(self._n_columns, dtype=np.int32), costs)
        self._is_linear = True
        try:
            with self._near.about(away, price):
                yield
        finally:
            self._is_linear = False
            self._restore_costs()

    def curvature(self) -> Floats:
        """(S,) what a dollar moved adds to the slope of each security's cost in the model of ``near``."""
        row = self.tracking.row
        if not self._is_linear:
            return np.zeros(len(row))
        return np.where(row >= 0, 2 * self._near_price() * np.diag(self.tracking.matrix)[row], 0.0)

    def _near_price(self) -> float:
        """What a squared dollar of volatility costs next to the last optimum, the limit's multiplier included."""
        return (self.tracking.price if self._averse else 0.0) + (self._multiplier if self._limited else 0.0)

    def away(self, plan: Relaxed) -> Floats:
        """(R,) dollars each security ends away from the model."""
        traded = np.concatenate([plan.sold, plan.bought])
        away: Floats = self.tracking.start.copy()
        np.add.at(away, self._move_rows, self._moves * traded[self._move_columns])
        return away

    def least_error(self) -> float | None:
        """The least annual tracking error that any plan can reach by the hard rules; None where they collide."""
        self.limit(sale_limits=rule_sale_limits(self.problem))
        found = self._conic(np.zeros(self._n_columns), 1.0 / max(self.tracking.value, 1.0), limited=False)
        self.limit()
        return None if found is None else self.tracking.error(found.away)

    def _corner(self, away: Floats) -> Relaxed | None:
        """The cheapest corner of the linear model with every security held at its distance from the model."""
        count = len(away)
        rows = np.arange(self._first_move_row, self._first_move_row + count, dtype=np.int32)
        free = np.full(count, _INF)
        moved = away - self.tracking.start
        try:
            for slack in _HELD_TO:
                self._model.changeRowsBounds(count, rows, moved - slack, moved + slack)  # type: ignore[attr-defined]
                relaxed = super().solve()
                if relaxed is not None:
                    return relaxed
        except SolverError:
            pass
        finally:
            self._model.changeRowsBounds(count, rows, -free, free)  # type: ignore[attr-defined]
        return None

    def _conic(self, costs: Floats, price: float, *, limited: bool) -> _Found | None:
        """Clarabel's optimum of the model in HiGHS with the risk term; None where the rules can't all be met."""
        lp = self._model.getLp()
        lower, upper = np.array(lp.col_lower_), np.array(lp.col_upper_)
        low, high = np.array(lp.row_lower_)[: self._first_move_row], np.array(lp.row_upper_)[: self._first_move_row]
        if (lower > upper + 1e-9).any():
            return None
        unit = max(self.tracking.value, 1.0) / _PARTS
        if not costs[self._stretch_columns].any():
            # Without eagerness no cell matters; columns without a cost or a bound would only trouble the solver.
            upper[self._stretch_columns] = lower[self._stretch_columns]
            low[: self._n_cells], high[: self._n_cells] = -_INF, _INF
        fixed = upper - lower <= 0
        at = np.where(fixed, lower, 0.0)
        open_columns = np.flatnonzero(~fixed)
        number = np.cumsum(~fixed) - 1
        n, count = len(open_columns), len(self.tracking.symbols)
        form = self._form
        total = n + count + form.factors
        settled = self._matrix.times(at, self._first_move_row)
        low, high = (low - settled) / unit, (high - settled) / unit
        lower, upper = lower[open_columns] / unit, upper[open_columns] / unit
        blocks = Blocks(total)

        equal = np.isfinite(low) & (high - low <= 1e-12 * np.maximum(1.0, np.abs(low)))
        blocks.rows(self._matrix, number, ~fixed, equal, 1.0, high)
        # The distances: what each security moves by, less nothing but trades.
        moving = ~fixed[self._move_columns]
        start = self.tracking.start / unit
        np.add.at(start, self._move_rows[~moving], self._moves[~moving] * at[self._move_columns[~moving]] / unit)
        blocks.add(
            np.concatenate([self._move_rows[moving], np.arange(count)]),
            np.concatenate([number[self._move_columns[moving]], n + np.arange(count)]),
            np.concatenate([-self._moves[moving], np.ones(count)]),
            start,
        )
        if form.factors:
            # Each factor's share: its loadings times the distances.
            row, column = (index.ravel() for index in np.indices((form.factors, count)))
            blocks.add(
                np.concatenate([row, np.arange(form.factors)]),
                np.concatenate([n + column, n + count + np.arange(form.factors)]),
                np.concatenate([-form.loadings.T.ravel(), np.ones(form.factors)]),
                np.zeros(form.factors),
            )
        equalities = blocks.count
        blocks.rows(self._matrix, number, ~fixed, np.isfinite(high) & ~equal, 1.0, high)
        blocks.rows(self._matrix, number, ~fixed, np.isfinite(low) & ~equal, -1.0, -low)
        for bounded, sign, limit in ((np.isfinite(lower), -1.0, -lower), (np.isfinite(upper), 1.0, upper)):
            here = np.flatnonzero(bounded)
            blocks.add(np.arange(len(here)), here, np.full(len(here), sign), limit[here])
        cones = [clarabel.ZeroConeT(equalities), clarabel.NonnegativeConeT(blocks.count - equalities)]
        if limited:
            rank = len(form.root)
            rows, columns = np.nonzero(form.root)
            blocks.add(
                rows + 1,
                n + columns,
                -form.root[rows, columns],
                np.concatenate([[self.tracking.most / unit], np.zeros(rank)]),
            )
            cones.append(clarabel.SecondOrderConeT(rank + 1))
        linear = np.concatenate([costs[open_columns], np.zeros(total - n)])
        square = triangle(2 * price * unit * form.square, n)
        matrix, limits = blocks.matrix(), blocks.limits()
        solution = clarabel.DefaultSolver(square, linear, matrix, limits, cones, _settings(refine=limited)).solve()
        if not limited and solution.status != clarabel.SolverStatus.Solved and solution.status not in _INFEASIBLE:
            solution = clarabel.DefaultSolver(square, linear, matrix, limits, cones, _settings(refine=True)).solve()
        if solution.status in _INFEASIBLE:
            return None
        if solution.status not in _SOLVED:
            if super().solve() is None:
                return None
            raise SolverError(
                "The plan could not be computed: the figures of the household, the target or the covariance are far "
                f"out of proportion (the solver says '{solution.status}'). Check quantities, prices and the covariance."
            )
        values = at.copy()
        values[open_columns] = np.array(solution.x[:n]) * unit
        away = np.array(solution.x[n : n + count]) * unit
        offset = float(lp.offset_) + float(costs @ at)
        primal, dual = float(solution.obj_val) * unit, float(solution.obj_val_dual) * unit
        multiplier = 0.0
        if limited and self.tracking.most > 0:
            # The head of the cone's dual is the price of a dollar of volatility; of its square, over twice the limit.
            multiplier = float(solution.z[blocks.count - len(form.root) - 1]) / (2 * self.tracking.most)
        prices = np.zeros(len(self.row_names))
        z = np.array(solution.z)
        upper_rows, lower_rows = np.flatnonzero(np.isfinite(high) & ~equal), np.flatnonzero(np.isfinite(low) & ~equal)
        prices[np.flatnonzero(equal)] = z[: int(equal.sum())]
        prices[upper_rows] += z[equalities : equalities + len(upper_rows)]
        prices[lower_rows] -= z[equalities + len(upper_rows) :][: len(lower_rows)]
        distances = z[int(equal.sum()) :][:count]
        reduced = costs + self._matrix.transposed_times(prices, len(costs))
        np.subtract.at(reduced, self._move_columns, self._moves * distances[self._move_rows])
        if limited:
            prices[-1] = multiplier
        duals = Duals(prices, reduced[: self._first_cash], reduced[self._first_cash : self._first_stretch])
        bound = offset + min(primal, dual)
        if solution.status != clarabel.SolverStatus.Solved:
            bound -= abs(primal - dual)
        return _Found(self._cleaned(values, np.array(lp.col_upper_)), away, multiplier, duals, bound)

    def _cleaned(self, values: Floats, upper: Floats) -> Relaxed:
        """The interior point as a plan: what is next to a bound lies on it."""
        least = 1e-6 * self.tracking.value
        traded = values[: self._first_cash]
        traded = np.where(
            traded < least, 0.0, np.where(traded > upper[: self._first_cash] - least, upper[: len(traded)], traded)
        )
        return Relaxed(traded[: self._n_sales], traded[self._n_sales :], 0.0)


@attrs.frozen(eq=False)
class _Found:
    """Clarabel's answer: the plan, dollars away from the model, and a lower bound on the objective.

    multiplier: what the limit costs, dollars of objective a squared dollar of volatility.
    """

    relaxed: Relaxed
    away: Floats
    multiplier: float
    duals: Duals
    bound: float


@attrs.frozen(eq=False)
class _Form:
    """Risk as Clarabel is given it, over the distances and (where the covariance has them) the factors' shares.

    square : the covariance over them, sparse with factors. root : root' root = square.
    """

    factors: int
    loadings: Floats
    square: Floats
    root: Floats

    @classmethod
    def of(cls, tracking: Tracking) -> _Form:
        factors = tracking.factors
        if factors is None:
            return cls(0, np.zeros((len(tracking.start), 0)), tracking.matrix, _root(tracking.matrix))
        count = factors.loadings.shape[1]
        variances = np.concatenate([factors.own, np.ones(count)])
        return cls(count, factors.loadings, np.diag(variances), np.diag(np.sqrt(variances)))


def _root(matrix: Floats) -> Floats:
    """(rank, R) a matrix L with L' L = ``matrix``: triangular where that can be, which leaves half as much to solve."""
    try:
        triangular: Floats = np.asarray(np.linalg.cholesky(matrix).T, dtype=np.float64)
    except np.linalg.LinAlgError:
        pass
    else:
        return triangular
    values, vectors = np.linalg.eigh(matrix)
    kept = values > 1e-12 * max(float(values[-1]), 0.0)
    root: Floats = np.sqrt(values[kept])[:, None] * vectors[:, kept].T
    return root


def _settings(*, refine: bool) -> clarabel.DefaultSettings:
    """One thread, so that a plan does not depend on how many there are.

    Refinement costs a third of the time, and only the limit always needs it.
    """
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.direct_solve_method = "qdldl"
    settings.iterative_refinement_enable = refine
    return settings
