"""Price list, frontier, restrictions, flows, ranges, trades by hand, columns: each an edit that can be undone."""

from decimal import Decimal
from types import SimpleNamespace

import attrs
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.edits import ImportHousehold, SetTarget
from core.rebalance.proposal import Action, TiltLost
from core.tilt.edits import SwitchRule
from core.tilt.target import FixedOrder, Mode, RuleKey, Rules, Target
from tests.desktop.small_household import small_household
from tests.desktop.window_fixtures import OpenWindow
from widgets.rule_words import in_words, rule_words
from widgets.theme import S, apply_theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def opened(qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path).start(qtbot)
    yield opened
    opened.end()


def rows_of(opened):
    return {row.rule: row for row in opened.window.target_page.prices.list.rows()}


# --- price list ----------------------------------------------------------------------------------------------------


def test_switching_a_rule_off_edits_the_target_and_on_brings_its_value_back(opened, qtbot):
    target = opened.session.document.target
    opened.session.push(
        SetTarget(attrs.evolve(target, trading=attrs.evolve(target.trading, cash_reserve=0.03), rules=RULES))
    )
    opened.settle(qtbot)
    prices = opened.window.target_page.prices
    assert rows_of(opened)["cash_reserve"].words.startswith("Keep 3.0")
    prices.list.switch_of("cash_reserve").click()
    opened.settle(qtbot)
    assert opened.session.document.target.trading.cash_reserve == 0
    assert opened.engines[-1].finals[-1].trading.cash_reserve == 0
    assert not rows_of(opened)["cash_reserve"].on
    assert rows_of(opened)["cash_reserve"].words.startswith("Keep 3.0")
    prices.list.switch_of("cash_reserve").click()
    assert opened.session.document.target.trading.cash_reserve == 0.03
    prices.list.switch_of("no_buy VTI").click()
    assert opened.session.document.target.rules.no_buy == ()
    opened.window.actions_["undo"].trigger()
    assert rows_of(opened)["no_buy VTI"].on
    opened.settle(qtbot)


RULES = Rules(no_buy=(RuleKey("VTI"),))


def test_dearest_rule_first_and_taxes_without_a_switch(opened, qtbot):
    proposal = attrs.evolve(
        opened.bench.proposal,
        tilt_lost=(TiltLost("taxes", 7.0, 100.0), TiltLost("avoid_short_term", 0.4, 30.0)),
    )
    opened.bench.proposal = proposal
    opened.bench.plan_changed.emit(proposal)
    rows = opened.window.target_page.prices.list.rows()
    assert [row.rule for row in rows][:2] == ["taxes", "avoid_short_term"]
    assert not rows[0].switchable
    assert rows_of(opened)["max_stock"].points == 0


def test_switch_edit_is_named_in_the_undo_menu(opened):
    opened.session.push(SwitchRule("avoid_short_term", on=False, words="“Avoid short-term gains”"))
    assert "avoid short-term gains" in opened.window.actions_["undo"].toolTip().lower()


# --- frontier -------------------------------------------------------------------------------------------------------


def point(eagerness, misfit, cost, knee=False):
    return SimpleNamespace(eagerness=eagerness, misfit=misfit, cost=cost, tax=cost, knee=knee)


POINTS = (point(0.01, 0.3, 0.0), point(0.05, 0.1, 800.0, knee=True), point(0.5, 0.05, 9000.0))


def test_dragging_the_point_is_the_eagerness(opened, qtbot):
    page = opened.window.target_page
    opened.bench._show_frontier(POINTS, "")
    chart = page.frontier.chart
    qtbot.waitUntil(lambda: chart._plot is not None)
    QTest.qWait(50)
    place = chart._plot.viewport().mapFrom(chart, chart.position_of(2).toPoint())
    view = chart._plot.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert opened.session.in_gesture
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    opened.settle(qtbot)
    assert opened.session.document.target.trading.eagerness == 0.5
    assert opened.session.stack.count() == 1
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_End)
    opened.settle(qtbot)
    assert opened.session.document.target.trading.eagerness == 0.05
    assert "knee" in chart.accessibleDescription()


def test_the_frontier_of_another_household_goes(opened, qtbot):
    opened.bench._show_frontier(POINTS, "")
    opened.session.push(ImportHousehold(attrs.evolve(small_household(), name="Others")))
    assert opened.bench.frontier is None
    assert opened.window.target_page.frontier.chart.points() == ()
    opened.settle(qtbot)


def test_taxes_and_trading_are_never_cut_at_the_side(opened, qapp):
    card = opened.window.target_page.trading
    opened.window.show_page("target")
    opened.window.target_page.tabs.show_tab("trading")
    for width in (900, 1180, 1440):
        opened.window.resize(width, 760)
        qapp.processEvents()
        room = card.parentWidget().width()
        assert card.width() <= room
        assert all(field.mapTo(card, field.rect().topRight()).x() < card.width() for field in (card.mode, card.short))


# --- restrictions, flows, ranges --------------------------------------------------------------------------------------


def test_a_restriction_is_added_by_symbol_and_removed(opened, qtbot):
    card = opened.window.target_page.restrictions
    card.kind.setCurrentIndex(card.kind.findData("no_sell"))
    card.security.setEditText("vti")
    card.account.setCurrentIndex(card.account.findData("1111"))
    card.add.click()
    assert opened.session.document.target.rules.no_sell == (RuleKey("VTI", "1111"),)
    card._remove(("no_sell", RuleKey("VTI", "1111")))
    assert opened.session.document.target.rules == Rules()
    opened.settle(qtbot)


def test_cash_flows_ranges_and_bands_are_edits(opened, qtbot):
    page = opened.window.target_page
    page.flows.fields["1111"].setValue(-5000)
    ranges = page.sectors.ranges
    ranges._switches["energy"].click()
    ranges._fields["energy", "high"].setValue(1.5)
    page.bands.floor.setValue(2.0)
    opened.settle(qtbot)
    target = opened.session.document.target
    assert [(flow.account, flow.amount) for flow in target.flows] == [("1111", -5000.0)]
    assert target.sectors["energy"] == pytest.approx((-0.02, 0.015))
    assert target.bands.floor == pytest.approx(0.02)


def test_mode_and_tax_by_the_years_tables(opened, qtbot):
    card = opened.window.target_page.trading
    card.mode.setCurrentIndex(card.mode.findData(Mode.INVEST_CASH))
    card.mode.activated.emit(card.mode.currentIndex())
    card.tax_mode.setCurrentIndex(1)
    card.tax_mode.activated.emit(1)
    card.situation.amounts["income"].setValue(200_000)
    opened.settle(qtbot)
    target = opened.session.document.target
    assert target.trading.mode is Mode.INVEST_CASH
    assert target.tax.situation.income == Decimal(200_000)
    card.tax_mode.setCurrentIndex(0)
    card.tax_mode.activated.emit(0)
    assert opened.session.document.target.tax.situation is None
    opened.settle(qtbot)


# --- trades by hand ---------------------------------------------------------------------------------------------------


def sale_of(opened):
    return next(trade for trade in opened.bench.proposal.trades if trade.action is Action.SELL)


def test_a_typed_quantity_becomes_an_order_and_can_be_freed(opened, qtbot):
    opened.window.show_page("trades")
    table = opened.window.trades_page.table
    trade = sale_of(opened)
    assert table.select_trade(trade.account, trade.security)
    table.deeds["edit"].trigger()
    editor = next(w for w in table.view.viewport().children() if w.inherits("QDoubleSpinBox"))
    QTest.keyClicks(editor, "7")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.session.stack.count() == 1)
    opened.settle(qtbot)
    assert opened.session.document.target.orders == (FixedOrder(trade.account, trade.security, -7.0),)
    assert opened.window.trades_page.decisions.isVisible()
    opened.window.actions_["undo"].trigger()
    assert opened.session.document.target.orders == ()
    assert not opened.window.trades_page.decisions.isVisible()
    opened.settle(qtbot)


def test_lock_exclude_free(opened, qtbot):
    opened.window.show_page("trades")
    page = opened.window.trades_page
    trade = sale_of(opened)
    page.table.select_trade(trade.account, trade.security)
    assert page.table.deeds["lock"].isEnabled()
    page.table.deeds["lock"].trigger()
    opened.settle(qtbot)
    assert opened.session.document.target.orders == (FixedOrder(trade.account, trade.security, -float(trade.quantity)),)
    page.table.select_trade(trade.account, trade.security)
    page.table.deeds["exclude"].trigger()
    opened.settle(qtbot)
    assert opened.session.document.target.orders == ()
    assert opened.session.document.target.rules.hold == (RuleKey(trade.security, trade.account),)
    page.decisions.all_free.click()
    assert opened.session.document.target == Target()
    opened.settle(qtbot)


def test_substitute_lists_the_most_alike_first(opened, qtbot):
    opened.window.show_page("trades")
    page = opened.window.trades_page
    buy = next(trade for trade in opened.bench.proposal.trades if trade.action is Action.BUY)
    page._on_substitute(buy)
    dialog = page.dialog
    rows = [dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount())]
    assert len(rows) > 2
    assert all(row.text(2).endswith("%") for row in rows)
    other = rows[0].data(0, Qt.ItemDataRole.UserRole)
    symbol = rows[1].text(0)
    dialog.filter.setText(symbol)
    assert [row.text(0) for row in rows if not row.isHidden()] == [symbol]
    dialog.filter.clear()
    dialog._on_accepted()
    opened.settle(qtbot)
    assert opened.session.document.target.rules.no_buy == (RuleKey(buy.security),)
    assert other != buy.security


# --- files ------------------------------------------------------------------------------------------------------------


def test_unknown_columns_are_named_once_and_remembered(opened, qtbot, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("Depot,Papier,Stueck,Wert\nA-1,VTI,100,30000.00\nA-1,AAPL,10,2800.00\n")
    flow = opened.window.import_flow
    flow.mappings_folder = tmp_path / "mappings"
    flow.ask_columns(path, [path])
    qtbot.waitUntil(lambda: flow.mapping_dialog is not None, timeout=10_000)
    dialog = flow.mapping_dialog
    for place, key in enumerate(("account", "symbol", "quantity", "value")):
        dialog.choices[place].setCurrentIndex(dialog.choices[place].findData(key))
        dialog._on_choice(place)
    dialog.preview()
    assert dialog.summary.text().startswith("2 holdings")
    assert dialog.accept_button.isEnabled()
    dialog._on_accepted()
    qtbot.waitUntil(lambda: flow.dialog is not None, timeout=10_000)
    assert len(flow.dialog.household.lots) == 2
    assert len(list((tmp_path / "mappings").glob("*.json"))) == 1
    flow.dialog.reject()


def test_files_opened_together_are_remembered_while_they_are_there(opened, tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (first, second):
        path.write_text("x")
    opened.settings.opened([first])
    opened.settings.opened([first, second])
    opened.settings.opened([first])
    assert opened.settings.recent_files == ((first,), (first, second))
    opened.window.recent._fill()
    assert [action.text() for action in opened.window.recent.menu.actions()] == ["a.csv", "a.csv and 1 more file"]
    second.unlink()
    assert opened.settings.recent_files == ((first,),)
    opened.settings.remember_files = False
    opened.settings.recent_files = ()
    opened.settings.opened([first])
    assert opened.settings.recent_files == ()


def test_settings_take_effect_and_are_remembered(opened, qapp):
    from desktop.settings_dialog import SettingsDialog
    from widgets.orientation import set_value_side, value_side

    before = qapp.font().pointSizeF()
    dialog = SettingsDialog(opened.settings, opened.window)
    dialog.text_size.setCurrentIndex(dialog.text_size.findData("125"))
    dialog.text_size.activated.emit(0)
    dialog.value_side.setCurrentIndex(dialog.value_side.findData("left"))
    dialog.value_side.activated.emit(0)
    assert qapp.font().pointSizeF() == pytest.approx(before * 1.25)
    assert value_side() == "left"
    assert (opened.settings.text_size, opened.settings.value_side) == (125, "left")
    dialog.text_size.setCurrentIndex(dialog.text_size.findData("100"))
    dialog.text_size.activated.emit(0)
    set_value_side("right")
    dialog.close()


def test_long_work_can_be_cancelled_from_the_header(opened, qtbot):
    import threading

    told = []
    gate = threading.Event()

    def work(watch):
        watch.say("1 of 2")
        gate.wait(10)
        told.append(watch.cancelled())
        return "late"

    opened.bench.tasks.run("slow", "Working…", work, told.append, told.append, watched=True)
    qtbot.waitUntil(lambda: opened.window.header.busy.text() == "1 of 2")
    assert opened.window.header.cancel.isVisible()
    opened.window.header.cancel.click()
    gate.set()
    qtbot.waitUntil(lambda: told == [True])
    assert not opened.window.header.cancel.isVisible()


def test_charts_become_pictures(opened, tmp_path):
    from PySide6.QtGui import QImage

    from widgets.pictures import save_picture

    pad = opened.window.target_page.pad
    save_picture(pad, tmp_path / "pad.png")
    picture = QImage(str(tmp_path / "pad.png"))
    assert picture.width() == (pad.width() + 2 * S.md) * 2, "twice as fine, with a rim"
    save_picture(pad, tmp_path / "pad.pdf")
    assert (tmp_path / "pad.pdf").read_bytes().startswith(b"%PDF")


def test_a_refresh_is_shown_first_and_used_only_then(opened, qtbot, monkeypatch):
    from core.classify.refresh import Difference, Refreshed
    from core.providers.protocols import Quote
    from desktop.refresh_flow import Answer

    household = opened.session.document.household
    quotes = {key: Quote(key, Decimal("123.5"), household.as_of) for key in household.security_by_id}
    moved = Difference("VTI", "Fund", "style_box", (1.0,) + (0.0,) * 8, (0.0,) * 8 + (1.0,), "guess", "profile")
    found = Refreshed(quotes, {}, {}, (moved,), {}, (), (), household.as_of)
    monkeypatch.setattr("desktop.refresh_flow._refreshed", lambda *_: Answer(found, ()))
    flow = opened.window.refresh_flow
    opened.window.actions_["refresh"].trigger()
    qtbot.waitUntil(lambda: flow.dialog is not None, timeout=10_000)
    assert opened.session.document.household is household
    assert flow.dialog.prices.topLevelItemCount() == len(quotes)
    assert flow.dialog.differences.topLevelItem(0).text(4).startswith("100")
    flow.dialog.accept()
    opened.settle(qtbot)
    after = opened.session.document.household
    assert after.security_by_id["VTI"].price == Decimal("123.5")
    assert opened.window.actions_["undo"].toolTip().startswith("Undo use refreshed data")
    opened.window.actions_["undo"].trigger()
    assert opened.session.document.household is household
    opened.settle(qtbot)


# --- no plan --------------------------------------------------------------------------------------------------------


def test_rules_in_conflict_are_named_in_words_everywhere(opened, qtbot):
    from desktop.solve_service import SolveFailure

    rules = ("flows A1", "cash_reserve A1", "no_sell VTI", "max_turnover", "sectors", "sell_all A1:VTI", "max_stock")
    details = "; ".join(rules[:1]) + " of $-5.00 with " + "; ".join(rules[1:])
    opened.service.failed.emit(
        SolveFailure(opened.session.revision, f"No plan satisfies all the rules together. Loosen: {details}.", rules)
    )
    said = opened.bench.failure.message
    assert "_" not in said
    assert "Do not sell VTI" in said
    assert "Turnover of at most" in said


def test_a_key_inside_another_word_is_not_a_rule():
    target, names = Target(), {"A1": "Joint"}
    said = in_words("mode and model: the mode, a la mode.", ["mode"], target, names)
    assert said == "What the plan is for and model: the What the plan is for, a la What the plan is for."
    said = in_words("no_sell BRK.B; no_sell BRK", ["no_sell BRK"], target, names)
    assert said == "no_sell BRK.B; Do not sell BRK"
    said = in_words("no_sell BRK.B; no_sell BRK.", ["no_sell BRK", "no_sell BRK.B"], target, names)
    assert said == "Do not sell BRK.B; Do not sell BRK."
    said = in_words(
        "sectors health_care (lowest), flows A1", ["sectors health_care (lowest)", "flows A1"], target, names
    )
    assert said == "Least share of health care, Cash flow of Joint"
    assert in_words("sectors", [], target) == "sectors"


def test_the_strip_names_rules_and_accounts_in_words(opened, qtbot):
    from desktop.solve_service import SolveFailure

    account = opened.session.document.household.accounts[0]
    rules = ("sectors health_care (lowest)", f"cash_reserve {account.id}")
    opened.service.failed.emit(SolveFailure(opened.session.revision, "No plan.", rules))
    said = opened.window.strip.state_text()
    assert said.startswith("No plan: Least share of health care and keep 1.0")
    assert account.name in said
    assert account.id not in said


@pytest.mark.parametrize(
    "rule",
    [
        "cash of A1",
        "cash_reserve A1",
        "flows A1",
        "ranges A1:VTI",
        "orders A1:VTI",
        "max_position VTI",
        "sectors health_care (lowest)",
    ],
)
def test_rules_of_an_account_or_security_have_words(rule):
    words = rule_words(rule, Target(), {"A1": "Joint"})
    assert "_" not in words
    assert "A1" not in words


def test_where_nothing_that_is_wanted_has_a_price_the_window_says_how_to_get_one(opened, qtbot):
    from core.edits import ImportHousehold
    from core.household import Finding, Severity

    bench = opened.bench
    held = {lot.security for lot in bench.document.household.lots}
    household = bench.document.household
    alone = attrs.evolve(household, securities=tuple(s for s in household.securities if s.id in held))
    bench.session.push(ImportHousehold(alone))
    opened.settle(qtbot)
    bar = opened.window.message_bar
    short = Finding(Severity.WARNING, "no_candidate", "small value", "Small value stays 9.0 points short.")
    bench.plan_changed.emit(bench.proposal)
    assert bar.isHidden()  # nothing is wanted that cannot be had
    bench.proposal = attrs.evolve(bench.proposal, findings=(short,))
    bench.plan_changed.emit(bench.proposal)
    assert "cannot buy small value" in bar.text()
    bar.clear()
    bench.plan_changed.emit(bench.proposal)
    assert bar.isHidden()  # once a household


def test_the_welcome_goes_where_the_page_asks_for_files_itself(opened):
    opened.window.welcome()
    assert not opened.window.message_bar.isHidden()
    opened.window.show_page("household")
    assert opened.window.message_bar.isHidden()


def test_a_household_in_no_book_says_so(opened, tmp_path):
    from core.book.keys import new_key
    from core.book.store import Book
    from core.sample import sample_household

    header = opened.window.header
    assert "in no book" in header.facts.text()
    assert opened.window._is_kept(sample_household())  # nobody will miss it
    flow = opened.window.book_flow
    flow._adopt(Book.create(tmp_path / "Clients.trimtab", new_key("an invented passphrase")))
    assert "in no book" in header.facts.text()
    flow.add_open()
    assert "in no book" not in header.facts.text()
    flow.leave()
    assert "in no book" in header.facts.text()
