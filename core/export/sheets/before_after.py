"""The sheet Before-After: every position of every account, what is traded of it, and what it becomes."""

from __future__ import annotations

from decimal import Decimal

from core.export.cells import Book, Cell
from core.export.figures import Figures
from core.export.sheets.places import ACCOUNTS, BEFORE_AFTER, POSITION_COLUMNS, Places
from core.export.styles import quantity_look
from core.money import ZERO, to_cents

_WIDTHS = (14, 9, 40, 13, 10, 12, 11, 12, 12, 14, 13, 13, 14, 13, 8, 8)
_TEXTS = {"Account", "Symbol", "Name", "Type"}


def write_before_after(book: Book, figures: Figures, places: Places) -> None:
    """Write the sheet: positions, then cash and pending of each account, then the household's total."""
    sheet = book.sheet(BEFORE_AFTER, _WIDTHS)
    rows = max(places.positions, 1)
    sheet.prepare(landscape=True, freeze="C2", filtered=f"A1:P{rows + 1}", repeat="1:1")
    sheet.row([Cell(n, "head" if n in _TEXTS else "head_number") for n in POSITION_COLUMNS], height=32)
    total_row = rows + 2 + len(figures.accounts)
    before, after = figures.value_before, figures.value_after

    def shares(row: int, value_before: Decimal, value_after: Decimal) -> list[Cell | None]:
        return [
            Cell(to_cents(value_after - value_before), "money_or_dash", f"ROUND(M{row}-J{row},2)"),
            Cell(_share(value_before, before), "share", f"IF($J${total_row}=0,0,J{row}/$J${total_row})"),
            Cell(_share(value_after, after), "share", f"IF($M${total_row}=0,0,M{row}/$M${total_row})"),
        ]

    for row, data in enumerate(figures.positions, start=2):
        mine = f"({places.trade('Account')}=$A{row})*({places.trade('Symbol')}=$B{row})"
        sold_value = f"({places.lot('Account')}=$A{row})*({places.lot('Symbol')}=$B{row})"
        price = None if data.security.price is None else Cell(data.security.price, "price")
        sheet.row(
            [
                Cell(data.account),
                Cell(data.security.id, "strong"),
                Cell(data.security.name),
                Cell(data.security.type.words),
                price,
                Cell(data.quantity_before, quantity_look(data.quantity_before)),
                Cell(
                    data.bought,
                    f"{quantity_look(data.bought)}_or_dash",
                    _sum(mine, "buy", places.trade("Quantity"), places),
                ),
                Cell(
                    data.sold,
                    f"{quantity_look(data.sold)}_or_dash",
                    _sum(mine, "sell", places.trade("Quantity"), places),
                ),
                Cell(data.quantity_after, quantity_look(data.quantity_after), f"F{row}+G{row}-H{row}"),
                Cell(data.value_before, "money"),
                Cell(data.value_bought, "money_or_dash", _sum(mine, "buy", places.trade("Amount"), places)),
                Cell(data.value_given_up, "money_or_dash", f"SUMPRODUCT({sold_value}*{places.lot('Value sold')})"),
                Cell(data.value_after, "money_strong", f"J{row}+K{row}-L{row}"),
                *shares(row, data.value_before, data.value_after),
            ]
        )
    if not figures.positions:
        sheet.blank()
    for number, account in enumerate(figures.accounts):
        row, source = sheet.next_row, number + 2
        cash = account.account.cash + account.account.pending
        cash_after = account.cash_after + account.account.pending
        sheet.row(
            [
                Cell(account.account.id),
                Cell("Cash", "strong"),
                Cell("Cash and pending"),
                Cell("cash"),
                None,
                None,
                None,
                None,
                None,
                Cell(cash, "money", f"{ACCOUNTS}!E{source}+{ACCOUNTS}!O{source}"),
                None,
                None,
                Cell(cash_after, "money_strong", f"{ACCOUNTS}!K{source}+{ACCOUNTS}!O{source}"),
                *shares(row, cash, cash_after),
            ]
        )

    def total(column: str, value: Decimal, look: str = "total_money") -> Cell:
        return Cell(value, look, f"SUM({column}2:{column}{total_row - 1})")

    sheet.row(
        [
            Cell("Household", "total_text"),
            *(Cell("", "total_text") for _ in range(8)),
            total("J", before),
            total("K", sum((row.value_bought for row in figures.positions), ZERO)),
            total("L", sum((row.value_given_up for row in figures.positions), ZERO)),
            total("M", after),
            Cell(to_cents(after - before), "total_money", f"ROUND(M{total_row}-J{total_row},2)"),
            Cell(_share(before, before), "total_share", f"SUM(O2:O{total_row - 1})"),
            Cell(_share(after, after), "total_share", f"SUM(P2:P{total_row - 1})"),
        ]
    )


def _sum(mine: str, action: str, amounts: str, places: Places) -> str:
    """The sum over this position's trades of one side. Compares text exactly: names may hold wildcards."""
    return f'SUMPRODUCT({mine}*({places.trade("Action")}="{action}")*{amounts})'


def _share(part: Decimal, whole: Decimal) -> float:
    return float(part / whole) if whole else 0.0
