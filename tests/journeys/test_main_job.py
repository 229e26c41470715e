"""The main job as a user does it: files in, tilt dragged, trades looked at, workbook out. Real engine, real events."""

from collections import defaultdict
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from core.edits import Document
from core.household import AccountKind
from core.money import to_cents
from core.rebalance.proposal import Action
from core.sample import sample_household, sample_target
from tests.desktop.window_fixtures import OpenWindow
from widgets.theme import apply_theme

pytestmark = [
    pytest.mark.journey,
    pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"),
]

POSITIONS = """\
As of,Account Number,Account Name,Symbol,Description,Quantity,Price,Market Value,Cost Basis,Date Acquired
2026-06-30,7001,Lindqvist Joint Taxable,VTI,Total Stock Market ETF,310,300.00,"93,000.00","41,200.00",2015-04-02
2026-06-30,7001,Lindqvist Joint Taxable,VTI,Total Stock Market ETF,90,300.00,"27,000.00","26,500.00",2026-03-10
2026-06-30,7001,Lindqvist Joint Taxable,VUG,Growth ETF,150,480.00,"72,000.00","80,150.00",2025-02-03
2026-06-30,7001,Lindqvist Joint Taxable,VBR,Vanguard Small-Cap Value ETF,20,200.00,"4,000.00","3,100.00",2021-08-19
2026-06-30,7001,Lindqvist Joint Taxable,Cash,Cash,,,"4,210.44",,
2026-06-30,7002,Lindqvist Rollover IRA,VOO,Vanguard S&P 500 ETF,220,560.00,"123,200.00","60,000.00",2018-01-05
2026-06-30,7002,Lindqvist Rollover IRA,BND,Vanguard Total Bond Market ETF,800,73.00,"58,400.00","62,000.00",2020-05-05
2026-06-30,7002,Lindqvist Rollover IRA,AVUV,Avantis US Small Cap Value ETF,30,100.00,"3,000.00","2,800.00",2024-05-05
2026-06-30,7002,Lindqvist Rollover IRA,Cash,Cash,,,"1,999.10",,
"""
VALUE = Decimal("386809.54")


@pytest.fixture
def opened(qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path, Document(sample_household(), target=sample_target()), real=True).start(qtbot)
    yield opened
    opened.end()


def import_file(opened, qtbot, path):
    opened.window.import_flow.read([path])
    qtbot.waitUntil(lambda: opened.window.import_flow.dialog is not None, timeout=15_000)
    dialog = opened.window.import_flow.dialog
    assert opened.session.document.household is sample_household()  # nothing is opened before it is accepted
    accept = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Open household")
    QTest.mouseClick(accept, Qt.MouseButton.LeftButton)
    opened.settle(qtbot)


def drag(opened, qtbot, by, steps=10):
    """Drag the target by real mouse events; returns what the strip said on the way."""
    pad = opened.window.target_page.pad
    start = pad.position_of(pad.target()).toPoint()
    said = []
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, steps + 1):
        QTest.mouseMove(pad, start + QPoint(by.x() * step // steps, by.y() * step // steps))
        QTest.qWait(30)
        said.append(strip_figures(opened))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + by)
    opened.settle(qtbot)
    return said


def strip_figures(opened):
    tiles = opened.window.strip._tiles
    return (opened.window.strip.state_text().split(".")[0], *(tiles[key].figure.after for key in ("small", "tax")))


def test_files_in_tilt_dragged_workbook_out(opened, qtbot, tmp_path):
    path = tmp_path / "Positions-Lindqvist.csv"
    path.write_text(POSITIONS)
    window = opened.window
    import_file(opened, qtbot, path)

    household = opened.session.document.household
    assert household.value == VALUE
    assert [account.kind for account in household.accounts] == [AccountKind.TAXABLE, AccountKind.TRADITIONAL]
    assert window.header.value.text() == "$386,810"
    assert not window.household_page.drop.isVisibleTo(window.household_page)
    assert opened.bench.exposures["AVUV"].confidence != "none"

    window.show_page("target")
    said = drag(opened, qtbot, QPoint(40, 120))
    assert len({figures[1:] for figures in said}) >= 4, "the strip must move with the hand"
    assert any(state == "Estimate" for state, *_ in said)
    assert window.strip.state_text().startswith("Final")
    assert opened.session.stack.undoText() == "Move tilt"

    proposal = opened.bench.proposal
    assert proposal.trades
    assert proposal.misfit_after < proposal.misfit_before
    window.show_page("trades")
    model = window.trades_page.table.model
    assert model.counts() == (len(proposal.trades), len(proposal.trades))
    assert window.trades_page.cash.topLevelItemCount() == 2
    cash_ties(household, opened.session.document.target, proposal)

    out = tmp_path / "trades.xlsx"
    window.export_flow.write(out)
    qtbot.waitUntil(out.exists, timeout=15_000)
    qtbot.waitUntil(lambda: "Saved trades.xlsx" in window.message_bar.text())
    rows = read_trades(out)
    assert rows == {(t.account, t.security, t.action.value): (t.quantity, t.amount) for t in proposal.trades}


def cash_ties(household, target, proposal):
    """Cash after, reckoned anew from the trades."""
    cash = {account.id: account.cash for account in household.accounts}
    count = defaultdict(int)
    for trade in proposal.trades:
        count[trade.account] += 1
        cash[trade.account] += trade.amount if trade.action is Action.SELL else -trade.amount
    for account, amount in cash.items():
        fee = to_cents(target.trading.ticket * count[account])
        assert proposal.after.cash[account] == amount - fee


def read_trades(path):
    sheet = load_workbook(path, data_only=True)["Trades"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(i for i, row in enumerate(rows) if "Symbol" in row and "Quantity" in row)
    column = {name: rows[head].index(name) for name in ("Account", "Symbol", "Action", "Quantity", "Amount")}
    found = {}
    for row in rows[head + 1 :]:
        action = row[column["Action"]]
        if not isinstance(action, str) or action.lower() not in ("buy", "sell"):
            continue
        key = (str(row[column["Account"]]), row[column["Symbol"]], action.lower())
        found[key] = (Decimal(str(row[column["Quantity"]])), to_cents(float(row[column["Amount"]])))
    return found


def test_undo_all_the_way_back_and_redo_to_the_same_plan(opened, qtbot, tmp_path):
    start = opened.session.document
    path = tmp_path / "positions.csv"
    path.write_text(POSITIONS)
    import_file(opened, qtbot, path)
    drag(opened, qtbot, QPoint(-30, 60))
    plan = opened.bench.proposal
    while opened.session.stack.canUndo():
        opened.window.actions_["undo"].trigger()
    opened.settle(qtbot)
    assert opened.session.document == start
    assert opened.window.header.name.text() == start.household.name
    while opened.session.stack.canRedo():
        opened.window.actions_["redo"].trigger()
    opened.settle(qtbot)
    assert opened.bench.proposal.trades == plan.trades


def test_theme_can_change_in_mid_work(opened, qtbot):
    drag(opened, qtbot, QPoint(20, 20))
    trades = opened.bench.proposal.trades
    opened.window.actions_["theme_dark"].trigger()
    for page in ("household", "target", "trades"):
        opened.window.show_page(page)
        QTest.qWait(20)
    assert opened.bench.proposal.trades == trades
    opened.window.actions_["theme_light"].trigger()


def test_a_file_that_cannot_be_written_is_said(opened, qtbot, tmp_path):
    opened.window.export_flow.write(tmp_path / "no such folder" / "trades.xlsx")
    qtbot.waitUntil(lambda: "Nothing was exported" in opened.window.message_bar.text(), timeout=15_000)


def test_closing_in_the_middle_of_a_plan_is_clean(qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path, Document(sample_household(), target=sample_target()), real=True)
    opened.window.show()
    opened.bench.start()
    QTest.qWait(50)
    opened.end()


def test_two_files_become_one_household(opened, qtbot, tmp_path):
    first = tmp_path / "a.csv"
    first.write_text(POSITIONS)
    import_file(opened, qtbot, first)
    second = tmp_path / "b.csv"
    second.write_text(
        "As of,Account Number,Account Name,Symbol,Description,Quantity,Price,Market Value\n"
        '2026-06-30,8001,Lindqvist Roth IRA,VTI,Vanguard Total Stock Market ETF,10,300.00,"3,000.00"\n'
    )
    opened.window.import_flow.dialog = None
    opened.window.import_flow.read([second])
    qtbot.waitUntil(lambda: opened.window.import_flow.dialog is not None, timeout=15_000)
    dialog = opened.window.import_flow.dialog
    add = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Add to the 1 open file")
    QTest.mouseClick(add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.window.import_flow.dialog is not dialog, timeout=15_000)
    accept = next(b for b in opened.window.import_flow.dialog.findChildren(QPushButton) if b.text() == "Open household")
    QTest.mouseClick(accept, Qt.MouseButton.LeftButton)
    opened.settle(qtbot)
    assert opened.session.document.household.value == VALUE + 3000
    assert len(opened.session.document.household.accounts) == 3
