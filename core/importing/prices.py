"""A price list: Symbol and Price, optionally Name and Type, from any spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from core.errors import InputError
from core.household import SecurityType
from core.importing.columns import find_columns, index_names
from core.importing.detect import HEADER_ROWS, top_of
from core.importing.identifiers import normal_symbol
from core.importing.layout import library
from core.importing.numbers import parse_number
from core.importing.read import load
from core.importing.securities import type_from_text
from core.importing.sheets import Row, Sheet, is_blank, read_sheets

_NO_TYPES: Mapping[str, SecurityType] = {}


def read_prices(path: Path) -> dict[str, tuple[Decimal, str | None, SecurityType | None]]:
    """Prices by normalised symbol: (price in dollars, name or None, type or None).

    The heading is found among the first 40 rows of each sheet; the first sheet that has one is read.

    Raises
    ------
    InputError
        Where there is no heading with a symbol and a price, a price is not a number above zero, or a symbol has two
        prices.
    """
    data = load(path)
    for sheet in read_sheets(str(path), data):
        if (found := _heading(sheet)) is not None:
            return _prices(str(path), sheet, *found)
    raise InputError(
        f"{path}: no price list is found in the first {HEADER_ROWS} rows. Expected the headings Symbol and Price, "
        "optionally Name and Type."
    )


def _heading(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for index, places in ((index, index_names(row)) for index, row in top_of(sheet).rows):
        columns = find_columns(places, library().generic.columns)
        if "symbol" in columns and "price" in columns:
            return index, {
                key: at[0] for key, at in columns.items() if key in ("symbol", "price", "description", "type")
            }
    return None


def _cell(row: Row, place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _prices(
    path: str, sheet: Sheet, header: int, columns: dict[str, int]
) -> dict[str, tuple[Decimal, str | None, SecurityType | None]]:
    result: dict[str, tuple[Decimal, str | None, SecurityType | None]] = {}
    for number, row in enumerate(sheet.rows[header + 1 :], start=header + 2):
        if is_blank(row):
            continue
        symbol, text = normal_symbol(_cell(row, columns["symbol"])), _cell(row, columns["price"])
        try:
            price = parse_number(text)
        except ValueError:
            price = None
        if not symbol or price is None or price <= 0:
            raise InputError(
                f"{path}, row {number}: found symbol {symbol!r} and price {text!r}, expected a symbol and a price above zero."
            )
        if symbol in result and result[symbol][0] != price:
            raise InputError(
                f"{path}, row {number}: {symbol} has the price {price} here and {result[symbol][0]} above; keep one."
            )
        kind = _type(path, number, _cell(row, columns.get("type")))
        result[symbol] = (price, _cell(row, columns.get("description")) or None, kind)
    if not result:
        raise InputError(f"{path}: there is no price under the heading in row {header + 1}.")
    return result


def _type(path: str, number: int, text: str) -> SecurityType | None:
    if not text:
        return None
    try:
        return SecurityType(text.casefold().replace(" ", "_"))
    except ValueError:
        kind = type_from_text(text, _NO_TYPES)
    if kind is None:
        known = ", ".join(kind.value for kind in SecurityType)
        raise InputError(f"{path}, row {number}: type {text!r} is not known; types are {known}.")
    return kind
