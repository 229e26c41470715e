"""Which orders to place: local search, each set of orders judged by the relaxation's optimum for it and its tickets.

An order is left out, alone or for another that the reduced costs recommend. Where no such change helps any more, the
tickets are spread over the orders' dollars at random prices and the search goes on from what the relaxation then
trades. A solve takes a quarter of a millisecond, so that a tenth of a second tries some four hundred sets; a
mixed-integer program takes several times as long to choose as well.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from itertools import chain

import attrs
import highspy
import numpy as np
import numpy.typing as npt

from core.rebalance.cells import Wanted
from core.rebalance.holdings import Bools, Floats, Ints
from core.rebalance.relaxation import Relaxation
from core.rebalance.support import SMALL, Pair, Support, order_numbers, within_securities

#: Solves of the first descent at most, of a brief search, and of wandering about where the first descent ends.
_DESCENT, _BRIEF, _WANDERING = 600, 100, 150
#: Solves of new starts, where nothing else is asked for.
RESTARTS = 300
#: In prices of an order: what a set may cost more than the one before while wandering.
_SLACK = 0.1
#: How many orders are tried in the place of one left out.
_INSTEAD = 5
#: Reduced costs (dollars a dollar) this near to each other are alike.
_ALIKE = 1e-5
_LITTLE = 1e-7
_LEAST = 1e-3  # dollars that a change has to save
#: Standard deviation of the logarithm of a random price, the dollars over which an unplaced order's ticket is spread,
#: and how often the tickets are spread anew.
_NOISE, _UNPLACED, _SPREADS = 1.5, 20_000.0, 2
#: In prices of an order: what a set may be worse than the best to be searched from, and to be named a choice.
_FROM, _NAMED = 0.3, 0.5


@attrs.frozen(eq=False)
class OrderChoice:
    """Orders by (account, security) in signed dollars, and what they cost without whole shares, tickets included."""

    cost: float
    orders: dict[Pair, float]


@attrs.frozen(eq=False)
class _Set:
    """An evaluated set of P orders: which are open, their dollars, and the columns' reduced costs."""

    cost: float
    placed: Bools
    dollars: Floats
    reduced: Floats


class OrderSearch:
    """The search among the orders within ``support`` of securities that one of ``plans`` trades on that side.

    ``support`` has no conflict left but of both sides of one (account, security); ``plans`` are signed dollars by
    (account, security). ``solves`` counts the linear programs so far.
    """

    def __init__(self, support: Support, wanted: Wanted, plans: Iterable[dict[Pair, float]]) -> None:
        problem = support.problem
        sale_limits, buy_limits = within_securities(problem, support.sale_limits, support.buy_limits, plans)
        most = np.concatenate([sale_limits, buy_limits])
        least = np.concatenate([support.must, np.zeros(len(buy_limits))])
        most = np.maximum(most, least)
        columns = np.flatnonzero(most > 0)
        numbers, self._order_of = np.unique(order_numbers(problem)[columns], return_inverse=True)
        self._count = len(numbers)
        self._most, self._least = most[columns], least[columns]
        account = np.concatenate([problem.segments.account, problem.purchases.account])[columns]
        security = np.concatenate([problem.segments.security, problem.purchases.security])[columns]
        self._account, self._security = self._by_order(account), self._by_order(security)
        self._sells = self._by_order((columns < len(sale_limits)).astype(np.int64)).astype(bool)
        self._forced = np.bincount(self._order_of, weights=self._least, minlength=self._count) > 0
        self._price = problem.target.trading.order_price
        self._columns = [np.flatnonzero(self._order_of == order).astype(np.int32) for order in range(self._count)]
        relaxation = Relaxation(problem)
        relaxation.aim(wanted)
        self._model = relaxation.model  # from here on this search's own
        others = np.setdiff1d(np.arange(len(most)), columns).astype(np.int32)
        self._model.deleteCols(len(others), others)
        self._costs = np.array(self._model.getLp().col_cost_, dtype=np.float64)[: len(columns)]
        self._every = np.arange(len(columns), dtype=np.int32)
        self._open: Bools | None = None
        self._found: dict[bytes, _Set] = {}
        self.solves = 0

    def _by_order(self, of_columns: Ints) -> Ints:
        result = np.zeros(self._count, dtype=np.int64)
        result[self._order_of] = of_columns
        return result

    def choices(
        self, start: dict[Pair, float], cancelled: Callable[[], bool], *, restarts: int = RESTARTS, chance: int = 0
    ) -> list[OrderChoice]:
        """The cheapest sets of orders found from ``start`` on, the best first and those hardly dearer after it.

        ``restarts`` solves are for new starts, without any the search is brief; ``chance`` is the seed of their random
        prices.
        """
        best = self._solve(self._numbered(start))
        if best is not None:
            best = self._descend(best, _DESCENT if restarts else _BRIEF, cancelled)
        if best is not None and restarts:
            best = self._descend(best, self.solves + _WANDERING, cancelled, _SLACK * self._price)
            best = self._restarted(best, self.solves + restarts, cancelled, random.Random(chance))  # noqa: S311
        if best is None:
            return []
        near = [found for found in self._found.values() if found.cost <= best.cost + _NAMED * self._price]
        return merged([OrderChoice(found.cost, self._orders(found)) for found in near])

    def _numbered(self, orders: dict[Pair, float]) -> Bools:
        """(P,) which orders are among some given by (account, security) in signed dollars, or are forced."""
        pairs = zip(self._account.tolist(), self._security.tolist(), self._sells.tolist(), strict=True)
        given = [orders.get((a, s), 0.0) * (-1 if sells else 1) > 0 for a, s, sells in pairs]
        return np.array(given, dtype=bool) | self._forced

    def _orders(self, found: _Set) -> dict[Pair, float]:
        sign = np.where(self._sells, -1.0, 1.0)
        return {
            (int(self._account[order]), int(self._security[order])): float(sign[order] * found.dollars[order])
            for order in np.flatnonzero(found.placed)
        }

    # -- evaluating -----------------------------------------------------------------------------------------

    def _solve(self, opened: Bools) -> _Set | None:
        """The optimum with some orders (P,) open; None where there is none."""
        changed = np.ones(self._count, dtype=bool) if self._open is None else opened != self._open
        self._open = opened.copy()
        columns = self._every if changed.all() else self._columns_of(changed)
        if len(columns):
            low = self._least[columns]
            high = np.where(opened[self._order_of[columns]], self._most[columns], low)
            self._model.changeColsBounds(len(columns), columns, low, high)
        dollars = self._run()
        if dollars is None:
            return None
        placed = dollars > SMALL
        cost = float(self._model.getObjectiveValue()) + self._price * int(placed.sum())
        reduced = np.array(self._model.getSolution().col_dual[: len(self._every)], dtype=np.float64)
        result = _Set(cost, placed, dollars, reduced)
        self._found.setdefault(placed.tobytes(), result)
        return result

    def _columns_of(self, orders: Bools) -> npt.NDArray[np.int32]:
        return np.concatenate([self._every[:0], *(self._columns[order] for order in np.flatnonzero(orders))])

    def _run(self) -> Floats | None:
        """(P,) dollars of each order at the optimum."""
        self.solves += 1
        self._model.run()
        if self._model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        traded = np.array(self._model.getSolution().col_value[: len(self._every)], dtype=np.float64)
        return np.bincount(self._order_of, weights=traded, minlength=self._count).astype(np.float64)

    # -- searching ------------------------------------------------------------------------------------------

    def _descend(self, start: _Set, solves: int, cancelled: Callable[[], bool], slack: float = -_LEAST) -> _Set:
        """Leave orders out or exchange them, the smallest first, until no set is cheap enough or ``solves`` are done.

        A set may cost ``slack`` dollars more than the one before it; none is come back to. The best of all.
        """
        now = best = start
        been = {start.placed.tobytes()}
        waiting = self._smallest_first(now)
        failed = at = 0
        while failed < len(waiting) and self.solves < solves and not cancelled():
            at %= len(waiting)
            found = self._without(now, waiting[at], min(now.cost + slack, best.cost + _NAMED * self._price), been)
            if found is None:
                failed, at = failed + 1, at + 1
                continue
            now, failed = found, 0
            been.add(now.placed.tobytes())
            best = min(best, now, key=_cost)
            kept = [order for order in waiting if now.placed[order]]
            waiting = kept + [order for order in self._smallest_first(now) if order not in set(kept)]
            at += slack > 0
        return best

    def _smallest_first(self, found: _Set) -> list[int]:
        orders = np.flatnonzero(found.placed & ~self._forced)
        return [int(order) for order in orders[np.argsort(found.dollars[orders], kind="stable")]]

    def _without(self, now: _Set, order: int, limit: float, been: set[bytes]) -> _Set | None:
        """A set cheaper than ``limit`` without an order, maybe with another in its place."""
        opened = now.placed | self._forced
        opened[order] = False
        left = self._solve(opened)
        if left is None:
            return None
        if left.cost < limit and left.placed.tobytes() not in been:
            return left
        for other in self._instead(left, opened, order, now.dollars):
            opened[other] = True
            found = self._solve(opened)
            if found is not None and found.cost < limit and found.placed.tobytes() not in been:
                return found
            opened[other] = False
        return None

    def _instead(self, left: _Set, opened: Bools, order: int, dollars: Floats) -> list[int]:
        """The closed orders that promise most by their reduced costs.

        Of those alike, first what may make another order needless: of the security whose order is the smallest.
        """
        worth = np.full(self._count, np.inf)
        np.minimum.at(worth, self._order_of, left.reduced)
        pair = self._account * (int(self._security.max()) + 1) + self._security
        worth[opened | np.isin(pair, pair[opened])] = np.inf
        worth[order] = np.inf
        side = self._security * 2 + self._sells
        smallest = np.full(int(side.max()) + 1, np.inf)
        np.minimum.at(smallest, side[opened], dollars[opened])
        orders = np.flatnonzero(worth < -_LITTLE)
        by = np.lexsort((orders, smallest[side[orders]], np.rint(worth[orders] / _ALIKE)))
        return [int(chosen) for chosen in orders[by][:_INSTEAD]]

    def _restarted(self, best: _Set, solves: int, cancelled: Callable[[], bool], chance: random.Random) -> _Set:
        """The best set after descents from what the relaxation trades at random prices."""
        here = best
        while self.solves < solves and not cancelled():
            started = self._solve(self._random(here, chance))
            if started is None:
                continue
            found = self._descend(started, solves, cancelled)
            if found.cost < here.cost + _FROM * self._price and found.cost < best.cost + self._price:
                here = found
            else:
                here = best
            if found.cost < best.cost - _LEAST:
                best = found
        return best

    def _random(self, here: _Set, chance: random.Random) -> Bools:
        """(P,) what is traded where orders cost their tickets spread over their dollars of ``here``, times chance."""
        unplaced = self._price / _UNPLACED
        prices = np.where(here.placed, self._price / np.maximum(here.dollars, 1.0), unplaced)
        prices *= [math.exp(_NOISE * chance.gauss(0.0, 1.0)) for _ in range(self._count)]
        self._open = None
        self._model.changeColsBounds(len(self._every), self._every, self._least, self._most)
        placed = here.placed
        dollars = here.dollars
        for spread in range(1 + _SPREADS):
            if spread:
                prices = np.where(placed, self._price / np.maximum(dollars, 1.0), prices)
            self._model.changeColsCost(len(self._every), self._every, self._costs + prices[self._order_of])
            solved = self._run()
            if solved is None:
                break
            dollars, placed = solved, solved > SMALL
        self._model.changeColsCost(len(self._every), self._every, self._costs)
        return self._larger_sides(placed, dollars) | self._forced

    def _larger_sides(self, placed: Bools, dollars: Floats) -> Bools:
        """Of the two sides of one (account, security) the larger alone."""
        kept = placed.copy()
        seen: set[Pair] = set()
        for order in np.argsort(np.where(self._forced, -np.inf, -dollars), kind="stable"):
            pair = (int(self._account[order]), int(self._security[order]))
            if kept[order] and pair in seen:
                kept[order] = False
            elif kept[order]:
                seen.add(pair)
        return kept


def _cost(found: _Set) -> float:
    return found.cost


def merged(*found: Iterable[OrderChoice]) -> list[OrderChoice]:
    """All choices once each, the cheapest first, to the cent."""
    choices = {frozenset((pair, size < 0) for pair, size in choice.orders.items()): choice for choice in chain(*found)}
    return sorted(choices.values(), key=lambda choice: (round(choice.cost, 2), sorted(choice.orders)))
