"""The balance strip of a workbench: estimates while dragging, the final plan at rest, conflicts named."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal
from desktop.solve_service import SolveFailure
from desktop.workbench import Workbench
from widgets.balance_strip import BalanceStrip
from widgets.rule_words import named_together


class Strip(BalanceStrip):
    """Follows the newest result; a click on the plan's state explains the plan in the inspector."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.show_empty("Computing the first plan…")
        bench.live_changed.connect(self._on_live)
        bench.plan_changed.connect(self._on_plan)
        bench.plan_failed.connect(self._on_failed)
        self.detailsRequested.connect(lambda: bench.pick(None))

    def rules_named(self, rules: Sequence[str]) -> str:
        """Rules with their values, and accounts by their names."""
        return named_together(rules, self._bench.document.target, self._bench.account_names())

    @Slot(object)
    def _on_live(self, plan: LivePlan) -> None:
        # An estimate that comes after the final plan of the same state would only blur it.
        if self._bench.proposal is None:
            self.show_live(plan, len(plan.trades))
            if not self._bench.session.in_gesture:
                self.show_busy()

    @Slot(object)
    def _on_plan(self, proposal: Proposal | None) -> None:
        if proposal is not None:
            self.show_final(proposal)

    @Slot(object)
    def _on_failed(self, failure: SolveFailure) -> None:
        self.show_no_plan(failure.message, failure.rules)
