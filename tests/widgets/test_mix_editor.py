"""The asset mix keeps its sum, keeps locked classes, and says what the user did."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from tests.widgets import samples
from widgets.mix_editor import EDITABLE, MixEditor, rebalanced

LEFT = Qt.MouseButton.LeftButton

shares = st.lists(st.floats(0, 1), min_size=6, max_size=6)


@pytest.fixture
def editor(shown):
    widget = MixEditor()
    present, target, after = samples.mixes()
    widget.set_present(present)
    widget.set_mix(target)
    widget.set_after(after)
    return shown(widget, 520, 320)


@given(
    raw=shares, changed=st.sampled_from(EDITABLE), share=st.floats(-0.5, 1.5), lost=st.floats(0, 0.5), data=st.data()
)
def test_the_sum_stays_and_locked_classes_too(raw, changed, share, lost, data):
    assume(sum(raw) > 0.01)
    total = 1 - lost
    mix = {key: value / sum(raw) * total for key, value in zip(EDITABLE, raw, strict=True)}
    locked = data.draw(st.frozensets(st.sampled_from([key for key in EDITABLE if key != changed])))
    result = rebalanced(mix, changed, share, locked, total)
    assert sum(result.values()) == pytest.approx(total)
    assert min(result.values()) >= 0
    for key in locked:
        assert result[key] == mix[key]
    free = [key for key in EDITABLE if key not in locked and key != changed]
    room = total - sum(mix[key] for key in locked)
    if free:
        assert result[changed] == pytest.approx(min(max(share, 0), max(room, 0)))
        known = sum(mix[key] for key in free)
        if known > 1e-9:
            for key in free:
                assert result[key] * known == pytest.approx(mix[key] * (room - result[changed]), abs=1e-9)


def test_a_drag_of_a_slider_edits_and_finishes_once(editor, qtbot):
    slider = editor._sliders["bonds"]
    heard = []
    editor.mixEdited.connect(heard.append)
    finished = []
    editor.editingFinished.connect(lambda: finished.append(True))
    start = slider.rect().center()
    qtbot.mousePress(slider, LEFT, pos=start)
    for step in range(1, 5):
        qtbot.mouseMove(slider, start + type(start)(6 * step, 0))
    assert finished == []
    qtbot.mouseRelease(slider, LEFT, pos=start + type(start)(24, 0))
    assert len(heard) >= 2
    assert finished == [True]
    assert set(heard[-1]) == set(EDITABLE)
    assert sum(heard[-1].values()) == pytest.approx(0.98), "2 % is unclassified and stays"
    assert heard[-1] == editor.mix()


def test_typing_edits_and_finishes(editor, qtbot):
    field = editor._fields["us_equity"]
    field.setFocus()
    field.selectAll()
    with qtbot.waitSignals([editor.mixEdited, editor.editingFinished]):
        qtbot.keyClicks(field, "40")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert editor.mix()["us_equity"] == pytest.approx(0.40)
    assert editor._sliders["us_equity"].value() == 400


def test_keys_move_a_slider(editor, qtbot):
    slider = editor._sliders["cash"]
    slider.setFocus()
    before = editor.mix()["cash"]
    with qtbot.waitSignals([editor.mixEdited, editor.editingFinished]):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert editor.mix()["cash"] == pytest.approx(before + 0.005, abs=1e-9)


def test_a_lock_keeps_its_class(editor, qtbot):
    qtbot.mouseClick(editor._lock_buttons["bonds"], LEFT)
    assert editor.locked() == {"bonds"}
    assert not editor._fields["bonds"].isEnabled()
    bonds = editor.mix()["bonds"]
    editor._fields["us_equity"].setValue(30)
    assert editor.mix()["bonds"] == bonds
    editor.set_locked(frozenset())
    assert editor.locked() == frozenset()
    assert editor._fields["bonds"].isEnabled()


def test_setters_are_silent(editor, qtbot):
    with qtbot.assertNotEmitted(editor.mixEdited), qtbot.assertNotEmitted(editor.editingFinished):
        editor.set_mix(samples.mixes()[0])
        editor.set_present(samples.mixes()[1])
        editor.set_after(None)


def test_the_reset_is_asked_for(editor, qtbot):
    with qtbot.waitSignal(editor.resetRequested):
        qtbot.mouseClick(editor._reset, LEFT)


def test_rows_say_today_target_and_after(editor):
    words = editor._sliders["us_equity"].accessibleDescription().replace("\u202f", " ")
    assert words == "today 61.0 %, target 55.0 %, after 55.3 %"
    assert editor._changes["us_equity"].text().replace("\u202f", " ") == "\u22126.0 pt"
