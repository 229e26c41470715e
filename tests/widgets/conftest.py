"""The theme for every test of a widget, and the checks that hold for all of them."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QWidget

from widgets.orientation import set_value_side
from widgets.theme import apply_theme


def pytest_itemcollected(item):
    """Let the offscreen platform say what it cannot do; every other message of Qt still fails a test."""
    item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"))


@pytest.fixture(autouse=True)
def _light_theme(qapp):
    apply_theme(qapp, "light")
    set_value_side("right")


@pytest.fixture
def shown(qtbot):
    """Show a widget at a size and wait until it is painted and has the keyboard."""

    def show(widget: QWidget, width: int = 0, height: int = 0) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width or widget.sizeHint().width(), height or widget.sizeHint().height())
        with qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()  # on a screen without a window manager nobody else does
        return widget

    return show


def unnamed_controls(widget: QWidget) -> list[str]:
    """Controls of a widget that a screen reader could not name (Qt's own inner parts aside)."""
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
    controls = [child for child in (widget, *widget.findChildren(QWidget)) if isinstance(child, kinds)]
    return [
        f"{type(child).__name__} {child.objectName()}"
        for child in controls
        if not child.objectName().startswith("qt_")
        and not isinstance(child.parent(), QAbstractSpinBox | QComboBox | QLineEdit)
        and "QScrollBar" not in type(child).__name__
        and not (child.accessibleName() or (isinstance(child, QAbstractButton) and child.text()))
    ]
