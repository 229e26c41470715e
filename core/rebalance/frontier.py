"""Misfit against cost: the same relaxation for many degrees of eagerness, solved warm one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from core.rebalance.cells import Wanted, scope_share
from core.rebalance.explain import misfit_share
from core.rebalance.relaxation import Relaxation, Relaxed
from core.tilt.box import point_of

#: Eagerness of the first and last point, dollars of cost a dollar in place: from hardly any to whatever it costs.
_LEAST, _MOST = 0.0005, 1.0


@attrs.frozen
class FrontierPoint:
    """One relaxed plan. misfit : share of the household out of place. cost : tax, half spreads and what the plan adds
    to the location drag (or takes from it), dollars.

    ``knee`` marks the point past which more tilt costs clearly more. ``size``, ``value`` : mean scores of the equity
    afterwards (the pad's axes), None where no equity of known style is left.
    """

    eagerness: float
    misfit: float
    cost: float
    tax: float
    turnover: float
    knee: bool = False
    size: float | None = None
    value: float | None = None


@attrs.frozen
class FewerTrades:
    """A plan in which each order has to be worth more: how many there are, and what is given up for it.

    worth : the target's ``order_worth`` that leads to it. misfit : share of the household out of place. tax, costs : of
    the plan, dollars. objective : the target's own objective of these orders, dollars.
    """

    worth: float
    trades: int
    misfit: float
    objective: float
    tax: float = 0.0
    costs: float = 0.0


def frontier(relaxation: Relaxation, wanted: Wanted, points: int) -> tuple[FrontierPoint, ...]:
    """``points`` relaxed plans of rising eagerness (geometric steps); () where no plan satisfies the rules.

    The relaxation is left aimed at ``wanted``.
    """
    if not relaxation.admit_what_must_be_sold():
        return ()
    found = []
    for eagerness in np.geomspace(_LEAST, _MOST, points):
        relaxation.aim(attrs.evolve(wanted, eagerness=float(eagerness)))
        relaxed = relaxation.solve()
        if relaxed is not None:
            found.append(_point(relaxation, wanted, float(eagerness), relaxed))
    relaxation.aim(wanted)
    at = _knee(found)
    return tuple(attrs.evolve(point, knee=i == at) for i, point in enumerate(found))


def _point(relaxation: Relaxation, wanted: Wanted, eagerness: float, relaxed: Relaxed) -> FrontierPoint:
    problem = relaxation.problem
    short = np.array([relaxed.sold @ problem.segments.short_gain])
    long = np.array([relaxed.sold @ problem.segments.long_gain])
    tax = float(problem.tax.value(short, long)[0])
    traded = float(relaxed.sold.sum() + relaxed.bought.sum())
    start = float(problem.holdings.account_value.sum())
    segments, buys = problem.segments, problem.purchases
    change = np.zeros(len(problem.by_security))
    np.add.at(change, segments.security, -relaxed.sold * segments.ratio)
    np.add.at(change, buys.security, relaxed.bought)
    share = scope_share(problem.holdings, problem.target.style.scope)
    box = ((problem.by_security + change) * share) @ problem.holdings.box
    after = point_of(tuple(np.clip(box, 0.0, None))) if float(box.sum()) > 0 else None
    return FrontierPoint(
        eagerness=eagerness,
        misfit=misfit_share(problem, wanted, relaxed),
        cost=tax + float(relaxed.sold @ segments.cost + relaxed.bought @ buys.cost),
        tax=tax,
        turnover=traded / 2 / start if start > 0 else 0.0,
        size=None if after is None else after.size,
        value=None if after is None else after.value,
    )


def _knee(points: Sequence[FrontierPoint]) -> int:
    """The point farthest below the straight line between the ends, both axes scaled to 1 (Satopaa et al. 2011)."""
    if len(points) < 3:
        return -1
    cost = np.array([p.cost for p in points])
    misfit = np.array([p.misfit for p in points])
    width, height = float(np.ptp(cost)), float(np.ptp(misfit))
    if width <= 1e-9 or height <= 1e-9:
        return -1
    below = 1 - (cost - cost.min()) / width - (misfit - misfit.min()) / height
    return int(np.argmax(below))
