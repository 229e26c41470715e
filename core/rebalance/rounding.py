"""Whole-share orders from the dollars of a relaxed plan or of a dive, with the lots that sales close."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.curves import curves, selling_order
from core.rebalance.holdings import Floats
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxed
from core.rebalance.support import Pair, Support, trade_sizes
from core.rebalance.whole_shares import WholeShares

#: Dollars of cash left over in an account that are worth another order.
_IDLE = 25.0


@attrs.frozen(eq=False)
class PlannedOrder:
    """An order in the builder's terms: negative quantity sells, closing ``lots`` (lot number, units) in order."""

    account: int
    security: int
    quantity: float
    lots: tuple[tuple[int, float], ...]


#: Orders and their objective, location left out.
Orders = tuple[tuple[PlannedOrder, ...], float]


def round_to_shares(
    support: Support,
    relaxed: Relaxed,
    dived: dict[Pair, float] | None,
    wanted: Wanted,
    cancelled: Callable[[], bool],
) -> Orders | None:
    """Orders from the dollars of a dive or else of the relaxation; None where no plan within the limits was found."""
    problem = support.problem
    dollars = trade_sizes(problem, relaxed) if dived is None else dict(dived)
    for i in np.flatnonzero(support.must > 0):
        dollars.setdefault((int(problem.segments.account[i]), int(problem.segments.security[i])), 0.0)
    may = open_pairs(support)
    for pair in (*problem.orders, *((held.account, held.security) for held in problem.held_ranges)):
        if pair in problem.orders or pair in may:
            dollars.setdefault(pair, 0.0)
    # Positions of accounts that trade take part in the rounding too: a share more or less of them settles cash.
    short = {int(a) for a in np.flatnonzero(problem.start_cash < problem.floor)}
    busy = {a for a, _ in dollars} | short
    every = {pair for pair in may if pair[0] in busy} | set(dollars)
    sales = every & sellable_pairs(support)
    plan = rounded(support, wanted, sales | set(dollars), dollars, cancelled)
    # Where whole shares leave more cash than the relaxation did, purchases that it left alone may use it.
    left = plan.cash() - _cash_after(problem, trade_sizes(problem, relaxed))
    idle = set(np.flatnonzero(left >= np.maximum(problem.min_trades, _IDLE)).tolist())
    more = {pair for pair in every if pair[0] in idle} | sales | set(dollars)
    if more > sales | set(dollars) and not cancelled():
        plan = rounded(support, wanted, more, plan.dollars(), cancelled)
    return (orders_of(support, plan), plan.objective) if plan.feasible else None


def _cash_after(problem: Problem, dollars: dict[Pair, float]) -> Floats:
    """(A,) cash of each account after orders over so many dollars, tickets aside."""
    cash: Floats = problem.start_cash.copy()
    for (account, _), amount in dollars.items():
        cash[account] -= amount
    return cash


def rounded(
    support: Support,
    wanted: Wanted,
    pairs: set[Pair],
    dollars: Mapping[Pair, float],
    cancelled: Callable[[], bool],
) -> WholeShares:
    """Orders of ``pairs`` from signed dollars by (account, security), improved by local moves."""
    plan = placed(support, wanted, pairs, dollars)
    plan.improve(cancelled)
    return plan


def placed(support: Support, wanted: Wanted, pairs: set[Pair], dollars: Mapping[Pair, float]) -> WholeShares:
    """Orders of ``pairs`` at the whole shares nearest to signed dollars by (account, security)."""
    problem = support.problem
    plan = WholeShares(problem, wanted, curves(problem, support.sale_limits, support.must, support.buy_limits, pairs))
    plan.place(dollars)
    return plan


def open_pairs(support: Support) -> set[Pair]:
    """Every (account, security) that may be sold or bought."""
    buys, may_buy = support.problem.purchases, support.buy_limits > 0
    bought = zip(buys.account[may_buy].tolist(), buys.security[may_buy].tolist(), strict=True)
    return sellable_pairs(support) | set(bought)


def sellable_pairs(support: Support) -> set[Pair]:
    """Every (account, security) that may be sold."""
    segments, may_sell = support.problem.segments, support.sale_limits > 0
    return set(zip(segments.account[may_sell].tolist(), segments.security[may_sell].tolist(), strict=True))


def orders_of(support: Support, plan: WholeShares) -> tuple[PlannedOrder, ...]:
    """The orders of a plan in whole shares, with the lots that its sales close."""
    curves = plan.curves
    orders = zip(curves.account.tolist(), curves.security.tolist(), plan.quantity.tolist(), strict=True)
    return tuple(
        PlannedOrder(account, security, quantity, _closed_lots(support, (account, security), -quantity))
        for account, security, quantity in orders
        if abs(quantity) > 1e-9
    )


def _closed_lots(support: Support, pair: Pair, quantity: float) -> tuple[tuple[int, float], ...]:
    """Lots a sale of ``quantity`` units closes, in the segments' order (none for a purchase)."""
    problem: Problem = support.problem
    limits: Floats = support.sale_limits
    closed: list[tuple[int, float]] = []
    left = quantity
    price = float(problem.holdings.unit_price[pair[1]])
    for i in selling_order([int(i) for i in support.sales_of(pair)], support.must):
        room = float(limits[i]) / price
        for lot in problem.segments.lots[i]:
            take = min(left, room, float(problem.holdings.quantity[lot]))
            if take > 1e-9:
                closed.append((int(lot), take))
                left -= take
                room -= take
        if left <= 1e-9:
            break
    return tuple(closed)
