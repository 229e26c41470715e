"""The tilt pad through real events: drags, keys, wheel, and what it says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.tilt.box import EDGE, MARKET_BOX, PadPoint, box_at
from widgets.orientation import set_value_side
from widgets.tilt_pad import FINE_STEP, STEP, TiltPad, describe_point
from widgets.tilt_pad_paint import _tilted_three

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def pad(shown):
    widget = TiltPad()
    widget.set_present(PadPoint(0.5, -0.2))
    widget.set_target(PadPoint(0.1, 0.3))
    shown(widget, 420, 450)
    widget.setFocus()
    return widget


@pytest.fixture
def heard(pad):
    calls = []
    pad.targetDragged.connect(lambda size, value: calls.append(("dragged", size, value)))
    pad.targetReleased.connect(lambda size, value: calls.append(("released", size, value)))
    return calls


def _at(pad, size, value):
    return pad.position_of(PadPoint(size, value)).toPoint()


def _move(pad, position, modifiers=NONE):
    place = QPointF(position)
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, Qt.MouseButton.NoButton, LEFT, modifiers)
    QApplication.sendEvent(pad, event)


def test_directions_on_screen(pad):
    square = pad.square()
    large_value = pad.position_of(PadPoint(1, 1))
    small_growth = pad.position_of(PadPoint(-1, -1))
    assert (large_value.x(), large_value.y()) == (square.right() + 0, square.top())
    assert (small_growth.x(), small_growth.y()) == (square.left(), square.bottom())
    assert math.isclose(square.width(), square.height())


def test_directions_mirror_with_the_orientation(pad):
    set_value_side("left")
    assert pad.position_of(PadPoint(1, 1)).x() == pad.square().left()
    assert pad.point_at(pad.square().topLeft()) == PadPoint(EDGE, EDGE)


@given(size=st.floats(-0.99, 0.99), value=st.floats(-0.99, 0.99))
def test_positions_and_points_are_inverse(size, value):
    pad = TiltPad()
    pad.resize(500, 520)
    back = pad.point_at(pad.position_of(PadPoint(size, value)))
    assert back.size == pytest.approx(size, abs=1e-4)
    assert back.value == pytest.approx(value, abs=1e-4)


def test_a_drag_moves_the_target_live_and_ends_with_a_release(pad, heard, qtbot):
    qtbot.mousePress(pad, LEFT, NONE, _at(pad, 0.1, 0.3))
    assert heard == [], "taking hold of the target alone moves nothing"
    assert pad.is_dragging()
    for step in range(1, 6):
        _move(pad, _at(pad, 0.1 - 0.1 * step, 0.3 + 0.05 * step))
    qtbot.mouseRelease(pad, LEFT, NONE, _at(pad, -0.4, 0.55))
    kinds = [kind for kind, *_ in heard]
    assert kinds == ["dragged"] * 5 + ["released"]
    assert heard[-1][1] == pytest.approx(-0.4, abs=0.01)
    assert heard[-1][2] == pytest.approx(0.55, abs=0.01)
    assert not pad.is_dragging()


def test_a_press_elsewhere_brings_the_target_there(pad, heard, qtbot):
    qtbot.mouseClick(pad, LEFT, NONE, _at(pad, -0.6, -0.6))
    assert [kind for kind, *_ in heard] == ["dragged", "released"]
    assert pad.target().size == pytest.approx(-0.6, abs=0.01)


def test_a_press_outside_the_square_or_with_another_button_does_nothing(pad, heard, qtbot):
    qtbot.mouseClick(pad, LEFT, NONE, QPoint(2, 2))
    qtbot.mouseClick(pad, Qt.MouseButton.RightButton, NONE, _at(pad, -0.6, -0.6))
    assert heard == []


def test_a_drag_out_of_the_square_is_clamped_to_what_can_be_reached(pad, heard, qtbot):
    qtbot.mousePress(pad, LEFT, NONE, _at(pad, 0.1, 0.3))
    _move(pad, QPoint(5000, 5000))
    assert pad.target() == PadPoint(-EDGE, EDGE)
    assert heard[-1] == ("dragged", -EDGE, EDGE)
    _move(pad, QPoint(6000, 6000))
    assert len(heard) == 1, "no signal where nothing moved"
    qtbot.mouseRelease(pad, LEFT)


def test_shift_slows_a_drag(pad, qtbot):
    start = pad.target()
    qtbot.mousePress(pad, LEFT, NONE, _at(pad, start.size, start.value))
    _move(pad, _at(pad, start.size, start.value + 0.4), Qt.KeyboardModifier.ShiftModifier)
    assert pad.target().value == pytest.approx(start.value + 0.1, abs=0.01)
    qtbot.mouseRelease(pad, LEFT)


def test_escape_gives_a_drag_up(pad, heard, qtbot):
    qtbot.mousePress(pad, LEFT, NONE, _at(pad, 0.1, 0.3))
    _move(pad, _at(pad, -0.5, 0.5))
    qtbot.keyClick(pad, Qt.Key.Key_Escape)
    assert pad.target() == PadPoint(0.1, 0.3)
    assert heard[-1] == ("released", 0.1, 0.3)
    qtbot.mouseRelease(pad, LEFT)
    assert [kind for kind, *_ in heard].count("released") == 1


@pytest.mark.parametrize(
    ("key", "size", "value"),
    [
        (Qt.Key.Key_Up, 1, 0),
        (Qt.Key.Key_Down, -1, 0),
        (Qt.Key.Key_Right, 0, 1),
        (Qt.Key.Key_Left, 0, -1),
    ],
)
@pytest.mark.parametrize(("modifier", "step"), [(NONE, STEP), (Qt.KeyboardModifier.ShiftModifier, FINE_STEP)])
def test_arrow_keys_step(pad, heard, qtbot, key, size, value, modifier, step):
    qtbot.keyClick(pad, key, modifier)
    assert pad.target().size == pytest.approx(0.1 + size * step)
    assert pad.target().value == pytest.approx(0.3 + value * step)
    assert [kind for kind, *_ in heard] == ["dragged", "released"]


def test_arrows_follow_the_screen_when_mirrored(pad, qtbot):
    set_value_side("left")
    qtbot.keyClick(pad, Qt.Key.Key_Left)
    assert pad.target().value == pytest.approx(0.3 + STEP)


def test_holding_a_key_releases_once(pad, heard, qtbot):
    for _ in range(10):
        qtbot.keyPress(pad, Qt.Key.Key_Down)
    qtbot.keyRelease(pad, Qt.Key.Key_Down)
    assert [kind for kind, *_ in heard] == ["dragged"] * 10 + ["released"]
    assert pad.target().size == pytest.approx(0.1 - 10 * STEP)


def test_a_move_by_keys_ends_when_the_focus_goes(pad, heard, qtbot):
    qtbot.keyPress(pad, Qt.Key.Key_Down)
    pad.clearFocus()
    assert heard[-1][0] == "released"


def test_home_goes_to_the_market(pad, heard, qtbot):
    qtbot.keyClick(pad, Qt.Key.Key_Home)
    assert pad.target() == PadPoint(0.6, 0.0)
    assert heard[-1] == ("released", 0.6, 0.0)


def test_steps_stop_at_the_edge(pad, qtbot):
    pad.set_target(PadPoint(-0.985, 0))
    qtbot.keyClick(pad, Qt.Key.Key_Down)
    assert pad.target().size == -EDGE


def _wheel(pad, up=0, across=0, modifiers=NONE):
    place = QPointF(_at(pad, 0, 0))
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(across, up),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pad, event)
    return event


def test_the_wheel_steps_and_releases_when_it_rests(pad, heard, qtbot):
    with qtbot.waitSignal(pad.targetReleased):
        _wheel(pad, up=120)
        _wheel(pad, up=120)
    assert pad.target().size == pytest.approx(0.1 + 2 * STEP)
    assert [kind for kind, *_ in heard] == ["dragged", "dragged", "released"]
    with qtbot.waitSignal(pad.targetReleased):
        _wheel(pad, up=120, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert pad.target().value == pytest.approx(0.3 + STEP)


def test_the_wheel_scrolls_the_page_without_the_focus(pad, heard):
    pad.clearFocus()
    assert not _wheel(pad, up=120).isAccepted()
    assert heard == []


def test_setters_are_silent_and_notify_is_not(pad, heard):
    pad.set_target(PadPoint(0, 0))
    pad.set_present(None)
    pad.set_after(PadPoint(0, 0))
    assert heard == []
    pad.set_target(PadPoint(2, -2), notify=True)
    assert heard == [("dragged", EDGE, -EDGE), ("released", EDGE, -EDGE)]


def test_it_says_where_the_points_are(pad):
    pad.set_after(PadPoint(0.2, 0.25))
    words = pad.accessibleDescription()
    assert "Target size +0.10, value +0.30" in words
    assert "today size +0.50" in words
    assert "after the plan size +0.20" in words


def test_the_read_out_follows_the_mouse(pad):
    assert pad.read_out().startswith("Target: ")
    place = QPointF(_at(pad, -0.5, -0.5))
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, NONE)
    QApplication.sendEvent(pad, event)
    assert pad.read_out().startswith("Here: ")
    QApplication.sendEvent(pad, QEvent(QEvent.Type.Leave))
    assert pad.read_out().startswith("Target: ")


def test_the_market_is_described_by_its_own_shares():
    assert describe_point(PadPoint(0.6, 0.0)).replace("\u202f", " ") == (
        "10 % small · 33 % value · 33 % growth · 0 % off market"
    )


@given(mean=st.floats(-0.95, 0.95))
def test_the_rings_rest_on_the_same_boxes_as_the_engine(mean):
    """The closed form for three shares, against the Newton solve of the nine."""
    box = box_at(mean, 0.0).box
    rows = [sum(box[3 * row : 3 * row + 3]) for row in range(3)]
    market = [sum(MARKET_BOX[3 * row : 3 * row + 3]) for row in range(3)]
    assert _tilted_three(tuple(market), mean) == pytest.approx(rows, abs=1e-6)


def test_the_background_is_painted_once_for_a_size(pad, qapp):
    pad.grab()
    first = pad._picture
    pad.set_target(PadPoint(-0.2, 0.1))
    pad.grab()
    assert pad._picture is first
    pad.resize(430, 460)
    pad.grab()
    assert pad._picture is not first


def test_what_is_in_reach_is_a_line_that_a_drag_hides(qtbot):
    pad = TiltPad()
    qtbot.addWidget(pad)
    pad.resize(420, 460)
    pad.show()
    qtbot.waitExposed(pad)
    before = pad.grab().toImage()
    points = [PadPoint(0.6, 0.0), PadPoint(0.2, 0.3), PadPoint(-0.4, 0.7)]
    pad.set_reach(points)
    with_line = pad.grab().toImage()
    assert with_line != before
    QTest.mouseMove(pad, pad.position_of(points[1]).toPoint())
    qtbot.waitUntil(lambda: pad.read_out().startswith("In reach"))
    pad.set_reach([])
    assert not pad.read_out().startswith("In reach")
