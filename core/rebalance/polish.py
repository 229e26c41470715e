"""Better whole-share plans for a fixed amount of work: other choices of orders, and the sizes of each exactly.

Two small mixed-integer programs take turns: one chooses orders, which is easy without whole shares, the other settles
the sizes of those orders in whole shares. The whole program at once takes a hundred times as long to come as far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.choice import Choices
from core.rebalance.exact import settle_sizes
from core.rebalance.exclusions import one_sided
from core.rebalance.relaxation import Relaxed
from core.rebalance.rounding import Orders, orders_of, rounded
from core.rebalance.support import Pair, Support, trade_sizes

#: Iterations of the simplex method after which no other choice is looked for, and choices at most.
_WORK = 1_500
_CHOICES = 4
#: Nodes of the search for sizes.
_NODES = 100
#: In prices of an order: what the first choice has to be better than the plan's without whole shares; what another may
#: be worse than the one before; what the first sizes may be worse than the plan's on the way to better ones.
_BETTER, _WORSE, _ROOM = 0.1, 0.5, 3.0
_LEAST = 1e-3  # dollars that a plan has to be better


@attrs.define(eq=False)
class Polished:
    """Whole-share plans, each better than the last; ``bound``: no plan of any orders costs less (minus infinity where
    that isn't known).
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
    price, order_price = problem.holdings.unit_price, problem.target.trading.order_price
    orders, best, cost, cutoff = trade_sizes(problem, relaxed), np.inf, np.inf, np.inf
    near = [orders]
    if plans:
        chosen, objective = min(plans, key=lambda plan: plan[1])
        orders = {(o.account, o.security): o.quantity * float(price[o.security]) for o in chosen}
        near.append(orders)
        best = objective + problem.start_drag
        cost = _cost_of(whole, orders, best)
        cutoff = cost - _BETTER * order_price
    choices = Choices(whole, wanted, None if every else near)
    work = 0
    for number in range(_CHOICES):
        if cancelled() or work > _WORK:
            break
        choice = choices.next(cutoff)
        if every and number == 0:
            result.bound = min(choice.lower_bound, cutoff)
        work += choice.work
        if choice.plan is not None:
            orders = trade_sizes(problem, choice.plan)
        elif number == 0:
            choices.forbid(orders)
        else:
            break
        room = _ROOM * order_price if number == 0 else 0.0
        sized = settle_sizes(problem, wanted, whole.sale_limits, orders, best + room, _NODES)
        work += sized.work
        if sized.plan is not None and sized.plan.objective < best - _LEAST:
            plan = _placed(whole, sized.plan, wanted, cancelled)
            if plan is not None:
                best = min(best, plan[1] + problem.start_drag)
                result.plans.append(plan)
        if best - result.bound <= close:
            break
        cutoff = min(best, (cost if choice.plan is None else choice.plan.objective) + _WORSE * order_price)
    return result


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
