"""The pages: what they show when asked, empty, full, narrow, and with large text."""

from tests.visual.states.waiting import rest, until


def welcome(_app, window, _folder):
    window.welcome()


def dragging(app, window, _folder):
    """With the button down: figures are estimates."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    pad = window.target_page.pad
    start = pad.position_of(pad.target()).toPoint()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 9):
        QTest.mouseMove(pad, start + QPoint(4 * step, 7 * step))
        rest(16)


def household_tab(number):
    def go(_app, window, _folder):
        window.show_page("household")
        window.household_page.tabs.setCurrentIndex(number)

    return go


def target_tab(key):
    def go(_app, window, _folder):
        window.target_page.tabs.show_tab(key)

    return go


def no_trades(_app, window, _folder):
    import attrs

    from core.edits import SetTrading

    trading = attrs.evolve(window.bench.document.target.trading, eagerness=0.0)
    window.bench.session.push(SetTrading(trading))
    window.show_page("trades")


def conflict(_app, window, _folder):
    from core.tilt.edits import Restrict
    from core.tilt.target import RuleKey

    window.bench.session.push(Restrict("sell_all", RuleKey("VOO")))
    window.bench.session.push(Restrict("no_sell", RuleKey("VOO")))


def trades_conflict(app, window, folder):
    conflict(app, window, folder)
    window.show_page("trades")


def nothing_found(_app, window, _folder):
    window.show_page("trades")
    window.trades_page.table._filter.setText("nothing like this")
    rest(300)


def large(page):
    def go(_app, window, _folder):
        from core.edits import ImportHousehold
        from tests.bench.window_cases import large_household

        window.bench.session.push(ImportHousehold(large_household(3_000, accounts=14, securities=160)))
        window.show_page(page)

    return go


def narrow(page):
    def go(_app, window, _folder):
        window.resize(900, 600)
        window.show_page(page)

    return go


def large_text(page):
    def go(app, window, _folder):
        from widgets.theme.apply import set_text_size

        set_text_size(app, 1.5)
        window.show_page(page)

    return go


def market_empty(_app, window, _folder):
    from core.edits import Replace
    from core.market.observations import MarketCase

    window.bench.session.push(Replace({"market": MarketCase(())}, "Empty"))
    window.show_page("market")


def market_part(part):
    """The page scrolled to its signals or to its end."""

    def go(app, window, _folder):
        from PySide6.QtWidgets import QCheckBox

        window.show_page("market")
        page = window.market_page
        until(lambda: window.market_page.evidence.ready)
        if part == "formulas":
            page.signals.findChild(QCheckBox).click()
        rest(300)
        bar = page.verticalScrollBar()
        where = {"signals": page.signals.y() - 40, "formulas": page.signals.y() - 40, "evidence": page.evidence.y()}
        bar.setValue(where.get(part, bar.maximum()))
        rest(200)

    return go


STATES = {
    "welcome": welcome,
    "dragging": dragging,
    "household-bars": household_tab(1),
    "household-findings": household_tab(2),
    "household-files": household_tab(3),
    "household-large": large("household"),
    "trades-large": large("trades"),
    "target-large": large("target"),
    "target-narrow": narrow("target"),
    "household-narrow": narrow("household"),
    "trades-narrow": narrow("trades"),
    "market-narrow": narrow("market"),
    "target-large-text": large_text("target"),
    "household-large-text": large_text("household"),
    "trades-none": no_trades,
    "trades-conflict": trades_conflict,
    "market-empty": market_empty,
    "market-signals": market_part("signals"),
    "market-formulas": market_part("formulas"),
    "market-evidence": market_part("evidence"),
    "market-end": market_part("end"),
    "trades-no-match": nothing_found,
}
