"""Times, texts, histories, and what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, UsageError
from core.market.observations import Unit, day_of, kinds, observe, snapshot, value_text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-12", date(2025, 12, 31)),
        ("2025-Q3", date(2025, 9, 30)),
        ("2024-02", date(2024, 2, 29)),
        ("2025", date(2025, 12, 31)),
        ("2025-08-15", date(2025, 8, 15)),
    ],
)
def test_a_time_ends_on_its_last_day(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize("text", ["", "2025-13", "2025-Q5", "2025-02-30", "last year", "25-12", "2025-12-", "0000"])
def test_other_times_are_refused_with_a_remedy(text):
    with pytest.raises(InputError, match="write 2025-12-31"):
        day_of(text)


@given(st.dates())
def test_any_day_reads_back(day):
    assert day_of(day.isoformat()) == day


def test_age_is_counted_from_the_end_of_the_time_and_never_negative():
    observation = snapshot().current("breadth_quarter")
    assert observation.age(date(2025, 9, 30)) == 0
    assert observation.age(date(2020, 1, 1)) == 0
    assert observation.age(date(2026, 9, 30)) == pytest.approx(12, abs=0.05)


@pytest.mark.parametrize(
    ("unit", "values", "text"),
    [
        (Unit.SHARE, (-0.1,), "-10 %"),
        (Unit.SHARE, (0.035, 0.0375), "3.50-3.75 %"),
        (Unit.PERCENTILE, (20,), "20th"),
        (Unit.PERCENTILE, (21,), "21st"),
        (Unit.PERCENTILE, (12,), "12th"),
        (Unit.PERCENTILE, (93,), "93rd"),
        (Unit.POINTS_A_YEAR, (0.06,), "6 points a year"),
        (Unit.YEARS, (14,), "14 years"),
        (Unit.RATIO, (36.75,), "36.75"),
        (Unit.RATIO, (20,), "20"),
    ],
)
def test_figures_in_words(unit, values, text):
    assert value_text(unit, values, None) == text


def test_observations_that_make_no_sense_are_refused():
    with pytest.raises(UsageError, match="no observation"):
        observe("nothing", as_of="2026", published_by="x", values=[1])
    with pytest.raises(UsageError, match="running off, ended, expanding"):
        observe("quantitative_tightening", as_of="2026", published_by="x", state="over")
    with pytest.raises(InputError, match="figure is needed"):
        observe("value_forward_pe", as_of="2026", published_by="x")
    with pytest.raises(InputError, match="above 0"):
        observe("value_forward_pe", as_of="2026", published_by="x", values=[-3])
    with pytest.raises(InputError, match="finite"):
        observe("small_discount_to_large", as_of="2026", published_by="x", values=[float("nan")])


def test_the_same_time_and_publisher_is_one_value():
    first = observe("value_forward_pe", as_of="2026-03", published_by="MSCI", values=[18])
    second = observe("value_forward_pe", as_of="2026-03", published_by="MSCI", values=[18.5])
    other = observe("value_forward_pe", as_of="2026-03", published_by="someone else", values=[19])
    case = snapshot().adding([first]).adding([second, other])
    assert [o.values for o in case.history("value_forward_pe")] == [(17.0,), (18.5,), (19.0,)]


def test_a_title_that_says_the_value_is_not_kept_for_another_value():
    assert kinds()["fed_funds_range"].title == "Federal-funds target range"
    assert "2025 cuts" in snapshot().current("fed_funds_range").title
