"""The final plan: relax, fix the support, re-solve, round to whole shares, improve.

The relaxation's optimum, with the sides of wash sales and of buying and selling one security settled by branch and
bound, is the lower bound of the certificate. What follows only narrows it: trades too small are dropped or brought up
to the minimum, and the dollars become whole shares (whole_shares.py).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

import attrs
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.exact import solve_exactly
from core.rebalance.holdings import Floats, Ints
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxation, Relaxed, default_buy_limits, in_lot_order
from core.rebalance.whole_shares import WholeShares, curves

_ROUNDS = 40
_BRANCHES = 80
#: Households with no more open (account, security) pairs than this are solved exactly: it takes no longer.
_FEW = 24
_NODES = 100
_DROPS = 60
_SMALL = 1e-4  # dollars: below this the relaxation trades nothing


@attrs.frozen(eq=False)
class PlannedOrder:
    """An order in the builder's terms: negative quantity sells, closing ``lots`` (lot number, units) in order."""

    account: int
    security: int
    quantity: float
    lots: tuple[tuple[int, float], ...]


@attrs.frozen(eq=False)
class Plan:
    """Orders, their objective (location included), the lower bound on any plan's, and what was settled on the way."""

    orders: tuple[PlannedOrder, ...]
    objective: float
    lower_bound: float
    relaxed: Relaxed
    excluded: frozenset[tuple[str, int, int]]  # (rule, account, security) settled while fixing the support


class _Support:
    """Bounds while the support is being fixed."""

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
        self.excluded: set[tuple[str, int, int]] = set()

    def solve(self) -> Relaxed | None:
        self.relaxation.limit(
            sale_limits=self.sale_limits,
            sale_floors=self.sale_floors,
            buy_limits=self.buy_limits,
            buy_floors=self.buy_floors,
            cash_floors=self.cash_floors,
        )
        return self.relaxation.solve()

    def copy(self) -> _Support:
        other = _Support(self.relaxation, self.sale_limits, self.buy_limits)
        other.sale_floors = self.sale_floors.copy()
        other.buy_floors = self.buy_floors.copy()
        other.cash_floors = self.cash_floors.copy()
        other.excluded = set(self.excluded)
        return other


def never() -> bool:
    """The cancellation that never comes."""
    return False


def make_plan(relaxation: Relaxation, wanted: Wanted, *, cancelled: Callable[[], bool] = never) -> Plan | None:
    """The best plan found for what ``relaxation`` is aimed at; None where the rules can't all be met.

    ``cancelled`` is asked between steps; once true, the plan so far is finished without further improvement.
    """
    if not relaxation.admit_what_must_be_sold():
        return None
    relaxation.limit()
    first = relaxation.solve()
    if first is None:
        return None
    sale_limits, buy_limits = relaxation.sale_limits, default_buy_limits(relaxation.problem)
    support = _Support(relaxation, sale_limits, buy_limits)
    settled = _settle_exclusions(support, first)
    if settled is None:
        return None
    support, relaxed, bound = settled
    open_limits = support.sale_limits.copy(), support.buy_limits.copy()
    relaxed = _settle_small_trades(support, relaxed)
    orders = _whole(relaxation.problem, relaxed, wanted, open_limits, cancelled)
    relaxation.limit()
    if orders is None:
        return None
    return Plan(orders[0], orders[1], bound, first, frozenset(support.excluded))


# -- exclusions ---------------------------------------------------------------------------------------------


def _settle_exclusions(support: _Support, first: Relaxed) -> tuple[_Support, Relaxed, float] | None:
    """No security both bought and sold in an account; no loss sold with an identical purchase anywhere.

    Branch and bound, best first: each conflict is settled both ways, so that the first solution met without a
    conflict is the best there is, and the bounds still open are a bound on every plan. Returns the support, its
    optimum and that bound; None where neither way can be met.
    """
    count = 0
    nodes: list[tuple[float, int, _Support, Relaxed]] = [(first.objective, count, support, first)]
    while nodes:
        bound, _, here, relaxed = heapq.heappop(nodes)
        conflict = _wash_conflict(here.problem, relaxed) or _two_sided(here.problem, relaxed)
        if conflict is None:
            return here, relaxed, bound
        if count >= _BRANCHES:
            dived = _dive(here, relaxed)
            return None if dived is None else (*dived, bound)
        for branch in _branches(here, conflict):
            solved = branch.solve()
            if solved is not None:
                count += 1
                heapq.heappush(nodes, (max(bound, solved.objective), count, branch, solved))
    return None


def _dive(support: _Support, relaxed: Relaxed) -> tuple[_Support, Relaxed] | None:
    """Settle what conflicts are left one by one, each the cheaper way."""
    while True:
        conflict = _wash_conflict(support.problem, relaxed) or _two_sided(support.problem, relaxed)
        if conflict is None:
            return support, relaxed
        solved = [(branch, branch.solve()) for branch in _branches(support, conflict)]
        ways = [(branch, found) for branch, found in solved if found is not None]
        if not ways:
            return None
        support, relaxed = min(ways, key=lambda way: way[1].objective)


def _branches(support: _Support, conflict: tuple[Ints, Ints, str]) -> list[_Support]:
    """Both ways out of a conflict: the purchases give way, or the sales (where no sell-all covers them)."""
    sales, buys, rule = conflict
    problem = support.problem
    without_buys = support.copy()
    without_buys.buy_limits[buys] = 0.0
    without_buys.excluded |= {
        (rule, int(problem.purchases.account[i]), int(problem.purchases.security[i])) for i in buys
    }
    if problem.segments.must[sales].any():
        return [without_buys]
    without_sales = support.copy()
    without_sales.sale_limits[sales] = 0.0
    without_sales.sale_limits = in_lot_order(problem, without_sales.sale_limits)
    without_sales.excluded |= {
        (rule, int(problem.segments.account[i]), int(problem.segments.security[i])) for i in sales
    }
    return [without_buys, without_sales]


def _wash_conflict(problem: Problem, relaxed: Relaxed) -> tuple[Ints, Ints, str] | None:
    """Loss segments and purchases of the first identical group that has both: (segments, purchases, rule)."""
    segments, buys, group = problem.segments, problem.purchases, problem.holdings.group
    loss = problem.holdings.taxable[segments.account] & (segments.gain < 0)
    sold = loss & (relaxed.sold > _SMALL)
    bought = relaxed.bought > _SMALL
    for g in sorted(set(group[segments.security[sold]].tolist()) & set(group[buys.security[bought]].tolist())):
        return (
            np.flatnonzero(loss & (group[segments.security] == g)),
            np.flatnonzero(group[buys.security] == g),
            "wash_sale",
        )
    return None


def _two_sided(problem: Problem, relaxed: Relaxed) -> tuple[Ints, Ints, str] | None:
    segments, buys = problem.segments, problem.purchases
    sold = {(int(segments.account[i]), int(segments.security[i])) for i in np.flatnonzero(relaxed.sold > _SMALL)}
    for i in np.flatnonzero(relaxed.bought > _SMALL):
        pair = (int(buys.account[i]), int(buys.security[i]))
        if pair in sold:
            same = (segments.account == pair[0]) & (segments.security == pair[1])
            return np.flatnonzero(same), np.array([i]), "buy_and_sell"
    return None


# -- small trades -------------------------------------------------------------------------------------------


def _settle_small_trades(support: _Support, relaxed: Relaxed) -> Relaxed:
    """Drop trades well under the minimum, bring those near it up to it, and keep cash for tickets."""
    problem = support.problem
    trading = problem.target.trading
    for _ in range(_ROUNDS):
        sizes = _trade_sizes(problem, relaxed)
        support.cash_floors = problem.floor.copy()
        for account, _security in sizes:
            support.cash_floors[account] += trading.ticket + 0.01
        small = {pair: amount for pair, amount in sizes.items() if abs(amount) < trading.min_trade - 1e-6}
        small = {pair: amount for pair, amount in small.items() if not _closes(support, pair, amount)}
        small = {pair: amount for pair, amount in small.items() if not _raised(support, pair)}
        if not small:
            break
        attempt = support.copy()
        for pair, amount in small.items():
            if abs(amount) >= trading.min_trade / 2:
                _raise_to_minimum(attempt, pair, amount)
            else:
                _drop(attempt, pair, amount)
        solved = attempt.solve()
        for settle in (_drop, _raise_to_minimum):
            if solved is None:
                attempt = support.copy()
                for pair, amount in small.items():
                    settle(attempt, pair, amount)
                solved = attempt.solve()
        if solved is None:
            break  # the rounding step keeps every rule, whatever the relaxation could not
        support.sale_limits, support.buy_limits = attempt.sale_limits, attempt.buy_limits
        support.sale_floors, support.buy_floors = attempt.sale_floors, attempt.buy_floors
        relaxed = solved
    final = support.solve()
    return _drop_what_a_ticket_outweighs(support, relaxed if final is None else final)


def _drop_what_a_ticket_outweighs(support: _Support, relaxed: Relaxed) -> Relaxed:
    """Leave out trades, smallest first, where the rest does as well within the price of a ticket."""
    ticket = support.problem.target.trading.ticket
    if ticket <= 0:
        return relaxed
    sizes = _trade_sizes(support.problem, relaxed)
    for pair, amount in sorted(sizes.items(), key=lambda item: (abs(item[1]), item[0]))[:_DROPS]:
        if pair not in _trade_sizes(support.problem, relaxed):
            continue  # gone with one dropped before
        attempt = support.copy()
        _drop(attempt, pair, amount)
        _unraise(attempt, pair)
        solved = attempt.solve()
        if solved is None:
            continue
        saved = len(_trade_sizes(support.problem, relaxed)) - len(_trade_sizes(support.problem, solved))
        smallest = min((abs(x) for x in _trade_sizes(support.problem, solved).values()), default=0.0)
        if solved.objective < relaxed.objective + ticket * saved - 1e-9 and smallest >= _least(support):
            support.sale_limits, support.buy_limits = attempt.sale_limits, attempt.buy_limits
            support.sale_floors, support.buy_floors = attempt.sale_floors, attempt.buy_floors
            relaxed = solved
    return relaxed


def _least(support: _Support) -> float:
    """A relaxed trade under half the minimum would be dropped again by the rounding."""
    return support.problem.target.trading.min_trade / 2


def _unraise(support: _Support, pair: tuple[int, int]) -> None:
    buys = support.problem.purchases
    support.buy_floors[(buys.account == pair[0]) & (buys.security == pair[1])] = 0.0
    here = _of_pair(support, pair)
    support.sale_floors[here] = support.must[here]


def _trade_sizes(problem: Problem, relaxed: Relaxed) -> dict[tuple[int, int], float]:
    """Signed dollars by (account, security), negative for sales."""
    sizes: dict[tuple[int, int], float] = {}
    for i in np.flatnonzero(relaxed.sold > _SMALL):
        pair = (int(problem.segments.account[i]), int(problem.segments.security[i]))
        sizes[pair] = sizes.get(pair, 0.0) - float(relaxed.sold[i])
    for i in np.flatnonzero(relaxed.bought > _SMALL):
        pair = (int(problem.purchases.account[i]), int(problem.purchases.security[i]))
        sizes[pair] = sizes.get(pair, 0.0) + float(relaxed.bought[i])
    return sizes


def _of_pair(support: _Support, pair: tuple[int, int]) -> Ints:
    segments = support.problem.segments
    return np.flatnonzero((segments.account == pair[0]) & (segments.security == pair[1]))


def _closes(support: _Support, pair: tuple[int, int], amount: float) -> bool:
    here = _of_pair(support, pair)
    return amount < 0 and -amount >= float(support.problem.segments.most[here].sum()) - 1e-6


def _raised(support: _Support, pair: tuple[int, int]) -> bool:
    buys = support.problem.purchases
    buy = (buys.account == pair[0]) & (buys.security == pair[1])
    return bool(support.buy_floors[buy].sum() > 0 or support.sale_floors[_of_pair(support, pair)].sum() > 0)


def _raise_to_minimum(support: _Support, pair: tuple[int, int], amount: float) -> None:
    minimum = support.problem.target.trading.min_trade
    if amount > 0:
        buys = support.problem.purchases
        support.buy_floors[(buys.account == pair[0]) & (buys.security == pair[1])] = minimum
        return
    left = minimum
    for i in _of_pair(support, pair):
        support.sale_floors[i] = min(left, float(support.sale_limits[i]))
        left -= float(support.sale_floors[i])


def _drop(support: _Support, pair: tuple[int, int], _amount: float) -> None:
    here = _of_pair(support, pair)
    support.sale_limits[here] = support.must[here]
    buys = support.problem.purchases
    support.buy_limits[(buys.account == pair[0]) & (buys.security == pair[1])] = 0.0


# -- whole shares -------------------------------------------------------------------------------------------


def _whole(
    problem: Problem,
    relaxed: Relaxed,
    wanted: Wanted,
    open_limits: tuple[Floats, Floats],
    cancelled: Callable[[], bool],
) -> tuple[tuple[PlannedOrder, ...], float] | None:
    """Quantities from dollars; None where no whole-share plan within the limits was found.

    ``open_limits`` are those before small trades were settled: rounding may come back to a trade dropped then.
    """
    segments = problem.segments
    sizes = _trade_sizes(problem, relaxed)
    pairs = set(sizes)
    pairs |= {(int(segments.account[i]), int(segments.security[i])) for i in np.flatnonzero(segments.must)}
    # Positions of accounts that trade take part in the rounding too: a share more or less of them settles cash.
    short = {int(a) for a in np.flatnonzero(problem.start_cash < problem.floor)}
    busy = {a for a, _ in pairs} | short
    for i in np.flatnonzero(open_limits[0] > 0):
        if int(segments.account[i]) in busy:
            pairs.add((int(segments.account[i]), int(segments.security[i])))
    limits = _one_sided_limits(problem, relaxed, open_limits)
    plan = _rounded(problem, wanted, limits, pairs, sizes, cancelled)
    # What the relaxation left alone may still use up the odd dollars of whole shares.
    every = _open_pairs(problem, limits, busy) | pairs
    if every > pairs and not cancelled():
        plan = _rounded(problem, wanted, limits, every, plan.dollars(), cancelled)
    if not plan.feasible or len(every) <= _FEW:
        plan = _exact_if_better(problem, wanted, open_limits[0], plan)
    if not plan.feasible:
        return None
    # The exact program settles wash sales for itself, so its lots are closed within the wider limits.
    orders = tuple(
        PlannedOrder(
            c.account, c.security, float(q), _closed_lots(problem, plan.sale_limits, c.account, c.security, -q)
        )
        for c, q in zip(plan.curves, plan.quantity, strict=True)
        if abs(q) > 1e-9
    )
    return orders, plan.value + problem.start_drag


def _rounded(
    problem: Problem,
    wanted: Wanted,
    limits: tuple[Floats, Floats],
    pairs: set[tuple[int, int]],
    dollars: dict[tuple[int, int], float],
    cancelled: Callable[[], bool],
) -> WholeShares:
    plan = WholeShares(problem, wanted, curves(problem, limits[0], limits[1], pairs), limits[0])
    plan.place(dollars)
    plan.improve(cancelled)
    return plan


def _exact_if_better(problem: Problem, wanted: Wanted, sale_limits: Floats, plan: WholeShares) -> WholeShares:
    """The mixed-integer program's plan where it beats the rounded one, or where no rounded one keeps the rules."""
    found = solve_exactly(problem, wanted, sale_limits, nodes=_NODES).dollars
    if found is None:
        return plan
    limits = _sides_kept(problem, found, sale_limits)
    exact = _rounded(problem, wanted, limits, set(found), found, never)
    better = exact.feasible and (not plan.feasible or exact.value < plan.value)
    return exact if better else plan


def _sides_kept(problem: Problem, dollars: dict[tuple[int, int], float], sale_limits: Floats) -> tuple[Floats, Floats]:
    """Limits that keep each (account, security) to the side the exact program gave it, and each group's losses."""
    segments, buys, group = problem.segments, problem.purchases, problem.holdings.group
    bought = {pair for pair, amount in dollars.items() if amount > 0}
    groups = {int(group[s]) for _, s in bought}
    loss = problem.holdings.taxable[segments.account] & (segments.gain < 0) & ~segments.must
    washed = np.array([bool(x) and int(group[s]) in groups for x, s in zip(loss, segments.security, strict=True)])
    open_buys = np.array([(int(a), int(s)) in bought for a, s in zip(buys.account, buys.security, strict=True)], bool)
    sales = in_lot_order(problem, np.where(washed.astype(bool), 0.0, sale_limits))
    return sales, np.where(open_buys, default_buy_limits(problem), 0.0)


def _open_pairs(problem: Problem, limits: tuple[Floats, Floats], accounts: set[int]) -> set[tuple[int, int]]:
    """Every (account, security) of these accounts that may be sold or bought."""
    segments, buys = problem.segments, problem.purchases
    pairs = {(int(segments.account[i]), int(segments.security[i])) for i in np.flatnonzero(limits[0] > 0)}
    pairs |= {(int(buys.account[i]), int(buys.security[i])) for i in np.flatnonzero(limits[1] > 0)}
    return {pair for pair in pairs if pair[0] in accounts}


def _one_sided_limits(problem: Problem, relaxed: Relaxed, open_limits: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Limits under which no move of the rounding can make a wash sale: each group keeps the side it has."""
    segments, buys, group = problem.segments, problem.purchases, problem.holdings.group
    sale_limits, buy_limits = open_limits[0].copy(), open_limits[1].copy()
    loss = problem.holdings.taxable[segments.account] & (segments.gain < 0)
    selling = set(group[segments.security[loss & ((relaxed.sold > _SMALL) | segments.must)]].tolist())
    buying = set(group[buys.security[relaxed.bought > _SMALL]].tolist())
    for sale in np.flatnonzero(loss & ~segments.must):
        g = int(group[segments.security[sale]])
        if g not in selling and (g in buying or buy_limits[group[buys.security] == g].max(initial=0.0) > 0):
            sale_limits[sale] = 0.0
    for i in range(len(buy_limits)):
        if int(group[buys.security[i]]) in selling:
            buy_limits[i] = 0.0
    return in_lot_order(problem, sale_limits), buy_limits


def _closed_lots(
    problem: Problem, limits: Floats, account: int, security: int, quantity: float
) -> tuple[tuple[int, float], ...]:
    """Lots a sale of ``quantity`` units closes, in the segments' order."""
    segments, holdings = problem.segments, problem.holdings
    closed: list[tuple[int, float]] = []
    left = quantity
    for i in np.flatnonzero((segments.account == account) & (segments.security == security)):
        room = float(limits[i]) / float(holdings.unit_price[security])
        for lot in segments.lots[i]:
            take = min(left, room, float(holdings.quantity[lot]))
            if take > 1e-9:
                closed.append((int(lot), take))
                left -= take
                room -= take
        if left <= 1e-9:
            break
    return tuple(closed)
