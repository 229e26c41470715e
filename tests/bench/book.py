"""Books of many households: planning for all of them with one and two workers, memory, and the speed of the store.

1,000 typical households (5 accounts, 60 securities, 500 tax lots) unless said otherwise.
"""

from __future__ import annotations

import os
import tempfile
import time
from datetime import date
from pathlib import Path

from core.book.batch import rebalance_all
from core.book.job import Job, Outcome, Status
from core.book.session import BookSession
from core.book.store import Book
from core.book.summary import summarise
from core.book.workers import Workers, process_workers
from core.edits import SetPoint
from tests.bench.report import Row, milliseconds, row
from tests.book.practice import KEY, practice

_TODAY = date(2026, 11, 25)


def book_rows(households: int, *, cluster: bool = False) -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "practice.trimtab"
        started = time.perf_counter()
        with practice(path, households, accounts=5, securities=60, lots=500) as book:
            added = households / (time.perf_counter() - started)
            rows = [
                row("book", f"{households} households", "added to the book", "a second", [added]),
                # what is still in the log counts too
                row("book", f"{households} households", "size of the file", "MB", [_size(path) / 1e6]),
                *_store_rows(book),
            ]
            rates, answers = {}, {}
            for count in (1, 2):
                with process_workers(count) as workers:
                    rates[count], answers[count], memory = _run(book, workers)
                case = f"{count} worker{'s' if count > 1 else ''}"
                goal = {"goal": 12.0, "goal_of": "median", "at_least": True} if count == 2 else {}
                rows.append(row("book", case, "planned", "a second", [rates[count]], **goal))
                cpu = [1000 * outcome.cpu_seconds for outcome in answers[count].values()]
                rows.append(row("book", case, "processor time a household", "ms", cpu))
                rows.append(row("book", case, "memory, growth after 100", "MB", [memory]))
            gain = rates[2] / rates[1]
            rows.append(row("book", "2 workers", "of 1", "times", [gain], goal=1.7, goal_of="median", at_least=True))
            rows.append(row("book", "2 workers", "same answers as 1", "share", [_same(answers[1], answers[2])]))
            if cluster:
                rows += _cluster_rows(book, answers[1])
        return rows


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.parent.iterdir())


def _store_rows(book: Book) -> list[Row]:
    opening, summary, saving = [], [], []
    for _ in range(20):
        summary.append(milliseconds(lambda: summarise(book, _TODAY)))
    session = BookSession(book, 1)
    document = session.document
    for n in range(100):
        document = SetPoint(n / 200, 0.2).apply(document)[0]
        after = document

        def save(after=after) -> None:
            session.append_edit(after, "Move tilt")
            session.flush()

        saving.append(milliseconds(save))
    session.close()
    for _ in range(10):
        opening.append(milliseconds(lambda: Book.open_with(book.path, KEY).close()))
    return [
        row("book", "list", "whole summary", "ms", summary),
        row("book", "autosave", "an edit on the disk", "ms", saving),
        row("book", "open", "with the key at hand", "ms", opening),
    ]


def _run(book: Book, workers: Workers) -> tuple[float, dict[int, Outcome], float]:
    """Households a second once the workers are up, the answers (without proposals), and how memory grew, MB."""
    answers: dict[int, Outcome] = {}
    started = base = 0.0
    for progress in rebalance_all(book, workers, job=Job.PLAN, again=True):
        assert progress.outcome.status in (Status.DONE, Status.NO_PLAN), progress.outcome
        answers[progress.outcome.household] = progress.outcome
        if not started:
            started = time.perf_counter()
        if progress.done == min(100, progress.total // 2):
            base = _memory()
    seconds = time.perf_counter() - started
    return (len(answers) - 1) / seconds, answers, _memory() - base


def _memory() -> float:
    """Resident memory of this process and its children, MB; 0 where the system doesn't say."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        if str(os.getpid()) in (fields["Pid"].strip(), fields["PPid"].strip()) and "VmRSS" in fields:
            total += int(fields["VmRSS"].split()[0])
    return total / 1024


def _same(one: dict[int, Outcome], other: dict[int, Outcome]) -> float:
    return sum(one[key].same_answer(other[key]) for key in one) / len(one)


def _cluster_rows(book: Book, expected: dict[int, Outcome]) -> list[Row]:
    import distributed

    from core.book.workers import cluster_workers

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        cluster_workers(cluster.scheduler_address) as workers,
    ):
        rate, answers, _ = _run(book, workers)
    return [
        row("book", "Dask, 2 workers", "planned", "a second", [rate]),
        row("book", "Dask, 2 workers", "same answers as 1", "share", [_same(expected, answers)]),
    ]
