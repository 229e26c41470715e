"""What the tilt costs: the price list of the rules with their switches, and the frontier with its point to drag."""

from __future__ import annotations

from typing import Any

import attrs
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from core.edits import Changes, Part, SetTrading
from core.rebalance.proposal import Proposal
from core.tilt.edits import SwitchRule
from core.tilt.switches import has_switch, rules_in_force, value_of
from core.tilt.target import Target
from desktop.solve_service import SolveFailure
from desktop.workbench import Workbench
from widgets.card import Card
from widgets.frontier_chart import FrontierChart
from widgets.pictures import picture_button
from widgets.price_list import PriceList, PriceRow
from widgets.rule_words import rule_hint, rule_words

#: A drag of the pad changes none of these.
_PARTS = frozenset({Part.HOUSEHOLD, Part.TAX, Part.TRADING, Part.RULES, Part.SECTORS, Part.ORDERS})


class PriceCard(Card):
    """The rules of the target, dearest first; those switched off stay at the end, with the value they had."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("What each rule costs", parent=parent)
        self._bench = bench
        #: Rules switched off in this window and what they were: (value, words).
        self._parked: dict[str, tuple[Any, str]] = {}
        self._costs: dict[str, tuple[float, float]] | None = None
        self.list = PriceList()
        self.body.addWidget(self.list, 1)
        self.list.ruleSwitched.connect(self._on_switched)
        bench.session.changed.connect(self._on_changed)
        bench.plan_changed.connect(self._on_plan)
        bench.plan_failed.connect(self._on_failed)
        self._show()

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if Part.HOUSEHOLD in changes.parts:
            self._parked.clear()
            self._costs = None
        if changes.parts & _PARTS:
            self._show()

    @Slot(object)
    def _on_plan(self, proposal: Proposal | None) -> None:
        # While a newer plan is on its way the last costs stay: they are about right, and nothing flickers.
        if proposal is not None:
            self._costs = {lost.rule: (lost.points, lost.dollars) for lost in proposal.tilt_lost}
            self._show()

    @Slot(object)
    def _on_failed(self, _failure: SolveFailure) -> None:
        self._costs = None
        self._show()

    def rows(self) -> tuple[PriceRow, ...]:
        """What is listed for the document and the newest plan."""
        target, names = self._bench.document.target, self._bench.account_names()
        costs = self._costs
        on = dict.fromkeys((*rules_in_force(target), *(costs or ())))
        rows = []
        for rule in on:
            if rule in self._parked and rule not in rules_in_force(target):
                continue  # the costs are those of the plan before it was switched off
            switch = has_switch(rule)
            if switch and rule not in rules_in_force(target):
                continue
            points, dollars = (None, None) if costs is None else costs.get(rule, (0.0, 0.0))
            rows.append(
                PriceRow(
                    rule,
                    rule_words(rule, target, names),
                    True,
                    switch,
                    points,
                    dollars,
                    rule_hint(rule),
                )
            )
        rows.sort(key=lambda row: (-(row.points or 0.0), -(row.dollars or 0.0)))
        for rule, (_, words) in self._parked.items():
            if rule not in on or rule not in rules_in_force(target):
                rows.append(PriceRow(rule, words, on=False, hint=rule_hint(rule)))
        return tuple(rows)

    @Slot()
    def _show(self) -> None:
        target = self._bench.document.target
        for rule in rules_in_force(target):  # undone, or set again by hand
            self._parked.pop(rule, None)
        self._park_standard(target)
        self.list.set_rows(self.rows())

    def _park_standard(self, target: Target) -> None:
        """The standard rules are listed even where the target came without them."""
        standard = Target()
        for rule in rules_in_force(standard):
            if rule not in rules_in_force(target) and rule not in self._parked:
                self._parked[rule] = (value_of(standard, rule), rule_words(rule, standard))

    @Slot(str, bool)
    def _on_switched(self, rule: str, on: bool) -> None:
        target = self._bench.document.target
        words = (
            rule_words(rule, target, self._bench.account_names()) if not on else self._parked.get(rule, (None, rule))[1]
        )
        if on:
            edit = SwitchRule(rule, on=True, value=self._parked.get(rule, (None, ""))[0], words=_lower(words))
        else:
            words = rule_words(rule, target, self._bench.account_names())
            self._parked[rule] = (value_of(target, rule), words)
            edit = SwitchRule(rule, on=False, words=_lower(words))
        self._bench.session.push(edit, self)
        self._show()


def _lower(words: str) -> str:
    return f"“{words}”"


class FrontierCard(Card):
    """The curve of best plans; the point on it is the eagerness."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("Out of place against cost", parent=parent)
        self._bench = bench
        self.chart = FrontierChart()
        self.body.addWidget(self.chart, 1)
        self.add_header_widget(picture_button(self.chart, "Frontier", lambda words: bench.say_error(words)))
        self.chart.eagernessDragged.connect(self._on_dragged)
        self.chart.eagernessReleased.connect(self._on_released)
        bench.frontier_changed.connect(self._show)
        bench.session.changed.connect(self._on_changed)
        bench.live_changed.connect(self._follow)
        bench.plan_changed.connect(self._follow)
        self._show()

    @Slot()
    def _follow(self) -> None:
        """The figures under the hand come first, the point on the curve with the next frame."""
        self._bench.after_frame.run(self, self._show_here)

    def _show_here(self) -> None:
        """The same figures as in the strip: of the final plan whole shares and tickets included."""
        proposal, live = self._bench.proposal, self._bench.live
        if proposal is not None:
            cost = proposal.tax.tax + proposal.costs.spread + proposal.costs.tickets
            self.chart.set_here(proposal.misfit_after, float(cost), float(proposal.tax.tax))
        elif live is not None:
            self.chart.set_here(live.misfit_after, live.tax + live.spread, live.tax)

    @Slot()
    def _show(self) -> None:
        frontier = self._bench.frontier
        if frontier is None:
            self.chart.set_message(self._bench.frontier_words)
        else:
            self.chart.set_points(frontier)
            self.chart.set_stale(False)
        self.chart.set_eagerness(self._bench.document.target.trading.eagerness)
        self._show_here()

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if changes.holdings or (changes.target and changes.parts != {Part.TRADING}):
            self.chart.set_stale(True)
        if Part.TRADING in changes.parts:
            self.chart.set_eagerness(self._bench.document.target.trading.eagerness)

    @Slot(float)
    def _on_dragged(self, eagerness: float) -> None:
        if not self._bench.session.in_gesture:
            self._bench.begin_gesture()
        trading = attrs.evolve(self._bench.document.target.trading, eagerness=eagerness)
        self._bench.session.push(SetTrading(trading, text="Change eagerness"), self)

    @Slot(float)
    def _on_released(self, _eagerness: float) -> None:
        self._bench.end_gesture()
