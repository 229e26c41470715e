"""Trades booked on a household: the household as it will be when every order has filled at its price."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs

from core.household import Household, Lot, Term
from core.money import ZERO, to_cents
from core.rebalance.proposal import Action, Trade
from core.tilt.target import Flow


def apply_trades(
    household: Household, trades: Sequence[Trade], flows: Sequence[Flow], ticket: float = 0.0
) -> Household:
    """Book trades, deposits and withdrawals.

    Sold lots shrink, their market value and cost basis in proportion to the quantity; those sold whole are gone.
    Each purchase is a new lot at the end, acquired on the household's date at its amount. Cash takes amounts, flows
    and ``ticket`` dollars an order. Lots that are left keep their order; files and findings stay as read. Basis that
    a wash sale moves to a replacement is not moved here: that is the year-end's business, not the order's.

    Raises ValueError where a trade or flow names an account that isn't there, or sells more than a lot holds.
    """
    cash = {account.id: account.cash for account in household.accounts}
    sold: dict[int, Decimal] = {}
    new_lots: list[Lot] = []

    def move(account_id: str, amount: Decimal) -> None:
        if account_id not in cash:
            raise ValueError(f"account {account_id} is not in the household")
        cash[account_id] += amount

    for flow in flows:
        move(flow.account, to_cents(flow.amount))
    for trade in trades:
        move(trade.account, -to_cents(ticket))
        if trade.action is Action.SELL:
            move(trade.account, trade.amount)
            for part in trade.lots:
                sold[part.lot] = sold.get(part.lot, ZERO) + part.quantity
        else:
            move(trade.account, -trade.amount)
            new_lots.append(
                Lot(
                    account=trade.account,
                    security=trade.security,
                    quantity=trade.quantity,
                    market_value=trade.amount,
                    cost_basis=trade.amount,
                    acquired=household.as_of,
                    term=Term.SHORT,
                )
            )

    kept = [_reduced(lot, sold.get(index, ZERO)) for index, lot in enumerate(household.lots)]
    lots = (*(lot for lot in kept if lot is not None), *new_lots)
    worth = {account.id: cash[account.id] + account.pending for account in household.accounts}
    for lot in lots:
        worth[lot.account] += lot.market_value
    accounts = tuple(attrs.evolve(a, cash=cash[a.id], market_value=worth[a.id]) for a in household.accounts)
    return attrs.evolve(household, accounts=accounts, lots=lots)


def _reduced(lot: Lot, sold: Decimal) -> Lot | None:
    """What is left of a lot, None where nothing is."""
    if sold == 0:
        return lot
    left = lot.quantity - sold
    if left < 0:
        raise ValueError(f"{sold} units sold of a lot of {lot.quantity} of {lot.account}:{lot.security}")
    if left == 0:
        return None
    # What is sold is rounded, what is left is the rest, so that the two parts sum to the whole.
    sold_value = to_cents(lot.market_value * sold / lot.quantity)
    basis = None if lot.cost_basis is None else lot.cost_basis - to_cents(lot.cost_basis * sold / lot.quantity)
    return attrs.evolve(lot, quantity=left, market_value=lot.market_value - sold_value, cost_basis=basis)
