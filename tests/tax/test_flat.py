"""Flat-rate tax."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.tax.flat import flat_tax


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        ("1000", "0", "408.00"),
        ("0", "1000", "238.00"),
        ("-500", "1200", "81.60"),
        ("500", "-1200", "-81.60"),
        ("0.01", "0.01", "0.01"),  # 0.00646
        ("0", "0", "0"),
    ],
)
def test_both_nets_are_signed(short: str, long: str, expected: str):
    assert flat_tax(Decimal(short), Decimal(long), 0.408, 0.238) == Decimal(expected)
