"""The stocks of the core table against a dated reference list: size by capitalisation, and sector."""

from __future__ import annotations

import csv
import gzip

import pytest

from core.classify.core_table import read_rows
from core.classify.stocks import size_of
from core.household import SecurityType
from tests.shared_reference import shared


def agreement() -> dict[str, tuple[int, int]]:
    """(agreeing, compared) for size, sector and style."""
    path = shared("reference", "check", "stocks-2026-08.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        reference = {row["symbol"].replace("-", "."): row for row in csv.DictReader(stream)}
    counts = {"size": [0, 0], "sector": [0, 0], "style": [0, 0]}
    for row in read_rows():
        known = reference.get(row.symbol)
        if row.type is not SecurityType.STOCK or known is None:
            continue
        cell, sector = row.rule.removeprefix("stock(").rstrip(")").split(", ")[:2]
        size, style = cell.split()
        listed = size_of(float(known["mcap"]) * 1e6)
        for field, said, truth in (
            ("size", size, listed),
            ("sector", sector, known["gics"].lower().replace(" ", "_")),
            ("style", style, known["style"].lower()),
        ):
            if truth:
                counts[field][0] += said == truth
                counts[field][1] += 1
    return {field: (right, total) for field, (right, total) in counts.items()}


@pytest.mark.parametrize(("field", "least"), [("size", 0.88), ("sector", 0.95), ("style", 0.60)])
def test_stocks_agree_with_the_reference(field: str, least: float) -> None:
    right, total = agreement()[field]
    assert total >= 150
    assert right / total >= least, f"{field}: {right} of {total}"
