"""Random tax situations for the tests, plain and drawn by hypothesis."""

from __future__ import annotations

import random
from decimal import Decimal

from hypothesis import strategies as st

from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus, tax_tables

YEARS = (2025, 2026)


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Dollar amounts to the cent."""
    return st.integers(low * 100, high * 100).map(lambda n: Decimal(n) / 100)


def gains() -> st.SearchStrategy[Decimal]:
    """A plan's net gain of one kind, small ones and none as likely as large ones."""
    return st.one_of(st.just(Decimal(0)), cents(-5_000, 5_000), cents(-900_000, 900_000))


@st.composite
def situations(draw: st.DrawFn, *, groups: bool = True) -> TaxSituation:
    """Any situation; incomes often close to a boundary of the tables."""
    year = draw(st.sampled_from(YEARS))
    filing = draw(st.sampled_from(list(FilingStatus)))
    table = tax_tables(year).statuses[filing]
    edges = [*table.ordinary.tops, table.zero_top, table.fifteen_top, table.niit_threshold]
    income = draw(
        st.one_of(
            cents(-40_000, 900_000),
            st.tuples(st.sampled_from(edges), cents(-4_000, 4_000)).map(lambda pair: pair[0] + pair[1]),
        )
    )
    none_or = lambda amount: st.one_of(st.just(Decimal(0)), amount)  # noqa: E731
    return TaxSituation(
        year=year,
        filing=filing,
        income=income,
        state_rate=draw(st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.093"), Decimal("0.133")])),
        short_ytd=draw(gains()),
        long_ytd=draw(gains()),
        short_carry=draw(none_or(cents(0, 60_000))),
        long_carry=draw(none_or(cents(0, 60_000))),
        magi=draw(st.one_of(st.none(), st.just(income + 30_000), cents(0, 1_000_000))),
        qualified_dividends=draw(none_or(cents(0, 30_000))),
        investment_income=draw(none_or(cents(-5_000, 60_000))),
        collectibles_ytd=draw(none_or(cents(-60_000, 120_000))) if groups else Decimal(0),
        unrecaptured_1250_ytd=draw(none_or(cents(0, 120_000))) if groups else Decimal(0),
    )


def random_situation(rng: random.Random, *, groups: bool) -> TaxSituation:
    """One situation from a seeded generator: thousands of them are cheap, where hypothesis's are not."""

    def amount(low: int, high: int, chance: float = 1.0) -> Decimal:
        return Decimal(rng.randint(low * 100, high * 100)) / 100 if rng.random() < chance else Decimal(0)

    year, filing = rng.choice(YEARS), rng.choice(list(FilingStatus))
    table = tax_tables(year).statuses[filing]
    edge = rng.choice([*table.ordinary.tops, table.zero_top, table.fifteen_top, table.niit_threshold])
    income = edge + amount(-60_000, 60_000) if rng.random() < 0.6 else amount(-40_000, 900_000)
    return TaxSituation(
        year=year,
        filing=filing,
        income=income,
        state_rate=rng.choice([Decimal(0), Decimal("0.05"), Decimal("0.0575"), Decimal("0.133")]),
        short_ytd=amount(-80_000, 80_000, 0.7),
        long_ytd=amount(-150_000, 300_000, 0.7),
        short_carry=amount(0, 60_000, 0.4),
        long_carry=amount(0, 60_000, 0.4),
        magi=rng.choice([None, income + 20_000, amount(0, 900_000)]),
        qualified_dividends=amount(0, 30_000, 0.5),
        investment_income=amount(-5_000, 60_000, 0.5),
        collectibles_ytd=amount(-60_000, 120_000, 0.6) if groups else Decimal(0),
        unrecaptured_1250_ytd=amount(0, 120_000, 0.6) if groups else Decimal(0),
    )
