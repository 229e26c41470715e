"""The sheet Accounts: cash of every account from before to after, tied to the plan to the cent."""

from __future__ import annotations

from decimal import Decimal

from core.export.cells import Book, Cell
from core.export.figures import AccountRow, Figures
from core.export.sheets.places import ACCOUNT_COLUMNS, ACCOUNTS, BEFORE_AFTER, Places
from core.money import CENT, ZERO
from core.tilt.target import Target

_WIDTHS = (14, 22, 12, 25, 13, 13, 13, 7, 9, 13, 13, 13, 9, 12, 11, 14, 14)
_TEXTS = {"Account", "Name", "Custodian", "Kind", "Check"}


def write_accounts(book: Book, figures: Figures, places: Places, target: Target) -> None:
    """Write the sheet. Cash after = before + sells - buys - tickets + flows."""
    sheet = book.sheet(ACCOUNTS, _WIDTHS)
    sheet.prepare(landscape=True, freeze="B2", repeat="1:1")
    sheet.row([Cell(n, "head" if n in _TEXTS else "head_number") for n in ACCOUNT_COLUMNS], height=32)
    reserve = Decimal(repr(float(target.trading.cash_reserve)))
    positions = places.positions
    cash_row = max(positions, 1) + 2
    for row, data in enumerate(figures.accounts, start=2):
        account = data.account
        own = f"({places.trade('Account')}=$A{row})"
        held = f"({places.position('Account')}=$A{row})"
        cash_place = f"'{BEFORE_AFTER}'!"
        base = data.value_before + data.flows
        sheet.row(
            [
                Cell(account.id, "strong"),
                Cell(account.name),
                Cell(account.custodian or ""),
                Cell(account.kind.words + (" (guess)" if account.kind_source == "guess" else "")),
                Cell(account.cash, "money"),
                Cell(data.sells, "money", _sum(own, "sell", places)),
                Cell(data.buys, "money", _sum(own, "buy", places)),
                Cell(data.orders, "whole", f"SUMPRODUCT({own}*1)"),
                Cell(data.tickets, "money_or_dash", f"H{row}*{places.setting('ticket')}"),
                Cell(data.flows, "money_or_dash"),
                Cell(data.cash_after, "money_strong", f"E{row}+F{row}-G{row}-I{row}+J{row}"),
                Cell(data.planned_cash, "money"),
                Cell(_check(data), "text", f'IF(ABS(K{row}-L{row})<0.005,"ties","differs")'),
                Cell(base * reserve, "money", f"(P{row}+J{row})*{places.setting('cash_reserve')}"),
                Cell(account.pending, "money_or_dash"),
                Cell(
                    data.value_before,
                    "money",
                    f"SUMPRODUCT({held}*{places.position('Value before')})+{cash_place}J{cash_row + row - 2}",
                ),
                Cell(
                    data.value_after,
                    "money",
                    f"SUMPRODUCT({held}*{places.position('Value after')})+{cash_place}M{cash_row + row - 2}",
                ),
            ]
        )
    if not figures.accounts:
        sheet.blank()
    last = max(places.accounts, 1) + 1

    def total(column: str, values: list[Decimal]) -> Cell:
        return Cell(sum(values, ZERO), "total_money", f"SUM({column}2:{column}{last})")

    accounts = figures.accounts
    sheet.row(
        [
            Cell("Household", "total_text"),
            *(Cell("", "total_text") for _ in range(3)),
            total("E", [a.account.cash for a in accounts]),
            total("F", [a.sells for a in accounts]),
            total("G", [a.buys for a in accounts]),
            Cell(sum(a.orders for a in accounts), "total_whole", f"SUM(H2:H{last})"),
            total("I", [a.tickets for a in accounts]),
            total("J", [a.flows for a in accounts]),
            total("K", [a.cash_after for a in accounts]),
            total("L", [a.planned_cash for a in accounts]),
            Cell("", "total_text"),
            total("N", [(a.value_before + a.flows) * reserve for a in accounts]),
            total("O", [a.account.pending for a in accounts]),
            total("P", [a.value_before for a in accounts]),
            total("Q", [a.value_after for a in accounts]),
        ]
    )


def _sum(own: str, action: str, places: Places) -> str:
    """The sum of the account's trades of one side. Compares text exactly: account numbers may hold wildcards."""
    return f'SUMPRODUCT({own}*({places.trade("Action")}="{action}")*{places.trade("Amount")})'


def _check(row: AccountRow) -> str:
    return "ties" if abs(row.cash_after - row.planned_cash) < CENT / 2 else "differs"
