"""What a style cell is made of: the holdings in it, largest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from core.classify.exposure import Exposure
from core.household import Household
from core.rebalance.proposal import Action, Trade
from core.tilt.target import Scope


@attrs.frozen
class Contributor:
    """A holding's dollars in one style cell today, their share of the cell, and its dollars there after the plan."""

    security: str
    dollars: float
    share: float
    after: float = 0.0


def contributors(
    household: Household,
    exposures: Mapping[str, Exposure],
    cell: int,
    scope: Scope,
    trades: Iterable[Trade] = (),
) -> tuple[Contributor, ...]:
    """Holdings in a style cell (0..8) of the scope's equity, all accounts together, the largest of either day first."""

    def part_of(security: str) -> float:
        exposure = exposures.get(security)
        if exposure is None:
            return 0.0
        equity = exposure.mix[0] if scope is Scope.US_EQUITY else exposure.equity
        return equity * exposure.style_box[cell]

    dollars: dict[str, float] = {}
    for lot in household.lots:
        part = float(lot.market_value) * part_of(lot.security)
        if part:
            dollars[lot.security] = dollars.get(lot.security, 0.0) + part
    total = sum(dollars.values())
    after = dict(dollars)
    for trade in trades:
        part = float(trade.amount) * part_of(trade.security) * (1 if trade.action is Action.BUY else -1)
        if part:
            after[trade.security] = max(0.0, after.get(trade.security, 0.0) + part)
    ranked = sorted(after, key=lambda key: (-max(dollars.get(key, 0.0), after[key]), key))
    return tuple(
        Contributor(key, dollars.get(key, 0.0), dollars.get(key, 0.0) / total if total else 0.0, after[key])
        for key in ranked
    )
