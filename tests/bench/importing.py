"""Reading a large lots file through the whole import, beside bare readers of the same file."""

from __future__ import annotations

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

from tests.bench.report import Row, milliseconds, row

_ROWS = 100_000
_RUNS = 3


def write_lots(path: Path, rows: int) -> None:
    """A generic lots CSV: account, symbol, name, date, quantity, price, value, cost basis; numbers invented."""
    rng = random.Random(1)
    day = date(2026, 10, 30)
    lines = ["Account,Symbol,Description,Acquired,Quantity,Price,Market Value,Cost Basis"]
    prices = [rng.randint(900, 45_000) for _ in range(500)]
    for i in range(rows):
        s = rng.randrange(500)
        quantity = rng.randint(1, 400)
        value = quantity * prices[s]
        basis = round(value * rng.uniform(0.5, 1.3))
        bought = day - timedelta(days=rng.randint(1, 4000))
        lines.append(
            f"{1000 + i % 5},S{s:03d},Example {s} Inc,{bought:%m/%d/%Y},{quantity},{prices[s] / 100:.2f},"
            f"{value / 100:.2f},{basis / 100:.2f}"
        )
    path.write_text("\n".join(lines) + "\n", "utf-8")


def import_rows() -> list[Row]:
    import pandas

    from core.importing.read import read_files

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lots.csv"
        write_lots(path, _ROWS)
        ours = [milliseconds(lambda: read_files([path], today=date(2026, 10, 30))) for _ in range(_RUNS)]
        theirs = [milliseconds(lambda: pandas.read_csv(path)) for _ in range(_RUNS)]
    ratio = [a / b for a, b in zip(sorted(ours), sorted(theirs), strict=True)]
    speed = [_ROWS / ms for ms in ours]
    case = f"{_ROWS:,} lots, CSV"
    return [
        row("import", case, "whole pipeline", "ms", ours),
        row("import", case, "pandas.read_csv alone", "ms", theirs),
        row("import", case, "speed", "rows/ms", speed, goal=300, goal_of="median", at_least=True),
        row("import", case, "ratio to pandas.read_csv", "times", ratio, goal=3, goal_of="median"),
    ]
