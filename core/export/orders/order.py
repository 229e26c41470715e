"""An order as every format sees it, what a file of orders is, and what a reader finds in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum

import attrs

from core.errors import InputError
from core.household import Household, SecurityType
from core.money import CENT, ZERO
from core.rebalance.proposal import Action, Proposal

#: Securities that trade by the share on an exchange, and those bought and sold at the fund's own price.
EQUITIES = (SecurityType.STOCK, SecurityType.ETF)
FUNDS = (SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET)


class OrderType(StrEnum):
    """How an order is priced."""

    MARKET = "market"
    LIMIT = "limit"


@attrs.frozen
class Terms:
    """How orders are priced. Funds always trade at their own next price.

    band : share of the reference price that a limit leaves room for: 0.005 buys up to half a per cent dearer.
    """

    order_type: OrderType = OrderType.MARKET
    band: Decimal = Decimal("0.005")


@attrs.frozen
class OrderLot:
    """Shares of one tax lot that a sale closes; ``acquired`` None where the purchase date is unknown."""

    acquired: date | None
    quantity: Decimal


@attrs.frozen
class Order:
    """One order. ``price`` and ``amount`` are those of the plan, dollars; ``margin``: the position is held on margin;
    ``taxed``: the account's gains are taxed, so that it matters which lots are sold.

    sell_all : the sale closes the position; formats that can say so say so instead of a quantity, so that a crumb
    of a reinvested dividend does not stay behind.
    """

    number: int
    account: str
    custodian: str | None
    symbol: str
    cusip: str | None
    name: str
    type: SecurityType
    action: Action
    quantity: Decimal
    sell_all: bool
    price: Decimal
    amount: Decimal
    margin: bool = False
    taxed: bool = False
    lots: tuple[OrderLot, ...] = ()
    reason: str = ""

    @property
    def is_fund(self) -> bool:
        """Whether it trades at a fund's own price."""
        return self.type in FUNDS

    @property
    def lots_can_be_named(self) -> bool:
        """Whether the sale can be matched to purchases by date ("versus purchase")."""
        return bool(self.lots) and all(lot.acquired is not None for lot in self.lots)

    def limit_price(self, terms: Terms) -> Decimal | None:
        """The limit in whole cents, on the side that favours the client; None for a market order."""
        if terms.order_type is OrderType.MARKET or self.is_fund:
            return None
        if self.action is Action.BUY:
            return (self.price * (1 + terms.band)).quantize(CENT, rounding=ROUND_DOWN)
        return (self.price * (1 - terms.band)).quantize(CENT, rounding=ROUND_UP)


@attrs.frozen
class LeftOut:
    """An order that a format cannot carry, and why: to be placed by hand."""

    order: Order
    why: str


@attrs.frozen
class OrderFile:
    """A finished file: its name (no folder), bytes, what format it is in, the orders in it, what to know of it."""

    name: str
    content: bytes
    format: str
    orders: tuple[Order, ...]
    notes: tuple[str, ...] = ()


@attrs.frozen
class Written:
    """Everything that a set of orders came to."""

    files: tuple[OrderFile, ...]
    left_out: tuple[LeftOut, ...] = ()


def sorted_out(
    orders: Sequence[Order], reason_against: Callable[[Order], str | None]
) -> tuple[list[Order], tuple[LeftOut, ...]]:
    """The orders that a format carries, and those it leaves out with the reason against each."""
    taken: list[Order] = []
    left: list[LeftOut] = []
    for order in orders:
        why = reason_against(order)
        if why is None:
            taken.append(order)
        else:
            left.append(LeftOut(order, why))
    return taken, tuple(left)


@attrs.frozen
class ReadOrder:
    """What a reader finds in a file. ``quantity`` is None where the file says: all shares."""

    account: str
    symbol: str
    action: Action
    quantity: Decimal | None
    lots: tuple[OrderLot, ...] = ()


def orders_of(proposal: Proposal, household: Household) -> tuple[Order, ...]:
    """The orders of a plan, in its order: sales before purchases within an account.

    Raises KeyError where a trade names an account or security that the household doesn't have.
    """
    orders = []
    for number, trade in enumerate(proposal.trades, start=1):
        account, security = household.account_by_id[trade.account], household.security_by_id[trade.security]
        position = household.lots_by_position.get((trade.account, trade.security), ())
        held = sum((lot.quantity for lot in position), ZERO)
        sides = {household.lots[part.lot].side for part in trade.lots}
        orders.append(
            Order(
                number=number,
                account=account.id,
                custodian=account.custodian,
                symbol=security.symbol or security.cusip or "",
                cusip=security.cusip,
                name=security.name,
                type=security.type,
                action=trade.action,
                quantity=trade.quantity,
                sell_all=trade.action is Action.SELL and trade.quantity == held,
                price=trade.price,
                amount=trade.amount,
                margin=sides == {"margin"},
                taxed=account.kind.is_taxable,
                lots=tuple(OrderLot(part.acquired, part.quantity) for part in trade.lots),
                reason=trade.reason,
            )
        )
    return tuple(orders)


def quantity_text(quantity: Decimal) -> str:
    """Digits without exponent, sign of the locale or idle zeros."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals(quantity: Decimal) -> int:
    """How many decimals a quantity really has."""
    return len(quantity_text(quantity).partition(".")[2])


#: Letters and digits first: what begins otherwise could be taken for a formula, and is no custodian's number.
_PLAIN = re.compile(r"[A-Za-z0-9*][A-Za-z0-9 ./:^*_-]*")


def plain(text: str, what: str) -> str:
    """An account number or symbol fit for an order file, unchanged.

    Raises InputError where it isn't plain letters, digits and common signs: such a text would be a formula to a
    spreadsheet or break the file's columns, and an order file is no place to alter digits.
    """
    if not _PLAIN.fullmatch(text):
        shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
        raise InputError(
            f"No order file was written: the {what} {shown!r} is not plain letters and digits. Give the custodian's "
            f"own number for it under [accounts] of the order formats, or correct it in the file it came from."
        )
    return text


def refuse_unfit(orders: Iterable[Order]) -> None:
    """Raise InputError for the first order whose account or symbol cannot stand in an order file."""
    for order in orders:
        plain(order.account, "account")
        if order.symbol:
            plain(order.symbol, "symbol")
