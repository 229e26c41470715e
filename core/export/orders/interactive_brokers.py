"""Interactive Brokers BasketTrader: a heading row, then one row an order; no space after commas, none in values.

Field names and values are those of the documented basket file (Action, Quantity, Symbol, SecType, Exchange,
Currency, TimeInForce, OrderType, LmtPrice, BasketTag, Account); the order of the columns is free, and a new heading
row may follow where the fields change. Tax lots cannot be named in a basket.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from core.errors import InputError
from core.export.orders.order import (
    EQUITIES,
    FUNDS,
    Order,
    OrderFile,
    ReadOrder,
    Terms,
    Written,
    plain,
    quantity_text,
    sorted_out,
)
from core.export.orders.rows import delimited, undelimited
from core.rebalance.proposal import Action

NAME = "interactive-brokers"
TITLE = "Interactive Brokers basket"
MARKET_FIELDS = (
    "Action",
    "Quantity",
    "Symbol",
    "SecType",
    "Exchange",
    "Currency",
    "TimeInForce",
    "OrderType",
    "Account",
    "BasketTag",
)
LIMIT_FIELDS = (*MARKET_FIELDS, "LmtPrice")
_LOTS_NOTE = "A basket cannot name tax lots: choose them in the Tax Optimizer before the sales settle."


def write(orders: Sequence[Order], terms: Terms, file_stem: str) -> Written:
    """The basket. Bonds, options and what has no symbol are left out; parts of shares go as they are."""
    taken, left = sorted_out(orders, _reason_against)
    if not taken:
        return Written((), left)
    rows: list[Sequence[str]] = []
    for limited, group in groupby(taken, key=lambda order: order.limit_price(terms) is not None):
        rows.append(LIMIT_FIELDS if limited else MARKET_FIELDS)
        rows += [_row(order, terms) for order in group]
    notes = (_LOTS_NOTE,) if any(order.taxed and order.lots and not order.sell_all for order in taken) else ()
    return Written((OrderFile(f"{file_stem}.csv", delimited(rows), TITLE, tuple(taken), notes),), left)


def symbol_at_the_broker(symbol: str) -> str:
    """Share classes are written with a space there: ``BRK B``."""
    return plain(symbol, "symbol").replace(".", " ")


def _reason_against(order: Order) -> str | None:
    if order.type not in (*EQUITIES, *FUNDS):
        return f"a basket of Trimtab carries stocks, ETFs and funds, not a {order.type.words}"
    return None if order.symbol else "it has no symbol"


def _row(order: Order, terms: Terms) -> list[str]:
    limit = order.limit_price(terms)
    row = [
        order.action.value.upper(),
        quantity_text(order.quantity),
        symbol_at_the_broker(order.symbol),
        "FUND" if order.is_fund else "STK",
        "FUNDSERV" if order.is_fund else "SMART",
        "USD",
        "DAY",
        "MKT" if limit is None else "LMT",
        plain(order.account, "account"),
        f"Trimtab-{order.number}",
    ]
    return row if limit is None else [*row, f"{limit:f}"]


def read(content: bytes, where: str = "basket") -> tuple[ReadOrder, ...]:
    """The orders of a basket. Raises InputError where a row does not fit the heading above it."""
    fields: list[str] = []
    found = []
    for number, row in enumerate(undelimited(content, where), start=1):
        if "Action" in row:
            fields = row
            continue
        if len(row) != len(fields):
            raise InputError(f"{where}, row {number}: {len(row)} values under {len(fields)} headings.")
        values = dict(zip(fields, row, strict=True))
        found.append(
            ReadOrder(
                account=values.get("Account", ""),
                symbol=values["Symbol"],
                action=Action(values["Action"].lower()),
                quantity=Decimal(values["Quantity"]),
            )
        )
    return tuple(found)
