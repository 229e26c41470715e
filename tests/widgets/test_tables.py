"""Holdings tree, trades table, findings, control totals, and copying rows for a spreadsheet."""

import csv
import io
from decimal import Decimal

import attrs
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QStyleOptionViewItem

from core.household import Account, Finding, Severity
from core.tilt.target import TaxSettings
from tests.widgets import samples
from widgets.control_totals import ControlTotalsTable
from widgets.copy_table import copy_rows, neutral
from widgets.findings_panel import FindingsPanel
from widgets.holdings_tree import HoldingsTree
from widgets.models.tree import KEY_ROLE, SORT_ROLE
from widgets.numbers import date_text
from widgets.theme import apply_theme, text_width
from widgets.trades_table import QuantityField, TradesTable

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def home():
    return samples.household()


@pytest.fixture
def tree(shown, home):
    widget = HoldingsTree()
    widget.set_household(home, samples.exposures())
    return shown(widget, 1500, 600)


@pytest.fixture
def table(shown, home):
    widget = TradesTable()
    widget.set_proposal(samples.proposal(home=home), home, TaxSettings(), samples.exposures())
    return shown(widget, 1500, 600)


def _spot(view, index):
    view.scrollTo(index)
    return view.visualRect(index).center()


def _double_click(qtbot, view, index):
    spot = _spot(view, index)
    qtbot.mouseClick(view.viewport(), LEFT, pos=spot)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=spot)


def test_accounts_are_open_and_stay_as_the_user_left_them(tree, home):
    tops = [tree.model.index(row, 0) for row in range(tree.model.rowCount())]
    assert all(tree.view.isExpanded(top) for top in tops)
    tree.view.collapse(tops[1])
    tree.view.expand(tree.model.index(0, 0, tops[0]))
    tree.set_household(home, samples.exposures())
    tops = [tree.model.index(row, 0) for row in range(tree.model.rowCount())]
    assert [tree.view.isExpanded(top) for top in tops] == [True, False, True]
    assert tree.view.isExpanded(tree.model.index(0, 0, tops[0]))


def test_the_selection_survives_new_values(tree, home):
    assert tree.select_position("5501-2210", "AAPL")
    tree.set_household(home, samples.exposures())
    chosen = tree.view.selectionModel().selectedRows(0)
    assert [index.data(KEY_ROLE) for index in chosen] == [("position", "5501-2210", "AAPL")]
    assert not tree.select_position("5501-2210", "NOPE")


def test_the_keys_keep_their_row_through_a_new_plan(table, home, qtbot):
    assert table.select_trade("5501-2210", table.model.index(0, 0, table.model.index(0, 0)).data(KEY_ROLE)[2])
    before = table.view.currentIndex().data(KEY_ROLE)
    told = []
    table.tradeSelected.connect(told.append)
    table.set_proposal(samples.proposal(home=home), home, TaxSettings(), samples.exposures())
    assert table.view.currentIndex().data(KEY_ROLE) == before
    assert told == []
    qtbot.keyClick(table.view, Qt.Key.Key_F2)
    assert [one for one in table.view.viewport().children() if isinstance(one, QuantityField)]


def test_rows_say_what_is_selected(tree, qtbot):
    top = tree.model.index(0, 0)
    position = tree.model.index(1, 0, top)
    tree.view.expand(position)
    for index, expected in (
        (top, ["5501-2210", None]),
        (position, ["5501-2210", "IVW"]),
        (tree.model.index(0, 0, position), ["5501-2210", "IVW"]),
    ):
        tree.view.setCurrentIndex(tree.model.index(2, 0))
        with qtbot.waitSignal(tree.holdingSelected) as caught:
            qtbot.mouseClick(tree.view.viewport(), LEFT, pos=_spot(tree.view, index))
        assert caught.args == expected


def test_a_double_click_on_a_chip_asks_to_override_and_elsewhere_opens(tree, qtbot):
    position = tree.model.index(0, 0, tree.model.index(0, 0))
    chip = position.siblingAtColumn(tree.model.column_of("class"))
    with qtbot.waitSignal(tree.overrideRequested) as caught:
        _double_click(qtbot, tree.view, chip)
    assert caught.args == ["VTI"]
    assert not tree.view.isExpanded(position)
    _double_click(qtbot, tree.view, position.siblingAtColumn(1))
    assert tree.view.isExpanded(position)


def test_enter_opens_and_closes(tree, qtbot):
    position = tree.model.index(0, 0, tree.model.index(0, 0))
    tree.view.setCurrentIndex(position)
    qtbot.keyClick(tree.view, Qt.Key.Key_Return)
    assert tree.view.isExpanded(position)
    qtbot.keyClick(tree.view, Qt.Key.Key_Space)
    assert not tree.view.isExpanded(position)


def test_f2_asks_to_override(tree, qtbot):
    tree.view.setFocus()
    tree.select_position("5501-2210", "QZXC")
    with qtbot.waitSignal(tree.overrideRequested) as caught:
        qtbot.keyClick(tree.view, Qt.Key.Key_F2)
    assert caught.args == ["QZXC"]


def test_the_kind_of_an_account_is_chosen_from_its_menu(tree, qtbot, home):
    menu = tree.menu_for(tree.model.index(1, 0))
    kinds = next(action.menu() for action in menu.actions() if action.menu())
    assert isinstance(kinds, QMenu)
    marked = [action.text() for action in kinds.actions() if action.isChecked()]
    assert marked == ["Traditional IRA / 401(k)"]
    with qtbot.waitSignal(tree.kindChosen) as caught:
        next(action for action in kinds.actions() if action.text() == "Roth").trigger()
    assert caught.args == ["5501-7733", "roth"]
    menu.deleteLater()


def test_the_menu_of_a_position_classifies(tree, qtbot):
    menu = tree.menu_for(tree.model.index(0, 0, tree.model.index(0, 0)))
    with qtbot.waitSignal(tree.overrideRequested) as caught:
        menu.actions()[0].trigger()
    assert caught.args == ["VTI"]
    menu.deleteLater()


def test_typing_filters_after_a_moment_and_opens_what_is_found(tree, qtbot):
    tree.view.collapseAll()
    qtbot.keyClicks(tree._filter, "nora bond")
    qtbot.waitUntil(lambda: tree.model.counts()[0] == 2)
    assert tree._count.text() == "2 of 13", "the bond fund, and the fund that is bonds for the most part"
    assert tree.view.isExpanded(tree.model.index(0, 0))
    tree._filter.clear()
    qtbot.waitUntil(lambda: tree.model.counts()[0] == 13)
    assert tree._count.text() == ""


def test_ctrl_f_goes_to_the_filter(tree, qtbot):
    tree.view.setFocus()
    qtbot.keyClick(tree.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert tree._filter.hasFocus()


def test_a_click_on_a_heading_sorts_down_up_and_back(tree, qtbot):
    header = tree.view.header()
    column = tree.model.column_of("value")
    spot = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    before = [index.data(KEY_ROLE) for index in _walk(tree.model)]
    seen = []
    for _ in range(3):
        qtbot.mouseClick(header.viewport(), LEFT, pos=spot)
        seen.append([index.data(KEY_ROLE) for index in _walk(tree.model)])
    assert seen[0] != seen[1]
    assert seen[2] == before


def _walk(model):
    from tests.widgets.test_models import walk

    return walk(model)


def test_columns_are_chosen_and_remembered(tree, home, shown):
    tree.hide_columns("price", "source")
    tree.view.setColumnWidth(0, 333)
    tree.view.sortByColumn(tree.model.column_of("gain"), Qt.SortOrder.DescendingOrder)
    state = tree.save_state()
    other = HoldingsTree()
    other.set_household(home, samples.exposures())
    shown(other, 900, 400)
    assert other.restore_state(state)
    assert other.view.columnWidth(0) == 333
    hidden = [column.key for n, column in enumerate(other.model.columns) if other.view.isColumnHidden(n)]
    assert hidden == ["price", "source"]
    unchecked = [action.text() for action in other._menu.actions() if action.isCheckable() and not action.isChecked()]
    assert unchecked == ["Price", "Source"]
    assert [i.data(KEY_ROLE) for i in _walk(other.model)] == [i.data(KEY_ROLE) for i in _walk(tree.model)]


def test_a_state_of_another_version_is_left(tree):
    from PySide6.QtCore import QByteArray

    before = tree.save_state()
    assert not tree.restore_state(QByteArray(b"nonsense"))
    assert tree.save_state() == before


def test_copied_rows_are_raw_figures_in_the_order_shown(tree, qtbot):
    tree.view.setFocus()
    tree.select_position("5501-2210", "AAPL")
    qtbot.keyClick(tree.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert rows[0][:3] == ["Holding", "Name", "Classification"]
    assert len(rows) == 2
    copied = dict(zip(rows[0], rows[1], strict=True))
    assert copied["Holding"] == "AAPL"
    value = sum(lot.market_value for lot in samples.household().lots if lot.security == "AAPL")
    assert copied["Value"] == f"{value:f}"


def test_without_a_selection_everything_open_is_copied(tree):
    tree.view.clearSelection()
    text = copy_rows(tree.view)
    assert len(text.splitlines()) == 1 + 3 + 13
    tree.view.collapseAll()
    assert len(copy_rows(tree.view).splitlines()) == 1 + 3


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2", "@cmd", "\tx"])
def test_nothing_copied_can_be_a_formula(text):
    assert neutral(text) == "'" + text
    assert neutral("plain " + text) == "plain " + text


def test_an_empty_tree_says_what_to_do_and_hides_its_tools(shown):
    tree = shown(HoldingsTree(), 700, 300)
    assert tree._empty.isVisible()
    assert "Drop" in tree._empty.text()
    assert not tree._filter.isVisible()
    tree.set_household(samples.household(), samples.exposures())
    assert tree.view.isVisible()
    assert tree._filter.isVisible()


def test_the_trade_selected_is_the_lot_s_too(table, qtbot, home):
    top = table.model.index(0, 0)
    trade = table.model.index(0, 0, top)
    table.view.expand(trade)
    with qtbot.waitSignal(table.tradeSelected) as caught:
        table.view.setCurrentIndex(table.model.index(0, 0, trade))
    assert caught.args == [samples.trades(home)[0]]
    accounts = []
    table.accountSelected.connect(accounts.append)
    with qtbot.waitSignal(table.tradeSelected) as caught:
        table.view.setCurrentIndex(top)
    assert caught.args == [None]
    assert accounts == [samples.trades(home)[0].account]


def test_dates_of_lots_are_read_whole(table, tree, home):
    account, symbol = table.model.index(0, 0), table.model.column_of("symbol")
    trade = table.model.index(0, 0, account)
    table.view.expand(trade)
    day = date_text(samples.trades(home)[0].lots[0].acquired)
    assert table.model.index(0, symbol, trade).data() == day
    longest = "12/30/2025"
    assert table.view.columnWidth(symbol) > text_width(longest) + 14
    # In the first column two steps of the tree go before it.
    assert tree.view.columnWidth(0) > text_width(longest) + 3 * tree.view.indentation()


def test_the_lot_that_is_chosen_is_known(tree, home):
    position = tree.model.index(0, 0, tree.model.index(0, 0))
    tree.view.setCurrentIndex(position)
    assert tree.current_lot() is None
    tree.view.expand(position)
    tree.view.setCurrentIndex(tree.model.index(0, 2, position))
    lot = home.lots[tree.current_lot()]
    assert ("position", lot.account, lot.security) == position.data(KEY_ROLE)


def test_estimates_replace_trades_and_the_other_way_round(table, home):
    assert table.model.counts() == (7, 7)
    table.set_live(samples.live_plan(), home)
    assert table.model.counts() == (4, 4)
    assert all(table.view.isExpanded(table.model.index(row, 0)) for row in range(table.model.rowCount()))
    table.clear("No plan keeps all the rules")
    assert table._empty.isVisible()
    assert table._empty.text() == "No plan keeps all the rules"


def test_an_account_closed_stays_closed_through_a_drag(table, home):
    table.view.collapse(table.model.index(0, 0))
    for _ in range(3):
        table.set_live(samples.live_plan(), home)
    assert not table.view.isExpanded(table.model.index(0, 0))
    assert table.view.isExpanded(table.model.index(1, 0))
    assert isinstance(table.model.object_of(0), Account)


def test_a_finding_is_read_whole_however_wide_the_panel_is(shown, qtbot):
    words = "Expected a heading row with a symbol and a quantity or value, and rows under it. " * 4
    panel = FindingsPanel()
    panel.set_findings([Finding(Severity.ERROR, "code", "positions.csv", words.strip())] * 12)
    shown(panel, 520, 200)
    view = panel.view

    def lines():
        room = QRect(0, 0, view.columnWidth(1) - 18, 10_000)
        return view.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, words).height()

    for width in (520, 900, 640):
        panel.resize(width, 200)
        air = view.fontMetrics().height()
        qtbot.waitUntil(lambda air=air: lines() + 6 <= view.rowHeight(0) <= lines() + 2 * air)


def test_findings_are_counted_and_activated(shown, qtbot):
    panel = FindingsPanel()
    panel.set_findings(samples.findings())
    shown(panel, 700, 300)
    assert panel.summary() == "1 error, 1 warning, 1 note"
    panel.view.setCurrentIndex(panel.model.index(0, 1))
    with qtbot.waitSignal(panel.findingActivated) as caught:
        panel.view.activated.emit(panel.model.index(0, 1))
    assert caught.args[0].code == "total_differs"
    panel.view.clearSelection()
    qtbot.mouseClick(panel._copy, LEFT)
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("Error\t")
    assert len(QGuiApplication.clipboard().text().splitlines()) == 4
    panel.set_findings(())
    assert panel.summary() == "Nothing to report"
    assert not panel.view.isVisible()


def test_control_totals_say_whether_they_tie(shown):
    table = ControlTotalsTable()
    assert table.summary() == "The files state no totals to check against"
    table.set_files(samples.files())
    shown(table)
    assert not table.all_tie()
    assert "not all tie" in table.summary()
    assert table.accessibleDescription() == table.summary()
    tied = [samples.files()[0].__class__(**_with(samples.files()[0], samples.files()[0].control_totals[:1]))]
    table.set_files(tied)
    assert table.summary() == "The control total ties to the cent"


def _with(file, totals):
    import attrs

    return attrs.asdict(attrs.evolve(file, control_totals=()), recurse=False) | {"control_totals": totals}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_quantity_being_typed_can_be_read(theme, qapp, qtbot):
    apply_theme(qapp, theme)
    field = QuantityField()
    qtbot.addWidget(field)
    field.resize(93, 23)
    field.setValue(166)
    field.show()
    assert field.lineEdit().width() > field.fontMetrics().horizontalAdvance("166,000")
    apply_theme(qapp, "light")


def test_a_name_without_a_symbol_has_the_symbol_s_room(shown, home):
    securities = [attrs.evolve(each, symbol="", cusip="") if each.id == "QZXC" else each for each in home.securities]
    widget = HoldingsTree()
    widget.set_household(attrs.evolve(home, securities=tuple(securities)), samples.exposures())
    shown(widget, 1000, 500)
    view, rows = widget.view, {}
    for top in (widget.model.index(row, 0) for row in range(widget.model.rowCount())):
        for row in range(widget.model.rowCount(top)):
            index = widget.model.index(row, 0, top)
            rows[index.data()] = index
    for symbol, joined in (("\u2013", True), ("IVW", False)):
        texts = []
        for column in (0, 1):
            cell = rows[symbol].siblingAtColumn(column)
            option = QStyleOptionViewItem()
            option.rect = view.visualRect(cell)
            view.itemDelegateForIndex(cell).initStyleOption(option, cell)
            texts.append((option.text, option.rect.left()))
        assert (texts[0][0] == "") is joined
        assert texts[1][0] == rows[symbol].siblingAtColumn(1).data()
        assert (texts[1][1] == texts[0][1]) is joined


def edges(view):
    """Where the columns that are shown end."""
    shown = [n for n in range(view.header().count()) if not view.isColumnHidden(n)]
    return [view.columnViewportPosition(n) + view.columnWidth(n) for n in shown]


@pytest.mark.parametrize("width", [640, 720, 850, 1000])
def test_no_figure_is_cut_at_the_edge_of_a_tree(tree, table, qtbot, width):
    for panel in (tree, table):
        view = panel.view
        panel.resize(width, 500)
        qtbot.waitUntil(lambda view=view: view.viewport().width() in edges(view) or edges(view)[-1] < width)
        name = panel.model.column_of("name")
        view.setColumnWidth(name, 77)  # by the user's hand: then it stays
        panel.resize(width + 7, 500)
        assert view.columnWidth(name) == 77


def test_reasons_and_names_take_the_room_that_is_left_and_give_it_back(table, qtbot):
    view, model = table.view, table.model
    reason, name = model.column_of("reason"), model.column_of("name")

    def widths():
        return view.columnWidth(reason), view.columnWidth(name)

    wide = widths()
    table.resize(700, 600)
    qtbot.waitUntil(lambda: widths()[1] < wide[1])
    assert text_width("0" * 16) <= widths()[1] <= text_width("0" * 24)
    assert widths()[0] >= table._standard(reason)
    table.resize(1500, 600)
    qtbot.waitUntil(lambda: widths() == wide)
    view.setColumnWidth(name, 77)  # by the user's hand
    table.resize(1400, 600)
    table.resize(1500, 600)
    assert view.columnWidth(name) == 77


def test_gains_are_whole_dollars_with_the_cents_in_the_tip_and_in_the_copy(table):
    model = table.model
    column = model.column_of("gain")
    rows = [index.siblingAtColumn(column) for index in _walk(model) if index.parent().isValid()]
    sold = [index for index in rows if isinstance(index.data(SORT_ROLE), Decimal)]
    assert sold
    for index in sold:
        assert "." not in index.data()
        cents = f"{abs(index.data(SORT_ROLE)):,.2f}"
        assert cents in index.data(Qt.ItemDataRole.ToolTipRole)
