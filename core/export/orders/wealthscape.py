"""Fidelity Wealthscape "Import Orders": columns A to H, and not one more ("extra columns make the file unreadable").

Widths and the account types (1 cash, 2 margin) are documented; the code lists for action, price type and time in
force are shown only to users of the site. They are therefore asked for, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import attrs

from core.errors import InputError
from core.export.orders.order import (
    EQUITIES,
    FUNDS,
    Order,
    OrderFile,
    ReadOrder,
    Terms,
    Written,
    decimals,
    plain,
    quantity_text,
    sorted_out,
)
from core.export.orders.rows import delimited, undelimited
from core.rebalance.proposal import Action

NAME = "wealthscape"
TITLE = "Fidelity Wealthscape order import (columns A-H)"
#: Characters of columns A to H.
WIDTHS = (20, 1, 3, 10, 30, 2, 1, 10)
COLUMNS = len(WIDTHS)
MOST_DECIMALS = 3
_LOTS_NOTE = "The layout does not name tax lots: choose them on the orders that land in Orders Unsent."


@attrs.frozen
class WealthscapeCodes:
    """The custodian's own codes, from its list of values on the import page."""

    buy: str
    sell: str
    market: str
    day: str
    limit: str = ""

    def problem(self) -> str | None:
        """What is wrong with the codes, or None."""
        for key, width in (("buy", 3), ("sell", 3), ("market", 2), ("limit", 2), ("day", 1)):
            code: str = getattr(self, key)
            if not code and key != "limit":
                return f"the code for {key} is missing"
            if len(code) > width or (code and not code.isalnum()):
                return f"the code {code!r} for {key} must be at most {width} letters or digits"
        return "buy and sell have the same code" if self.buy == self.sell else None


def write(orders: Sequence[Order], terms: Terms, file_stem: str, codes: WealthscapeCodes) -> Written:
    """The file. Raises InputError where a code is missing or too long."""
    problem = codes.problem()
    if problem is None and not codes.limit and any(order.limit_price(terms) is not None for order in orders):
        problem = "the code for limit is missing"
    if problem is not None:
        raise InputError(
            f"No Wealthscape file was written: {problem}. Take the codes from the site's page Import Orders."
        )
    taken, left = sorted_out(orders, _reason_against)
    if not taken:
        return Written((), left)
    content = delimited([_row(order, terms, codes) for order in taken])
    notes = (_LOTS_NOTE,) if any(order.taxed and order.lots and not order.sell_all for order in taken) else ()
    return Written((OrderFile(f"{file_stem}.csv", content, TITLE, tuple(taken), notes),), left)


def _reason_against(order: Order) -> str | None:
    if order.type not in (*EQUITIES, *FUNDS):
        return f"the layout carries equities and funds, not a {order.type.words}"
    if not order.symbol:
        return "it has no symbol"
    if decimals(order.quantity) > MOST_DECIMALS:
        return f"the layout takes quantities with up to {MOST_DECIMALS} decimals"
    if len(quantity_text(order.quantity)) > WIDTHS[3]:
        return f"the layout takes quantities of up to {WIDTHS[3]} characters"
    if len(order.account) > WIDTHS[0] or len(order.symbol) > WIDTHS[4]:
        return "its account number or symbol is too long for the layout"
    return None


def _row(order: Order, terms: Terms, codes: WealthscapeCodes) -> list[str]:
    limit = order.limit_price(terms)
    return [
        plain(order.account, "account"),
        "2" if order.margin else "1",
        codes.buy if order.action is Action.BUY else codes.sell,
        quantity_text(order.quantity),
        plain(order.symbol, "symbol"),
        codes.market if limit is None else codes.limit,
        codes.day,
        "" if limit is None else f"{limit:f}",
    ]


def read(content: bytes, codes: WealthscapeCodes, where: str = "Wealthscape file") -> tuple[ReadOrder, ...]:
    """The orders of such a file. Raises InputError, with the row, where one doesn't fit the layout."""
    sides = {codes.buy: Action.BUY, codes.sell: Action.SELL}
    found = []
    for number, row in enumerate(undelimited(content, where), start=1):
        if len(row) != COLUMNS:
            raise InputError(f"{where}, row {number}: {len(row)} columns instead of {COLUMNS}.")
        try:
            found.append(ReadOrder(row[0], row[4], sides[row[2]], Decimal(row[3])))
        except (KeyError, InvalidOperation) as error:
            raise InputError(f"{where}, row {number}: {', '.join(row)} is no order of this layout.") from error
    return tuple(found)
