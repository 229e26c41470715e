"""Where the keyboard goes when what had it goes away: nowhere a space does something."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from core.household import Severity
from tests.desktop.window_fixtures import OpenWindow


@pytest.fixture
def opened(qtbot, tmp_path):
    window = OpenWindow(tmp_path)
    window.start(qtbot)
    window.window.activateWindow()
    qtbot.waitUntil(window.window.isActiveWindow, timeout=20_000)
    yield window
    window.end()


def focused(window):
    return QApplication.focusWidget()


def test_the_rail_gives_the_keyboard_to_no_control_of_the_next_page(opened, qtbot):
    window = opened.window
    window.show_page("household")
    view = window.household_page.tree.view
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=20_000)
    before = opened.session.document
    window.actions_["page_target"].trigger()
    assert focused(window) is window.target_page
    QTest.keyClick(focused(window), Qt.Key.Key_Space)
    assert opened.session.document == before
    QTest.keyClick(focused(window), Qt.Key.Key_Tab)
    assert window.target_page.isAncestorOf(focused(window)), "Tab leads into the page"


def test_a_page_gives_the_keyboard_back_where_it_was(opened):
    window = opened.window
    pad = window.target_page.pad
    pad.setFocus()
    assert focused(window) is pad
    window.show_page("trades")
    assert focused(window) is window.trades_page
    window.show_page("target")
    assert focused(window) is pad


def test_a_message_that_goes_leaves_the_keyboard_with_the_page(opened, qtbot):
    window, done = opened.window, []
    opened.bench.say(Severity.INFO, "Choose files.", "Choose", lambda: done.append("chosen"))
    remedy = next(b for b in window.message_bar.findChildren(QPushButton) if b.text() == "Choose")
    qtbot.waitUntil(remedy.isVisible, timeout=20_000)
    remedy.setFocus()
    before = opened.session.document
    QTest.keyClick(remedy, Qt.Key.Key_Space)
    assert done == ["chosen"]
    assert focused(window) is window.target_page
    QTest.keyClick(focused(window), Qt.Key.Key_Space)
    assert opened.session.document == before
