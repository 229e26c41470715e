"""The work on one household of many: a review (how far it is from its target) or a plan; for any process anywhere.

What goes to other machines carries no names: those of the household, its accounts and files stay with the book and are
put back there (``task_of``). Processes of this machine are given the document as the book holds it (``own_task_of``),
which saves half of what the book's process has to do; an answer names nobody either way.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import attrs

from core.book.codec import EMPTY_PARTS, document_of, packed, part_value, to_bytes, unpacked
from core.errors import NoPlanError, TrimtabError
from core.household import Household, Severity


class Job(StrEnum):
    """What is done with a household."""

    REVIEW = "review"
    PLAN = "plan"


class Status(StrEnum):
    """How it ended. DONE, NO_PLAN and REFUSED are answers; FAILED and LOST are tried again at the next run."""

    DONE = "done"
    NO_PLAN = "no plan"  # no plan satisfies the rules
    REFUSED = "refused"  # the input can't be used
    FAILED = "failed"  # a fault of the program
    LOST = "lost"  # the worker died at it, also alone

    @property
    def final(self) -> bool:
        """Whether the same question would get the same answer."""
        return self in (Status.DONE, Status.NO_PLAN, Status.REFUSED)


@attrs.frozen
class Task:
    """One household's work: its document, packed. ``state`` is the hash of the document it is of."""

    household: int
    job: Job
    state: bytes
    parts: Mapping[str, bytes]


@attrs.frozen
class Outcome:
    """What came of a task.

    figures : drift, out_of_band, size, value_tilt, coverage; for a plan also trades, tax, turnover, drift_after.
    body : the proposal, packed, for a plan that was made. seconds, cpu_seconds : of work, on the worker.
    """

    household: int
    job: Job
    state: bytes
    status: Status
    message: str = ""
    figures: Mapping[str, float] = attrs.field(factory=dict)
    body: bytes | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def same_answer(self, other: Outcome) -> bool:
        """Whether two outcomes say the same (their times apart)."""
        return attrs.evolve(self, seconds=0.0, cpu_seconds=0.0) == attrs.evolve(other, seconds=0.0, cpu_seconds=0.0)


def task_of(household: int, job: Job, state: bytes, parts: Mapping[str, bytes]) -> Task | Outcome:
    """The task of a household without its names, for any machine, or its outcome at once where its import found errors.

    ``parts`` as the book has them.
    """
    content = json.loads(parts["household"])
    errors = [f["message"] for f in content["findings"] if f["severity"] == Severity.ERROR.value]
    if errors:
        return Outcome(household, job, state, Status.REFUSED, _unusable(errors))
    content |= {"name": "", "files": [], "findings": []}
    for account in content["accounts"]:
        account |= {"name": "", "custodian": None}
    nameless = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Task(household, job, state, {**{k: packed(v) for k, v in parts.items()}, "household": packed(nameless)})


def own_task_of(household: int, job: Job, state: bytes, bodies: Mapping[str, bytes]) -> Task:
    """The task of a household for a process of this machine. ``bodies``: its parts as the book holds them, packed."""
    return Task(household, job, state, bodies)


def _unusable(errors: Sequence[str]) -> str:
    return "The household can't be planned for as it was read: " + " ".join(errors)


def do(task: Task) -> Outcome:
    """Do the work. Never raises: whatever goes wrong with one household is its outcome."""
    started, work_before = time.perf_counter(), time.process_time()
    outcome = Outcome(task.household, task.job, task.state, Status.FAILED)
    try:
        outcome = _work(task, outcome)
    except NoPlanError as error:
        words = f"{error} Rules: {', '.join(error.rules)}" if error.rules else str(error)
        outcome = attrs.evolve(outcome, status=Status.NO_PLAN, message=words)
    except TrimtabError as error:
        outcome = attrs.evolve(outcome, status=Status.REFUSED, message=str(error))
    except Exception as error:  # isolated: the others go on, and this one is reported
        outcome = attrs.evolve(outcome, status=Status.FAILED, message=f"{type(error).__name__}: {error}")
    cpu = time.process_time() - work_before
    return attrs.evolve(outcome, seconds=time.perf_counter() - started, cpu_seconds=cpu)


def _work(task: Task, outcome: Outcome) -> Outcome:
    parts = {**EMPTY_PARTS, **{kind: unpacked(body) for kind, body in task.parts.items()}}
    document = document_of(parts)
    errors = [f.message for f in document.household.findings if f.severity is Severity.ERROR]
    if errors:
        return attrs.evolve(outcome, status=Status.REFUSED, message=_unusable(errors))
    household, target = _nameless(document.household), document.target
    exposures = _classifier(parts["overrides"], parts["live"]).classify_household(household)
    from core.book.drift import cells_out_of_band, drift_of

    if task.job is Job.REVIEW:
        return attrs.evolve(outcome, status=Status.DONE, figures=drift_of(household, exposures, target))
    from core.rebalance.engine import Engine

    proposal = attrs.evolve(Engine(household, exposures).final(target), timing_ms={})
    figures = {
        "drift": proposal.misfit_before,
        "out_of_band": float(cells_out_of_band(household, exposures, target)),
        "drift_after": proposal.misfit_after,
        "trades": float(len(proposal.trades)),
        "tax": float(proposal.tax.tax),
        "turnover": proposal.turnover,
        "size": proposal.before.size,
        "value_tilt": proposal.before.value_tilt,
        "coverage": proposal.before.coverage,
    }
    return attrs.evolve(outcome, status=Status.DONE, figures=figures, body=packed(to_bytes(proposal)))


def _nameless(household: Household) -> Household:
    """As ``task_of`` leaves it, so that an answer is the same whoever was asked."""
    accounts = tuple(attrs.evolve(account, name="", custodian=None) for account in household.accounts)
    return attrs.evolve(household, name="", files=(), findings=(), accounts=accounts)


@lru_cache(maxsize=8)
def _classifier(overrides: bytes, live: bytes) -> Any:
    """A classifier of its own for each set of overrides and profiles: it remembers what it has classified."""
    from collections.abc import Mapping as Map

    from core.book.codec import from_bytes
    from core.classify.overrides import Override
    from core.classify.truth import Classifier

    return Classifier(
        from_bytes(overrides, Map[str, Override]),  # type: ignore[type-abstract]
        part_value("live", live),
    )
