"""Plans from the mixed-integer program: of the whole problem, of some orders alone, within some nodes.

It polishes the plan of small households and proves that of larger ones in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.holdings import Floats
from core.rebalance.limits import default_buy_limits
from core.rebalance.problem import Problem
from core.rebalance.program import Exact, Program
from core.rebalance.relaxation import Relaxed

#: Nodes of a short search.
_SHORT = 30


def solve_exactly(
    problem: Problem,
    wanted: Wanted,
    sale_limits: Floats,
    *,
    only: Collection[tuple[int, int]] | None = None,
    nodes: int | None = None,
    seconds: float | None = None,
    cutoff: float = np.inf,
    gap: float = 0.0,
    cancelled: Callable[[], bool] | None = None,
) -> Exact:
    """Solve the mixed-integer program.

    ``sale_limits`` (N,) is what may be sold (``Relaxation.sale_limits``). ``only`` restricts the orders to some
    (account, security) pairs; the bound then holds for those alone. ``nodes`` bounds the search the same way on
    every machine; ``seconds`` is for work in the background only, whose result is a proof and not a plan.
    ``cutoff`` is the objective of a plan already at hand: dearer ones are not looked for. ``gap`` is what the plan
    may cost more than the best. ``cancelled`` is asked while the solver runs.
    """
    buy_limits = default_buy_limits(problem)
    if only is not None:
        sale_limits, buy_limits = _restricted(problem, only, sale_limits, buy_limits)
    return Program(problem, wanted, sale_limits, buy_limits).solve(
        nodes, seconds, cutoff, cancelled, gap=gap, quickly=gap > 0
    )


def search_exactly(problem: Problem, wanted: Wanted, sale_limits: Floats, cutoff: float, left: float) -> Relaxed | None:
    """The best plan that two short searches find, if one is better than ``cutoff``, the objective of a plan at hand.

    The second, another way round, only where the first leaves more than ``left`` to its bound.
    """
    best: Relaxed | None = None
    for presolve in (True, False):
        program = Program(problem, wanted, sale_limits, default_buy_limits(problem))
        found = program.search(_SHORT, cutoff, left, neighbourhoods=not presolve, presolve=presolve)
        if found.plan is not None:
            best, cutoff = found.plan, found.plan.objective
        if cutoff - found.lower_bound <= left:
            break
    return best


def settle_sizes(
    problem: Problem,
    wanted: Wanted,
    sale_limits: Floats,
    orders: Mapping[tuple[int, int], float],
    cutoff: float,
    nodes: int,
    *,
    loose: Collection[tuple[int, int]] = (),
) -> Exact:
    """The best whole-share sizes of ``orders``, by (account, security), each to be placed on the side of its sign.

    No plan where none is better than ``cutoff``. All but ``loose`` orders have to be placed.
    """
    program = Program(problem, wanted, *limits_of_orders(problem, sale_limits, orders))
    for pair, switch in (*program.selling.items(), *program.buying.items()):
        if pair in orders and pair not in loose:
            program.model.changeColBounds(switch, 1.0, 1.0)
    return program.search(nodes, cutoff, 1e-3, neighbourhoods=True)


def limits_of_orders(
    problem: Problem, sale_limits: Floats, orders: Mapping[tuple[int, int], float]
) -> tuple[Floats, Floats]:
    """What may be sold (N,) and bought (B,) where no orders but some are open, each on the side of its sign."""
    sales = {pair for pair, size in orders.items() if size < 0}
    none = np.zeros(len(problem.purchases.account))
    sold, _ = _restricted(problem, sales, sale_limits, none)
    _, bought = _restricted(problem, set(orders) - sales, np.zeros(len(sold)), default_buy_limits(problem))
    return sold, bought


def _restricted(
    problem: Problem, only: Collection[tuple[int, int]], sale_limits: Floats, buy_limits: Floats
) -> tuple[Floats, Floats]:
    segments, buys = problem.segments, problem.purchases
    sales = [(int(a), int(s)) in only for a, s in zip(segments.account, segments.security, strict=True)]
    purchases = [(int(a), int(s)) in only for a, s in zip(buys.account, buys.security, strict=True)]
    return (
        np.where(np.array(sales, dtype=bool) | segments.must, sale_limits, 0.0),
        np.where(np.array(purchases, dtype=bool), buy_limits, 0.0),
    )
