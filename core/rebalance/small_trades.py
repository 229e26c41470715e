"""Trades too small for their minimum or their ticket: dropped, or brought up to the minimum."""

from __future__ import annotations

import numpy as np

from core.rebalance.relaxation import Relaxed
from core.rebalance.support import Pair, Support, trade_sizes

_ROUNDS = 40
_DROPS = 60
#: Share of a ticket that is held against a security new to the household.
_FRESH = 0.1


def settle_small_trades(support: Support, relaxed: Relaxed) -> Relaxed:
    """Drop trades well under the minimum, bring those near it up to it, and keep cash for tickets.

    Trades that a ticket outweighs are left out too, one after the other.

    Changes ``support``. Where the rules leave no way, the relaxed plan stays as it is: the rounding keeps every rule.
    """
    trading = support.problem.target.trading
    for _ in range(_ROUNDS):
        sizes = trade_sizes(support.problem, relaxed)
        support.cash_floors = support.problem.floor.copy()
        for account, _security in sizes:
            support.cash_floors[account] += trading.ticket + 0.01
        small = {
            pair: amount
            for pair, amount in sizes.items()
            if abs(amount) < support.problem.min_trades[pair[0]] - 1e-6
            and pair not in support.problem.orders
            and not _closes(support, pair, amount)
            and not _raised(support, pair)
        }
        if not small:
            break
        solved = _settle(support, small)
        if solved is None:
            break
        relaxed = solved
    final = support.solve()
    relaxed = relaxed if final is None else final
    return _drop_what_a_ticket_outweighs(support, relaxed)


def _settle(support: Support, small: dict[Pair, float]) -> Relaxed | None:
    """Drop the smaller and raise the larger; else drop all; else raise all."""
    for raise_from in (0.5, float("inf"), 0.0):
        attempt = support.copy()
        for pair, amount in small.items():
            if abs(amount) >= raise_from * support.problem.min_trades[pair[0]]:
                _raise_to_minimum(attempt, pair, amount)
            else:
                _drop(attempt, pair)
        solved = attempt.solve()
        if solved is not None:
            support.take(attempt)
            return solved
    return None


def _drop_what_a_ticket_outweighs(support: Support, relaxed: Relaxed) -> Relaxed:
    """Leave out trades, smallest first, where the rest does as well within the price of a ticket."""
    trading = support.problem.target.trading
    if trading.order_price <= 0:
        return relaxed
    buys, fresh = support.problem.purchases, support.problem.by_security <= 0
    sizes = trade_sizes(support.problem, relaxed)
    for pair, _ in sorted(sizes.items(), key=lambda item: (abs(item[1]), item[0]))[:_DROPS]:
        now = trade_sizes(support.problem, relaxed)
        if pair not in now or pair in support.problem.orders:
            continue  # gone with one dropped before, or the adviser's own
        attempt = support.copy()
        _drop(attempt, pair)
        if fresh[pair[1]] and now[pair] > 0:
            # Nothing else that is new may take its place.
            unused = [(a, s) not in now for a, s in zip(buys.account.tolist(), buys.security.tolist(), strict=True)]
            attempt.buy_limits[fresh[buys.security] & np.array(unused, dtype=bool)] = 0.0
        solved = attempt.solve()
        if solved is None:
            continue
        then = trade_sizes(support.problem, solved)
        saved = _tickets(support, now) - _tickets(support, then)
        # A relaxed trade under half the minimum would be dropped again by the rounding.
        too_small = any(abs(x) < support.problem.min_trades[a] / 2 for (a, _), x in then.items())
        if solved.objective < relaxed.objective + saved - 1e-9 and not too_small:
            support.take(attempt)
            relaxed = solved
    return relaxed


def _tickets(support: Support, sizes: dict[Pair, float]) -> float:
    """Dollars of tickets; a purchase of what the household doesn't hold yet counts a little more.

    So present holdings are bought first where others would do no better.
    """
    held = support.problem.by_security
    fresh = sum(amount > 0 and bool(held[security] <= 0) for (_, security), amount in sizes.items())
    return support.problem.target.trading.order_price * (len(sizes) + _FRESH * fresh)


def _closes(support: Support, pair: Pair, amount: float) -> bool:
    return amount < 0 and -amount >= float(support.problem.segments.most[support.sales_of(pair)].sum()) - 1e-6


def _raised(support: Support, pair: Pair) -> bool:
    floors = support.buy_floors[support.buys_of(pair)].sum() + support.sale_floors[support.sales_of(pair)].sum()
    return bool(floors > 0)


def _raise_to_minimum(support: Support, pair: Pair, amount: float) -> None:
    minimum = float(support.problem.min_trades[pair[0]])
    if amount > 0:
        support.buy_floors[support.buys_of(pair)] = minimum
        return
    left = minimum
    for i in support.sales_of(pair):
        support.sale_floors[i] = max(support.must[i], min(left, float(support.sale_limits[i])))
        left -= float(support.sale_floors[i])


def _drop(support: Support, pair: Pair) -> None:
    here = support.sales_of(pair)
    support.sale_limits[here] = support.must[here]
    support.sale_floors[here] = support.must[here]
    buys = support.buys_of(pair)
    support.buy_limits[buys] = 0.0
    support.buy_floors[buys] = 0.0
