"""Candidates: every one known, holding what its cell asks for, first choices first."""

from __future__ import annotations

import pytest

from core.classify.candidates import CANDIDATE_CELLS, candidate_symbols, candidates_for
from core.classify.core_table import find
from core.classify.exposure import ASSET_CLASSES, STYLE_BOXES
from core.classify.truth import Classifier


@pytest.mark.parametrize("cell", CANDIDATE_CELLS)
def test_candidates_are_known_and_reasoned(cell: str) -> None:
    listed = candidates_for(cell)
    assert len(listed) >= 3
    assert len({c.symbol for c in listed}) == len(listed)
    for candidate in listed:
        assert find(candidate.symbol) is not None, candidate.symbol
        assert candidate.reason


@pytest.mark.parametrize("cell", STYLE_BOXES)
def test_a_cells_first_choice_holds_it_above_the_market(cell: str) -> None:
    index = STYLE_BOXES.index(cell)
    table = Classifier()
    market = table.classify("VTI").style_box[index]
    for candidate in candidates_for(cell):
        share = table.classify(candidate.symbol).style_box[index]
        assert share >= market - 1e-9, candidate.symbol
    assert table.classify(candidates_for(cell)[0].symbol).style_box[index] > market


@pytest.mark.parametrize("cell", ["developed_equity", "emerging_equity", "bonds", "cash"])
def test_a_class_candidate_is_wholly_of_its_class(cell: str) -> None:
    for candidate in candidates_for(cell):
        assert Classifier().classify(candidate.symbol).mix[ASSET_CLASSES.index(cell)] == pytest.approx(1)


def test_symbols_are_unique_and_first_choices_lead() -> None:
    symbols = candidate_symbols()
    assert len(symbols) == len(set(symbols))
    firsts = {candidates_for(cell)[0].symbol for cell in CANDIDATE_CELLS}
    assert set(symbols[: len(firsts)]) == firsts


def test_unknown_cell() -> None:
    with pytest.raises(KeyError):
        candidates_for("purple")
