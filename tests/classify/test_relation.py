"""How alike two securities are: what has nothing in common is not alike at all."""

import attrs
import pytest

from core.classify.exposure import ASSET_CLASSES, Confidence, Exposure, unclassified
from core.classify.relation import unlikeness
from core.household import SecurityType

SMALL_VALUE, LARGE_GROWTH = 6, 2


def one(mix, box=None):
    """An exposure of shares of classes, and of style boxes of its equity."""
    return Exposure(
        symbol="X",
        name="X",
        type=SecurityType.ETF,
        mix=tuple(mix.get(name, 0.0) for name in ASSET_CLASSES),
        style_box=tuple((box or {}).get(cell, 0.0) for cell in range(9)),
        sectors=(0.0,) * 11 + (1.0,),
        source={},
        as_of=None,
        confidence=Confidence.HIGH,
    )


STOCKS = one({"us_equity": 1.0}, {LARGE_GROWTH: 1.0})
SMALL = one({"us_equity": 1.0}, {SMALL_VALUE: 1.0})
ABROAD = one({"developed_equity": 1.0}, {SMALL_VALUE: 1.0})
BONDS, CASH = one({"bonds": 1.0}), one({"cash": 1.0})
BALANCED = one({"us_equity": 0.5, "bonds": 0.5}, {LARGE_GROWTH: 1.0})
UNKNOWN_STYLE = one({"us_equity": 1.0})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (STOCKS, STOCKS, 0.0),
        (STOCKS, BONDS, 2.0),  # nothing in common
        (BONDS, CASH, 2.0),
        (STOCKS, SMALL, 1.0),  # the same class in another style
        (SMALL, ABROAD, 1.0),  # the same style in another class
        (STOCKS, ABROAD, 2.0),
        (STOCKS, BALANCED, 1.0),
        (BALANCED, BONDS, 1.0),
        (STOCKS, UNKNOWN_STYLE, 1.0),  # what is not known is not alike
        (UNKNOWN_STYLE, attrs.evolve(UNKNOWN_STYLE), 1.0),
        (unclassified("Q", "Q", SecurityType.STOCK), unclassified("R", "R", SecurityType.STOCK), 2.0),
    ],
)
def test_what_they_have_in_common(first, second, expected):
    assert unlikeness(first, second) == pytest.approx(expected, abs=1e-12)
    assert unlikeness(second, first) == pytest.approx(expected, abs=1e-12)
