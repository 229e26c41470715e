"""The sheet Lots: every tax lot that a sale closes, whole or in part, with its gain."""

from __future__ import annotations

from datetime import date

from core.export.cells import Book, Cell
from core.export.figures import Figures, LotRow, basis_by_share
from core.export.sheets.places import LOT_COLUMNS, LOTS, Places
from core.export.styles import quantity_look

_WIDTHS = (14, 9, 40, 11, 7, 9, 10, 12, 12, 10, 10, 13, 13, 13, 13, 13, 13, 6)
_TEXTS = {"Account", "Symbol", "Name", "Acquired", "Term", "Counts as"}


def write_lots(book: Book, figures: Figures, places: Places, as_of: date) -> None:
    """Write the sheet: proceeds, basis of the part sold and gain are formulas wherever they can be."""
    sheet = book.sheet(LOTS, _WIDTHS)
    sheet.prepare(landscape=True, freeze="C2", filtered=f"A1:R{max(places.lots, 1) + 1}", repeat="1:1")
    sheet.row([Cell(name, "head" if name in _TEXTS else "head_number") for name in LOT_COLUMNS], height=32)
    for row, lot in enumerate(figures.lots, start=2):
        days = None if lot.acquired is None else Cell((as_of - lot.acquired).days, "whole")
        sheet.row(
            [
                Cell(lot.account),
                Cell(lot.security.id, "strong"),
                Cell(lot.security.name),
                Cell("unknown", "centre") if lot.acquired is None else Cell(lot.acquired, "date"),
                days,
                Cell(lot.term.value),
                Cell(lot.counts_as or ("not taxed" if not lot.taxed else "unknown")),
                Cell(lot.held, quantity_look(lot.held)),
                Cell(lot.sold, quantity_look(lot.sold)),
                Cell(lot.price, "price"),
                Cell(lot.security.multiplier, "multiplier"),
                Cell(lot.proceeds, "money", f"ROUND(I{row}*J{row}*K{row},2)"),
                Cell("unknown", "right_text") if lot.lot_basis is None else Cell(lot.lot_basis, "money"),
                _basis(lot, row),
                Cell("unknown", "right_text") if lot.gain is None else Cell(lot.gain, "money", f"L{row}-N{row}"),
                Cell(lot.file_value, "money"),
                Cell(lot.value_given_up, "money", f"P{row}*I{row}/H{row}"),
                Cell(lot.trade, "whole"),
            ]
        )


def _basis(lot: LotRow, row: int) -> Cell:
    if lot.basis is None:
        return Cell("unknown", "right_text")
    if basis_by_share(lot):
        return Cell(lot.basis, "money", f"ROUND(M{row}*I{row}/H{row},2)")
    return Cell(lot.basis, "money")
