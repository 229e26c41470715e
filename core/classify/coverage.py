"""How much of a household is classified, and what the rest is made of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import attrs

from core.classify.exposure import Exposure
from core.household import Household
from core.money import ZERO


@attrs.frozen
class Contributor:
    """A security that is not wholly known: its value and the dollars of it without class and without style."""

    security: str
    name: str
    market_value: Decimal
    unclassified: float
    style_unknown: float


@attrs.frozen
class Coverage:
    """How much of the household is known.

    classified : share of the gross value (lots, cash and pending amounts, each by its absolute value) whose asset
        class is known; 1 for an empty household.
    style_known : share of the equity whose style box is known; 1 where there is no equity.
    contributors : the securities that are not wholly known, most unknown dollars first.
    """

    classified: float
    style_known: float
    contributors: tuple[Contributor, ...]


def coverage(household: Household, exposures: Mapping[str, Exposure]) -> Coverage:
    """Coverage of a household by its exposures (by security id; one that is missing counts as unclassified)."""
    values: dict[str, Decimal] = {}
    for lot in household.lots:
        values[lot.security] = values.get(lot.security, ZERO) + abs(lot.market_value)
    cash = sum((abs(account.cash) + abs(account.pending) for account in household.accounts), ZERO)
    gross = float(cash)
    unclassified = equity = style_known = 0.0
    contributors: list[Contributor] = []
    for security, value in values.items():
        dollars = float(value)
        gross += dollars
        exposure = exposures.get(security)
        missing = dollars * (exposure.mix[-1] if exposure else 1.0)
        held = dollars * (exposure.equity if exposure else 0.0)
        known = held * (min(1.0, sum(exposure.style_box)) if exposure else 0.0)
        unclassified += missing
        equity += held
        style_known += known
        # under a cent is rounding
        if missing + held - known >= 0.01:
            found = household.security_by_id.get(security)
            contributors.append(Contributor(security, found.name if found else security, value, missing, held - known))
    contributors.sort(key=lambda c: (-(c.unclassified + c.style_unknown), c.security))
    return Coverage(
        classified=1.0 - unclassified / gross if gross else 1.0,
        style_known=style_known / equity if equity else 1.0,
        contributors=tuple(contributors),
    )
