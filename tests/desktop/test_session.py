"""The session: revisions, undo, and drags that become one step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.edits import Document, Part, SetBoxCell, SetMix, SetPoint, SetTax
from core.tilt.box import MARKET_BOX
from core.tilt.target import TaxSettings
from desktop.session import Session
from tests.desktop.small_household import small_household

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def session():
    return Session(Document(small_household()))


def test_push_changes_the_document_and_says_who(session):
    heard = []
    session.changed.connect(lambda changes, who: heard.append((changes.parts, who)))
    assert session.push(SetPoint(0.1, 0.2), session)
    assert session.revision == 1
    assert session.document.target.style.size == 0.1
    session.stack.undo()
    assert session.document == Document(small_household())
    session.stack.redo()
    assert session.document.target.style.value == 0.2
    assert heard == [({Part.STYLE}, session), ({Part.STYLE}, None), ({Part.STYLE}, None)]
    assert session.revision == 3


def test_a_drag_is_one_step_and_two_drags_are_two(session):
    start = session.document
    for first in (0.0, 0.3):
        session.begin_gesture()
        for step in range(10):
            session.push(SetPoint(first + step / 100, 0.1))
        session.end_gesture()
    assert session.stack.count() == 2
    session.stack.undo()
    assert session.document.target.style.size == pytest.approx(0.09)
    session.stack.undo()
    assert session.document == start
    session.stack.redo()
    session.stack.redo()
    assert session.document.target.style.size == pytest.approx(0.39)


def test_edits_outside_a_drag_are_steps_of_their_own(session):
    session.push(SetPoint(0.1, 0.1))
    session.push(SetPoint(0.2, 0.1))
    assert session.stack.count() == 2


def test_nothing_changed_leaves_no_step(session):
    assert not session.push(SetMix(None))
    assert session.stack.count() == 0
    assert session.revision == 0


def test_a_refused_edit_is_said_and_leaves_no_trace(session, qtbot):
    with qtbot.waitSignal(session.refused) as heard:
        assert not session.push(SetBoxCell(0, 2.0, MARKET_BOX))
    assert "between 0 and 100" in heard.args[0]
    assert session.stack.count() == 0


actions = st.one_of(
    st.just("undo"),
    st.just("redo"),
    st.just("begin"),
    st.just("end"),
    st.builds(SetPoint, st.floats(-0.5, 0.5), st.just(0.1)),
    st.builds(SetBoxCell, st.integers(0, 8), st.floats(0, 1), st.just(MARKET_BOX)),
    st.builds(SetTax, st.builds(TaxSettings, short=st.floats(0, 0.5))),
)


@given(st.lists(actions, max_size=30))
def test_every_step_can_be_taken_back_and_done_again(sequence):
    session = Session(Document(small_household()))
    start = session.document
    for action in sequence:
        if action == "undo":
            session.stack.undo()
        elif action == "redo":
            session.stack.redo()
        elif action == "begin":
            session.begin_gesture()
        elif action == "end":
            session.end_gesture()
        else:
            session.push(action)
    end = session.document
    at = session.stack.index()
    seen = []
    while session.stack.canUndo():
        seen.append(session.document)
        session.stack.undo()
    assert session.document == start
    for expected in reversed(seen):
        session.stack.redo()
        assert session.document == expected
    assert session.stack.index() == at
    assert session.document == end
