"""Edits of the market case: undo puts back what was there, and nothing else of the document moves."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.edits import Document, Part, SetPoint, SetStyle, SetTarget
from core.errors import UsageError
from core.market.edits import (
    AddObservations,
    RemoveObservation,
    SetAside,
    SetMarket,
    SetMaximum,
    SetSignalWeight,
    UseSuggestion,
)
from core.market.observations import observe, snapshot
from core.market.signals import signal_specs
from core.market.suggestion import suggest
from core.sample import sample_household, sample_target
from core.tilt.box import PadPoint
from core.tilt.target import SIGNALS, Style, Target

OPEN = Document(sample_household(), target=sample_target())
NEW = observe("small_trailing_pe", as_of="2026-06", published_by="a paper", values=[30.0])

EDITS = st.one_of(
    st.builds(SetAside, st.sampled_from(snapshot().ids()), st.booleans()),
    st.builds(SetSignalWeight, st.sampled_from([s.key for s in signal_specs()]), st.floats(0, 1), st.floats(0, 1)),
    st.builds(SetMaximum, st.none() | st.builds(PadPoint, st.floats(-0.9, 0.6), st.floats(0, 0.9))),
    st.builds(lambda pe: AddObservations((attrs.evolve(NEW, values=(pe,)),)), st.floats(1, 90)),
    st.just(SetMarket(snapshot())),
    st.builds(lambda on: UseSuggestion(suggest(snapshot(), on)), st.dates()),
    st.builds(SetPoint, st.floats(-0.9, 0.9), st.floats(-0.9, 0.9)),
)


@given(st.lists(EDITS, max_size=8))
def test_undoing_all_is_the_identity(edits):
    document, back = OPEN, []
    for edit in edits:
        document, _changes, inverse = edit.apply(document)
        back.append(inverse)
    for inverse in reversed(back):
        document = inverse.apply(document)[0]
    assert document == OPEN


@pytest.mark.parametrize(
    "edit", [SetAside("risk_fiscal", aside=True), AddObservations((NEW,)), SetMaximum(PadPoint(0.1, 0.3))]
)
def test_market_edits_move_neither_target_nor_holdings(edit):
    document, changes, _ = edit.apply(OPEN)
    assert changes.parts == {Part.MARKET}
    assert not changes.target
    assert not changes.holdings
    assert document.target == OPEN.target


def test_using_a_suggestion_is_an_edit_of_the_target_that_keeps_its_reasons():
    found = suggest(snapshot(), OPEN.household.as_of)
    document, changes, inverse = UseSuggestion(found).apply(OPEN)
    assert changes.target
    assert document.target.style.preset == SIGNALS
    assert document.followed is found
    assert document.followed.reasons
    assert inverse.apply(document)[0] == OPEN
    # later figures leave target and reasons alone, moving the pad lets go of them
    assert AddObservations((NEW,)).apply(document)[0].followed is found
    assert SetPoint(0.2, 0.2).apply(document)[0].followed is None


def test_the_preset_of_a_file_or_button_is_resolved_by_the_documents_own_observations():
    case = OPEN.market.adding([NEW])
    document = attrs.evolve(OPEN, market=case)
    expected = suggest(case, OPEN.household.as_of).point
    for edit in (SetStyle(Style(preset=SIGNALS)), SetTarget(Target(style=Style(preset=SIGNALS)))):
        style = edit.apply(document)[0].target.style
        assert (style.preset, style.size, style.value) == (SIGNALS, expected.size, expected.value)


def test_a_target_resolved_elsewhere_is_taken_as_it_is():
    style = Style(SIGNALS, 0.3, 0.1)
    assert SetTarget(Target(style=style)).apply(OPEN)[0].target.style == style


def test_removing_what_was_added_brings_the_older_value_back():
    document = AddObservations((NEW,)).apply(OPEN)[0]
    assert document.market.current("small_trailing_pe") == NEW
    back = RemoveObservation(NEW).apply(document)[0]
    assert back.market == snapshot()
    with pytest.raises(UsageError):
        RemoveObservation(NEW).apply(back)


@pytest.mark.parametrize(
    "edit",
    [
        SetAside("no_such", aside=True),
        SetSignalWeight("no_such", 0.1, 0.1),
        SetSignalWeight("policy", 1.1, 0.1),
        SetSignalWeight("policy", float("nan"), 0.1),
        SetMaximum(PadPoint(0.9, 0.1)),
        SetMaximum(PadPoint(0.1, -0.1)),
    ],
)
def test_senseless_edits_are_refused(edit):
    with pytest.raises(UsageError):
        edit.apply(OPEN)
