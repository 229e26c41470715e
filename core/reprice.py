"""A household at other prices: values of lots and accounts follow, quantities and cost basis stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from core.household import Finding, Household, SecurityType, Severity
from core.money import ZERO, to_cents
from core.words import day_words

#: Worth a dollar whatever the day.
_STEADY = (SecurityType.CASH, SecurityType.MONEY_MARKET)


def repriced(household: Household, prices: Mapping[str, Decimal], as_of: date) -> Household:
    """The household at ``prices`` by security id, dollars each; securities without one keep theirs.

    The household's date becomes ``as_of`` where every holding but cash got a price. Where some did not, it keeps its
    own date, since a value is as old as its oldest price, and a finding names them.
    """
    securities = tuple(
        attrs.evolve(security, price=prices[security.id])
        if security.id in prices and prices[security.id] > 0
        else security
        for security in household.securities
    )
    by_id = {security.id: security for security in securities}
    lots = tuple(
        attrs.evolve(
            lot,
            market_value=to_cents(lot.quantity * prices[lot.security] * by_id[lot.security].multiplier),
        )
        if prices.get(lot.security, ZERO) > 0
        else lot
        for lot in household.lots
    )
    worth: dict[str, Decimal] = {}
    for lot in lots:
        worth[lot.account] = worth.get(lot.account, ZERO) + lot.market_value
    accounts = tuple(
        attrs.evolve(account, market_value=worth.get(account.id, ZERO) + account.cash + account.pending)
        for account in household.accounts
    )
    left = sorted(
        {
            lot.security
            for lot in lots
            if prices.get(lot.security, ZERO) <= 0 and by_id[lot.security].type not in _STEADY and lot.market_value
        }
    )
    changed = attrs.evolve(household, securities=securities, lots=lots, accounts=accounts)
    if not left:
        return attrs.evolve(changed, as_of=max(as_of, household.as_of))
    names = ", ".join(left[:8]) + (f" and {len(left) - 8} more" if len(left) > 8 else "")
    words = f"No newer price for {names}: these keep that of {day_words(household.as_of)}."
    return changed.with_findings([Finding(Severity.WARNING, "price-old", household.name, words)])
