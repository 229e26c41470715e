"""How often the name rules alone find the size and the style of a US equity fund.

    python -m tests.classify.accuracy [--errors] [--held-out-errors]

The truth is ours: ``truth/us_equity_funds.csv``, funds that are not in the core table, each with what its size and
style follow from. The rules may be tuned against one half of it only (the symbols whose CRC-32 is even); the other half
is held out and its misses are not to be looked at. ``truth/sample.csv`` was drawn at random and labelled after the
rules were written, and was run once.
"""

from __future__ import annotations

import csv
import gzip
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from core.classify.boxes import SIZES, STYLES, main_box
from core.classify.core_table import read_rows
from core.classify.name_rules import guess
from core.classify.rules import expand
from core.classify.stocks import Fundamentals, size_of, stock_style
from core.household import SecurityType
from tests.shared_reference import SHARED

FOLDER = Path(__file__).resolve().parent / "truth"
NONE = "none"


@attrs.frozen
class Fund:
    """One fund of the truth."""

    symbol: str
    type: SecurityType
    name: str
    size: str
    style: str
    basis: str

    @property
    def held_out(self) -> bool:
        return zlib.crc32(self.symbol.encode()) % 2 == 1


@attrs.frozen
class Score:
    """What was said of one fund; NONE where nothing was."""

    fund: Fund
    size: str
    style: str

    @property
    def size_right(self) -> bool:
        return self.size == self.fund.size

    @property
    def style_right(self) -> bool:
        return self.style == self.fund.style

    @property
    def both_right(self) -> bool:
        return self.size_right and self.style_right


def read_truth(name: str = "us_equity_funds.csv") -> tuple[Fund, ...]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return tuple(
            Fund(r["symbol"], SecurityType(r["type"]), r["name"], r["size"], r["style"], r["basis"])
            for r in csv.DictReader(stream)
        )


def score(fund: Fund) -> Score:
    """The name rules' box of a fund, by its name and type alone."""
    found = guess(fund.name, fund.type)
    vectors = expand(found.rule, found.box, found.sectors) if found else None
    box = main_box(vectors.style_box) if vectors and vectors.mix[0] > 0.5 else None
    return Score(fund, *(box or (NONE, NONE)))


def share(scores: Iterable[bool]) -> float:
    listed = list(scores)
    return sum(listed) / len(listed) if listed else 0.0


def small_value(scores: Sequence[Score]) -> tuple[float, float]:
    """Recall and precision of small value."""
    truly = [s for s in scores if (s.fund.size, s.fund.style) == ("small", "value")]
    said = [s for s in scores if (s.size, s.style) == ("small", "value")]
    return share(s.both_right for s in truly), share(s.both_right for s in said)


def table(groups: dict[str, list[Score]]) -> str:
    lines = [
        f"{'':<22}{'funds':>6}{'size':>8}{'style':>8}{'both':>8}{'SV recall':>11}{'SV precision':>14}{'silent':>8}"
    ]
    for name, scores in groups.items():
        recall, precision = small_value(scores)
        figures = (share(getattr(s, f"{key}_right") for s in scores) for key in ("size", "style", "both"))
        cells = "".join(f"{figure:>8.1%}" for figure in figures)
        silent = share(s.size == NONE for s in scores)
        lines.append(f"{name:<22}{len(scores):>6}{cells}{recall:>11.1%}{precision:>14.1%}{silent:>8.1%}")
    return "\n".join(lines)


def confusion(scores: Sequence[Score]) -> str:
    """Rows: the truth; columns: what the rules say."""
    cells = [(size, style) for size in SIZES for style in STYLES]
    counts = Counter(((s.fund.size, s.fund.style), (s.size, s.style)) for s in scores)
    heads = [f"{size[0].upper()}{style[0].upper()}" for size, style in cells] + ["-"]
    lines = [f"{'truth / said':<14}" + "".join(f"{head:>5}" for head in heads)]
    for truth in cells:
        row = [counts[truth, said] for said in [*cells, (NONE, NONE)]]
        lines.append(f"{truth[0] + ' ' + truth[1]:<14}" + "".join(f"{count or '.':>5}" for count in row))
    return "\n".join(lines)


def stocks_table() -> str:
    """The core table's companies, and the value score alone, against the reference list; "" where it is absent.

    The list's style is membership of S&P style funds, which no thirds of a value score can equal: what counts is how
    seldom the two say the opposite.
    """
    path = SHARED / "reference" / "check" / "stocks-2026-08.csv.gz"
    if not path.exists():
        return ""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        listed = {row["symbol"].replace("-", "."): row for row in csv.DictReader(stream)}
    sizes, sectors, styles = Counter[bool](), Counter[bool](), Counter[tuple[str, str]]()
    for row in read_rows():
        known = listed.get(row.symbol)
        if row.type is not SecurityType.STOCK or known is None:
            continue
        cell, sector = row.rule.removeprefix("stock(").rstrip(")").split(", ")[:2]
        sizes[cell.split()[0] == size_of(float(known["mcap"]) * 1e6)] += 1
        sectors[sector == known["gics"].lower().replace(" ", "_")] += 1
        if known["style"]:
            styles[known["style"].lower(), cell.split()[1]] += 1
    scored = Counter[tuple[str, str]]()
    for known in listed.values():
        if known["style"] and (known["pe"] or known["pb"]):
            inverse = {key: 1 / float(known[key]) if known[key] else None for key in ("pe", "pb")}
            dividend = float(known["dy"]) if known["dy"] else None
            found = stock_style(
                Fundamentals(float(known["mcap"]) * 1e6, inverse["pe"], inverse["pb"], dividend=dividend)
            )
            scored[known["style"].lower(), (found.style if found else None) or NONE] += 1
    lines = [
        f"core table: size {sizes[True]} of {sizes.total()}, sector {sectors[True]} of {sectors.total()}",
        _agreement("core table", styles),
        _agreement("value score alone", scored),
    ]
    return "\n".join(lines)


def _agreement(what: str, pairs: Counter[tuple[str, str]]) -> str:
    same = sum(count for (truth, said), count in pairs.items() if truth == said)
    opposite = sum(count for pair, count in pairs.items() if set(pair) == {"value", "growth"})
    return f"{what}: style {same} of {pairs.total()} the same, {opposite} the opposite"


def main(arguments: Sequence[str]) -> None:
    scores = [score(fund) for fund in read_truth()]
    groups = {
        "tuned on": [s for s in scores if not s.fund.held_out],
        "held out": [s for s in scores if s.fund.held_out],
        "ETFs": [s for s in scores if s.fund.type is SecurityType.ETF],
        "mutual funds": [s for s in scores if s.fund.type is SecurityType.MUTUAL_FUND],
        "all": scores,
    }
    if (FOLDER / "sample.csv").exists():
        groups["random sample, later"] = [score(fund) for fund in read_truth("sample.csv")]
    print(table(groups))
    print("\nHeld out and sample together\n" if "random sample, later" in groups else "\nHeld out\n")
    print(confusion(groups["held out"] + groups.get("random sample, later", [])))
    print("\nCompanies\n\n" + stocks_table() if stocks_table() else "\nNo reference list of companies here")
    for wanted, group in (
        ("--errors", "tuned on"),
        ("--held-out-errors", "held out"),
        ("--sample-errors", "random sample, later"),
    ):
        for s in groups.get(group, []) if wanted in arguments else []:
            if not s.both_right:
                truth = f"{s.fund.size} {s.fund.style}"
                print(f"{s.fund.symbol:<6} {s.fund.name[:60]:<60} {truth:<13} said {s.size} {s.style}")


if __name__ == "__main__":
    main(sys.argv[1:])
