"""Either-or rules of a plan, settled by branch and bound on the relaxation.

No security both bought and sold in one account; no loss sold with an identical purchase anywhere in the household; no
loss sold beside recent purchases unless those are sold whole with it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import attrs
import numpy as np

from core.rebalance.holdings import Bools, Ints
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxed, in_lot_order
from core.rebalance.sales import CENT
from core.rebalance.support import SMALL, Support

_BRANCHES = 80
#: Where each solve takes long.
_FEW_BRANCHES = 4
#: Times that the conflicts left over are settled together: settling some may bring others about.
_ROUNDS = 12
_WHOLE = 1e-6


@attrs.frozen(eq=False)
class Settled:
    """A support without conflicts, its optimum, and a lower bound on every plan that keeps the either-or rules."""

    support: Support
    relaxed: Relaxed
    bound: float


def settle_exclusions(support: Support, first: Relaxed) -> Settled | None:
    """Settle every conflict both ways, best first; None where neither way can be met.

    The first solution met without a conflict is the best there is. After a bounded number of branches the best one
    open is followed down the cheaper way; its bound still holds for every plan.
    """
    count = 0
    nodes: list[tuple[float, int, Support, Relaxed]] = [(first.objective, count, support, first)]
    while nodes:
        bound, _, here, relaxed = heapq.heappop(nodes)
        branches = _branches(here, relaxed)
        if branches is None:
            return Settled(here, relaxed, bound)
        if count >= (_FEW_BRANCHES if here.relaxation.dear else _BRANCHES):
            found = _dive_linearised(here, bound) if here.relaxation.dear else None
            return found or _dive(here, relaxed, bound)
        for branch in branches:
            solved = branch.solve()
            if solved is not None:
                count += 1
                heapq.heappush(nodes, (max(bound, solved.objective), count, branch, solved))
    return None


def _dive(support: Support, relaxed: Relaxed, bound: float) -> Settled | None:
    while True:
        branches = _branches(support, relaxed)
        if branches is None:
            return Settled(support, relaxed, bound)
        solved = [(branch, branch.solve()) for branch in branches]
        ways = [(branch, found) for branch, found in solved if found is not None]
        if not ways:
            return None
        support, relaxed = min(ways, key=lambda way: way[1].objective)


def _dive_linearised(support: Support, bound: float) -> Settled | None:
    """Choose the sides on a linear model of the risk, whose solves are quick; None where that leads nowhere."""
    if support.solve() is None:
        return None
    with support.relaxation.linearised():
        linear = support.solve()
        found = None if linear is None else _dive(support, linear, bound)
    if found is None:
        return None
    here, relaxed = found.support, found.support.solve()
    for _ in range(_ROUNDS):
        if relaxed is None:
            return None
        conflicts = [*_two_sided(here.problem, relaxed), *_washes(here.problem, relaxed)]
        if not conflicts:
            return _dive(here, relaxed, bound)  # what is left are exits
        for sales, buys in conflicts:
            sides = _sides(here, sales, buys)
            here = sides[-1] if _purchase_worth_more(here, relaxed, sales, buys) else sides[0]
        relaxed = here.solve()
    return None


def _purchase_worth_more(support: Support, relaxed: Relaxed, sales: Ints, buys: Ints) -> bool:
    """Whether a small conflict is better settled by leaving the sale: its tax against what the purchase brings.

    Where more is sold than bought, selling less does what the purchase would. Otherwise each dollar not bought is worth
    about half the eagerness: the rest of it goes elsewhere.
    """
    sold, bought = relaxed.sold[sales], float(relaxed.bought[buys].sum())
    if float(sold.sum()) >= bought:
        return False
    saved = -float((support.problem.segments.tax[sales] * sold).sum())
    return support.relaxation.eagerness * bought / 2 > saved


def _branches(support: Support, relaxed: Relaxed) -> list[Support] | None:
    """Both ways out of the first conflict of a relaxed plan; None where it has none."""
    problem = support.problem
    for sales, buys in _two_sided(problem, relaxed):
        return _sides(support, sales, buys)
    for sales, buys in _washes(problem, relaxed):
        return _sides(support, sales, buys)
    for way_out in problem.exits:
        taken = (relaxed.sold[way_out.losses] > SMALL).any()
        short = relaxed.sold[way_out.recent] < problem.segments.most[way_out.recent] * (1 - _WHOLE)
        if taken and short.any():
            exiting, keeping = support.copy(), support.copy()
            for floors in (exiting.must, exiting.sale_floors):
                floors[way_out.recent] = problem.segments.most[way_out.recent]
            _forbid(keeping, way_out.losses)
            return [exiting, keeping]
    return None


def _sides(support: Support, sales: Ints, buys: Ints) -> list[Support]:
    """The purchases give way, or the sales (where nothing forces them)."""
    without_buys = support.copy()
    without_buys.buy_limits[buys] = 0.0
    without_buys.buy_floors[buys] = 0.0
    if (support.must[sales] > 0).any():
        return [without_buys]
    without_sales = support.copy()
    _forbid(without_sales, sales)
    return [without_buys, without_sales]


def _forbid(support: Support, sales: Ints) -> None:
    support.sale_limits[sales] = support.must[sales]
    support.sale_limits = in_lot_order(support.problem, support.sale_limits)
    support.sale_floors = np.minimum(support.sale_floors, support.sale_limits)


def _two_sided(problem: Problem, relaxed: Relaxed) -> Iterator[tuple[Ints, Ints]]:
    """(segments, purchases) of each (account, security) both sold and bought."""
    segments, buys = problem.segments, problem.purchases
    sold = {(int(segments.account[i]), int(segments.security[i])) for i in np.flatnonzero(relaxed.sold > SMALL)}
    for i in np.flatnonzero(relaxed.bought > SMALL):
        pair = (int(buys.account[i]), int(buys.security[i]))
        if pair in sold:
            same = (segments.account == pair[0]) & (segments.security == pair[1])
            yield np.flatnonzero(same), np.array([i])


def _washes(problem: Problem, relaxed: Relaxed) -> Iterator[tuple[Ints, Ints]]:
    """(segments at a loss, purchases) of each identical group that sells at a loss and buys."""
    segments, buys, group = problem.segments, problem.purchases, problem.holdings.group
    loss = at_a_loss(problem)
    sold = set(group[segments.security[loss & (relaxed.sold > SMALL)]].tolist())
    bought = set(group[buys.security[relaxed.bought > SMALL]].tolist())
    for g in sorted(sold & bought):
        yield np.flatnonzero(loss & (group[segments.security] == g)), np.flatnonzero(group[buys.security] == g)


def at_a_loss(problem: Problem) -> Bools:
    """(N,) segments whose sale is a loss for tax."""
    segments = problem.segments
    losses: Bools = problem.holdings.taxable[segments.account] & (segments.gain * segments.most < -CENT)
    return losses


def one_sided(support: Support, relaxed: Relaxed) -> Support:
    """A support within which nothing made of a relaxed plan can wash a loss: each group keeps the side it has."""
    problem = support.problem
    segments, buys, group = problem.segments, problem.purchases, problem.holdings.group
    kept = support.copy()
    loss = at_a_loss(problem)
    taking = loss & ((relaxed.sold > SMALL) | (support.must > 0))
    selling = set(group[segments.security[taking]].tolist())
    buying = set(group[buys.security[relaxed.bought > SMALL]].tolist())
    could_buy = set(group[buys.security[support.buy_limits > 0]].tolist())
    for i in np.flatnonzero(loss & (support.must <= 0)):
        g = int(group[segments.security[i]])
        if g not in selling and (g in buying or g in could_buy):
            kept.sale_limits[i] = 0.0
    for way_out in problem.exits:
        whole = relaxed.sold[way_out.recent] >= segments.most[way_out.recent] * (1 - _WHOLE)
        if whole.all() and (relaxed.sold[way_out.losses] > SMALL).any():
            kept.must[way_out.recent] = segments.most[way_out.recent]
        else:
            kept.sale_limits[way_out.losses] = kept.must[way_out.losses]
    sold = {(int(segments.account[i]), int(segments.security[i])) for i in np.flatnonzero(relaxed.sold > SMALL)}
    kept.sale_limits = in_lot_order(problem, kept.sale_limits)
    for number, (a, s) in enumerate(zip(buys.account, buys.security, strict=True)):
        if int(group[s]) in selling or (int(a), int(s)) in sold:
            kept.buy_limits[number] = 0.0
    return kept
