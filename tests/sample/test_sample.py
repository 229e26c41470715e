"""The sample household: what the file says of itself, by arithmetic of our own."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def document():
    text = (files("resources") / "sample" / "household.json").read_text("utf-8")
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def test_the_file_is_what_the_script_makes():
    script = ROOT / "packaging" / "make_sample.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_three_accounts_about_thirty_holdings_a_hundred_and_twenty_lots(document):
    assert [(a["custodian"], a["kind"]) for a in document["accounts"]] == [
        ("Schwab", "taxable"),
        ("Fidelity", "traditional"),
        ("Vanguard", "roth"),
    ]
    assert len(document["lots"]) == 120
    held = {lot["security"] for lot in document["lots"]}
    assert 28 <= len(held) <= 34
    total = sum(a["market_value"] for a in document["accounts"])
    assert Decimal(1_700_000) < total < Decimal(1_900_000)


def test_every_value_is_quantity_times_price_to_the_cent(document):
    price = {s["id"]: s["price"] for s in document["securities"]}
    for lot in document["lots"]:
        value = (lot["quantity"] * price[lot["security"]]).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        assert lot["market_value"] == value, lot


def test_every_account_ties_to_the_cent(document):
    held = defaultdict(Decimal)
    for lot in document["lots"]:
        held[lot["account"]] += lot["market_value"]
    for account in document["accounts"]:
        assert account["market_value"] == held[account["id"]] + account["cash"] + account["pending"]


def test_terms_follow_from_the_dates(document):
    as_of = date.fromisoformat(document["as_of"])
    for lot in document["lots"]:
        if lot["acquired"] is None:
            assert lot["term"] == "unknown"
            continue
        acquired = date.fromisoformat(lot["acquired"])
        assert acquired <= as_of
        assert acquired.weekday() < 5
        anniversary = acquired.replace(year=acquired.year + 1)
        assert lot["term"] == ("long" if anniversary < as_of else "short")


def test_the_lots_offer_every_case_an_adviser_meets(document):
    as_of = date.fromisoformat(document["as_of"])
    taxable = [lot for lot in document["lots"] if lot["account"] == document["accounts"][0]["id"]]
    dated = [lot for lot in taxable if lot["acquired"]]
    losses = [lot for lot in dated if lot["market_value"] < lot["cost_basis"]]
    assert Counter(lot["term"] for lot in losses).keys() == {"short", "long"}
    assert sum(lot["cost_basis"] is None for lot in document["lots"]) == 1
    recent = [
        lot for lot in document["lots"] if lot["acquired"] and (as_of - date.fromisoformat(lot["acquired"])).days <= 30
    ]
    assert len(recent) >= 3
    assert {lot["security"] for lot in recent} & {lot["security"] for lot in losses if lot not in recent}
    nearly_long = [lot for lot in dated if 330 < (as_of - date.fromisoformat(lot["acquired"])).days <= 365]
    assert any(lot["market_value"] > lot["cost_basis"] for lot in nearly_long)


def test_candidates_have_a_price_and_no_lot(document):
    held = {lot["security"] for lot in document["lots"]}
    candidates = [s for s in document["securities"] if s["id"] not in held]
    assert 8 <= len(candidates) <= 12
    assert all(s["price"] > 0 for s in document["securities"])
    assert {"AVUV", "VBR", "DFSV", "IJS", "AVDV"} <= {s["id"] for s in candidates}


def test_it_reads_as_a_household(document):
    from core.sample import sample_household

    household = sample_household()
    assert household.name == "Rivera-Holt household"
    assert len(household.lots) == 120
    assert household.value == sum(a["market_value"] for a in document["accounts"])
    assert sample_household() is household


def test_its_target_is_a_small_value_tilt():
    from core.sample import sample_target

    target = sample_target()
    assert target.style.preset == "small-value"
    assert target.mix is None
