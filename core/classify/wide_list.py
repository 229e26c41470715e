"""The wide list: symbols and full names of US funds, and the companies of two US indexes with their sectors.

It says less than the core table: a fund's name, which the name rules then read (brokers cut names short), and for a
member of the S&P 500 or S&P 600 that it is US equity, and its sector. Sources: ``resources/wide_list/NOTICE.txt``.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import attrs

from core.classify.answer import Answer, Query
from core.classify.exposure import SECTORS, Confidence
from core.classify.name_rules import NameRules
from core.classify.rules import expand
from core.household import SecurityType

SOURCE = "wide list"

_OPEN = "a known fund, but its name does not say what it holds"
_BY_SYMBOL = "known by its symbol alone"
_WORD = re.compile(r"[a-z]{3,}")


@cache
def _lines(name: str) -> Mapping[str, str]:
    # the rows as written, by symbol: 13,000 are not worth parsing for a handful of look-ups
    packed = files("resources").joinpath("wide_list", f"{name}.csv.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()[1:]
    return {line[: line.index(",")]: line for line in lines}


def _row(name: str, symbol: str) -> list[str] | None:
    line = _lines(name).get(symbol)
    return next(csv.reader([line])) if line is not None else None


@cache
def company_rows() -> tuple[tuple[str, str, str], ...]:
    """Symbol, sector and name of every listed company."""
    return tuple((line[0], line[1], line[2]) for line in csv.reader(_lines("stocks").values()))


def fund_name(symbol: str) -> str:
    """The full name of a listed fund; "" where the symbol is none."""
    row = _row("funds", symbol)
    return row[2] if row else ""


def _same_security(said: str, listed: str) -> bool:
    """Whether two names may mean one security: one is missing, or they share a word. Symbols are used again."""
    first, second = set(_WORD.findall(said.lower())), set(_WORD.findall(listed.lower()))
    return not first or bool(first & second)


class WideList:
    """The wide list as a source of the order of truth, after the core table."""

    def answer(self, query: Query) -> Answer | None:
        """What the list says of the query's symbol, unless the query's name contradicts the listed one."""
        fund = _row("funds", query.symbol)
        if fund is not None:
            return self._fund(query, SecurityType(fund[1]), fund[2])
        company = _row("stocks", query.symbol)
        if company is not None and query.type in (None, SecurityType.STOCK):
            return self._company(query, company[1], company[2])
        return None

    def _fund(self, query: Query, type_: SecurityType, name: str) -> Answer | None:
        if query.name == query.symbol:
            query = attrs.evolve(query, name="")
        if not _same_security(query.name, name):
            return None
        answer = NameRules().answer(Query(query.symbol, name, type_))
        if answer is None:
            return Answer(SOURCE, None, Confidence.NONE, note=_OPEN, name=name, type=type_)
        note = "" if query.name else _BY_SYMBOL
        return attrs.evolve(answer, source=f"{SOURCE}, {answer.source}", note=note, name=name, type=type_)

    def _company(self, query: Query, sector: str, name: str) -> Answer | None:
        if not _same_security(query.name if query.name != query.symbol else "", name):
            return None
        vectors = expand("market", "unknown", sector if sector in SECTORS else "unknown")
        answer = Answer.of(vectors, f"{SOURCE}: member of a US index", None, Confidence.MEDIUM)
        return attrs.evolve(answer, name=name, type=SecurityType.STOCK, note="size and style are not known")
