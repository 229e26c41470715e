"""Whole shares: from the relaxation's dollars to quantities that can be ordered, improved by local moves.

A plan is one signed quantity per (account, security): negative sells (lots closed in the segments' order), positive
buys. Limits the rounding could break (cash, caps, sectors, gains, turnover) are charged at a price no tilt is worth,
so that the same moves that improve a plan also repair it. Nothing here looks at a clock: the number of moves is
bounded, so the same input gives the same plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.holdings import Floats, Ints
from core.rebalance.penalty import kinks, penalties
from core.rebalance.problem import Problem
from core.rebalance.tracking import TrackingOfMoves

#: Dollars charged for each dollar of a broken limit: above any gain in the objective a dollar can bring; raised where
#: a limit stays broken all the same, because a whole share does more harm than a few cents of it.
_BREACH = (20.0, 1e3, 1e5)
#: Cents kept free an order, so that rounding of amounts to cents can't take cash below its floor.
_CENTS = 0.01
_SIZES = (1.0, 2.0, 5.0, 20.0, 100.0, 1000.0)
_FINE_SIZES = (1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)  # in thousandths of a unit or finer
_MOVES = 400
_PARTNERS = 12
_TRIED = 40
_REPAIRS = 40
_WORTH_WHILE = 1e-6  # of the objective: exchanges that bring less are left
_LEAST_EXCHANGE = 5.0  # dollars: smaller moves settle cents and need no other side
_EPSILON = 1e-7


@attrs.frozen(eq=False)
class Curve:
    """What an (account, security) does at each signed quantity: piecewise linear over ``units``.

    units : knots, ascending. table : worth, cash (what the account gains), cost, net short and net long gain at the
    knots; dollars.
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
    table: Floats  # (5, knots)

    def at(self, quantities: Floats) -> Floats:
        """(n, 5) worth, cash, cost, short gain, long gain at each quantity, straight between the knots."""
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
        return -self.closes if self.closes and whole > -self.closes - _EPSILON else whole

    def legal(self, quantity: float) -> bool:
        """Whether an order of this quantity may be placed (whole units, minimum trade, limits)."""
        if self.only is not None:
            return abs(quantity - self.only) < _EPSILON
        if not self.lowest - _EPSILON <= quantity <= self.highest + _EPSILON:
            return False
        if abs(quantity - self.closes) < _EPSILON and self.closes < 0:
            return True
        if quantity > -self.forced + _EPSILON and self.forced > 0:
            return False
        if abs(quantity) < _EPSILON:
            return True
        if quantity < self.least - _EPSILON or quantity > self.most + _EPSILON:
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
        units, rows = [0.0], [np.zeros(5)]
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
            rows.insert(0, np.array([worth, -worth, worth * (harvest_cost + drag), 0.0, 0.0]))
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


class WholeShares:
    """A plan in quantities, and the moves that improve it.

    ``objective`` is that of the plan; ``value``, which the moves lower, adds the price of limits not quite kept (a
    fraction of the cent left free for rounding, most often).
    """

    def __init__(self, problem: Problem, wanted: Wanted, pairs: Sequence[Curve]) -> None:
        self.problem = problem
        self.curves = list(pairs)
        target = problem.target
        self._ticket = target.trading.ticket
        self._eagerness = wanted.eagerness
        count = len(self.curves)
        self._account = np.array([c.account for c in self.curves], dtype=np.int64)
        self._security = np.array([c.security for c in self.curves], dtype=np.int64)
        self._kinks = kinks(wanted.shares, wanted.bands, problem.value, wanted.quiet)
        self._weights = problem.cells.weights[self._security]
        self._touched = _Touched(self._weights, problem.cells.cash_weights, self._kinks)
        self._cash_weights = problem.cells.cash_weights
        self._price = np.array([c.price for c in self.curves])
        goal = wanted.shares * problem.value
        self._start = problem.fixed + self._cash_weights * problem.start_cash.sum() - goal
        self._limits = _Limits(problem)
        self._tracking = None if problem.tracking is None else TrackingOfMoves(problem.tracking, self._security)
        self._breach_price = _BREACH[0]
        self.objective = self.value = 0.0
        self.quantity = np.zeros(count)
        self._now = np.zeros((count, 5))
        self._moves: list[tuple[Floats, Floats]] = [(np.zeros(0), np.zeros((0, 5)))] * count
        self._refresh_state()
        for p in range(count):
            self._refresh_moves(p)

    # -- state ----------------------------------------------------------------------------------------------

    def place(self, dollars: Mapping[tuple[int, int], float]) -> None:
        """Start from signed dollars by (account, security), each moved to an order that may be placed.

        Fractions of a step are rounded toward more cash; later moves spend it.
        """
        for p, curve in enumerate(self.curves):
            wished = dollars.get((curve.account, curve.security), 0.0) / curve.price
            self.quantity[p] = nearest_legal(curve, wished)
            self._now[p] = curve.at(self.quantity[p : p + 1])[0]
        self._refresh_state()
        for p in range(len(self.curves)):
            self._refresh_moves(p)

    def _refresh_state(self) -> None:
        accounts = len(self.problem.holdings.accounts)
        self._trades = np.bincount(self._account[np.abs(self.quantity) > _EPSILON], minlength=accounts)
        tickets = self._trades * self._ticket
        cash = np.bincount(self._account, weights=self._now[:, 1], minlength=accounts) - tickets
        self._cash = self.problem.start_cash + cash
        self._cells = self._start + self._now[:, 0] @ self._weights + self._cash_weights * cash.sum()
        by_security = np.bincount(
            self._security, weights=self._now[:, 0], minlength=len(self.problem.holdings.securities)
        )
        self._held = self.problem.by_security + by_security
        self._short = float(self._now[:, 3].sum())
        self._long = float(self._now[:, 4].sum())
        self._traded = float(np.abs(self._now[:, 1]).sum())
        self._cost = float(self._now[:, 2].sum())
        if self._tracking is not None:
            self._tracking.stand(self._now[:, 0])
        self.value = self._objective_now()

    def _objective_now(self) -> float:
        misfit = float(penalties(np.abs(self._cells), self._kinks).sum())
        tax = float(self.problem.tax.value(np.array([self._short]), np.array([self._long]))[0])
        breach = np.maximum(self.problem.floor + _CENTS * self._trades - self._cash, 0).sum()
        breach += self._limits.breach(self._held, self._short + self._long, self._traded)
        tickets = float(self._trades.sum()) * self._ticket
        risk, over = (0.0, 0.0) if self._tracking is None else self._tracking.now()
        self.objective = self._eagerness * misfit + tax + self._cost + tickets + risk
        return self.objective + self._breach_price * (float(breach) + over)

    def _refresh_moves(self, p: int) -> None:
        """The quantities an order may change to: steps of several sizes, nothing at all, closing the position."""
        curve = self.curves[p]
        now = float(self.quantity[p])
        options = {0.0, curve.closes}
        lowest = np.ceil(curve.minimum / curve.price / curve.step - 1e-9) * curve.step
        options |= {lowest, -lowest}
        for size in _FINE_SIZES if curve.step < 1 else _SIZES:
            for sign in (1.0, -1.0):
                options.add(_on_grid(curve, now + sign * size * curve.step))
        reachable = sorted(q for q in options if abs(q - now) > _EPSILON and curve.legal(q) and _whole(curve, q))
        quantities = np.array(reachable)
        change = curve.at(quantities) - self._now[p]
        self._moves[p] = (quantities, change)

    def cash(self) -> Floats:
        """(A,) dollars of cash of each account after the plan."""
        return self._cash

    def dollars(self) -> dict[tuple[int, int], float]:
        """Signed dollars by (account, security): what ``place`` takes."""
        return {
            (c.account, c.security): float(q) * c.price for c, q in zip(self.curves, self.quantity, strict=True) if q
        }

    # -- moves ----------------------------------------------------------------------------------------------

    def improve(self, cancelled: Callable[[], bool]) -> None:
        """Improve by local moves; limits that stay broken are charged more and more until they hold."""
        for price in _BREACH:
            self._breach_price = price
            self.value = self._objective_now()
            self._climb(cancelled)
            if self.feasible:
                return

    def _climb(self, cancelled: Callable[[], bool]) -> None:
        """Take the best single move while one helps, then the best exchange within an account, and so on."""
        for _ in range(_MOVES):
            if cancelled() and self.feasible:
                return
            singles = self._all_moves()
            gains = self._values(singles, None) - self.value
            best = int(np.argmin(gains)) if len(gains) else -1
            if best >= 0 and gains[best] < -_EPSILON:
                self._take([(int(singles.pair[best]), float(singles.quantity[best]))])
                continue
            if self._exchange_round(singles):
                continue
            repair = None if self.feasible else self._best_repair(singles, gains)
            if repair is None:
                return
            self._take(repair)

    def _all_moves(self) -> _Moves:
        pairs = np.concatenate([np.full(len(q), p) for p, (q, _) in enumerate(self._moves)] or [np.zeros(0)])
        return _Moves(
            pair=pairs.astype(np.int64),
            quantity=np.concatenate([q for q, _ in self._moves] or [np.zeros(0)]),
            change=np.concatenate([c for _, c in self._moves] or [np.zeros((0, 5))]),
        )

    def _exchange_round(self, moves: _Moves) -> bool:
        """Take the exchanges within accounts that help, one after the other; whether there was one.

        An exchange is any move together with another position taking (or giving) its cash. Positions that have
        moved sit out the rest of the round: their moves are no longer those listed.
        """
        worth = self._values(moves, None, ignore_cash=True)
        least = max(_EPSILON, _WORTH_WHILE * abs(self.value))
        moved: set[int] = set()
        for account in range(len(self.problem.holdings.accounts)):
            here = np.flatnonzero(
                (self._account[moves.pair] == account) & (np.abs(moves.change[:, 1]) >= _LEAST_EXCHANGE)
            )
            here = here[np.argsort(worth[here], kind="stable")][:_TRIED]
            for q in self._partners(moves, worth, account):
                if q in moved:
                    continue
                rows = here[[int(p) != q and int(p) not in moved for p in moves.pair[here]]]
                exchange = self._best_exchange(moves, rows, q, account, least)
                if exchange is not None:
                    self._take(exchange)
                    moved |= {p for p, _ in exchange}
        return bool(moved)

    def _best_exchange(
        self, moves: _Moves, rows: Ints, q: int, account: int, least: float
    ) -> list[tuple[int, float]] | None:
        """The best of the moves ``rows`` with position ``q`` on the other side, if it helps by ``least``."""
        curve = self.curves[q]
        surplus = float(self._cash[account] - self.problem.floor[account] - _CENTS * (self._trades[account] + 1))
        # The other side takes just the move's cash, or the account's surplus with it.
        spend = np.concatenate([moves.change[rows, 1], moves.change[rows, 1] + surplus - self._ticket]) / curve.price
        rows = np.concatenate([rows, rows])
        wished = np.floor((self.quantity[q] + spend) / curve.step + 1e-9) * curve.step
        quantities = curve.nearest(wished)
        moved = np.abs(quantities - self.quantity[q]) > _EPSILON
        rows, quantities = rows[moved], quantities[moved]
        if not len(rows):
            return None
        partner = _Moves(np.full(len(rows), q), quantities, curve.at(quantities) - self._now[q])
        values = self._values(moves.pick(rows), partner) - self.value
        i = int(np.argmin(values))
        if values[i] >= -least:
            return None
        return [(int(moves.pair[rows[i]]), float(moves.quantity[rows[i]])), (q, float(quantities[i]))]

    def _best_repair(self, moves: _Moves, gains: Floats) -> list[tuple[int, float]] | None:
        """Two moves of any accounts that together bring the plan nearer to its limits (turnover, gains, sectors)."""
        count = len(moves.pair)
        first = np.argsort(gains, kind="stable")[:_REPAIRS]
        one, other = np.repeat(first, count), np.tile(np.arange(count), len(first))
        apart = moves.pair[one] != moves.pair[other]
        one, other = one[apart], other[apart]
        if not len(one):
            return None
        values = self._values(moves.pick(one), moves.pick(other)) - self.value
        i = int(np.argmin(values))
        if values[i] >= -_EPSILON:
            return None
        return [(int(moves.pair[row]), float(moves.quantity[row])) for row in (one[i], other[i])]

    def _partners(self, moves: _Moves, worth: Floats, account: int) -> list[int]:
        """Positions of the account that may take the other side, those with the best single moves first."""
        best: dict[int, float] = {}
        for row in np.flatnonzero(self._account[moves.pair] == account):
            p = int(moves.pair[row])
            best[p] = min(best.get(p, np.inf), float(worth[row]))
        return sorted(best, key=lambda p: (best[p], p))[:_PARTNERS]

    def _take(self, moves: list[tuple[int, float]]) -> None:
        for p, quantity in moves:
            self.quantity[p] = quantity
            self._now[p] = self.curves[p].at(self.quantity[p : p + 1])[0]
        self._refresh_state()
        for p, _ in moves:
            self._refresh_moves(p)

    def _values(self, one: _Moves, other: _Moves | None, *, ignore_cash: bool = False) -> Floats:
        """(M,) the objective after each move of ``one`` (with the same-numbered move of ``other``)."""
        if not len(one.pair):
            return np.zeros(0)
        parts = [one] if other is None else [one, other]
        cost = np.full(len(one.pair), self._cost + float(self._trades.sum()) * self._ticket)
        short = np.full(len(one.pair), self._short)
        long = np.full(len(one.pair), self._long)
        traded = np.full(len(one.pair), self._traded)
        own_cash, own_orders = np.zeros((2, len(parts), len(one.pair)))
        for number, part in enumerate(parts):
            change = part.change
            before, after = np.abs(self.quantity[part.pair]) > _EPSILON, np.abs(part.quantity) > _EPSILON
            opened = after.astype(float) - before.astype(float)
            own_cash[number] = change[:, 1] - opened * self._ticket
            own_orders[number] = opened
            cost += change[:, 2] + opened * self._ticket
            short += change[:, 3]
            long += change[:, 4]
            traded += np.abs(self._now[part.pair, 1] + change[:, 1]) - np.abs(self._now[part.pair, 1])
        misfit = self._touched.misfit(self._cells, parts, own_cash.sum(axis=0))
        total = self._eagerness * misfit + cost + self.problem.tax.value(short, long)
        breach = self._limits.breaches(self._held, self._security, parts, short + long, traded)
        if self._tracking is not None:
            risk, over = self._tracking.after(parts)
            total = total + risk
            breach = breach + over
        if not ignore_cash:
            breach = breach + self._cash_breach([self._account[part.pair] for part in parts], own_cash, own_orders)
        return np.asarray(total + self._breach_price * breach, dtype=np.float64)

    def _cash_breach(self, accounts: list[Ints], cash: Floats, orders: Floats) -> Floats:
        """(M,) dollars short of all accounts' floors after each move; ``cash``, ``orders`` (parts, M) of each part."""
        need = self.problem.floor + _CENTS * self._trades
        shortage = np.maximum(need - self._cash, 0)
        total = np.full(cash.shape[1], shortage.sum())
        together = accounts[0] == accounts[-1] if len(accounts) == 2 else np.zeros(cash.shape[1], dtype=bool)
        for number, account in enumerate(accounts):
            moved, opened = cash[number], orders[number]
            if number == 0 and len(accounts) == 2:
                moved = moved + np.where(together, cash[1], 0.0)
                opened = opened + np.where(together, orders[1], 0.0)
            after = np.maximum(need[account] + _CENTS * opened - self._cash[account] - moved, 0)
            change = after - shortage[account]
            total += np.where(together & (number == 1), 0.0, change)
        return total

    @property
    def feasible(self) -> bool:
        """Whether every limit holds (to a tenth of a cent)."""
        short = np.maximum(self.problem.floor - self._cash, 0).sum()
        over = 0.0 if self._tracking is None else self._tracking.now()[1]
        return float(short + self._limits.breach(self._held, self._short + self._long, self._traded)) + over < 1e-3


@attrs.frozen(eq=False)
class _Moves:
    pair: Ints
    quantity: Floats
    change: Floats  # (M, 5)

    def pick(self, rows: Ints) -> _Moves:
        return _Moves(self.pair[rows], self.quantity[rows], self.change[rows])


class _Touched:
    """The penalty after a move, computed over the cells that it touches: a stock moves two of a hundred.

    A further, empty cell at the end fills the lists of those that touch fewer.
    """

    def __init__(self, weights: Floats, cash_weights: Floats, at: Floats) -> None:
        count, cells = weights.shape
        self._weights = np.hstack([weights, np.zeros((count, 1))])
        self._cash_weights = np.append(cash_weights, 0.0)
        self._kinks = np.vstack([at, np.zeros((1, 3))])
        self._is_touched = np.hstack([(weights != 0) | (cash_weights != 0), np.zeros((count, 1), dtype=bool)])
        most = int(self._is_touched.sum(axis=1).max(initial=1))
        self._cells = np.full((count, most), cells, dtype=np.int64)
        for p in range(count):
            touched = np.flatnonzero(self._is_touched[p])
            self._cells[p, : len(touched)] = touched

    def misfit(self, now: Floats, parts: Sequence[_Moves], cash: Floats) -> Floats:
        """(M,) summed penalty of all cells after each move; ``cash`` (M,) dollars that all accounts gain by it."""
        now = np.append(now, 0.0)
        total = np.full(len(cash), penalties(np.abs(now), self._kinks).sum())
        for number, part in enumerate(parts):
            cells = self._cells[part.pair]
            change = cash[:, None] * self._cash_weights[cells]
            for other in parts:
                change += other.change[:, :1] * self._weights[other.pair[:, None], cells]
            at = self._kinks[cells]
            before = now[cells]
            growth = penalties(np.abs(before + change), at) - penalties(np.abs(before), at)
            if number:
                growth[self._is_touched[parts[0].pair[:, None], cells]] = 0.0  # counted with the first part
            total += growth.sum(axis=1)
        return total


class _Limits:
    """Caps, sector ranges, gain limit and turnover: dollars by which a state breaks them."""

    def __init__(self, problem: Problem) -> None:
        tax, trading = problem.target.tax, problem.target.trading
        self._gain = np.inf if tax.gain_limit is None else tax.gain_limit
        self._turnover = 2 * trading.max_turnover * max(0.0, float(problem.holdings.account_value.sum()))
        self._cap = np.full(len(problem.holdings.securities), np.inf)
        for cap in problem.caps:
            # What is already above its cap need not be sold; it just may not grow.
            self._cap[cap.security] = max(cap.limit, float(problem.by_security[cap.security]))
        self._floor = np.full(len(problem.holdings.securities), -np.inf)
        for held in problem.held_ranges:
            if held.account < 0:
                self._cap[held.security] = min(self._cap[held.security], held.most)
                self._floor[held.security] = max(self._floor[held.security], held.least)
        self._sectors = np.array([s.weights for s in problem.sector_ranges]).reshape(
            -1, len(problem.holdings.securities)
        )

    def _outside(self, held: Floats, securities: Ints | slice) -> Floats:
        """Dollars by which holdings of securities lie above their caps or below their floors."""
        outside: Floats = np.maximum(held - self._cap[securities], 0) + np.maximum(self._floor[securities] - held, 0)
        return outside

    def breach(self, held: Floats, gain: float, traded: float) -> float:
        over = self._outside(held, slice(None)).sum() + np.maximum(self._sectors @ held, 0).sum()
        return float(over + max(gain - self._gain, 0.0) + max(traded - self._turnover, 0.0))

    def breaches(self, held: Floats, securities: Ints, parts: Sequence[_Moves], gain: Floats, traded: Floats) -> Floats:
        cap_now = self._outside(held, slice(None))
        total = np.full(len(gain), cap_now.sum())
        sectors = np.broadcast_to(self._sectors @ held, (len(gain), len(self._sectors))).copy()
        for part in parts:
            s = securities[part.pair]
            total += self._outside(held[s] + part.change[:, 0], s) - cap_now[s]
            sectors += part.change[:, :1] * self._sectors[:, s].T
        over: Floats = total + np.maximum(sectors, 0).sum(axis=1)
        return over + np.maximum(gain - self._gain, 0) + np.maximum(traded - self._turnover, 0)


def _on_grid(curve: Curve, quantity: float) -> float:
    """The nearest whole number of steps, not beyond what may be sold."""
    on_grid = round(quantity / curve.step) * curve.step
    return curve.closes if curve.closes and on_grid < curve.closes else float(on_grid)


def _whole(curve: Curve, quantity: float) -> bool:
    steps = quantity / curve.step
    return abs(steps - round(steps)) < 1e-6 or abs(quantity - curve.closes) < _EPSILON


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
        and _whole(curve, q)
        and (q * quantity >= 0 or curve.forced > 0 or curve.lowest > 0 or curve.highest < 0)
    ]
    return min(legal, key=lambda q: (abs(q - quantity), abs(q))) if legal else 0.0
