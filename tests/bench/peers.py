"""The engine beside its peers, each in the same run on the same data: cvxpy, HiGHS' MILP, taxrebalance, model cases.

Peers are extras of the benchmarks alone (``python3 packaging/dev.py`` knows the profile ``bench``); one that isn't
installed is left out with a note. Times are wall and process CPU: on a shared machine only their ratios mean much.
"""

from __future__ import annotations

import gc
import importlib.util
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs
import numpy as np

from core.errors import NoPlanError
from core.rebalance.cells import Wanted
from core.rebalance.engine import Engine, wanted_of
from core.rebalance.exact import solve_exactly
from core.rebalance.exclusions import one_sided
from core.rebalance.holdings import build_holdings
from core.rebalance.limits import default_buy_limits
from core.rebalance.penalty import SLOPES, widths
from core.rebalance.problem import Problem, build_problem
from core.rebalance.relaxation import Relaxation, Relaxed
from core.rebalance.rounding import rounded
from core.rebalance.support import Support, trade_sizes
from core.tilt.target import Bands, Destination, Style, Target
from tests.bench.engine import CASES, drag_path
from tests.bench.model_cases import cases, read_case, risk_of, score
from tests.bench.report import Row, milliseconds, row
from tests.bench.taxrebalance_case import Ours, scenario
from tests.households import random_household

_T = TypeVar("_T")
_CVXPY_STEPS = 12
#: Times its CPU time that the mixed-integer program may take by the clock.
_PATIENCE = 20
#: eagerness, limit on tracking error, aversion to it
SETTINGS: tuple[tuple[float, float | None, float | None], ...] = (
    (0.015, None, None),
    (0.020, None, None),
    (0.029, None, None),
    (0.040, None, None),
    (0.060, None, None),
    (0.01846, 0.010, 0.0),
    (0.030, 0.010, 0.0),
    (0.055, 0.005, 0.0),
    (0.030, None, 20.0),
    (0.050, None, 10.0),
)
#: The scorer's drift counts every dollar away from the model, so no band is left alone.
_NO_BANDS = Bands(relative=0.0, floor=1e-5, cap=1e-5, destination=Destination.TARGET)


def installed(name: str) -> bool:
    """Whether a peer is there; a note where it isn't."""
    if importlib.util.find_spec(name) is None:
        print(f"note: {name} isn't installed; left out", file=sys.stderr)
        return False
    return True


def timed(action: Callable[[], _T]) -> tuple[_T, float, float]:
    """What an action returns, its wall time and its process CPU time; milliseconds."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    return result, 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def peer_rows(seeds: int, milp_seconds: float) -> list[Row]:
    """All rows but the model cases'."""
    rows: list[Row] = []
    if installed("cvxpy"):
        rows += cvxpy_rows(min(seeds, 3))
    rows += milp_rows(seeds, milp_seconds)
    if installed("tax_rebalancing"):
        rows += taxrebalance_rows((30, 100, 250), min(seeds, 3))
    return rows


def _typical(seed: int) -> tuple[Any, Any, Target]:
    accounts, securities, lots, _ = CASES["typical"]
    household, exposures, _ = random_household(seed, accounts, securities, lots, features=(), value=2e6)
    return household, exposures, Target(style=Style(preset="small-value"))


# -- the same relaxation through cvxpy ----------------------------------------------------------------------


class CvxpyRelaxation:
    """The relaxation as one writes it in cvxpy: compiled once, wanted shares and bands as parameters."""

    def __init__(self, problem: Problem, sale_limits: Any) -> None:
        import cvxpy as cp

        segments, buys, cells = problem.segments, problem.purchases, problem.cells
        accounts, count = len(problem.holdings.accounts), len(problem.cells.names)
        self.problem = problem
        self.goal = cp.Parameter(count)
        self.width = cp.Parameter((count, 3), nonneg=True)
        self.eagerness = problem.target.trading.eagerness
        sold, bought = cp.Variable(len(segments.most), nonneg=True), cp.Variable(len(buys.account), nonneg=True)
        short, over = cp.Variable((count, 4), nonneg=True), cp.Variable((count, 4), nonneg=True)
        most = default_buy_limits(problem)
        of_sale = (segments.account[None, :] == np.arange(accounts)[:, None]).astype(float)
        of_buy = (buys.account[None, :] == np.arange(accounts)[:, None]).astype(float)
        cash = problem.start_cash + of_sale @ sold - of_buy @ bought
        held = (
            problem.fixed
            - (cells.weights[segments.security].T * segments.ratio) @ sold
            + cells.weights[buys.security].T @ bought
            + cells.cash_weights * cp.sum(cash)
        )
        turnover = 2 * problem.target.trading.max_turnover * float(problem.holdings.account_value.sum())
        constraints = [
            held + cp.sum(short, axis=1) - cp.sum(over, axis=1) == self.goal,
            short[:, :3] <= self.width,
            over[:, :3] <= self.width,
            sold <= sale_limits,
            bought[np.flatnonzero(most <= 0)] == 0,
            cash >= problem.floor,
            cp.sum(sold) + cp.sum(bought) <= turnover,
        ]
        for cap in problem.caps:
            room = cap.limit - float(problem.by_security[cap.security])
            if room > 0:
                here = 1.0 * (buys.security == cap.security)
                gone = segments.ratio * (segments.security == cap.security)
                constraints.append(here @ bought - gone @ sold <= room)
        cost = (segments.cost + segments.tax) @ sold + buys.cost @ bought
        misfit = cp.sum((short + over) @ SLOPES)
        self.model = cp.Problem(cp.Minimize(self.eagerness * misfit + cost + problem.start_drag), constraints)

    def solve(self, target: Target) -> float:
        wanted = wanted_of(self.problem, target)
        self.goal.value = wanted.shares * self.problem.value
        self.width.value = widths(wanted.shares, wanted.bands, self.problem.value, wanted.quiet)
        return float(self.model.solve())


def cvxpy_rows(seeds: int) -> list[Row]:
    ours, theirs, anew, ratio, ratio_anew, apart = [], [], [], [], [], []
    for seed in range(seeds):
        household, exposures, target = _typical(seed)
        problem = build_problem(build_holdings(household, exposures), target)
        relaxation = Relaxation(problem)
        relaxation.aim(wanted_of(problem, target))
        relaxation.admit_what_must_be_sold()

        def again(target: Target, relaxation: Relaxation = relaxation, problem: Problem = problem) -> float:
            relaxation.aim(wanted_of(problem, target))
            relaxed = relaxation.solve()
            return np.nan if relaxed is None else relaxed.objective

        peer = CvxpyRelaxation(problem, relaxation.sale_limits)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer.solve(target)
            again(target)
            path = drag_path(target)
            mine = [milliseconds(lambda again=again, t=step: again(t)) for step in path]
            picked = path[:: len(path) // _CVXPY_STEPS]
            his = [milliseconds(lambda peer=peer, t=step: peer.solve(t)) for step in picked]
            fresh = [
                milliseconds(lambda p=problem, m=relaxation.sale_limits, t=step: CvxpyRelaxation(p, m).solve(t))
                for step in picked[:4]
            ]
            values = [(again(step), peer.solve(step)) for step in picked]
        ours += mine
        theirs += his
        anew += fresh
        ratio.append(float(np.median(his) / np.median(mine)))
        ratio_anew.append(float(np.median(fresh) / np.median(mine)))
        apart.append(max(abs(a - b) / max(1.0, abs(b)) for a, b in values))
    return [
        row("cvxpy", "typical", "live re-solve, ours", "ms", ours),
        row("cvxpy", "typical", "cvxpy, compiled once (parameters)", "ms", theirs),
        row("cvxpy", "typical", "cvxpy, written anew", "ms", anew),
        row("cvxpy", "typical", "times faster than written anew", "times", ratio_anew),
        row("cvxpy", "typical", "times faster", "times", ratio, goal=100, goal_of="median", at_least=True),
        row("cvxpy", "typical", "objectives apart, at most", "share", apart),
    ]


# -- HiGHS' MILP --------------------------------------------------------------------------------------------


def milp_rows(seeds: int, seconds: float) -> list[Row]:
    """The final plan against the mixed-integer program of the same problem given ``seconds`` of CPU time.

    The program's plan is counted as it can be ordered (its amounts have fractions of cents and of a share's digits),
    where that can be done. A thorough plan is made by two threads: its time by the clock is a row of its own.
    """
    better, ours, theirs, closed, milp_closed, faster = [], [], [], [], [], []
    thorough_better, thorough_wall, thorough_cpu, thorough_closed, thorough_faster = [], [], [], [], []
    for seed in range(seeds):
        household, exposures, target = _typical(seed)
        engine = Engine(household, exposures)
        engine.live(target)
        proposal, _, cpu = timed(lambda e=engine, t=target: e.final(t))
        thorough, wall, longer = timed(lambda e=engine, t=target: e.final(t, thorough=True))
        problem = build_problem(build_holdings(household, exposures), target)
        relaxation = Relaxation(problem)
        wanted = wanted_of(problem, target)
        relaxation.aim(wanted)
        relaxation.admit_what_must_be_sold()
        limits = relaxation.sale_limits
        start = time.process_time()
        found, _, milp_cpu = timed(
            lambda p=problem, w=wanted, m=limits, s=seconds, t=start: solve_exactly(
                # Its time is CPU time too: a busy machine must not cut it short.
                p,
                w,
                m,
                seconds=_PATIENCE * s,
                cancelled=lambda: time.process_time() - t > s,
            )
        )
        objective = proposal.objective
        milp = objective.do_nothing if found.plan is None else _as_ordered(relaxation, wanted, found.plan)
        possible = objective.do_nothing - max(objective.lower_bound, found.lower_bound)
        better.append(milp - objective.plan)
        closed.append((objective.do_nothing - objective.plan) / possible)
        milp_closed.append((objective.do_nothing - milp) / possible)
        thorough_better.append(milp - thorough.objective.plan)
        thorough_closed.append((objective.do_nothing - thorough.objective.plan) / possible)
        thorough_wall.append(wall)
        thorough_cpu.append(longer)
        thorough_faster.append(milp_cpu / wall)
        ours.append(cpu)
        theirs.append(milp_cpu)
        faster.append(milp_cpu / cpu)
        print(
            f"  seed {seed}: ours {objective.plan:,.2f} in {cpu:,.0f} ms CPU, "
            f"thorough {thorough.objective.plan:,.2f} in {wall:,.0f} ({longer:,.0f} CPU), "
            f"MILP {milp:,.2f} in {milp_cpu:,.0f}; doing nothing {objective.do_nothing:,.2f}",
            file=sys.stderr,
        )
    case = f"typical, {seconds:g} s CPU"
    return [
        row("milp", case, "final plan, ours", "ms CPU", ours),
        row("milp", case, "thorough plan, ours", "ms", thorough_wall),
        row("milp", case, "thorough plan, ours", "ms CPU", thorough_cpu),
        row("milp", case, "HiGHS MILP", "ms CPU", theirs),
        row("milp", case, "times faster", "times", faster, goal=100, goal_of="median", at_least=True),
        row(
            "milp",
            case,
            "MILP's J less ours, least",
            "dollars",
            [min(better)],
            goal=-0.01,
            goal_of="median",
            at_least=True,
        ),
        row("milp", case, "MILP's J less ours", "dollars", better),
        row("milp", case, "MILP's J less the thorough plan's", "dollars", thorough_better),
        row(
            "milp",
            case,
            "thorough plan, times faster",
            "times",
            thorough_faster,
            goal=100,
            goal_of="median",
            at_least=True,
        ),
        row("milp", case, "gap closed, ours", "share", closed),
        row("milp", case, "gap closed, thorough", "share", thorough_closed),
        row("milp", case, "gap closed, MILP", "share", milp_closed),
    ]


def _as_ordered(relaxation: Relaxation, wanted: Wanted, found: Relaxed) -> float:
    """The objective of the program's plan in amounts that can be ordered; its own where that breaks a rule."""
    problem = relaxation.problem
    whole = Support(relaxation, relaxation.sale_limits, default_buy_limits(problem))
    dollars = trade_sizes(problem, found)
    plan = rounded(one_sided(whole, found), wanted, set(dollars) | set(problem.orders), dollars, lambda: False)
    return plan.objective + problem.start_drag if plan.feasible else found.objective


# -- taxrebalance -------------------------------------------------------------------------------------------


def taxrebalance_rows(sizes: tuple[int, ...], seeds: int) -> list[Row]:
    """Its own problem, both answers judged by its own evaluation."""
    from tax_rebalancing.optimizer import convex_relaxation_heuristic, evaluate

    rows: list[Row] = []
    for size in sizes:
        ours, theirs, faster, better = [], [], [], []
        for seed in range(1, 1 + seeds):
            case = scenario(size, seed)
            mine = Ours(case)
            mine.solve()
            (buys, sells, _), _, cpu = timed(mine.solve)
            judged = evaluate(case, buys, sells, "ours")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                peer, _, peer_cpu = timed(lambda s=case: convex_relaxation_heuristic(s))
            if not judged.feasible:
                raise AssertionError(f"our plan breaks its rules: {judged.violations}")
            ours.append(cpu)
            theirs.append(peer_cpu)
            faster.append(peer_cpu / cpu)
            better.append((peer.objective_dollars - judged.objective_dollars) / abs(peer.objective_dollars) * 100)
        name = f"{size} securities"
        goal: Mapping[str, Any] = {"goal": 50, "goal_of": "median", "at_least": True} if size >= 100 else {}
        least: Mapping[str, Any] = {"goal": 0, "goal_of": "median", "at_least": True} if size >= 100 else {}
        rows += [
            row("taxreb.", name, "ours", "ms CPU", ours),
            row("taxreb.", name, "taxrebalance", "ms CPU", theirs),
            row("taxreb.", name, "times faster", "times", faster, **goal),
            row("taxreb.", name, "its objective, ours better by, least", "%", [min(better)], **least),
            row("taxreb.", name, "its objective, ours better by", "%", better),
        ]
    return rows


# -- model cases --------------------------------------------------------------------------------------------


@attrs.frozen
class ModelResult:
    """One plan of a model case as the case's scorer sees it."""

    case: str
    eagerness: float
    limit: float | None
    aversion: float | None
    drift: float
    tracking_error: float
    tax: float
    orders: int
    violations: str
    wall_ms: float
    cpu_ms: float


def model_results() -> list[ModelResult]:
    """Plans of the reference cases for several settings; none where the cases are absent."""
    results: list[ModelResult] = []
    if not cases():
        print("note: no reference cases with models; left out", file=sys.stderr)
    for case in cases():
        household, exposures, target = read_case(case)
        engine = Engine(household, exposures)
        for eagerness, limit, aversion in SETTINGS:
            risk = None if aversion is None else risk_of(case, limit, aversion)
            trading = attrs.evolve(target.trading, eagerness=eagerness)
            asked = attrs.evolve(target, bands=_NO_BANDS, trading=trading, risk=risk)
            engine.live(asked)
            try:
                proposal, wall, cpu = timed(lambda e=engine, t=asked: e.final(t))
            except NoPlanError as error:
                print(f"note: {case.name}, eagerness {eagerness:g}: {error}", file=sys.stderr)
                continue
            scored = score(household, case, proposal.trades, case.name)
            faults = {**scored["viol"], "fractional": scored["fractional_rows"]}
            # Closing sales may be under the minimum; the scorer counts them all the same.
            faults["under minimum"] = scored["orders_lt_min"]
            results.append(
                ModelResult(
                    case.name,
                    eagerness,
                    limit,
                    aversion,
                    scored["drift_after"],
                    scored["TE_after"],
                    scored["tax_linear"],
                    scored["n_orders"],
                    ", ".join(f"{name} {count}" for name, count in faults.items() if count) or "none",
                    wall,
                    cpu,
                )
            )
    return results


def model_table(results: list[ModelResult]) -> str:
    lines = [
        f"{'case':6} {'eager':>6} {'limit':>7} {'aversion':>8} {'drift':>8} {'TE':>8} {'tax':>9} {'orders':>6} "
        f"{'wall ms':>8} {'CPU ms':>8}  faults"
    ]
    for r in results:
        limit = "" if r.limit is None else f"{100 * r.limit:.2f} %"
        aversion = "" if r.aversion is None else f"{r.aversion:g}"
        lines.append(
            f"{r.case:6} {r.eagerness:6.3f} {limit:>7} {aversion:>8} {100 * r.drift:6.2f} % "
            f"{100 * r.tracking_error:6.2f} % {r.tax:9,.0f} {r.orders:6} {r.wall_ms:8,.0f} {r.cpu_ms:8,.0f}  "
            f"{r.violations}"
        )
    return "\n".join(lines)
