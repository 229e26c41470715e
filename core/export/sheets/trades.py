"""The sheet Trades: one heading row, one row a trade, nothing else, so that any program can read it."""

from __future__ import annotations

from core.export.cells import Book, Cell, row_height
from core.export.figures import Figures
from core.export.sheets.places import TRADE_COLUMNS, TRADES, Places
from core.export.sheets.words import rule_words
from core.export.styles import quantity_look
from core.rebalance.proposal import Action

_WIDTHS = (14, 9, 8, 12, 10, 14, 30, 13, 14, 50, 22, 10, 5)
_NUMBERS = {"Quantity", "Price", "Amount", "Est. gain", "Multiplier", "No."}


def write_trades(book: Book, figures: Figures, places: Places) -> None:
    """Write the sheet. Amount = quantity x price x multiplier; the gain is the sum of the lots sold."""
    sheet = book.sheet(TRADES, _WIDTHS)
    last = max(places.trades, 1) + 1
    sheet.prepare(landscape=True, freeze="D2", filtered=f"A1:M{last}", repeat="1:1")
    sheet.row([Cell(name, "head_number" if name in _NUMBERS else "head") for name in TRADE_COLUMNS], height=20)
    for row, data in enumerate(figures.trades, start=2):
        trade, security = data.trade, data.security
        limits = "; ".join(rule_words(rule, figures.household) for rule in trade.limited_by)
        gain = None
        if data.gain is not None:
            gain = Cell(data.gain, "money", f"SUMIFS({places.lot('Gain')},{places.lot('Trade')},M{row})")
        elif data.taxed and trade.action is Action.SELL:
            gain = Cell("unknown", "right_text")
        sheet.row(
            [
                Cell(trade.account),
                Cell(security.id, "strong"),
                Cell(trade.action.value, trade.action.value),
                Cell(trade.quantity, quantity_look(trade.quantity)),
                Cell(trade.price, "price"),
                Cell(trade.amount, "money", f"ROUND(D{row}*E{row}*L{row},2)"),
                Cell(security.name, "wrapped"),
                gain,
                Cell(data.term, "wrapped"),
                Cell(trade.reason, "wrapped"),
                Cell(limits, "wrapped"),
                Cell(security.multiplier, "multiplier"),
                Cell(data.number, "whole"),
            ],
            height=row_height((security.name, 30), (data.term, 14), (trade.reason, 50), (limits, 22)),
        )
