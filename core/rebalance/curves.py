"""What each order does at each quantity: its worth, cash, cost and gains, and the quantities that may be ordered."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from core.rebalance.holdings import Floats
from core.rebalance.problem import Problem

#: Units below which two quantities are the same.
EPSILON = 1e-7


@attrs.frozen(eq=False)
class Curve:
    """What an (account, security) does at each signed quantity: piecewise linear over ``units``.

    units : knots, ascending. table : worth, cash (what the account gains), cost, net short and net long gain, and gain
    that counts against a limit, at the knots; dollars.
    closes : quantity that closes the position (negative), or 0 where it can't be closed. forced : units that must be
    sold at least (a sell-all, or recent purchases sold so that a loss counts). only : the one quantity that may be
    ordered (the adviser's own order), or None. minimum : least dollars of an order. lowest, highest : the signed
    quantities a range to hold leaves open.
    """

    account: int
    security: int
    price: float
    step: float
    least: float
    most: float
    closes: float
    forced: float
    only: float | None
    minimum: float
    lowest: float
    highest: float
    units: Floats
    table: Floats  # (6, knots)

    def at(self, quantities: Floats) -> Floats:
        """(n, 6) worth, cash, cost, short, long and limited gain at each quantity, straight between the knots."""
        if len(self.units) == 1:
            return np.repeat(self.table.T, len(quantities), axis=0)
        left = np.clip(np.searchsorted(self.units, quantities, side="right") - 1, 0, len(self.units) - 2)
        span = self.units[left + 1] - self.units[left]
        share = (np.clip(quantities, self.units[0], self.units[-1]) - self.units[left]) / span
        start = self.table[:, left]
        values: Floats = (start + (self.table[:, left + 1] - start) * share).T
        return values

    def nearest(self, wished: Floats) -> Floats:
        """Quantities that may be ordered, nearest to wished ones (multiples of the step), toward more cash."""
        if self.only is not None:
            return np.full(len(wished), self.only)
        wished = np.minimum(wished, -self._forced_order())
        smallest = np.ceil(self.minimum / self.price / self.step - 1e-9) * self.step
        low = (
            np.ceil(max(self.lowest, self.least) / self.step - 1e-9) * self.step
            if self.lowest > self.least
            else self.least
        )
        high = np.floor(min(self.highest, self.most) / self.step + 1e-9) * self.step
        bounded = np.clip(wished, low, max(low, high))
        small = (np.abs(bounded) < smallest) & (bounded != self.closes)
        # Too small an order: a purchase becomes nothing, a sale the smallest there is (or nothing where none is).
        least_sale = -smallest if self.least <= -smallest else self.least if self.closes else 0.0
        result: Floats = np.where(small, np.where(bounded > 0, 0.0, np.where(bounded < 0, least_sale, 0.0)), bounded)
        return result

    def _forced_order(self) -> float:
        """Units of the smallest sale that may be ordered and covers what must be sold; 0 where nothing must."""
        if self.forced <= 0:
            return 0.0
        whole = float(np.ceil(self.forced / self.step - 1e-9) * self.step)
        return -self.closes if self.closes and whole > -self.closes - EPSILON else whole

    def legal(self, quantity: float) -> bool:
        """Whether an order of this quantity may be placed (whole units, minimum trade, limits)."""
        if self.only is not None:
            return abs(quantity - self.only) < EPSILON
        if not self.lowest - EPSILON <= quantity <= self.highest + EPSILON:
            return False
        if abs(quantity - self.closes) < EPSILON and self.closes < 0:
            return True
        if quantity > -self.forced + EPSILON and self.forced > 0:
            return False
        if abs(quantity) < EPSILON:
            return True
        if quantity < self.least - EPSILON or quantity > self.most + EPSILON:
            return False
        return abs(quantity) * self.price >= self.minimum - 1e-9


def curves(
    problem: Problem,
    sale_limits: Floats,
    sale_floors: Floats,
    buy_limits: Floats,
    wanted: set[tuple[int, int]],
) -> list[Curve]:
    """One curve for each (account, security) of ``wanted``, within the given limits, in sorted order.

    Segments with a floor (dollars) must be sold whole and come first.
    """
    segments, buys, holdings = problem.segments, problem.purchases, problem.holdings
    harvest_cost = problem.target.trading.half_spread
    of_pair: dict[tuple[int, int], list[int]] = {}
    for i in range(len(segments.most)):
        of_pair.setdefault((int(segments.account[i]), int(segments.security[i])), []).append(i)
    buy_of = {(int(a), int(s)): i for i, (a, s) in enumerate(zip(buys.account, buys.security, strict=True))}
    held: dict[tuple[int, int], float] = {}
    for lot in range(len(holdings.quantity)):
        pair = (int(holdings.lot_account[lot]), int(holdings.lot_security[lot]))
        held[pair] = held.get(pair, 0.0) + float(holdings.quantity[lot])
    result = []
    for pair in sorted(wanted):
        account, security = pair
        price = float(holdings.unit_price[security])
        step = float(problem.steps[security])
        drag = float(problem.drag[account, security])
        units, rows = [0.0], [np.zeros(6)]
        forced = 0.0
        for i in selling_order(of_pair.get(pair, []), sale_floors):
            # Lot by lot: in the files the value of a lot may differ from quantity x price by its rounding.
            left = float(sale_limits[i])
            for lot in segments.lots[i]:
                whole = float(holdings.quantity[lot]) * price
                proceeds = min(left, whole)
                if proceeds <= 0:
                    break
                left -= proceeds
                worth = proceeds / whole * float(holdings.value[lot])
                change = np.array(
                    [
                        -worth,
                        proceeds,
                        proceeds * harvest_cost - worth * drag,
                        proceeds * float(segments.short_gain[i]),
                        proceeds * float(segments.long_gain[i]),
                        proceeds * float(segments.limited_gain[i]),
                    ]
                )
                units.append(units[-1] - proceeds / price)
                rows.append(rows[-1] + change)
            if sale_floors[i] > 0:
                forced = -units[-1]
        sellable = -units[-1]
        closes = -held[pair] if pair in held and abs(sellable - held[pair]) < 1e-6 and sellable > 0 else 0.0
        least = closes if closes else -np.floor(sellable / step + 1e-9) * step
        most = 0.0
        if pair in buy_of and buy_limits[buy_of[pair]] > 0:
            most = 1e12
            units.insert(0, most)
            worth = most * price
            rows.insert(0, np.array([worth, -worth, worth * (harvest_cost + drag), 0.0, 0.0, 0.0]))
        result.append(
            Curve(
                account,
                security,
                price,
                step,
                least,
                most,
                closes,
                forced,
                problem.orders.get(pair),
                float(problem.min_trades[account]),
                *_open_range(problem, account, security, held.get(pair, 0.0)),
                np.array(units[::-1]),
                np.array(rows[::-1]).T.copy(),
            )
        )
    return result


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


def on_grid(curve: Curve, quantity: float) -> float:
    """The nearest whole number of steps, not beyond what may be sold."""
    on_grid = round(quantity / curve.step) * curve.step
    return curve.closes if curve.closes and on_grid < curve.closes else float(on_grid)


def is_whole(curve: Curve, quantity: float) -> bool:
    """Whether a quantity is a whole number of steps, or closes the position with its fractions."""
    steps = quantity / curve.step
    return abs(steps - round(steps)) < 1e-6 or abs(quantity - curve.closes) < EPSILON


def nearest_legal(curve: Curve, quantity: float) -> float:
    """The quantity nearest to a wished one that may be ordered; 0 where nothing near it may.

    Fractions of a step are rounded toward cash (sell more, buy less): what is left over is spent by later moves.
    """
    if curve.only is not None:
        return curve.only
    floor = float(np.floor(quantity / curve.step + 1e-9) * curve.step)
    smallest = float(np.ceil(curve.minimum / curve.price / curve.step - 1e-9) * curve.step)
    choices = {0.0, curve.closes, floor, curve.least, smallest if quantity > 0 else -smallest}
    if np.isfinite(curve.lowest):
        choices.add(float(np.ceil(curve.lowest / curve.step - 1e-9) * curve.step))
    if np.isfinite(curve.highest):
        choices.add(float(np.floor(curve.highest / curve.step + 1e-9) * curve.step))
    if curve.forced > 0:
        choices.add(-float(np.ceil(curve.forced / curve.step - 1e-9) * curve.step))
    legal = [
        q
        for q in choices
        if curve.legal(q)
        and is_whole(curve, q)
        and (q * quantity >= 0 or curve.forced > 0 or curve.lowest > 0 or curve.highest < 0)
    ]
    return min(legal, key=lambda q: (abs(q - quantity), abs(q))) if legal else 0.0
