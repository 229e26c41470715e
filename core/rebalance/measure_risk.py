"""Tracking error against the model, the evaluator's: written from docs/methods.md in plain loops.

Shares nothing with what builds a plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal

from core.classify.exposure import ASSET_CLASSES, Exposure
from core.household import Finding, Severity
from core.rebalance.case import Case
from core.rebalance.evaluation import Violation
from core.rebalance.measure import Composition
from core.tilt.target import Target

_CASH = ASSET_CLASSES.index("cash")
#: Dollars of yearly volatility that an order's rounding to cents is allowed to move.
_CENT = 0.01
_NAMED = 5


def tracking_error(held: Composition, target: Target, value: float) -> float:
    """Annual tracking error of holdings against the model's weights of ``value`` dollars, a fraction of it."""
    if target.risk is None or value <= 0:
        return 0.0
    wanted = {line.symbol: line.weight for line in target.model}
    covariance = target.risk.covariance
    away = [(held.securities.get(symbol, 0.0) / value) - wanted.get(symbol, 0.0) for symbol in covariance.symbols]
    variance = 0.0
    for i, row in enumerate(covariance.matrix.tolist()):
        if away[i]:
            variance += away[i] * math.fsum(c * d for c, d in zip(row, away, strict=True))
    return math.sqrt(max(0.0, variance))


def risk_objective(held: Composition, target: Target, value: float) -> float:
    """The objective's risk term, dollars: aversion x V x TE^2."""
    if target.risk is None:
        return 0.0
    return target.risk.aversion * value * tracking_error(held, target, value) ** 2


def without_covariance(held: Composition, exposures: Mapping[str, Exposure], target: Target) -> dict[str, float]:
    """Dollars of every security held that has no covariance and is more than cash."""
    if target.risk is None:
        return {}
    known = set(target.risk.covariance.symbols)
    return {
        security: dollars
        for security, dollars in held.securities.items()
        if security not in known and dollars and exposures[security].mix[_CASH] < 1
    }


def risk_limit(case: Case) -> Iterator[Violation]:
    """The tracking error after the trades is at most the limit, to a cent of volatility an order."""
    risk = case.target.risk
    if risk is None or risk.limit is None:
        return
    value = float(case.value)
    error = tracking_error(case.after, case.target, value)
    over = (error - risk.limit) * value
    if over > _CENT * (1 + len(case.trades)):
        message = f"the tracking error is {100 * error:.3f} % a year, at most {100 * risk.limit:.3f} % is asked"
        yield Violation("risk", message, amount=Decimal(f"{over:.2f}"))


def risk_findings(case: Case) -> Iterator[Finding]:
    """What tracking error can't speak of: holdings and model lines without a covariance."""
    risk = case.target.risk
    if risk is None:
        return
    missing = without_covariance(case.before, case.exposures, case.target)
    if missing:
        share = math.fsum(missing.values()) / case.before.total if case.before.total else 0.0
        largest = sorted(missing, key=lambda s: (-abs(missing[s]), s))
        names = ", ".join(largest[:_NAMED]) + (" and others" if len(largest) > _NAMED else "")
        yield Finding(
            Severity.WARNING,
            "no_covariance",
            "",
            f"{100 * share:.1f} % of the household ({names}) has no covariance and is left out of the tracking error.",
        )
    known = set(risk.covariance.symbols)
    lines = [line for line in case.target.model if line.symbol not in known and line.weight > 0]
    if lines:
        names = ", ".join(line.symbol for line in lines[:_NAMED]) + (" and others" if len(lines) > _NAMED else "")
        weight = sum(line.weight for line in lines)
        yield Finding(
            Severity.WARNING,
            "no_covariance",
            "model",
            f"{100 * weight:.1f} % of the model ({names}) has no covariance and is left out of the tracking error.",
        )
