"""Which orders are worth their ticket: slope scaling.

The relaxation knows nothing of tickets. Here each order's ticket is spread over the dollars it had in the last solve,
as a cost a dollar, and the relaxation is solved again: small orders grow dear and their dollars move to others. That
is the dynamic slope scaling of Kim and Pardalos (1999), a heuristic for fixed charges; a few dozen warm solves.
"""

from __future__ import annotations

import numpy as np

from core.rebalance.holdings import Bools, Floats, Ints
from core.rebalance.relaxation import Relaxed
from core.rebalance.support import SMALL, Support, order_numbers

_ROUNDS = 24
#: Dollars over which the ticket of an order that was never placed is spread.
_UNPLACED = 20_000.0


def choose_orders(support: Support, relaxed: Relaxed) -> Relaxed:
    """Leave out of ``support`` the orders of a relaxed plan that others can do the work of; the plan without them.

    Changes ``support``: what is left out may no longer be traded. Where nothing is won, all stays as it was.
    """
    ticket = support.problem.target.trading.order_price
    if ticket <= 0 or support.relaxation.dear:
        return relaxed
    order_of = order_numbers(support.problem)
    count = int(order_of.max(initial=-1)) + 1
    best = relaxed.objective + ticket * int((_dollars(order_of, count, relaxed) > SMALL).sum())
    kept = None
    charge = np.zeros(count)
    with support.relaxation.charged() as charged:
        last = relaxed
        for number in range(_ROUNDS):
            dollars = _dollars(order_of, count, last)
            placed = dollars > SMALL
            spread = np.where(placed, ticket / np.maximum(dollars, 1.0), charge if number else ticket / _UNPLACED)
            if number and np.allclose(spread, charge, rtol=1e-6, atol=0.0):
                break
            charge = spread
            charged(charge[order_of])
            solved = support.solve()
            if solved is None:
                break
            dollars = _dollars(order_of, count, solved)
            placed = dollars > SMALL
            value = solved.objective - float(charge @ dollars) + ticket * int(placed.sum())
            if value < best - SMALL:
                best, kept = value, placed
            last = solved
    return relaxed if kept is None else _keep(support, kept[order_of]) or relaxed


def _keep(support: Support, open_to: Bools) -> Relaxed | None:
    """Close all sale segments and purchases but some (N + B,), where that leaves a plan; the plan."""
    attempt = support.copy()
    sales = len(attempt.sale_limits)
    attempt.sale_limits = np.where(open_to[:sales] | (attempt.must > 0), attempt.sale_limits, 0.0)
    attempt.buy_limits = np.where(open_to[sales:], attempt.buy_limits, 0.0)
    solved = attempt.solve()
    if solved is not None:
        support.take(attempt)
    return solved


def _dollars(order_of: Ints, count: int, relaxed: Relaxed) -> Floats:
    """(count,) dollars of each order."""
    traded = np.concatenate([relaxed.sold, relaxed.bought])
    return np.bincount(order_of, weights=traded, minlength=count).astype(np.float64)
