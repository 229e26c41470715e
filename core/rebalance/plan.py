"""The final plan: relax, fix the support, re-solve, round to whole shares, improve.

The relaxation's optimum, with the either-or rules settled by branch and bound (exclusions.py), is the lower bound of
the certificate. What follows only narrows it: trades too small are dropped or brought up to the minimum
(small_trades.py), and the dollars become whole shares (whole_shares.py). Small households are solved exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.dive import dive
from core.rebalance.exact import search_exactly, solve_exactly
from core.rebalance.exclusions import Settled, one_sided, settle_exclusions
from core.rebalance.limits import default_buy_limits
from core.rebalance.penalty import kinks, penalties
from core.rebalance.polish import Polished, polished
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxation, Relaxed
from core.rebalance.rounding import Orders, PlannedOrder, open_pairs, orders_of, round_to_shares, rounded
from core.rebalance.small_trades import settle_small_trades
from core.rebalance.support import Pair, Support, trade_sizes
from core.rebalance.tickets import choose_orders

#: With a limit on tracking error, households with no more open (account, security) pairs are searched whole,
_FEW = 24
#: and plans with no more orders have those settled.
_FEW_ORDERS = 12
#: Households with no more open (account, security) pairs are planned in more ways where a plan leaves something,
_MANY = 120
#: and searched exactly where that still leaves something.
_SMALL = 100
_NODES = 100
#: Share of what could be won that isn't worth an exact search.
_CLOSE = 0.0008
#: Share of what could be won that an exact search may leave.
_LEFT = 0.0003
#: Dollars by which the program of a proof may be dearer than a plan at hand, whose cents it rounds otherwise.
_DEARER = 0.05


@attrs.frozen(eq=False)
class Plan:
    """Orders and their objective (location included); no plan's is below ``lower_bound``.

    ``settled`` : the relaxation's optimum with the either-or rules settled.
    """

    orders: tuple[PlannedOrder, ...]
    objective: float
    lower_bound: float
    settled: Relaxed


def never() -> bool:
    """The cancellation that never comes."""
    return False


def make_plan(
    relaxation: Relaxation, wanted: Wanted, *, thorough: bool = False, cancelled: Callable[[], bool] = never
) -> Plan | None:
    """The best plan found for what ``relaxation`` is aimed at; None where none was found that keeps the rules.

    ``thorough`` looks further from there, which takes a few times as long and brings the last part in ten thousand.
    ``cancelled`` is asked between steps; once true, the plan so far is finished without further improvement.
    """
    if not relaxation.admit_what_must_be_sold():
        return None
    relaxation.limit()
    # Of several optima a warm start may find another: a plan must not depend on what was asked before it.
    relaxation.forget()
    first, other_zones = _best_zone(relaxation)
    if first is None:
        return None
    whole = Support(relaxation, relaxation.sale_limits, default_buy_limits(relaxation.problem))
    settled = settle_exclusions(whole, first)
    if settled is None:
        return None
    # From here on every exclusion keeps the side it has, whatever is solved again. Rounding may come back to trades
    # that are dropped as too small, but never to the other side.
    open_support = one_sided(settled.support, settled.relaxed)
    plans = list(_rounded_plans(open_support, settled, wanted, cancelled))
    size = len(open_pairs(whole))
    bound = settled.bound

    def enough() -> bool:
        return bool(plans) and _close_enough(relaxation.problem, wanted, min(map(_objective, plans)), bound)

    def better(close: float, *, brief: bool) -> Polished:
        every = size <= _SMALL
        return polished(whole, settled.relaxed, plans, wanted, cancelled, every=every, close=close, brief=brief)

    if size <= _MANY and not enough():
        found = better(_CLOSE * _could_be_won(relaxation.problem, wanted, bound), brief=True)
        plans += found.plans
        bound = max(bound, found.bound)
    if not plans or (size <= _SMALL and not enough() and not cancelled()):
        plans += _exact_plans(whole, wanted, plans, bound)
    if thorough and not cancelled():
        plans += better(0.0, brief=False).plans
    plan = min(plans, key=_objective, default=None)
    relaxation.limit()
    relaxation.use_zone(None)
    if plan is None:
        return None
    orders, objective = plan
    objective += relaxation.problem.start_drag
    return Plan(orders, objective, min(settled.bound, other_zones), settled.relaxed)


def _rounded_plans(
    support: Support, settled: Settled, wanted: Wanted, cancelled: Callable[[], bool]
) -> Iterator[Orders]:
    """Whole-share plans from a dive with the orders worth their tickets.

    Where orders are few and that leaves something, also from every order of the relaxation.
    """
    chosen = support.copy()
    choice = choose_orders(chosen, settled.relaxed)
    relaxed = settle_small_trades(chosen, choice)
    plan = round_to_shares(support, relaxed, dive(chosen, relaxed), wanted, cancelled)
    if plan is not None:
        yield plan
        if len(open_pairs(support)) > _MANY or _close_enough(support.problem, wanted, plan[1], settled.bound):
            return
    if choice is not settled.relaxed:
        relaxed = settle_small_trades(support.copy(), settled.relaxed)
    plan = round_to_shares(support, relaxed, None, wanted, cancelled)
    if plan is not None:
        yield plan


def _exact_plans(whole: Support, wanted: Wanted, plans: Sequence[Orders], bound: float) -> Iterator[Orders]:
    """The mixed-integer program's plan where it beats ``plans``, or where there are none.

    With a limit on tracking error a search takes many rounds, so that in larger households only the orders that are
    there already are settled.
    """
    problem, start = whole.problem, whole.problem.start_drag
    found: Relaxed | None
    if whole.relaxation.dear or not plans:
        only, cutoff, gap = None, np.inf, 0.0
        if plans:
            orders, objective = min(plans, key=_objective)
            cutoff, gap = objective + start, _LEFT * _could_be_won(problem, wanted, bound)
            if len(open_pairs(whole)) > _FEW:
                if len(orders) > _FEW_ORDERS:
                    return
                only = _same_securities(whole, plans)
        found = solve_exactly(problem, wanted, whole.sale_limits, only=only, nodes=_NODES, cutoff=cutoff, gap=gap).plan
    else:
        left = _LEFT * _could_be_won(problem, wanted, bound)
        found = search_exactly(problem, wanted, whole.sale_limits, min(map(_objective, plans)) + start, left)
    if found is not None:
        support = one_sided(whole, found)
        dollars = trade_sizes(problem, found)
        exact = rounded(support, wanted, set(dollars) | set(problem.orders), dollars, never)
        if exact.feasible:
            yield orders_of(support, exact), exact.objective


def _objective(plan: Orders) -> float:
    return plan[1]


def _same_securities(whole: Support, plans: Sequence[Orders]) -> set[Pair]:
    """Every open (account, security) of the securities that plans trade: their orders in other sizes and places."""
    traded = {order.security for orders, _ in plans for order in orders}
    return {pair for pair in open_pairs(whole) if pair[1] in traded}


def _could_be_won(problem: Problem, wanted: Wanted, bound: float) -> float:
    """Dollars of objective by which doing nothing is worse than the bound; 0 where it is not."""
    misfit = np.abs(problem.today() - wanted.shares * problem.value)
    at = kinks(wanted.shares, wanted.bands, problem.value, wanted.quiet)
    nothing = wanted.eagerness * float(penalties(misfit, at).sum())
    return max(nothing - (bound - problem.start_drag), 0.0)


def _close_enough(problem: Problem, wanted: Wanted, objective: float, bound: float) -> bool:
    """Whether a plan leaves next to nothing of what could be won over doing nothing."""
    return objective - (bound - problem.start_drag) <= _CLOSE * _could_be_won(problem, wanted, bound)


def prove_plan(
    relaxation: Relaxation, wanted: Wanted, at_hand: float, seconds: float, cancelled: Callable[[], bool]
) -> tuple[Plan | None, float]:
    """The mixed-integer program's best plan within ``seconds`` (None where it found none) and its bound.

    ``at_hand`` is the objective of a plan at hand: the program looks for hardly dearer ones at most, and comes further
    so. Where it shows that there is none, it is stricter than the rules and has no bound to tell.
    """
    problem = relaxation.problem
    if not relaxation.admit_what_must_be_sold():
        return None, -np.inf
    whole = Support(relaxation, relaxation.sale_limits, default_buy_limits(problem))
    cutoff = at_hand + _DEARER
    found = solve_exactly(problem, wanted, whole.sale_limits, cutoff=cutoff, seconds=seconds, cancelled=cancelled)
    bound = -np.inf if found.lower_bound >= cutoff else min(found.lower_bound, at_hand)
    if found.plan is None:
        return None, bound
    support = one_sided(whole, found.plan)
    dollars = trade_sizes(problem, found.plan)
    exact = rounded(support, wanted, set(dollars) | set(problem.orders), dollars, never)
    if not exact.feasible:
        return None, bound
    objective = exact.objective + problem.start_drag
    return Plan(orders_of(support, exact), objective, bound, found.plan), bound


def _best_zone(relaxation: Relaxation) -> tuple[Relaxed | None, float]:
    """The optimum of the tax zone that has the best, left in use, and the best bound among the others.

    With flat rates there is one zone, everywhere. With tables the tax is convex in each zone alone.
    """
    zones = relaxation.problem.tax.zones
    if len(zones) < 2:
        relaxation.use_zone(None if not zones else 0)
        return relaxation.solve(), np.inf
    found: list[tuple[float, int, Relaxed]] = []
    for number in range(len(zones)):
        relaxation.use_zone(number)
        relaxed = relaxation.solve()
        if relaxed is not None:
            found.append((relaxed.objective, number, relaxed))
    if not found:
        return None, np.inf
    found.sort(key=lambda entry: entry[:2])
    relaxation.use_zone(found[0][1])
    return found[0][2], found[1][0] if len(found) > 1 else np.inf
