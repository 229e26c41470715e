"""A run on a local Dask cluster of two workers, one of them killed in the middle; prints what came of it as JSON.

    python -m tests.book.cluster BOOK [HOUSEHOLDS]

A program of its own, since Dask leaves threads behind that end with the program only.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from core.book.batch import rebalance_all
from core.book.job import Outcome
from core.book.store import Book
from core.book.workers import cluster_workers, process_workers
from tests.book.practice import KEY


def main(path: Path) -> None:
    import distributed

    with (
        Book.open_with(path, KEY) as book,
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
            silence_logs="CRITICAL",
        ) as cluster,
    ):
        with process_workers(2) as workers:
            local = {p.outcome.household: p.outcome for p in rebalance_all(book, workers, again=True)}
        started = time.perf_counter()
        with cluster_workers(cluster.scheduler_address) as workers:
            there = {p.outcome.household: p.outcome for p in rebalance_all(book, workers, again=True)}
        seconds = time.perf_counter() - started
        killed: dict[int, Outcome] = {}
        victims = [nanny.pid for nanny in cluster.workers.values()]
        with cluster_workers(cluster.scheduler_address) as workers:
            for progress in rebalance_all(book, workers, again=True):
                killed[progress.outcome.household] = progress.outcome
                if len(killed) == 2:
                    os.kill(victims[0], signal.SIGKILL)
        same = [
            all(a[key].same_answer(local[key]) for key in local) and a.keys() == local.keys() for a in (there, killed)
        ]
        statuses = sorted({outcome.status.value for outcome in killed.values()})
        print(json.dumps({"same": same[0], "same_after_kill": same[1], "statuses": statuses, "seconds": seconds}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
