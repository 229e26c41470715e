"""Which rules can't all be met, and by how much: found by switching rules off one at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.errors import NoPlanError
from core.rebalance.limits import rule_sale_limits
from core.rebalance.problem import Problem
from core.rebalance.relaxation import Relaxation
from core.rebalance.risk_relaxation import RiskRelaxation, relaxation_of
from core.rebalance.tracking import RISK_LIMIT
from core.tilt.target import RuleKey
from core.words import dollars

#: Limits of the whole household or of one security, as rows of the relaxation.
_ROWS = (
    "max_turnover",
    "gain_limit",
    "sectors",
    "max_position",
    "max_stock",
    "lot_method",
    "orders",
    "ranges",
    RISK_LIMIT,
)


def explain_conflict(problem: Problem) -> NoPlanError:
    """The error for a problem no plan solves, naming the rules (keys, accounts, symbols) whose removal mends it."""
    relaxation = relaxation_of(problem)
    names = [name for name in _rules(problem) if _mended(relaxation, {name})]
    if not names:
        names = _correction(relaxation, _rules(problem))
    # What these rules stand against: the demands (reserves, sell-alls) that could be given up instead.
    demands = [name for name in _rules(problem) if name.startswith(("cash_reserve", "sell_all"))]
    names += [name for name in _correction(relaxation, demands) if name not in names]
    details = "; ".join(_describe(problem, relaxation, name) for name in names)
    names = [part for name in names for part in (*_withdrawal(problem, name), name)]
    return NoPlanError(
        f"No plan satisfies all the rules together. Loosen one of these: {details}."
        if names
        else "No plan satisfies all the rules together.",
        names,
    )


def explain_rounding(problem: Problem) -> NoPlanError:
    """The error where fractions of shares would meet the rules and no whole-share plan was found that does."""
    rows = relaxation_of(problem).row_names
    names = [row for row in _ROWS if any(name.startswith(row) for name in rows)]
    names += [f"sell_all {key}" for key in problem.target.rules.sell_all]
    if problem.target.trading.min_trade > 0:
        names.append("min_trade")
    names += [
        f"cash_reserve {account}"
        for a, account in enumerate(problem.holdings.accounts)
        if problem.start_cash[a] < problem.floor[a]
    ]
    return NoPlanError(
        "The rules could be met with fractions of shares, but no plan in whole shares was found that meets them all. "
        f"Loosen one of these a little: {', '.join(names)}.",
        names,
    )


def _rules(problem: Problem) -> list[str]:
    """Names of every rule in force that could stand in the way of a plan."""
    names = [f"cash_reserve {a}" for a in problem.holdings.accounts]
    names += sorted({name for blocks in problem.segments.blocks for name in blocks})
    names += sorted({f"sell_all {key}" for key in problem.target.rules.sell_all})
    names += [row for row in _ROWS if any(name.startswith(row) for name in relaxation_of(problem).row_names)]
    return names


def _mended(relaxation: Relaxation, off: set[str]) -> bool:
    """Whether the rules can be met with those of ``off`` switched off; the relaxation is left as it was."""
    problem = relaxation.problem
    cash = np.array(
        [-np.inf if f"cash_reserve {a}" in off else problem.floor[i] for i, a in enumerate(problem.holdings.accounts)]
    )
    sold = [
        any(key.matches(problem.holdings.accounts[a], problem.holdings.securities[s]) for key in _kept(problem, off))
        for a, s in zip(problem.segments.account, problem.segments.security, strict=True)
    ]
    without: Callable[[str], bool] = off.__contains__
    rows = [row for row in _ROWS if row in off]
    for row in rows:
        relaxation.free_rows(row, free=True)
    relaxation.limit(
        sale_limits=rule_sale_limits(problem, without),
        sale_floors=np.where(np.array(sold, dtype=bool), problem.segments.most, 0.0),
        cash_floors=cash,
    )
    found = relaxation.solve() is not None
    for row in rows:
        relaxation.free_rows(row, free=False)
    return found


def _kept(problem: Problem, off: set[str]) -> list[RuleKey]:
    return [key for key in problem.target.rules.sell_all if f"sell_all {key}" not in off]


def _correction(relaxation: Relaxation, rules: list[str]) -> list[str]:
    """A smallest set (by inclusion) whose removal mends the conflict: rules are put back while they still fit."""
    off = set(rules)
    if not _mended(relaxation, off):
        return []
    for name in rules:
        if _mended(relaxation, off - {name}):
            off.discard(name)
    return [name for name in rules if name in off]


def _withdrawal(problem: Problem, name: str) -> list[str]:
    """The withdrawal that stands behind a reserve that can't be kept, as a rule of its own."""
    key, _, account = name.partition(" ")
    if key != "cash_reserve":
        return []
    a = problem.holdings.account_index[account]
    return [f"flows {account}"] if problem.start_cash[a] < problem.holdings.cash[a] else []


def _describe(problem: Problem, relaxation: Relaxation, name: str) -> str:
    if name == RISK_LIMIT and isinstance(relaxation, RiskRelaxation):
        return _describe_risk(relaxation)
    key, _, account = name.partition(" ")
    if key != "cash_reserve":
        return name
    a = problem.holdings.account_index[account]
    needed = problem.floor[a]
    flow = problem.start_cash[a] - problem.holdings.cash[a]
    reachable = _most_cash(relaxation, a)
    if flow < 0:
        payable = max(reachable - flow - needed, 0.0)
        return f"flows {account} of {dollars(flow)} ({dollars(payable)} can be taken out) beside '{name}'"
    return f"{name} (needs {dollars(needed)}, {dollars(reachable)} can be raised)"


def _describe_risk(relaxation: RiskRelaxation) -> str:
    asked = relaxation.tracking.limit or 0.0
    least = relaxation.least_error()
    reached = "" if least is None else f", {100 * least:.2f} % can be reached"
    return f"{RISK_LIMIT} (tracking error of at most {100 * asked:.2f} % is asked{reached})"


def _most_cash(relaxation: Relaxation, account: int) -> float:
    """The most cash an account can come to have by the hard rules, dollars."""
    problem = relaxation.problem
    segments = problem.segments
    here = segments.account == account
    return float(problem.start_cash[account] + rule_sale_limits(problem)[here].sum())
