"""Rules expand to the vectors that their definition gives by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classify.exposure import SECTORS, STYLE_BOXES
from core.classify.rules import RuleError, basis, expand, us_sectors


def test_market_box_by_hand() -> None:
    expected = [0.7 / 3] * 3 + [0.2 / 3] * 3 + [0.1 / 3] * 3
    assert expand("market").style_box == pytest.approx(expected, abs=1e-8)


def test_a_slice_is_cut_at_70_and_90_per_cent() -> None:
    # 85-98 %: 5 of 13 points lie under 90
    box = expand("us(crsp_small)").style_box
    assert sum(box[3:6]) == pytest.approx(5 / 13)
    assert sum(box[6:9]) == pytest.approx(8 / 13)
    assert sum(expand("us(crsp_large)").style_box[0:3]) == pytest.approx(70 / 85)


def test_one_box_funds_are_mostly_their_own_box() -> None:
    for cell in STYLE_BOXES:
        box = expand(f"one_box({cell})").style_box
        own = box[STYLE_BOXES.index(cell)]
        assert own > 0.49
        assert own == max(box)
        size, style = cell.split()
        x = sum(share * (50 + 100 * (i % 3)) for i, share in enumerate(box))
        # a fund is called value under 125, growth over 175 on the published 0-300 axis
        assert {"value": x < 125, "blend": 125 <= x <= 175, "growth": x > 175}[style], (cell, x)
        y = sum(share * (250 - 100 * (i // 3)) for i, share in enumerate(box))
        assert {"large": y > 200, "mid": 100 <= y <= 200, "small": y < 100}[size], (cell, y)


def test_balanced_and_target_date_by_hand() -> None:
    mix = expand("balanced(60/40)").mix
    assert mix[0] == pytest.approx(0.6)
    assert mix[3] == pytest.approx(0.4)
    # 2041 is 15 years after the reference year: 76 % equity, 60 % of it in the US
    assert expand("target_date(2041, vanguard)").mix[0] == pytest.approx(0.76 * 0.6)
    # half way between 15 and 20 years
    midway = sum(expand("target_date(2043, vanguard)").mix[:3])
    assert midway == pytest.approx(0.76 + 2 / 5 * (0.83 - 0.76))


@given(st.integers(1990, 2100), st.sampled_from(sorted(basis().target_date["families"])))
def test_target_date_equity_never_falls_with_the_year(year: int, family: str) -> None:
    now = sum(expand(f"target_date({year}, {family})").mix[:3])
    later = sum(expand(f"target_date({year + 1}, {family})").mix[:3])
    assert 0 <= now <= later + 1e-12 <= 1 + 1e-9


def test_box_and_sectors_can_be_replaced() -> None:
    plain = expand("world(us 0.6, dev 0.4)")
    other = expand("world(us 0.6, dev 0.4)", "one_box(small value)", "energy")
    assert other.mix == plain.mix
    assert other.style_box == expand("one_box(small value)").style_box
    assert other.sectors[SECTORS.index("energy")] == 1
    assert expand("market", "unknown", "unknown").sectors[-1] == 1
    assert sum(expand("market", "unknown").style_box) == 0


def test_sectors_of_a_partly_known_box_are_partly_unknown() -> None:
    half = tuple(share / 2 for share in basis().market)
    assert us_sectors(half)[-1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "nonsense",
        "us",
        "us(nowhere)",
        "us(sp500, purple)",
        "one_box(tiny value)",
        "sector(magic)",
        "mix(us 0.5)",
        "mix(us 0.5, mars 0.5)",
        "world(us 0.5, bonds 0.5)",
        "target_date(soon, vanguard)",
        "target_date(2045, nobody)",
        "stock(large value)",
        "stock(huge value, energy)",
        "balanced(60)",
    ],
)
def test_wrong_rules_are_refused(rule: str) -> None:
    with pytest.raises(RuleError):
        expand(rule)
