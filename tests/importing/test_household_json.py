"""Household JSON, both ways, and among other files."""

import copy
import json
from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given

from core.errors import InputError
from core.household import AccountKind, Household, Term
from core.household_json import household_from_json, household_to_json
from core.importing.read import read_bytes, read_files
from tests.importing.households import households
from tests.importing.reading import FIXTURES, TODAY, check, codes, read


def through_text(household: Household) -> Household:
    return household_from_json(json.loads(json.dumps(household_to_json(household), allow_nan=False)), "x.json")


def without_arithmetic(household: Household) -> Household:
    """Invented households rarely multiply; what is said of that is left out."""
    return attrs.evolve(household, findings=tuple(f for f in household.findings if f.code != "row-arithmetic"))


@given(households())
def test_there_and_back(household):
    assert without_arithmetic(through_text(household)) == household


def test_values_that_do_not_multiply_are_said():
    document = household_to_json(read(FIXTURES / "fidelity" / "Portfolio_Positions_Feb-03-2025.csv"))
    assert "row-arithmetic" not in codes(household_from_json(copy.deepcopy(document), "x.json"))
    lot = next(lot for lot in document["lots"] if lot["security"] == "LARX")
    lot["market_value"] = round(lot["market_value"] * 1.01, 2)
    household = household_from_json(document, "x.json")
    (finding,) = [finding for finding in household.findings if finding.code == "row-arithmetic"]
    assert finding.where == f"x.json.lots[{document['lots'].index(lot)}]"
    assert "the stated value is kept" in finding.message


@pytest.mark.parametrize("folder", ["schwab", "fidelity"])
def test_imported_files_there_and_back(folder):
    for path in sorted((FIXTURES / folder).iterdir()):
        household = read(path)
        back = through_text(household)
        assert back == household
        assert back.value == household.value


def test_the_document_is_what_the_contract_says():
    document = household_to_json(read(FIXTURES / "fidelity" / "Portfolio_Positions_Feb-03-2025.csv"))
    assert list(document) == ["schema", "name", "as_of", "accounts", "securities", "lots", "files", "findings"]
    assert document["schema"] == "trimtab/household/1"
    assert document["accounts"][0] == {
        "id": "X11112222",
        "name": "Individual - TOD",
        "custodian": "Fidelity",
        "kind": "taxable",
        "kind_source": "guess",
        "cash": 1204.55,
        "pending": -4236.41,
        "market_value": 18213.04,
    }
    assert document["lots"][1] == {
        "account": "X11112222",
        "security": "LARX",
        "quantity": 50.0,
        "market_value": 546.1,
        "cost_basis": 500.0,
        "acquired": None,
        "term": "unknown",
        "side": "margin",
    }
    file = document["files"][0]
    assert file["rows"] == file["used"] + len(file["skipped"])


GOOD = {
    "schema": "trimtab/household/1",
    "name": "Doe",
    "as_of": "2026-01-31",
    "accounts": [{"id": "1", "name": "Roth IRA", "custodian": None, "kind": "roth", "cash": 10}],
    "securities": [{"id": "AAA", "symbol": "AAA", "cusip": None, "name": "Alpha", "type": "stock", "price": 2.5}],
    "lots": [
        {
            "account": "1",
            "security": "AAA",
            "quantity": 4,
            "market_value": 10,
            "cost_basis": 8,
            "acquired": "2020-01-02",
        }
    ],
}


def test_the_least_that_a_household_needs():
    household = household_from_json(GOOD, "x.json")
    assert household.accounts[0].market_value == 20
    assert household.lots[0].term is Term.LONG
    assert not household.findings


def spoilt(path: str, value: object) -> dict:
    document = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    place = document
    for key in parents:
        place = place[int(key) if key.isdigit() else key]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("schema", "trimtab/household/2", "schema 'trimtab/household/2' is not known"),
        ("as_of", "31.1.2026", r"x\.json\.as_of: expected a date"),
        ("name", KeyError, "the key 'name' is missing"),
        ("nmae", "x", "unknown key 'nmae'"),
        ("accounts.0.kind", "sunny", r"accounts\[0\]\.kind: expected one of taxable"),
        ("accounts.0.cash", "10", r"accounts\[0\]\.cash: expected a number, found '10'"),
        ("accounts.0.cash", True, "expected a number"),
        ("accounts.0.cash", float("nan"), "expected a number below"),
        ("accounts.0.cash", 1e300, "expected a number below"),
        ("accounts.0.kind_source", "rumour", "one of file, guess, user"),
        ("securities.0.type", [], "one of stock, etf"),
        ("securities.0.multiplier", 0, "multiplier: expected a number"),
        ("securities.0.price", -1, "a price of zero"),
        ("lots.0.account", "2", "the id of one of the accounts"),
        ("lots.0.security", "BBB", "the id of one of the securities"),
        ("lots.0.quantity", 0, "other than zero"),
        ("lots.0.acquired", "2020-02-30", "a date such as"),
        ("lots.0.side", "left", "cash, margin or null"),
        ("lots.0.colour", "red", r"lots\[0\]: unknown key 'colour'"),
        ("lots", {}, r"lots: expected a list"),
        ("lots", [3], r"lots\[0\]: expected an object"),
        ("accounts", [GOOD["accounts"][0]] * 2, "stands twice"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(path, value, words):
    with pytest.raises(InputError, match=words):
        household_from_json(spoilt(path, value), "x.json")


def test_statements_that_contradict_are_reported():
    assert codes(household_from_json(spoilt("accounts.0.market_value", 21), "x.json")) == ["account-value"]
    wrong_term = household_from_json(spoilt("lots.0.term", "short"), "x.json")
    assert codes(wrong_term) == ["lot-term"]
    assert wrong_term.lots[0].term is Term.LONG


@pytest.mark.parametrize("text", ['{"schema": ', "{}", '{"schema": 3}', '{"a": 1, "a": 2}', "{" * 10_000, '{"a": NaN}'])
def test_damaged_json(text):
    with pytest.raises(InputError, match=r"^x\.json"):
        read_bytes("x.json", text.encode(), today=TODAY)


def test_a_json_file_alone_is_taken_as_it_is(tmp_path):
    path = tmp_path / "household.json"
    household = read(FIXTURES / "schwab" / "All-Accounts-Positions-2026-02-24-205000.csv")
    path.write_text(json.dumps(household_to_json(household)))
    assert read_files([path], today=TODAY) == household
    changed = read_files([path], today=TODAY, kinds={"...123": "roth"})
    assert changed.accounts[0].kind is AccountKind.ROTH
    assert changed.accounts[1:] == household.accounts[1:]


def test_a_json_file_among_exports(tmp_path):
    path = tmp_path / "household.json"
    path.write_text(json.dumps(GOOD))
    household = read(FIXTURES / "fidelity" / "Portfolio_Positions_2026.csv", path)
    assert household.name == "Doe"
    assert [account.id for account in household.accounts] == ["Z30000001", "1"]
    assert household.accounts[1].kind_source == "file"
    assert household.value == Decimal("15886.13") + 20
    assert household.lots[-1].acquired == date(2020, 1, 2)
    assert [(file.layout, file.rows, file.used) for file in household.files][1] == ("household-json", 3, 2)
    check(household)
