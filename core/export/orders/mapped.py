"""Writing and reading order files by a template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import attrs

from core.errors import InputError
from core.export.orders.order import (
    LeftOut,
    Order,
    OrderFile,
    OrderLot,
    ReadOrder,
    Terms,
    Written,
    decimals,
    plain,
    quantity_text,
)
from core.export.orders.rows import delimited, safe_text, undelimited
from core.export.orders.template import DELIMITERS, Column, Template
from core.rebalance.proposal import Action

_FREE_TEXT = ("name", "reason")
_LOTS_NOTE = "Not every tax lot of the plan is named in this file: choose the lots at the custodian."


def write(orders: Sequence[Order], terms: Terms, file_stem: str, template: Template) -> Written:
    """The files that a template describes: one, or one for equities and one for funds, or one an account.

    Orders that it cannot carry are left out, with the reason.
    """
    reasons = {order.number: _reason_against(order, terms, template) for order in orders}
    taken = [order for order in orders if reasons[order.number] is None]
    left = tuple(LeftOut(order, why) for order in orders if (why := reasons[order.number]) is not None)
    written = []
    for part, own in _parts(taken, template.split):
        name = f"{file_stem}{'-' if part else ''}{part}.{template.extension}"
        title = f"{template.name}{' ' if part else ''}{part}"
        unnamed = any(o.taxed and o.lots and not o.sell_all and not _names_lots(o, template) for o in own)
        written.append(
            OrderFile(name, _content(own, terms, template), title, tuple(own), (_LOTS_NOTE,) if unnamed else ())
        )
    return Written(tuple(written), left)


def _parts(orders: Sequence[Order], split: str) -> list[tuple[str, list[Order]]]:
    if split == "equities-funds":
        kinds = (("equities", [o for o in orders if not o.is_fund]), ("funds", [o for o in orders if o.is_fund]))
        return [(name, own) for name, own in kinds if own]
    if split == "accounts":
        accounts = list(dict.fromkeys(order.account for order in orders))
        # The files are numbered: account numbers don't belong into file names.
        return [(f"account-{i}", [o for o in orders if o.account == a]) for i, a in enumerate(accounts, start=1)]
    return [("", list(orders))] if orders else []


def _content(orders: Sequence[Order], terms: Terms, template: Template) -> bytes:
    rows: list[list[str]] = []
    if template.header:
        rows.append([column.title for column in template.columns])
    for order in orders:
        rows.append([_cell(column, order, None, terms, template) for column in template.columns])
        if _names_lots(order, template):
            rows += [[_cell(c, order, lot, terms, template) for c in template.lot_columns] for lot in order.lots]
    return delimited(
        rows,
        delimiter=DELIMITERS[template.delimiter],
        quote_all=template.quote_all,
        line_end="\r\n" if template.line_end == "crlf" else "\n",
    )


def _names_lots(order: Order, template: Template) -> bool:
    return bool(template.lot_columns) and order.action is Action.SELL and order.lots_can_be_named


def _reason_against(order: Order, terms: Terms, template: Template) -> str | None:
    kind = order.type.value
    if kind not in template.takes:
        return f"the template {template.name} does not carry a {kind.replace('_', ' ')}"
    needed = {column.field for column in template.columns}
    if not order.symbol and "symbol" in needed:
        return "it has no symbol"
    if not order.cusip and "cusip" in needed and "symbol" not in needed:
        return "it has no CUSIP"
    if decimals(order.quantity) > template.decimals and not (order.sell_all and "quantity" not in needed):
        return f"the template takes quantities with up to {template.decimals} decimals"
    for column in template.columns:
        text = _cell(column, order, None, terms, template)
        if column.width and len(text) > column.width and column.field not in _FREE_TEXT:
            return f"{text!r} is longer than the {column.width} characters of {column.title or column.field}"
    return None


def _cell(column: Column, order: Order, lot: OrderLot | None, terms: Terms, template: Template) -> str:
    if not column.field:
        return column.constant
    text = _text(column.field, order, lot, terms, template)
    return text[: column.width] if column.width and column.field in _FREE_TEXT else text


def _text(field: str, order: Order, lot: OrderLot | None, terms: Terms, template: Template) -> str:
    limit = order.limit_price(terms)
    if lot is not None and field in ("lot_date", "lot_quantity"):
        assert lot.acquired is not None
        return lot.acquired.strftime(template.date_format) if field == "lot_date" else quantity_text(lot.quantity)
    whole = quantity_text(order.quantity)
    texts = {
        "number": str(order.number),
        "account": plain(order.account, "account"),
        "account_type": template.code("account_type", "margin" if order.margin else "cash"),
        "action": template.code("action", order.action.value),
        "quantity": whole,
        "quantity_or_blank": "" if order.sell_all else whole,
        "quantity_type": template.code("quantity_type", "all" if order.sell_all else "shares"),
        "symbol": plain(order.symbol, "symbol") if order.symbol else "",
        "cusip": plain(order.cusip, "CUSIP") if order.cusip else "",
        "name": safe_text(order.name),
        "security_type": template.code("security_type", order.type.value),
        "order_type": template.code("order_type", "market" if limit is None else "limit"),
        "limit_price": "" if limit is None else f"{limit:f}",
        "time_in_force": template.code("time_in_force", "day"),
        "price": f"{order.price:f}",
        "amount": f"{order.amount:.2f}",
        "lot_method": template.code("lot_method", "lots" if _names_lots(order, template) else "fifo")
        if order.action is Action.SELL
        else "",
        "reason": safe_text(order.reason),
    }
    return texts[field]


def read(content: bytes, template: Template, where: str = "order file") -> tuple[ReadOrder, ...]:
    """The orders of a file that the template describes. Raises InputError, with the row, where one doesn't fit."""
    rows = undelimited(content, where, DELIMITERS[template.delimiter])
    first = 1
    if template.header:
        if not rows or rows[0] != [column.title for column in template.columns]:
            raise InputError(f"{where}: the heading row is not that of the template {template.name}.")
        rows, first = rows[1:], 2
    found: list[ReadOrder] = []
    for number, row in enumerate(rows, start=first):
        try:
            if template.lot_columns and row[0] == template.lot_columns[0].constant and found:
                found[-1] = attrs.evolve(found[-1], lots=(*found[-1].lots, _lot(row, template)))
            else:
                found.append(_order(row, template))
        except (KeyError, ValueError, InvalidOperation) as error:
            raise InputError(f"{where}, row {number}: {', '.join(row)} is no order of {template.name}.") from error
    return tuple(found)


def _order(row: list[str], template: Template) -> ReadOrder:
    values = {c.field: text for c, text in zip(template.columns, row, strict=True) if c.field}
    everything = "quantity_type" in values and template.value_of("quantity_type", values["quantity_type"]) == "all"
    text = values.get("quantity") or values.get("quantity_or_blank", "")
    return ReadOrder(
        account=values["account"],
        symbol=values.get("symbol") or values["cusip"],
        action=Action(template.value_of("action", values["action"])),
        quantity=None if everything else Decimal(text),
    )


def _lot(row: list[str], template: Template) -> OrderLot:
    values = {c.field: text for c, text in zip(template.lot_columns, row, strict=True) if c.field}
    return OrderLot(_date(values["lot_date"], template.date_format), Decimal(values["lot_quantity"]))


def _date(text: str, form: str) -> date:
    return datetime.strptime(text, form).date()  # noqa: DTZ007 - a trade date has no zone
