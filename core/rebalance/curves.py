"""What each order does at each quantity: its worth, cash, cost and gains, piecewise linear between lots."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from core.rebalance.holdings import Floats, Ints
from core.rebalance.problem import Problem

#: Units below which two quantities are the same.
EPSILON = 1e-7
#: Units that no purchase reaches.
_MOST = 1e12


@attrs.frozen(eq=False)
class Curves:
    """What each of P orders does at each signed quantity, and between what bounds; arrays (P,) but for the knots.

    closes : quantity that closes the position (negative), or 0 where it can't be closed. forced : units that must be
    sold at least (a sell-all, or recent purchases sold so that a loss counts). only : the one quantity that may be
    ordered (the adviser's own order), or NaN. minimum : least dollars of an order. lowest, highest : the signed
    quantities a range to hold leaves open.

    first (P + 1,) : where the knots of each order begin. units (N,) : knots, ascending within each order, at least two.
    table (6, N) : worth, cash (what the account gains), cost, net short and net long gain, and gain that counts
    against a limit (each lot's rounded to the cent), at the knots; dollars.
    """

    account: Ints
    security: Ints
    price: Floats
    step: Floats
    least: Floats
    most: Floats
    closes: Floats
    forced: Floats
    only: Floats
    minimum: Floats
    lowest: Floats
    highest: Floats
    first: Ints
    units: Floats
    table: Floats
    _levels: Floats = attrs.field(init=False)
    _places: Ints = attrs.field(init=False)

    @_levels.default
    def _distinct_units(self) -> Floats:
        return np.unique(self.units)

    @_places.default
    def _places_of_knots(self) -> Ints:
        orders = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        return self._place(orders, self.units)

    def __len__(self) -> int:
        return len(self.account)

    def _place(self, orders: Ints, quantities: Floats) -> Ints:
        """Whole numbers that rise with the order and, within it, with the quantity from knot to knot."""
        places: Ints = orders * (len(self._levels) + 1) + self._levels.searchsorted(quantities, side="right")
        return places

    def at(self, orders: Ints, quantities: Floats) -> Floats:
        """(6, M) worth, cash, cost, short, long and limited gain of ``orders`` (M,) at each quantity."""
        left = self._places.searchsorted(self._place(orders, quantities), side="right") - 1
        first, last = self.first[orders], self.first[orders + 1] - 1
        left = np.minimum(np.maximum(left, first), last - 1)
        low = self.units[left]
        share = np.minimum(np.maximum(quantities, self.units[first]), self.units[last]) - low
        share /= self.units[left + 1] - low
        start = self.table[:, left]
        values: Floats = start + (self.table[:, left + 1] - start) * share
        return values


def curves(
    problem: Problem,
    sale_limits: Floats,
    sale_floors: Floats,
    buy_limits: Floats,
    wanted: set[tuple[int, int]],
) -> Curves:
    """One curve for each (account, security) of ``wanted``, within the given limits, in sorted order.

    Segments with a floor (dollars) must be sold whole and come first.
    """
    segments, buys, holdings = problem.segments, problem.purchases, problem.holdings
    of_pair: dict[tuple[int, int], list[int]] = {pair: [] for pair in sorted(wanted)}
    for i, pair in enumerate(zip(segments.account.tolist(), segments.security.tolist(), strict=True)):
        if pair in of_pair:
            of_pair[pair].append(i)
    may_buy = buy_limits > 0
    bought = set(zip(buys.account[may_buy].tolist(), buys.security[may_buy].tolist(), strict=True))
    pairs = list(of_pair)
    account = np.array([a for a, _ in pairs], dtype=np.int64)
    security = np.array([s for _, s in pairs], dtype=np.int64)
    price, step = holdings.unit_price[security], problem.steps[security]
    held = holdings.position_units()[account, security]
    sellable, forced, first = np.zeros(len(pairs)), np.zeros(len(pairs)), [0]
    units: list[float] = []
    rows: list[tuple[float, ...]] = []
    for p, (pair, here) in enumerate(of_pair.items()):
        sold, table, forced[p] = _sales(problem, selling_order(here, sale_floors), sale_limits, sale_floors, pair)
        sellable[p] = -sold[-1]
        units += sold[::-1]
        rows += table[::-1]
        if pair in bought:
            worth = _MOST * float(price[p])
            cost = worth * (problem.target.trading.half_spread + float(problem.drag[pair]))
            units.append(_MOST)
            rows.append((worth, -worth, cost, 0.0, 0.0, 0.0))
        elif len(sold) == 1:
            units.append(1.0)
            rows.append(rows[-1])
        first.append(len(units))
    closes = np.where((np.abs(sellable - held) < 1e-6) & (sellable > 0), -held, 0.0)
    ranges = np.array([_open_range(problem, *pair, float(h)) for pair, h in zip(pairs, held, strict=True)])
    return Curves(
        account=account,
        security=security,
        price=price,
        step=step,
        least=np.where(closes != 0, closes, -np.floor(sellable / step + 1e-9) * step),
        most=np.array([_MOST if pair in bought else 0.0 for pair in pairs]),
        closes=closes,
        forced=forced,
        only=np.array([problem.orders.get(pair, np.nan) for pair in pairs]),
        minimum=problem.min_trades[account],
        lowest=ranges.reshape(-1, 2)[:, 0],
        highest=ranges.reshape(-1, 2)[:, 1],
        first=np.array(first, dtype=np.int64),
        units=np.array(units),
        table=np.array(rows).reshape(-1, 6).T.copy(),
    )


def _sales(
    problem: Problem, order: Sequence[int], limits: Floats, floors: Floats, pair: tuple[int, int]
) -> tuple[list[float], list[tuple[float, ...]], float]:
    """Knots of the sales of an (account, security) from 0 down, their table, and the units that must be sold."""
    segments, holdings = problem.segments, problem.holdings
    half_spread, drag = problem.target.trading.half_spread, float(problem.drag[pair])
    price = float(holdings.unit_price[pair[1]])
    units, forced = [0.0], 0.0
    rows: list[tuple[float, ...]] = [(0.0,) * 6]
    for i in order:
        # Lot by lot: in the files the value of a lot may differ from quantity x price by its rounding.
        left = float(limits[i])
        short, long = float(segments.short_gain[i]), float(segments.long_gain[i])
        limited = float(segments.limited_gain[i])
        for lot in segments.lots[i].tolist():
            whole = float(holdings.quantity[lot]) * price
            proceeds = min(left, whole)
            if proceeds <= 0:
                break
            left -= proceeds
            worth = proceeds / whole * float(holdings.value[lot])
            cost = proceeds * half_spread - worth * drag
            # Limits count gains as they are booked, to the cent of each lot.
            change = (-worth, proceeds, cost, proceeds * short, proceeds * long, round(proceeds * limited, 2))
            units.append(units[-1] - proceeds / price)
            rows.append(tuple(before + more for before, more in zip(rows[-1], change, strict=True)))
        if floors[i] > 0:
            forced = -units[-1]
    return units, rows, forced


def _open_range(problem: Problem, account: int, security: int, held: float) -> tuple[float, float]:
    """Lowest and highest signed quantity that the ranges to hold of this position leave open."""
    lowest, highest = -np.inf, np.inf
    price = float(problem.holdings.unit_price[security])
    for wanted in problem.held_ranges:
        if (wanted.account, wanted.security) == (account, security):
            lowest = max(lowest, wanted.least / price - held) if wanted.least > 0 else lowest
            highest = min(highest, wanted.most / price - held)
    return lowest, highest


def selling_order(rows: Sequence[int], sale_floors: Floats) -> list[int]:
    """Segments of one position in the order they are closed: those that must be sold first."""
    return sorted(rows, key=lambda i: (sale_floors[i] <= 0, i))
