"""The inspector explains whatever is selected: an account, a holding, a lot, a trade, a style cell."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.workbench import AccountPicked, CellPicked, SecurityPicked, TradePicked
from tests.desktop.window_fixtures import OpenWindow
from widgets.models.tree import KEY_ROLE
from widgets.theme import apply_theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def opened(qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path).start(qtbot)
    yield opened
    opened.end()


def said(opened):
    return [label.text() for label in opened.window.inspector.findChildren(QLabel)]


def after(words, key):
    return words[words.index(key) + 1]


def test_rows_of_the_holdings_are_explained(opened):
    opened.window.show_page("household")
    tree = opened.window.household_page.tree
    account = tree.model.index(0, 0)
    tree.view.setCurrentIndex(account)
    assert isinstance(opened.bench.selection, AccountPicked)
    words = said(opened)
    home = opened.session.document.household
    chosen = home.account_by_id[opened.bench.selection.account]
    assert words[0] == (chosen.name or chosen.id)
    assert after(words, "Number") == chosen.id
    assert after(words, "Securities") == str(len({lot.security for lot in home.lots if lot.account == chosen.id}))

    position = next(
        tree.model.index(row, 0, account)
        for row in range(tree.model.rowCount(account))
        if tree.model.index(row, 0, account).data(KEY_ROLE)[2] == "VTI"
    )
    tree.view.setCurrentIndex(position)
    assert "This lot" not in said(opened)
    tree.view.expand(position)
    tree.view.setCurrentIndex(tree.model.index(1, 0, position))
    picked = opened.bench.selection
    assert isinstance(picked, SecurityPicked)
    assert picked.security == "VTI"
    words = said(opened)
    assert "This lot" in words
    assert after(words[words.index("This lot") :], "Quantity") == f"{home.lots[picked.lot].quantity:f}"


def test_rows_of_the_trades_are_explained(opened):
    opened.window.show_page("trades")
    table = opened.window.trades_page.table
    account = table.model.index(0, 0)
    trade = table.model.index(0, 0, account)
    table.view.setCurrentIndex(trade)
    assert isinstance(opened.bench.selection, TradePicked)
    table.view.setCurrentIndex(account)
    assert opened.bench.selection == AccountPicked("3333")
    words = said(opened)
    assert after(words, "Sold") == "$20,000"
    assert after(words, "Bought") == "$19,980"


def test_what_the_plan_takes_from_a_lot_is_said(opened):
    lot = opened.bench.proposal.trades[0].lots[0]
    opened.bench.pick(SecurityPicked("VUG", "3333", lot.lot))
    assert after(said(opened), "The plan sells") == "50 of 80"


def test_a_cell_that_is_clicked_is_explained(opened):
    opened.window.show_page("target")
    cell = opened.window.target_page.boxes.cells[6]
    QTest.mouseClick(cell, Qt.MouseButton.LeftButton, pos=QPoint(cell.width() // 2, cell.height() - 6))
    assert opened.bench.selection == CellPicked(6)
    assert said(opened)[0] == "Small value"


def test_an_account_that_goes_leaves_the_plan(opened):
    opened.bench.pick(AccountPicked("nobody's"))
    assert said(opened)[0] == "The plan"
