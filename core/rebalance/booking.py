"""Trades booked against the household, in exact dollars and shares: the first half of the evaluator.

Written from docs/methods.md alone. Nothing here is shared with the code that builds a plan, so that a mistake there
can't hide here. Amounts are Decimal, rounded to cents where an order or a lot would be; quantities are Decimal units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from core.classify.exposure import Exposure
from core.household import Account, Household, Lot, Security, Term
from core.money import CENT, ZERO, to_cents
from core.rebalance.proposal import Action, Trade
from core.tax.holding_period import term
from core.tax.wash_sales import IdenticalGroup, LossSale, Replacement, WashMatch, disallowed_by_lot, disallowed_losses
from core.tilt.target import Flow

#: A position: account id and security id.
Position = tuple[str, str]


@attrs.frozen
class RealisedLot:
    """The part of one tax lot that the trades sell.

    ``lot`` is its index in ``household.lots``. ``proceeds`` = quantity x price x multiplier, ``basis`` that of the
    part sold, ``gain`` their difference, all in cents; basis and gain are None where the cost basis is unknown.
    ``disallowed`` (positive dollars) is the part of a loss that a wash sale takes away.
    """

    lot: int
    account: str
    security: str
    taxable: bool
    acquired: date | None
    quantity: Decimal
    proceeds: Decimal
    basis: Decimal | None
    gain: Decimal | None
    term: Term
    disallowed: Decimal = ZERO

    @property
    def is_loss(self) -> bool:
        """Sold at a loss. A cent is rounding, not a loss."""
        return self.gain is not None and self.gain < -CENT

    @property
    def is_short_gain(self) -> bool:
        """Sold at a gain taxed as short-term: held a year or less, or for a time nobody states."""
        return self.gain is not None and self.gain > CENT and self.term is not Term.LONG


@attrs.frozen
class Booked:
    """The household after the trades and flows.

    values : dollars by position, a sold lot reduced in proportion, purchases at their amount. quantities : units by
    position. sold : units sold by lot index. cash : dollars by account, after trades, tickets and flows.
    bought, sold_amounts : traded dollars by position.
    """

    values: Mapping[Position, Decimal]
    quantities: Mapping[Position, Decimal]
    sold: Mapping[int, Decimal]
    cash: Mapping[str, Decimal]
    bought: Mapping[Position, Decimal]
    sold_amounts: Mapping[Position, Decimal]
    tickets: Decimal
    realised: tuple[RealisedLot, ...]
    washes: tuple[WashMatch, ...]
    short_gain: Decimal
    long_gain: Decimal
    unknown_basis_proceeds: Decimal
    disallowed_loss: Decimal


def exact(number: float) -> Decimal:
    """The Decimal of a setting as it was written (0.1 is a tenth)."""
    return Decimal(repr(float(number)))


def identical_group(security: str, exposures: Mapping[str, Exposure]) -> IdenticalGroup:
    """The group of securities identical to this one for wash sales; a security without one is its own."""
    exposure = exposures.get(security)
    if exposure is None or not exposure.identical_group:
        return ("security", security)
    return ("group", exposure.identical_group)


def order_amount(trade: Trade, security: Security) -> Decimal:
    """Quantity x price x multiplier in cents, at the price of the order."""
    return to_cents(trade.quantity * trade.price * security.multiplier)


def lot_term(lot: Lot, on: date) -> Term:
    """Term of a lot sold on a trade date: by its acquisition date; unknown (taxed as short) without one."""
    return term(lot.acquired, on)


def flow_by_account(flows: Sequence[Flow]) -> dict[str, Decimal]:
    """Deposits (+) and withdrawals (-) of each account, in cents."""
    totals: dict[str, Decimal] = {}
    for flow in flows:
        totals[flow.account] = totals.get(flow.account, ZERO) + to_cents(exact(flow.amount))
    return totals


def book(
    household: Household,
    exposures: Mapping[str, Exposure],
    trades: Sequence[Trade],
    flows: Sequence[Flow],
    ticket: float,
) -> Booked:
    """Book trades, flows and tickets (dollars an order).

    Raises ValueError where a trade or flow names an account, security or lot that the household doesn't have, or
    the lot of another position.
    """
    accounts, securities = household.account_by_id, household.security_by_id
    values: dict[Position, Decimal] = {}
    quantities: dict[Position, Decimal] = {}
    for lot in household.lots:
        position = (lot.account, lot.security)
        values[position] = values.get(position, ZERO) + lot.market_value
        quantities[position] = quantities.get(position, ZERO) + lot.quantity

    cash = {account.id: account.cash for account in household.accounts}
    for account_id, amount in flow_by_account(flows).items():
        if account_id not in cash:
            raise ValueError(f"a flow names account {account_id}, which the household doesn't have")
        cash[account_id] += amount

    ticket_dollars = to_cents(exact(ticket))
    sold: dict[int, Decimal] = {}
    bought: dict[Position, Decimal] = {}
    sold_amounts: dict[Position, Decimal] = {}
    realised: list[RealisedLot] = []
    for trade in trades:
        if trade.account not in accounts or trade.security not in securities:
            raise ValueError(f"a trade names {trade.account}:{trade.security}, which the household doesn't have")
        position = (trade.account, trade.security)
        security = securities[trade.security]
        amount = order_amount(trade, security)
        cash[trade.account] -= ticket_dollars
        if trade.action is Action.BUY:
            cash[trade.account] -= amount
            bought[position] = bought.get(position, ZERO) + amount
            values[position] = values.get(position, ZERO) + amount
            quantities[position] = quantities.get(position, ZERO) + trade.quantity
            continue
        cash[trade.account] += amount
        sold_amounts[position] = sold_amounts.get(position, ZERO) + amount
        for part in trade.lots:
            lot = _lot_of(household, trade, part.lot)
            sold[part.lot] = sold.get(part.lot, ZERO) + part.quantity
            share = part.quantity / lot.quantity if lot.quantity else ZERO
            values[position] -= lot.market_value * share
            quantities[position] -= part.quantity
            realised.append(
                _realise(household, accounts[trade.account], security, part.lot, part.quantity, trade.price)
            )

    washes = _wash_sales(household, exposures, trades, sold, realised)
    disallowed = disallowed_by_lot(washes)
    realised = [attrs.evolve(r, disallowed=disallowed.pop(r.lot, ZERO)) if r.is_loss else r for r in realised]
    taxed = [r for r in realised if r.taxable]
    return Booked(
        values=values,
        quantities=quantities,
        sold=sold,
        cash=cash,
        bought=bought,
        sold_amounts=sold_amounts,
        tickets=ticket_dollars * len(trades),
        realised=tuple(realised),
        washes=washes,
        short_gain=sum((_net(r) for r in taxed if r.term is not Term.LONG), ZERO),
        long_gain=sum((_net(r) for r in taxed if r.term is Term.LONG), ZERO),
        unknown_basis_proceeds=sum((r.proceeds for r in taxed if r.basis is None), ZERO),
        disallowed_loss=sum((r.disallowed for r in taxed), ZERO),
    )


def _lot_of(household: Household, trade: Trade, index: int) -> Lot:
    if not 0 <= index < len(household.lots):
        raise ValueError(f"a sale of {trade.account}:{trade.security} names lot {index}, which doesn't exist")
    lot = household.lots[index]
    if (lot.account, lot.security) != (trade.account, trade.security):
        raise ValueError(f"a sale of {trade.account}:{trade.security} names a lot of {lot.account}:{lot.security}")
    return lot


def _realise(
    household: Household, account: Account, security: Security, index: int, quantity: Decimal, price: Decimal
) -> RealisedLot:
    """Proceeds, basis and gain of ``quantity`` units of a lot sold at ``price``."""
    lot = household.lots[index]
    proceeds = to_cents(quantity * price * security.multiplier)
    basis = None
    if lot.cost_basis is not None:
        basis = to_cents(lot.cost_basis if quantity == lot.quantity else lot.cost_basis * quantity / lot.quantity)
    return RealisedLot(
        lot=index,
        account=lot.account,
        security=lot.security,
        taxable=account.kind.is_taxable,
        acquired=lot.acquired,
        quantity=quantity,
        proceeds=proceeds,
        basis=basis,
        gain=None if basis is None else proceeds - basis,
        term=lot_term(lot, household.as_of),
    )


def _net(realised: RealisedLot) -> Decimal:
    """Gain that counts: what a wash sale disallows is left out; unknown basis has none."""
    return ZERO if realised.gain is None else realised.gain + realised.disallowed


def _wash_sales(
    household: Household,
    exposures: Mapping[str, Exposure],
    trades: Sequence[Trade],
    sold: Mapping[int, Decimal],
    realised: Sequence[RealisedLot],
) -> tuple[WashMatch, ...]:
    """Losses of taxable accounts matched to identical shares bought lately and kept, and to those the trades buy."""
    losses = [
        LossSale(
            lot=r.lot,
            group=identical_group(r.security, exposures),
            acquired=r.acquired,
            shares=r.quantity,
            loss=-r.gain,
            account=r.account,
            security=r.security,
        )
        for r in realised
        if r.taxable and r.is_loss and r.gain is not None
    ]
    if not losses:
        return ()
    groups = {loss.group for loss in losses}
    accounts = household.account_by_id
    replacements = []
    for index, lot in enumerate(household.lots):
        kept = lot.quantity - sold.get(index, ZERO)
        group = identical_group(lot.security, exposures)
        if group in groups and lot.acquired is not None and kept > 0:
            sheltered = not accounts[lot.account].kind.is_taxable
            replacements.append(Replacement(group, lot.acquired, kept, sheltered, index, lot.account, lot.security))
    for trade in trades:
        group = identical_group(trade.security, exposures)
        if group in groups and trade.action is Action.BUY:
            sheltered = not accounts[trade.account].kind.is_taxable
            replacements.append(
                Replacement(group, household.as_of, trade.quantity, sheltered, None, trade.account, trade.security)
            )
    return disallowed_losses(losses, replacements, household.as_of)
