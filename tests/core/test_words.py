"""Words of messages: dates that nobody takes for another day, dollars, counts, names of accounts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest

from core.household import Account, AccountKind, Household
from core.words import (
    count_words,
    day_words,
    days_in_words,
    dollars,
    list_words,
    moment_words,
    number_end,
    number_words,
    period_words,
)


def test_a_date_has_its_month_in_letters():
    assert day_words(date(2026, 3, 2)) == "Mar 2, 2026"
    assert day_words(date(2026, 9, 30), full=True) == "September 30, 2026"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("live, Yahoo 2026-11-20", "live, Yahoo Nov 20, 2026"),
        ("from 2025-01-02 to 2026-01-01.", "from Jan 2, 2025 to Jan 1, 2026."),
        ("positions-2026-02-15.csv", "positions-2026-02-15.csv"),  # a file's name is no date
        ("2026-02-15.csv, 2026-13-40", "2026-02-15.csv, 2026-13-40"),
    ],
)
def test_dates_within_a_text_are_worded_and_names_are_left(text, words):
    assert days_in_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025-12-31", "Dec 31, 2025"),
        ("2025-12", "Dec 2025"),
        ("2025-Q3", "Q3 2025"),
        ("2025", "2025"),
        ("2025-13", "2025-13"),
    ],
)
def test_a_period_is_worded_as_precisely_as_it_is_given(text, words):
    assert period_words(text) == words


def test_a_moment_names_its_zone():
    moment = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert moment_words(moment) == "Nov 23, 2026, 09:30 UTC"
    assert moment_words(moment.replace(tzinfo=None)) == "Nov 23, 2026, 09:30"


def test_dollars_round_half_away_from_zero_and_have_no_negative_nothing():
    assert dollars(Decimal("-1234.505")) == "-$1,234.51"
    assert dollars(0.004) == dollars(-0.004) == "$0.00"
    assert dollars(2.5, cents=False) == "$3"


def test_figures_counts_and_lists():
    assert number_words(Decimal("-35.0000")) == "-35"
    assert number_words(Decimal("99.42100000")) == "99.421"
    assert number_words(Decimal("5E+3")) == "5,000"
    assert [count_words(n, "row") for n in (1, 2000)] == ["1 row", "2,000 rows"]
    assert count_words(2, "security", "securities") == "2 securities"
    assert list_words(["a"]) == "a"
    assert list_words(["a", "b", "c"]) == "a, b and c"
    assert number_end("5512-8047") == "\u20268047"
    assert number_end("8047") == "8047"
    assert {number_end(text) for text in ("...8047", "*8047", "XXXX-8047 (Charles Schwab)")} == {"\u20268047"}
    assert number_end("") == ""


def test_accounts_are_called_by_their_names_and_twins_by_the_end_of_the_number_too():
    zero = Decimal(0)
    named = Account("5512-8047", " Joint\n", None, AccountKind.TAXABLE, "file", zero, zero, zero)
    nameless = attrs.evolve(named, id="77", name="")
    household = Household("Invented", date(2026, 3, 2), (named, nameless), (), ())
    assert household.account_names == {"5512-8047": "Joint", "77": "77"}
    twin = attrs.evolve(named, id="5512-1111")
    assert attrs.evolve(household, accounts=(named, twin)).account_names == {
        "5512-8047": "Joint (\u20268047)",
        "5512-1111": "Joint (\u20261111)",
    }
    assert household.place_words("5512-8047") == "Joint"
    assert household.place_words("5512-8047:VTI") == "VTI in Joint"
    assert household.place_words("a:b") == "a:b"
    assert household.place_words("positions.csv row 4") == "positions.csv row 4"
