"""Who does the work on many households: processes of this machine, a Dask cluster, or any executor.

with process_workers(2) as workers: ...
with cluster_workers("tls://scheduler:8786") as workers: ...
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

from core.book.job import Outcome, Task
from core.errors import InputError, UsageError


class Workers:
    """An executor, how many tasks it does at once, and how to get a new one where it broke.

    ``here`` : its workers are processes of this machine and this user, who may see names.
    """

    def __init__(self, make: Callable[[], Executor], size: int, *, here: bool = False) -> None:
        self._make = make
        self._executor: Executor | None = None
        self.size = size
        self.here = here

    def submit(self, work: Callable[[Task], Outcome], task: Task) -> Future[Outcome]:
        """Hand out a task."""
        if self._executor is None:
            self._executor = self._make()
        return self._executor.submit(work, task)

    def renew(self) -> None:
        """Let go of an executor that broke; the next task gets a new one."""
        if self._executor is not None:
            with contextlib.suppress(Exception):  # it is broken already
                self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def close(self) -> None:
        """End the executor; tasks that have begun are waited for, the others are not begun."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None


def _begin() -> None:
    """What a process does before its first task: one thread a process, and the libraries loaded."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    import core.classify.truth
    import core.rebalance.engine  # noqa: F401


@contextlib.contextmanager
def process_workers(count: int | None = None) -> Iterator[Workers]:
    """Processes of this machine, as many as it has processors unless said otherwise.

    They are started anew, not forked: a fork of a program with threads (a window, the writer of a book) may hang.
    """
    size = (os.cpu_count() or 1) if count is None else count
    if not 1 <= size <= 256:
        raise UsageError(f"{size} workers: give a number from 1 to 256")
    context = multiprocessing.get_context("spawn")
    workers = Workers(lambda: ProcessPoolExecutor(size, mp_context=context, initializer=_begin), size, here=True)
    try:
        yield workers
    finally:
        workers.close()


#: Seconds until a scheduler must answer, and until it must have a worker.
_PATIENCE = 30


@contextlib.contextmanager
def cluster_workers(address: str) -> Iterator[Workers]:
    """The workers of a Dask cluster, by its scheduler's address. Raises InputError where it can't be used.

    What the tasks carry (holdings and account ids, no names) goes to those machines: use ``tls://`` beyond this one.
    """
    try:
        import distributed
    except ImportError as error:
        remedy = "in a checkout, python -m pip install --editable '.[cluster]'; the built program cannot have it"
        raise InputError(f"A cluster needs the extra 'cluster' of an installation from source: {remedy}.") from error
    make_client: Any = distributed.Client
    try:
        client = make_client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"The scheduler {address} does not answer ({error}). Is it started, and reachable?") from error
    try:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise InputError(f"The scheduler {address} has no workers. Start one: dask worker {address}") from error
        size = sum(int(worker["nthreads"]) for worker in client.scheduler_info(n_workers=-1)["workers"].values())
        workers = Workers(lambda: client.get_executor(pure=False), max(1, size))
        try:
            yield workers
        finally:
            workers.renew()
    finally:
        client.close()


def workers_of(executor: Workers | Executor, size: int | None = None) -> Workers:
    """Any executor as workers; it is the caller's to close, and can't be replaced where it breaks."""
    if isinstance(executor, Workers):
        return executor
    given: Any = executor
    count = size or getattr(given, "_max_workers", None) or os.cpu_count() or 1
    return Workers(lambda: given, int(count))
