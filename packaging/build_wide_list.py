"""Makes the wide list of symbols, ``resources/wide_list/*.csv.gz``: the same bytes on every run.

    python3 packaging/build_wide_list.py FUNDS.csv.gz STOCKS.csv.gz

FUNDS has the columns symbol, name, type (``ETF`` or ``MUTUALFUND``); STOCKS symbol, name, size, sector, of which only
the companies with a size (members of a US index) are taken: of the others nobody says whether they are American.
Further columns are left alone. The sources and their licences are in ``resources/wide_list/NOTICE.txt``.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Iterable
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "resources" / "wide_list"
KINDS = {"ETF": "etf", "MUTUALFUND": "mutual_fund"}


def rows(path: str) -> list[dict[str, str]]:
    """Rows of a gzipped CSV file by column."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(name: str, header: str, lines: Iterable[tuple[str, ...]]) -> None:
    """A gzipped CSV file, rows sorted and unique by symbol, without a time stamp."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    unique = {line[0]: line for line in sorted(lines, reverse=True)}
    writer.writerows(sorted(unique.values()))
    # no name and no time in the header: the bytes depend on the rows alone
    (OUT / name).write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
    print(f"{name}: {len(unique)} rows")


def main(funds: str, stocks: str) -> None:
    """Read the two sources, write the two lists."""
    OUT.mkdir(exist_ok=True)
    write(
        "funds.csv.gz",
        "symbol,type,name",
        ((row["symbol"], KINDS[row["type"]], " ".join(row["name"].split())) for row in rows(funds)),
    )
    write(
        "stocks.csv.gz",
        "symbol,sector,name",
        (
            (row["symbol"].replace("-", "."), row["sector"].lower().replace(" ", "_"), " ".join(row["name"].split()))
            for row in rows(stocks)
            if row["size"]
        ),
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
