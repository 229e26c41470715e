"""Better whole-share plans for a fixed amount of work: other choices of orders, and the sizes of the best exactly.

Nearly as good a choice of orders may round far better. So slope scaling starts anew from charges swayed by chance
(always the same), the best choices are dived into whole shares, and the sizes of the best one's orders are settled by
a small mixed-integer program. Takes a few times as long as the plan it starts from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.dive import dive
from core.rebalance.exact import settle_sizes
from core.rebalance.relaxation import Relaxed
from core.rebalance.rounding import Orders, orders_of, placed, round_to_shares, rounded
from core.rebalance.small_trades import settle_small_trades
from core.rebalance.support import Pair, Support, trade_sizes
from core.rebalance.tickets import choose_orders

_STARTS = 12
_DIVES = 8
_SEED = 1


def polished(support: Support, relaxed: Relaxed, wanted: Wanted, cancelled: Callable[[], bool]) -> Iterator[Orders]:
    """Whole-share plans within ``support`` (which is left as it is), each from another choice of orders; maybe none.

    ``relaxed`` is the optimum of ``support``.
    """
    problem = support.problem
    if support.relaxation.dear:
        return
    best: tuple[float, Support, Relaxed, dict[Pair, float]] | None = None
    for chosen, choice in _choices(support, relaxed, cancelled):
        choice = settle_small_trades(chosen, choice, tickets=False)
        dived = dive(chosen, choice)
        if cancelled() or dived is None:
            continue
        value = placed(support, wanted, set(dived), dived).value
        if best is None or value < best[0]:
            best = (value, chosen, choice, dived)
    if best is None:
        return
    _, chosen, choice, dived = best
    plan = round_to_shares(support, choice, dived, wanted, cancelled)
    if plan is not None:
        yield plan
    cutoff = np.inf if plan is None else plan[1] + problem.start_drag
    exact = settle_sizes(problem, wanted, chosen.sale_limits, trade_sizes(problem, choice), cutoff)
    if exact is not None:
        dollars = trade_sizes(problem, exact)
        sized = rounded(support, wanted, set(dollars) | set(problem.orders), dollars, cancelled)
        if sized.feasible:
            yield orders_of(support, sized), sized.objective


def _choices(support: Support, relaxed: Relaxed, cancelled: Callable[[], bool]) -> list[tuple[Support, Relaxed]]:
    """Choices of orders that differ, those first that are best before rounding."""
    chance = np.random.default_rng(_SEED)
    ticket = support.problem.target.trading.order_price
    found: dict[frozenset[Pair], tuple[float, Support, Relaxed]] = {}
    for _ in range(_STARTS):
        if cancelled():
            break
        chosen = support.copy()
        choice = choose_orders(chosen, relaxed, chance)
        orders = frozenset(trade_sizes(support.problem, choice))
        found.setdefault(orders, (choice.objective + ticket * len(orders), chosen, choice))
    best = sorted(found.values(), key=lambda entry: entry[0])[:_DIVES]
    return [(chosen, choice) for _, chosen, choice in best]
