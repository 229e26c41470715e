"""Either-or rules turned the other way, one at a time while that helps: local search after a search cut short.

A branch and bound that had to stop, or a few quick guesses, may leave a sale that should have been the purchase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from core.rebalance.holdings import Bools, Ints
from core.rebalance.limits import in_lot_order
from core.rebalance.relaxation import Relaxed
from core.rebalance.support import Support

_MOST = 600  # solves
_LEAST = 1e-3  # dollars a turn has to win
_LITTLE = 1e-7  # dollars a dollar traded


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
    solves = 0
    better = support.solve() is not None
    while better and solves < _MOST:
        better = False
        wanted = support.relaxation.reduced_costs() < -_LITTLE
        for turned in turns_of(root, support, losses, wanted):
            found = turned.solve()
            solves += 1
            if found is not None and found.objective < relaxed.objective - _LEAST and settled(turned, found):
                support, relaxed, better = turned, found, True
                break
            if solves >= _MOST:
                break
    return support, relaxed


def turns_of(root: Support, support: Support, losses: Bools, wanted: Bools) -> Iterator[Support]:
    """Supports with one purchase opened again against the sales that exclude it, or the other way round; exits too.

    Only what is ``wanted`` (N + B,): by linear programming, nothing is won by opening what has no reduced cost below 0.
    """
    segments, buys, group = support.problem.segments, support.problem.purchases, support.problem.holdings.group
    wanted_sales, wanted_buys = wanted[: len(segments.most)], wanted[len(segments.most) :]
    for i in np.flatnonzero((support.buy_limits <= 0) & (root.buy_limits > 0) & wanted_buys):
        here = (segments.account == buys.account[i]) & (segments.security == buys.security[i])
        against = np.flatnonzero(here | (losses & (group[segments.security] == group[buys.security[i]])))
        if (support.must[against] > 0).any():
            continue
        turned = support.copy()
        turned.buy_limits[i] = root.buy_limits[i]
        close_sales(turned, against)
        yield turned
    seen: set[tuple[int, int]] = set()
    for i in np.flatnonzero((support.sale_limits < root.sale_limits - 1e-6) & wanted_sales):
        pair = (int(segments.account[i]), int(segments.security[i]))
        if pair in seen:
            continue
        seen.add(pair)
        sales = support.sales_of(pair)
        washing = losses[sales].any()
        against = np.flatnonzero(
            (group[buys.security] == group[pair[1]])
            if washing
            else ((buys.account == pair[0]) & (buys.security == pair[1]))
        )
        turned = support.copy()
        turned.sale_limits[sales] = root.sale_limits[sales]
        turned.buy_limits[against] = 0.0
        turned.buy_floors[against] = 0.0
        yield turned
    for way_out in root.problem.exits:
        losses_closed = (support.sale_limits[way_out.losses] <= support.must[way_out.losses]).all()
        turned = support.copy()
        if not losses_closed and (root.must[way_out.losses] <= 0).all():
            close_sales(turned, way_out.losses)
            for floors, before in ((turned.must, root.must), (turned.sale_floors, root.sale_floors)):
                floors[way_out.recent] = before[way_out.recent]
            yield turned
        elif losses_closed and wanted_sales[way_out.losses].any():
            both = np.concatenate([way_out.losses, way_out.recent])
            turned.sale_limits[both] = np.maximum(turned.sale_limits[both], root.sale_limits[both])
            for floors in (turned.must, turned.sale_floors):
                floors[way_out.recent] = segments.most[way_out.recent]
            against = np.flatnonzero(group[buys.security] == way_out.group)
            turned.buy_limits[against] = turned.buy_floors[against] = 0.0
            yield turned


def close_sales(support: Support, sales: Ints) -> None:
    """Allow of some sale segments no more than what must be sold."""
    support.sale_limits[sales] = support.must[sales]
    support.sale_limits = in_lot_order(support.problem, support.sale_limits)
    support.sale_floors = np.minimum(support.sale_floors, support.sale_limits)
