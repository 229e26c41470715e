"""The neutral order file: columns A to R of the former Veo layout, with rows that name the tax lots of a sale.

No heading row; one order a row, every column documented (docs/orders.md). A sale against named lots (method S) is
followed by one row a lot: ``VSP``, purchase date as MMDDYYYY, quantity ("versus purchase"). A sale that closes a
position has the quantity type AS, all shares, and no quantity.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import attrs

from core.errors import InputError
from core.export.orders.order import (
    EQUITIES,
    FUNDS,
    Order,
    OrderFile,
    OrderLot,
    ReadOrder,
    Terms,
    Written,
    plain,
    quantity_text,
    sorted_out,
)
from core.export.orders.rows import delimited, undelimited
from core.rebalance.proposal import Action

NAME = "neutral"
TITLE = "neutral order file (columns A-R)"
COLUMNS = 18
LOT_MARK = "VSP"
_DATE = "%m%d%Y"
_UNDATED_NOTE = (
    "A sale of lots whose purchase dates are unknown names no lots (method F, first in first out): choose the lots at "
    "the custodian if they matter."
)


def write(orders: Sequence[Order], terms: Terms, file_stem: str) -> Written:
    """The file. Bonds, options and what has no symbol are left out."""
    taken, left = sorted_out(orders, _reason_against)
    if not taken:
        return Written((), left)
    rows: list[Sequence[str]] = []
    for order in taken:
        rows.append(_row(order, terms))
        if _names_lots(order):
            rows += [_lot_row(lot) for lot in order.lots]
    undated = any(o.taxed and o.action is Action.SELL and not o.sell_all and not o.lots_can_be_named for o in taken)
    notes = (_UNDATED_NOTE,) if undated else ()
    return Written((OrderFile(f"{file_stem}.csv", delimited(rows), TITLE, tuple(taken), notes),), left)


def _reason_against(order: Order) -> str | None:
    if order.type not in (*EQUITIES, *FUNDS):
        return f"the layout carries equities and funds, not a {order.type.words}"
    return None if order.symbol else "it has no symbol"


def _names_lots(order: Order) -> bool:
    return order.action is Action.SELL and order.lots_can_be_named


def _row(order: Order, terms: Terms) -> list[str]:
    limit = order.limit_price(terms)
    return [
        plain(order.account, "account"),  # A account number
        "2" if order.margin else "1",  # B account type: 1 cash, 2 margin
        "M" if order.is_fund else "E",  # C security type
        "S" if order.action is Action.SELL else "B",  # D action
        "AS" if order.sell_all else "S",  # E quantity type: shares, all shares
        "" if order.sell_all else quantity_text(order.quantity),  # F quantity
        plain(order.symbol, "symbol"),  # G symbol
        "",  # H exchange or swap symbol
        "M" if limit is None else "L",  # I order type
        "" if limit is None else f"{limit:f}",  # J limit price
        "",  # K stop price
        "DAY",  # L time in force
        "",  # M do not reduce
        "",  # N all or none
        "N",  # O reinvest dividends
        "Y",  # P include transaction fee
        "N",  # Q reinvest capital gains
        "S" if _names_lots(order) else "F",  # R tax-lot method
    ]


def _lot_row(lot: OrderLot) -> list[str]:
    assert lot.acquired is not None
    return [LOT_MARK, lot.acquired.strftime(_DATE), quantity_text(lot.quantity)]


def read(content: bytes, where: str = "order file") -> tuple[ReadOrder, ...]:
    """The orders of a neutral file, each with the lots named under it.

    Raises InputError, with the row, where a row is neither an order nor a lot, or a value is not what it should be.
    """
    found: list[ReadOrder] = []
    for number, row in enumerate(undelimited(content, where), start=1):
        try:
            if row[0] == LOT_MARK and found:
                lot = OrderLot(_date(row[1]), Decimal(row[2]))
                found[-1] = attrs.evolve(found[-1], lots=(*found[-1].lots, lot))
            elif len(row) == COLUMNS:
                quantity = None if row[4] == "AS" else Decimal(row[5])
                action = {"B": Action.BUY, "S": Action.SELL}[row[3]]
                found.append(ReadOrder(row[0], row[6], action, quantity))
            else:
                raise InputError(f"{where}, row {number}: {len(row)} columns; an order has {COLUMNS}, a lot 3.")
        except (KeyError, IndexError, ValueError, InvalidOperation) as error:
            raise InputError(f"{where}, row {number}: {', '.join(row)} is no order of this layout.") from error
    return tuple(found)


def _date(text: str) -> date:
    return datetime.strptime(text, _DATE).date()  # noqa: DTZ007 - a trade date has no zone
