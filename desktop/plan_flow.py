"""Beyond the final plan: looking further for a better one, and plans that make do with fewer orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from core.classify.exposure import Exposure
from core.edits import Changes, SetTrading
from core.household import Household, Severity
from core.rebalance.proposal import Proposal
from core.tilt.target import Target
from desktop.tasks import Tasks, Watch
from desktop.workbench import Workbench
from widgets.numbers import money, plural

if TYPE_CHECKING:
    from core.rebalance.frontier import FewerTrades
    from desktop.fewer_trades_dialog import FewerTradesDialog

#: How long a better plan is looked for at the most.
PROOF_SECONDS = 20.0
_PROOF, _FEWER = "proof", "fewer trades"

Prove = Callable[[Household, Mapping[str, Exposure], Target, Watch], Proposal]
Fewer = Callable[[Household, Mapping[str, Exposure], Target, Watch], Sequence["FewerTrades"]]


def prove(household: Household, exposures: Mapping[str, Exposure], target: Target, watch: Watch) -> Proposal:
    """The best plan the engine finds in the time there is, with the tightest bound."""
    from core.rebalance.engine import Engine

    return Engine(household, exposures).prove(target, PROOF_SECONDS, cancelled=watch.cancelled)


def fewer_trades(
    household: Household, exposures: Mapping[str, Exposure], target: Target, watch: Watch
) -> Sequence[FewerTrades]:
    """Plans with ever fewer orders."""
    from core.rebalance.engine import Engine

    return Engine(household, exposures).fewer_trades(target, cancelled=watch.cancelled)


class PlanFlow(QObject):
    """Work of seconds that an edit makes void. ``prove`` and ``fewer`` do it; tests give others."""

    def __init__(self, bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self.tasks = Tasks(self)
        self.tasks.crashed.connect(bench.tasks.crashed)
        self.prove_with: Prove = prove
        self.fewer_with: Fewer = fewer_trades
        self.dialog: FewerTradesDialog | None = None
        self._better: Proposal | None = None  # what a proof has found, while it is the plan shown
        bench.session.changed.connect(self._on_changed)

    def prove(self) -> None:
        """Look for a better plan and a tighter bound, beside everything else."""
        document, exposures, before = self._bench.document, self._bench.exposures, self._bench.proposal
        if before is None:
            return
        work = self.prove_with

        def done(found: Proposal) -> None:
            self._proved(before, found)

        self.tasks.run(
            _PROOF,
            "",
            lambda watch: work(document.household, exposures, document.target, watch),
            done,
            self._bench.say_error,
            watched=True,
        )
        words = f"Looking for a better plan and a tighter bound, for up to {PROOF_SECONDS:.0f} seconds…"
        self._bench.say(Severity.INFO, words, "Stop", self.stop)

    @Slot()
    def stop(self) -> None:
        """Let go of a proof under way; the plan there is stays."""
        if self.tasks.busy:
            self.tasks.forget(_PROOF)
            self._bench.say(Severity.INFO, "Stopped; the plan is as it was.")

    def _proved(self, before: Proposal, found: Proposal) -> None:
        if self._bench.proposal is not before:
            return
        better = before.objective.plan - found.objective.plan
        room = max(0.0, found.objective.plan - found.objective.lower_bound)
        within = "It is the best there is" if room < 0.5 else f"No plan can be better by more than {money(room)}"
        if better > 0.5:
            self._better = found
            self._bench.replace_plan(found)
            self._bench.say(Severity.INFO, f"A better plan was found, worth {money(better)} more. {within}.")
            return
        bound = max(before.objective.lower_bound, found.objective.lower_bound)
        objective = attrs.evolve(before.objective, lower_bound=min(bound, before.objective.plan))
        self._bench.replace_plan(attrs.evolve(before, objective=objective))
        self._bench.say(Severity.INFO, f"No better plan was found. {within}.")

    def show_fewer_trades(self) -> None:
        """Open the list of plans with fewer orders, which fills as soon as they are computed."""
        from desktop.fewer_trades_dialog import FewerTradesDialog

        document, exposures = self._bench.document, self._bench.exposures
        if self._bench.proposal is None:
            return
        dialog = FewerTradesDialog(document.target.trading.order_worth, self._window)
        self.dialog = dialog
        work = self.fewer_with
        dialog.decided.connect(self._use)
        dialog.finished.connect(lambda _result: self._close(dialog))
        dialog.open()

        def done(found: Sequence[FewerTrades]) -> None:
            if self.dialog is dialog:
                dialog.show_plans(self._with_the_proved(found, dialog.now))

        def failed(words: str) -> None:
            if self.dialog is dialog:
                dialog.say(words)

        self.tasks.run(
            _FEWER,
            "",
            lambda watch: work(document.household, exposures, document.target, watch),
            done,
            failed,
            watched=True,
        )

    def _with_the_proved(self, plans: Sequence[FewerTrades], worth: float) -> Sequence[FewerTrades]:
        """The plans with what a proof has found in the place of the one that it is better than."""
        shown = self._bench.proposal
        if shown is None or shown is not self._better:
            return plans
        costs = float(shown.costs.spread + shown.costs.tickets)
        used = max((number for number, plan in enumerate(plans) if plan.worth <= worth), default=None)
        if used is None:
            return plans
        proved = attrs.evolve(
            plans[used],
            trades=len(shown.trades),
            misfit=shown.misfit_after,
            objective=shown.objective.plan,
            tax=float(shown.tax.tax),
            costs=costs,
        )
        return (*plans[:used], proved, *plans[used + 1 :])

    def _close(self, dialog: FewerTradesDialog) -> None:
        self.tasks.forget(_FEWER)
        if self.dialog is dialog:
            self.dialog = None

    @Slot(float, int)
    def _use(self, worth: float, orders: int) -> None:
        trading = attrs.evolve(self._bench.document.target.trading, order_worth=worth)
        text = f"Make do with {plural(orders, 'order')}" if worth else "Place every order worth its ticket"
        self._bench.session.push(SetTrading(trading, text=text), self)

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if changes.holdings or changes.target:
            self.tasks.forget(_PROOF)

    def shutdown(self) -> None:
        """Stop and wait."""
        self.tasks.shutdown()
