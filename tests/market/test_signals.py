"""Signals: hand-worked scores, and what must hold whatever the figures are."""

import math
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.market.observations import Direction, Origin, Side, kinds, observe, snapshot
from core.market.signals import evaluate, pointings, signal_specs
from core.market.suggestion import suggest

DAY = date(2025, 12, 31)

#: Of each size input of price: which way is cheaper.
CHEAPER = {
    "small_discount_to_large": (-0.6, 0.4),
    "small_forward_pe_percentile": (0.0, 100.0),
    "small_trailing_pe": (5.0, 80.0),
    "small_large_pe_ratio": (0.3, 3.0),
}


def with_value(case, key, value, as_of="2025-12", **more):
    return case.adding([observe(key, as_of=as_of, published_by="test", values=[value], **more)])


def used_ids():
    return {key for spec in signal_specs() for part in spec.inputs for key in part.observations}


def score_of(verdict, key):
    return next(part for side in Side for part in verdict.of(side).inputs if part.spec.key == key)


def test_six_signals_with_weights_that_make_a_whole():
    specs = signal_specs()
    assert [spec.key for spec in specs] == [
        "valuation_spread",
        "absolute_valuation",
        "policy",
        "momentum",
        "cycle_age",
        "earnings_breadth",
    ]
    assert math.fsum(spec.size for spec in specs) == pytest.approx(1)
    assert math.fsum(spec.value for spec in specs) == pytest.approx(1)
    for spec in specs:
        assert spec.of(Side.SIZE)
        assert spec.of(Side.VALUE)
        assert all(key in kinds() for part in spec.inputs for key in part.observations)
        for part in spec.inputs:
            if part.formula == "state":
                assert set(part.scores) == set(kinds()[part.observations[0]].states)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("small_discount", 0.10 / 0.30),
        ("small_forward_percentile", (50 - 20) / 50),
        ("small_trailing_own_average", -1.0),  # -log2(36.75 / 16.16) = -1.185, cut
        ("growth_value_pe", math.log(28 / 17 / 1.45) / math.log(1.45)),
        ("growth_level", 0.4),
        ("value_level", -math.log2(17 / 15)),
        ("rate_level", (0.03625 - 0.03) / -0.02),
        ("rate_direction", 0.5),  # 4.375 % to 3.625 %
        ("balance_sheet", 0.5),
        ("fiscal", -0.5),
        ("rally", 0.746),
        ("rally_spent", -0.373),
        ("run_against_average", math.log2(14 / 11)),
        ("run_among_runs", 0.0),  # two of the four completed runs were shorter than 14 years
        ("decade_gap", 0.6),
    ],
)
def test_scores_worked_by_hand(key, expected):
    assert score_of(evaluate(snapshot(), DAY), key).score == pytest.approx(expected)


def test_conviction_and_confidence_worked_by_hand():
    """Two inputs only: everything else removed."""
    case = snapshot()
    for key in case.ids():
        if key not in ("small_discount_to_large", "small_earnings_growth"):
            case = case.without(key)
    later = DAY + timedelta(days=365)
    months = 365 / 30.436875
    spread = 0.25 * 2 / 3 * 0.5 ** (months / 12)
    earnings = 0.10 * 1 / 2 * 0.5 ** (months / 6)
    found = evaluate(case, later).size
    assert found.score == pytest.approx((spread / 3 + earnings * 0.5) / (spread + earnings))
    assert found.confidence == pytest.approx(spread + earnings)
    assert evaluate(case, later).value.score is None
    assert evaluate(case, later).value.confidence == 0


@given(st.sampled_from(sorted(CHEAPER)), st.data())
def test_a_cheaper_small_cap_never_lowers_size_conviction(key, data):
    low, high = CHEAPER[key]
    cheap, dear = sorted(data.draw(st.tuples(st.floats(low, high), st.floats(low, high))))
    first = evaluate(with_value(snapshot(), key, cheap), DAY).size
    second = evaluate(with_value(snapshot(), key, dear), DAY).size
    assert first.score >= second.score - 1e-12
    assert first.confidence == pytest.approx(second.confidence)
    # and the suggested point never moves toward large
    assert suggest(with_value(snapshot(), key, cheap), DAY).point.size <= (
        suggest(with_value(snapshot(), key, dear), DAY).point.size + 1e-9
    )


@given(st.floats(15, 60), st.floats(15, 60))
def test_dearer_growth_never_lowers_value_conviction(first, second):
    low, high = sorted((first, second))
    at = [evaluate(with_value(snapshot(), "large_growth_forward_pe", pe), DAY).value.score for pe in (low, high)]
    assert at[0] <= at[1] + 1e-12


@pytest.mark.parametrize("key", sorted(snapshot().ids()))
@pytest.mark.parametrize("remove", [True, False])
def test_removing_an_observation_lowers_confidence_only(key, remove):
    whole = evaluate(snapshot(), DAY)
    case = snapshot().without(key) if remove else snapshot().setting_aside(key, aside=True)
    less = evaluate(case, DAY)
    sides = {p.spec.side for s in Side for p in whole.of(s).inputs if key in p.spec.observations}
    for side in Side:
        before, after = whole.of(side), less.of(side)
        if side in sides:
            assert after.confidence < before.confidence
        else:
            assert (after.score, after.confidence) == (before.score, before.confidence)
        # What is left says what it said: no score changes, only what counts does.
        scores = {p.spec.key: p.score for p in before.inputs}
        assert all(p.score in (None, scores[p.spec.key]) for p in after.inputs)
        assert after.score is None or abs(after.score) <= 1


@given(st.sets(st.sampled_from(sorted(used_ids() & set(snapshot().ids())))))
def test_conviction_is_an_average_of_what_is_there(gone):
    case = snapshot()
    for key in gone:
        case = case.without(key)
    verdict = evaluate(case, DAY)
    for side in Side:
        found = verdict.of(side)
        scores = [p.score for p in found.inputs if p.score is not None]
        assert 0 <= found.confidence <= 1
        assert (found.score is None) == (not scores)
        if scores:
            assert min(scores) - 1e-9 <= found.score <= max(scores) + 1e-9
            assert math.fsum(p.share for p in found.inputs) == pytest.approx(1)


@given(st.integers(0, 2000), st.integers(1, 1000))
def test_age_lowers_confidence(days, more):
    first = evaluate(snapshot(), DAY + timedelta(days=days))
    second = evaluate(snapshot(), DAY + timedelta(days=days + more))
    for side in Side:
        assert second.of(side).confidence < first.of(side).confidence


def test_contradicting_observations_are_both_shown():
    found = evaluate(snapshot(), DAY).size
    said_for = {o.id for p in found.reasons(Direction.FOR) for o in p.observations}
    said_against = {o.id for p in found.reasons(Direction.AGAINST) for o in p.observations}
    assert {"small_discount_to_large", "small_forward_pe_percentile", "small_rally_from_low"} <= said_for
    assert {"small_trailing_pe", "small_trailing_pe_average", "small_rally_from_low", "risk_fiscal"} <= said_against


def test_a_newer_value_counts_and_the_older_one_stays():
    case = with_value(snapshot(), "small_discount_to_large", 0.05, as_of="2026-06-30")
    assert case.current("small_discount_to_large").values == (0.05,)
    assert len(case.history("small_discount_to_large")) == 2
    verdict = evaluate(case, date(2026, 7, 1))
    assert score_of(verdict, "small_discount").score == pytest.approx(-0.05 / 0.30)
    # it now points the other way, whatever the snapshot's words were
    (way,) = pointings(case.current("small_discount_to_large"), verdict)
    assert way.direction is Direction.AGAINST


def test_an_older_value_does_not_replace_a_newer_one():
    case = with_value(snapshot(), "small_discount_to_large", 0.30, as_of="2020-01")
    assert case.current("small_discount_to_large").values == (-0.10,)


def test_weights_are_the_advisers():
    case = attrs.evolve(snapshot(), weights={spec.key: (0.0, 0.0) for spec in signal_specs()[1:]})
    assert evaluate(case, DAY).size.score == pytest.approx(1 / 3)
    none = attrs.evolve(snapshot(), weights={spec.key: (0.0, 0.0) for spec in signal_specs()})
    assert evaluate(none, DAY).size.score is None
    assert evaluate(none, DAY).size.confidence == 0


def test_live_values_fill_in_what_was_missing():
    more = [
        observe("relative_small_3m", as_of="2025-12-26", published_by="x", values=[0.05], origin=Origin.LIVE),
        observe("growth_leadership_current", as_of="2025-11", published_by="x", values=[18.9], origin=Origin.LIVE),
    ]
    verdict = evaluate(snapshot().adding(more), DAY)
    assert score_of(verdict, "small_3m").score == pytest.approx(0.5)
    assert score_of(verdict, "growth_run_among_runs").score == 1.0
    assert verdict.value.confidence > evaluate(snapshot(), DAY).value.confidence
