"""Whole shares: from the relaxation's dollars to quantities that can be ordered, improved by local moves.

A plan is one signed quantity per (account, security): negative sells (lots closed in the segments' order), positive
buys. Limits the rounding could break (cash, caps, sectors, gains, turnover) are charged at a price no tilt is worth,
so that the same moves that improve a plan also repair it. Nothing here looks at a clock: the number of moves is
bounded, so the same input gives the same plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.curves import EPSILON, Curve, is_whole, nearest_legal, on_grid
from core.rebalance.holdings import Floats, Ints
from core.rebalance.moves import Limits, Moves, Touched
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


class WholeShares:
    """A plan in quantities, and the moves that improve it: ``place`` first, then ``improve``.

    ``objective`` is that of the plan; ``value``, which the moves lower, adds the price of limits not quite kept (a
    fraction of the cent left free for rounding, most often).
    """

    def __init__(self, problem: Problem, wanted: Wanted, pairs: Sequence[Curve]) -> None:
        self.problem = problem
        self.curves = list(pairs)
        target = problem.target
        self._ticket, self._order_price = target.trading.ticket, target.trading.order_price
        self._eagerness = wanted.eagerness
        count = len(self.curves)
        self._account = np.array([c.account for c in self.curves], dtype=np.int64)
        self._security = np.array([c.security for c in self.curves], dtype=np.int64)
        self._kinks = kinks(wanted.shares, wanted.bands, problem.value, wanted.quiet)
        self._weights = problem.cells.weights[self._security]
        self._touched = Touched(self._weights, problem.cells.cash_weights, self._kinks)
        self._cash_weights = problem.cells.cash_weights
        self._price = np.array([c.price for c in self.curves])
        goal = wanted.shares * problem.value
        self._start = problem.fixed + self._cash_weights * problem.start_cash.sum() - goal
        self._limits = Limits(problem)
        self._tracking = None if problem.tracking is None else TrackingOfMoves(problem.tracking, self._security)
        self._breach_price = _BREACH[0]
        self.objective = self.value = 0.0
        self.quantity = np.zeros(count)
        self._now = np.zeros((count, 6))
        self._moves: list[tuple[Floats, Floats]] = [(np.zeros(0), np.zeros((0, 6)))] * count
        self._refresh_state()

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
        self._trades = np.bincount(self._account[np.abs(self.quantity) > EPSILON], minlength=accounts)
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
        self._gain = float(self._now[:, 5].sum())
        self._traded = float(np.abs(self._now[:, 1]).sum())
        self._cost = float(self._now[:, 2].sum())
        if self._tracking is not None:
            self._tracking.stand(self._now[:, 0])
        self.value = self._objective_now()

    def _objective_now(self) -> float:
        misfit = float(penalties(np.abs(self._cells), self._kinks).sum())
        tax = float(self.problem.tax.value(np.array([self._short]), np.array([self._long]))[0])
        breach = np.maximum(self.problem.floor + _CENTS * self._trades - self._cash, 0).sum()
        breach += self._limits.breach(self._held, self._gain, self._traded)
        tickets = float(self._trades.sum()) * self._order_price
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
                options.add(on_grid(curve, now + sign * size * curve.step))
        reachable = sorted(q for q in options if abs(q - now) > EPSILON and curve.legal(q) and is_whole(curve, q))
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
            if best >= 0 and gains[best] < -EPSILON:
                self._take([(int(singles.pair[best]), float(singles.quantity[best]))])
                continue
            if self._exchange_round(singles):
                continue
            repair = None if self.feasible else self._best_repair(singles, gains)
            if repair is None:
                return
            self._take(repair)

    def _all_moves(self) -> Moves:
        pairs = np.concatenate([np.full(len(q), p) for p, (q, _) in enumerate(self._moves)] or [np.zeros(0)])
        return Moves(
            pair=pairs.astype(np.int64),
            quantity=np.concatenate([q for q, _ in self._moves] or [np.zeros(0)]),
            change=np.concatenate([c for _, c in self._moves] or [np.zeros((0, 6))]),
        )

    def _exchange_round(self, moves: Moves) -> bool:
        """Take the exchanges within accounts that help, one after the other; whether there was one.

        An exchange is any move together with another position taking (or giving) its cash. Positions that have
        moved sit out the rest of the round: their moves are no longer those listed.
        """
        worth = self._values(moves, None, ignore_cash=True)
        least = max(EPSILON, _WORTH_WHILE * abs(self.value))
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
        self, moves: Moves, rows: Ints, q: int, account: int, least: float
    ) -> list[tuple[int, float]] | None:
        """The best of the moves ``rows`` with position ``q`` on the other side, if it helps by ``least``."""
        curve = self.curves[q]
        surplus = float(self._cash[account] - self.problem.floor[account] - _CENTS * (self._trades[account] + 1))
        # The other side takes just the move's cash, or the account's surplus with it.
        spend = np.concatenate([moves.change[rows, 1], moves.change[rows, 1] + surplus - self._ticket]) / curve.price
        rows = np.concatenate([rows, rows])
        wished = np.floor((self.quantity[q] + spend) / curve.step + 1e-9) * curve.step
        quantities = curve.nearest(wished)
        moved = np.abs(quantities - self.quantity[q]) > EPSILON
        rows, quantities = rows[moved], quantities[moved]
        if not len(rows):
            return None
        partner = Moves(np.full(len(rows), q), quantities, curve.at(quantities) - self._now[q])
        values = self._values(moves.pick(rows), partner) - self.value
        i = int(np.argmin(values))
        if values[i] >= -least:
            return None
        return [(int(moves.pair[rows[i]]), float(moves.quantity[rows[i]])), (q, float(quantities[i]))]

    def _best_repair(self, moves: Moves, gains: Floats) -> list[tuple[int, float]] | None:
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
        if values[i] >= -EPSILON:
            return None
        return [(int(moves.pair[row]), float(moves.quantity[row])) for row in (one[i], other[i])]

    def _partners(self, moves: Moves, worth: Floats, account: int) -> list[int]:
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

    def _values(self, one: Moves, other: Moves | None, *, ignore_cash: bool = False) -> Floats:
        """(M,) the objective after each move of ``one`` (with the same-numbered move of ``other``)."""
        if not len(one.pair):
            return np.zeros(0)
        parts = [one] if other is None else [one, other]
        cost = np.full(len(one.pair), self._cost + float(self._trades.sum()) * self._order_price)
        short = np.full(len(one.pair), self._short)
        long = np.full(len(one.pair), self._long)
        gain = np.full(len(one.pair), self._gain)
        traded = np.full(len(one.pair), self._traded)
        own_cash, own_orders = np.zeros((2, len(parts), len(one.pair)))
        for number, part in enumerate(parts):
            change = part.change
            before, after = np.abs(self.quantity[part.pair]) > EPSILON, np.abs(part.quantity) > EPSILON
            opened = after.astype(float) - before.astype(float)
            own_cash[number] = change[:, 1] - opened * self._ticket
            own_orders[number] = opened
            cost += change[:, 2] + opened * self._order_price
            short += change[:, 3]
            long += change[:, 4]
            gain += change[:, 5]
            traded += np.abs(self._now[part.pair, 1] + change[:, 1]) - np.abs(self._now[part.pair, 1])
        misfit = self._touched.misfit(self._cells, parts, own_cash.sum(axis=0))
        total = self._eagerness * misfit + cost + self.problem.tax.value(short, long)
        breach = self._limits.breaches(self._held, self._security, parts, gain, traded)
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
        return float(short + self._limits.breach(self._held, self._gain, self._traded)) + over < 1e-3
