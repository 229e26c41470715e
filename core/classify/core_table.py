"""The core table: the securities that advisers' clients hold most, by hand, with the rule behind each row.

The rows are the CSV files of ``resources/core_table``, one file a family, with the columns

``symbol, name, type, rule, box, sectors, identical_group, purpose, note, as_of``

``rule`` gives the mix and, unless ``box`` or ``sectors`` replaces them, the style box and the sectors (see
`core.classify.rules`). Securities with one ``identical_group`` are identical for wash sales. Funds with one
``purpose`` stand in for one another; within a purpose the order of the rows is the order of preference.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import attrs

from core.classify.answer import Answer, Query
from core.classify.rules import Vectors, expand
from core.classify.symbols import normalise_symbol
from core.household import SecurityType

FILES: tuple[str, ...] = (
    "us_equity",
    "sector_funds",
    "international",
    "allocation",
    "bonds",
    "alternatives",
    "cash",
    "stocks",
)
COLUMNS: tuple[str, ...] = (
    "symbol",
    "name",
    "type",
    "rule",
    "box",
    "sectors",
    "identical_group",
    "purpose",
    "note",
    "as_of",
)
SOURCE = "core table"
#: Most substitutes named for one security.
MOST_SUBSTITUTES = 8

_FUNDS = (SecurityType.ETF, SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET)


@attrs.frozen
class CoreRow:
    """One row of the core table, as written; ``file`` is the family it stands in."""

    symbol: str
    name: str
    type: SecurityType
    rule: str
    box: str
    sectors: str
    identical_group: str
    purpose: str
    note: str
    as_of: str
    file: str

    @property
    def is_fund(self) -> bool:
        """Whether the row is a fund (not a company, not a sweep symbol)."""
        return self.type in _FUNDS

    @property
    def vectors(self) -> Vectors:
        """The row's rule, expanded. Raises RuleError where the rule is wrong."""
        return expand(self.rule, self.box, self.sectors)


@cache
def read_rows() -> tuple[CoreRow, ...]:
    """Every row of every file, in order. Read on first use, then kept."""
    rows: list[CoreRow] = []
    for name in FILES:
        text = files("resources").joinpath("core_table", f"{name}.csv").read_text(encoding="utf-8")
        lines = csv.reader(text.splitlines())
        if tuple(next(lines)) != COLUMNS:
            raise ValueError(f"core table {name}.csv: columns must be {', '.join(COLUMNS)}")
        rows += [CoreRow(f[0], f[1], SecurityType(f[2]), f[3], f[4], f[5], f[6], f[7], f[8], f[9], name) for f in lines]
    return tuple(rows)


@cache
def rows_by_symbol() -> Mapping[str, CoreRow]:
    """The rows by normalised symbol."""
    return {row.symbol: row for row in read_rows()}


@cache
def _by_purpose() -> Mapping[str, tuple[CoreRow, ...]]:
    purposes: dict[str, list[CoreRow]] = {}
    for row in read_rows():
        if row.purpose and row.is_fund:
            purposes.setdefault(row.purpose, []).append(row)
    return {purpose: tuple(rows) for purpose, rows in purposes.items()}


@cache
def _by_group() -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for row in read_rows():
        if row.identical_group:
            groups.setdefault(row.identical_group, []).append(row.symbol)
    return {group: tuple(symbols) for group, symbols in groups.items()}


def find(symbol: str) -> CoreRow | None:
    """The row of a symbol in any spelling, or None."""
    return rows_by_symbol().get(normalise_symbol(symbol))


def identical_to(symbol: str) -> tuple[str, ...]:
    """Symbols of the core table that are identical to this one for wash sales, itself left out."""
    row = find(symbol)
    if row is None or not row.identical_group:
        return ()
    return tuple(other for other in _by_group()[row.identical_group] if other != row.symbol)


def substitutes_for(symbol: str) -> tuple[str, ...]:
    """Funds with the same purpose that are not identical, best first.

    ETFs come first for a stock or an ETF, mutual funds for a mutual fund: an account that holds one kind can
    trade it.
    """
    row = find(symbol)
    if row is None or not row.purpose:
        return ()
    wanted = row.type if row.is_fund else SecurityType.ETF
    others = [
        other
        for other in _by_purpose().get(row.purpose, ())
        if other.symbol != row.symbol and not (row.identical_group and other.identical_group == row.identical_group)
    ]
    others.sort(key=lambda other: other.type is not wanted)
    return tuple(other.symbol for other in others[:MOST_SUBSTITUTES])


class CoreTable:
    """The core table as a source of the order of truth.

    Its answer is final: where a row leaves the sectors unknown on purpose, no guess fills them.
    """

    def answer(self, query: Query) -> Answer | None:
        """The row of the query's symbol."""
        row = rows_by_symbol().get(query.symbol)
        if row is None:
            return None
        written = (
            row.rule + (f", box {row.box}" if row.box else "") + (f", sectors {row.sectors}" if row.sectors else "")
        )
        answer = Answer.of(row.vectors, f"{SOURCE}: {written}", row.as_of or None)
        return attrs.evolve(
            answer,
            note=row.note,
            name=row.name,
            type=row.type,
            identical_group=row.identical_group or None,
            substitutes=substitutes_for(row.symbol),
            final=True,
        )
