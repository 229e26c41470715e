"""Dated tax tables: what the law says for one year, read from ``resources/tax/<year>.toml``.

A year without a file is refused: last year's brackets never stand in silently for this year's.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import attrs

from core.errors import InputError
from core.money import ZERO


class FilingStatus(StrEnum):
    """Filing status of a return. A qualifying surviving spouse files on the joint schedule."""

    SINGLE = "single"
    MARRIED_JOINT = "married_joint"
    MARRIED_SEPARATE = "married_separate"
    HEAD_OF_HOUSEHOLD = "head_of_household"


@attrs.frozen
class RateSchedule:
    """Marginal rates by bracket: ``rates[i]`` up to ``tops[i]`` dollars, the last rate above the last top."""

    tops: tuple[Decimal, ...]
    rates: tuple[Decimal, ...]
    _below: tuple[Decimal, ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        # Tax on everything below the start of each bracket, so that one product gives the rest.
        below, start = [ZERO], ZERO
        for top, rate in zip(self.tops, self.rates, strict=False):
            below.append(below[-1] + (top - start) * rate)
            start = top
        object.__setattr__(self, "_below", tuple(below))

    def tax(self, income: Decimal) -> Decimal:
        """Tax in dollars, not rounded, on an income of so many dollars; nothing on nothing or less."""
        if income <= 0:
            return ZERO
        i = bisect_left(self.tops, income)
        return self._below[i] + (income - (self.tops[i - 1] if i else ZERO)) * self.rates[i]

    def top_below(self, rate: Decimal) -> Decimal:
        """Upper end of the highest bracket whose rate is under ``rate``; dollars of taxable income."""
        return max((top for top, r in zip(self.tops, self.rates, strict=False) if r < rate), default=ZERO)


@attrs.frozen
class StatusTable:
    """One filing status in one year; dollars.

    zero_top, fifteen_top : taxable income up to which net capital gain is taxed at 0 % and at 15 %.
    niit_threshold : MAGI above which the net investment income tax begins. loss_limit : the most net capital loss
    a year set against other income.
    """

    ordinary: RateSchedule
    zero_top: Decimal
    fifteen_top: Decimal
    standard_deduction: Decimal
    niit_threshold: Decimal
    loss_limit: Decimal


@attrs.frozen
class TaxTables:
    """One tax year. Rates are fractions; ``sources`` says where each part comes from."""

    year: int
    statuses: Mapping[FilingStatus, StatusTable]
    long_rates: tuple[Decimal, Decimal, Decimal]
    collectibles_rate: Decimal
    unrecaptured_rate: Decimal
    niit_rate: Decimal
    sources: Mapping[str, str]


def available_years() -> tuple[int, ...]:
    """Tax years that have a table, ascending."""
    names = (entry.name for entry in (files("resources") / "tax").iterdir())
    return tuple(sorted(int(name[:-5]) for name in names if name.endswith(".toml") and name[:-5].isdigit()))


@cache
def tax_tables(year: int) -> TaxTables:
    """The tables of a tax year. Raises InputError where there are none, naming the years there are."""
    years = available_years()
    if year not in years:
        raise InputError(
            f"There are no tax tables for {year}; there are tables for {_listed(years)}. Brackets change every year, "
            "so another year's are not used in their place. Install a newer version of the program, or plan knowingly "
            'on the figures of one of those years ([tax] year), or on flat rates ([tax] mode = "flat").'
        )
    text = (files("resources") / "tax" / f"{year}.toml").read_text("utf-8")
    return parse_tables(text, year, f"resources/tax/{year}.toml")


def parse_tables(text: str, year: int, where: str) -> TaxTables:
    """Tables of ``year`` from TOML text; ``where`` names the file in messages. Raises InputError."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: not a valid TOML file: {error}.") from error
    if document.get("year") != year:
        raise InputError(f"{where}: year = {year} is expected, found {document.get('year')!r}.")
    rates = _section(document, "rates", where)
    ordinary = _numbers(rates, "ordinary", where, "rates")
    long_rates = _numbers(rates, "long", where, "rates")
    if len(long_rates) != 3:
        raise InputError(f"{where}: [rates] long: three rates are expected, found {len(long_rates)}.")
    for name, values in (("ordinary", ordinary), ("long", long_rates)):
        if values[0] < 0 or values[-1] >= 1 or any(a >= b for a, b in pairwise(values)):
            raise InputError(f"{where}: [rates] {name}: rising fractions from 0 to 1 are expected.")
    sources = _section(document, "sources", where)
    return TaxTables(
        year=year,
        statuses={s: _status(_section(document, s.value, where), s.value, ordinary, where) for s in FilingStatus},
        long_rates=(long_rates[0], long_rates[1], long_rates[2]),
        collectibles_rate=_number(rates, "collectibles", where, "rates"),
        unrecaptured_rate=_number(rates, "unrecaptured_1250", where, "rates"),
        niit_rate=_number(rates, "net_investment_income", where, "rates"),
        sources={str(key): str(value) for key, value in sources.items()},
    )


def _status(section: Mapping[str, Any], name: str, rates: tuple[Decimal, ...], where: str) -> StatusTable:
    tops = _numbers(section, "bracket_tops", where, name)
    long_tops = _numbers(section, "long_tops", where, name)
    for key, values, count in (("bracket_tops", tops, len(rates) - 1), ("long_tops", long_tops, 2)):
        if len(values) != count or values[0] <= 0 or any(a >= b for a, b in pairwise(values)):
            raise InputError(f"{where}: [{name}] {key}: {count} rising dollar amounts are expected.")
    return StatusTable(
        ordinary=RateSchedule(tops, rates),
        zero_top=long_tops[0],
        fifteen_top=long_tops[1],
        standard_deduction=_number(section, "standard_deduction", where, name),
        niit_threshold=_number(section, "niit_threshold", where, name),
        loss_limit=_number(section, "loss_limit", where, name),
    )


def _section(document: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    found = document.get(name)
    if not isinstance(found, Mapping):
        raise InputError(f"{where}: a table [{name}] is expected.")
    return found


def _numbers(section: Mapping[str, Any], key: str, where: str, name: str) -> tuple[Decimal, ...]:
    found = section.get(key)
    if not isinstance(found, Sequence) or isinstance(found, str) or not found:
        raise InputError(f"{where}: [{name}] {key}: a list of numbers is expected, found {found!r}.")
    return tuple(_amount(value, key, where, name) for value in found)


def _number(section: Mapping[str, Any], key: str, where: str, name: str) -> Decimal:
    return _amount(section.get(key), key, where, name)


def _amount(value: object, key: str, where: str, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite() or value < 0:
        raise InputError(f"{where}: [{name}] {key}: a number of 0 or more is expected, found {value!r}.")
    return Decimal(value)


def _listed(years: Sequence[int]) -> str:
    texts = [str(year) for year in years]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
