"""The Trades page: what to buy and sell and why, the cash of each account, and what to check before exporting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.household import Severity
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Action, Proposal, Trade
from core.tilt.edits import FixOrder, FixOrders, FreeOrders, Substitute
from core.tilt.target import FixedOrder
from desktop.checks import account_cash, checkup_of, findings_of, passed_titles, passed_words
from desktop.pages.cash_table import CashTable
from desktop.pages.checks_list import ChecksList
from desktop.pages.decisions_bar import DecisionsBar
from desktop.settings import Settings
from desktop.solve_service import SolveFailure
from desktop.substitute_dialog import SubstituteDialog
from desktop.workbench import AccountPicked, TradePicked, Workbench
from widgets.card import Card
from widgets.numbers import money, plural
from widgets.theme import S, font, pixmap, theme_events, tokens
from widgets.trades_table import TradesTable

#: Width of the checks beside the table of cash, where there is little room.
_CHECKS = 270


class TradesPage(QWidget):
    """Estimates while the target moves, the final plan when it rests."""

    def __init__(
        self,
        bench: Workbench,
        today: Callable[[], date] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._today = today or (lambda: datetime.now().astimezone().date())
        self._live_waits = False
        self.setAccessibleName("Trades")
        self.summary = QLabel()
        self.summary.setFont(font("heading"))
        self.state = QLabel()
        self.state.setProperty("muted", True)
        self.table = TradesTable()
        self.table.hide_columns("lots", "limited_by")  # the inspector has both
        self.decisions = DecisionsBar(bench)
        self.dialog: SubstituteDialog | None = None
        self.cash = CashTable()
        self.findings = ChecksList("Before you export")
        self.verdict = Verdict()
        self.passed = QLabel(wordWrap=True)
        self.passed.setProperty("muted", True)
        self._build()
        bench.live_changed.connect(self._on_live)
        bench.plan_changed.connect(self._on_plan)
        bench.plan_failed.connect(self._on_failed)
        bench.exposures_changed.connect(self._on_exposures)
        self.table.tradeSelected.connect(self._on_selected)
        self.table.accountSelected.connect(lambda account: self._bench.pick(AccountPicked(account)))
        self.table.quantityEdited.connect(self._on_quantity)
        self.table.lockRequested.connect(self._on_lock)
        self.table.freeRequested.connect(self._on_free)
        self.table.excludeRequested.connect(self._on_exclude)
        self.table.substituteRequested.connect(self._on_substitute)
        theme_events().themeChanged.connect(self._on_theme)
        if bench.proposal is not None:
            self._show_plan(bench.proposal)
        elif bench.failure is not None:
            self._on_failed(bench.failure)
        elif bench.live is not None:
            self._live_waits = True

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(S.lg, S.md, S.lg, S.md)
        outer.setSpacing(S.sm)
        head = QHBoxLayout()
        head.addWidget(self.summary)
        head.addSpacing(S.sm)
        head.addWidget(self.state)
        head.addStretch(1)
        head.addWidget(self.verdict)
        outer.addLayout(head)
        outer.addWidget(self.decisions)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.table)
        below = self.below = QSplitter(Qt.Orientation.Horizontal)
        cash = Card("Cash of each account")
        cash.body.addWidget(self.cash)
        found = Card("Before you export")
        found.body.addWidget(self.passed)
        found.body.addWidget(self.findings, 1)
        below.addWidget(cash)
        below.addWidget(found)
        below.setSizes([690, 370])
        below.setChildrenCollapsible(False)
        self.splitter.addWidget(below)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([440, 230])
        outer.addWidget(self.splitter, 1)
        self.table.clear("Computing the first plan…")
        self._say("", "")

    def restore(self, settings: Settings) -> None:
        """Put splitter and columns back where they were."""
        if not settings.splitter("trades").isEmpty():
            self.splitter.restoreState(settings.splitter("trades"))
        if not settings.splitter("cash and checks").isEmpty():
            self.below.restoreState(settings.splitter("cash and checks"))
        if not settings.header("trades").isEmpty():
            self.table.restore_state(settings.header("trades"))

    def save(self, settings: Settings) -> None:
        """Remember splitter and columns."""
        settings.set_splitter("trades", self.splitter.saveState())
        settings.set_splitter("cash and checks", self.below.saveState())
        settings.set_header("trades", self.table.save_state())

    # --- what is shown --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while the page was hidden."""
        super().showEvent(event)
        self._fit_cash()
        if self._bench.after_frame.waits(self):
            self._show_newest()
        if self._live_waits and self._bench.live is not None:
            self._show_live(self._bench.live)

    @Slot(object)
    def _on_live(self, plan: LivePlan) -> None:
        # A hidden page need not follow a drag.
        if self.isVisible():
            self._show_live(plan)
        else:
            self._live_waits = True

    def _show_live(self, plan: LivePlan) -> None:
        self._live_waits = False
        if self._bench.proposal is not None:
            return
        self.table.set_live(plan, self._bench.document.household, self._bench.exposures)
        self._say(plural(len(plan.trades), "trade"), "estimate; whole shares come with the final plan")

    @Slot(object)
    def _on_plan(self, proposal: Proposal | None) -> None:
        if proposal is None:
            self.state.setText("changing…")
            self.cash.show_rows(())
            self.findings.set_findings(())
            self.findings.set_passed(())
            self.passed.clear()
            self.verdict.hide()
            return
        self._live_waits = False
        if self.isVisible():
            self._show_plan(proposal)
        else:
            self._bench.after_frame.run(self, self._show_newest)  # after the page that is looked at

    @Slot()
    def _show_newest(self) -> None:
        if self._bench.proposal is not None:
            self._show_plan(self._bench.proposal)

    def _show_plan(self, proposal: Proposal) -> None:
        self._bench.after_frame.drop(self)
        self.below.show()
        document = self._bench.document
        self.table.set_by_hand((order.account, order.symbol) for order in document.target.orders)
        self.table.set_proposal(proposal, document.household, document.target.tax, self._bench.exposures)
        sold = sum((t.amount for t in proposal.trades if t.action is Action.SELL), Decimal(0))
        bought = sum((t.amount for t in proposal.trades if t.action is Action.BUY), Decimal(0))
        if proposal.trades:
            self._say(plural(len(proposal.trades), "trade"), f"sell {money(sold)}, buy {money(bought)}")
        else:
            self.table.clear("No trades: nothing that may be traded brings the household closer at a price worth it.")
            self._say("No trades", "")
        self.cash.show_rows(account_cash(document, proposal))
        self._fit_cash()
        checkup = checkup_of(document, proposal, self._today(), self._bench.exposures)
        self.findings.set_findings(findings_of(checkup, proposal))
        self.findings.set_passed(passed_titles(checkup))
        errors = self.findings.count_of(Severity.ERROR)
        warnings = self.findings.count_of(Severity.WARNING)
        if errors:
            self.verdict.say(f"{plural(errors, 'error')} to mend before exporting", "error", "error")
        elif warnings:
            self.verdict.say(f"{plural(warnings, 'warning')} to read before exporting", "warning", "warning")
        else:
            self.verdict.say("Checked: ready to export", "check", "ok")
        self.passed.setText(" · ".join(passed_words(checkup, proposal)))

    # --- deciding by hand -----------------------------------------------------------------------------------------

    @Slot(object, float)
    def _on_quantity(self, trade: Trade, quantity: float) -> None:
        verb = "Edit" if quantity else "Exclude"
        edit = FixOrder(FixedOrder(trade.account, trade.security, quantity), text=f"{verb} trade of {trade.security}")
        self._bench.session.push(edit, self)

    @Slot(list)
    def _on_lock(self, trades: list[Trade]) -> None:
        orders = tuple(FixedOrder(trade.account, trade.security, signed(trade)) for trade in trades)
        text = f"Lock trade of {trades[0].security}" if len(trades) == 1 else f"Lock {len(trades)} trades"
        self._bench.session.push(FixOrders(orders, text=text), self)

    @Slot(list)
    def _on_free(self, trades: list[Trade]) -> None:
        keys = tuple((trade.account, trade.security) for trade in trades)
        text = f"Free trade of {trades[0].security}" if len(trades) == 1 else f"Free {len(trades)} trades"
        self._bench.session.push(FreeOrders(keys, text=text), self)

    @Slot(list)
    def _on_exclude(self, trades: list[Trade]) -> None:
        orders = tuple(FixedOrder(trade.account, trade.security, 0.0) for trade in trades)
        text = f"Exclude trade of {trades[0].security}" if len(trades) == 1 else f"Exclude {len(trades)} trades"
        self._bench.session.push(FixOrders(orders, text=text), self)

    @Slot(object)
    def _on_substitute(self, trade: Trade) -> None:
        self.dialog = SubstituteDialog(
            trade, self._bench.document.household, self._bench.exposures, self._bench.document.target, self
        )
        self.dialog.decided.connect(
            lambda other, everywhere: self._bench.session.push(
                Substitute(trade.security, other, None if everywhere else trade.account), self
            )
        )
        self.dialog.open()

    # --- the plan -------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_failed(self, failure: SolveFailure) -> None:
        self.below.hide()
        self.table.clear(failure.message)
        self.cash.show_rows(())
        self.findings.set_findings(())
        self.findings.set_passed(())
        self.passed.clear()
        self._say("No plan", "the rules cannot all be kept" if failure.rules else "")

    @Slot()
    def _on_exposures(self) -> None:
        if self._bench.proposal is not None:
            self._on_plan(self._bench.proposal)

    @Slot()
    def _on_theme(self) -> None:
        if self._bench.proposal is not None:
            self.cash.show_rows(account_cash(self._bench.document, self._bench.proposal))
            self._fit_cash()

    def _say(self, summary: str, state: str) -> None:
        self.summary.setText(summary)
        self.state.setText(state)
        self.verdict.hide()

    def _fit_cash(self) -> None:
        """The card of cash has the room its table needs, as far as the checks can spare it."""
        card = self.below.widget(0)
        edge = card.width() - self.cash.viewport().width()
        if edge >= 0:  # laid out
            card.setMinimumWidth(edge + self.cash.fit(max(0, self.below.width() - _CHECKS - edge)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The table of cash follows."""
        super().resizeEvent(event)
        self._fit_cash()

    @Slot(object)
    def _on_selected(self, trade: object) -> None:
        if isinstance(trade, Trade):
            self._bench.pick(TradePicked(trade))


def signed(trade: Trade) -> float:
    """A trade's units: + buys, - sells."""
    return float(trade.quantity) * (1 if trade.action is Action.BUY else -1)


class Verdict(QWidget):
    """A mark and words: whether the plan is ready to leave the program."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = ("check", "ok")
        self._mark = QLabel()
        self._words = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S.xs)
        row.addWidget(self._mark)
        row.addWidget(self._words)
        self.setToolTip("What to look at before the trades leave the program: see below")
        theme_events().themeChanged.connect(self._dress)

    def say(self, words: str, icon_name: str, role: str) -> None:
        """Show words with a mark in a colour role."""
        self._look = (icon_name, role)
        self._words.setText(words)
        self.setAccessibleName(words)
        self._dress()
        self.show()

    def text(self) -> str:
        """The words shown."""
        return self._words.text()

    @Slot()
    def _dress(self) -> None:
        name, role = self._look
        self._mark.setPixmap(pixmap(name, 18, getattr(tokens(), role), self.devicePixelRatioF()))
