"""A drop of everything an adviser has of a client: good files of several brokers, one unknown, one wrong, one broken.

The good ones are in, each of the others is said in plain words, the columns of the unknown one are named by keyboard
alone, and nothing is lost on the way. Real reader, real events.
"""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton

from core.edits import Document
from core.household import Severity
from core.sample import sample_household, sample_target
from tests.desktop.window_fixtures import OpenWindow
from tests.journeys.client_files import GOOD, GOOD_NAMES, NAMED, SCHWAB, write_client
from widgets.theme import apply_theme

pytestmark = [
    pytest.mark.journey,
    pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"),
]


@pytest.fixture
def files(tmp_path):
    return write_client(tmp_path / "client")


@pytest.fixture
def opened(qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path, Document(sample_household(), target=sample_target()), real=True).start(qtbot)
    opened.window.import_flow.mappings_folder = tmp_path / "mappings"
    yield opened
    opened.end()


def drop(window, paths):
    """The files dragged over the window and let go, as the window system does it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(400, 300), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    cover = window._overlay
    QApplication.sendEvent(cover, QDropEvent(QPointF(200, 200), Qt.DropAction.CopyAction, mime, buttons, keys))


def shown(opened, qtbot, before=None):
    flow = opened.window.import_flow
    qtbot.waitUntil(lambda: flow.dialog is not None and flow.dialog is not before, timeout=20_000)
    qtbot.waitUntil(flow.dialog.isVisible)
    return flow.dialog


def press(widget, key, times=1, modifier=Qt.KeyboardModifier.NoModifier):
    for _ in range(times):
        QTest.keyClick(widget, key, modifier)


def tab_to(dialog, wanted):
    """Go on with the Tab key until the wanted widget has the focus."""
    for _ in range(60):
        if dialog.focusWidget() is wanted:
            return
        press(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
    raise AssertionError(f"{wanted.accessibleName() or wanted} cannot be reached by Tab")


def test_a_drop_of_everything(opened, qtbot, files, tmp_path):
    window = opened.window
    names = {path.name: path for path in files}
    drop(window, files)
    dialog = shown(opened, qtbot)
    assert opened.session.document.household is sample_household()  # nothing is opened before it is accepted

    # The good ones are in, one account each, and tie; the lots are on their position.
    household = dialog.household
    assert household.value == GOOD
    assert {file.path for file in household.files} == {str(names[name]) for name in names if name in GOOD_NAMES}
    assert all(total.difference == 0 for file in household.files for total in file.control_totals)
    assert sum(lot.quantity for lot in household.lots if lot.security == "VTI") == 310
    assert {lot.acquired is None for lot in household.lots if lot.security == "VTI"} == {False}

    # What is not used is said in plain words: no path, no word of the program's insides, and what to do.
    said = {
        finding.where.rsplit("/", 1)[-1]: finding.message
        for finding in household.findings
        if finding.code == "file-not-used"
    }
    assert set(said) == {"papers.csv", "transactions.csv", "damaged.xlsx"}
    assert said["papers.csv"].startswith("No table of holdings is found")
    assert "This file is Charles Schwab transactions, not positions." in said["transactions.csv"]
    assert "Accounts > Positions" in said["transactions.csv"]
    assert said["damaged.xlsx"].startswith("The workbook is damaged")
    assert "Export it again" in said["damaged.xlsx"]
    assert not any(str(tmp_path) in words for words in said.values())
    doubtful = {f.where.rsplit("/", 1)[-1] for f in household.findings if f.severity is Severity.ERROR}
    assert doubtful == {"papers.csv", "damaged.xlsx"}  # for want of its transactions no holding is missing

    # By keyboard alone: to the files, down to the unknown one, to the button that names columns.
    tab_to(dialog, dialog.files)
    for _ in range(dialog.files.topLevelItemCount()):
        item = dialog.files.currentItem()
        if item is not None and item.text(0) == "papers.csv":
            break
        press(dialog.files, Qt.Key.Key_Down)
    assert dialog.files.currentItem().text(0) == "papers.csv"
    tab_to(dialog, dialog.columns)
    press(dialog.columns, Qt.Key.Key_Space)
    flow = window.import_flow
    qtbot.waitUntil(lambda: flow.mapping_dialog is not None and flow.mapping_dialog.isVisible(), timeout=10_000)
    mapping = flow.mapping_dialog
    assert not mapping.accept_button.isEnabled()
    for place, words in ((0, "Symbol"), (1, "Quantity"), (2, "Market value"), (3, "Date acquired")):
        choose(mapping, mapping.choices[place], words)
    qtbot.waitUntil(mapping.accept_button.isEnabled)
    assert mapping.table.topLevelItemCount() == 2
    assert mapping.table.topLevelItem(0).text(5) == "$13,260.00"
    press(mapping.focusWidget(), Qt.Key.Key_Return)

    # All files are read again, and now the unknown one is in too.
    again = shown(opened, qtbot, before=dialog)
    assert again.household.value == GOOD + NAMED
    assert sorted(
        (lot.security, str(lot.acquired)) for lot in again.household.lots if lot.security in ("IJS", "DFSV")
    ) == [
        ("DFSV", "2024-08-17"),
        ("IJS", "2023-02-01"),
    ]
    accept = next(button for button in again.findChildren(QPushButton) if button.text() == "Open household")
    tab_to(again, accept)
    press(accept, Qt.Key.Key_Space)
    opened.settle(qtbot)
    assert opened.session.document.household.value == GOOD + NAMED
    assert not opened.crashes

    # Nothing is lost: one step back is what was open before.
    window.actions_["undo"].trigger()
    assert opened.session.document.household.value == sample_household().value
    window.actions_["redo"].trigger()
    opened.settle(qtbot)

    # Next month's export of one account: what changes is shown before it is taken.
    next_month = tmp_path / "Individual-Positions-2026-11-30-171456.csv"
    next_month.write_text(
        SCHWAB.replace("2026/10/30", "2026/11/30")
        .replace('"310","$300.00","$93,000.00"', '"300","$310.00","$93,000.00"')
        .replace('"VUG","VANGUARD GROWTH ETF"', '"AVUV","AVANTIS US SMALL CAP VALUE ETF"'),
        encoding="utf-8",
    )
    drop(window, [next_month])
    change = shown(opened, qtbot, before=again)
    words = all_text(change.difference)
    assert "VUG" in words
    assert "VTI" in words
    assert opened.session.document.household.value == GOOD + NAMED

    # Enter reads it together with the open files, for it holds one of their accounts only: that one is updated.
    press(change, Qt.Key.Key_Return)
    both = shown(opened, qtbot, before=change)
    assert len(both.household.accounts) == 5
    assert {lot.security for lot in both.household.lots if lot.account.endswith("321")} == {"VTI", "AVUV"}
    assert "superseded" in {finding.code for finding in both.household.findings}
    press(both, Qt.Key.Key_Escape)
    assert opened.session.document.household.value == GOOD + NAMED


def choose(dialog, box: QComboBox, words: str):
    """Give a column its meaning with the Tab and arrow keys."""
    tab_to(dialog, box)
    for _ in range(box.count()):
        if box.currentText() == words:
            return
        press(box, Qt.Key.Key_Down)
    raise AssertionError(f"no {words!r} to choose")


def all_text(widget):
    from PySide6.QtWidgets import QLabel, QTreeWidget, QTreeWidgetItemIterator

    words = [label.text() for label in widget.findChildren(QLabel)]
    trees = [widget] if isinstance(widget, QTreeWidget) else widget.findChildren(QTreeWidget)
    for tree in trees:
        found = QTreeWidgetItemIterator(tree)
        while (item := found.value()) is not None:
            words += [item.text(column) for column in range(tree.columnCount())]
            found += 1
    return "\n".join(words)


def test_a_folder_stands_for_the_files_in_it(opened, qtbot, files, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    for path in files:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / ".hidden.csv").write_text("never read")
    drop(opened.window, [folder])
    dialog = shown(opened, qtbot)
    assert dialog.household.value == GOOD
    assert ".hidden" not in all_text(dialog)
    press(dialog, Qt.Key.Key_Escape)
