"""Order files, checks, approval and the client report from the command line."""

import csv
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from core.sample import sample_text
from desktop.cli import main
from tests.cli.program import ROOT, run_program


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The sample household, as of yesterday whatever the day is."""
    monkeypatch.chdir(tmp_path)
    household = json.loads(sample_text())
    household["as_of"] = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    (tmp_path / "household.json").write_text(json.dumps(household))
    (tmp_path / "target.toml").write_text('[style]\npreset = "small-value"\n[trading]\nticket = 0\n')
    return tmp_path


JOB = ["rebalance", "household.json", "--target", "target.toml"]


def sums_of(path):
    """Orders of a neutral file by account."""
    counts = {}
    for row in csv.reader(path.read_text().splitlines()):
        if row[0] != "VSP":
            counts[row[0]] = counts.get(row[0], 0) + 1
    return counts


def test_order_files_hold_the_trades(folder, capsys):
    assert main([*JOB, "--orders", "out", "--json", "plan.json"]) == 0
    plan = json.loads((folder / "plan.json").read_text())
    counts = {}
    for path in sorted((folder / "out").glob("*.csv")):
        counts |= sums_of(path)
    expected = {}
    for trade in plan["trades"]:
        expected[trade["account"]] = expected.get(trade["account"], 0) + 1
    assert counts == expected
    sheet = json.loads((folder / "out" / "orders-control.json").read_text())
    assert sheet["approval"] is None
    assert sum(file["orders"] for file in sheet["files"]) == len(plan["trades"])
    assert "Wrote out" in capsys.readouterr().err


def test_old_files_are_not_joined(folder, capsys):
    assert main([*JOB, "--orders", "out"]) == 0
    kept = {path: path.read_bytes() for path in (folder / "out").iterdir()}
    assert main([*JOB, "--orders", "out"]) == 1
    assert "already holds order files" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (folder / "out").iterdir()} == kept


def test_a_red_check_blocks_until_it_is_overridden_with_a_reason(folder, capsys):
    household = json.loads((folder / "household.json").read_text())
    household["as_of"] = (datetime.now(UTC).date() - timedelta(days=60)).isoformat()
    (folder / "household.json").write_text(json.dumps(household))
    assert main([*JOB, "--orders", "out", "--approved-by", "Ada"]) == 1
    error = capsys.readouterr().err
    assert "[prices]" in error
    assert "--override prices=" in error
    assert not (folder / "out").exists()
    arguments = ["--override", "prices=positions compared today", "--approved-by", "Ada Keel", "--out", "t.xlsx"]
    assert main([*JOB, "--orders", "out", *arguments]) == 0
    sheet = json.loads((folder / "out" / "orders-control.json").read_text())
    assert sheet["approval"]["by"] == "Ada Keel"
    assert sheet["approval"]["overrides"] == [{"check": "prices", "reason": "positions compared today"}]
    assert {issue["severity"] for issue in sheet["issues"]} >= {"red"}


def test_old_prices_do_not_stop_the_workbook(folder, capsys):
    household = json.loads((folder / "household.json").read_text())
    household["as_of"] = "2024-05-06"
    for lot in household["lots"]:
        if lot["acquired"] and lot["acquired"] > "2024-05-06":
            lot["acquired"] = "2024-01-02"
    (folder / "household.json").write_text(json.dumps(household))
    assert main([*JOB, "--out", "t.xlsx"]) == 0
    assert (folder / "t.xlsx").exists()


def test_formats_of_custodians(folder, capsys):
    (folder / "formats.toml").write_text(
        '[custodians.Schwab]\ntemplate = "schwab"\n[custodians.Vanguard]\nformat = "pershing"\n'
        '[custodians.Fidelity]\nformat = "wealthscape"\n'
        '[custodians.Fidelity.codes]\nbuy = "B"\nsell = "S"\nmarket = "M"\nday = "D"\nlimit = "L"\n'
        '[orders]\ntype = "limit"\n[accounts]\n"5512-8047" = "55128047"\n'
    )
    assert main([*JOB, "--orders", "out", "--order-formats", "formats.toml"]) == 0
    names = sorted(path.name for path in (folder / "out").iterdir())
    assert names == [
        "orders-control.json",
        "orders-fidelity-wealthscape.csv",
        "orders-schwab-schwab-your-own-mapping.csv",
        "orders-vanguard-pershing-equities.csv",
        "orders-vanguard-pershing-funds.csv",
    ]
    text = (folder / "out" / "orders-schwab-schwab-your-own-mapping.csv").read_text()
    assert "55128047,SELL," in text
    assert "5512-8047" not in text
    assert all(len(row) == 8 for row in csv.reader((folder / "out" / names[1]).read_text().splitlines()))
    assert "compare it with the upload page" in capsys.readouterr().err


def test_bad_formats_stop_before_any_work(folder, capsys):
    (folder / "formats.toml").write_text('[custodians.Fidelity]\nformat = "wealthscape"\n')
    assert main([*JOB, "--orders", "out", "--order-formats", "formats.toml"]) == 1
    assert "needs [codes]" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_trades_as_csv(folder, capsys):
    assert main([*JOB, "--out", "trades.csv", "--json", "plan.json"]) == 0
    rows = list(csv.DictReader((folder / "trades.csv").read_text("utf-8-sig").splitlines()))
    trades = json.loads((folder / "plan.json").read_text())["trades"]
    assert [(r["Account"], r["Symbol"], float(r["Quantity"])) for r in rows] == [
        (t["account"], t["security"], t["quantity"]) for t in trades
    ]
    assert main([*JOB, "--out", "trades.csv"]) == 0
    assert "over an older file" in capsys.readouterr().err


def test_the_report_as_a_program(folder):
    done = run_program(*JOB, "--report", "r.pdf", "--adviser", "Ada Keel", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert b"Wrote r.pdf" in done.stderr
    content = (folder / "r.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type /Page\b", content)) <= 4


def test_a_logo_that_is_not_there(folder, capsys):
    assert main([*JOB, "--report", "r.pdf", "--logo", "no.png"]) == 1
    assert "no such file" in capsys.readouterr().err
    assert not (folder / "r.pdf").exists()


def test_orders_need_no_qt(folder):
    script = (
        "import sys; from desktop.cli import main; status = main(sys.argv[1:]);"
        "print(status, [m for m in sys.modules if m.split('.')[0] in ('PySide6', 'shiboken6')], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *JOB, "--orders", "out"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.rstrip().endswith("0 []")
