"""Either-or rules turned the other way, one at a time while that helps: local search after a search cut short.

A branch and bound that had to stop, or a few quick guesses, may leave a sale that should have been the purchase.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from core.rebalance.holdings import Bools, Floats, Ints
from core.rebalance.limits import in_lot_order
from core.rebalance.relaxation import Relaxed
from core.rebalance.sales import Exit
from core.rebalance.support import Pair, Support

_MOST = 600  # solves
_LEAST = 1e-3  # dollars a turn has to win
_LITTLE = 1e-7  # dollars a dollar traded
#: Times a security's own risk that moving it costs, as securities move together. Set so that the reference cases with
#: tracking error lose no turn; a turn passed over leaves a plan a little worse.
_TOGETHER = 3.0


def turn_sides(
    root: Support,
    support: Support,
    relaxed: Relaxed,
    losses: Bools,
    settled: Callable[[Support, Relaxed], bool],
) -> tuple[Support, Relaxed]:
    """The support and optimum after the turns that help.

    ``root`` is the support before any rule was settled, ``losses`` (N,) marks sale segments at a loss, and ``settled``
    says whether an optimum keeps every either-or rule within its support.
    """
    solves, last = 0, -1
    better = support.solve() is not None
    while better and solves < _MOST:
        better = False
        wanted = support.relaxation.reduced_costs() < -_LITTLE - _growth(support, relaxed)
        turns = turns_of(root, support, losses, wanted)
        # From where the last one helped, round to there: what did not help before it hardly does now.
        for number, turn in [t for t in turns if t[0] > last] + [t for t in turns if t[0] <= last]:
            turned = turn()
            found = turned.solve()
            solves += 1
            if found is not None and found.objective < relaxed.objective - _LEAST and settled(turned, found):
                support, relaxed, better, last = turned, found, True, number
                break
            if solves >= _MOST:
                break
    return support, relaxed


def _growth(support: Support, relaxed: Relaxed) -> Floats:
    """(N + B,) what a reduced cost grows by before a trade begins, where the other side of its security goes first.

    That side's dollars move the security away from where the linear model of risk stands (0 without risk).
    """
    segments, buys = support.problem.segments, support.problem.purchases
    curvature = support.relaxation.curvature()
    sold = np.bincount(segments.security, weights=relaxed.sold, minlength=len(curvature))
    bought = np.bincount(buys.security, weights=relaxed.bought, minlength=len(curvature))
    growth = np.concatenate([(curvature * bought)[segments.security], (curvature * sold)[buys.security]])
    return (_TOGETHER * growth).astype(np.float64)


def turns_of(root: Support, support: Support, losses: Bools, wanted: Bools) -> list[tuple[int, Callable[[], Support]]]:
    """Turns of one purchase, order to sell or exit to the side that ``support`` has closed, numbered in a fixed order.

    Only what is ``wanted`` (N + B,): by linear programming, nothing is won by opening what has no reduced cost below 0.
    """
    segments, buys = root.problem.segments, root.problem.purchases
    count = len(segments.most)
    turns: list[tuple[int, Callable[[], Support]]] = []
    for i in np.flatnonzero((support.buy_limits <= 0) & (root.buy_limits > 0) & wanted[count:]):
        against = _excluded_by_purchase(root, losses, int(i))
        if not (support.must[against] > 0).any():
            turns.append((int(i), partial(_with_purchase, root, support, int(i), against)))
    seen: set[Pair] = set()
    for i in np.flatnonzero((support.sale_limits < root.sale_limits - 1e-6) & wanted[:count]):
        pair = (int(segments.account[i]), int(segments.security[i]))
        if pair not in seen:
            seen.add(pair)
            turns.append((len(buys.account) + int(i), partial(_with_sales, root, support, losses, pair)))
    for number, way_out in enumerate(root.problem.exits, len(buys.account) + count):
        closed = (support.sale_limits[way_out.losses] <= support.must[way_out.losses]).all()
        if closed and wanted[way_out.losses].any():
            turns.append((number, partial(_with_exit, root, support, way_out)))
        elif not closed and (root.must[way_out.losses] <= 0).all():
            turns.append((number, partial(_without_exit, root, support, way_out)))
    return turns


def _excluded_by_purchase(root: Support, losses: Bools, purchase: int) -> Ints:
    """Sale segments that a purchase excludes: those of its own security in the account, losses of identical ones."""
    segments, buys, group = root.problem.segments, root.problem.purchases, root.problem.holdings.group
    here = (segments.account == buys.account[purchase]) & (segments.security == buys.security[purchase])
    return np.flatnonzero(here | (losses & (group[segments.security] == group[buys.security[purchase]])))


def _with_purchase(root: Support, support: Support, purchase: int, against: Ints) -> Support:
    turned = support.copy()
    turned.buy_limits[purchase] = root.buy_limits[purchase]
    close_sales(turned, against)
    return turned


def _with_sales(root: Support, support: Support, losses: Bools, pair: Pair) -> Support:
    buys, group = root.problem.purchases, root.problem.holdings.group
    sales = support.sales_of(pair)
    washing = losses[sales].any()
    against = (
        group[buys.security] == group[pair[1]] if washing else (buys.account == pair[0]) & (buys.security == pair[1])
    )
    turned = support.copy()
    turned.sale_limits[sales] = root.sale_limits[sales]
    turned.buy_limits[against] = turned.buy_floors[against] = 0.0
    return turned


def _with_exit(root: Support, support: Support, way_out: Exit) -> Support:
    turned = support.copy()
    both = np.concatenate([way_out.losses, way_out.recent])
    turned.sale_limits[both] = np.maximum(turned.sale_limits[both], root.sale_limits[both])
    for floors in (turned.must, turned.sale_floors):
        floors[way_out.recent] = root.problem.segments.most[way_out.recent]
    against = root.problem.holdings.group[root.problem.purchases.security] == way_out.group
    turned.buy_limits[against] = turned.buy_floors[against] = 0.0
    return turned


def _without_exit(root: Support, support: Support, way_out: Exit) -> Support:
    turned = support.copy()
    close_sales(turned, way_out.losses)
    for floors, before in ((turned.must, root.must), (turned.sale_floors, root.sale_floors)):
        floors[way_out.recent] = before[way_out.recent]
    return turned


def close_sales(support: Support, sales: Ints) -> None:
    """Allow of some sale segments no more than what must be sold."""
    support.sale_limits[sales] = support.must[sales]
    support.sale_limits = in_lot_order(support.problem, support.sale_limits)
    support.sale_floors = np.minimum(support.sale_floors, support.sale_limits)
