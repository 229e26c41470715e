"""The nine-box of single companies: sizes by hand, scores by hand, and what holds for any company."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classify.exposure import STYLE_BOXES
from core.classify.stocks import FACTORS, Fundamentals, percentile, settings, size_of, stock_style

_YIELD = st.none() | st.floats(-2, 5)
_COMPANIES = st.builds(
    Fundamentals, st.floats(1e6, 5e12), earnings=_YIELD, book=_YIELD, sales=_YIELD, cash_flow=_YIELD, dividend=_YIELD
)


def test_sizes_at_the_break_points() -> None:
    assert [size_of(cap) for cap in (5e12, 99.8e9, 99.7e9, 17.0e9, 16.9e9, 1e6)] == [
        "large", "large", "mid", "mid", "small", "small",
    ]  # fmt: skip


def test_percentile_by_hand() -> None:
    at, values = (0.1, 0.5, 0.9), (0.0, 2.0, 4.0)
    assert percentile(1.0, at, values) == pytest.approx(0.3)
    assert percentile(2.0, at, values) == pytest.approx(0.5)
    assert percentile(3.0, at, values) == pytest.approx(0.7)
    assert percentile(-1.0, at, values) == pytest.approx(0.05)
    assert percentile(9.0, at, values) == pytest.approx(0.95)
    # half of the companies pay nothing: nothing is the middle of their range
    assert percentile(0.0, (0.1, 0.5, 0.9), (0.0, 0.0, 4.0)) == pytest.approx(0.25)


def test_a_score_by_hand() -> None:
    # earnings yield 0.041 and book yield 0.24 are the medians of large companies: 50 each, whatever the weights
    found = stock_style(Fundamentals(500e9, earnings=0.041, book=0.24))
    assert found is not None
    assert found.score == pytest.approx(0.5)
    assert found.box == "large blend"
    assert [part.weight for part in found.parts] == pytest.approx([0.40 / 0.55, 0.15 / 0.55])


def test_cheap_and_dear_companies() -> None:
    cheap = stock_style(Fundamentals(5e9, 0.15, 1.5, 3.0, 0.25, 0.05))
    dear = stock_style(Fundamentals(5e9, -0.05, 0.05, 0.1, 0.0, 0.0))
    assert cheap is not None
    assert dear is not None
    assert (cheap.box, dear.box) == ("small value", "small growth")
    assert cheap.vector[STYLE_BOXES.index("small value")] == 1


@pytest.mark.parametrize(
    "known",
    [
        Fundamentals(5e9),
        Fundamentals(5e9, dividend=0.03),
        Fundamentals(5e9, sales=1.0, cash_flow=0.1, dividend=0.02),
        Fundamentals(5e9, book=0.5),
        Fundamentals(5e9, earnings=float("nan")),
    ],
)
def test_too_little_leaves_the_style_open(known: Fundamentals) -> None:
    found = stock_style(known)
    assert found is not None
    assert (found.size, found.style, sum(found.vector)) == ("small", None, 0)
    assert "too little" in found.explained()


@pytest.mark.parametrize("cap", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_without_a_capitalisation_there_is_no_box(cap: float | None) -> None:
    assert stock_style(Fundamentals(cap, earnings=0.05, book=0.5)) is None


@given(_COMPANIES)
def test_any_company(known: Fundamentals) -> None:
    found = stock_style(known)
    assert found is not None
    assert found.explained()
    if found.score is None:
        return
    assert 0 <= found.score <= 1
    assert sum(part.weight for part in found.parts) == pytest.approx(1)
    assert sum(found.vector) == 1
    assert {part.factor for part in found.parts} == {f for f in FACTORS if getattr(known, f) is not None}


@given(_COMPANIES, st.sampled_from(FACTORS), st.floats(0, 1))
def test_a_cheaper_company_never_scores_less(known: Fundamentals, factor: str, more: float) -> None:
    import attrs

    value = getattr(known, factor)
    first = stock_style(known)
    if value is None or first is None or first.score is None:
        return
    second = stock_style(attrs.evolve(known, **{factor: value + more}))
    assert second is not None
    assert second.score is not None
    assert second.score >= first.score - 1e-12


def test_thirds_stay_thirds_however_many_yields_are_known() -> None:
    """Companies drawn from the settings' own percentiles, with one common part, fall into thirds."""
    draw = random.Random(7)
    use = settings()

    def value(factor: str, rank: float) -> float:
        table = use.percentiles["mid"][factor]
        k = min(range(len(use.at)), key=lambda i: abs(use.at[i] - rank))
        return table[k] + (rank - use.at[k]) * 1e-3

    for wanted in (("earnings", "book"), FACTORS):
        counts = {"value": 0, "blend": 0, "growth": 0}
        for _ in range(3000):
            common = draw.random()
            ranks = {f: common if draw.random() < 0.59 else draw.random() for f in wanted}  # 0.59 squared is 0.35
            found = stock_style(Fundamentals(50e9, **{f: value(f, ranks[f]) for f in wanted}))
            assert found is not None
            assert found.style is not None
            counts[found.style] += 1
        assert all(0.24 < count / 3000 < 0.43 for count in counts.values()), (wanted, counts)
