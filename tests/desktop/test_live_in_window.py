"""Live data in the window, from the stand-in for Yahoo: a refresh with candidates, and style from returns."""

import attrs
import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from core.classify.boxes import main_box
from core.classify.returns_style import PROXIES
from core.edits import Document, SetTarget
from core.providers.cache import ProviderCache
from core.providers.pace import Pace
from core.providers.queue import LiveData
from core.providers.session import new_session
from core.providers.yahoo import HOSTS, YahooProvider
from desktop.workbench import SecurityPicked
from tests.desktop.small_household import small_household
from tests.desktop.window_fixtures import OpenWindow
from tests.providers.conftest import TODAY
from tests.providers.moving_market import give_histories
from tests.providers.yahoo_server import Fault, Listing, yahoo_server
from widgets.theme import apply_theme

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"),
    pytest.mark.filterwarnings(r"ignore::Warning:yfinance(\.|$)"),
]


def until(done, seconds=60):
    """Wait in a loop of the application's own kind: the worker needs the interpreter meanwhile."""
    waited = 0.0
    while not done():
        assert waited < seconds
        loop = QEventLoop()
        QTimer.singleShot(20, loop.quit)
        loop.exec()
        waited += 0.02


@pytest.fixture
def market(tmp_path):
    with yahoo_server(tmp_path, TODAY) as server:
        yield server


@pytest.fixture
def opened(qtbot, tmp_path, qapp, market):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path, real=True).start(qtbot)

    def live():
        pace = Pace(0.0)
        session = new_session(pace, HOSTS, market.session_class(), trust_env=False)
        yahoo = YahooProvider(pace, tmp_path / "library", session=session, today=lambda: TODAY)
        return LiveData(yahoo, yahoo, yahoo, pace=pace, cache=ProviderCache(tmp_path / "live.sqlite"), back_off=(0.0,))

    opened.window.style_flow.open_live = live
    opened.window.refresh_flow.open_live = live
    yield opened
    opened.end()


def asked(market):
    return {line.rsplit("/", 1)[-1] for line in market.market.log if "/chart/" in line or "quoteSummary" in line}


def dialog_for(opened, security):
    opened.bench.pick(SecurityPicked(security))
    button = next(b for b in opened.window.inspector.findChildren(QPushButton) if b.text().startswith("Style from"))
    button.click()
    dialog = opened.window.style_flow.dialog
    until(lambda: dialog._answer is not None)
    return dialog


def press_ask(dialog):
    dialog.ask.click()
    until(lambda: not dialog._busy)


# --- style from returns ---------------------------------------------------------------------------------------------


def test_nothing_is_asked_before_the_adviser_says_so(opened, market):
    dialog = dialog_for(opened, "VXUS")
    assert market.market.log == []
    assert "not here yet" in dialog.words.text()
    assert all(symbol in dialog.words.text() for symbol in ("VXUS", *PROXIES))
    assert not dialog.use.isEnabled()
    dialog.reject()


def test_a_fit_is_shown_and_becomes_the_advisers_own_classification(opened, market, qtbot):
    give_histories(market.market, TODAY)
    market.market.listings["VXUS"] = attrs.evolve(
        market.market.listings["ZZOP"], name="Vanguard Total International Stock"
    )
    dialog = dialog_for(opened, "VXUS")
    press_ask(dialog)
    assert asked(market) == {"VXUS", *PROXIES}
    fit = dialog.view.fit()
    assert fit.can_tell
    assert "R2 " in dialog.view.facts.text()
    assert fit.dates[0].isoformat() in dialog.view.facts.text()
    assert "Small value (VBR)" in dialog.view.bars.accessibleDescription()
    assert dialog.view.accessibleDescription()
    chart = dialog.view.chart
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert fit.dates[-1].isoformat() in chart.words.text()
    assert "the mix" in chart.words.text()
    dialog.everything.setChecked(True)
    dialog.use.click()
    opened.settle(qtbot)
    override = opened.session.document.overrides["VXUS"]
    assert main_box(override.style_box) == ("small", "value")
    assert override.mix[0] == pytest.approx(1, abs=0.02)
    assert "R2" in override.note
    assert override.as_of == fit.dates[-1].isoformat()
    assert opened.bench.exposures["VXUS"].source["style_box"] == "override"
    assert "by its returns" in opened.window.actions_["undo"].toolTip()
    opened.window.actions_["undo"].trigger()
    assert opened.session.document.overrides == {}
    opened.settle(qtbot)
    # kept prices are enough the next time
    market.market.log.clear()
    dialog = dialog_for(opened, "VXUS")
    assert dialog.view.fit().weights == fit.weights
    assert market.market.log == []
    dialog.reject()


def test_the_style_box_alone_leaves_the_mix_to_other_sources(opened, market, qtbot):
    give_histories(market.market, TODAY)
    market.market.listings["VTI"] = attrs.evolve(market.market.listings["ZZOP"], name="Vanguard Total Stock Market ETF")
    dialog = dialog_for(opened, "VTI")
    press_ask(dialog)
    assert not dialog.everything.isChecked()
    dialog.use.click()
    opened.settle(qtbot)
    override = opened.session.document.overrides["VTI"]
    assert override.mix is None
    assert override.sectors is None


def test_cannot_tell_is_said_and_is_no_classification(opened, market):
    give_histories(market.market, TODAY)
    market.market.listings["VXUS"] = attrs.evolve(
        market.market.listings["ZZWILD"], name="Vanguard Total International Stock"
    )
    dialog = dialog_for(opened, "VXUS")
    press_ask(dialog)
    assert dialog.view.verdict.text().startswith("Cannot tell")
    assert not dialog.use.isEnabled()
    assert not dialog.view.box.isVisible()
    dialog.reject()


def test_too_little_history_and_another_securitys_ticker_are_plain_words(opened, market):
    give_histories(market.market, TODAY)
    closes = dict(sorted(market.market.listings["ZZOP"].closes.items())[-200:])
    market.market.listings["VXUS"] = Listing("ETF", "Vanguard Total International Stock", 40.0, closes=closes)
    market.market.listings["BND"].name = "Quantum Widgets"
    dialog = dialog_for(opened, "VXUS")
    press_ask(dialog)
    assert "weeks in common" in dialog.words.text()
    assert not dialog.use.isEnabled()
    dialog.reject()


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (Fault("finance/chart", status=429), "UTC"),
        (Fault("finance/chart", drop=True), "cannot be reached"),
        (Fault("finance/chart", status=404, body=b"{}"), ""),
    ],
)
def test_each_fault_leaves_the_dialog_usable(opened, market, fault, word):
    market.market.faults = [fault]
    dialog = dialog_for(opened, "VXUS")
    press_ask(dialog)
    assert dialog._answer.fit is None
    assert word in dialog.words.text()
    assert dialog.ask.isEnabled()
    assert not dialog.use.isEnabled()
    dialog.reject()


def test_a_request_can_be_stopped(opened, market):
    market.market.faults = [Fault("finance/chart", delay=0.3, status=None)]
    give_histories(market.market, TODAY)
    dialog = dialog_for(opened, "VXUS")
    dialog.ask.click()
    assert dialog.ask.text() == "Stop"
    dialog.ask.click()
    assert dialog.ask.text() == "Ask for prices"
    assert not opened.bench.tasks.busy
    dialog.reject()


def test_the_menu_of_a_holding_and_the_editor_lead_there(opened):
    wanted = []
    opened.bench.style_wanted.connect(wanted.append)
    page = opened.window.household_page
    page.tree.select_position("1111", "VTI")
    menu = page.tree.menu_for(page.tree.view.currentIndex())
    next(action for action in menu.actions() if action.text().startswith("Style from")).trigger()
    assert wanted == ["VTI"]
    opened.window.style_flow.dialog.reject()
    page.edit_override("VTI")
    next(b for b in page.dialog.findChildren(QPushButton) if b.text().startswith("Style from")).click()
    assert wanted == ["VTI", "VTI"]
    opened.window.style_flow.dialog.reject()
    page.tree.select_position("1111", "AAPL")
    menu = page.tree.menu_for(page.tree.view.currentIndex())
    assert not [action for action in menu.actions() if action.text().startswith("Style from")]


# --- refresh --------------------------------------------------------------------------------------------------------


def test_a_refresh_prices_what_may_be_bought(opened, market, qtbot):
    target = opened.session.document.target
    opened.session.push(SetTarget(attrs.evolve(target, universe=("AVUV", "VTI", "NOSCH"))))
    opened.settle(qtbot)
    opened.window.actions_["refresh"].trigger()
    until(lambda: opened.window.refresh_flow.dialog is not None)
    dialog = opened.window.refresh_flow.dialog
    assert dialog.candidates.topLevelItemCount() == 1
    assert dialog.candidates.topLevelItem(0).text(0) == "AVUV"
    assert "AVUV" not in opened.session.document.household.security_by_id
    assert "NOSCH" in str(dialog.findings.model.findings())
    dialog.accept()
    opened.settle(qtbot)
    household = opened.session.document.household
    assert household.security_by_id["AVUV"].price == 101
    assert opened.bench.exposures["AVUV"].style_box[6] > 0.4
    opened.window.actions_["undo"].trigger()
    assert "AVUV" not in opened.session.document.household.security_by_id
    opened.settle(qtbot)


def test_a_refresh_that_meets_a_fault_does_not_ask_on(opened, market, qtbot):
    market.market.faults = [Fault("finance/(chart|quoteSummary)", status=429)]
    opened.window.actions_["refresh"].trigger()
    bar = opened.window.message_bar
    until(lambda: "Nothing was refreshed" in bar.text())
    assert opened.window.refresh_flow.dialog is None  # there is nothing to look through
    assert bar._remedy.text() == "Add prices…"
    assert not asked(market) & {"AVUV"}
    assert Document(small_household()).household == opened.session.document.household
