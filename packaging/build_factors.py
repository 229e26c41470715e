"""Makes the embedded series of monthly factor returns, ``resources/market/factors.csv.gz``: the same bytes each run.

    python3 packaging/build_factors.py ARCH.whl

ARCH.whl is a wheel of the package ``arch`` (``pip download --no-deps arch``), which carries Kenneth French's monthly
Mkt-RF, SMB, HML and RF in per cent from July 1926 under the NCSA licence; its notice is in
``resources/market/NOTICE.txt``. Months are checked to follow each other without a gap.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zipfile
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "resources" / "market" / "factors.csv.gz"
MEMBER = "arch/data/frenchdata/frenchdata.csv.gz"
COLUMNS = ("Date", "Mkt-RF", "SMB", "HML", "RF")


def compact(packed: bytes) -> bytes:
    """The series as gzipped CSV: the first month in the heading, then a line a month in hundredths of a per cent.

    Raises ValueError where a column is not the one expected, a month is missing or a figure has more than two
    decimals.
    """
    rows = list(csv.reader(io.StringIO(gzip.decompress(packed).decode("ascii"))))
    if tuple(rows[0]) != COLUMNS:
        raise ValueError(f"columns {rows[0]} found, {list(COLUMNS)} expected")
    lines = [f"month {rows[1][0][:4]}-{rows[1][0][4:]},mkt_rf,smb,hml,rf"]
    expected = month_number(rows[1][0])
    for row in rows[1:]:
        if month_number(row[0]) != expected:
            raise ValueError(f"a month is missing before {row[0]}")
        expected += 1
        lines.append(",".join(str(hundredths(cell)) for cell in row[1:]))
    return gzip.compress(("\n".join(lines) + "\n").encode("ascii"), mtime=0)


def month_number(text: str) -> int:
    """Months since year 0 of ``yyyymm``."""
    return int(text[:4]) * 12 + int(text[4:]) - 1


def hundredths(cell: str) -> int:
    """Per cent as whole hundredths."""
    scaled = round(float(cell) * 100)
    if abs(scaled / 100 - float(cell)) > 1e-9:
        raise ValueError(f"{cell} has more than two decimals")
    return scaled


def main(argv: list[str]) -> int:
    """Build the file; exit status 2 on wrong usage."""
    if len(argv) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    with zipfile.ZipFile(argv[0]) as wheel:
        OUT.write_bytes(compact(wheel.read(MEMBER)))
    print(f"{OUT}: {OUT.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
