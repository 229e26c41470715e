"""The sheet Inputs: everything the proposal was made from, so that each figure can be traced."""

from __future__ import annotations

from decimal import Decimal

from core import __version__
from core.export.cells import Book, Cell, row_height
from core.export.sheets.places import FIRST_SETTING_ROW, INPUTS, USED_SETTINGS
from core.export.sheets.settings import settings
from core.export.sheets.words import SEVERITIES, file_name, without_folders
from core.findings import grouped, still_open
from core.household import Household
from core.tilt.target import Target
from core.words import day_words

_WIDTHS = (38, 46, 15, 14, 14, 14, 68)


def write_inputs(book: Book, household: Household, target: Target) -> None:
    """Write the sheet: settings (the first of them used by formulas), files, control totals, prices."""
    sheet = book.sheet(INPUTS, _WIDTHS)
    sheet.prepare(landscape=True)
    sheet.row([Cell("Inputs", "title")], height=24)
    as_of = day_words(household.as_of)
    sheet.row([Cell(f"{household.name}, as of {as_of}. Made with Trimtab {__version__}.", "subtitle")])
    sheet.row([Cell("Setting", "head"), Cell("Value", "head")])
    used = (
        ("Tax rate, net short-term gain", _decimal(target.tax.short), "setting_share"),
        ("Tax rate, net long-term gain", _decimal(target.tax.long), "setting_share"),
        ("Ticket, dollars an order", _cents(target.trading.ticket), "setting_money"),
        ("Half spread, of the amount", _decimal(target.trading.half_spread), "setting_share"),
        ("Cash reserve, of each account", _decimal(target.trading.cash_reserve), "setting_share"),
    )
    if sheet.next_row != FIRST_SETTING_ROW or len(used) != len(USED_SETTINGS):
        raise AssertionError("the settings are not where the formulas look for them")
    for label, value, look in used:
        sheet.row([Cell(label), Cell(value, look)])
    for label, text in settings(target, household):
        # A long value (a list of symbols) is wrapped, not hidden behind the next column.
        sheet.row([Cell(label), Cell(text, "wrapped")], height=row_height((text, _WIDTHS[1])))

    sheet.blank()
    sheet.row(
        [
            *(Cell(name, "head") for name in ("File", "Layout", "As of")),
            *(Cell(name, "head_number") for name in ("Rows", "Rows used", "Rows skipped")),
            Cell("SHA-256", "head"),
        ]
    )
    if not household.files:
        sheet.row([Cell("No file: the household was not read from one.", "label")])
    for file in household.files:
        sheet.row(
            [
                Cell(file_name(file.path)),
                Cell(file.layout),
                Cell("", "text") if file.as_of is None else Cell(file.as_of, "date"),
                Cell(file.rows, "whole"),
                Cell(file.used, "whole"),
                Cell(len(file.skipped), "whole"),
                Cell(file.sha256, "label"),
            ]
        )

    totals = [(file, total) for file in household.files for total in file.control_totals]
    if totals:
        sheet.blank()
        sheet.row(
            [
                Cell("File", "head"),
                Cell("Total of", "head"),
                *(Cell(name, "head_number") for name in ("Stated", "Read", "Difference")),
            ]
        )
    for file, total in totals:
        row = sheet.next_row
        sheet.row(
            [
                Cell(file_name(file.path)),
                Cell(total.scope),
                Cell(total.stated, "money"),
                Cell(total.read, "money"),
                Cell(total.difference, "money", f"D{row}-C{row}"),
            ]
        )

    found = grouped(still_open(household), household)
    if found:
        sheet.blank()
        sheet.row([*(Cell(name, "head") for name in ("Finding of the import", "Where")), *_band("What was found", 5)])
    for group in found:
        message = without_folders(group.message, household.files)
        row = sheet.next_row
        sheet.merge(f"C{row}", f"G{row}")
        sheet.row(
            [
                Cell(SEVERITIES[group.severity], "strong"),
                Cell(group.place, "wrapped"),
                Cell(message, "wrapped"),
            ],
            height=row_height((group.place, _WIDTHS[1]), (message, sum(_WIDTHS[2:]))),
        )

    sheet.blank()
    sheet.row(
        [
            *(Cell(name, "head") for name in ("Security", "Name", "Type")),
            Cell("Price", "head_number"),
            Cell("Multiplier", "head_number"),
        ]
    )
    for security in household.securities:
        sheet.row(
            [
                Cell(security.id, "strong"),
                Cell(security.name),
                Cell(security.type.words),
                Cell("no price", "right_text") if security.price is None else Cell(security.price, "price"),
                Cell(security.multiplier, "multiplier"),
            ]
        )


def _band(title: str, columns: int) -> list[Cell]:
    """A heading over joined columns."""
    return [Cell(title, "head"), *(Cell("", "head") for _ in range(columns - 1))]


def _decimal(number: float) -> Decimal:
    return Decimal(repr(float(number)))


def _cents(number: float) -> Decimal:
    from core.money import to_cents

    return to_cents(number)
