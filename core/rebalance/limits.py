"""What may be sold of each segment and bought of each purchase: by the hard rules, and by choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import highspy
import numpy as np

from core.rebalance.holdings import Bools, Floats
from core.rebalance.problem import Problem
from core.rebalance.sales import Reluctance
from core.tilt.target import LotMethod

_INF = highspy.kHighsInf
_CENT = 0.01


def rule_sale_limits(problem: Problem, without: Callable[[str], bool] = lambda _: False) -> Floats:
    """(N,) proceeds each segment may reach by the hard rules; ``without`` says which rules are switched off."""
    free = [all(without(name) for name in names) for names in problem.segments.blocks]
    return in_lot_order(problem, np.where(_flags(free), problem.segments.most, 0.0), without)


def default_sale_limits(problem: Problem, without: Callable[[str], bool] = lambda _: False) -> Floats:
    """(N,) proceeds each segment may reach by choice: the hard rules, and reluctant segments left alone."""
    reluctant = _flags([r > 0 and not without(Reluctance(r).rule) for r in problem.segments.reluctance])
    return in_lot_order(problem, np.where(reluctant, 0.0, rule_sale_limits(problem, without)), without)


def in_lot_order(problem: Problem, limits: Floats, without: Callable[[str], bool] = lambda _: False) -> Floats:
    """Where a lot method is enforced, a lot that may not be sold shuts off those that come after it."""
    if problem.target.tax.lot_method is LotMethod.OPTIMAL or without("lot_method"):
        return limits
    segments = problem.segments
    result = limits.copy()
    for i in range(1, len(result)):
        same = segments.account[i] == segments.account[i - 1] and segments.security[i] == segments.security[i - 1]
        if same and result[i - 1] < segments.most[i - 1]:
            result[i] = 0.0
    return result


def default_buy_limits(problem: Problem, without: Callable[[str], bool] = lambda _: False) -> Floats:
    """(B,) dollars that may be bought: nothing where a rule forbids, else without limit (cash and caps bind)."""
    free = [all(without(name) for name in names) for names in problem.purchases.blocks]
    return np.where(_flags(free), _INF, 0.0)


def gain_limit(problem: Problem) -> float:
    """The net gain in dollars that a plan may realise, with the cent that the rule leaves to rounding; maybe infinite.

    A lot with next to no gain may be sold under a limit of nothing: its gain is rounded to a cent or none.
    """
    limit = problem.target.tax.gain_limit
    return np.inf if limit is None else limit + _CENT


def turnover_limit(problem: Problem) -> float:
    """The dollars that a plan may sell and buy together, with what the rule leaves to rounding (two cents)."""
    value = max(0.0, float(problem.holdings.account_value.sum()))
    return 2 * (problem.target.trading.max_turnover * value + _CENT)


def _flags(values: Iterable[bool]) -> Bools:
    return np.array(list(values), dtype=bool)
