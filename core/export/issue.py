"""What a check of a plan is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import attrs

from core.classify.exposure import Exposure
from core.household import Account, Household, Security
from core.money import ZERO
from core.rebalance.proposal import Action, Proposal, Trade
from core.tilt.target import Target


class Light(StrEnum):
    """Red blocks until it is mended or overridden with a reason; amber must be read."""

    RED = "red"
    AMBER = "amber"


@attrs.frozen
class Issue:
    """One thing a check found: where, what, and what mends it.

    ``orders_only``: it stands in the way of order files alone; the workbook may be written.
    """

    check: str
    severity: Light
    where: str
    message: str
    fix: str
    orders_only: bool = False


@attrs.frozen(slots=False)
class Case:
    """A plan with everything it was made from, on the day it is to leave the program.

    numbers : the account numbers to be written in order files, by account id, where the user has mapped them.
    """

    household: Household
    exposures: Mapping[str, Exposure]
    target: Target
    proposal: Proposal
    today: date
    numbers: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def trades(self) -> tuple[Trade, ...]:
        """The trades."""
        return self.proposal.trades

    def account_name(self, account: str) -> str:
        """What people call the account; of one the household does not have its number."""
        return self.household.account_names.get(account, account)

    def place(self, trade: Trade) -> str:
        """Where a trade is: account and security."""
        return f"{self.account_name(trade.account)}, {trade.security}"

    def known(self) -> Iterator[tuple[Trade, Account, Security]]:
        """The trades whose account and security the household has; others are found by checks of their own."""
        for trade in self.trades:
            account = self.household.account_by_id.get(trade.account)
            security = self.household.security_by_id.get(trade.security)
            if account is not None and security is not None:
                yield trade, account, security

    def held(self, account: str, security: str) -> Decimal:
        """Units of a position, short ones counted against it."""
        lots = self.household.lots_by_position.get((account, security), ())
        return sum((lot.quantity for lot in lots), ZERO)

    def closes(self, trade: Trade) -> bool:
        """Whether a sale sells the whole position."""
        return trade.action is Action.SELL and trade.quantity == self.held(trade.account, trade.security)

    @cached_property
    def sold_by_lot(self) -> dict[int, Decimal]:
        """Units sold of each lot by all trades together."""
        sold: dict[int, Decimal] = {}
        for trade in self.trades:
            for part in trade.lots:
                sold[part.lot] = sold.get(part.lot, ZERO) + part.quantity
        return sold


@attrs.frozen
class Check:
    """One check: its key, what it makes sure of (said when it passes), and how it looks.

    ``find`` yields issues whose ``check`` is this key; none means passed.
    """

    key: str
    title: str
    find: Callable[[Case], Iterator[Issue]]
