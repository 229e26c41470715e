"""What a style cell is made of: the holdings in it, largest first."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from core.classify.exposure import Exposure
from core.household import Household
from core.tilt.target import Scope


@attrs.frozen
class Contributor:
    """A holding's dollars in one style cell, and their share of the cell."""

    security: str
    dollars: float
    share: float


def contributors(
    household: Household, exposures: Mapping[str, Exposure], cell: int, scope: Scope
) -> tuple[Contributor, ...]:
    """Holdings in a style cell (0..8) of the scope's equity today, largest first, all accounts together."""
    dollars: dict[str, float] = {}
    for lot in household.lots:
        exposure = exposures.get(lot.security)
        if exposure is None:
            continue
        equity = exposure.mix[0] if scope is Scope.US_EQUITY else exposure.equity
        part = float(lot.market_value) * equity * exposure.style_box[cell]
        if part:
            dollars[lot.security] = dollars.get(lot.security, 0.0) + part
    total = sum(dollars.values())
    ranked = sorted(dollars.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Contributor(key, amount, amount / total if total else 0.0) for key, amount in ranked)
