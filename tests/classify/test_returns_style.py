"""Returns-based style: known mixtures come back, noise is admitted, and the optimum is one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.classify.answer import Query
from core.classify.boxes import main_box
from core.classify.returns_style import (
    LEAST_WEEKS,
    PROXIES,
    ReturnsStyles,
    StyleError,
    exposure_of,
    fit_style,
    least_variance,
)
from core.providers.protocols import PriceHistory

WEEKS = 157
FIRST = date(2023, 11, 24)


def market(seed: int, weeks: int = WEEKS) -> dict[str, np.ndarray]:
    """Weekly returns of the proxies from a market, a size, a style and a few other factors, with noise of their own."""
    draw = np.random.default_rng(seed)
    base = draw.normal(0.002, 0.022, weeks)
    small, value, abroad, far, rates = (draw.normal(0, sigma, weeks) for sigma in (0.012, 0.012, 0.015, 0.018, 0.008))
    made: dict[str, np.ndarray] = {}
    for symbols, size in ((("VTV", "VV", "VUG"), -0.3), (("VOE", "VO", "VOT"), 0.4), (("VBR", "VB", "VBK"), 1.0)):
        halves = [base + size * small + lean * value + draw.normal(0, 0.003, weeks) for lean in (1.0, -1.0)]
        made[symbols[0]], made[symbols[2]] = halves
        made[symbols[1]] = (halves[0] + halves[1]) / 2 + draw.normal(0, 0.0015, weeks)
    made["VEA"] = 0.8 * base + abroad + draw.normal(0, 0.004, weeks)
    made["VWO"] = 0.7 * base + 0.5 * abroad + far + draw.normal(0, 0.005, weeks)
    made["BND"] = rates + draw.normal(0, 0.001, weeks)
    made["BIL"] = np.full(weeks, 0.0009) + draw.normal(0, 0.0001, weeks)
    return made


def history(symbol: str, returns: np.ndarray) -> PriceHistory:
    prices = 50 * np.concatenate([[1.0], np.cumprod(1 + returns)])
    dates = tuple(FIRST + timedelta(weeks=k) for k in range(len(prices)))
    return PriceHistory(symbol, dates, tuple(prices.tolist()))


def histories(returns: dict[str, np.ndarray]) -> dict[str, PriceHistory]:
    return {symbol: history(symbol, series) for symbol, series in returns.items()}


@pytest.mark.parametrize(
    ("mixture", "seed"),
    [
        ({"VBR": 0.6, "VUG": 0.4}, 1),
        ({"VTV": 0.6, "BND": 0.4}, 2),
        ({"VB": 0.6, "VEA": 0.4}, 3),
        ({"VUG": 0.6, "BIL": 0.4}, 4),
        ({"VWO": 0.6, "VOE": 0.4}, 5),
        ({"VOT": 0.6, "VBK": 0.4}, 6),
        ({"VBR": 1.0}, 7),
    ],
)
def test_known_mixtures_come_back_within_three_points(mixture: dict[str, float], seed: int) -> None:
    returns = market(seed)
    noise = np.random.default_rng(seed + 100).normal(0, 0.0008, WEEKS)  # trading costs, fees, rounding
    fund = sum(weight * returns[symbol] for symbol, weight in mixture.items()) + noise - 0.00005
    fit = fit_style(history("FUND", fund), histories(returns))
    assert fit.can_tell
    assert fit.r2 > 0.98
    assert sum(fit.weights.values()) == pytest.approx(1)
    assert min(fit.weights.values()) > 0
    for symbol in PROXIES:
        assert fit.weights.get(symbol, 0.0) == pytest.approx(mixture.get(symbol, 0.0), abs=0.03), symbol
    said, known = exposure_of(fit.weights), exposure_of(mixture)
    for vector, truth in zip(said, known, strict=True):
        assert vector == pytest.approx(truth, abs=0.03)


def test_a_blend_is_the_same_exposure_as_its_halves() -> None:
    for value, whole, growth in (("VTV", "VV", "VUG"), ("VOE", "VO", "VOT"), ("VBR", "VB", "VBK")):
        assert exposure_of({value: 0.5, growth: 0.5})[1] == pytest.approx(exposure_of({whole: 1.0})[1], abs=1e-6)


def test_noise_cannot_be_told() -> None:
    returns = market(11)
    fund = 0.5 * returns["VBR"] + np.random.default_rng(12).normal(0, 0.03, WEEKS)
    fit = fit_style(history("FUND", fund), histories(returns))
    assert not fit.can_tell
    assert "cannot tell" in fit.words
    assert ReturnsStyles({"FUND": fit}, date(2026, 11, 25)).answer(Query("FUND")) is None


def test_a_fit_as_an_answer_and_as_series() -> None:
    returns = market(21)
    fit = fit_style(history("FUND", 0.9 * returns["VBR"] + 0.1 * returns["VOE"]), histories(returns))
    answer = ReturnsStyles({"FUND": fit}, date(2026, 11, 25)).answer(Query("FUND"))
    assert answer is not None
    assert answer.mix is not None
    assert answer.mix[0] == pytest.approx(1)
    assert answer.style_box is not None
    assert main_box(answer.style_box) == ("small", "value")
    assert "R2" in answer.source
    only = ReturnsStyles({"FUND": fit}, date(2026, 11, 25), style_only=True).answer(Query("FUND"))
    assert only is not None
    assert (only.mix, only.sectors, only.style_box) == (None, None, answer.style_box)
    assert fit.weeks == 156
    assert len(fit.dates) == len(fit.fund) == len(fit.fitted) == fit.weeks + 1
    assert fit.fund[0] == fit.fitted[0] == 1
    assert fit.fitted[-1] == pytest.approx(fit.fund[-1], rel=0.01)


def test_too_little_to_say_anything() -> None:
    returns = market(31)
    short = history("FUND", returns["VBR"][: LEAST_WEEKS - 1])
    with pytest.raises(StyleError, match="weeks in common"):
        fit_style(short, histories(returns))
    with pytest.raises(StyleError, match="does not move"):
        fit_style(history("FUND", np.zeros(WEEKS)), histories(returns))
    with pytest.raises(StyleError, match="no prices"):
        fit_style(history("FUND", returns["VBR"]), {})


def test_weeks_that_one_lacks_are_left_out_for_all() -> None:
    returns = market(41)
    series = histories(returns)
    holed = series["VEA"]
    keep = [k for k in range(len(holed.dates)) if k % 10 != 3]
    series["VEA"] = PriceHistory("VEA", tuple(holed.dates[k] for k in keep), tuple(holed.closes[k] for k in keep))
    fit = fit_style(history("FUND", returns["VBR"]), series)
    assert fit.weeks < 150
    assert fit.weights["VBR"] == pytest.approx(1, abs=0.03)


def test_the_same_question_gets_the_same_answer() -> None:
    returns = market(51)
    fund = history("FUND", 0.3 * returns["VTV"] + 0.3 * returns["VB"] + 0.4 * returns["BND"])
    fits = [fit_style(fund, histories(returns)) for _ in range(5)]
    assert len({tuple(sorted(fit.weights.items())) for fit in fits}) == 1
    assert len({fit.r2 for fit in fits}) == 1


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 13))
def test_no_nearby_mix_is_better(seed: int, count: int) -> None:
    """An oracle that shares nothing with the solver: random mixes, and moves from the answer towards each factor."""
    draw = np.random.default_rng(seed)
    factors = draw.normal(0, 0.02, (120, 1)) + draw.normal(0, 0.01, (120, count))
    target = factors @ draw.dirichlet(np.ones(count)) + draw.normal(0, 0.005, 120)
    weights = least_variance(target, factors)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    best = np.var(target - factors @ weights)
    for other in draw.dirichlet(np.ones(count), 200):
        assert np.var(target - factors @ other) >= best * (1 - 1e-3)
    for k in range(count):
        moved = 0.99 * weights + 0.01 * np.eye(count)[k]
        assert np.var(target - factors @ moved) >= best * (1 - 1e-3)
