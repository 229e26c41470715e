"""Prices of securities that a household doesn't hold, from a small table: they may then be bought.

The table is CSV (or any sheet the import reads) with a heading row: ``Symbol`` and ``Price``, and where wanted
``Name`` and ``Type`` (stock, etf, mutual_fund, ...).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import attrs

from core.errors import InputError
from core.household import Finding, Household, Security, SecurityType, Severity
from core.words import number_words

_HEADINGS: Mapping[str, str] = {
    "symbol": "symbol",
    "ticker": "symbol",
    "price": "price",
    "last price": "price",
    "name": "name",
    "description": "name",
    "type": "type",
    "security type": "type",
}


@attrs.frozen
class PriceRow:
    """One row of the table; ``row`` is its number in the file, from 1."""

    row: int
    symbol: str
    price: Decimal
    name: str = ""
    type: SecurityType | None = None


def read_prices(path: Path) -> tuple[PriceRow, ...]:
    """The rows of a price table.

    Raises InputError, with row, found text and remedy, where the headings are missing, a price is no positive number,
    a type is unknown, or a symbol stands twice with two prices.
    """
    from core.importing.read import load
    from core.importing.sheets import read_sheets

    for sheet in read_sheets(str(path), load(path)):
        numbered = [(n, row) for n, row in enumerate(sheet.rows, start=1) if any(cell.strip() for cell in row)]
        if not numbered:
            continue
        columns = _columns(path, numbered[0][1])
        return _distinct(path, [_row(path, number, row, columns) for number, row in numbered[1:]])
    raise InputError(f"{path}: the file is empty. Expected a heading row Symbol,Price and a row a security.")


def _columns(path: Path, headings: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, heading in enumerate(headings):
        kind = _HEADINGS.get(heading.strip().strip("*").lower())
        if kind is not None:
            columns.setdefault(kind, index)
    missing = [name.capitalize() for name in ("symbol", "price") if name not in columns]
    if missing:
        found = ", ".join(cell.strip() for cell in headings if cell.strip())
        raise InputError(
            f"{path}, row 1: no column {' and no column '.join(missing)} (found: {found[:200]}). "
            "The first row must hold the headings Symbol and Price, and may hold Name and Type."
        )
    return columns


def _row(path: Path, number: int, row: Sequence[str], columns: Mapping[str, int]) -> PriceRow:
    from core.importing.identifiers import normal_symbol
    from core.importing.numbers import parse_number

    def cell(kind: str) -> str:
        index = columns.get(kind)
        return row[index].strip() if index is not None and index < len(row) else ""

    symbol = normal_symbol(cell("symbol"))
    if not symbol:
        raise InputError(f"{path}, row {number}: no symbol. Give one, or take the row out.")
    try:
        price = parse_number(cell("price"))
    except ValueError:
        price = None
    if price is None or price <= 0:
        raise InputError(
            f"{path}, row {number}, column Price: found {cell('price')!r}, expected a price above 0 in dollars."
        )
    wanted = cell("type").lower().replace(" ", "_").replace("-", "_")
    if wanted and wanted not in {kind.value for kind in SecurityType}:
        known = ", ".join(kind.value for kind in SecurityType)
        raise InputError(f"{path}, row {number}, column Type: found {cell('type')!r}, expected one of {known}.")
    return PriceRow(number, symbol, price, cell("name"), SecurityType(wanted) if wanted else None)


def _distinct(path: Path, rows: Sequence[PriceRow]) -> tuple[PriceRow, ...]:
    by_symbol: dict[str, PriceRow] = {}
    for row in rows:
        first = by_symbol.setdefault(row.symbol, row)
        if first.price != row.price:
            raise InputError(
                f"{path}, row {row.row}: {row.symbol} is {row.price} here and {first.price} in row {first.row}. "
                "Leave one of the two."
            )
    return tuple(by_symbol.values())


def with_prices(household: Household, rows: Sequence[PriceRow], where: str) -> Household:
    """The household with these securities priced, those it doesn't know added at the end.

    A price that the household's own files state stays, so that its values still tie; a finding says so. ``where``
    names the price table in findings.
    """
    securities = dict(household.security_by_id)
    findings: list[Finding] = []
    for row in rows:
        known = securities.get(row.symbol)
        if known is None:
            securities[row.symbol] = _new_security(row)
        elif known.price is None:
            securities[row.symbol] = attrs.evolve(known, price=row.price)
        elif known.price != row.price:
            findings.append(
                Finding(
                    Severity.INFO,
                    "price-kept",
                    where,
                    f"{row.symbol} keeps the price of its own file, ${number_words(known.price)}; row {row.row} says "
                    f"${number_words(row.price)}.",
                )
            )
    return attrs.evolve(household, securities=tuple(securities.values())).with_findings(findings)


def _new_security(row: PriceRow) -> Security:
    from core.classify.truth import Classifier
    from core.importing.securities import type_from_name

    known = Classifier().classify(row.symbol, row.name, row.type)
    kind = row.type or (known.type if known.type is not SecurityType.OTHER else type_from_name(row.symbol, row.name))
    name = row.name or known.name or row.symbol
    return Security(row.symbol, row.symbol, None, name, kind, row.price)
