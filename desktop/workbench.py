"""What is open, what is planned for it, and what the user looks at: the one object that pages share.

Pages push edits into ``session`` and listen to the signals here; they never speak to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs
from PySide6.QtCore import QObject, Signal, Slot

from core.classify.exposure import Exposure
from core.edits import Changes, Document, Part
from core.household import Severity
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal, Trade
from desktop.after_frame import AfterFrame
from desktop.session import Session
from desktop.solve_service import FinalResult, FrontierOf, LiveResult, Prepared, SolveFailure, SolveService
from desktop.tasks import Tasks
from widgets.frontier_chart import FrontierPointLike
from widgets.rule_words import in_words


@attrs.frozen
class SecurityPicked:
    """A holding is looked at: its classification and where that is from. ``lot``: the household's lot that is meant."""

    security: str
    account: str | None = None
    lot: int | None = None


@attrs.frozen
class AccountPicked:
    """An account is looked at: what it holds, and what the plan does in it."""

    account: str


@attrs.frozen
class TradePicked:
    """A trade is looked at: its reason, its lots, what limited it."""

    trade: Trade


@attrs.frozen
class CellPicked:
    """A style cell (0..8) is looked at: what is in it."""

    cell: int


Picked = SecurityPicked | AccountPicked | TradePicked | CellPicked


@attrs.frozen
class Message:
    """Words for the message bar, with the button that mends the matter."""

    severity: Severity
    text: str
    remedy: str = ""
    act: Callable[[], object] | None = None


@attrs.frozen
class Departure:
    """A plan that left the program: all it was made from, the files written, and who approved it, where asked."""

    document: Document
    exposures: Mapping[str, Exposure]
    proposal: Proposal
    files: tuple[Path, ...]
    approved_by: str = ""
    reason: str = ""


class Workbench(QObject):
    """Ties the session to the solve service and keeps the newest results.

    exposures_changed() : the holdings are classified (again).
    live_changed(LivePlan) : a new estimate. plan_changed(Proposal or None) : the final plan, or None while the one
    there was is out of date. plan_failed(SolveFailure) : there is no plan, and why.
    picked(Picked or None) : what the inspector should explain. message(Message) : for the message bar.
    busy_changed(str) : what is under way; empty when idle. frontier_changed() : there is another frontier, or none.
    plan_left(Departure) : a plan was exported. style_wanted(security id) : its style from returns shall be shown.
    """

    exposures_changed = Signal()
    live_changed = Signal(object)
    plan_changed = Signal(object)
    plan_failed = Signal(object)
    picked = Signal(object)
    message = Signal(object)
    plan_left = Signal(object)
    busy_changed = Signal(str)
    frontier_changed = Signal()
    style_wanted = Signal(str)

    def __init__(
        self,
        session: Session,
        service: SolveService,
        parent: QObject | None = None,
        frontier_of: FrontierOf | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.service = service
        self.tasks = Tasks(self)
        #: Work that nobody waits for: its results come when they come, and it isn't announced.
        self.quiet_tasks = Tasks(self)
        #: What may follow one frame later than what the user looks at.
        self.after_frame = AfterFrame(self)
        self.frontier: Sequence[FrontierPointLike] | None = None
        self.frontier_words = "The frontier follows the final plan."
        self._frontier_of = frontier_of
        self._frontier_watched = False
        self._frontier_key: object = None
        self.exposures: Mapping[str, Exposure] = {}
        self.live: LivePlan | None = None
        self.proposal: Proposal | None = None
        self.failure: SolveFailure | None = None
        self.selection: Picked | None = None
        self._busy = {"plan": "", "task": ""}
        session.changed.connect(self._on_changed)
        session.refused.connect(self._on_refused)
        service.prepared.connect(self._on_prepared)
        service.live_ready.connect(self._on_live)
        service.final_ready.connect(self._on_final)
        service.failed.connect(self._on_failed)
        service.crashed.connect(self._on_crashed)
        service.busy_changed.connect(self._on_plan_busy)
        self.tasks.busy_changed.connect(self._on_task_busy)

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self.session.document

    def account_names(self) -> dict[str, str]:
        """What each account is called, by id."""
        return self.document.household.account_names

    def start(self) -> None:
        """Classify and plan for what is open."""
        self._household_to_service()
        self._ask(final=True)

    def begin_gesture(self) -> None:
        """A drag begins: estimates only."""
        self.session.begin_gesture()

    @Slot()
    def end_gesture(self) -> None:
        """The drag is over: the final plan."""
        if self.session.in_gesture:
            self.session.end_gesture()
            self.request_final()

    def request_final(self) -> None:
        """Ask for the final plan of the document as it is."""
        self.service.request_final(self.document.target, self.session.revision)

    def replace_plan(self, proposal: Proposal) -> None:
        """Another plan for the document as it is, or the same with a tighter bound."""
        self.proposal, self.failure = proposal, None
        self.plan_changed.emit(proposal)

    def pick(self, picked: Picked | None) -> None:
        """Look at something."""
        self.selection = picked
        self.picked.emit(picked)

    def say_error(self, words: str) -> None:
        """Put an error into the message bar."""
        self.say(Severity.ERROR, words)

    def say(self, severity: Severity, text: str, remedy: str = "", act: Callable[[], object] | None = None) -> None:
        """Put words into the message bar; ``remedy`` labels a button that does ``act``."""
        self.message.emit(Message(severity, text, remedy, act))

    def shutdown(self) -> None:
        """End all work."""
        self.service.shutdown()
        self.tasks.shutdown()
        self.quiet_tasks.shutdown()

    # --- the frontier ---------------------------------------------------------------------------------------------

    def watch_frontier(self, watched: bool) -> None:
        """Whether somebody looks at the frontier; only then it is computed, after each final plan."""
        self._frontier_watched = watched
        self._ask_frontier()

    def _ask_frontier(self) -> None:
        if not (self._frontier_watched and self._frontier_of is not None and self.proposal is not None):
            return
        document, exposures, compute = self.document, self.exposures, self._frontier_of
        # The frontier is about every eagerness: moving along it does not change it.
        target = attrs.evolve(document.target, trading=attrs.evolve(document.target.trading, eagerness=0.0))
        key = (document.household, target, exposures)
        if key == self._frontier_key:
            return
        self._frontier_key = key

        def done(points: Sequence[FrontierPointLike]) -> None:
            if self.document.household is document.household:  # the curve of another says nothing here
                self._show_frontier(points, "")

        def failed(words: str) -> None:
            if self.document.household is document.household:
                self._show_frontier(None, words or "The frontier could not be computed.")

        self.quiet_tasks.run(
            "frontier", "", lambda: compute(document.household, exposures, document.target), done, failed
        )

    def _show_frontier(self, points: Sequence[FrontierPointLike] | None, words: str) -> None:
        self.frontier, self.frontier_words = points, words
        self.frontier_changed.emit()

    def _household_to_service(self) -> None:
        document = self.document
        self.service.set_household(document.household, document.overrides, self.session.revision, document.live)

    def _ask(self, *, final: bool) -> None:
        document, revision = self.document, self.session.revision
        self.service.request_live(document.target, revision)
        if final:
            self.service.request_final(document.target, revision)

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if changes.holdings:
            self._household_to_service()
        if Part.HOUSEHOLD in changes.parts:
            self.live = None  # it speaks of accounts that may be gone
            self._frontier_key = None
            self._show_frontier(None, "The frontier is being computed.")  # a curve is of one household
        if not (changes.holdings or changes.target):
            return
        if self.proposal is not None or self.failure is not None:
            self.proposal = self.failure = None
            self.plan_changed.emit(None)
        self._ask(final=not self.session.in_gesture)

    @Slot(str)
    def _on_refused(self, words: str) -> None:
        self.say(Severity.WARNING, words)

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        if prepared.household is self.document.household:
            self.exposures = prepared.exposures
            self.exposures_changed.emit()

    @Slot(object)
    def _on_live(self, result: LiveResult) -> None:
        self.live = result.plan
        self.live_changed.emit(result.plan)

    @Slot(object)
    def _on_final(self, result: FinalResult) -> None:
        self.proposal, self.failure = result.proposal, None
        self.plan_changed.emit(result.proposal)
        # Not beside the painting of the plan: the two would wait for each other's turn with the interpreter.
        self.after_frame.run(self, self._ask_frontier)

    @Slot(object)
    def _on_failed(self, failure: SolveFailure) -> None:
        failure = attrs.evolve(failure, message=self._in_words(failure))
        self.proposal, self.failure = None, failure
        self.plan_failed.emit(failure)
        self._frontier_key = None
        self._show_frontier(None, "There is no plan, so there is no frontier.")

    def _in_words(self, failure: SolveFailure) -> str:
        """The message with rules named as everywhere else on the screen, not as in a target file."""
        return in_words(failure.message, failure.rules, self.document.target, self.account_names())

    @Slot(object)
    def _on_crashed(self, _error: BaseException) -> None:
        """The error itself is reported elsewhere; here there must not be a plan that seems to be on its way."""
        words = "An error of the program: no plan could be made. Another target may work."
        self._on_failed(SolveFailure(self.session.revision, words))

    @Slot(str)
    def _on_plan_busy(self, text: str) -> None:
        self._say_busy("plan", text)

    @Slot(str)
    def _on_task_busy(self, text: str) -> None:
        self._say_busy("task", text)

    def _say_busy(self, source: str, text: str) -> None:
        self._busy[source] = text
        self.busy_changed.emit(self._busy["task"] or self._busy["plan"])
