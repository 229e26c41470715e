"""The name rules against the written truth: how good they are, and that the truth is fit to say so."""

from __future__ import annotations

import pytest

from core.classify.boxes import SIZES, STYLES
from core.classify.core_table import rows_by_symbol
from tests.classify.accuracy import confusion, main, read_truth, score, share, small_value


def test_the_truth_is_large_reasoned_and_apart_from_the_core_table() -> None:
    funds = read_truth()
    assert len(funds) >= 300
    assert len({fund.symbol for fund in funds}) == len(funds)
    for fund in (*funds, *read_truth("sample.csv")):
        assert fund.symbol not in rows_by_symbol()
        assert fund.size in SIZES
        assert fund.style in STYLES
        assert len(fund.basis) > 8, fund.symbol
    assert not {f.symbol for f in funds} & {f.symbol for f in read_truth("sample.csv")}
    halves = [fund.held_out for fund in funds]
    assert 0.45 < sum(halves) / len(halves) < 0.55


def test_size_and_style_of_funds_that_the_rules_were_not_tuned_on() -> None:
    held_out = [score(fund) for fund in read_truth() if fund.held_out]
    assert share(s.both_right for s in held_out) >= 0.85
    recall, precision = small_value(held_out)
    assert recall >= 0.90
    assert precision >= 0.90


def test_a_random_sample_labelled_afterwards() -> None:
    assert share(s.both_right for s in map(score, read_truth("sample.csv"))) >= 0.80


def test_the_script_prints_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    printed = capsys.readouterr().out
    assert "held out" in printed
    assert "small value" in printed
    assert "truth / said" in confusion([score(read_truth()[0])])
