"""The support of a plan while it is being fixed: sales and purchases still open, and how much they must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from core.rebalance.holdings import Floats, Ints
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxation, Relaxed

#: Dollars: below this the relaxation trades nothing.
SMALL = 1e-4

#: An (account, security).
Pair = tuple[int, int]


class Support:
    """Bounds on the relaxation's columns; solving applies them. ``must`` (N,) is what has to be sold come what may."""

    def __init__(self, relaxation: Relaxation, sale_limits: Floats, buy_limits: Floats) -> None:
        self.relaxation = relaxation
        self.problem = relaxation.problem
        segments = self.problem.segments
        self.sale_limits = sale_limits.copy()
        self.buy_limits = buy_limits.copy()
        self.must = np.where(segments.must, segments.most, 0.0)
        self.sale_floors = self.must.copy()
        self.buy_floors = np.zeros(len(buy_limits))
        self.cash_floors = self.problem.floor.copy()

    def solve(self) -> Relaxed | None:
        """The optimum within these bounds, or None where there is none."""
        self.relaxation.limit(
            sale_limits=self.sale_limits,
            sale_floors=self.sale_floors,
            buy_limits=self.buy_limits,
            buy_floors=self.buy_floors,
            cash_floors=self.cash_floors,
        )
        return self.relaxation.solve()

    def copy(self) -> Support:
        """Bounds that can be changed apart from these."""
        other = Support(self.relaxation, self.sale_limits, self.buy_limits)
        other.must = self.must.copy()
        other.sale_floors = self.sale_floors.copy()
        other.buy_floors = self.buy_floors.copy()
        other.cash_floors = self.cash_floors.copy()
        return other

    def keep(self, orders: Mapping[Pair, float]) -> None:
        """Close all but some orders, by (account, security) with the sign of their side, and what must be sold."""
        segments, buys = self.problem.segments, self.problem.purchases
        for i, pair in enumerate(zip(segments.account.tolist(), segments.security.tolist(), strict=True)):
            if orders.get(pair, 0.0) >= 0:
                self.sale_limits[i] = self.sale_floors[i] = self.must[i]
        for i, pair in enumerate(zip(buys.account.tolist(), buys.security.tolist(), strict=True)):
            if orders.get(pair, 0.0) <= 0:
                self.buy_limits[i] = self.buy_floors[i] = 0.0

    def take(self, other: Support) -> None:
        """Make the bounds of another support this one's."""
        self.must = other.must
        self.sale_limits, self.sale_floors = other.sale_limits, other.sale_floors
        self.buy_limits, self.buy_floors = other.buy_limits, other.buy_floors
        self.cash_floors = other.cash_floors

    def sales_of(self, pair: Pair) -> Ints:
        """Segments of an (account, security)."""
        segments = self.problem.segments
        return np.flatnonzero((segments.account == pair[0]) & (segments.security == pair[1]))

    def buys_of(self, pair: Pair) -> Ints:
        """Purchases of an (account, security): one or none."""
        buys = self.problem.purchases
        return np.flatnonzero((buys.account == pair[0]) & (buys.security == pair[1]))


def trade_sizes(problem: Problem, relaxed: Relaxed) -> dict[Pair, float]:
    """Signed dollars by (account, security) of a relaxed plan, negative for sales."""
    sizes: dict[Pair, float] = {}
    for i in np.flatnonzero(relaxed.sold > SMALL):
        pair = (int(problem.segments.account[i]), int(problem.segments.security[i]))
        sizes[pair] = sizes.get(pair, 0.0) - float(relaxed.sold[i])
    for i in np.flatnonzero(relaxed.bought > SMALL):
        pair = (int(problem.purchases.account[i]), int(problem.purchases.security[i]))
        sizes[pair] = sizes.get(pair, 0.0) + float(relaxed.bought[i])
    return sizes


def order_numbers(problem: Problem) -> Ints:
    """(N + B,) the number of the order that each sale segment and each purchase belongs to."""
    segments, buys = problem.segments, problem.purchases
    account = np.concatenate([segments.account, buys.account])
    security = np.concatenate([segments.security, buys.security])
    side = np.repeat([0, 1], [len(segments.account), len(buys.account)])
    keys = (account * len(problem.holdings.securities) + security) * 2 + side
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def within_securities(
    problem: Problem, sale_limits: Floats, buy_limits: Floats, plans: Iterable[Mapping[Pair, float]]
) -> tuple[Floats, Floats]:
    """What may be sold (N,) and bought (B,) of securities alone that one of ``plans`` trades on that side.

    ``plans`` are signed dollars by (account, security).
    """
    sides = {(security, size < 0) for plan in plans for (_, security), size in plan.items()}
    sold = [s for s, sale in sorted(sides) if sale]
    bought = [s for s, sale in sorted(sides) if not sale]
    return (
        np.where(np.isin(problem.segments.security, sold) | problem.segments.must, sale_limits, 0.0),
        np.where(np.isin(problem.purchases.security, bought), buy_limits, 0.0),
    )
