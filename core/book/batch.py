"""Work on many households: results stream in, each is in the book before it is told; what is finished is not redone.

    for progress in rebalance_all(book, workers):
        print(progress.done, progress.total, progress.outcome.status)

One household's failure is its own: where a worker dies, what it had in hand is done again, and a household at which a
worker dies also alone is reported as LOST.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait

import attrs

from core import __version__
from core.book.chain import timestamp
from core.book.errors import book_error
from core.book.job import Job, Outcome, Status, Task, do, own_task_of, task_of
from core.book.store import Book
from core.book.workers import Workers, workers_of
from core.errors import InputError

#: Times a task may be in hand when a worker dies before it is tried alone.
_CHANCES = 2
#: Times in a row that all workers may end without one answer, until the run gives up: nothing can be worked out here.
_HOPELESS = 12
#: Seconds between two looks at whether the run was cancelled.
_LOOK = 0.1


@attrs.frozen
class Progress:
    """One more outcome: ``done`` of ``total`` households of this run."""

    outcome: Outcome
    done: int
    total: int


def rebalance_all(
    book: Book,
    executor: Workers | Executor,
    *,
    households: Iterable[int] | None = None,
    job: Job = Job.PLAN,
    again: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
) -> Generator[Progress, None, None]:
    """Plan for (or review) every household, or those given, and keep what comes.

    Parameters
    ----------
    book : the writer's; each outcome is on the disk before it is yielded.
    executor : ``process_workers()``, ``cluster_workers()``, or any executor whose tasks may run elsewhere.
    households : ids; None for all. Those whose newest outcome is of their present document are left out, unless
        ``again``.
    cancelled : asked now and then; once true nothing new is begun, and what has begun is waited for and kept.

    Raises BookError where the book refuses. Closing the iterator cancels.
    """
    if not book.writable:
        raise book_error(book.database.refusal, book.path)
    todo = waiting(book, households, job=job, again=again)
    if not todo:
        return
    run = _begin_run(book, job)
    yield from _Run(book, workers_of(executor), job, todo, cancelled, run).stream()


def waiting(book: Book, households: Iterable[int] | None = None, *, job: Job, again: bool = False) -> list[int]:
    """Ids of households whose outcome is missing, or of an older document or program; by name."""
    known = {
        household: (state, program, Status(status).final)
        for household, state, program, status in book.database.rows(
            "SELECT o.household, o.state, r.program, o.status FROM outcome o JOIN run r ON r.id = o.run "
            "WHERE o.job = ?",
            (job.value,),
        )
    }
    wanted = None if households is None else set(households)
    found = []
    for entry in book.households():
        if wanted is not None and entry.id not in wanted:
            continue
        if not again and entry.id in known and known[entry.id] == (book.state(entry.id), __version__, True):
            continue
        found.append(entry.id)
    return found


def _begin_run(book: Book, job: Job) -> int:
    with book.database.transaction():
        return book.database.run(
            "INSERT INTO run (job, started, program) VALUES (?, ?, ?)",
            (job.value, timestamp(book.clock()), __version__),
        )


def keep_outcome(book: Book, run: int, outcome: Outcome) -> None:
    """Put an outcome into the book, in place of the household's older one of that job."""
    with book.database.transaction():
        if book.database.row("SELECT 1 FROM household WHERE id = ?", (outcome.household,)) is None:
            return  # removed meanwhile
        book.database.run(
            "INSERT OR REPLACE INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                outcome.household,
                outcome.job.value,
                run,
                outcome.state,
                timestamp(book.clock()),
                outcome.status.value,
                outcome.message,
                json.dumps(dict(outcome.figures)),
                outcome.body,
            ),
        )


class _Run:
    """One run while it lasts."""

    def __init__(
        self, book: Book, workers: Workers, job: Job, todo: list[int], cancelled: Callable[[], bool], run: int
    ) -> None:
        self.book = book
        self.workers = workers
        self.job = job
        self.total = len(todo)
        self.done = 0
        self.cancelled = cancelled
        self.run = run
        self.queue = deque(todo)
        self.again: deque[Task] = deque()
        self.suspects: deque[Task] = deque()
        self.losses: dict[int, int] = {}
        self.breaks = 0
        self.in_hand: dict[Future[Outcome], Task] = {}

    def stream(self) -> Iterator[Progress]:
        """Outcomes as they come."""
        try:
            while True:
                stopped = self.cancelled()
                if not stopped:
                    yield from self._hand_out()
                if not self.in_hand:
                    break
                for outcome in self._collect():
                    yield self._kept(outcome)
            if self.done == self.total:
                self.book.database.run(
                    "UPDATE run SET finished = ? WHERE id = ?", (timestamp(self.book.clock()), self.run)
                )
        finally:
            for future in self.in_hand:
                future.cancel()

    def _hand_out(self) -> Iterator[Progress]:
        """Keep the workers busy, with few tasks waiting: memory stays flat however many households there are."""
        limit = 2 * self.workers.size + 2
        while len(self.in_hand) < limit and (self.again or self.queue):
            task: Task | Outcome
            task = self.again.popleft() if self.again else self._prepared(self.queue.popleft())
            if isinstance(task, Outcome):
                yield self._kept(task)
            else:
                self._submit(task)
        if not self.in_hand and self.suspects:
            self._submit(self.suspects.popleft())  # alone, so that only it can be to blame

    def _prepared(self, household: int) -> Task | Outcome:
        state = self.book.state(household)
        if self.workers.here:
            return own_task_of(household, self.job, state, self.book.packed_parts(household))
        return task_of(household, self.job, state, self.book.parts(household))

    def _submit(self, task: Task) -> None:
        try:
            future = self.workers.submit(do, task)
        except BrokenExecutor:
            self.workers.renew()
            future = self.workers.submit(do, task)
        except (RuntimeError, OSError) as error:
            raise InputError(
                f"The workers can't be reached any more ({error}). What is finished is in the book; start again to go "
                "on."
            ) from error
        self.in_hand[future] = task

    def _collect(self) -> Iterator[Outcome]:
        finished, _ = wait(self.in_hand, timeout=_LOOK, return_when=FIRST_COMPLETED)
        broken: list[Task] = []
        for future in finished:
            task = self.in_hand.pop(future)
            try:
                outcome = future.result()
                self.breaks = 0
                yield outcome
            except (BrokenExecutor, CancelledError):
                broken.append(task)
            except Exception as error:
                if not _worker_died(error):
                    yield Outcome(
                        task.household, task.job, task.state, Status.FAILED, f"{type(error).__name__}: {error}"
                    )
                else:
                    yield _lost(task)
        if broken:
            yield from self._mend(broken)

    def _mend(self, broken: list[Task]) -> Iterator[Outcome]:
        """A worker died: a new executor, and whatever was in hand again."""
        for future, task in list(self.in_hand.items()):
            if future.done() and not future.cancelled() and future.exception() is None:
                continue  # finished before the others broke; collected at the next look
            del self.in_hand[future]
            broken.append(task)
        self.workers.renew()
        self.breaks += 1
        if self.breaks > _HOPELESS:
            raise InputError(
                "The workers end as soon as they begin, whatever they are given: there may be too little memory, or "
                "the program is not whole. What is finished is in the book; start again to go on."
            )
        for task in broken:
            times = self.losses[task.household] = self.losses.get(task.household, 0) + 1
            if times > _CHANCES and len(broken) == 1:
                yield _lost(task)
            elif times >= _CHANCES:
                self.suspects.append(task)
            else:
                self.again.append(task)

    def _kept(self, outcome: Outcome) -> Progress:
        keep_outcome(self.book, self.run, outcome)
        self.done += 1
        return Progress(outcome, self.done, self.total)


def _lost(task: Task) -> Outcome:
    words = "The worker ended while it was at this household, more than once: its memory may not be enough."
    return Outcome(task.household, task.job, task.state, Status.LOST, words)


def _worker_died(error: Exception) -> bool:
    """Dask's word for a task at which several workers died; it has tried again by itself."""
    return type(error).__name__ == "KilledWorker"
