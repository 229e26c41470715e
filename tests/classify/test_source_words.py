"""Where a classification is from, in words, and why an index of the market has as much of each style."""

import pytest

from core.classify.source_words import source_words, thirds_words
from core.classify.truth import Classifier


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("core table: us(sp500)", "core table: US stocks (S&P 500)"),
        ("core table: market", "core table: US stocks (the whole market)"),
        ("core table: stock(large growth, health_care)", "core table: stock (large growth, health care)"),
        ("live, Yahoo 2026-11-20", "live, Yahoo Nov 20, 2026"),
        ("", ""),
    ],
)
def test_sources(source, words):
    assert source_words(source) == words


@pytest.mark.parametrize(
    ("symbol", "thirds"), [("SPY", True), ("VTI", True), ("IWM", True), ("VBR", False), ("QQQ", False), ("BND", False)]
)
def test_thirds_are_explained_where_they_are(symbol, thirds):
    assert bool(thirds_words(Classifier().classify(symbol).style_box)) is thirds
