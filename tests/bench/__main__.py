"""Benchmarks: ``python -m tests.bench [engine] [import] [window] [book] [peers] [--json FILE|-]`` prints one table.

Medians over repeated runs; never part of the tests, so that a busy machine can't fail them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from tests.bench.report import Row, table

if TYPE_CHECKING:
    from tests.bench.peers import ModelResult

GROUPS = ("engine", "import", "window")
#: Runs only where it is named: with the standard 60 seconds for each mixed-integer program it takes long.
PEERS = "peers"
#: Runs only where it is named: a thousand households, planned for three times.
BOOK = "book"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Trimtab's benchmarks.")
    parser.add_argument(
        "groups", nargs="*", choices=(*GROUPS, BOOK, PEERS), default=[], help="which to run (all but book and peers)"
    )
    parser.add_argument("--households", type=int, default=1000, help="book: how many (1000)")
    parser.add_argument("--cluster", action="store_true", help="book: also on a local Dask cluster of two workers")
    parser.add_argument("--seeds", type=int, default=5, help="households a case (5)")
    parser.add_argument("--milp-seconds", type=float, default=60.0, help="peers: seconds for each MILP (60)")
    parser.add_argument("--json", dest="document", help="also write the figures to a file, or - for stdout alone")
    chosen = parser.parse_args(arguments)
    rows: list[Row] = []
    if not chosen.groups or "engine" in chosen.groups:
        from tests.bench.engine import engine_rows

        rows += engine_rows(chosen.seeds)
    if not chosen.groups or "import" in chosen.groups:
        from tests.bench.importing import import_rows

        rows += import_rows()
    if not chosen.groups or "window" in chosen.groups:
        from tests.bench.window import window_rows

        rows += window_rows()
    if BOOK in chosen.groups:
        from tests.bench.book import book_rows

        rows += book_rows(chosen.households, cluster=chosen.cluster)
    models: list[ModelResult] = []
    if PEERS in chosen.groups:
        from tests.bench.peers import model_results, model_table, peer_rows

        rows += peer_rows(chosen.seeds, chosen.milp_seconds)
        models = model_results()
    if chosen.document != "-":
        print(table(rows))
        if models:
            print(f"\n{model_table(models)}")
    if chosen.document:
        documents = [row.document() for row in rows] + [attrs.asdict(result) for result in models]
        text = json.dumps(documents, indent=1)
        if chosen.document == "-":
            print(text)
        else:
            Path(chosen.document).write_text(text + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
