"""The eleven ways in which a trade file goes wrong, each looked for by itself; nothing here builds a plan.

An adviser places what these files say, so every figure is worked out anew from the household.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from core.export import check_limits
from core.export.issue import Case, Check, Issue, Light
from core.export.orders.order import EQUITIES, FUNDS
from core.household import Lot, SecurityType
from core.money import ZERO, to_cents
from core.rebalance.proposal import Action, Trade
from core.words import dollars, number_words

#: Fewer signs than this, or signs that stand for digits left out, are the end of an account number.
_FULL_NUMBER = 5
_MASK = re.compile(r"\.\.|\u2026|\*|[xX]{2,}")


def _account(case: Case) -> Iterator[Issue]:
    for trade in case.trades:
        if trade.account not in case.household.account_by_id:
            yield Issue(
                "account",
                Light.RED,
                case.place(trade),
                f"The order names the account {trade.account}, which the household does not have.",
                "Import the account, or leave the order out.",
            )
    for account in dict.fromkeys(trade.account for trade in case.trades):
        number = case.numbers.get(account, account)
        if len(re.sub(r"[^0-9A-Za-z]", "", number)) < _FULL_NUMBER or _MASK.search(number):
            yield Issue(
                "account",
                Light.AMBER,
                case.account_name(account),
                f"{number} looks like the end of an account number.",
                "Give the full number under [accounts] of the order formats.",
                orders_only=True,
            )


def _security(case: Case) -> Iterator[Issue]:
    for trade in case.trades:
        security = case.household.security_by_id.get(trade.security)
        if security is None:
            yield Issue(
                "security",
                Light.RED,
                case.place(trade),
                f"The order names {trade.security}, which the household does not know.",
                "Import it, or add it with its price.",
            )
        elif security.symbol is None and security.cusip is None:
            yield Issue(
                "security",
                Light.RED,
                case.place(trade),
                f"{security.name or security.id} has neither symbol nor CUSIP, so no custodian can tell what it is.",
                "Add the symbol to the file and import it again.",
            )
        elif security.type in (SecurityType.OPTION, SecurityType.CASH):
            yield Issue(
                "security",
                Light.RED,
                case.place(trade),
                f"{security.id} is {'an option' if security.type is SecurityType.OPTION else 'cash'}; it is not traded "
                "from here.",
                "Leave the order out, or place it by hand.",
            )
        elif security.type not in (*EQUITIES, *FUNDS):
            yield Issue(
                "security",
                Light.AMBER,
                case.place(trade),
                f"Order files do not carry {security.id}: it is a {security.type.words}, not a stock, ETF or fund.",
                "Place this order by hand.",
                orders_only=True,
            )


def _quantity(case: Case) -> Iterator[Issue]:
    for trade, _account_of, security in case.known():
        amount = to_cents(trade.quantity * trade.price * security.multiplier)
        if trade.quantity <= 0:
            yield Issue(
                "quantity",
                Light.RED,
                case.place(trade),
                f"The quantity is {number_words(trade.quantity)}.",
                "Make the plan anew.",
            )
        elif amount != trade.amount:
            yield Issue(
                "quantity",
                Light.RED,
                case.place(trade),
                f"{number_words(trade.quantity)} at {number_words(trade.price)} is {dollars(amount)}, not "
                f"{dollars(trade.amount)}.",
                "Make the plan anew.",
            )
        whole = trade.quantity == trade.quantity.to_integral_value()
        if not whole and security.type in EQUITIES and not case.target.trading.fractional and not case.closes(trade):
            yield Issue(
                "quantity",
                Light.RED,
                case.place(trade),
                f"{number_words(trade.quantity)} is a part of a share, and the plan is for whole shares.",
                "Allow parts of shares on the Target page, or make the plan anew.",
            )


def _oversell(case: Case) -> Iterator[Issue]:
    sold: dict[tuple[str, str], Decimal] = {}
    for trade in case.trades:
        if trade.action is Action.SELL:
            key = (trade.account, trade.security)
            sold[key] = sold.get(key, ZERO) + trade.quantity
    for (account, security), quantity in sold.items():
        held = sum(
            (x.quantity for x in case.household.lots_by_position.get((account, security), ()) if x.quantity > 0), ZERO
        )
        if quantity > held:
            yield Issue(
                "oversell",
                Light.RED,
                f"{case.account_name(account)}, {security}",
                f"{number_words(quantity)} are sold and {number_words(held)} are held.",
                "Make the plan anew from today's positions.",
            )
    lots = case.household.lots
    for index, quantity in case.sold_by_lot.items():
        if 0 <= index < len(lots) and quantity > max(lots[index].quantity, ZERO):
            yield Issue(
                "oversell",
                Light.RED,
                f"{case.account_name(lots[index].account)}, {lots[index].security}",
                f"{number_words(quantity)} are sold of a lot of {number_words(lots[index].quantity)}.",
                "Make the plan anew from today's positions.",
            )


def _lots(case: Case) -> Iterator[Issue]:
    for trade, account, _security_of in case.known():
        if trade.action is Action.BUY:
            continue
        total = sum((part.quantity for part in trade.lots), ZERO)
        owned = [_own_lot(case, trade, part.lot) for part in trade.lots]
        if total != trade.quantity or any(lot is None for lot in owned):
            yield Issue(
                "lots",
                Light.RED,
                case.place(trade),
                f"The tax lots named add up to {number_words(total)}, the order sells {number_words(trade.quantity)}."
                if total != trade.quantity
                else "A tax lot named belongs to another position.",
                "Make the plan anew.",
            )
        elif any(
            lot is not None and lot.acquired != part.acquired for lot, part in zip(owned, trade.lots, strict=True)
        ):
            yield Issue(
                "lots",
                Light.RED,
                case.place(trade),
                "A tax lot named has another purchase date in the household.",
                "Make the plan anew.",
            )
        elif account.kind.is_taxable and not case.closes(trade) and any(p.acquired is None for p in trade.lots):
            yield Issue(
                "lots",
                Light.AMBER,
                case.place(trade),
                "The purchase date of the lots sold is not known, so the order cannot name them.",
                "Import a file with tax lots, or choose the lots at the custodian.",
            )


def _own_lot(case: Case, trade: Trade, index: int) -> Lot | None:
    if not 0 <= index < len(case.household.lots):
        return None
    lot = case.household.lots[index]
    return lot if (lot.account, lot.security) == (trade.account, trade.security) else None


def _duplicates(case: Case) -> Iterator[Issue]:
    seen: dict[tuple[str, str], list[Action]] = {}
    for trade in case.trades:
        seen.setdefault((trade.account, trade.security), []).append(trade.action)
    for (account, security), actions in seen.items():
        if len(actions) > 1:
            both = len(set(actions)) > 1
            yield Issue(
                "duplicates",
                Light.RED,
                f"{case.account_name(account)}, {security}",
                "It is both bought and sold." if both else f"It is ordered {len(actions)} times.",
                "Make the plan anew; one order for each security of an account.",
            )


TRADE_CHECKS: tuple[Check, ...] = (
    Check("account", "every order names an account of the household", _account),
    Check("security", "every security has a symbol or CUSIP and can be traded", _security),
    Check("quantity", "quantities are whole where they must be, and times price give the amounts", _quantity),
    Check("oversell", "nothing is sold that is not held, lot by lot", _oversell),
    Check("lots", "the tax lots of every sale are its own and add up", _lots),
    Check("duplicates", "one order for each security of an account", _duplicates),
    Check("cash", "cash ties to the cent in every account, and reserves are kept", check_limits.cash),
    Check(
        "restrictions", "lists, ranges to hold, own orders, mode and tracking error are kept", check_limits.restrictions
    ),
    Check("wash_sales", "no loss is washed by the plan", check_limits.wash_sales),
    Check("size", "no order is too small or out of proportion", check_limits.size),
    Check("prices", "orders are at the prices of the positions, and these are fresh", check_limits.prices),
)
