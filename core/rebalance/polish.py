"""Better whole-share plans for a fixed amount of work: other choices of orders, and the sizes of each exactly.

Two small mixed-integer programs take turns: one chooses orders, which is easy without whole shares, the other settles
the sizes of those orders in whole shares. The whole program at once takes a hundred times as long to come as far.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import attrs
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.choice import Choices
from core.rebalance.exact import Exact, settle_sizes
from core.rebalance.exclusions import one_sided
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxed
from core.rebalance.rounding import Orders, PlannedOrder, orders_of, rounded
from core.rebalance.support import Pair, Support, trade_sizes

#: Iterations of the simplex method after which no other choice is looked for, and at most how many others.
_WORK = 1_200
_OTHERS = 3
#: Nodes of a search for sizes, and of the last, in which the smallest orders may give way to others.
_NODES, _LAST = 60, 80
#: With more orders than ``_MANY``, whose nodes take longer and whose sizes matter less, so many nodes.
_MANY, _NODES_OF_MANY = 80, 15
#: In prices of an order: what the first choice has to be better than the plan's without whole shares; what another may
#: be worse than the one before; what the first sizes may be worse than the plan's on the way to better ones.
_BETTER, _WORSE, _ROOM = 0.1, 0.5, 3.0
#: How many orders those are.
_SMALLEST = 4
_CENT = 0.01
_LEAST = 1e-3  # dollars that a plan has to be better


@attrs.define(eq=False)
class Polished:
    """Whole-share plans, each better than the last.

    No plan of any orders costs less than ``bound``, which is minus infinity where that isn't known.
    """

    plans: list[Orders] = attrs.field(factory=list)
    bound: float = -np.inf


def polished(
    whole: Support,
    relaxed: Relaxed,
    plans: Sequence[Orders],
    wanted: Wanted,
    cancelled: Callable[[], bool],
    *,
    every: bool,
    close: float = 0.0,
) -> Polished:
    """Plans within ``whole`` that are better than ``plans``; maybe none.

    ``relaxed`` is the optimum with the either-or rules settled. ``every``: orders of every security are considered,
    not only of those that the relaxation or a plan trades. A plan within ``close`` dollars of the bound ends the
    search. ``whole`` is left as it is.
    """
    problem, result = whole.problem, Polished()
    if whole.relaxation.dear:
        return result
    search = _Search(whole, wanted, cancelled, result)
    order_price = problem.target.trading.order_price
    orders, cost = trade_sizes(problem, relaxed), np.inf
    near = [orders]
    if plans:
        placed, objective = min(plans, key=lambda plan: plan[1])
        orders = _dollars(problem, placed)
        near.append(orders)
        search.best = objective + problem.start_drag
        cost = _cost_of(whole, orders, search.best)
    choices = Choices(whole, wanted, None if every else near)
    cutoff = cost - _BETTER * order_price
    choice = search.choose(choices, cutoff)
    if every:
        result.bound = min(choice.lower_bound, cutoff)
    if choice.plan is None:
        # None better than the plan's own: others that are hardly worse, else its own.
        choices.forbid(orders)
        choice = search.choose(choices, cost + _WORSE * order_price)
    if choice.plan is not None:
        orders = trade_sizes(problem, choice.plan)
    search.settle(orders, search.best + _ROOM * order_price, _nodes(orders))
    for _ in range(_OTHERS):
        if choice.plan is None or search.work > _WORK or search.best - result.bound <= close or cancelled():
            break
        choice = search.choose(choices, min(choice.plan.objective + _WORSE * order_price, search.best))
        if choice.plan is not None:
            orders = trade_sizes(problem, choice.plan)
            search.settle(orders, search.best, _nodes(orders))
    if search.best - max(result.bound, search.lowest) > max(close, _CENT) and not cancelled():
        around, loose = _around(search.deepest)
        search.settle(around, search.best, _LAST, loose)
    return result


@attrs.define(eq=False)
class _Search:
    """The best objective so far; the orders whose sizes promise most by their bound, which is ``lowest``.

    ``work`` done until now is counted in iterations of the simplex method.
    """

    whole: Support
    wanted: Wanted
    cancelled: Callable[[], bool]
    result: Polished
    best: float = np.inf
    work: int = 0
    deepest: dict[Pair, float] = attrs.field(factory=dict)
    lowest: float = np.inf

    def choose(self, choices: Choices, cutoff: float) -> Exact:
        found = choices.next(cutoff)
        self.work += found.work
        return found

    def settle(self, orders: dict[Pair, float], cutoff: float, nodes: int, loose: Collection[Pair] = ()) -> None:
        """The best sizes of the orders, ``loose`` ones left out if that is better; kept if the plan is the best."""
        problem = self.whole.problem
        sized = settle_sizes(problem, self.wanted, self.whole.sale_limits, orders, cutoff, nodes, loose=loose)
        self.work += sized.work
        if -np.inf < sized.lower_bound < self.lowest - _CENT:
            self.deepest, self.lowest = orders, sized.lower_bound
        if sized.plan is not None and sized.plan.objective < self.best - _LEAST:
            plan = _placed(self.whole, sized.plan, self.wanted, self.cancelled)
            if plan is not None:
                self.best = min(self.best, plan[1] + problem.start_drag)
                self.result.plans.append(plan)


def _nodes(orders: Collection[Pair]) -> int:
    return _NODES if len(orders) <= _MANY else _NODES_OF_MANY


def _dollars(problem: Problem, orders: Sequence[PlannedOrder]) -> dict[Pair, float]:
    price = problem.holdings.unit_price
    return {(o.account, o.security): o.quantity * float(price[o.security]) for o in orders}


def _around(orders: dict[Pair, float]) -> tuple[dict[Pair, float], set[Pair]]:
    """The orders, the smallest of them and others of the same account that may take their place; and which those are.

    Of all that a choice of orders leaves to chance before rounding, the small orders matter most after it.
    """
    around, loose = dict(orders), set[Pair]()
    traded = sorted({security for _, security in orders})
    for pair in sorted(orders, key=lambda pair: (abs(orders[pair]), pair))[:_SMALLEST]:
        loose.add(pair)
        for other in ((pair[0], security) for security in traded):
            if other not in around:
                around[other] = orders[pair]
                loose.add(other)
    return around, loose


def _cost_of(whole: Support, orders: dict[Pair, float], otherwise: float) -> float:
    """What the orders cost without whole shares: tickets and the relaxation's optimum for them."""
    alone = whole.copy()
    alone.keep(orders)
    solved = alone.solve()
    if solved is None:
        return otherwise
    return min(otherwise, solved.objective + whole.problem.target.trading.order_price * len(orders))


def _placed(whole: Support, exact: Relaxed, wanted: Wanted, cancelled: Callable[[], bool]) -> Orders | None:
    """The orders of a plan in whole shares."""
    support = one_sided(whole, exact)
    dollars = trade_sizes(whole.problem, exact)
    pairs = set(dollars) | set(whole.problem.orders)
    plan = rounded(support, wanted, pairs, dollars, cancelled)
    return (orders_of(support, plan), plan.objective) if plan.feasible else None
