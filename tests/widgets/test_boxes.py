"""Style box view, nine-box editor, presets."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.tilt.presets import presets
from tests.widgets import samples
from widgets.box_editor import BoxEditor
from widgets.labels import box_label
from widgets.orientation import set_value_side
from widgets.preset_bar import PresetBar
from widgets.style_box import StyleBoxView
from widgets.theme import tokens

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(shown):
    widget = StyleBoxView("Today")
    widget.set_box(samples.boxes()[0])
    return shown(widget)


@pytest.fixture
def editor(shown):
    widget = BoxEditor()
    widget.set_boxes(*samples.boxes())
    return shown(widget, 520, 400)


def test_a_click_names_the_cell(view, qtbot):
    for cell in range(9):
        with qtbot.waitSignal(view.cellClicked) as caught:
            qtbot.mouseClick(view, LEFT, pos=view.cell_rect(cell).center().toPoint())
        assert caught.args == [cell]


def test_cells_stand_where_the_orientation_says(view):
    large_value, large_growth, small_value = (view.cell_rect(k) for k in (0, 2, 6))
    assert large_growth.left() < large_value.left()
    assert large_value.top() < small_value.top()
    set_value_side("left")
    assert view.cell_rect(0).left() < view.cell_rect(2).left()


def test_arrows_and_enter_choose_a_cell(view, qtbot):
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.cellClicked) as caught:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert caught.args == [4], "from large growth one right and one down is mid blend"


def test_it_is_described_in_words(view):
    words = view.accessibleDescription()
    assert all(box_label(cell) in words for cell in range(9))
    view.set_box((0.0,) * 9)
    assert view.accessibleDescription() == "No equity of known style"
    view.set_box(None)
    assert view.accessibleDescription() == "No equity of known style"


def test_sums_are_drawn_from_the_box(view):
    before = view.grab().toImage()
    view.set_box(samples.boxes()[1])
    assert view.grab().toImage() != before


def test_typing_a_share_edits_the_cell(editor, qtbot):
    field = editor.cells[6].field
    field.setFocus()
    field.selectAll()
    with qtbot.waitSignal(editor.cellEdited) as caught:
        qtbot.keyClicks(field, "22.5")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert caught.args[0] == 6
    assert caught.args[1] == pytest.approx(0.225)


def test_setters_are_silent(editor, qtbot):
    with qtbot.assertNotEmitted(editor.cellEdited), qtbot.assertNotEmitted(editor.pinToggled):
        editor.set_boxes(*reversed(samples.boxes()))
        editor.set_after(None)
        editor.set_pins({1, 2})
    assert editor.pins() == {1, 2}


def test_a_half_typed_number_is_not_written_over(editor, qtbot):
    field = editor.cells[3].field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    editor.set_boxes(*samples.boxes())
    assert field.text().startswith("7")


def test_a_pin_is_toggled_by_mouse_and_key(editor, qtbot):
    pin = editor.cells[2].pin
    with qtbot.waitSignal(editor.pinToggled) as caught:
        qtbot.mouseClick(pin, LEFT)
    assert caught.args == [2, True]
    with qtbot.waitSignal(editor.pinToggled) as caught:
        qtbot.keyClick(pin, Qt.Key.Key_Space)
    assert caught.args == [2, False]


def test_fields_show_the_target_and_cells_say_all_three(editor):
    present, target, after = samples.boxes()
    for cell in editor.cells:
        assert cell.field.fraction() == pytest.approx(target[cell.cell], abs=5e-4)
        words = cell.accessibleDescription()
        for word, shares in (("today", present), ("target", target), ("after", after)):
            assert f"{word} {shares[cell.cell] * 100:.1f}" in words


def test_the_key_speaks_of_the_plan_only_while_there_is_one(editor, qapp):
    assert "after the plan" in editor._key.words()
    editor.set_after(None)
    assert "after" not in editor._key.words()
    assert "today" in editor._key.words()
    editor.resize(editor.width(), 240)
    qapp.processEvents()
    assert editor._key.words() == "Field: target.  Below: today."


def test_tab_goes_through_the_cells_as_they_stand(editor, qtbot):
    editor.cells[2].field.setFocus()
    order = []
    for _ in range(9):
        order += [cell.cell for cell in editor.cells if cell.field.hasFocus()]
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        while isinstance(QApplication.focusWidget(), type(editor.cells[0].pin)):
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert order == [2, 1, 0, 5, 4, 3, 8, 7, 6]


def test_the_editor_mirrors(editor, qapp):
    def left(cell):
        return editor.cells[cell].mapTo(editor, QPoint(0, 0)).x()

    assert left(2) < left(0)
    set_value_side("left")
    qapp.processEvents()
    assert left(0) < left(2)


def test_presets_are_the_file_s(shown, qtbot):
    bar = shown(PresetBar())
    assert list(bar.buttons) == [*presets(), "signals"]
    with qtbot.waitSignal(bar.presetChosen) as caught:
        qtbot.mouseClick(bar.buttons["modest"], LEFT)
    assert caught.args == ["modest"]
    assert [key for key, button in bar.buttons.items() if button.isChecked()] == ["modest"]
    with qtbot.assertNotEmitted(bar.presetChosen):
        bar.set_current("market")
        bar.set_current(None)
    assert not any(button.isChecked() for button in bar.buttons.values())
    assert bar.buttons["modest"].toolTip() == presets()["modest"].note


@pytest.mark.parametrize("side", ["right", "left"])
def test_tab_goes_through_the_shares_and_then_through_the_pins(shown, qtbot, side):
    set_value_side(side)
    editor = shown(BoxEditor(), 420, 360)
    order = [3 * row + column for row in range(3) for column in ((2, 1, 0) if side == "right" else (0, 1, 2))]
    editor.cells[order[0]].field.setFocus()
    met = []
    for _ in range(18):
        met.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert met[:9] == [editor.cells[cell].field for cell in order]
    assert met[9:] == [editor.cells[cell].pin for cell in order]


def test_a_cell_is_chosen_by_pointer_and_keys(editor):
    chosen = []
    editor.cellChosen.connect(chosen.append)
    cell = editor.cells[8]
    QTest.mouseClick(cell, LEFT, pos=QPoint(cell.width() // 2, cell.height() - 6))
    assert chosen == [8]
    assert cell.field.hasFocus()
    QTest.keyClick(cell.field, Qt.Key.Key_Tab)
    assert chosen == [8, 7]


def test_all_cells_have_a_scale_or_none(editor):
    """Rows may differ by a pixel; the bars of the target, seen by their colour, come in all of them at once."""
    seen = set()
    for height in range(240, 340, 3):
        editor.resize(520, height)
        QApplication.processEvents()
        with_bars = [has_colour(cell.grab().toImage(), tokens().target) for cell in editor.cells]
        assert len(set(with_bars)) == 1, height
        seen |= set(with_bars)
    assert seen == {True, False}


def has_colour(image, colour):
    wanted = colour.rgb()
    return any(image.pixel(x, y) == wanted for y in range(image.height()) for x in range(0, image.width(), 2))
