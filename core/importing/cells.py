"""Single cells: currencies, holding periods, multipliers, and numbers in rows that are no holdings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from core.errors import InputError
from core.household import Term
from core.importing.grid import Row
from core.importing.numbers import parse_number

_DOLLARS = frozenset({"", "USD", "US$", "$", "BASE_SUMMARY"})


class Columns(Protocol):
    """Who knows the places of columns, and how to complain of a cell."""

    columns: dict[str, int]

    def bad_cell(self, number: int, key: str, text: str, expected: str) -> InputError:
        """The error for a cell that is not what its column must hold."""


def currency_of(cell: str) -> str | None:
    """The currency a cell names where it is not the US dollar: three letters; anything else is no currency."""
    text = cell.strip().upper()
    return text if text not in _DOLLARS and len(text) == 3 and text.isascii() and text.isalpha() else None


def term_of(cell: str) -> Term | None:
    """Short or long where a cell says so ("Long Term", "ST"), else None."""
    text = cell.strip().casefold()
    if text in ("st", "s") or text.startswith("short"):
        return Term.SHORT
    return Term.LONG if text in ("lt", "l") or text.startswith("long") else None


def stated_multiplier(cell: str) -> Decimal | None:
    """The multiplier a file states; one is what it prints of bonds too, so that arithmetic decides then."""
    try:
        value = parse_number(cell)
    except ValueError:
        return None
    return value if value is not None and 1 < value <= 1_000_000 else None


def number_in(reader: Columns, row: Row, key: str) -> Decimal | None:
    """The number in the row's cell of this key; None where there is none, or other text."""
    place = reader.columns.get(key)
    if place is None or place >= len(row):
        return None
    try:
        return parse_number(row[place])
    except ValueError:
        return None


def number_or_error(reader: Columns, row: Row, number: int, keys: Iterable[str]) -> Decimal | None:
    """The first number in the row's cells of these keys, for rows of cash and totals.

    Raises
    ------
    InputError
        Where a cell holds text instead.
    """
    for key in keys:
        place = reader.columns.get(key)
        if place is None or place >= len(row):
            continue
        try:
            amount = parse_number(row[place])
        except ValueError:
            raise reader.bad_cell(number, key, row[place], "an amount such as 1,234.56") from None
        if amount is not None:
            return amount
    return None
