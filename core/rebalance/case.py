"""What the evaluator's checks look at: the household, the target, the orders and what they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

import attrs

from core.classify.exposure import Exposure
from core.household import Household
from core.money import ZERO
from core.rebalance.booking import Booked, Position
from core.rebalance.measure import Composition
from core.rebalance.proposal import Action, Trade
from core.tilt.target import Target


@attrs.frozen(slots=False)
class Case:
    """Everything a check may look at. ``value_before`` is the household's value before flows, ``value`` V after."""

    household: Household
    exposures: Mapping[str, Exposure]
    target: Target
    trades: Sequence[Trade]
    booked: Booked
    before: Composition
    after: Composition
    value_before: Decimal
    value: Decimal

    def buys(self) -> Iterator[Trade]:
        """The purchases."""
        return (trade for trade in self.trades if trade.action is Action.BUY)

    def sells(self) -> Iterator[Trade]:
        """The sales."""
        return (trade for trade in self.trades if trade.action is Action.SELL)

    def closes(self, position: Position) -> bool:
        """Whether the trades sell every unit held long of a position."""
        lots = self.household.lots
        return all(self.booked.sold.get(i, ZERO) == lots[i].quantity for i in self.long_lots.get(position, ()))

    @cached_property
    def long_lots(self) -> dict[Position, list[int]]:
        """Indices of the lots held long, by position."""
        positions: dict[Position, list[int]] = {}
        for index, lot in enumerate(self.household.lots):
            if lot.quantity > 0:
                positions.setdefault((lot.account, lot.security), []).append(index)
        return positions
