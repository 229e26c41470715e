"""Whole shares by diving: orders fixed to whole shares one after the other, the rest solved again each time.

What is fixed first shapes what the rest can make good, so a few sequences are tried. Funds that trade in dollars
and cash take up what whole shares leave over. The result is a start for the local moves of whole_shares.py.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np

from core.rebalance.holdings import Ints
from core.rebalance.relaxation import Relaxation, Relaxed
from core.rebalance.support import Pair, Support, trade_sizes

_CENTS = 1e-6  # dollars within which an amount is a whole number of shares
_CENT = 0.01
#: With more orders than this the first sequence that leads to a plan is enough.
_MANY = 80


@attrs.frozen(eq=False)
class _Order:
    """An order of a relaxed plan: its columns, dollars of a step, and the least and most it may come to.

    ``closes``: whether ``most`` sells the whole position, which may be done with its fractions.
    """

    pair: Pair
    columns: Ints
    step: float
    least: float
    most: float
    closes: bool

    def whole(self, dollars: float) -> bool:
        """Whether the order may be placed over so many dollars as far as whole shares go."""
        if self.step <= 0 or (self.closes and abs(dollars - self.most) < _CENTS):
            return True
        return abs(dollars / self.step - round(dollars / self.step)) * self.step < _CENTS

    def choices(self, dollars: float) -> list[float]:
        """The two amounts next to ``dollars`` that may be ordered, the nearer one first."""
        below = float(np.floor(dollars / self.step + 1e-9)) * self.step
        above = below + self.step
        if self.closes and above > self.most - _CENTS:
            above = self.most
        fit = [x for x in (below, above) if self.least - _CENTS <= x <= self.most + _CENTS]
        return sorted(fit, key=lambda x: abs(x - dollars))


def dive(support: Support, relaxed: Relaxed) -> dict[Pair, float] | None:
    """Signed dollars by (account, security), whole shares throughout; None where every dive gets stuck.

    No orders but those of ``relaxed``, which has to be a plan within ``support``; that is left as it is.
    """
    problem = support.problem
    tried = support.copy()
    tried.keep(trade_sizes(problem, relaxed))
    orders = _orders_of(tried, relaxed)
    if not orders or (tried.relaxation.dear and tried.relaxation.eagerness <= 0):
        return None
    if tried.relaxation.dear:
        with tried.relaxation.near(relaxed):
            return _best_dive(tried, orders)
    return _best_dive(tried, orders)


def _best_dive(tried: Support, orders: list[_Order]) -> dict[Pair, float] | None:
    problem = tried.problem
    ticket = problem.target.trading.ticket
    tried.cash_floors = problem.floor.copy()
    for order in orders:
        tried.cash_floors[order.pair[0]] += ticket + _CENT
    if tried.solve() is None:
        return None
    best: tuple[float, Relaxed] | None = None
    with tried.relaxation.sums([order.columns for order in orders]) as bounded:
        for sequence in _SEQUENCES:
            found = _one_dive(tried.relaxation, orders, bounded, sequence)
            if found is not None and (best is None or found.objective < best[0] - _CENTS):
                best = (found.objective, found)
            if best is not None and len(orders) > _MANY:
                break
    return None if best is None else trade_sizes(problem, best[1])


_Sequence = Callable[[float, float], float]
#: By what an order is fixed earlier than another, from its dollars off whole shares and its step: how near it is to
#: whole shares, in shares or in dollars; how large its step is.
_SEQUENCES: tuple[_Sequence, ...] = (
    lambda off, step: off / step,
    lambda off, _: off,
    lambda _, step: -step,
)


def _one_dive(
    relaxation: Relaxation,
    orders: list[_Order],
    bounded: Callable[[int, float, float], None],
    sequence: _Sequence,
) -> Relaxed | None:
    for number, order in enumerate(orders):
        bounded(number, order.least, order.most)
    loose = [number for number, order in enumerate(orders) if order.step > 0]
    relaxed = relaxation.solve()
    while relaxed is not None:
        traded = np.concatenate([relaxed.sold, relaxed.bought])
        dollars = {number: float(traded[orders[number].columns].sum()) for number in loose}
        for number in [n for n in loose if orders[n].whole(dollars[n])]:
            bounded(number, dollars[number], dollars[number])
            loose.remove(number)
        if not loose:
            return relaxed

        def order_of(number: int, dollars: dict[int, float] = dollars) -> tuple[float, int]:
            order = orders[number]
            near = order.choices(dollars[number])
            off = abs(near[0] - dollars[number]) if near else np.inf
            return sequence(off, order.step), number

        chosen = min(loose, key=order_of)
        loose.remove(chosen)
        relaxed = None
        for amount in orders[chosen].choices(dollars[chosen]):
            bounded(chosen, amount, amount)
            relaxed = relaxation.solve()
            if relaxed is not None:
                break
    return None


def _orders_of(support: Support, relaxed: Relaxed) -> list[_Order]:
    problem = support.problem
    price, steps = problem.holdings.unit_price, problem.steps
    units = problem.holdings.position_units()
    sales = len(support.sale_limits)
    orders = []
    for pair, size in sorted(trade_sizes(problem, relaxed).items()):
        step = float(steps[pair[1]] * price[pair[1]]) if steps[pair[1]] >= 1 else 0.0
        minimum = 0.0 if pair in problem.orders else float(problem.min_trades[pair[0]])
        if size < 0:
            rows = support.sales_of(pair)
            columns = rows[support.sale_limits[rows] > 0]
            most = float(support.sale_limits[columns].sum())
            closes = abs(most / float(price[pair[1]]) - float(units[pair])) < 1e-6
            orders.append(_Order(pair, columns, step, min(minimum, most), most, closes))
        else:
            columns = sales + support.buys_of(pair)
            orders.append(_Order(pair, columns, step, minimum, np.inf, closes=False))
    return orders
