"""The main job on exports as brokers write them: the answer audited by arithmetic of our own."""

import json
from decimal import Decimal

import openpyxl
import pytest

from tests.cli.program import run_program
from tests.export.office import recalculated
from tests.shared_reference import shared

TARGET = '[style]\npreset = "small-value"\n'
PRICES = "Symbol,Price,Name,Type\nAVUV,108.42,,etf\nVBR,219.87,,etf\nVTV,196.54,,etf\nVOE,184.35,,etf\n"
TICKET, RESERVE = Decimal(1), Decimal("0.01")


@pytest.mark.journey
def test_all_accounts_with_lot_details(tmp_path):
    folder = shared("import", "samples", "schwab")
    files = [folder / "All-Accounts-Positions-2020-11-15.CSV", *sorted(folder.glob("Lot-Details-*-2020-*.csv"))]
    assert len(files) > 2
    (tmp_path / "target.toml").write_text(TARGET)
    (tmp_path / "prices.csv").write_text(PRICES)
    household = json.loads(run_program("import", *files, "--json", "-", cwd=tmp_path, check=True).stdout)
    done = run_program(
        "rebalance",
        *files,
        *("--target", "target.toml", "--prices", "prices.csv", "--out", "t.xlsx", "--json", "-"),
        cwd=tmp_path,
        check=True,
    )
    plan = json.loads(done.stdout, parse_float=Decimal, parse_int=Decimal)

    assert not [f for f in plan["findings"] if f["severity"] == "error"]
    objective = plan["objective"]
    assert objective["lower_bound"] <= objective["plan"] <= objective["do_nothing"]
    funds = {s["id"] for s in household["securities"] if s["type"] in ("mutual_fund", "money_market")}
    held = {(lot["account"], lot["security"]): Decimal(0) for lot in household["lots"]}
    for lot in household["lots"]:
        held[lot["account"], lot["security"]] += Decimal(str(lot["quantity"]))
    cash = {a["id"]: Decimal(str(a["cash"])) for a in household["accounts"]}
    for trade in plan["trades"]:
        buys = trade["action"] == "buy"
        cash[trade["account"]] -= TICKET + (trade["amount"] if buys else -trade["amount"])
        if trade["security"] not in funds:
            closes = not buys and trade["quantity"] == held[trade["account"], trade["security"]]
            assert closes or trade["quantity"] % 1 == 0
    assert plan["trades"]
    assert cash == plan["after"]["cash"]
    for account in household["accounts"]:
        assert cash[account["id"]] >= RESERVE * Decimal(str(account["market_value"])) - Decimal("0.005")

    book = openpyxl.load_workbook(recalculated(tmp_path / "t.xlsx", tmp_path), data_only=True)
    amounts = [row[5] for row in book["Trades"].iter_rows(min_row=2, values_only=True)]
    assert amounts == pytest.approx([float(t["amount"]) for t in plan["trades"]], abs=1e-6)
    after = {row[0]: row[10] for row in book["Accounts"].iter_rows(min_row=2, values_only=True)}
    for account, dollars in cash.items():
        assert after[account] == pytest.approx(float(dollars), abs=0.001)


@pytest.mark.journey
@pytest.mark.parametrize("broker", ["schwab", "fidelity"])
def test_activity_and_closed_lots_are_refused_with_the_right_export_named(tmp_path, broker):
    refused = [
        path
        for path in sorted(shared("import", "samples", broker).iterdir())
        if any(word in path.name.lower() for word in ("transactions", "realized", "history"))
    ]
    assert refused
    for path in refused:
        done = run_program("import", path, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stdout == b""
        assert b"Positions" in done.stderr
