"""Either-or rules of a plan, settled by branch and bound on the relaxation.

No security both bought and sold in one account; no loss sold with an identical purchase anywhere in the household; no
loss sold beside recent purchases unless those are sold whole with it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

import attrs
import numpy as np

from core.rebalance.holdings import Bools, Ints
from core.rebalance.limits import in_lot_order
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxed
from core.rebalance.sales import CENT
from core.rebalance.support import SMALL, Support
from core.rebalance.turns import close_sales, turn_sides

_BRANCHES = 80
#: Dollars that a way out may cost and still is as good as none.
_FREE = 0.01
#: Times that the conflicts left over are settled together: settling some may bring others about.
_ROUNDS = 12
#: Times that sides are turned next to the best plan so far, where solves are dear.
_TURNINGS = 3
#: Dollars that turning them has to win.
_LEAST = 0.5
_WHOLE = 1e-6


@attrs.frozen(eq=False)
class Settled:
    """A support without conflicts, its optimum, and a lower bound on every plan that keeps the either-or rules."""

    support: Support
    relaxed: Relaxed
    bound: float


def settle_exclusions(support: Support, first: Relaxed) -> Settled | None:
    """Settle every conflict both ways, best first (more quickly where solves are dear); None where neither can be met.

    The first solution met without a conflict is the best there is. After a bounded number of branches the best one
    open is followed down the cheaper way; its bound still holds for every plan.
    """
    settled = _settle_dear(support, first) if support.relaxation.dear else None
    if settled is not None:
        return settled
    count = 0
    nodes: list[tuple[float, int, Support, Relaxed]] = [(first.objective, count, support, first)]
    while nodes:
        bound, _, here, relaxed = heapq.heappop(nodes)
        branches = _branches(here, relaxed)
        if branches is None:
            return Settled(here, relaxed, bound)
        if count >= _BRANCHES:
            dived = _dive(here, relaxed, bound)
            return None if dived is None else _turned_linear(support, dived)
        for branch in branches:
            solved = branch.solve()
            if solved is not None:
                count += 1
                heapq.heappush(nodes, (max(bound, solved.objective), count, branch, solved))
    return None


def _dive(support: Support, relaxed: Relaxed, bound: float) -> Settled | None:
    """Follow the cheaper way out of each conflict.

    Most purchases that conflict have their like in another account or security, so that leaving many at once costs
    nothing: as many are tried together as that has held for, and one alone where it doesn't.
    """
    together = 1
    while True:
        conflicts = [*_two_sided(support.problem, relaxed), *_washes(support.problem, relaxed)][:together]
        if len(conflicts) > 1:
            freed = support.copy()
            for _, buys in conflicts:
                freed.buy_limits[buys] = freed.buy_floors[buys] = 0.0
            found = freed.solve()
            if found is not None and found.objective <= relaxed.objective + _FREE * len(conflicts):
                support, relaxed, together = freed, found, 2 * together
            else:
                together = max(1, together // 4)
            continue
        branches = _branches(support, relaxed)
        if branches is None:
            return Settled(support, relaxed, bound)
        best: tuple[Support, Relaxed] | None = None
        for branch in branches:
            found = branch.solve()
            if found is not None and (best is None or found.objective < best[1].objective):
                best = branch, found
            if best is not None and best[1].objective <= relaxed.objective + _FREE:
                together = 2
                break
        if best is None:
            return None
        support, relaxed = best


def _turned_linear(root: Support, settled: Settled) -> Settled:
    """A settled plan after turns of its either-or rules that help; only where solves are quick."""
    support, relaxed = turn_sides(
        root,
        settled.support,
        settled.relaxed,
        at_a_loss(root.problem),
        lambda turned, found: _branches(turned, found) is None,
    )
    return Settled(support, relaxed, settled.bound)


def _settle_dear(support: Support, first: Relaxed) -> Settled | None:
    """Settle with few solves, where each takes long: all conflicts at once in two ways, then turned one by one.

    Turns are judged by a linear model next to the best plan so far, and together by the model itself. None where
    neither way leads to a plan. The bound is that of ``first``.
    """
    bound = first.objective
    if _branches(support, first) is None:
        return Settled(support, first, bound)
    found: list[Settled] = []
    with support.relaxation.limit_priced():
        for choice in (_purchase_worth_more, _purchase_larger):
            found += _settle_rest(support, first, bound, choice)
    ends: list[Settled] = []
    for way in sorted(found, key=_optimum):
        settled = _settle_rest(way.support, way.support.solve(), bound)
        ends += [_turned(support, settled[0])] if settled else []
    return min(ends, key=_optimum, default=None)


def _turned(root: Support, settled: Settled) -> Settled:
    """A settled plan, the last optimum, after turns of its either-or rules that help."""
    for _ in range(_TURNINGS):
        with root.relaxation.near(settled.relaxed):
            linear = settled.support.solve()
            if linear is None:
                break
            near = _turned_linear(root, Settled(settled.support, linear, settled.bound))
        if near.support is settled.support:
            break
        found = _settle_rest(near.support, near.support.solve(), settled.bound)
        if not found or found[0].relaxed.objective > settled.relaxed.objective - _LEAST:
            break
        settled = found[0]
    return settled


def _optimum(settled: Settled) -> float:
    return settled.relaxed.objective


def _purchase_worth_more(support: Support, relaxed: Relaxed, sales: Ints, buys: Ints) -> bool:
    """Whether a conflict is better settled by leaving the sale: its tax against what the purchase brings.

    Where more is sold than bought, selling less does what the purchase would.
    """
    sold, bought = relaxed.sold[sales], relaxed.bought[buys]
    if float(sold.sum()) >= float(bought.sum()):
        return False
    saved = -float((support.problem.segments.tax[sales] * sold).sum())
    return support.relaxation.worth_of_purchases(buys, bought) > saved


_Choice = Callable[[Support, Relaxed, Ints, Ints], bool]


def _purchase_larger(_support: Support, relaxed: Relaxed, sales: Ints, buys: Ints) -> bool:
    return float(relaxed.bought[buys].sum()) > float(relaxed.sold[sales].sum())


def _settle_rest(
    support: Support, relaxed: Relaxed | None, bound: float, purchase: _Choice = _purchase_worth_more
) -> list[Settled]:
    """Settle all conflicts at hand together, again where that brings others about; [] where that leads nowhere.

    ``purchase`` says of each conflict whether the purchase stays and the sales (their numbers) give way.
    """
    for number in range(_ROUNDS):
        if relaxed is None:
            return []
        conflicts = [*_two_sided(support.problem, relaxed), *_washes(support.problem, relaxed)]
        if not conflicts:
            rest = _dive(support, relaxed, bound)  # what is left are exits
            return [] if rest is None else [rest]
        for sales, buys in conflicts:
            sides = _sides(support, sales, buys)
            support = sides[-1] if purchase(support, relaxed, sales, buys) else sides[0]
        if number:
            support = one_sided(support, relaxed)  # what has no conflict yet gets none
        relaxed = support.solve()
    return []


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
            if (support.must[way_out.losses] > 0).any():
                return [exiting]
            close_sales(keeping, way_out.losses)
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
    close_sales(without_sales, sales)
    return [without_buys, without_sales]


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
            for floors in (kept.must, kept.sale_floors):
                floors[way_out.recent] = segments.most[way_out.recent]
        else:
            kept.sale_limits[way_out.losses] = kept.must[way_out.losses]
    sold = {(int(segments.account[i]), int(segments.security[i])) for i in np.flatnonzero(relaxed.sold > SMALL)}
    kept.sale_limits = in_lot_order(problem, kept.sale_limits)
    for number, (a, s) in enumerate(zip(buys.account, buys.security, strict=True)):
        if int(group[s]) in selling or (int(a), int(s)) in sold:
            kept.buy_limits[number] = 0.0
    return kept
