"""The sheet Inputs: everything the proposal was made from, so that each figure can be traced."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core import __version__
from core.export.cells import Book, Cell, row_height
from core.export.sheets.places import FIRST_SETTING_ROW, INPUTS, USED_SETTINGS
from core.export.sheets.words import CLASSES, file_name, sector_name, without_folders
from core.household import Household
from core.tilt.target import Target

_WIDTHS = (38, 46, 15, 14, 14, 14, 68)


def write_inputs(book: Book, household: Household, target: Target) -> None:
    """Write the sheet: settings (the first of them used by formulas), files, control totals, prices."""
    sheet = book.sheet(INPUTS, _WIDTHS)
    sheet.prepare(landscape=True)
    sheet.row([Cell("Inputs", "title")], height=24)
    as_of = household.as_of.isoformat()
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
    for label, text in _settings(target):
        sheet.row([Cell(label), Cell(text)])

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

    if household.findings:
        sheet.blank()
        sheet.row([*(Cell(name, "head") for name in ("Finding of the import", "Where")), *_band("What was found", 5)])
    for found in household.findings:
        finding = without_folders(found, household.files)
        row = sheet.next_row
        sheet.merge(f"C{row}", f"G{row}")
        sheet.row(
            [
                Cell(finding.severity.value.capitalize(), "strong"),
                Cell(finding.where, "wrapped"),
                Cell(finding.message, "wrapped"),
            ],
            height=row_height((finding.where, _WIDTHS[1]), (finding.message, sum(_WIDTHS[2:]))),
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
                Cell(security.type.value.replace("_", " ")),
                Cell("no price", "right_text") if security.price is None else Cell(security.price, "price"),
                Cell(security.multiplier, "multiplier"),
            ]
        )


def _band(title: str, columns: int) -> list[Cell]:
    """A heading over joined columns."""
    return [Cell(title, "head"), *(Cell("", "head") for _ in range(columns - 1))]


def _settings(target: Target) -> Iterator[tuple[str, str]]:
    """Every other setting, in words."""
    style, bands, tax, trading, rules = target.style, target.bands, target.tax, target.trading, target.rules
    if style.box is not None:
        yield "Style", "box " + " / ".join(_percent(share) for share in style.box)
    elif style.preset is not None:
        yield "Style", f"preset {style.preset}"
    elif style.size is not None and style.value is not None:
        yield "Style", f"size {style.size:g}, value {style.value:g}"
    else:
        yield "Style", "as it is today"
    yield "Style of", "US equity" if style.scope.value == "us_equity" else "all equity"
    if target.mix is None:
        yield "Mix", "as it is today"
    for name, share in (target.mix or {}).items():
        yield f"Mix, {CLASSES.get(name, name).lower()}", _percent(share)
    for line in target.model:
        other = f" or {', '.join(line.alternates)}" if line.alternates else ""
        yield f"Model, {line.symbol}{other}", _percent(line.weight)
    for name, (low, high) in target.sectors.items():
        yield f"Sector, {sector_name(name).lower()}", f"{100 * low:+g} to {100 * high:+g} points"
    yield "Band, relative", _percent(bands.relative)
    yield "Band, at least", _percent(bands.floor)
    yield "Band, at most", _percent(bands.cap)
    yield "Destination in the band", bands.destination.value
    yield "Limit of the net gain", "none" if tax.gain_limit is None else f"{tax.gain_limit:,.2f}"
    yield "May sell", tax.may_sell.value
    yield "Avoid short-term gains", _yes(tax.avoid_short_term)
    yield "Harvest losses", _yes(tax.harvest)
    yield "Lot method", tax.lot_method.value
    yield "Eagerness, dollars of cost a dollar moved", f"{trading.eagerness:g}"
    yield "Smallest trade, dollars", f"{trading.min_trade:,.2f}"
    yield "Largest turnover", _percent(trading.max_turnover)
    yield "Largest position bought", _percent(trading.max_position)
    yield "Largest single stock bought", _percent(trading.max_stock)
    yield "Parts of shares", _yes(trading.fractional)
    yield "Asset location counts", _yes(trading.location)
    for label, keys in (
        ("Never buy", rules.no_buy),
        ("Never sell", rules.no_sell),
        ("Sell all", rules.sell_all),
        ("Hold", rules.hold),
    ):
        if keys:
            yield label, ", ".join(str(key) for key in keys)
    yield (
        "May buy",
        "the embedded candidates and what is held" if target.universe is None else ", ".join(target.universe),
    )
    for flow in target.flows:
        yield f"{'Deposit to' if flow.amount >= 0 else 'Withdrawal from'} {flow.account}", f"{abs(flow.amount):,.2f}"


def _decimal(number: float) -> Decimal:
    return Decimal(repr(float(number)))


def _cents(number: float) -> Decimal:
    from core.money import to_cents

    return to_cents(number)


def _percent(share: float) -> str:
    return f"{100 * share:.6g} %"


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
