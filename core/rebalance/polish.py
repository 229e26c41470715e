"""Better whole-share plans for a fixed amount of work: other choices of orders, and the sizes of each exactly.

Orders are chosen without whole shares, where that is easy, by local search near a plan or by a mixed-integer program
over every security; another small program settles the sizes of a choice in whole shares. The whole program at once
takes a hundred times as long to come as far.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import attrs
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.choice import Choices
from core.rebalance.exact import settle_sizes
from core.rebalance.exclusions import one_sided
from core.rebalance.order_search import RESTARTS, OrderChoice, OrderSearch, merged
from core.rebalance.problem import Problem
from core.rebalance.program import Exact
from core.rebalance.relaxation import Relaxed
from core.rebalance.rounding import Orders, PlannedOrder, orders_of, rounded
from core.rebalance.side_by_side import side_by_side
from core.rebalance.support import Pair, Support, trade_sizes

#: Work after which no other choice is looked at: iterations of the simplex method, and so many for each program.
_WORK, _PROGRAM = 2_000, 250
#: Of choices among every security, how many others are looked for; of those near some plans, how many are settled.
_OTHERS, _CHOICES = 3, 12
#: Nodes of a search for sizes, and of the last, in which the smallest orders may give way to others.
_NODES, _LAST = 200, 80
#: With more orders than ``_MANY``, whose nodes take longer and whose sizes matter less, so many nodes.
_MANY, _NODES_OF_MANY = 80, 15
#: In prices of an order: what the first choice has to be better than the plan's without whole shares; what another may
#: be worse than the one before; what the first sizes may be worse than the plan's on the way to better ones; what the
#: best plan has to leave to the bound of its sizes for the last search.
_BETTER, _WORSE, _ROOM, _LEAVES = 0.1, 0.5, 3.0, 0.5
#: How many orders the last search may leave out.
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
    brief: bool = False,
) -> Polished:
    """Plans within ``whole`` that are better than ``plans``; maybe none.

    ``relaxed`` is the optimum with the either-or rules settled. ``every``: orders of every security are considered,
    not only of those that the relaxation or a plan trades. A plan within ``close`` dollars of the bound ends the
    search. ``brief``: of a plan of many orders only choices near it, searched for shortly. ``whole`` is left as it is.
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
    if every:
        _settle_best_choices(search, orders, cost, close)
    else:
        brief = brief and len(orders) > _MANY
        _settle_choices(search, _choices_near(search, relaxed, near, cost, brief=brief) or [orders])
    if search.best - max(result.bound, search.lowest) > max(close, _LEAVES * order_price) and not cancelled():
        around, loose = _around(search.deepest)
        search.settle(around, search.best, _LAST, loose)
    return result


def _choices_near(
    search: _Search, relaxed: Relaxed, near: Sequence[dict[Pair, float]], cost: float, *, brief: bool
) -> list[dict[Pair, float]]:
    """Choices of orders of the securities of some plans, the best first.

    They come of a search from the last of the plans, whose cost without whole shares is ``cost``, and unless it has to
    be ``brief`` of one from what a short mixed-integer program chooses.
    """
    whole, wanted, cancelled = search.whole, search.wanted, search.cancelled
    sided = one_sided(whole, relaxed)

    def from_plan() -> list[OrderChoice]:
        return OrderSearch(sided, wanted, near).choices(near[-1], cancelled, restarts=0 if brief else RESTARTS)

    def from_program() -> list[OrderChoice]:
        cutoff = cost - _BETTER * whole.problem.target.trading.order_price
        chosen = Choices(whole, wanted, near).next(cutoff).plan
        if chosen is None:
            return []
        start = trade_sizes(whole.problem, chosen)
        return OrderSearch(sided, wanted, near).choices(start, cancelled, restarts=RESTARTS // 2, chance=1)

    found = from_plan() if brief else merged(*side_by_side(from_plan, from_program))
    return [choice.orders for choice in found]


def _settle_choices(search: _Search, choices: Sequence[dict[Pair, float]]) -> None:
    """Settle the sizes of the first few choices, two at a time."""
    room = _ROOM * search.whole.problem.target.trading.order_price
    for first in range(0, min(len(choices), _CHOICES), 2):
        if first and (search.work > _WORK or search.cancelled()):
            break
        search.settle_two(choices[first : first + 2], search.best + (0.0 if first else room))


def _settle_best_choices(search: _Search, orders: dict[Pair, float], cost: float, close: float) -> None:
    """Settle the sizes of choices among every security, until a plan is within ``close`` dollars of the bound.

    ``orders`` are the plan's own, or the relaxation's, and ``cost`` theirs without whole shares.
    """
    order_price, result = search.whole.problem.target.trading.order_price, search.result
    choices = Choices(search.whole, search.wanted, None)
    cutoff = cost - _BETTER * order_price
    choice = search.choose(choices, cutoff)
    result.bound = min(choice.lower_bound, cutoff)
    if choice.plan is None:
        # None better than the plan's own: others that are hardly worse, else its own.
        choices.forbid(orders)
        choice = search.choose(choices, cost + _WORSE * order_price)
    if choice.plan is not None:
        orders = trade_sizes(search.whole.problem, choice.plan)
    search.settle(orders, search.best + _ROOM * order_price, _nodes(orders))
    for _ in range(_OTHERS):
        if choice.plan is None or search.work > _WORK or search.best - result.bound <= close or search.cancelled():
            break
        choice = search.choose(choices, min(choice.plan.objective + _WORSE * order_price, search.best))
        if choice.plan is not None:
            orders = trade_sizes(search.whole.problem, choice.plan)
            search.settle(orders, search.best, _nodes(orders))


@attrs.define(eq=False)
class _Search:
    """The best objective so far; the orders whose sizes promise most by their bound, which is ``lowest``.

    ``work`` is what was done until now.
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
        self._keep(orders, self._sized(orders, cutoff, nodes, loose))

    def settle_two(self, choices: Sequence[dict[Pair, float]], cutoff: float) -> None:
        """The best sizes of one or two choices of orders, at the same time."""

        def sized(number: int) -> Exact | None:
            return self._sized(choices[number], cutoff, _nodes(choices[number])) if number < len(choices) else None

        both = side_by_side(lambda: sized(0), lambda: sized(1))
        for orders, found in zip(choices, both, strict=False):
            if found is not None:
                self._keep(orders, found)

    def _sized(self, orders: dict[Pair, float], cutoff: float, nodes: int, loose: Collection[Pair] = ()) -> Exact:
        problem = self.whole.problem
        return settle_sizes(problem, self.wanted, self.whole.sale_limits, orders, cutoff, nodes, loose=loose)

    def _keep(self, orders: dict[Pair, float], sized: Exact) -> None:
        self.work += _PROGRAM + sized.work
        if -np.inf < sized.lower_bound < self.lowest - _CENT:
            self.deepest, self.lowest = orders, sized.lower_bound
        if sized.plan is not None and sized.plan.objective < self.best - _LEAST:
            plan = _placed(self.whole, sized.plan, self.wanted, self.cancelled)
            if plan is not None:
                self.best = min(self.best, plan[1] + self.whole.problem.start_drag)
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
