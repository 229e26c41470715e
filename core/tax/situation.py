"""A household's tax situation: what its return looks like before the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

import attrs

from core.errors import InputError
from core.money import ZERO, to_cents
from core.tax.netting import Netting, net_gains
from core.tax.tables import FilingStatus, StatusTable, TaxTables, tax_tables


def _cents(amount: Decimal | float) -> Decimal:
    return to_cents(amount)


def _cents_or_none(amount: Decimal | float | None) -> Decimal | None:
    return None if amount is None else to_cents(amount)


def _rate(rate: Decimal | float) -> Decimal:
    return rate if isinstance(rate, Decimal) else Decimal(repr(float(rate)))


@attrs.frozen
class TaxSituation:
    """The year's return before the plan's trades. Dollars, rounded to cents; ``state_rate`` a fraction.

    Parameters
    ----------
    year : tax year of the plan's sales; its tables must be there. filing : filing status.
    income : **taxable** income taxed at ordinary rates: after all deductions, without any capital gain, capital loss
        or qualified dividend. Negative where deductions exceed the income: what is left of them shelters gains.
    state_rate : the state's marginal rate on gains, short and long alike.
    short_ytd, long_ytd : net gains realised so far this year, signed, wash sales already left out, without the
        carry-overs and without the two groups below.
    short_carry, long_carry : capital losses carried into the year, positive.
    magi : modified adjusted gross income without capital gains and losses (with qualified dividends). None: income
        + qualified dividends + the standard deduction, the least it can be for a return without other deductions.
    qualified_dividends : taxed like long-term gain; not part of ``income``.
    investment_income : other net investment income (interest, other dividends, rents) for the 3.8 % tax, without
        capital gains and qualified dividends, which always count.
    collectibles_ytd : net gain so far of the 28 % group (collectibles, section 1202), signed.
    unrecaptured_1250_ytd : unrecaptured section 1250 gain so far (25 % group), 0 or more.

    Raises InputError where an amount is out of its range or the year has no tables.
    """

    year: int
    filing: FilingStatus = attrs.field(converter=FilingStatus)
    income: Decimal = attrs.field(converter=_cents)
    state_rate: Decimal = attrs.field(default=ZERO, converter=_rate)
    short_ytd: Decimal = attrs.field(default=ZERO, converter=_cents)
    long_ytd: Decimal = attrs.field(default=ZERO, converter=_cents)
    short_carry: Decimal = attrs.field(default=ZERO, converter=_cents)
    long_carry: Decimal = attrs.field(default=ZERO, converter=_cents)
    magi: Decimal | None = attrs.field(default=None, converter=_cents_or_none)
    qualified_dividends: Decimal = attrs.field(default=ZERO, converter=_cents)
    investment_income: Decimal = attrs.field(default=ZERO, converter=_cents)
    collectibles_ytd: Decimal = attrs.field(default=ZERO, converter=_cents)
    unrecaptured_1250_ytd: Decimal = attrs.field(default=ZERO, converter=_cents)

    def __attrs_post_init__(self) -> None:
        tax_tables(self.year)
        for name in ("short_carry", "long_carry", "qualified_dividends", "unrecaptured_1250_ytd"):
            value = getattr(self, name)
            if value < 0:
                hint = " (a loss carried over is given as a positive amount)" if name.endswith("carry") else ""
                raise InputError(f"[tax] {name}: must be 0 or more{hint}, found {value}.")
        if not 0 <= self.state_rate < 1:
            raise InputError(f"[tax] state_rate: a fraction from 0 to under 1 is expected, found {self.state_rate}.")

    @property
    def tables(self) -> TaxTables:
        """The year's tables."""
        return tax_tables(self.year)

    @property
    def table(self) -> StatusTable:
        """The year's figures for the filing status."""
        return tax_tables(self.year).statuses[self.filing]

    @property
    def magi_without_gains(self) -> Decimal:
        """``magi``, or what stands in for it where it isn't given; dollars."""
        if self.magi is not None:
            return self.magi
        return self.income + self.qualified_dividends + self.table.standard_deduction

    def netting(self, short: Decimal = ZERO, long: Decimal = ZERO) -> Netting:
        """The year netted, with a plan's net short-term and net long-term gain (signed dollars) added."""
        return net_gains(
            self.short_ytd + short,
            self.long_ytd + long,
            limit=self.table.loss_limit,
            short_carry=self.short_carry,
            long_carry=self.long_carry,
            collectibles=self.collectibles_ytd,
            unrecaptured=self.unrecaptured_1250_ytd,
            income=self.income + self.qualified_dividends,
        )

    def after(self, short: Decimal, long: Decimal) -> TaxSituation:
        """The situation once a plan with these net gains is booked."""
        return attrs.evolve(self, short_ytd=self.short_ytd + short, long_ytd=self.long_ytd + long)


#: Keys of ``[tax]`` in a target file that describe the situation (mode = "tables").
SITUATION_KEYS: tuple[str, ...] = tuple(field.name for field in attrs.fields(TaxSituation))


def situation_from_table(values: Mapping[str, object], where: str) -> TaxSituation:
    """The situation in the ``[tax]`` table of a target file; keys that aren't of the situation are passed over.

    ``where`` names the file. Raises InputError for a missing, misspelled or impossible value.
    """
    for key in ("year", "filing", "income"):
        if key not in values:
            raise InputError(f'{where}: [tax] {key}: needed with mode = "tables".')
    year = values["year"]
    if isinstance(year, bool) or not isinstance(year, int):
        raise InputError(f"{where}: [tax] year: a year is expected, found {year!r}.")
    statuses = [status.value for status in FilingStatus]
    if values["filing"] not in statuses:
        choices = ", ".join(statuses)
        raise InputError(f"{where}: [tax] filing: one of {choices} is expected, found {values['filing']!r}.")
    amounts: dict[str, Decimal] = {}
    for key in SITUATION_KEYS[2:]:
        if key not in values:
            continue
        value = values[key]
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
            raise InputError(f"{where}: [tax] {key}: a number is expected, found {value!r}.")
        amounts[key] = value if isinstance(value, Decimal) else Decimal(repr(value))
    try:
        return TaxSituation(year, FilingStatus(values["filing"]), **amounts)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
