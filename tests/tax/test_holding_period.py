"""Long-term is held more than one year, counted from the day after the trade date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.household import Term
from core.tax.holding_period import first_long_date, term


@pytest.mark.parametrize(
    ("bought", "long_from"),
    [
        (date(2024, 9, 19), date(2025, 9, 20)),
        (date(2025, 1, 1), date(2026, 1, 2)),
        (date(2023, 2, 28), date(2024, 3, 1)),
        (date(2024, 2, 28), date(2025, 3, 1)),
        (date(2024, 2, 29), date(2025, 3, 1)),
        (date(2023, 11, 30), date(2024, 12, 1)),
        (date(2024, 12, 31), date(2026, 1, 1)),
    ],
)
def test_first_long_date(bought, long_from):
    assert first_long_date(bought) == long_from
    assert term(bought, long_from - timedelta(days=1)) is Term.SHORT
    assert term(bought, long_from) is Term.LONG


def test_unknown_date_is_unknown_term():
    assert term(None, date(2026, 1, 1)) is Term.UNKNOWN


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_a_year_and_a_day_later_and_never_earlier_for_a_later_purchase(bought):
    days = (first_long_date(bought) - bought).days
    assert 366 <= days <= 367
    assert first_long_date(bought) <= first_long_date(bought + timedelta(days=1))
