"""The inspector: explains what is selected - an account, a holding, a lot, a trade, a style cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from core.classify.exposure import ASSET_CLASSES, SECTORS, STYLE_BOXES, Exposure
from core.classify.source_words import thirds_words
from core.edits import Changes, Document
from core.rebalance.proposal import Action, Proposal, Trade
from desktop.contributors import contributors
from desktop.inspector_account import explain_account, explain_lot
from desktop.inspector_column import Column
from desktop.workbench import AccountPicked, CellPicked, Picked, SecurityPicked, TradePicked, Workbench
from widgets.labels import (
    box_label,
    class_label,
    confidence_label,
    kind_label,
    sector_label,
    source_label,
    term_label,
    type_label,
)
from widgets.models.classification import has_returns
from widgets.numbers import NONE, UNKNOWN, date_text, money, number, percent, price, quantity, written_date
from widgets.rule_words import rule_words
from widgets.style_box import StyleBoxView
from widgets.theme import theme_events

if TYPE_CHECKING:
    from core.rebalance.candidates import Candidate

_NARROWEST = 250
_MOST = 12
_FEW = 4
_LEAST_POINTS = 0.05  # what would show as 0.0
_LEAST_DOLLARS = 25.0
_LEAST_GAIN = 0.5  # dollars


class Inspector(QFrame):
    """A scrolling column of headings, facts and small tables, rebuilt for each selection."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self._narrowest()
        theme_events().themeChanged.connect(self._narrowest)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Explanation of what is selected")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setBackgroundRole(QPalette.ColorRole.Base)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(self._scroll)
        self._plan_title: QLabel | None = None
        self._ranked: tuple[Document, Mapping[str, Exposure], Mapping[str, Sequence[Candidate]]] | None = None
        bench.picked.connect(self.show_picked)
        bench.exposures_changed.connect(self._again)
        bench.session.changed.connect(self._on_changed)
        bench.plan_changed.connect(self._on_plan)
        bench.plan_failed.connect(self._again)
        self.show_picked(None)

    @Slot()
    def _narrowest(self) -> None:
        """The larger the text, the more room it needs."""
        self.setMinimumWidth(round(_NARROWEST * theme_events().text_size))

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        # A drag changes figures that come with the estimates; what is said here waits for the plan at its end.
        if changes.holdings or not self._bench.session.in_gesture:
            self._again()

    @Slot()
    def _again(self) -> None:
        self.show_picked(self._bench.selection)

    @Slot(object)
    def show_picked(self, picked: Picked | None) -> None:
        """Explain a selection, or say what may be selected."""
        page = Column()
        self._plan_title = None
        household = self._bench.document.household
        if isinstance(picked, SecurityPicked) and picked.security in household.security_by_id:
            self._explain_security(page, picked)
        elif isinstance(picked, AccountPicked) and picked.account in household.account_by_id:
            account = household.account_by_id[picked.account]
            explain_account(page, account, household, self._bench.exposures, self._bench.proposal)
        elif isinstance(picked, TradePicked):
            self._explain_trade(page, picked.trade)
        elif isinstance(picked, CellPicked):
            self._explain_cell(page, picked.cell)
        else:
            self._explain_plan(page)
        page.finish()
        self._scroll.setWidget(page)

    @Slot(object)
    def _on_plan(self, proposal: Proposal | None) -> None:
        if proposal is None and self._plan_title is not None and isValid(self._plan_title):
            self._plan_title.setText("The last plan")  # until the next one is there
        # A trade of an older plan is not in the newer one, or is another.
        if isinstance(self._bench.selection, TradePicked) and proposal is not None:
            old = self._bench.selection.trade
            key = (old.account, old.security, old.action)
            same = [t for t in proposal.trades if (t.account, t.security, t.action) == key]
            self._bench.pick(TradePicked(same[0]) if same else None)
        elif proposal is not None and not isinstance(self._bench.selection, TradePicked):
            self._bench.after_frame.run(self, self._again)  # the figures of the plan come first

    # --- the plan -------------------------------------------------------------------------------------------------

    def _explain_plan(self, page: Column) -> None:
        proposal, failure = self._bench.proposal, self._bench.failure
        self._plan_title = page.title("The plan")
        if failure is not None:
            page.text(failure.message)
            if failure.rules:
                page.heading("Rules in conflict")
                target, names = self._bench.document.target, self._bench.account_names()
                for rule in failure.rules:
                    page.text(rule_words(rule, target, names))
                page.muted("Switch one off on the Target page under What it costs, or undo (Ctrl+Z).")
            return
        if proposal is None:
            page.muted("The final plan is being computed.")
            return
        gain = proposal.objective.do_nothing - proposal.objective.plan
        # A plan is worse than doing nothing only where doing nothing would break a rule, such as a cash reserve.
        choice = gain > -_LEAST_GAIN
        page.facts(
            (
                ("Out of place today", percent(proposal.misfit_before)),
                ("Out of place after", percent(proposal.misfit_after)),
                ("Short-term gains", money(proposal.tax.short_gain)),
                ("Long-term gains", money(proposal.tax.long_gain)),
                ("Tax", money(proposal.tax.tax)),
                ("Spreads and tickets", money(proposal.costs.spread + proposal.costs.tickets)),
                ("Turnover", percent(proposal.turnover)),
                ("Worth over doing nothing", money(gain) if choice else NONE),
                ("Of the best possible", percent(proposal.objective.closed, 2) if choice and proposal.trades else NONE),
            )
        )
        if not choice:
            page.muted("Doing nothing is no choice here: it would break a rule.")
        if proposal.tax.unknown_basis_proceeds:
            page.muted(f"{money(proposal.tax.unknown_basis_proceeds)} come from lots of unknown cost basis.")
        felt = [lost for lost in proposal.tilt_lost if lost.points >= _LEAST_POINTS or lost.dollars >= _LEAST_DOLLARS]
        held = [lost for lost in felt if lost.points >= _LEAST_POINTS] or felt[:_FEW]
        target, names = self._bench.document.target, self._bench.account_names()
        if held:
            page.heading("What holds the tilt back")
            page.table(
                ("Rule", "Tilt", "Worth"),
                [
                    (
                        rule_words(lost.rule, target, names),
                        _points(lost.points),
                        money(lost.dollars) if lost.dollars > 0 else NONE,
                    )
                    for lost in held
                ],
            )
            page.muted("Tilt: points of the household that would come into place without the rule.")
            if len(felt) > len(held):
                page.muted("Every rule with its price: Target page, What it costs.")
        page.heading("Inspector")
        page.muted("Select an account, a holding, a trade or a style cell: what it is made of, and why, is said here.")

    # --- a holding ------------------------------------------------------------------------------------------------

    def _explain_security(self, page: Column, picked: SecurityPicked) -> None:
        household = self._bench.document.household
        security = household.security_by_id[picked.security]
        page.title(security.symbol or security.id, security.name)
        lots = [lot for lot in household.lots if lot.security == security.id]
        value = sum((lot.market_value for lot in lots), Decimal(0))
        basis = [lot.cost_basis for lot in lots]
        known = [b for b in basis if b is not None]
        page.facts(
            (
                ("Type", type_label(security.type)),
                ("Price", UNKNOWN if security.price is None else f"${price(security.price)}"),
                ("Held", money(value)),
                ("Of the household", percent(float(value / household.value) if household.value else None)),
                ("Cost basis", money(sum(known, Decimal(0))) if len(known) == len(basis) else UNKNOWN),
                ("Tax lots", str(len(lots))),
            )
        )
        if picked.lot is not None and picked.lot < len(household.lots):
            explain_lot(page, household.lots[picked.lot], picked.lot, self._bench.proposal)
        exposure = self._bench.exposures.get(security.id)
        if exposure is None:
            page.muted("Not classified yet.")
            return
        self._explain_exposure(page, exposure, overridden=security.id in self._bench.document.overrides)
        if has_returns(security):
            page.action(
                "Style from returns…",
                "How the fund has moved against style funds: a chart, and a classification where it can tell",
                lambda: self._bench.style_wanted.emit(security.id),
            )

    def _explain_exposure(self, page: Column, exposure: Exposure, *, overridden: bool) -> None:
        page.heading("Classification")
        sources = [
            ("Mix from", source_label(exposure.source["mix"])),
            ("Style from", source_label(exposure.source["style_box"])),
            ("Sectors from", source_label(exposure.source["sectors"])),
        ]
        if len({source for _, source in sources}) == 1:
            sources = [("From", sources[0][1])]
        page.facts(
            [
                *sources,
                ("Facts of", written_date(exposure.as_of)),
                ("Confidence", confidence_label(exposure.confidence, short=True)),
            ]
        )
        if overridden:
            page.muted("This is your own classification. Double-click the holding to change it or take it back.")
        if exposure.note:
            page.muted(exposure.note)
        page.heading("Asset classes")
        page.facts(
            [(class_label(k), percent(s)) for k, s in zip(ASSET_CLASSES, exposure.mix, strict=True) if s > 0.0005]
        )
        if exposure.equity > 0 and sum(exposure.style_box) > 0:
            page.heading("Style box of its equity")
            box = StyleBoxView()
            box.set_box(exposure.style_box)
            page.add(box)
            if words := thirds_words(exposure.style_box):
                page.muted(words)
        sectors = [(k, s) for k, s in zip(SECTORS, exposure.sectors, strict=True) if s > 0.0005]
        if exposure.equity > 0 and sectors:
            page.heading("Sectors of its equity")
            page.facts([(sector_label(k), percent(s)) for k, s in sorted(sectors, key=lambda item: -item[1])])

    # --- a trade --------------------------------------------------------------------------------------------------

    def _explain_trade(self, page: Column, trade: Trade) -> None:
        household = self._bench.document.household
        security = household.security_by_id.get(trade.security)
        account = household.account_by_id[trade.account]
        verb = "Buy" if trade.action is Action.BUY else "Sell"
        page.title(f"{verb} {trade.security}", security.name if security else "")
        page.facts(
            (
                ("Account", account.name or account.id),
                ("Kind", kind_label(account.kind, short=True)),
                ("Quantity", quantity(trade.quantity)),
                ("Price", f"${price(trade.price)}"),
                ("Amount", money(trade.amount, cents=True)),
            )
        )
        if trade.reason:
            page.heading("Why")
            page.text(trade.reason)
        if trade.limited_by:
            page.heading("Limited by")
            target, names = self._bench.document.target, self._bench.account_names()
            page.text("; ".join(rule_words(rule, target, names) for rule in trade.limited_by))
        if trade.lots:
            page.heading("Lots sold")
            page.table(
                ("Acquired", "Shares", "Gain", "Term"),
                [
                    (date_text(lot.acquired), quantity(lot.quantity), money(lot.gain, sign=True), term_label(lot.term))
                    for lot in trade.lots
                ],
            )
            if not account.kind.is_taxable:
                page.muted("Gains in this account are not taxed now.")
        exposure = self._bench.exposures.get(trade.security)
        if exposure is not None:
            self._explain_exposure(page, exposure, overridden=trade.security in self._bench.document.overrides)

    # --- a style cell ---------------------------------------------------------------------------------------------

    def _explain_cell(self, page: Column, cell: int) -> None:
        document, live, proposal = self._bench.document, self._bench.live, self._bench.proposal
        page.title(box_label(cell), "of the equity whose style is known")
        if live is not None:
            # The same as in the boxes: the plan in whole shares, the estimate until it is there, nothing without one.
            after = live.after_box if proposal is None else proposal.after.style_box
            page.facts(
                (
                    ("Today", _share(live.present_box, cell)),
                    ("Target", _share(live.target_box, cell)),
                    ("After the plan", NONE if self._bench.failure is not None else _share(after, cell)),
                )
            )
        trades = () if proposal is None else proposal.trades
        parts = contributors(document.household, self._bench.exposures, cell, document.target.style.scope, trades)
        page.heading("What drives it")
        if not parts:
            page.muted("Nothing is in it.")
        else:
            rows = [(part.security, money(part.dollars), money(part.after)) for part in parts[:_MOST]]
            rest = parts[_MOST:]
            if rest:
                before, after = sum(part.dollars for part in rest), sum(part.after for part in rest)
                rows.append((f"{len(rest)} more", money(before), money(after)))
            page.table(("Holding", "Today", "After"), rows)
            page.muted("Dollars of each holding that count in this cell.")
        self._list_candidates(page, cell)

    def _list_candidates(self, page: Column, cell: int) -> None:
        """What the plan may buy for a cell, best first; worked out beside the window, once for a document."""
        document, exposures = self._bench.document, self._bench.exposures
        if self._ranked is None or self._ranked[0] is not document or self._ranked[1] is not exposures:
            self._rank_candidates(document, exposures)
            return
        page.heading("What may be bought for it")
        found = self._ranked[2].get(STYLE_BOXES[cell], ())
        if not found:
            page.muted("Nothing that the rules allow and whose price is known lies mostly in it.")
            return
        rows = [(c.security, percent(c.share, 0), money(c.held) if c.held > 0 else NONE) for c in found[:_MOST]]
        page.table(("Security", "In the cell", "Held"), rows)
        rest = len(found) - _MOST
        more = f" {rest} more follow." if rest > 0 else ""
        page.muted(
            f"What is held comes first, then in the order of the candidates; the plan weighs all cells at once.{more}"
        )

    def _rank_candidates(self, document: Document, exposures: Mapping[str, Exposure]) -> None:
        def done(found: Mapping[str, Sequence[Candidate]]) -> None:
            self._ranked = (document, exposures, found)
            if isinstance(self._bench.selection, CellPicked) and self._bench.document is document:
                self._again()

        def failed(_words: str) -> None:
            done({})  # rules that collide, or nothing to plan for: the strip says so

        self._bench.quiet_tasks.run("candidates", "", lambda: _ranked(document, exposures), done, failed)


def _ranked(document: Document, exposures: Mapping[str, Exposure]) -> Mapping[str, Sequence[Candidate]]:
    from core.rebalance.candidates import ranked_candidates
    from core.rebalance.holdings import build_holdings
    from core.rebalance.problem import build_problem

    return ranked_candidates(build_problem(build_holdings(document.household, exposures), document.target))


def _points(points: float) -> str:
    return f"{number(points, 1)}\u202fpt" if points >= _LEAST_POINTS else NONE


def _share(box: Sequence[float], cell: int) -> str:
    return percent(box[cell] if sum(box) > 0 else None)
