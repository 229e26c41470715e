"""Refresh: what becomes of each answer, and that a fault leaves what was there."""

from datetime import date

import attrs
import pytest

from core.market.observations import Origin, Side, kinds, snapshot
from core.market.refresh import Sources, refresh
from core.market.signals import evaluate
from core.providers.protocols import PROVIDER_FAULTS, Reason
from tests.market.fake_sources import DAY, PACE, FakeMarket, FakeReturns, FakeSeries, fake_sources


def values(found):
    return {o.id: o for o in found.observations}


def test_every_live_observation_is_brought_dated_and_sourced():
    found = refresh(fake_sources(), DAY)
    assert found.failures == ()
    live = {kind.id for kind in kinds().values() if not kind.ships and kind.id != "value_earnings_growth"}
    assert set(values(found)) == live | {"fed_funds_range"}
    for observation in found.observations:
        assert observation.origin is Origin.LIVE
        assert observation.published_by
        assert observation.day <= DAY


def test_figures_worked_by_hand():
    found = values(refresh(fake_sources(), DAY))
    assert found["small_large_pe_ratio"].values == (0.72,)
    assert found["value_growth_pe_ratio"].values == (1.8,)
    assert found["small_value_growth_pe_ratio"].values == (1.6,)
    assert "IWM 18.0 and SPY 25.0" in found["small_large_pe_ratio"].published_by
    for name, weeks in (("3m", 13), ("6m", 26), ("12m", 52)):
        expected = PACE["IWM"] ** weeks - PACE["SPY"] ** weeks
        assert found[f"relative_small_{name}"].values[0] == pytest.approx(expected, abs=1e-4)
    assert found["relative_value_3m"].as_of == "2026-02-27"
    assert found["fed_balance_sheet"].values == (0.01,)
    assert found["yield_curve"].values == (0.007,)
    assert found["rate_10y"].values == (0.041,)
    assert found["growth_leadership_current"].values == (20.0,)
    assert found["growth_leadership_current"].as_of == "2026-01"


def test_the_target_range_comes_with_that_of_a_year_before():
    found = refresh(fake_sources(), DAY)
    ranges = [(o.as_of, o.values) for o in found.observations if o.id == "fed_funds_range"]
    assert ranges == [("2025-03-01", (0.0425, 0.045)), ("2026-03-01", (0.0325, 0.035))]
    verdict = evaluate(snapshot().adding(found.observations), DAY)
    direction = next(p for p in verdict.size.inputs if p.spec.key == "rate_direction")
    assert direction.score == pytest.approx(1 / 1.5)


def test_refreshed_values_stand_beside_the_old_ones():
    case = snapshot().adding(refresh(fake_sources(), DAY).observations)
    assert set(snapshot().observations) <= set(case.observations)
    assert case.current("fed_funds_range").as_of == "2026-03-01"
    again = case.adding(refresh(fake_sources(), DAY).observations)
    assert again == case
    for side in Side:
        assert evaluate(case, DAY).of(side).confidence > evaluate(snapshot(), DAY).of(side).confidence


@pytest.mark.parametrize("reason", sorted(Reason))
def test_each_fault_keeps_the_old_values_and_says_so(reason):
    sources = fake_sources(reason)
    found = refresh(sources, DAY)
    assert found.observations == ()
    assert found.factors is None
    assert found.portfolios is None
    assert len(found.failures) == 3
    assert snapshot().adding(found.observations) == snapshot()
    # a provider that is down is asked once, one that lacks a symbol for each of them
    asked = 1 if reason in PROVIDER_FAULTS else 10
    assert len(sources.market.asked) == asked
    assert len(sources.series.asked) == (1 if reason in PROVIDER_FAULTS else 8)


def test_one_provider_down_leaves_the_others():
    found = refresh(Sources(FakeMarket(Reason.OFFLINE), FakeSeries(), FakeReturns()), DAY)
    assert "rate_10y" in values(found)
    assert "small_large_pe_ratio" not in values(found)
    assert found.factors.months == 1195
    assert found.portfolios.months == 1195
    assert found.failures == ("Yahoo: no connection",)


def test_a_table_that_is_too_short_is_not_taken():
    found = refresh(Sources(None, None, FakeReturns(months=100)), DAY)
    assert found.factors is None
    assert "100 months only" in found.failures[0]


def test_old_prices_are_not_taken_for_new():
    found = refresh(Sources(FakeMarket(), None, None), date(2026, 6, 1))
    assert not any(o.id.startswith("relative_") for o in found.observations)
    assert any("no recent week" in words for words in found.failures)


def test_a_fund_without_a_ratio_is_said():
    class Silent(FakeMarket):
        def profile(self, symbol, type_=None):
            return attrs.evolve(super().profile(symbol), price_earnings=None)

    found = refresh(Sources(Silent(), None, None), DAY)
    assert any("no P/E of IWM" in words for words in found.failures)


def test_only_symbols_and_names_are_asked():
    sources = fake_sources()
    refresh(sources, DAY)
    assert all(symbol.isalpha() and symbol.isupper() for symbol in sources.market.asked)
    assert all(name.isalnum() and name.isupper() for name in sources.series.asked)
