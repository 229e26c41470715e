"""Waiting for long-term."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.tax.flat import flat_tax
from core.tax.holding_period import first_long_date
from core.tax.liability import plan_tax_function
from core.tax.situation import TaxSituation
from core.tax.wait import days_until_long, waiting

TODAY = date(2026, 11, 2)


def flat(short: Decimal, long: Decimal) -> Decimal:
    return flat_tax(short, long, 0.408, 0.238)


def bought(days: int) -> date:
    """A purchase that turns long in so many days."""
    return date(2025, 11, 1) + timedelta(days=days)


def test_twelve_days_save_840():
    # 17 points between 40.8 and 23.8 %: 840 dollars on a gain of 4,941.18.
    wait = waiting(bought(12), TODAY, Decimal("4941.18"), flat)
    assert (wait.days, wait.long_from, wait.saves) == (12, date(2026, 11, 14), Decimal("840.00"))
    assert wait.text == "wait 12 days: saves $840"


def test_the_words():
    assert waiting(bought(1), TODAY, Decimal(10_000), flat).text == "wait 1 day: saves $1,700"
    assert waiting(bought(1), TODAY, Decimal(2), flat).text == "wait 1 day: saves $0.34"
    assert waiting(bought(5), TODAY, Decimal(0), flat).text == "long-term in 5 days: no difference in tax"
    loss = waiting(bought(5), TODAY, Decimal(-10_000), flat)
    assert loss.text == "sell before Nov 7, 2026: waiting 5 days costs $1,700"
    late = waiting(bought(75), TODAY, Decimal(10_000), flat)
    assert late.next_year
    assert late.text == "wait 75 days: saves $1,700 (in 2027, at this year's rates)"


def test_nothing_to_wait_for():
    assert waiting(None, TODAY, Decimal(100), flat) is None
    assert waiting(bought(0), TODAY, Decimal(100), flat) is None
    assert waiting(date(2020, 1, 1), TODAY, Decimal(100), flat) is None
    assert days_until_long(date(2020, 1, 1), TODAY) == 0
    assert days_until_long(bought(1), TODAY) == 1


def test_with_tables_it_counts_what_else_is_realised():
    tax = plan_tax_function(TaxSituation(2026, "married_joint", 300_000, magi=0))
    # 24 % now, 15 % later.
    assert waiting(bought(12), TODAY, Decimal(10_000), tax).saves == 900
    # A short loss elsewhere takes the gain up either way: nothing to save.
    assert waiting(bought(12), TODAY, Decimal(10_000), tax, (Decimal(-10_000), Decimal(0))).saves == 0
    # A short loss is worth more than a long one only beside gains of the other kind.
    assert waiting(bought(12), TODAY, Decimal(-10_000), tax, (Decimal(10_000), Decimal(10_000))).saves == -900


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_the_day_it_names_is_the_first_long_one(acquired: date):
    days = days_until_long(acquired, TODAY)
    if days:
        assert TODAY + timedelta(days=days) == first_long_date(acquired)
    else:
        assert first_long_date(acquired) <= TODAY
