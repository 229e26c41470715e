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


def write_workbook(path: Path, rows: int) -> None:
    """The same lots as an XLSX workbook, numbers and dates as a broker's export types them."""
    import csv

    import openpyxl

    text = path.with_suffix(".csv")
    write_lots(text, rows)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Lots")
    with text.open(newline="", encoding="utf-8") as stream:
        for number, row in enumerate(csv.reader(stream)):
            sheet.append(row if not number else [*row[:4], int(row[4]), *map(float, row[5:])])
    book.save(path)


def write_mixed(folder: Path, files: int) -> list[Path]:
    """Exports of one household: a third Schwab, a third Fidelity, a third generic lots; 25 holdings each."""
    rng = random.Random(2)
    paths = []
    for number in range(files):
        held = [(f"S{rng.randrange(500):03d}", rng.randint(1, 400), rng.randint(900, 45_000) / 100) for _ in range(25)]
        if number % 3 == 0:
            path = folder / f"A{number}-Positions-2026-10-30-101010.csv"
            total = sum(q * p for _, q, p in held)
            lines = [f'"Positions for account A{number} ...{100 + number} as of 05:14 PM ET, 2026/10/30"', ""]
            names = (
                "Symbol",
                "Description",
                "Qty (Quantity)",
                "Price",
                "Mkt Val (Market Value)",
                "Cost Basis",
                "Asset Type",
            )
            lines.append(",".join(f'"{name}"' for name in names) + ",")
            for s, q, p in held:
                lines.append(f'"{s}","EXAMPLE {s}","{q}","{p:.2f}","${q * p:,.2f}","${q * p * 0.8:,.2f}","Equity",')
            lines.append(f'"Positions Total","--","--","--","${total:,.2f}","--","--",')
        elif number % 3 == 1:
            path = folder / f"Portfolio_Positions_Oct-30-2026-{number}.csv"
            lines = [
                "Account number,Account name,Symbol,Description,Quantity,Last price,Current value,Percent of account,"
                "Cost basis total,Average cost basis,Type"
            ]
            for s, q, p in held:
                lines.append(
                    f"Z{number:08d},Roth IRA,{s},EXAMPLE {s},{q},${p:.2f},${q * p:.2f},,${q * p * 0.9:.2f},,Cash,"
                )
            lines += ["", '"Date downloaded Oct-30-2026 6:00 p.m ET"']
        else:
            path = folder / f"lots-{number}.csv"
            lines = ["Account,Symbol,Description,Acquired,Quantity,Price,Market Value,Cost Basis"]
            for s, q, p in held:
                lines.append(f"{5000 + number},{s},Example {s},05/06/2020,{q},{p:.2f},{q * p:.2f},{q * p * 0.7:.2f}")
        path.write_text("\n".join(lines) + "\n", "utf-8")
        paths.append(path)
    return paths


def _peak(code: str, path: Path) -> float:
    """Largest memory, in megabytes, of a fresh interpreter that runs the code beyond what importing alone takes."""
    import subprocess
    import sys

    # What the kernel says of this process since it was started; getrusage would count its parent's pages too.
    report = "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    # The program itself, its layouts and numpy are there before the first file is.
    loaded = (
        "from datetime import date; from pathlib import Path; from core.importing.read import read_files; import sys\n"
        "import core.importing.byte_table, core.importing.columnar\n"
        "from core.importing.layout import library; library()"
    )

    def run(lines: str) -> float:
        command = [sys.executable, "-c", f"{loaded}\n{lines}\n{report}", str(path)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024

    return run(code) - run("")


def import_rows() -> list[Row]:
    import openpyxl
    import pandas

    from core.importing.read import read_files

    today = date(2026, 10, 30)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "lots.csv"
        write_lots(path, _ROWS)
        # By turns, so that what else the machine does falls on both.
        pairs = [
            (milliseconds(lambda: read_files([path], today=today)), milliseconds(lambda: pandas.read_csv(path)))
            for _ in range(3 * _RUNS)
        ]
        ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
        size = path.stat().st_size / 2**20
        linux = Path("/proc/self/status").exists()
        read = "h = read_files([Path(sys.argv[1])], today=date(2026, 10, 30))"
        memory = [_peak(read, path)] if linux else []
        memory_of_lots = [_peak(f"{read}; h.lots", path)] if linux else []
        with_lots = [milliseconds(lambda: read_files([path], today=today).lots) for _ in range(_RUNS)]
        book = folder / "lots.xlsx"
        write_workbook(book, _ROWS // 2)
        workbook = [milliseconds(lambda: read_files([book], today=today)) for _ in range(_RUNS)]

        def with_openpyxl() -> None:
            for _ in openpyxl.load_workbook(book, read_only=True).active.iter_rows(values_only=True):
                pass

        other = [milliseconds(with_openpyxl) for _ in range(_RUNS)]
        mixed = folder / "mixed"
        mixed.mkdir()
        paths = write_mixed(mixed, 40)
        many = [milliseconds(lambda: read_files(paths, today=today)) for _ in range(2 * _RUNS)]
    ratio = [a / b for a, b in zip(sorted(ours), sorted(theirs), strict=True)]
    speed = [_ROWS / ms for ms in ours]
    faster = [b / a for a, b in zip(sorted(workbook), sorted(other), strict=True)]
    case, sheet = f"{_ROWS:,} lots, CSV", f"{_ROWS // 2:,} lots, XLSX"
    return [
        row("import", case, "whole pipeline", "ms", ours),
        row("import", case, "pandas.read_csv alone", "ms", theirs),
        row("import", case, "speed", "rows/ms", speed, goal=300, goal_of="median", at_least=True),
        row("import", case, "ratio to pandas.read_csv", "times", ratio, goal=3, goal_of="median"),
        row("import", case, "whole pipeline, and every lot made an object", "ms", with_lots),
        *(
            row("import", case, "memory with every lot an object, in sizes of the file", "times", [m / size])
            for m in memory_of_lots
        ),
        *(
            row("import", case, "memory, in sizes of the file", "times", [m / size], goal=5, goal_of="median")
            for m in memory
        ),
        row("import", sheet, "whole pipeline", "ms", workbook),
        row("import", sheet, "openpyxl, read-only, alone", "ms", other),
        row("import", sheet, "faster than openpyxl", "times", faster, goal=5, goal_of="median", at_least=True),
        row("import", "40 mixed files", "whole pipeline", "ms", many, goal=500, goal_of="median"),
    ]
