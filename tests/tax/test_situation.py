"""The situation: its defaults, its refusals, and its reading from a target's [tax] table."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from core.errors import InputError
from core.tax.situation import SITUATION_KEYS, TaxSituation, situation_from_table
from core.tax.tables import FilingStatus


def test_amounts_are_cents_and_the_rest_is_nothing():
    situation = TaxSituation(2026, "single", 90_000.005, 0.0575, long_ytd=12.345)
    assert situation.filing is FilingStatus.SINGLE
    assert (situation.income, situation.long_ytd) == (Decimal("90000.01"), Decimal("12.35"))
    assert situation.state_rate == Decimal("0.0575")
    assert situation.short_carry == situation.magi_without_gains - situation.income - 16_100 == 0


def test_magi_stands_in_with_the_standard_deduction():
    assert TaxSituation(2026, "married_joint", 100_000, qualified_dividends=5_000).magi_without_gains == 137_200
    assert TaxSituation(2026, "married_joint", 100_000, magi=150_000).magi_without_gains == 150_000


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "short_carry",
            -1,
            "short_carry: must be 0 or more .a loss carried over is given as a positive amount., found -1",
        ),
        ("long_carry", -0.01, "long_carry: must be 0 or more"),
        ("qualified_dividends", -5, "qualified_dividends: must be 0 or more, found -5"),
        ("unrecaptured_1250_ytd", -5, "unrecaptured_1250_ytd: must be 0 or more"),
        ("state_rate", 9.3, "state_rate: a fraction from 0 to under 1 is expected, found 9.3"),
        ("state_rate", -0.01, "state_rate: a fraction"),
    ],
)
def test_out_of_range_is_refused(key: str, value: float, message: str):
    with pytest.raises(InputError, match=message):
        TaxSituation(2026, "single", 90_000, **{key: value})


TABLE = """
mode = "tables"
year = 2026
filing = "married_joint"
income = 389000
state_rate = 0.093
short_ytd = 4100.10
long_ytd = -2300
short_carry = 1500
long_carry = 9000
"""


def test_reading_a_targets_table():
    situation = situation_from_table(tomllib.loads(TABLE), "t.toml")
    assert situation == TaxSituation(2026, "married_joint", 389_000, 0.093, Decimal("4100.10"), -2300, 1500, 9000)
    assert set(SITUATION_KEYS) >= {"year", "filing", "income", "state_rate", "short_ytd", "long_ytd", "magi"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("year = 2026", "", r"t.toml: \[tax\] year: needed"),
        ("income = 389000", "", r"t.toml: \[tax\] income: needed"),
        ("year = 2026", 'year = "2026"', r"\[tax\] year: a year is expected, found '2026'"),
        ("year = 2026", "year = 2031", "t.toml: There are no tax tables for 2031"),
        ("married_joint", "joint", r"\[tax\] filing: one of single, married_joint, .* found 'joint'"),
        ("389000", '"lots"', r"\[tax\] income: a number is expected, found 'lots'"),
        ("389000", "nan", r"\[tax\] income: a number is expected"),
        ("389000", "true", r"\[tax\] income: a number is expected"),
        ("short_carry = 1500", "short_carry = -1500", r"t.toml: \[tax\] short_carry: must be 0 or more"),
    ],
)
def test_a_wrong_table_is_refused_with_file_and_key(old: str, new: str, message: str):
    with pytest.raises(InputError, match=message):
        situation_from_table(tomllib.loads(TABLE.replace(old, new)), "t.toml")
