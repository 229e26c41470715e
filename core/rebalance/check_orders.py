"""Checks of the orders themselves and of what they conserve: part of the evaluator, see ``check_rules``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.household import Lot, SecurityType, Term
from core.money import CENT, ZERO, to_cents
from core.rebalance.booking import Position, exact, flow_by_account, order_amount
from core.rebalance.case import Case
from core.rebalance.evaluation import Violation
from core.rebalance.measure import model_lines
from core.rebalance.proposal import Action

UNTRADED = (SecurityType.OPTION, SecurityType.CASH)
#: Share of a traded amount by which a file's market value may differ from quantity x price: prices are rounded.
PRICE_TOLERANCE = Decimal("0.01")


# --- the orders themselves ------------------------------------------------------------------------------------------


def amounts(case: Case) -> Iterator[Violation]:
    """Quantities are positive, prices the household's own, amounts quantity x price x multiplier, gains their own."""
    for trade in case.trades:
        security = case.household.security_by_id[trade.security]
        where = (trade.account, trade.security)
        if trade.quantity <= 0:
            yield Violation("amount", f"the quantity is {trade.quantity}, not positive", *where)
        if security.price is not None and trade.price != security.price:
            yield Violation("amount", f"the price is {trade.price}, the household's is {security.price}", *where)
        right = order_amount(trade, security)
        if trade.amount != right:
            message = f"the amount is {trade.amount}, quantity x price is {right}"
            yield Violation("amount", message, *where, abs(trade.amount - right))


def lots_add_up(case: Case) -> Iterator[Violation]:
    """A sale's lots add up to its quantity, and state their basis, gain and term rightly; a purchase has none."""
    realised = {(r.lot, r.quantity): r for r in case.booked.realised}
    for trade in case.trades:
        where = (trade.account, trade.security)
        total = sum((part.quantity for part in trade.lots), ZERO)
        if trade.action is Action.BUY:
            if trade.lots:
                yield Violation("lots", "a purchase names tax lots", *where)
            continue
        if total != trade.quantity:
            yield Violation("lots", f"the lots sum to {total} of {trade.quantity}", *where)
        for part in trade.lots:
            right = realised[part.lot, part.quantity]
            if part.quantity <= 0:
                yield Violation("lots", f"{part.quantity} sold of a lot, not positive", *where)
            for name, stated, true in (
                ("cost basis", part.cost_basis, right.basis),
                ("gain", part.gain, right.gain),
            ):
                if (stated is None) != (true is None) or (
                    stated is not None and true is not None and abs(stated - true) > CENT
                ):
                    yield Violation("lots", f"{name} of a lot is stated as {stated}, it is {true}", *where)
            if (part.term is Term.LONG) != (right.term is Term.LONG):
                yield Violation("lots", f"the term of a lot is stated as {part.term}, it is {right.term}", *where)


def oversell(case: Case) -> Iterator[Violation]:
    """No lot sells more than it holds."""
    for index, quantity in sorted(case.booked.sold.items()):
        lot = case.household.lots[index]
        if quantity > max(lot.quantity, ZERO):
            message = f"{quantity} units sold of a lot of {lot.quantity}"
            yield Violation("oversell", message, lot.account, lot.security, _unit_dollars(case, lot, quantity))


def _unit_dollars(case: Case, lot: Lot, sold: Decimal) -> Decimal:
    security = case.household.security_by_id[lot.security]
    excess = sold - max(lot.quantity, ZERO)
    return to_cents(excess * (security.price or ZERO) * security.multiplier)


def untradable(case: Case) -> Iterator[Violation]:
    """Options, cash items, short positions and securities without a price are not traded."""
    short = {(lot.account, lot.security) for lot in case.household.lots if lot.quantity < 0}
    for trade in case.trades:
        security = case.household.security_by_id[trade.security]
        where = (trade.account, trade.security)
        if security.type in UNTRADED:
            yield Violation("untradable", f"a security of type {security.type} is not traded", *where, trade.amount)
        if where in short:
            yield Violation("untradable", "the position is held short", *where, trade.amount)
        if security.price is None or security.price <= 0:
            yield Violation("untradable", "the security has no price", *where, trade.amount)


def universe(case: Case) -> Iterator[Violation]:
    """Where a universe is given, only its securities, the model's and those of own orders are bought."""
    if case.target.universe is None:
        return
    allowed = set(case.target.universe) | set(model_lines(case.target)) | {o.symbol for o in case.target.orders}
    for trade in case.buys():
        if trade.security not in allowed:
            message = "bought, and neither the universe nor the model names it"
            yield Violation("universe", message, trade.account, trade.security, trade.amount)


# --- conservation ---------------------------------------------------------------------------------------------------


def cash_conservation(case: Case) -> Iterator[Violation]:
    """Cash moved by the amounts as stated is cash moved by quantity x price."""
    stated: dict[str, Decimal] = {}
    flows = flow_by_account(case.target.flows)
    ticket = to_cents(exact(case.target.trading.ticket))
    for account in case.household.accounts:
        stated[account.id] = account.cash + flows.get(account.id, ZERO)
    for trade in case.trades:
        stated[trade.account] += (trade.amount if trade.action is Action.SELL else -trade.amount) - ticket
    for account_id, cash in stated.items():
        difference = cash - case.booked.cash[account_id]
        if difference:
            message = f"cash is {cash} by the stated amounts, {case.booked.cash[account_id]} by quantity x price"
            yield Violation("cash_conservation", message, account_id, None, abs(difference))


def value_conservation(case: Case) -> Iterator[Violation]:
    """A sale brings what its lots are worth: the file's market value and quantity x price agree, but for rounding."""
    worth: dict[Position, Decimal] = {}
    for index, quantity in case.booked.sold.items():
        lot = case.household.lots[index]
        if lot.quantity:
            key = (lot.account, lot.security)
            worth[key] = worth.get(key, ZERO) + lot.market_value * quantity / lot.quantity
    for position, amount in case.booked.sold_amounts.items():
        difference = abs(amount - worth.get(position, ZERO))
        if difference > PRICE_TOLERANCE * amount + CENT * len(case.household.lots_by_position.get(position, ())):
            message = f"the sale brings {amount}, its lots are worth {to_cents(worth.get(position, ZERO))}"
            yield Violation("value_conservation", message, *position, to_cents(difference))
