"""Where things stand in the workbook, so that formulas of one sheet can speak of another."""

from __future__ import annotations

import attrs

from core.export.cells import column_letter, quoted
from core.export.figures import Figures

SUMMARY, TRADES, LOTS, TAX, STYLE, BEFORE_AFTER, ACCOUNTS, RULES, EXPOSURES, MARKET, INPUTS, CHECKS = (
    "Summary",
    "Trades",
    "Lots",
    "Tax",
    "Style",
    "Before-After",
    "Accounts",
    "Rules",
    "Exposures",
    "Market case",
    "Inputs",
    "Checks",
)

TRADE_COLUMNS = (
    "Account",
    "Symbol",
    "Action",
    "Quantity",
    "Price",
    "Amount",
    "Name",
    "Est. gain",
    "Term",
    "Reason",
    "Limited by",
    "Multiplier",
    "No.",
)
LOT_COLUMNS = (
    "Account",
    "Symbol",
    "Name",
    "Acquired",
    "Days held",
    "Term",
    "Counts as",
    "Held",
    "Sold",
    "Price",
    "Multiplier",
    "Proceeds",
    "Basis of lot",
    "Basis sold",
    "Gain",
    "Value in file",
    "Value sold",
    "Trade",
)
POSITION_COLUMNS = (
    "Account",
    "Symbol",
    "Name",
    "Type",
    "Price",
    "Quantity before",
    "Bought",
    "Sold",
    "Quantity after",
    "Value before",
    "Value bought",
    "Value sold",
    "Value after",
    "Change",
    "Share before",
    "Share after",
)
ACCOUNT_COLUMNS = (
    "Account",
    "Name",
    "Custodian",
    "Kind",
    "Cash before",
    "Sells",
    "Buys",
    "Orders",
    "Tickets",
    "Flows",
    "Cash after",
    "Cash after, by the plan",
    "Check",
    "Reserve",
    "Pending",
    "Value before",
    "Value after",
)

#: Settings that formulas use, in the order in which they open the sheet Inputs.
USED_SETTINGS = ("short_rate", "long_rate", "ticket", "half_spread", "cash_reserve")
FIRST_SETTING_ROW = 4
#: Where the sheet Tax begins its figures (short-term, long-term, together), and has the tax of the plan.
TAX_FIRST_ROW = 4
TAX_TOTAL_ROW = TAX_FIRST_ROW + 2


@attrs.frozen
class Places:
    """Rows of every table: headings in row 1, data from row 2 (an empty table keeps one empty row)."""

    trades: int
    lots: int
    positions: int
    accounts: int
    exposures: int

    @classmethod
    def of(cls, figures: Figures) -> Places:
        """Places for these figures."""
        return cls(
            trades=len(figures.trades),
            lots=len(figures.lots),
            positions=len(figures.positions),
            accounts=len(figures.accounts),
            exposures=len(figures.exposures),
        )

    def trade(self, heading: str) -> str:
        """The column of the sheet Trades under a heading, as a range."""
        return _column(TRADES, TRADE_COLUMNS.index(heading) + 1, self.trades)

    def lot(self, heading: str) -> str:
        """The same for Lots."""
        return _column(LOTS, LOT_COLUMNS.index(heading) + 1, self.lots)

    def position(self, heading: str) -> str:
        """The same for Before-After: the positions, without cash and totals."""
        return _column(BEFORE_AFTER, POSITION_COLUMNS.index(heading) + 1, self.positions)

    def account(self, heading: str) -> str:
        """The same for Accounts, without totals."""
        return _column(ACCOUNTS, ACCOUNT_COLUMNS.index(heading) + 1, self.accounts)

    def exposure(self, number: int, last: int | None = None) -> str:
        """Columns ``number`` to ``last`` of Exposures (from 1), without the row for cash."""
        return _column(EXPOSURES, number, self.exposures, last)

    def setting(self, key: str) -> str:
        """The cell of a setting in Inputs."""
        return f"{INPUTS}!$B${FIRST_SETTING_ROW + USED_SETTINGS.index(key)}"


def _column(sheet: str, number: int, rows: int, last: int | None = None) -> str:
    first_letter, last_letter = column_letter(number), column_letter(last or number)
    return f"{quoted(sheet)}!${first_letter}$2:${last_letter}${max(rows, 1) + 1}"
