"""Plans computed beside the window: newest request wins, nothing here ever blocks the screen.

One worker thread owns the engine. Requests go into a mailbox with one slot a kind, so a newer one replaces an older
one that hasn't begun; a final plan under way is cancelled by any newer request. Results travel back the same way:
the newest estimate waits in a slot until the window's thread has time for it, so a slow repaint never makes a queue.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import attrs
from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from core.classify.answer import Source
from core.classify.exposure import Exposure
from core.classify.overrides import Override
from core.errors import NoPlanError, TrimtabError
from core.household import Household
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal
from core.tilt.target import Target

#: Estimates are not begun closer together than the better part of a frame of a 60 Hz screen; more could not be seen.
FRAME_SECONDS = 0.012


class EngineLike(Protocol):
    """What the service needs of ``core.rebalance.engine.Engine``."""

    def live(self, target: Target) -> LivePlan:
        """The estimate for a target."""

    def final(self, target: Target, *, cancelled: Callable[[], bool]) -> Proposal:
        """The whole-share plan; raises NoPlanError."""


#: From a household, the user's classifications, the exposures already known and live sources, to all exposures.
Classify = Callable[
    [Household, Mapping[str, Override], Mapping[str, Exposure], tuple[Source, ...]], Mapping[str, Exposure]
]
MakeEngine = Callable[[Household, Mapping[str, Exposure]], EngineLike]
#: From a household, its exposures and a target to the points of the frontier.
FrontierOf = Callable[[Household, Mapping[str, Exposure], Target], Sequence[Any]]


@attrs.frozen
class Prepared:
    """A household is classified and ready to be planned for."""

    revision: int
    household: Household
    exposures: Mapping[str, Exposure]


@attrs.frozen
class LiveResult:
    """An estimate, with the revision of the document it was made for and the milliseconds it took."""

    revision: int
    plan: LivePlan
    milliseconds: float


@attrs.frozen
class FinalResult:
    """A final plan, with the revision of the document and the target it was made for."""

    revision: int
    target: Target
    proposal: Proposal


@attrs.frozen
class SolveFailure:
    """No result, in words for the user. ``rules`` names the rules in conflict where that is the reason."""

    revision: int
    message: str
    rules: tuple[str, ...] = ()


@attrs.frozen
class _Setup:
    revision: int
    household: Household
    overrides: Mapping[str, Override]
    live: tuple[Source, ...]


@attrs.frozen
class _Request:
    revision: int
    target: Target


class SolveService(QObject):
    """Owns the worker. All signals arrive on the thread this object lives in.

    prepared(Prepared), live_ready(LiveResult), final_ready(FinalResult), failed(SolveFailure).
    crashed(BaseException) : an error that is the program's fault, to be reported, never swallowed.
    busy_changed(str) : what is under way, in words; empty when idle. Estimates are not announced.
    """

    prepared = Signal(object)
    live_ready = Signal(object)
    final_ready = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    busy_changed = Signal(str)

    _live_waits = Signal()
    _arrived = Signal(object)
    _busy = Signal(str)

    def __init__(self, classify: Classify, make_engine: MakeEngine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = -1
        self._household = -1  # the revision that the household is of
        self._busy_text = ""
        self._worker = _Worker(self, classify, make_engine)
        self._live_waits.connect(self._take_live, Qt.ConnectionType.QueuedConnection)
        self._arrived.connect(self._take_result, Qt.ConnectionType.QueuedConnection)
        self._busy.connect(self._take_busy, Qt.ConnectionType.QueuedConnection)
        self._worker.start()

    def set_household(
        self,
        household: Household,
        overrides: Mapping[str, Override],
        revision: int,
        live: tuple[Source, ...] = (),
    ) -> None:
        """Everything asked from now on is about this household; estimates for the one before are not told any more."""
        self._newest = self._household = revision
        self._worker.post(setup=_Setup(revision, household, overrides, live))

    def request_live(self, target: Target, revision: int) -> None:
        """An estimate, soon; a newer request replaces it if it hasn't begun."""
        self._newest = revision
        self._worker.post(live=_Request(revision, target))

    def request_final(self, target: Target, revision: int) -> None:
        """The final plan; any newer request cancels it."""
        self._newest = revision
        self._worker.post(final=_Request(revision, target))

    def cancel(self) -> None:
        """Drop what waits and stop a final plan under way."""
        self._worker.clear()

    @property
    def busy(self) -> bool:
        """Whether the worker has something in hand or waiting."""
        return self._worker.busy

    def shutdown(self) -> None:
        """Stop the worker and wait for its end. Safe to call twice."""
        self._worker.stop()
        self._worker.wait()

    @Slot()
    def _take_live(self) -> None:
        result = self._worker.take_live()
        if result is not None and result.revision >= self._household:
            self.live_ready.emit(result)

    @Slot(object)
    def _take_result(self, result: object) -> None:
        if isinstance(result, Prepared):
            self.prepared.emit(result)
        elif isinstance(result, FinalResult):
            if result.revision == self._newest:
                self.final_ready.emit(result)
        elif isinstance(result, SolveFailure):
            if result.revision == self._newest:
                self.failed.emit(result)
        else:
            self.crashed.emit(result)

    @Slot(str)
    def _take_busy(self, text: str) -> None:
        if text != self._busy_text:
            self._busy_text = text
            self.busy_changed.emit(text)


class _Worker(QThread):
    """The thread with the engine. Everything shared with it is behind one condition."""

    def __init__(self, service: SolveService, classify: Classify, make_engine: MakeEngine) -> None:
        super().__init__(service)
        self.setObjectName("plans")
        self._service = service
        self._classify = classify
        self._make_engine = make_engine
        self._condition = threading.Condition()
        self._setup: _Setup | None = None
        self._live: _Request | None = None
        self._final: _Request | None = None
        self._live_result: LiveResult | None = None
        self._stopping = False
        self._working = False
        self._epoch = 0
        self._exposures: Mapping[str, Exposure] = {}
        self._known: _Setup | None = None
        self._engine: EngineLike | None = None
        self._last_live = 0.0

    def post(self, *, setup: _Setup | None = None, live: _Request | None = None, final: _Request | None = None) -> None:
        with self._condition:
            self._epoch += 1
            self._setup = setup or self._setup
            if setup is not None or live is not None:
                self._final = None
            self._live = live or (None if setup is not None else self._live)
            self._final = final or self._final
            self._condition.notify_all()

    def clear(self) -> None:
        with self._condition:
            self._epoch += 1
            self._live = self._final = None

    def stop(self) -> None:
        with self._condition:
            self._epoch += 1
            self._stopping = True
            self._condition.notify_all()

    @property
    def busy(self) -> bool:
        with self._condition:
            waiting = self._setup or self._live or self._final
            return self._working or waiting is not None

    def take_live(self) -> LiveResult | None:
        with self._condition:
            result, self._live_result = self._live_result, None
            return result

    def run(self) -> None:
        while True:
            job = self._next()
            if job is None:
                return
            request, kind, epoch = job
            try:
                self._do(request, kind, epoch)
            except NoPlanError as error:
                self._service._arrived.emit(SolveFailure(request.revision, str(error), error.rules))
            except TrimtabError as error:
                self._service._arrived.emit(SolveFailure(request.revision, str(error)))
            except Exception as error:
                self._service._arrived.emit(error)

    def _next(self) -> tuple[_Setup | _Request, str, int] | None:
        """The next job, or None at the end. Setup before estimate before final plan."""
        with self._condition:
            self._working = False
            while not self._stopping:
                if self._setup is not None:
                    job: tuple[_Setup | _Request, str, int] = (self._setup, "setup", self._epoch)
                    self._setup = None
                elif self._live is not None:
                    pause = self._last_live + FRAME_SECONDS - time.monotonic()
                    if pause > 0:
                        self._condition.wait(pause)
                        continue
                    self._last_live = time.monotonic()
                    job = (self._live, "live", self._epoch)
                    self._live = None
                elif self._final is not None:
                    job = (self._final, "final", self._epoch)
                    self._final = None
                else:
                    self._service._busy.emit("")
                    self._condition.wait()
                    continue
                self._working = True
                return job
            return None

    def _do(self, request: _Setup | _Request, kind: str, epoch: int) -> None:
        if isinstance(request, _Setup):
            self._service._busy.emit("Classifying holdings…")
            self._engine = None
            known: Mapping[str, Exposure] = {}
            last = self._known
            if last is not None and last.household.securities == request.household.securities:
                changed = {
                    key
                    for key in last.overrides.keys() | request.overrides.keys()
                    if last.overrides.get(key) != request.overrides.get(key)
                }
                if last.live is request.live:
                    known = {key: value for key, value in self._exposures.items() if key not in changed}
            self._exposures = self._classify(request.household, request.overrides, known, request.live)
            self._known = request
            self._service._arrived.emit(Prepared(request.revision, request.household, self._exposures))
            self._engine = self._make_engine(request.household, self._exposures)
            return
        if self._engine is None:  # the household could not be prepared, which has been said
            return
        if kind == "live":
            begun = time.perf_counter()
            plan = self._engine.live(request.target)
            result = LiveResult(request.revision, plan, (time.perf_counter() - begun) * 1000)
            with self._condition:
                first = self._live_result is None
                self._live_result = result
            if first:
                self._service._live_waits.emit()
            return
        self._service._busy.emit("Computing the final plan…")
        proposal = self._engine.final(request.target, cancelled=lambda: self._epoch != epoch)
        if self._epoch == epoch:
            self._service._arrived.emit(FinalResult(request.revision, request.target, proposal))


def classify_household(
    household: Household,
    overrides: Mapping[str, Override],
    known: Mapping[str, Exposure],
    live: tuple[Source, ...] = (),
) -> Mapping[str, Exposure]:
    """Exposures of every security of a household; what is known already is not looked up again."""
    from core.classify.truth import Classifier

    if known and all(security.id in known for security in household.securities):
        return known
    return Classifier(overrides, live).classify_household(household)


class _WindowEngine:
    """Estimates from a warm engine; each final plan from a fresh one.

    Among plans of nearly equal worth a warm start may end at another than a cold one. A fresh engine costs some ten
    milliseconds and makes the final plan a matter of household and target alone: not of the way the hand took, and
    the same as on the command line.
    """

    def __init__(self, household: Household, exposures: Mapping[str, Exposure]) -> None:
        from core.rebalance.engine import Engine

        self._fresh: Callable[[], EngineLike] = lambda: Engine(household, exposures)
        self._warm = self._fresh()

    def live(self, target: Target) -> LivePlan:
        return self._warm.live(target)

    def final(self, target: Target, *, cancelled: Callable[[], bool]) -> Proposal:
        return self._fresh().final(target, cancelled=cancelled)


def make_engine(household: Household, exposures: Mapping[str, Exposure]) -> EngineLike:
    """The program's engine; its import brings the solver in, so it happens in the worker."""
    return _WindowEngine(household, exposures)


def frontier_of(household: Household, exposures: Mapping[str, Exposure], target: Target) -> Sequence[Any]:
    """Points from doing nothing to the closest fit, by an engine of its own: the live one stays free for the hand."""
    from core.rebalance.engine import Engine

    return Engine(household, exposures).frontier(target)
