"""The linear relaxation of a problem, kept as one HiGHS model that is changed in place and solved warm.

Columns: proceeds of each sale segment, dollars of each purchase, cash of each account, four stretches of shortfall
and four of excess for each cell, and the tax that counts (only where a net loss earns nothing). Its optimum is a
lower bound on the objective of any plan: tickets, whole shares, minimum trades and exclusions only add to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import attrs
import highspy
import numpy as np

from core.errors import TrimtabError
from core.rebalance.cells import Wanted
from core.rebalance.duals import Duals
from core.rebalance.holdings import Floats, Ints
from core.rebalance.limits import default_buy_limits, default_sale_limits, in_lot_order, rule_sale_limits
from core.rebalance.penalty import SLOPES, widths
from core.rebalance.problem import Problem
from core.rebalance.rows import model_rows

_INF = highspy.kHighsInf
_STRETCHES = 4


@attrs.frozen(eq=False)
class Relaxed:
    """An optimum: dollars sold of each segment, bought of each purchase, and the objective (location included)."""

    sold: Floats
    bought: Floats
    objective: float


class SolverError(TrimtabError):
    """The solver returned neither an optimum nor infeasibility: figures far out of proportion (exit 1)."""


class Relaxation:
    """One warm model of a problem.

    Bounds decide what may be sold and bought; they can be changed at will (``limit``), as can the target
    (``aim``). Not for use from two threads at once.
    """

    #: Whether a solve takes so long that a search should get by with few.
    dear: ClassVar[bool] = False

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._n_sales = len(problem.segments.most)
        self._n_buys = len(problem.purchases.account)
        self._n_accounts = len(problem.holdings.accounts)
        self._n_cells = len(problem.cells.names)
        self._first_cash = self._n_sales + self._n_buys
        self._first_stretch = self._first_cash + self._n_accounts
        self._n_columns = self._first_stretch + 2 * _STRETCHES * self._n_cells + 1
        self._stretch_columns = np.arange(
            self._first_stretch, self._first_stretch + 2 * _STRETCHES * self._n_cells, dtype=np.int32
        )
        self.row_names: list[str] = []
        self._model = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, setting in (
            ("output_flag", False),
            ("threads", 1),
            ("presolve", "off"),
            ("solver", "simplex"),
            ("random_seed", 0),
            ("dual_feasibility_tolerance", 1e-8),  # a reduced cost of 1e-7 on a million dollars is ten cents
        ):
            self._model.setOptionValue(option, setting)
        self._eagerness = 0.0
        self._taxed = True
        self._build()
        self._base: Floats | None = None
        self.reluctant = False  # whether the rules force sales of lots that are not sold by choice
        self.limit()

    @property
    def model(self) -> highspy.Highs:
        """The HiGHS model, for a mixed-integer program that grows out of this relaxation (and then owns it)."""
        return self._model

    @property
    def column_count(self) -> int:
        """Columns of the model: sales, purchases, cash, stretches, tax."""
        return self._n_columns

    @property
    def eagerness(self) -> float:
        """Dollars of cost accepted to move a dollar into place, as last aimed."""
        return self._eagerness

    # -- building -------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Pass the whole model once: rows of cells, cash, caps, sectors, gain, turnover, tax."""
        problem = self.problem
        rows = model_rows(
            problem,
            sales=np.arange(self._n_sales),
            buys=self._n_sales + np.arange(self._n_buys),
            cash=self._first_cash + np.arange(self._n_accounts),
            stretches=self._stretch_columns.astype(np.int64).reshape(self._n_cells, 2 * _STRETCHES),
            tax=self._n_columns - 1,
        )
        self.row_names = rows.names
        self._zone_rows, self._region_rows = rows.zones, rows.region
        self._row_lower, self._row_upper = rows.lower, rows.upper
        lp = highspy.HighsLp()
        lp.num_col_ = self._n_columns
        lp.num_row_ = len(rows.names)
        lp.col_cost_ = self._costs(0.0)
        lp.col_lower_ = np.zeros(self._n_columns)
        lp.col_upper_ = np.full(self._n_columns, _INF)
        lp.row_lower_ = np.array(rows.lower)
        lp.row_upper_ = np.array(rows.upper)
        lp.offset_ = problem.start_drag
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(c) for c in rows.columns])]).astype(np.int32)
        lp.a_matrix_.index_ = np.concatenate(rows.columns)
        lp.a_matrix_.value_ = np.concatenate(rows.values)
        self._model.passModel(lp)
        if problem.tax.envelope is not None:
            self._model.changeColBounds(self._n_columns - 1, -_INF, _INF)
            self.use_zone(None)

    def _costs(self, eagerness: float) -> Floats:
        problem = self.problem
        costs = np.zeros(self._n_columns)
        direct = problem.tax.envelope is None and self._taxed
        costs[: self._n_sales] = problem.segments.cost + (problem.segments.tax if direct else 0.0)
        costs[self._n_sales : self._first_cash] = problem.purchases.cost
        costs[self._stretch_columns] = eagerness * np.tile(SLOPES, 2 * self._n_cells)
        costs[-1] = 1.0 if self._taxed and problem.tax.envelope is not None else 0.0
        return costs

    # -- changing -------------------------------------------------------------------------------------------

    def aim(self, wanted: Wanted) -> None:
        """Set the wanted shares, bands and eagerness (those of the target passed with ``wanted``)."""
        problem = self.problem
        goal = wanted.shares * problem.value - problem.fixed
        cells = np.arange(self._n_cells, dtype=np.int32)
        self._model.changeRowsBounds(self._n_cells, cells, goal, goal)  # type: ignore[attr-defined]
        stretch = np.full((self._n_cells, 2, _STRETCHES), _INF)  # each way, the last without an end
        stretch[:, :, :-1] = widths(wanted.shares, wanted.bands, problem.value, wanted.quiet)[:, None, :]
        upper = stretch.ravel()
        self._model.changeColsBounds(len(upper), self._stretch_columns, np.zeros(len(upper)), upper)
        if wanted.eagerness != self._eagerness:
            self._eagerness = wanted.eagerness
            self._restore_costs()

    def admit_what_must_be_sold(self) -> bool:
        """Settle once which reluctant lots the rules force to be sold; whether any plan satisfies the rules.

        From then on ``limit()`` restores these bounds. What must be sold depends on the rules alone, not on the
        target's shares, so a drag never asks again.
        """
        if self._base is not None:
            return True
        base: Floats | None = default_sale_limits(self.problem)
        self.limit(sale_limits=base)
        if self.solve() is None:
            base = self._least_reluctant_sales()
            self.reluctant = base is not None
        self._base = base
        self.limit()
        return base is not None

    def leans_on_exits(self) -> bool:
        """Whether the rules can be met only with a loss sold beside recent purchases."""
        losses = [way_out.losses for way_out in self.problem.exits]
        if not losses:
            return False
        limits = default_sale_limits(self.problem)
        limits[np.concatenate(losses)] = 0.0
        self.limit(sale_limits=in_lot_order(self.problem, limits))
        found = self.solve()
        self.limit()
        return found is None

    @property
    def sale_limits(self) -> Floats:
        """(N,) what may be sold: by choice, and what the rules force."""
        return default_sale_limits(self.problem) if self._base is None else self._base

    def free_rows(self, prefix: str, *, free: bool) -> None:
        """Switch off (or on again) the limits whose names begin with ``prefix``: caps, sectors, gain, turnover."""
        limits = zip(self.row_names, self._row_lower, self._row_upper, strict=True)
        for row, (name, low, high) in enumerate(limits):
            if name.startswith(prefix):
                self._model.changeRowBounds(row, -_INF if free else low, _INF if free else high)

    def use_zone(self, number: int | None) -> None:
        """Use the tax of one zone and keep gains within it; None is the envelope of all, a bound anywhere."""
        tax = self.problem.tax
        zones = () if tax.envelope is None else (tax.envelope, *tax.zones)
        chosen = 0 if number is None else number + 1
        for at, zone in enumerate(zones):
            start, _ = self._zone_rows[at]
            for row, plane in enumerate(zone.planes, start):
                self._model.changeRowBounds(row, plane.constant if at == chosen else -_INF, _INF)
        region = zones[chosen].region if zones else None
        for offset in range(3 if zones else 0):
            low, high = (-_INF, _INF) if region is None else (float(region[offset][0]), float(region[offset][1]))
            self._model.changeRowBounds(self._region_rows + offset, low, high)

    def ignore_tax(self, *, ignore: bool) -> None:
        """Leave tax out of the objective (or take it in again)."""
        self._taxed = not ignore
        if self.problem.tax.envelope is not None:
            # Without a cost the tax column would fall without end; with one it rests on its planes.
            low = 0.0 if ignore else -_INF
            self._model.changeColBounds(self._n_columns - 1, low, _INF)
        self._restore_costs()

    def _restore_costs(self) -> None:
        columns = np.arange(self._n_columns, dtype=np.int32)
        self._model.changeColsCost(self._n_columns, columns, self._costs(self._eagerness))

    def limit(
        self,
        *,
        sale_limits: Floats | None = None,
        sale_floors: Floats | None = None,
        buy_limits: Floats | None = None,
        buy_floors: Floats | None = None,
        cash_floors: Floats | None = None,
    ) -> None:
        """Set bounds (dollars); None restores those of the rules, reluctant lots left out but for what is forced."""
        segments = self.problem.segments
        most = self.sale_limits if sale_limits is None else sale_limits
        least = np.where(segments.must, segments.most, 0.0) if sale_floors is None else sale_floors
        buys = default_buy_limits(self.problem) if buy_limits is None else buy_limits
        least_buys = np.zeros(self._n_buys) if buy_floors is None else buy_floors
        cash = self.problem.floor if cash_floors is None else cash_floors
        count = self._first_stretch
        self._model.changeColsBounds(
            count,
            np.arange(count, dtype=np.int32),
            np.concatenate([np.minimum(least, most), np.minimum(least_buys, buys), cash]),
            np.concatenate([most, buys, np.full(self._n_accounts, _INF)]),
        )

    # -- solving --------------------------------------------------------------------------------------------

    def solve(self) -> Relaxed | None:
        """The optimum, or None where the rules can't all be met."""
        status = self._run()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(
                "The plan could not be computed: the figures of the household or the target are far out of proportion "
                f"(the solver says '{self._model.modelStatusToString(status)}'). Check quantities, prices and weights."
            )
        solution = np.maximum(self._model.getSolution().col_value[: self._first_cash], 0.0)
        return Relaxed(
            sold=solution[: self._n_sales],
            bought=solution[self._n_sales :],
            objective=float(self._model.getObjectiveValue()),
        )

    def reduced_costs(self) -> Floats:
        """(N + B,) reduced costs of sale segments and purchases at the last optimum of the linear model.

        What opening a closed one a little would change the objective by, dollars a dollar.
        """
        return np.array(self._model.getSolution().col_dual[: self._first_cash], dtype=np.float64)

    def duals(self) -> Duals:
        """What limits cost at the last optimum."""
        solution = self._model.getSolution()
        columns = np.array(solution.col_dual[: self._first_stretch], dtype=np.float64)
        rows = np.array(solution.row_dual[: len(self.row_names)], dtype=np.float64)
        return Duals(rows, columns[: self._first_cash], columns[self._first_cash :])

    def worth_of_purchases(self, buys: Ints, dollars: Floats) -> float:
        """A rough guess of what purchases (their numbers and dollars) are worth to the objective.

        About half the eagerness a dollar: what is not bought here goes elsewhere.
        """
        del buys
        return self._eagerness * float(dollars.sum()) / 2

    @contextmanager
    def limit_priced(self) -> Iterator[None]:
        """Within, a limit that makes solves dear is charged at its last multiplier instead (here there is none).

        Objectives are then lower bounds still, and plans may overstep the limit a little.
        """
        yield

    @contextmanager
    def near(self, plan: Relaxed) -> Iterator[None]:
        """Within, solves are of a linear model close to this one about ``plan``."""
        del plan  # here all is linear
        yield

    def curvature(self) -> Floats:
        """(S,) what a dollar moved adds to the slope of each security's cost next to a plan (here nothing)."""
        return np.zeros(len(self.problem.holdings.securities))

    @contextmanager
    def charged(self) -> Iterator[Callable[[Floats], None]]:
        """Within, trades can be made dearer: call with (N + B,) dollars a dollar of each sale segment and purchase.

        Objectives then include the charge.
        """

        def charge(extra: Floats) -> None:
            costs = self._costs(self._eagerness)
            costs[: self._first_cash] += extra
            self._model.changeColsCost(self._n_columns, np.arange(self._n_columns, dtype=np.int32), costs)

        try:
            yield charge
        finally:
            self._restore_costs()

    @contextmanager
    def sums(self, groups: Sequence[Ints]) -> Iterator[Callable[[int, float, float], None]]:
        """Within, sums of trade columns (numbered as sales, then purchases) can be bounded.

        Call with the number of a group of ``groups`` and the least and most dollars it may come to.
        """
        first = self._model.getNumRow()

        def bound(group: int, least: float, most: float) -> None:
            self._model.changeRowBounds(first + group, least, most)

        for columns in groups:
            self._model.addRow(-_INF, _INF, len(columns), columns.astype(np.int32), np.ones(len(columns)))
        try:
            yield bound
        finally:
            self._model.deleteRows(len(groups), np.arange(first, first + len(groups), dtype=np.int32))

    def forget(self) -> None:
        """Drop the warm start: the next solve depends on the model alone, not on the way to it."""
        self._model.clearSolver()

    def _run(self) -> highspy.HighsModelStatus:
        settled = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
        self._model.run()
        status = self._model.getModelStatus()
        # A cold start settles what a warm one could not (numerical trouble, "unbounded or infeasible"), presolving what
        # is infeasible by little more than the tolerance, and an interior point what no basis shows.
        for option, setting in (("presolve", "off"), ("presolve", "on"), ("solver", "ipm")):
            if status in settled:
                break
            _, usual = self._model.getOptionValue(option)
            self._model.clearSolver()
            self._model.setOptionValue(option, setting)
            self._model.run()
            status = self._model.getModelStatus()
            self._model.setOptionValue(option, usual)
        return status

    def _least_reluctant_sales(self) -> Floats | None:
        """(N,) sale limits that admit just what must be sold of reluctant segments; None where nothing helps.

        Minimises the proceeds of reluctant sales, weighted so that short-term gains go before losses that would
        be washed, and those before lots of unknown basis.
        """
        segments = self.problem.segments
        allowed = rule_sale_limits(self.problem)
        self.limit(sale_limits=allowed)
        weights = np.array([0.0, 1.0, 3.0, 10.0])[segments.reluctance] * (1 + np.abs(segments.tax))
        costs = np.zeros(self._n_columns)
        costs[: self._n_sales] = weights
        columns = np.arange(self._n_columns, dtype=np.int32)
        self._model.changeColsCost(self._n_columns, columns, costs)
        try:
            relaxed = self.solve()
        finally:
            self._restore_costs()
            self.limit()
        if relaxed is None:
            return None
        # Room for a whole share and for the minimum trade, which the relaxation does not know of.
        trading = self.problem.target.trading
        price = self.problem.holdings.unit_price[segments.security]
        pad = np.maximum(self.problem.steps[segments.security] * price, self.problem.min_trades[segments.account])
        pad = pad + trading.ticket
        step = self.problem.steps[segments.security] * price
        room = np.ceil((relaxed.sold + pad) / step - 1e-9) * step
        needed = np.where(relaxed.sold > 1e-6, np.minimum(allowed, room), 0.0)
        return in_lot_order(self.problem, np.where(segments.reluctance > 0, needed, allowed))
