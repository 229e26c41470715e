"""The same input gives the same trades: three runs, one thread or two, accounts, securities and lots in any order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: shuffle, threads, hash seed of each run
RUNS = ((0, 1, "0"), (0, 2, "1"), (3, 2, "2"))


def planned(kind: str, seed: int, shuffle: int, threads: int, hash_seed: str) -> list[object]:
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "RAYON_NUM_THREADS": str(threads),
        "PYTHONHASHSEED": hash_seed,
    }
    command = [sys.executable, "-m", "tests.rebalance.plan_once", kind, str(seed), str(shuffle), str(threads)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    trades: list[object] = json.loads(done.stdout)
    return trades


@pytest.mark.parametrize(("kind", "seed"), [("plain", 1), ("plain", 2), ("risk", 1), ("limit", 2)])
def test_runs_threads_and_order_change_nothing(kind: str, seed: int):
    first, *others = (planned(kind, seed, *run) for run in RUNS)
    assert first
    for other in others:
        assert other == first
