"""The window and its pages, with a stand-in engine: what is shown, what an edit does, what is remembered."""

import attrs
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from core.edits import Document, ImportHousehold, SetMix, SetPoint, SetTarget, SetTax
from core.household import AccountKind, Finding, Severity
from core.tilt.edits import Restrict
from core.tilt.target import MaySell, RuleKey, Rules, Style, Target
from desktop.actions import ACTIONS, Actions
from desktop.help import ShortcutsDialog
from desktop.workbench import CellPicked, SecurityPicked, TradePicked
from tests.desktop.small_household import small_household
from tests.desktop.window_fixtures import OpenWindow
from widgets.message_bar import MessageBar
from widgets.numbers import percent
from widgets.theme import apply_theme, tokens

# The offscreen platform says this of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def opened(qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path).start(qtbot)
    yield opened
    opened.end()
    apply_theme(qapp, "light")


def words_of(widget):
    return " | ".join(label.text() for label in widget.findChildren(QLabel) if label.text())


def drag_pad(opened, steps=6):
    pad = opened.window.target_page.pad
    start = pad.position_of(pad.target()).toPoint()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, steps + 1):
        QTest.mouseMove(pad, start + (QPointF(6, 9) * step).toPoint())
        QTest.qWait(5)
    return start + (QPointF(6, 9) * steps).toPoint()


def test_first_plan_reaches_every_part(opened):
    window = opened.window
    assert window.windowTitle() == "Harper household – Trimtab"
    assert "2 days old" in window.header.facts.text()
    assert window.strip.state_text().startswith("Final: 2 trades")
    assert window.trades_page.summary.text() == "2 trades"
    assert window.actions_["export"].isEnabled()
    assert not window.actions_["undo"].isEnabled()


def test_dragging_the_pad_gives_estimates_and_letting_go_the_final_plan(opened, qtbot):
    window, engine = opened.window, opened.engines[-1]
    finals = len(engine.finals)
    end = drag_pad(opened)
    qtbot.waitUntil(lambda: window.strip.state_text().startswith("Estimate"))
    assert len(engine.finals) == finals
    assert not window.actions_["export"].isEnabled()
    QTest.mouseRelease(window.target_page.pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    opened.settle(qtbot)
    assert window.strip.state_text().startswith("Final")
    assert len(engine.finals) == finals + 1
    assert opened.session.stack.count() == 1
    assert window.actions_["undo"].text() == "&Undo move tilt"
    style = opened.session.document.target.style
    point = window.target_page.pad.target()
    assert (style.size, style.value) == (point.size, point.value)


def test_undo_brings_pad_and_boxes_back(opened, qtbot):
    window = opened.window
    before = window.target_page.pad.target()
    opened.session.push(SetPoint(-0.4, 0.5))
    opened.settle(qtbot)
    assert window.target_page.pad.target().size == -0.4
    window.actions_["undo"].trigger()
    opened.settle(qtbot)
    assert window.target_page.pad.target() == before
    assert opened.session.document == Document(small_household())
    window.actions_["redo"].trigger()
    assert window.target_page.pad.target().size == -0.4


def test_preset_button_and_its_mark(opened, qtbot):
    page = opened.window.target_page
    page.presets.buttons["small-value"].click()
    opened.settle(qtbot)
    assert opened.session.document.target.style.preset == "small-value"
    opened.window.actions_["undo"].trigger()
    assert not page.presets.buttons["small-value"].isChecked()


def test_a_typed_cell_moves_the_others_and_keeps_pinned_ones(opened, qtbot):
    page = opened.window.target_page
    page.boxes.cells[8].pin.click()
    pinned = opened.session.document.pins[8]
    field = page.boxes.cells[6].field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "30")
    QTest.keyClick(field, Qt.Key.Key_Return)
    opened.settle(qtbot)
    box = opened.session.document.target.style.box
    assert box[6] == pytest.approx(0.30)
    assert box[8] == pinned
    assert sum(box) == pytest.approx(1)


def test_trading_settings_become_edits(opened, qtbot):
    card = opened.window.target_page.trading
    card.may_sell.setCurrentIndex(card.may_sell.findData(MaySell.SHELTERED))
    card.may_sell.activated.emit(card.may_sell.currentIndex())
    card.gain_limit_on.click()
    card.min_trade.setValue(1000)
    card.eagerness.setValue(80)
    opened.settle(qtbot)
    target = opened.session.document.target
    assert target.tax.may_sell is MaySell.SHELTERED
    assert target.tax.gain_limit == 0
    assert target.trading.min_trade == 1000
    assert target.trading.eagerness > 0.15
    assert opened.engines[-1].finals[-1] == target


def test_one_setting_leaves_the_exact_values_of_others(opened):
    exact = attrs.evolve(opened.session.document.target.tax, short=0.40812)
    opened.session.push(SetTax(exact))
    opened.window.target_page.trading.harvest.click()
    assert opened.session.document.target.tax.short == 0.40812
    assert not opened.session.document.target.tax.harvest


def test_mix_editor(opened, qtbot):
    page = opened.window.target_page
    field = page.mix._fields["bonds"]
    field.setFocus()
    field.setValue(25)
    opened.settle(qtbot)
    mix = opened.session.document.target.mix
    assert mix["bonds"] == pytest.approx(0.25)
    page.mix.resetRequested.emit()
    assert opened.session.document.target.mix is None


def test_account_kind_is_corrected_on_the_household_page(opened, qtbot):
    box = opened.window.household_page.accounts.kinds["2222"]
    assert "guess" in box.currentText()
    box.setCurrentIndex(box.findData("roth"))
    box.activated.emit(box.currentIndex())
    opened.settle(qtbot)
    account = opened.session.document.household.account_by_id["2222"]
    assert (account.kind, account.kind_source) == (AccountKind.ROTH, "user")
    assert "guess" not in box.currentText()
    assert opened.engines[-1].household.account_by_id["2222"].kind is AccountKind.ROTH


def test_classification_dialog_overrides_and_takes_back(opened, qtbot):
    page = opened.window.household_page
    page.edit_override("ZZQX")
    dialog = page.dialog
    dialog.asset_class.setCurrentIndex(dialog.asset_class.findData("us_equity"))
    dialog.style_box.setCurrentIndex(dialog.style_box.findData("small value"))
    dialog.note.setText("fact sheet")
    dialog._on_accepted()
    opened.settle(qtbot)
    override = opened.session.document.overrides["ZZQX"]
    assert override.mix[0] == 1
    assert override.style_box[6] == 1
    assert override.sectors is None
    assert opened.bench.exposures["ZZQX"].note == "fact sheet"
    page.edit_override("ZZQX")
    page.dialog._on_reset()
    assert opened.session.document.overrides == {}


def test_inspector_explains_holdings_trades_cells_and_the_plan(opened, qtbot):
    inspector = opened.window.inspector
    assert "The plan" in words_of(inspector)
    opened.bench.pick(SecurityPicked("VTI", "1111"))
    assert "core table" in words_of(inspector)
    assert "Vanguard Total Stock Market ETF" in words_of(inspector)
    opened.bench.pick(TradePicked(opened.bench.proposal.trades[0]))
    assert "Large growth is 16 points above its target." in words_of(inspector)
    assert "Cash reserve" in words_of(inspector)
    opened.bench.pick(CellPicked(2))
    words = words_of(inspector)
    assert "Large growth" in words
    assert words.index("VTI") < words.index("AAPL")  # dollars: 800 x 250 x 0.24 > 200 x 200 x 0.7


def test_inspector_lists_what_may_be_bought_for_a_cell(qtbot, tmp_path, qapp):
    from core.edits import Document
    from core.sample import sample_household, sample_target

    opened = OpenWindow(tmp_path, Document(sample_household(), target=sample_target()), real=True).start(qtbot)
    try:
        inspector = opened.window.inspector
        opened.bench.pick(CellPicked(6))
        qtbot.waitUntil(lambda: "What may be bought for it" in words_of(inspector), timeout=20_000)
        words = words_of(inspector).split("What may be bought for it")[1]
        assert words.index("AVUV") < words.index("VBR")  # nothing of it is held: as the embedded list ranks them
        spoken = {label.accessibleName() for label in inspector.findChildren(QLabel)}
        assert any(name.startswith("AVUV, in the cell: ") for name in spoken)
        assert any(name.startswith("Today: ") for name in spoken)
        opened.bench.pick(CellPicked(2))  # of the same document: at once
        assert "FSPGX" in words_of(inspector).split("What may be bought for it")[1]
        opened.bench.session.push(Restrict("no_buy", RuleKey("AVUV")))
        opened.bench.pick(CellPicked(6))
        qtbot.waitUntil(lambda: "What may be bought for it" in words_of(inspector), timeout=20_000)
        assert "AVUV" not in words_of(inspector).split("What may be bought for it")[1]
        opened.settle(qtbot)
        after = percent(opened.bench.proposal.after.style_box[6])  # as in the boxes: the plan's, not the estimate's

        def said() -> bool:
            return f"After the plan: {after}" in {label.accessibleName() for label in inspector.findChildren(QLabel)}

        qtbot.waitUntil(said)
        qtbot.waitUntil(lambda: not opened.bench.quiet_tasks.busy, timeout=20_000)
    finally:
        opened.end()


def test_every_figure_of_the_inspector_is_heard_with_its_name(opened):
    for picked in (None, SecurityPicked("VTI", "1111"), TradePicked(opened.bench.proposal.trades[0])):
        opened.bench.pick(picked)
        named = [label for label in opened.window.inspector.findChildren(QLabel) if label.accessibleName()]
        assert len(named) > 4
        for label in named:
            assert label.accessibleName().endswith(f": {label.text()}")
            assert len(label.accessibleName()) > len(label.text()) + 3


def test_trades_page_ties_cash_and_lists_what_to_check(opened):
    page = opened.window.trades_page
    cash = page.cash
    row = next(r for r in range(3) if cash.topLevelItem(r).text(0) == "Roth IRA")
    item = cash.topLevelItem(row)
    assert [item.text(c) for c in (1, 2, 3, 4, 6)] == ["$950.25", "$20,000.00", "−$19,980.00", "−$2.00", "$968.25"]
    assert "Adds up" in item.toolTip(0)
    messages = [finding.message for finding in page.findings.findings()]
    assert any("guessed from its name" in message for message in messages)
    assert page.verdict.text() == "1 warning to read before exporting"


def test_what_the_import_could_not_use_keeps_the_plan_from_leaving(opened, qtbot, tmp_path):
    broken = Finding(Severity.ERROR, "file-not-used", "b.csv", "b.csv, row 3: the quantity is no number.")
    opened.session.push(ImportHousehold(opened.session.document.household.with_findings([broken])))
    opened.settle(qtbot)
    assert opened.window.trades_page.verdict.text() == "1 error to mend before exporting"
    out = tmp_path / "trades.xlsx"
    opened.window.export_flow.write(out)
    assert opened.window.message_bar.text().startswith(f"Not exported. {broken.message}")
    assert not opened.bench.tasks.busy
    assert not out.exists()


def test_prices_and_classifications_from_files(opened, qtbot, tmp_path):
    prices = tmp_path / "prices.csv"
    prices.write_text("Symbol,Price\nAVUV,101.50\nVTI,1\n")
    opened.window.import_flow.read_prices(prices)
    qtbot.waitUntil(lambda: "AVUV" in opened.session.document.household.security_by_id, timeout=10_000)
    household = opened.session.document.household
    assert str(household.security_by_id["AVUV"].price) == "101.50"
    assert str(household.security_by_id["VTI"].price) == "250.00"
    assert opened.window.actions_["undo"].text() == "&Undo add prices"
    own = tmp_path / "own.csv"
    own.write_text("symbol,class,note\nZZQX,other,a timber fund\n")
    opened.window.import_flow.read_overrides(own)
    qtbot.waitUntil(lambda: "ZZQX" in opened.session.document.overrides, timeout=10_000)
    target = tmp_path / "target.toml"
    target.write_text('[style]\npreset = "modest"\n')
    opened.window.import_flow.read([target])
    qtbot.waitUntil(lambda: opened.session.document.target.style.preset == "modest", timeout=10_000)
    target.write_text('[style]\npreset = "huge"\n')
    opened.window.import_flow.read_target(target)
    qtbot.waitUntil(lambda: "huge" in opened.window.message_bar.text(), timeout=10_000)


def test_conflicting_rules_are_named_everywhere(opened, qtbot):
    rules = ("sell_all VTI", "no_sell VTI")
    opened.engines[-1].conflict = rules
    target = Target(rules=Rules(sell_all=(RuleKey("VTI"),), no_sell=(RuleKey("VTI"),)), style=Style(preset="modest"))
    opened.session.push(SetTarget(target))
    opened.settle(qtbot)
    assert "No plan" in opened.window.strip.state_text()
    assert "Sell all VTI" in words_of(opened.window.inspector)
    assert opened.window.trades_page.summary.text() == "No plan"
    assert not opened.window.actions_["export"].isEnabled()


def test_an_error_of_the_program_leaves_no_plan_that_seems_under_way(opened, qtbot):
    opened.engines[-1].error = ZeroDivisionError()
    opened.session.push(SetPoint(0.0, 0.0))
    opened.settle(qtbot)
    assert "No plan" in opened.window.strip.state_text()
    assert "error of the program" in words_of(opened.window.inspector)
    opened.engines[-1].error = None
    opened.session.push(SetPoint(0.1, 0.0))
    opened.settle(qtbot)
    assert opened.window.strip.state_text().startswith("Final")
    opened.crashes.clear()


def test_theme_switch_and_memory(opened, qapp):
    window = opened.window
    light = qapp.palette().color(QPalette.ColorRole.Window)
    window.actions_["switch_theme"].trigger()
    assert tokens().dark
    assert qapp.palette().color(QPalette.ColorRole.Window).lightness() < light.lightness()
    assert opened.settings.theme == "dark"
    assert window.actions_["theme_dark"].isChecked()
    window.actions_["switch_theme"].trigger()
    assert not tokens().dark


def test_keys_go_to_pages_and_help_lists_every_shortcut(opened, qtbot):
    window = opened.window
    for key, name in ((Qt.Key.Key_1, "household"), (Qt.Key.Key_3, "trades"), (Qt.Key.Key_2, "target")):
        QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.page() == name
    dialog = ShortcutsDialog(window)
    words = words_of(dialog)
    for spec in ACTIONS:
        for shortcut in spec.shortcuts:
            assert shortcut in words
    dialog.close()


def test_shortcuts_are_unique():
    shortcuts = [shortcut for spec in ACTIONS for shortcut in spec.shortcuts]
    assert len(shortcuts) == len(set(shortcuts))


def test_narrow_window_hides_the_inspector_until_asked(opened, qtbot):
    window = opened.window
    assert window.inspector.isVisible()
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: not window.inspector.isVisible())
    assert not window.actions_["inspector"].isChecked()
    window.actions_["inspector"].trigger()
    assert window.inspector.isVisible()
    window.bench.pick(CellPicked(0))
    assert window.inspector.isVisible(), "asked for by hand it stays"


def test_places_are_remembered(qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    first = OpenWindow(tmp_path).start(qtbot)
    first.window.household_page.tree.hide_columns("price")
    first.window.actions_["inspector"].trigger()
    first.window.book_page.list.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    first.window.show_page("trades")
    qapp.processEvents()
    first.window.trades_page.below.setSizes([500, 500])
    sizes = first.window.trades_page.below.sizes()
    first.end()
    second = OpenWindow(tmp_path).start(qtbot)
    tree = second.window.household_page.tree
    assert tree.view.isColumnHidden(tree.model.column_of("price"))
    assert not second.window.inspector.isVisible()
    header = second.window.book_page.list.horizontalHeader()
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (1, Qt.SortOrder.DescendingOrder)
    second.window.show_page("trades")
    qapp.processEvents()
    assert second.window.trades_page.below.sizes() == sizes
    second.end()


def test_a_message_with_a_remedy(opened):
    done = []
    opened.bench.say(Severity.WARNING, "Something to mend.", "Mend it", lambda: done.append(True))
    bar = opened.window.message_bar
    assert bar.isVisible()
    bar.remedyTriggered.emit()
    assert done == [True]
    assert not bar.isVisible()


def test_a_refused_edit_is_said(opened):
    opened.session.push(SetMix({"bonds": 1.4}))
    assert "100 %" in opened.window.message_bar.text()


def test_files_dropped_on_the_window_are_read_and_refused_in_words(opened, qtbot, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("dear diary\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(300, 300),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    opened.window.dropEvent(event)
    qtbot.waitUntil(lambda: opened.window.message_bar.isVisible(), timeout=10_000)
    assert "notes.csv" in opened.window.message_bar.text()
    assert opened.session.document.household.name == "Harper household"


def test_another_household_replaces_all_that_is_shown(opened, qtbot):
    other = attrs.evolve(small_household("Okafor household"), findings=())
    opened.bench.pick(SecurityPicked("VTI"))
    opened.session.push(ImportHousehold(other))
    assert opened.bench.live is None  # the estimate that was there may speak of accounts that are gone
    opened.settle(qtbot)
    window = opened.window
    assert window.header.name.text() == "Okafor household"
    assert window.household_page.tabs.tabText(2) == "Findings"
    assert "The plan" in words_of(window.inspector)
    window.actions_["undo"].trigger()
    assert window.header.name.text() == "Harper household"


def test_every_control_has_a_name(opened):
    window = opened.window
    pages = (window.household_page, window.target_page, window.trades_page, window.market_page)
    for key in ("costs", "mix", "trading", "ranges", "rules", "model"):
        window.target_page.tabs.content(key)
    assert set(window.pages.made()) == set(pages)
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QAbstractSlider)
    controls = [widget for kind in kinds for widget in opened.window.findChildren(kind)]
    own = [
        widget
        for widget in controls
        if not isinstance(widget, QScrollBar)
        and not isinstance(widget.parent(), QLineEdit)
        and not widget.objectName().startswith("qt_")
        and widget.isVisibleTo(widget.parentWidget())
        and (widget.parentWidget().isVisible() or not isinstance(widget.parent(), MessageBar))
    ]
    assert len(own) > 120
    nameless = [w for w in own if not w.accessibleName() and not (isinstance(w, QAbstractButton) and w.text())]
    assert nameless == []


@pytest.mark.usefixtures("qapp")
def test_actions_table_must_match_handlers():
    with pytest.raises(ValueError, match="export"):
        Actions(QWidget(), {spec.key: print for spec in ACTIONS if spec.key != "export"})
