"""The Market page in the window: both sides, edits with undo, the suggestion, refresh with its faults, evidence."""

import threading

import attrs
import pytest
from PySide6.QtCore import Qt

from core.edits import Document
from core.market import store
from core.market.observations import Direction, Origin, observe, snapshot
from core.market.suggestion import suggest
from core.providers.protocols import CancelledError, Reason
from core.tilt.target import SIGNALS
from desktop.pages.market_dialog import ObservationDialog
from tests.desktop.small_household import small_household
from tests.desktop.window_fixtures import OpenWindow
from tests.market.fake_sources import fake_sources

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def opened(qtbot, tmp_path):
    window = OpenWindow(tmp_path)
    window.start(qtbot, page="market")
    qtbot.waitUntil(lambda: window.window.market_page.evidence.ready, timeout=20_000)
    window.settle(qtbot)
    yield window
    window.end()


def ids(card):
    return [row.observation.id for row in card.rows]


def test_every_observation_is_on_the_page_where_it_points(opened):
    page = opened.window.market_page
    shown = {*ids(page.arguments_for), *ids(page.arguments_against), *ids(page.beside)}
    assert shown == set(snapshot().ids())
    for observation in snapshot().newest():
        ways = observation.directions()
        assert (observation.id in ids(page.arguments_for)) == (Direction.FOR in ways)
        assert (observation.id in ids(page.arguments_against)) == (Direction.AGAINST in ways)
    # the contradiction is there, on both sides
    assert "small_forward_pe_percentile" in ids(page.arguments_for)
    assert "small_trailing_pe" in ids(page.arguments_against)
    assert "small_rally_from_low" in ids(page.arguments_for)
    assert "small_rally_from_low" in ids(page.arguments_against)


def test_each_row_says_from_when_and_whom_and_old_ones_fade(opened, tmp_path):
    page = opened.window.market_page
    row = page.arguments_for.rows[0]
    assert "Dec 2025" in row.source.text()
    assert "market commentary" in row.source.text()
    assert "old" in row.source.text()
    assert row.faded
    today = opened.window._today()
    new = observe("small_discount_to_large", as_of=today.isoformat(), published_by="us", values=[-0.12])
    from core.market.edits import AddObservations

    opened.session.push(AddObservations((new,)))
    row = next(r for r in page.arguments_for.rows if r.observation.id == "small_discount_to_large")
    assert row.value.text() == "−12 %"
    assert not row.faded
    assert "yours" in row.source.text()


def test_setting_aside_is_undoable_and_stays_on_show(opened):
    page = opened.window.market_page
    before = suggest(snapshot(), opened.session.document.household.as_of)
    row = next(r for r in page.arguments_against.rows if r.observation.id == "small_trailing_pe")
    row.aside.click()
    assert opened.session.document.market.set_aside == {"small_trailing_pe"}
    row = next(r for r in page.arguments_against.rows if r.observation.id == "small_trailing_pe")
    assert "set aside" in row.source.text()
    assert row.faded
    after = suggest(opened.session.document.market, opened.session.document.household.as_of)
    assert after.point.size < before.point.size
    assert page.suggestion.bars["size"].words() == f"{after.size:+.2f}"
    opened.session.stack.undo()
    assert opened.session.document.market == snapshot()
    assert page.suggestion.bars["size"].words() == f"{before.size:+.2f}"


def test_a_newer_value_is_entered_and_taken_back(opened, qtbot):
    page = opened.window.market_page
    page.edit_observation("small_trailing_pe")
    (dialog,) = page.findChildren(ObservationDialog)
    assert dialog.figures[0].value() == 36.75
    dialog.figures[0].setValue(20.0)
    dialog.as_of.setText("2026-Q1")
    dialog.publisher.setText("")
    dialog.enter.click()
    assert dialog.problem.text().startswith("Say who published it")
    dialog.as_of.setText("soon")
    dialog.publisher.setText("An index provider")
    dialog.enter.click()
    assert "2026-Q1" not in dialog.problem.text()
    assert "not a time" in dialog.problem.text()
    dialog.as_of.setText("2026-Q1")
    dialog.enter.click()
    current = opened.session.document.market.current("small_trailing_pe")
    assert (current.values, current.as_of, current.origin) == ((20.0,), "2026-Q1", Origin.ADVISER)
    assert opened.session.stack.undoText() == "Change observation"
    opened.session.stack.undo()
    assert opened.session.document.market == snapshot()


def test_a_state_is_chosen_from_those_there_are(opened):
    page = opened.window.market_page
    page.edit_observation("quantitative_tightening")
    (dialog,) = page.findChildren(ObservationDialog)
    assert [dialog.state.itemText(k) for k in range(dialog.state.count())] == ["running off", "ended", "expanding"]
    dialog.state.setCurrentText("running off")
    dialog.publisher.setText("Federal Reserve")
    dialog.enter.click()
    assert "quantitative_tightening" in ids(page.arguments_against)
    assert "quantitative_tightening" not in ids(page.arguments_for)


def test_an_observation_that_is_missing_can_be_entered(opened):
    page = opened.window.market_page
    keys = [page.missing.itemData(k) for k in range(1, page.missing.count())]
    assert "value_earnings_growth" in keys
    page._on_missing(keys.index("value_earnings_growth") + 1)
    (dialog,) = page.findChildren(ObservationDialog)
    dialog.state.setCurrentText("above")
    dialog.publisher.setText("an analyst")
    dialog.enter.click()
    assert "value_earnings_growth" in ids(page.arguments_for)


def test_using_the_suggestion_is_one_step_of_undo(opened, qtbot):
    page = opened.window.market_page
    before = opened.session.document
    expected = suggest(snapshot(), before.household.as_of)
    page.suggestion.sectors.setChecked(True)
    page.suggestion.use.click()
    document = opened.session.document
    assert (document.target.style.preset, document.target.style.size) == (SIGNALS, expected.point.size)
    assert document.target.sectors == expected.sectors
    assert document.followed.reasons == expected.reasons
    assert not page.suggestion.used.isHidden()
    assert opened.window.target_page.presets.buttons[SIGNALS].isChecked()
    opened.settle(qtbot)
    opened.session.stack.undo()
    assert opened.session.document == before
    opened.settle(qtbot)


def test_the_signals_button_of_the_target_page_does_the_same(opened, qtbot):
    expected = suggest(snapshot(), opened.session.document.household.as_of)
    opened.window.show_page("target")
    opened.window.target_page.presets.buttons[SIGNALS].click()
    style = opened.session.document.target.style
    assert (style.size, style.value) == (expected.point.size, expected.point.value)
    opened.settle(qtbot)


def test_weights_and_the_strongest_tilt_are_edits(opened):
    from core.market.observations import Side

    page = opened.window.market_page
    field = page.signals.weights["cycle_age", Side.SIZE]
    field.setValue(60)
    assert opened.session.document.market.weights["cycle_age"] == pytest.approx((0.6, 0.15))
    page.suggestion.maximum.setCurrentIndex(0)
    page.suggestion.maximum.activated.emit(0)
    assert opened.session.document.market.maximum is not None
    assert page.reset.isEnabled()
    page.reset.click()
    assert opened.session.document.market == snapshot()
    for _ in range(3):
        opened.session.stack.undo()
    assert opened.session.document.market == snapshot()
    assert not page.reset.isEnabled()


def test_refresh_brings_newer_values_beside_the_old(opened, qtbot):
    flow = opened.window.market_flow
    flow.open_sources = lambda _cancelled: fake_sources()
    opened.window.market_page.suggestion.refresh.click()
    assert opened.window.market_page.suggestion.refresh.text() == "Stop"
    qtbot.waitUntil(lambda: not flow.refreshing, timeout=20_000)
    case = opened.session.document.market
    assert case.current("small_large_pe_ratio").origin is Origin.LIVE
    assert case.history("fed_funds_range")[0].as_of == "2024-12"
    assert opened.session.stack.undoText() == "Refresh market figures"
    opened.settle(qtbot)
    assert flow.evidence.factors.months == 1195
    assert flow.evidence.portfolios is not None
    qtbot.waitUntil(lambda: opened.window.market_page.evidence.ready, timeout=20_000)
    assert "Six portfolios" in opened.window.market_page.evidence.growth.words.text()


def test_a_refresh_that_fails_keeps_all_and_says_why(opened, qtbot):
    flow = opened.window.market_flow
    said = []
    opened.bench.message.connect(said.append)
    flow.open_sources = lambda _cancelled: fake_sources(Reason.OFFLINE)
    flow.refresh()
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert "no connection" in said[0].text
    assert opened.session.document.market == snapshot()
    assert not flow.refreshing


def test_a_refresh_can_be_stopped(opened, qtbot):
    flow = opened.window.market_flow
    begun = threading.Event()

    def slow(cancelled):
        sources = fake_sources()

        class Slow:
            def profile(self, _symbol, _type=None):
                begun.set()
                while not cancelled():
                    threading.Event().wait(0.005)
                raise CancelledError

        return attrs.evolve(sources, market=Slow())

    flow.open_sources = slow
    flow.refresh()
    assert begun.wait(20)
    opened.window.market_page.suggestion.refresh.click()
    assert not flow.refreshing
    opened.settle(qtbot)
    assert opened.session.document.market == snapshot()


def test_changes_are_kept_for_the_next_start(opened, qtbot, tmp_path):
    flow = opened.window.market_flow
    flow.folder = tmp_path / "data"
    opened.window.market_page.arguments_against.rows[0].aside.click()
    opened.settle(qtbot)
    assert store.load_case(flow.folder) == opened.session.document.market
    assert store.load_case(flow.folder).set_aside


def test_charts_speak(opened, qtbot):
    cards = opened.window.market_page.evidence
    assert "Jul 1926 to Nov 2018" in cards.source.text()
    assert "10.6 years on average" in cards.cycle_words.text()
    assert "11 years (Dec 2025, market commentary)" in cards.cycle_words.text()
    assert "Tracking error" in cards.target_words.text()
    cards.decades.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.keyClick(cards.decades, Qt.Key.Key_Home)
    assert cards.decades.words.text().startswith("1920s")
    assert "not the whole decade" in cards.decades.words.text()
    qtbot.keyClick(cards.decades, Qt.Key.Key_Right)
    assert cards.decades.words.text().startswith("1930s")
    qtbot.keyClick(cards.cycles, Qt.Key.Key_End)
    assert cards.cycles.words.text().startswith("Nov 2018: large caps lead Mar 2011")
    qtbot.keyClick(cards.cycles, Qt.Key.Key_Escape)
    assert cards.cycles.words.text().startswith("Rising")
    cards.premium.setCurrentIndex(cards.premium.findData("value"))
    cards.premium.activated.emit(0)
    assert cards.decades._bars[3].value == pytest.approx(0.034, abs=0.001)


def test_the_mouse_moves_the_read_out(opened, qtbot):
    cards = opened.window.market_page.evidence
    plot = cards.drawdown._plot
    assert plot is not None
    opened.window.market_page.ensureWidgetVisible(plot, 0, 200)
    qtbot.mouseMove(plot.viewport(), plot.viewport().rect().topLeft())
    qtbot.mouseMove(plot.viewport(), plot.viewport().rect().center())
    qtbot.waitUntil(lambda: "below the highest so far" in cards.drawdown.words.text(), timeout=5_000)


def test_the_target_moves_its_own_evidence(opened, qtbot):
    from core.edits import SetPoint

    cards = opened.window.market_page.evidence
    before = cards.target_words.text()
    opened.session.push(SetPoint(-0.2, 0.4))
    assert cards.target_words.text() != before
    assert cards.target_words.text().startswith("A target of 47\u202f% small, 55\u202f% value carries 0.40 of the size")
    opened.settle(qtbot)


def test_both_themes_and_a_narrow_window(opened, qtbot):
    for theme in ("dark", "light"):
        opened.window.set_theme(theme)
        opened.window.market_page.grab()
    opened.window.resize(900, 700)
    opened.window.market_page.grab()


def test_formulas_unfold(opened):
    card = opened.window.market_page.signals
    card.unfold.setChecked(True)
    text = card._inputs["valuation_spread"].text()
    assert "−x / 0.3: about −10 %" in text
    assert "No observation yet; it lowers the confidence only." in text


def test_a_case_of_the_document_is_shown_at_once(qtbot, tmp_path):
    case = snapshot().setting_aside("risk_fiscal", aside=True)
    window = OpenWindow(tmp_path, Document(small_household(), market=case))
    window.start(qtbot, page="market")
    page = window.window.market_page
    row = next(r for r in page.arguments_against.rows if r.observation.id == "risk_fiscal")
    assert "set aside" in row.source.text()
    qtbot.waitUntil(lambda: page.evidence.ready, timeout=20_000)
    window.end()
