"""Columns guessed, corrected, remembered and given to a colleague."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.importing.mapping import fingerprint, guess_mapping, mapping_at, mapping_from_json, mapping_json
from core.importing.read import open_sheets, read_bytes
from core.importing.records import Role
from tests.importing.reading import TODAY, check

ODD = """\
Our own list as of 03/31/2026

Paper,Pieces,Rate,Worth,Paid,Since
AAA,10,5.00,50.00,40.00,01/02/2020
BBB,4,2.50,10.00,12.00,05/06/2026
CCC,3,7.00,21.00,20.00,05/06/2025
"""


def sheet(text: str = ODD):
    (found,) = open_sheets("odd.csv", text.encode())
    return found


def test_a_guess_says_how_sure_each_column_is():
    mapping = guess_mapping(sheet())
    assert mapping.header == 2
    by_heading = {column.heading: column for column in mapping.columns}
    assert [by_heading[name].key for name in ("Paper", "Pieces", "Rate", "Worth")] == [
        *("symbol", "quantity", "price", "value")
    ]
    assert all(0.5 < by_heading[name].confidence < 0.8 for name in ("Paper", "Pieces", "Rate", "Worth"))
    assert "quantity x price = value in 100% of 3 rows" in by_heading["Pieces"].reason
    assert (by_heading["Paid"].key, by_heading["Since"].key) == (None, None)
    named = guess_mapping(sheet(ODD.replace("Paper", "Symbol").replace("Pieces", "Quantity")))
    assert named.columns[0].confidence == named.columns[1].confidence == 1.0


def test_a_corrected_mapping_is_used_for_every_table_of_that_heading():
    mapping = guess_mapping(sheet()).with_key(4, "cost").with_key(5, "acquired")
    assert mapping.role is Role.LOTS
    store = {mapping.fingerprint: mapping}
    later = ODD.replace("03/31/2026", "06/30/2026").replace("Our own list", "\nAgain\n\nOur own list")
    household = read_bytes("next.csv", later.encode(), today=TODAY, mappings=store)
    check(household)
    assert household.as_of == date(2026, 6, 30)
    assert [(lot.security, lot.cost_basis, lot.acquired) for lot in household.lots] == [
        ("AAA", Decimal("40.00"), date(2020, 1, 2)),
        ("BBB", Decimal("12.00"), date(2026, 5, 6)),
        ("CCC", Decimal("20.00"), date(2025, 5, 6)),
    ]
    assert "Read with the columns you gave" in household.findings[0].message
    without = read_bytes("next.csv", later.encode(), today=TODAY)
    assert [lot.cost_basis for lot in without.lots] == [None, None, None]


def test_a_key_goes_to_one_column():
    mapping = guess_mapping(sheet()).with_key(4, "price")
    assert [column.key for column in mapping.columns] == ["symbol", "quantity", None, "value", "price", None]
    assert mapping.with_key(0, None).lacks() == ("symbol",)
    for place, key in ((9, "price"), (0, "colour")):
        with pytest.raises(ValueError, match="no "):
            mapping.with_key(place, key)


def test_a_mapping_that_lacks_a_column_says_so():
    mapping = guess_mapping(sheet()).with_key(0, None)
    with pytest.raises(InputError, match="say first which column holds the symbol"):
        read_bytes("x.csv", ODD.encode(), today=TODAY, mappings={mapping.fingerprint: mapping})


def test_a_table_no_guess_fits_can_be_mapped_by_hand():
    text = "one,two,three\nalpha beta gamma,9x,12.5\ndelta epsilon zeta,8x,3.5\n"
    mapping = guess_mapping(sheet(text))
    assert (mapping.header, mapping.lacks()) == (0, ("symbol", "quantity"))
    mapping = mapping_at(sheet(text), 0).with_key(0, "description").with_key(2, "quantity")
    household = read_bytes("x.csv", text.encode(), today=TODAY, mappings={mapping.fingerprint: mapping})
    assert [lot.quantity for lot in household.lots] == [Decimal("12.5"), Decimal("3.5")]


def test_fingerprints():
    assert fingerprint(["Symbol ", "QUANTITY", "Value ($)", "", ""]) == fingerprint(["symbol", "Quantity", "value"])
    assert fingerprint(["Symbol", "Quantity"]) != fingerprint(["Quantity", "Symbol"])
    assert fingerprint(["a,b"]) != fingerprint(["a", "b"])


@given(st.permutations(["Paper", "Pieces", "Rate", "Worth", "Paid", "Since"]), st.sampled_from(["cost", None, "as_of"]))
def test_there_and_back_through_json(heading, key):
    rows = ",".join(heading) + "\n" + ODD.split("\n", 3)[3]
    mapping = guess_mapping(sheet(rows)).with_key(3, key)
    back = mapping_from_json(json.loads(json.dumps(mapping_json(mapping))), "m.json")
    assert back.places() == mapping.places()
    assert (back.fingerprint, back.header, back.role, back.columns) == (
        *(mapping.fingerprint, mapping.header, mapping.role, mapping.columns),
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": "trimtab/household/1"}, "no column mapping"),
        ({"more": 1}, "unknown key 'more'"),
        ({"fingerprint": "0" * 16}, "changed by hand"),
        ({"role": "both"}, "role: expected"),
        ({"columns": [{"heading": "a", "key": "colour", "confidence": 1, "reason": ""}]}, "'colour' is unknown"),
        ({"columns": [{"heading": 1, "key": None, "confidence": 1, "reason": ""}]}, r"columns\[0\].heading"),
        ({"columns": [{"heading": "a", "key": "cost", "confidence": 1, "reason": ""}] * 2}, "'cost' stands twice"),
    ],
)
def test_documents_that_are_no_mapping(change, words):
    document = {**mapping_json(guess_mapping(sheet())), **change}
    with pytest.raises(InputError, match=words):
        mapping_from_json(document, "m.json")
