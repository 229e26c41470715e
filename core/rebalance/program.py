"""The whole problem as a mixed-integer program: whole shares, minimum trades, tickets and exclusions in the model.

Its bound is at least as tight as the relaxation's. Every whole-share bound and every big-M is rounded down to a whole
number of shares: with a fractional one that is also a switch's big-M, HiGHS can call a wrong answer optimal.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs
import highspy
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.exact_risk import PLAN_ROUNDS, PROOF_ROUNDS, RELAXED_ROUNDS, Tangents, refine
from core.rebalance.exclusions import at_a_loss
from core.rebalance.holdings import Floats
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxation, Relaxed
from core.tilt.target import LotMethod

_INF = highspy.kHighsInf
_CENT = 0.01


@attrs.frozen(eq=False)
class Exact:
    """What the program found: a plan (fractions of funds exact, all else whole) or None, and a bound on any plan's J.

    The plan's own objective includes location and tickets. ``work`` is counted in iterations of the simplex method.
    """

    plan: Relaxed | None
    lower_bound: float
    work: int = 0


class Program:
    """The program's model; ``selling`` and ``buying`` are the columns that switch an (account, security)'s orders.

    Without ``whole_shares`` it knows all but those: orders, their tickets and minimum trades, exclusions.
    """

    def __init__(
        self,
        problem: Problem,
        wanted: Wanted,
        sale_limits: Floats,
        buy_limits: Floats,
        *,
        whole_shares: bool = True,
    ) -> None:
        self.problem = problem
        self._whole_shares = whole_shares
        self.relaxation = Relaxation(problem)
        self.relaxation.aim(wanted)
        self.sale_limits = sale_limits
        self.buy_limits = buy_limits
        self.relaxation.limit(sale_limits=sale_limits, buy_limits=self.buy_limits)
        self.model = self.relaxation.model
        self.columns = self.relaxation.column_count
        self.sales = len(problem.segments.most)
        self.cash_rows = {a: len(problem.cells.names) + a for a in range(len(problem.holdings.accounts))}
        self.selling: dict[tuple[int, int], int] = {}
        self.buying: dict[tuple[int, int], int] = {}
        self._sale_sides()
        self._buy_sides()
        for pair in self.selling.keys() & self.buying.keys():
            self._row(-_INF, 1.0, {self.selling[pair]: 1.0, self.buying[pair]: 1.0})
        self._wash_sales()
        self._lot_order()
        self._tangents: Tangents | None = None
        if problem.tracking is not None:
            self._tangents = Tangents(self.model, self.columns, problem, problem.tracking)
            self.columns += 1

    # -- model ----------------------------------------------------------------------------------------------

    def _column(self, high: float, cost: float = 0.0) -> int:
        """A whole-number column from 0 to ``high`` (rounded down)."""
        self.model.addVar(0.0, float(np.floor(high + 1e-9)))
        index = self.columns
        self.columns += 1
        self.model.changeColIntegrality(index, highspy.HighsVarType.kInteger)
        if cost:
            self.model.changeColCost(index, cost)
        return index

    def _row(self, low: float, high: float, terms: dict[int, float]) -> None:
        indices = np.array(list(terms), dtype=np.int32)
        self.model.addRow(low, high, len(terms), indices, np.array(list(terms.values())))

    def _trade(self, account: int) -> int:
        """The switch of one order: it costs a ticket, in the objective and in the account's cash."""
        ticket = self.problem.target.trading.ticket
        switch = self._column(1.0, self.problem.target.trading.order_price)
        # A cent an order keeps the rounding of amounts from taking cash below its floor.
        self.model.changeCoeff(self.cash_rows[account], switch, ticket + _CENT)
        return switch

    def _sale_sides(self) -> None:
        problem, segments = self.problem, self.problem.segments
        held: dict[tuple[int, int], float] = {}
        of_pair: dict[tuple[int, int], list[int]] = {}
        for i in range(len(segments.most)):
            pair = (int(segments.account[i]), int(segments.security[i]))
            of_pair.setdefault(pair, []).append(i)
        for lot in range(len(problem.holdings.quantity)):
            pair = (int(problem.holdings.lot_account[lot]), int(problem.holdings.lot_security[lot]))
            held[pair] = held.get(pair, 0.0) + float(problem.holdings.quantity[lot])
        for pair, rows in of_pair.items():
            rows = [i for i in rows if self.sale_limits[i] > 0]
            if not rows:
                continue
            price = float(problem.holdings.unit_price[pair[1]])
            step = float(problem.steps[pair[1]])
            total = float(sum(self.sale_limits[i] for i in rows))
            closes = abs(total / price - held[pair]) < 1e-6
            minimum = 0.0 if pair in problem.orders else float(problem.min_trades[pair[0]])
            switch = self._trade(pair[0])
            self.selling[pair] = switch
            sold = dict.fromkeys(rows, 1.0)
            self._row(-_INF, 0.0, {**sold, switch: -total})
            least = {**sold, switch: -minimum}
            closing = self._column(1.0) if closes else None
            if closing is not None:
                self._row(0.0, _INF, {**sold, closing: -total})
                least[closing] = minimum
            self._row(0.0, _INF, least)
            if step < 1 or not self._whole_shares:
                continue
            whole = float(np.floor(total / price / step + 1e-9))
            count = self._column(whole)
            odd = total - whole * step * price
            terms = {**sold, count: -step * price}
            if closing is not None and odd > 1e-9:
                terms[closing] = -odd
            self._row(0.0, 0.0, terms)

    def _buy_sides(self) -> None:
        problem, buys = self.problem, self.problem.purchases
        for i in range(len(buys.account)):
            if self.buy_limits[i] <= 0:
                continue
            account, security = int(buys.account[i]), int(buys.security[i])
            here = problem.segments.account == account
            money = float(problem.start_cash[account] + self.sale_limits[here].sum() - problem.floor[account])
            price = float(problem.holdings.unit_price[security])
            step = float(problem.steps[security])
            most = float(np.floor(max(0.0, money) / price / step)) * step * price
            minimum = 0.0 if (account, security) in problem.orders else float(problem.min_trades[account])
            if most < max(minimum, step * price) - 1e-9:
                self.model.changeColBounds(self.sales + i, 0.0, 0.0)
                continue
            switch = self._trade(account)
            self.buying[(account, security)] = switch
            self._row(-_INF, 0.0, {self.sales + i: 1.0, switch: -most})
            self._row(0.0, _INF, {self.sales + i: 1.0, switch: -minimum})
            if step >= 1 and self._whole_shares:
                count = self._column(most / price / step)
                self._row(0.0, 0.0, {self.sales + i: 1.0, count: -step * price})

    def _wash_sales(self) -> None:
        problem, segments, group = self.problem, self.problem.segments, self.problem.holdings.group
        loss = at_a_loss(problem) & (self.sale_limits > 0)
        for g in sorted({int(group[s]) for s in segments.security[loss]}):
            buys = [switch for (_, s), switch in self.buying.items() if int(group[s]) == g]
            if not buys:
                continue
            side = self._column(1.0)
            for i in np.flatnonzero(loss & (group[segments.security] == g)):
                self._row(-_INF, 0.0, {int(i): 1.0, side: -float(self.sale_limits[i])})
            for switch in buys:
                self._row(-_INF, 1.0, {switch: 1.0, side: 1.0})
        for way_out in problem.exits:
            taken = self._column(1.0)
            for i in way_out.losses:
                self._row(-_INF, 0.0, {int(i): 1.0, taken: -float(segments.most[i])})
            for r in way_out.recent:
                self._row(0.0, _INF, {int(r): 1.0, taken: -float(segments.most[r])})

    def _lot_order(self) -> None:
        if self.problem.target.tax.lot_method is LotMethod.OPTIMAL:
            return
        segments = self.problem.segments
        for i in range(1, len(segments.most)):
            same = segments.account[i] == segments.account[i - 1] and segments.security[i] == segments.security[i - 1]
            if same and self.sale_limits[i] > 0:
                gone = self._column(1.0)
                self._row(-_INF, 0.0, {i: 1.0, gone: -float(self.sale_limits[i])})
                self._row(0.0, _INF, {i - 1: 1.0, gone: -float(segments.most[i - 1])})

    # -- solving --------------------------------------------------------------------------------------------

    def solve(
        self,
        nodes: int | None,
        seconds: float | None,
        cutoff: float,
        cancelled: Callable[[], bool] | None,
        *,
        gap: float = 0.0,
        quickly: bool = False,
    ) -> Exact:
        """``quickly``: without presolving and starting anew, which takes longer than it saves in a small search."""
        model = self.model
        model.setOptionValue("presolve", "off" if quickly else "choose")
        model.setOptionValue("mip_allow_restart", not quickly)
        for neighbourhood in ("rins", "rens"):  # searching those takes longer than it saves where a little may be left
            model.setOptionValue(f"mip_heuristic_run_{neighbourhood}", gap <= 0)
        model.setOptionValue("mip_rel_gap", 1e-7)
        model.setOptionValue("mip_abs_gap", max(gap, 1e-3))
        model.setOptionValue("mip_feasibility_tolerance", 1e-7)
        if nodes is not None:
            model.setOptionValue("mip_max_nodes", nodes)
        if seconds is not None:
            model.setOptionValue("time_limit", seconds)
        if np.isfinite(cutoff):
            model.setOptionValue("objective_bound", cutoff)
        if cancelled is not None:
            _stop_when(model, cancelled)
        if self._tangents is not None:
            self._approach(self._tangents)
            return self._solve_with_risk(self._tangents, seconds, cutoff)
        return self._run(cutoff)

    def search(self, nodes: int, cutoff: float, gap: float, *, neighbourhoods: bool, presolve: bool = True) -> Exact:
        """A short search for a plan better than ``cutoff``, among the ``neighbourhoods`` of what it finds or not.

        Most of the solver's own heuristics take longer in so small a search than they save.
        """
        for option, setting in (
            ("presolve", "choose" if presolve else "off"),
            ("mip_allow_restart", False),
            ("mip_detect_symmetry", False),
            ("mip_heuristic_run_feasibility_jump", False),
            ("mip_heuristic_run_rens", False),
            ("mip_heuristic_run_rins", neighbourhoods),
            ("mip_allow_cut_separation_at_nodes", False),
            ("mip_rel_gap", 1e-7),
            ("mip_abs_gap", gap),
            ("mip_feasibility_tolerance", 1e-7),
            ("mip_max_nodes", nodes),
            ("objective_bound", cutoff if np.isfinite(cutoff) else _INF),
        ):
            self.model.setOptionValue(option, setting)
        return self._run(cutoff)

    def _approach(self, tangents: Tangents) -> None:
        """Tangents about the optimum of the relaxation, so that few rounds of the program are left."""

        def solve() -> tuple[Floats, float, float] | None:
            self.model.run()
            if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            values = np.array(self.model.getSolution().col_value)
            traded = values[: self.sales + len(self.problem.purchases.account)]
            return traded, float(self.model.getInfo().objective_function_value), float(values[self.columns - 1])

        self.model.setOptionValue("solve_relaxation", True)
        refine(solve, tangents, RELAXED_ROUNDS)
        self.model.setOptionValue("solve_relaxation", False)

    def _solve_with_risk(self, tangents: Tangents, seconds: float | None, cutoff: float) -> Exact:
        """Solve again and again with tangents where plans come out; the last bound is the tightest."""
        last: list[Exact] = []
        until = None if seconds is None else time.monotonic() + seconds

        def solve() -> tuple[Floats, float, float] | None:
            if until is not None:
                left = until - time.monotonic()
                if left <= 0:
                    return None
                self.model.setOptionValue("time_limit", left)
            last.append(self._run(cutoff))
            plan = last[-1].plan
            if plan is None:
                return None
            risk = float(self.model.getSolution().col_value[self.columns - 1])
            return np.concatenate([plan.sold, plan.bought]), plan.objective, risk

        best = refine(solve, tangents, PLAN_ROUNDS if seconds is None else PROOF_ROUNDS)
        bound = max((found.lower_bound for found in last), default=-_INF)
        if best is None:
            return Exact(None, bound)
        return Exact(Relaxed(best[0][: self.sales], best[0][self.sales :], best[1]), bound)

    def _run(self, cutoff: float) -> Exact:
        """What the solver finds below ``cutoff``, which bounds every plan where it shows that nothing is."""
        model = self.model
        model.clearSolver()
        model.run()
        info = model.getInfo()
        bound, work = min(float(info.mip_dual_bound), cutoff), int(info.simplex_iteration_count)
        if not np.isfinite(bound):
            bound = -_INF
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Exact(None, bound, work=work)
        objective = float(info.objective_function_value)
        if objective >= cutoff:  # the solver may keep a plan that is worse
            return Exact(None, bound, work=work)
        values = np.array(model.getSolution().col_value)
        bought = values[self.sales : self.sales + len(self.problem.purchases.account)]
        plan = Relaxed(np.clip(values[: self.sales], 0.0, None), np.clip(bought, 0.0, None), objective)
        return Exact(plan, bound, work)


def _stop_when(model: highspy.Highs, cancelled: Callable[[], bool]) -> None:
    """Ask between nodes whether to stop; the incumbent is kept."""
    model.HandleUserInterrupt = True

    def ask(_event: object) -> None:
        if cancelled():
            model.cancelSolve()  # type: ignore[no-untyped-call]

    model.cbMipInterrupt += ask
