"""Balance strip, bars, coverage meter, message bar, drop area."""

from decimal import Decimal

import attrs
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from core.household import Severity
from core.rebalance.proposal import Objective
from tests.widgets import samples
from widgets.balance_strip import BalanceStrip, final_words
from widgets.bars import AccountBars, SectorBars, account_bars
from widgets.coverage_meter import CoverageMeter
from widgets.drop_area import DropArea
from widgets.message_bar import MessageBar
from widgets.painted import line_height
from widgets.share_bars import ShareBar, ShareBars
from widgets.theme import text_width

LEFT = Qt.MouseButton.LeftButton


def plain(text):
    return text.replace("\u202f", " ")


@pytest.fixture
def strip(shown):
    return shown(BalanceStrip(), 1280, 64)


def words(strip):
    return {key: plain(tile.accessibleDescription()) for key, tile in strip._tiles.items()}


def test_the_strip_shows_a_final_plan(strip):
    strip.show_final(samples.proposal())
    assert strip.state_text() == "Final: 7 trades. Within $12 of the best possible"
    said = words(strip)
    present, target, after = samples.boxes()
    assert said["misfit"] == "before 31.2 %, after 4.3 %"
    assert said["small"] == plain(
        f"before {sum(present[6:]):.1%}, target {sum(target[6:]):.1%}, after {sum(after[6:]):.1%}".replace("%", " %")
    )
    assert said["value"].startswith(f"before {(present[0] + present[3] + present[6]) * 100:.1f} %")
    assert said["tax"] == "$3,262"
    assert said["costs"] == "$49"
    assert said["trades"] == "7"
    assert said["turnover"] == "18.6 %"


def test_the_strip_shows_an_estimate_as_one(strip):
    strip.show_live(samples.live_plan(), 14)
    assert strip.state_text().startswith("Estimate")
    assert words(strip)["trades"] == "\u2248 14"
    assert words(strip)["tax"] == "$3,211"
    assert strip._tiles["tax"].dimmed


def test_the_tilt_of_what_nothing_is_known_of_is_a_dash(strip):
    plan = samples.proposal()
    nothing = (0.0,) * 9
    strip.show_final(
        attrs.evolve(
            plan,
            before=attrs.evolve(plan.before, style_box=nothing),
            after=attrs.evolve(plan.after, style_box=nothing),
        )
    )
    assert words(strip)["small"].startswith("before \u2013, target ")
    assert words(strip)["small"].endswith("after \u2013")


def test_a_conflict_is_no_plan_with_the_rules_named(strip):
    strip.show_final(samples.proposal())
    strip.show_live(samples.live_plan(("sell_all VTI", "no_sell VTI")), 0)
    assert strip.state_text().startswith("No plan: Sell all VTI and no sell VTI.")
    assert not strip._tiles["tax"].isVisible()
    assert words(strip)["misfit"].endswith("after \u2013")
    strip.show_final(samples.proposal())
    assert strip._tiles["tax"].isVisible()


def test_busy_is_said_only_where_it_lasts(strip, qtbot):
    strip.show_live(samples.live_plan(), 3)
    strip.show_busy()
    assert strip.state_text().startswith("Estimate")
    qtbot.waitUntil(lambda: strip.state_text().startswith("Working"))
    strip.show_busy()
    strip.show_final(samples.proposal())
    qtbot.wait(strip.busy_delay_ms + 50)
    assert strip.state_text().startswith("Final")


def test_a_narrow_strip_leaves_the_least_important_out(strip, qapp):
    strip.show_final(samples.proposal())
    strip.resize(640, 64)
    qapp.processEvents()
    shown = [key for key, tile in strip._tiles.items() if tile.isVisible()]
    assert "turnover" not in shown
    assert "misfit" in shown
    strip.resize(1280, 64)
    qapp.processEvents()
    assert all(tile.isVisible() for tile in strip._tiles.values())


def test_tiles_never_overlap_or_run_out(strip, qapp):
    strip.show_final(samples.proposal())
    for width in (420, 560, 800, 1000, 1280, 1900):
        strip.resize(width, 64)
        qapp.processEvents()
        right = strip._state.geometry().right()
        for tile in strip._tiles.values():
            if tile.isVisible():
                assert tile.geometry().left() > right - 2
                assert tile.width() + 1 >= tile.wanted_width()
                right = tile.geometry().right()
        assert right <= strip.width()


def test_the_state_is_a_button_for_mouse_and_keys(strip, qtbot):
    with qtbot.waitSignal(strip.detailsRequested):
        qtbot.mouseClick(strip._state, LEFT)
    with qtbot.waitSignal(strip.detailsRequested):
        qtbot.keyClick(strip._state, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("gap", "detail"),
    [
        (0.2, "No better plan is possible"),
        (12.3, "Within $12 of the best possible"),
        (-5, "No better plan is possible"),
    ],
)
def test_how_close_a_plan_is(gap, detail):
    assert final_words(samples.proposal(gap))[1] == detail


def test_a_plan_without_trades_says_so():
    still = attrs.evolve(samples.proposal(), trades=(), objective=Objective(10.0, 10.0, 10.0))
    assert final_words(still) == ("Final: no trades", "Nothing is worth trading")


# --- bars -------------------------------------------------------------------------------------------------------


def test_account_bars_hold_every_dollar_and_move_what_is_traded():
    home, exposures = samples.household(), samples.exposures()
    trades = samples.trades(home)
    rows = account_bars(home, exposures, trades)
    for row, account in zip(rows, home.accounts, strict=True):
        assert row.value == pytest.approx(float(account.market_value))
        assert sum(row.before.values()) == pytest.approx(1)
        assert sum(row.after.values()) == pytest.approx(1), "a trade moves money inside its account"
        net = sum(float(t.amount) * (1 if t.action == "sell" else -1) for t in trades if t.account == account.id)
        cash = float(account.cash + account.pending)
        assert row.before["cash"] * row.value == pytest.approx(cash)
        assert row.after["cash"] * row.value == pytest.approx(cash + net)


def test_account_bars_without_a_plan_have_no_after():
    rows = account_bars(samples.household(), samples.exposures())
    assert all(row.after is None for row in rows)
    roth = rows[2]
    assert roth.before["unclassified"] == 0


def test_what_is_not_classified_is_a_part_of_its_own():
    rows = account_bars(samples.household(), {})
    assert rows[0].before["unclassified"] + rows[0].before["cash"] == pytest.approx(1)


def test_bars_are_described_in_words(shown):
    sectors = SectorBars()
    sectors.set_sectors(*samples.sectors())
    assert "Financials 13.0 %, after 17.0 %" in plain(sectors.accessibleDescription())
    assert "Sector not known" not in sectors.accessibleDescription()
    sectors.set_sectors({"unknown": 1.0})
    assert "Sector not known 100.0 %" in plain(sectors.accessibleDescription())
    shown(sectors)
    accounts = AccountBars()
    accounts.set_accounts(account_bars(samples.household(), samples.exposures()))
    assert "Nora rollover IRA, $37,733: US equity" in accounts.accessibleDescription()
    accounts.set_accounts([])
    shown(accounts)


# --- coverage ---------------------------------------------------------------------------------------------------


def test_coverage_is_the_classified_share_of_the_value():
    home = samples.household()
    meter = CoverageMeter()
    assert meter.words() == "Nothing to classify yet"
    meter.set_household(home, samples.exposures())
    lost = sum(lot.market_value for lot in home.lots if lot.security == "QZXC")
    assert plain(meter.words()).startswith(f"{(1 - float(lost / home.value)) * 100:.1f} % of the value classified")
    assert meter.words().endswith("QZXC not")
    meter.set_household(home, {})
    assert "7 holdings not" in meter.words() or "8 holdings not" in meter.words()


def test_coverage_says_less_where_there_is_less_room():
    meter = CoverageMeter()
    meter.set_coverage(0.975, [("QQQZ", 5_000.0)])
    words = [plain(meter.words_for(width)) for width in (1_000, text_width("97.5 % classified") + 5, 10)]
    assert words == ["97.5 % of the value classified · QQQZ not", "97.5 % classified", "97.5 %"]
    assert meter.minimumSizeHint().height() < 28  # the bar stays whole beside the tabs of a page


def test_no_bar_is_left_out_where_there_is_little_height(shown):
    bars = ShareBars("Sectors")
    bars.set_bars([ShareBar(f"Sector {number}", 0.09) for number in range(11)])
    shown(bars, 240, bars.minimumSizeHint().height())
    assert bars._row() * 11 <= bars.height()
    assert bars._row() >= line_height("small") - 1


def test_coverage_asks_for_details(shown, qtbot):
    meter = shown(CoverageMeter())
    with qtbot.waitSignal(meter.detailsRequested):
        qtbot.mouseClick(meter, LEFT)
    with qtbot.waitSignal(meter.detailsRequested):
        qtbot.keyClick(meter, Qt.Key.Key_Return)


# --- message bar ------------------------------------------------------------------------------------------------


def test_a_message_is_hidden_until_said_and_dismissed(shown, qtbot):
    bar = MessageBar()
    assert bar.isHidden()
    bar.show_message("Prices are old.", Severity.WARNING, "Refresh", "row 14")
    shown(bar, 700, 60)
    assert bar.accessibleName() == "Warning: Prices are old."
    with qtbot.waitSignal(bar.remedyTriggered):
        qtbot.mouseClick(bar._remedy, LEFT)
    qtbot.mouseClick(bar._copy, LEFT)
    assert QGuiApplication.clipboard().text() == "Prices are old.\n\nrow 14"
    with qtbot.waitSignal(bar.dismissed):
        qtbot.keyClick(bar, Qt.Key.Key_Escape)
    assert bar.isHidden()
    bar.show_message("Saved.")
    assert not bar._remedy.isVisible()
    assert not bar._copy.isVisible()
    with qtbot.assertNotEmitted(bar.dismissed):
        bar.clear()


# --- drop area --------------------------------------------------------------------------------------------------


def _mime(*paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def _enter(area, mime):
    event = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(area, event)
    return event


def _drop(area, mime):
    event = QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(area, event)
    return event


def test_files_dropped_are_handed_over(shown, qtbot):
    area = shown(DropArea())
    mime = _mime("/x/positions.CSV", "/x/lots.xlsx", "/x/picture.png")
    assert _enter(area, mime).isAccepted()
    assert area._title.text() == "Let go to import"
    with qtbot.waitSignal(area.filesDropped) as caught:
        _drop(area, mime)
    assert caught.args == [["/x/positions.CSV", "/x/lots.xlsx"]]
    assert area._title.text() == "Drop brokerage exports here"


def test_other_files_are_refused_with_the_reason(shown, qtbot):
    area = shown(DropArea())
    mime = _mime("/x/picture.png")
    _enter(area, mime)
    assert "CSV" in area._title.text()
    with qtbot.assertNotEmitted(area.filesDropped):
        assert not _drop(area, mime).isAccepted()


def test_where_every_kind_is_taken_the_reader_has_the_word(shown):
    area = shown(DropArea(suffixes=()))
    mime = _mime("/x/picture.png", "/x/positions.ods")
    assert _enter(area, mime).isAccepted()
    assert area.takes(mime) == ["/x/picture.png", "/x/positions.ods"]


def test_leaving_goes_back_to_rest(shown):
    area = shown(DropArea())
    _enter(area, _mime("/x/a.csv"))
    QApplication.sendEvent(area, QDragLeaveEvent())
    assert area._title.text() == "Drop brokerage exports here"


def test_text_that_is_dragged_is_not_for_us(shown):
    area = shown(DropArea())
    mime = QMimeData()
    mime.setText("hello")
    assert not _enter(area, mime).isAccepted()


def test_the_button_asks_for_a_dialog_and_busy_hides_it(shown, qtbot):
    area = shown(DropArea(compact=True), 700, 70)
    with qtbot.waitSignal(area.browseRequested):
        qtbot.mouseClick(area.button, LEFT)
    area.set_busy("Reading a.csv")
    assert not area.button.isVisible()
    assert area.accessibleName() == "Reading a.csv"
    area.set_busy(None)
    assert area.button.isVisible()


def test_amounts_are_exact_to_the_cent_in_the_strip():
    proposal = samples.proposal()
    assert proposal.costs.spread + proposal.costs.tickets == Decimal("48.90")
