"""One invented file for each layout, with what it must come to written down beside it by hand.

``NAME.expected.json``: layout, date, rows, rows used, totals as (stated, difference), accounts as (id, name, kind,
cash, pending, value) and lots as (account, security, type, quantity, value, cost basis, acquired, term).
"""

import json
from decimal import Decimal

import pytest

from core.importing.layout import library
from tests.importing.reading import FIXTURES, read

SUFFIX = ".expected.json"
CASES = sorted(FIXTURES.glob(f"*/*{SUFFIX}"))
# Their files stand in the folders schwab and fidelity and are looked at in tests of their own.
ELSEWHERE = {"schwab-positions", "schwab-lots", "fidelity-positions", "fidelity-statement"}


def amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.removesuffix(SUFFIX))
def test_a_file_comes_to_what_is_written_beside_it(path):
    expected = json.loads(path.read_text("utf-8"))
    household = read(path.with_name(path.name.removesuffix(SUFFIX)))
    (file,) = household.files
    day = file.as_of.isoformat() if file.as_of else None
    assert (file.layout, day) == (expected["layout"], expected["as_of"])
    found = [(a.id, a.name, a.kind.value, a.cash, a.pending, a.market_value) for a in household.accounts]
    assert found == [(*row[:3], *map(amount, row[3:])) for row in expected["accounts"]]
    types = {security.id: security.type.value for security in household.securities}
    lots = [
        (
            *(lot.account, lot.security, types[lot.security], lot.quantity, lot.market_value, lot.cost_basis),
            *(lot.acquired.isoformat() if lot.acquired else None, lot.term.value),
        )
        for lot in household.lots
    ]
    assert lots == [(*row[:3], *map(amount, row[3:6]), *row[6:]) for row in expected["lots"]]
    totals = [(total.stated, total.difference) for total in file.control_totals]
    assert totals == [tuple(map(Decimal, row)) for row in expected["totals"]]
    assert (file.rows, file.used) == (expected["rows"], expected["used"])


def test_every_layout_has_a_file():
    covered = {json.loads(path.read_text("utf-8"))["layout"] for path in CASES} | ELSEWHERE
    assert {layout.name for layout in library().layouts} == covered
