"""Suggestions: the point, the sector ranges, the preset ``signals``, and what is quoted."""

import tomllib
from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, UsageError
from core.market.observations import observe, snapshot
from core.market.quote import plain, quote
from core.market.signals import evaluate
from core.market.suggestion import conviction_words, is_open, resolved, sector_ranges, suggest, suggestion_of
from core.tilt.box import PadPoint, box_at
from core.tilt.target import Scope, Style, Target
from core.tilt.target_toml import target_from_dict, target_toml
from core.words import period_words

DAY = date(2025, 12, 31)


def target(text):
    return target_from_dict(tomllib.loads(text), "t.toml")


def test_the_point_lies_on_the_way_to_the_strongest_tilt():
    found = suggest(snapshot(), DAY)
    verdict = evaluate(snapshot(), DAY)
    assert found.point.size == pytest.approx(0.6 + verdict.size.score * (-0.3 - 0.6), abs=1e-4)
    assert found.point.value == pytest.approx(verdict.value.score * 0.5, abs=1e-4)
    assert -0.3 <= found.point.size <= 0.6


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_any_conviction_gives_a_point_the_pad_can_reach(size, value):
    verdict = evaluate(snapshot(), DAY)
    verdict = attrs.evolve(
        verdict, size=attrs.evolve(verdict.size, score=size), value=attrs.evolve(verdict.value, score=value)
    )
    found = suggestion_of(snapshot(), verdict)
    assert not box_at(found.point.size, found.point.value).clamped
    assert (found.point.size <= 0.6) == (size >= 0) or abs(size) < 1e-3


def test_without_any_observation_the_market_is_suggested():
    case = attrs.evolve(snapshot(), observations=())
    found = suggest(case, DAY)
    assert found.point == PadPoint(0.6, 0.0)
    assert (found.size, found.size_confidence, found.sectors, found.reasons) == (None, 0.0, {}, ())


def test_sector_ranges_come_from_the_ratings():
    found = sector_ranges(snapshot())
    assert found == {
        "communication_services": (0.0, 0.03),
        "industrials": (0.0, 0.03),
        "health_care": (0.0, 0.03),
        "consumer_discretionary": (-0.03, 0.0),
        "real_estate": (-0.03, 0.0),
        "utilities": (-0.03, 0.0),
    }
    less = snapshot().setting_aside("sector_underperform", aside=True)
    assert set(sector_ranges(less)) == {"communication_services", "industrials", "health_care"}


def test_the_preset_becomes_a_point():
    wanted = target('[style]\npreset = "signals"\nscope = "all_equity"\n')
    assert is_open(wanted.style)
    with pytest.raises(UsageError, match="resolve"):
        wanted.style.target_box((0.0,) * 9)
    found, suggestion = resolved(wanted, DAY)
    assert found.style == Style("signals", suggestion.point.size, suggestion.point.value, scope=Scope.ALL_EQUITY)
    assert found.style.target_box((0.0,) * 9) == box_at(suggestion.point.size, suggestion.point.value).box
    assert found.sectors == {}
    # written and read again it stays where it was, whatever the observations say by then
    again = target(target_toml(found))
    assert again == found
    assert resolved(again, date(2030, 1, 1)) == (again, None)


def test_other_targets_are_left_alone():
    for text in ("", '[style]\npreset = "modest"\n', "[style]\nsize = 0.1\nvalue = 0.2\n"):
        wanted = target(text)
        assert resolved(wanted, DAY) == (wanted, None)


@pytest.mark.parametrize(
    "text",
    ['preset = "signal"', 'preset = "modest"\nsize = 0.1\nvalue = 0.1', 'preset = "signals"\nsize = 0.1'],
)
def test_a_style_that_says_two_things_is_refused(text):
    with pytest.raises(InputError, match="style"):
        target(f"[style]\n{text}\n")


def test_the_quote_has_both_sides_and_every_observation():
    text = plain(quote(snapshot(), DAY))
    for observation in snapshot().newest():
        assert observation.published_by in text
        cited = f"{observation.text} ({period_words(observation.as_of)}, {observation.published_by})"
        assert cited in text, observation.id
    assert text.index("For small caps") < text.index("Against small caps") < text.index("For value stocks")
    assert "not a forecast" in text


def test_what_is_set_aside_is_quoted_as_set_aside():
    text = plain(quote(snapshot().setting_aside("small_trailing_pe", aside=True), DAY))
    assert "36.75 (Dec 2025, market commentary); against; set aside by the adviser." in text


def test_the_quote_of_a_used_suggestion_keeps_its_reasons():
    used = suggest(snapshot(), DAY)
    later = snapshot().adding(
        [observe("small_discount_to_large", as_of="2026-03", published_by="someone", values=[0.2])]
    )
    text = plain(quote(later, date(2026, 4, 1), used))
    assert "about -10 % (Dec 2025" in text
    assert f"size {used.point.size:+.2f}" in text


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (None, "nothing known"),
        (0.01, "neither"),
        (0.2, "slightly for"),
        (-0.4, "moderately against"),
        (0.9, "strongly"),
    ],
)
def test_convictions_in_words(score, words):
    from core.market.observations import Side

    assert words in conviction_words(score, Side.SIZE)


def test_a_suggestion_leaves_the_rest_of_the_target():
    from core.market.suggestion import with_suggestion

    before = Target(sectors={"energy": (0.0, 0.1)}, mix={"bonds": 0.4})
    found = suggest(snapshot(), DAY)
    assert with_suggestion(before, found, sectors=False).sectors == before.sectors
    assert with_suggestion(before, found).sectors == {**before.sectors, **found.sectors}
    assert with_suggestion(before, found).mix == before.mix
