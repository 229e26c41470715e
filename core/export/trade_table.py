"""The trades as a plain table: for the clipboard (tab-separated) and as CSV; text that could be a formula is marked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.export.orders.order import orders_of, quantity_text
from core.export.orders.rows import delimited, safe_text
from core.household import Household
from core.rebalance.proposal import Proposal

HEADINGS = ("Account", "Symbol", "Name", "Action", "Quantity", "All shares", "Price", "Amount", "Est. gain", "Reason")


def trade_rows(proposal: Proposal, household: Household) -> list[list[str]]:
    """One row a trade, without the heading. Gain: of sales in taxed accounts; ``unknown`` where no basis is known."""
    rows = []
    for trade, order in zip(proposal.trades, orders_of(proposal, household), strict=True):
        gains = [lot.gain for lot in trade.lots]
        known = [gain for gain in gains if gain is not None]
        taxed = household.account_by_id[trade.account].kind.is_taxable and bool(trade.lots)
        gain = "" if not taxed else f"{sum(known, Decimal(0)):.2f}" if len(known) == len(gains) else "unknown"
        rows.append(
            [
                safe_text(trade.account),
                safe_text(order.symbol or trade.security),
                safe_text(order.name),
                trade.action.value,
                quantity_text(trade.quantity),
                "yes" if order.sell_all else "",
                f"{trade.price:f}",
                f"{trade.amount:.2f}",
                gain,
                safe_text(trade.reason),
            ]
        )
    return rows


def clipboard_text(proposal: Proposal, household: Household) -> str:
    """Tab-separated lines with a heading, as spreadsheets paste them."""
    lines: list[Sequence[str]] = [HEADINGS, *trade_rows(proposal, household)]
    return "".join("\t".join(line) + "\n" for line in lines)


def csv_bytes(proposal: Proposal, household: Household) -> bytes:
    """The table as CSV, UTF-8 with a byte order mark, so that Excel reads accents."""
    rows: list[Sequence[str]] = [HEADINGS, *trade_rows(proposal, household)]
    return b"\xef\xbb\xbf" + delimited(rows)
