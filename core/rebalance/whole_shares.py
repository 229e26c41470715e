"""Whole shares: from the relaxation's dollars to quantities that can be ordered, improved by local moves.

A plan is one signed quantity per (account, security): negative sells (lots closed in the segments' order), positive
buys. Limits the rounding could break (cash, caps, sectors, gains, turnover) are charged at a price no tilt is worth,
so that the same moves that improve a plan also repair it. Nothing here looks at a clock: the number of moves is
bounded, so the same input gives the same plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.curves import EPSILON, Curves
from core.rebalance.holdings import Floats, Ints
from core.rebalance.moves import CASH, COST, GAIN, LONG, OPENED, SHORT, TRADED, WORTH, Limits, Misfit, Moves
from core.rebalance.penalty import kinks, penalties
from core.rebalance.problem import Problem
from core.rebalance.quantities import CHOICES, Quantities
from core.rebalance.tracking import TrackingOfMoves

#: Dollars charged for each dollar of a broken limit: above any gain in the objective a dollar can bring; raised where
#: a limit stays broken all the same, because a whole share does more harm than a few cents of it.
_BREACH = (20.0, 1e3, 1e5)
#: Cents kept free an order, so that rounding of amounts to cents can't take cash below its floor.
_CENTS = 0.01
#: Dollars by which an amount may grow when it is rounded to the cent.
_HALF_CENT = 0.005
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

    def __init__(self, problem: Problem, wanted: Wanted, curves: Curves) -> None:
        self.problem = problem
        self.curves = curves
        target, cells, count = problem.target, problem.cells, len(curves)
        self._ticket, self._order_price = target.trading.ticket, target.trading.order_price
        self._eagerness = wanted.eagerness
        self._account, self._security = curves.account, curves.security
        self._kinks = kinks(wanted.shares, wanted.bands, problem.value, wanted.quiet)
        self._weights = cells.weights[self._security]
        self._start = problem.fixed + cells.cash_weights * problem.start_cash.sum() - wanted.shares * problem.value
        self._misfit = Misfit(cells, self._security, self._kinks)
        self._quantities = Quantities(curves)
        self._limits = Limits(problem)
        self._tracking = None if problem.tracking is None else TrackingOfMoves(problem.tracking, self._security)
        #: What proceeds and basis of a lot sold in part may add to a limited gain, each rounded to the cent.
        taxed = problem.holdings.taxable[self._account]
        self._rounding = np.where(taxed, 2 * _HALF_CENT, 0.0)
        self._breach_price = _BREACH[0]
        self.objective = self.value = 0.0
        self.quantity = np.zeros(count)
        self._now = np.zeros((6, count))
        # What each order may change to, and what changes with it: a place for every choice, NaN where it isn't one.
        self._choices = np.full((count, CHOICES), np.nan)
        self._changes = np.zeros((8, count, CHOICES))
        self._refresh_state()

    # -- state ----------------------------------------------------------------------------------------------

    def place(self, dollars: Mapping[tuple[int, int], float]) -> None:
        """Start from signed dollars by (account, security), each moved to an order that may be placed.

        Fractions of a step are rounded toward more cash; later moves spend it.
        """
        pairs = zip(self._account.tolist(), self._security.tolist(), strict=True)
        wished = np.array([dollars.get(pair, 0.0) for pair in pairs]) / self.curves.price
        every = np.arange(len(self.curves))
        self.quantity = self._quantities.start(wished)
        self._now = self.curves.at(every, self.quantity)
        self._refresh_state()
        self._refresh_moves(every)

    def _refresh_state(self) -> None:
        accounts = len(self.problem.holdings.accounts)
        self._is_order = np.abs(self.quantity) > EPSILON
        self._trades = np.bincount(self._account[self._is_order], minlength=accounts)
        cash = np.bincount(self._account, weights=self._now[CASH], minlength=accounts) - self._trades * self._ticket
        self._cash = self.problem.start_cash + cash
        #: Dollars above what each account has to keep, the cents of its orders too.
        self._spare = self._cash - self.problem.floor - _CENTS * self._trades
        self._cells = self._start + self._now[WORTH] @ self._weights + self.problem.cells.cash_weights * cash.sum()
        by_security = np.bincount(
            self._security, weights=self._now[WORTH], minlength=len(self.problem.holdings.securities)
        )
        self._held = self.problem.by_security + by_security
        self._cost, self._short, self._long, self._gain = self._now[COST : GAIN + 1].sum(axis=1).tolist()
        self._gain += float(self._rounded_gain(slice(None), self.quantity).sum())
        #: Dollars traded, each order's rounded up to the cent.
        self._traded = float(np.abs(self._now[CASH]).sum() + _HALF_CENT * self._trades.sum())
        if self._tracking is not None:
            self._tracking.stand(self._now[WORTH])
        self.value = self._objective_now()

    def _objective_now(self) -> float:
        misfit = float(penalties(np.abs(self._cells), self._kinks).sum())
        tax = float(self.problem.tax.value(np.array([self._short]), np.array([self._long]))[0])
        breach = np.maximum(-self._spare, 0).sum()
        breach += self._limits.breach(self._held, self._gain, self._traded)
        tickets = float(self._trades.sum()) * self._order_price
        risk, over = (0.0, 0.0) if self._tracking is None else self._tracking.now()
        self.objective = self._eagerness * misfit + tax + self._cost + tickets + risk
        return self.objective + self._breach_price * (float(breach) + over)

    def _refresh_moves(self, orders: Ints) -> None:
        """What ``orders`` may change to from where they are."""
        choices = self._quantities.following(orders, self.quantity[orders])
        rows, places = np.nonzero(~np.isnan(choices))
        self._choices[orders] = choices
        self._changes[:, orders[rows], places] = self._moves_to(orders[rows], choices[rows, places]).change

    def _moves_to(self, orders: Ints, quantities: Floats) -> Moves:
        """Moves of ``orders`` (M,) to other quantities (M,)."""
        change = np.empty((8, len(orders)))
        now = self._now[:, orders]
        change[:TRADED] = self.curves.at(orders, quantities) - now
        change[OPENED] = (np.abs(quantities) > EPSILON).astype(np.float64) - self._is_order[orders]
        change[GAIN] += self._rounded_gain(orders, quantities) - self._rounded_gain(orders, self.quantity[orders])
        change[TRADED] = np.abs(now[CASH] + change[CASH]) - np.abs(now[CASH]) + _HALF_CENT * change[OPENED]
        return Moves(orders, quantities, change)

    def _rounded_gain(self, orders: Ints | slice, quantities: Floats) -> Floats:
        """What rounding may add to the gain of ``orders`` at some quantities; a position that is closed has none."""
        part = (quantities < -EPSILON) & (np.abs(quantities - self.curves.closes[orders]) > EPSILON)
        return np.where(part, self._rounding[orders], 0.0)

    def cash(self) -> Floats:
        """(A,) dollars of cash of each account after the plan."""
        return self._cash

    def dollars(self) -> dict[tuple[int, int], float]:
        """Signed dollars by (account, security): what ``place`` takes."""
        orders = np.flatnonzero(self.quantity)
        pairs = zip(self._account[orders].tolist(), self._security[orders].tolist(), strict=True)
        return dict(zip(pairs, (self.quantity[orders] * self.curves.price[orders]).tolist(), strict=True))

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
            singles = self.all_moves()
            worth, shortage = self.values(singles)
            gains = worth + shortage - self.value
            best = int(np.argmin(gains)) if len(gains) else -1
            if best >= 0 and gains[best] < -EPSILON:
                self.take([(int(singles.pair[best]), float(singles.quantity[best]))])
                continue
            if self._exchange_round(singles, worth):
                continue
            repair = None if self.feasible else self._best_repair(singles, gains)
            if repair is None:
                return
            self.take(repair)

    def all_moves(self) -> Moves:
        """What every order may change to, order by order, quantities ascending."""
        listed = np.flatnonzero(~np.isnan(self._choices))
        changes = self._changes.reshape(8, -1)
        return Moves(listed // CHOICES, self._choices.ravel()[listed], changes[:, listed])

    def _exchange_round(self, moves: Moves, worth: Floats) -> bool:
        """Take the exchanges within accounts that help, one after the other; whether there was one.

        An exchange is any move together with another position taking (or giving) its cash. Positions that have
        moved sit out the rest of the round: their moves are no longer those listed. ``worth`` (M,) is the value after
        each move, whatever cash it takes.
        """
        least = max(EPSILON, _WORTH_WHILE * abs(self.value))
        moved = np.zeros(len(self.curves), dtype=bool)
        best = np.full(len(self.curves), np.inf)
        np.minimum.at(best, moves.pair, worth)
        large = np.abs(moves.change[CASH]) >= _LEAST_EXCHANGE
        for account in range(len(self.problem.holdings.accounts)):
            rows = np.flatnonzero(large & (self._account[moves.pair] == account))
            rows = rows[np.argsort(worth[rows], kind="stable")][:_TRIED]
            # Those with the best single moves take the other side first.
            partners = np.flatnonzero((self._account == account) & (best < np.inf))
            partners = partners[np.argsort(best[partners], kind="stable")][:_PARTNERS]
            while (exchange := self._first_exchange(moves, rows, partners, least)) is not None:
                self.take(exchange)
                moved[[p for p, _ in exchange]] = True
                partners = partners[np.flatnonzero(partners == exchange[1][0])[0] + 1 :]
                partners = partners[~moved[partners]]
                rows = rows[~moved[moves.pair[rows]]]
        return bool(moved.any())

    def _first_exchange(self, moves: Moves, rows: Ints, partners: Ints, least: float) -> list[tuple[int, float]] | None:
        """The best of the moves ``rows`` with the first of ``partners`` with which one helps by ``least``."""
        if not len(rows) or not len(partners):
            return None
        account = self._account[partners[0]]
        cash = moves.change[CASH, rows]
        # The other side takes just the move's cash, or the account's surplus with it.
        cash = np.stack([cash, cash + float(self._spare[account]) - _CENTS - self._ticket])
        shape = (len(partners), *cash.shape)
        partner = np.broadcast_to(partners[:, None, None], shape)
        wished = self._quantities.below(partner, self.quantity[partner] + cash / self.curves.price[partner])
        quantities = self._quantities.nearest(partner, wished)
        helps = (np.abs(quantities - self.quantity[partner]) > EPSILON) & (partner != moves.pair[rows])
        helps[:, 1] &= quantities[:, 1] != quantities[:, 0]
        at, _, row = np.nonzero(helps)
        if not len(row):
            return None
        other = self._moves_to(partners[at], quantities[helps])
        row = rows[row]
        worth, shortage = self.values(moves.pick(row), other)
        values = worth + shortage - self.value
        helpful = np.flatnonzero(values < -least)
        if not len(helpful):
            return None
        same = np.flatnonzero(at == at[helpful[0]])
        i = same[np.argmin(values[same])]
        return [
            (int(moves.pair[row[i]]), float(moves.quantity[row[i]])),
            (int(other.pair[i]), float(other.quantity[i])),
        ]

    def _best_repair(self, moves: Moves, gains: Floats) -> list[tuple[int, float]] | None:
        """Two moves of any accounts that together bring the plan nearer to its limits (turnover, gains, sectors)."""
        count = len(moves.pair)
        first = np.argsort(gains, kind="stable")[:_REPAIRS]
        one, other = np.repeat(first, count), np.tile(np.arange(count), len(first))
        apart = moves.pair[one] != moves.pair[other]
        one, other = one[apart], other[apart]
        if not len(one):
            return None
        worth, shortage = self.values(moves.pick(one), moves.pick(other))
        values = worth + shortage - self.value
        i = int(np.argmin(values))
        if values[i] >= -EPSILON:
            return None
        return [(int(moves.pair[row]), float(moves.quantity[row])) for row in (one[i], other[i])]

    def take(self, moves: list[tuple[int, float]]) -> None:
        """Change orders (by number) to other quantities, all of them at once."""
        orders = np.array([p for p, _ in moves])
        self.quantity[orders] = [quantity for _, quantity in moves]
        self._now[:, orders] = self.curves.at(orders, self.quantity[orders])
        self._refresh_state()
        self._refresh_moves(orders)

    def values(self, one: Moves, other: Moves | None = None) -> tuple[Floats, Floats]:
        """(M,) the value after each move of ``one``, with the same-numbered move of ``other``.

        In two parts: without the price of cash below its floors, and that price.
        """
        parts = [one] if other is None else [one, other]
        change = one.change if other is None else one.change + other.change
        cash = change[CASH] - change[OPENED] * self._ticket
        total = self._eagerness * self._misfit.after(self._cells, parts, cash)
        total += self._cost + float(self._trades.sum()) * self._order_price
        total += change[COST] + change[OPENED] * self._order_price
        total += self.problem.tax.value(self._short + change[SHORT], self._long + change[LONG])
        gain, traded = self._gain + change[GAIN], self._traded + change[TRADED]
        breach = self._limits.breaches(self._held, self._security, parts, gain, traded)
        if self._tracking is not None:
            risk, over = self._tracking.after(parts)
            total += risk
            breach += over
        return total + self._breach_price * breach, self._breach_price * self._shortages(parts)

    def _shortages(self, parts: list[Moves]) -> Floats:
        """(M,) dollars that all accounts together are short of their floors after each move."""
        short = np.maximum(-self._spare, 0)
        accounts = [self._account[part.pair] for part in parts]
        # Dollars that each part takes from what its account can spare: a new order keeps a cent back.
        taken = [(self._ticket + _CENTS) * part.change[OPENED] - part.change[CASH] for part in parts]
        total = np.full(len(taken[0]), short.sum())
        if len(parts) == 2:  # two moves of one account count as the first
            same = accounts[0] == accounts[1]
            taken[0] += np.where(same, taken[1], 0.0)
            taken[1][same] = 0.0
        for account, dollars in zip(accounts, taken, strict=True):
            total += np.maximum(dollars - self._spare[account], 0) - short[account]
        return total

    @property
    def feasible(self) -> bool:
        """Whether every limit holds (to a tenth of a cent)."""
        short = np.maximum(self.problem.floor - self._cash, 0).sum()
        over = 0.0 if self._tracking is None else self._tracking.now()[1]
        return float(short + self._limits.breach(self._held, self._gain, self._traded)) + over < 1e-3
