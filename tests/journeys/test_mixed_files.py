"""A drop of everything an adviser has of a client: good files of several brokers, one unknown, one wrong, one broken.

The good ones are in, each of the others is said in plain words, the columns of the unknown one are named by keyboard
alone, and nothing is lost on the way. Real reader, real events.
"""

from decimal import Decimal

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton

from core.edits import Document
from core.sample import sample_household, sample_target
from tests.desktop.window_fixtures import OpenWindow
from widgets.theme import apply_theme

pytestmark = [
    pytest.mark.journey,
    pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"),
]

SCHWAB = """\
"Positions for account Individual ...321 as of 05:14 PM ET, 2026/10/30"

"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Asset Type",
"VTI","VANGUARD TOTAL STOCK MARKET ETF","310","$300.00","$93,000.00","$41,200.00","ETFs & Closed End Funds",
"VUG","VANGUARD GROWTH ETF","150","$480.00","$72,000.00","$80,150.00","ETFs & Closed End Funds",
"Cash & Cash Investments","--","--","--","$4,210.44","--","Cash and Money Market",
"Positions Total","","--","--","$169,210.44","$121,350.00","--",
"""
LOTS = """\
"VTI Lot Details for XXXX-321 as of 05:14 PM ET, 10/30/2026"

"Open Date","Quantity","Price","Cost/Share","Market Value","Cost Basis","Gain/Loss $","Gain/Loss %","Holding Period",
"04/02/2015 00:00:00","210","$300.00","$100.00","$63,000.00","$21,000.00","$42,000.00","+200.0%","Long Term",
"03/10/2026 10:11:12","100","$300.00","$202.00","$30,000.00","$20,200.00","$9,800.00","+48.5%","Short Term",
"Total","310","--","--","$93,000.00","$41,200.00","$51,800.00","+125.7%","--",
"""
FIDELITY = """\
\ufeffAccount number,Account name,Symbol,Description,Quantity,Last price,Current value,Percent of account,\
Cost basis total,Average cost basis,Type
Z10000001,Roth IRA,AVUV,AVANTIS US SMALL CAP VALUE ETF,300,$100.00,$30000.00,88.24%,$28000.00,$93.33,Cash,
Z10000001,Roth IRA,SPAXX**,HELD IN MONEY MARKET,,,$4000.00,11.76%,,,Cash,

"Date downloaded Oct-30-2026 6:00 p.m ET"
"""
MERRILL = """\
"COB Date","Security #","Symbol","CUSIP #","Security Description","Account Nickname","Account Registration",\
"Account #","Quantity","Price ($)","Value ($)","Unrealized Gain/Loss ($)"
"10/30/2026","00415","VBR","","VANGUARD SMALL CAP VALUE ETF","--","Trust-Edge","00Z-00R00","20","200.00","4,000.00",\
"900.00"
"""
UNKNOWN = "Paper,N1,N2,When\nIJS,120,13260.00,02/01/2023\nDFSV,45,1489.50,08/17/2024\n"
WRONG = """\
"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
"10/01/2026","Buy","VTI","VANGUARD TOTAL STOCK MARKET ETF","10","$290.00","","-$2,900.00"
"Transactions Total","","","","","","","-$2,900.00"
"""
GOOD = Decimal("169210.44") + Decimal("34000.00") + Decimal("4000.00") + Decimal("181600.00")
NAMED = Decimal("14749.50")


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "client"
    folder.mkdir()
    texts = {
        "Individual-Positions-2026-10-30-171456.csv": SCHWAB,
        "VTI-Lot-Details.csv": LOTS,
        "Portfolio_Positions_Oct-30-2026.csv": FIDELITY,
        "Holdings_10302026.csv": MERRILL,
        "papers.csv": UNKNOWN,
        "transactions.csv": WRONG,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    for row in (
        ["Ticker", "Shares", "Price", "Market Value", "Cost Basis", "Account"],
        ["BND", 800, 73.0, 58400.0, 62000.0, "Rollover IRA 7002"],
        ["VOO", 220, 560.0, 123200.0, 60000.0, "Rollover IRA 7002"],
    ):
        book.active.append(row)
    book.save(folder / "rollover 2026-10-30.xlsx")
    whole = (folder / "rollover 2026-10-30.xlsx").read_bytes()
    (folder / "damaged.xlsx").write_bytes(whole[: len(whole) // 2])
    return sorted(folder.iterdir())


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
    press(change, Qt.Key.Key_Escape)
    assert opened.session.document.household.value == GOOD + NAMED


GOOD_NAMES = {
    "Individual-Positions-2026-10-30-171456.csv",
    "VTI-Lot-Details.csv",
    "Portfolio_Positions_Oct-30-2026.csv",
    "Holdings_10302026.csv",
    "rollover 2026-10-30.xlsx",
}


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
