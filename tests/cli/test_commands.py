# ruff: noqa: E501 - rows of a brokerage file
"""The sub-commands, run in this process and as a program."""

import json
import os
import subprocess
import sys

import openpyxl
import pytest

from core.sample import sample_text
from desktop.cli import main
from tests.cli.program import BUILT, ROOT, run_program

POSITIONS = """\
"Positions for account Individual ...234 as of 12:52 PM ET, 2026/11/20"

"Symbol","Description","Quantity","Price","Price Change %","Price Change $","Market Value","Day Change %","Day Change $","Cost Basis","Gain/Loss %","Gain/Loss $","Ratings","Reinvest Dividends?","Capital Gains?","% Of Account","Security Type"
"VTI","VANGUARD TOTAL STOCK MARKET ETF","100","$300.00","0%","$0.00","$30,000.00","0%","$0.00","$20,000.00","50%","$10,000.00","--","No","--","75%","ETFs & Closed End Funds"
"Cash & Cash Investments","--","--","--","--","--","$10,000.00","0%","$0.00","--","--","--","--","--","--","25%","Cash and Money Market"
"Account Total","--","--","--","--","--","$40,000.00","0%","$0.00","$20,000.00","50%","$10,000.00","--","--","--","100%","--"
"""
TRANSACTIONS = """\
"Transactions  for account Individual ...234 as of 11/20/2026 12:52:00 PM ET"
"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
"11/02/2026","Buy","VTI","VANGUARD TOTAL STOCK MARKET ETF","10","$300.00","","-$3,000.00"
"""
PRICES = "Symbol,Price,Name,Type\nAVUV,108.42,Avantis U.S. Small Cap Value ETF,etf\nVBR,219.87,,\n"
TARGET = '[style]\npreset = "small-value"\n[trading]\nticket = 0\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "positions.csv").write_text(POSITIONS)
    (tmp_path / "transactions.csv").write_text(TRANSACTIONS)
    (tmp_path / "prices.csv").write_text(PRICES)
    (tmp_path / "target.toml").write_text(TARGET)
    (tmp_path / "household.json").write_text(sample_text())
    return tmp_path


def document(capsys):
    """The one JSON document on standard output."""
    return json.loads(capsys.readouterr().out)


# --- import -------------------------------------------------------------------------------------------------------


def test_accounts_whose_names_do_not_tell_the_kind_are_one_warning_for_people_and_one_each_for_programs(folder, capsys):
    rows = "".join(f"{5512 + n},Family {n},VTI,10,300,3000\n" for n in range(25))
    (folder / "many.csv").write_text(f"Account Number,Account Name,Symbol,Quantity,Price,Value\n{rows}")
    assert main(["import", "many.csv"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert out.count("do not tell the tax kind") == out.count("taxable is assumed") == 1
    assert "The names of 25 accounts" in out
    assert all(f"Family {n}" in out.partition("Set the kind of each:")[2] for n in range(25))
    assert main(["import", "many.csv", "--json", "-"]) == 0
    told = [f["where"] for f in document(capsys)["findings"] if f["code"] == "account-kind-unknown"]
    assert told == [str(5512 + n) for n in range(25)]


def test_import_shows_accounts_totals_and_a_tick_where_they_tie(folder, capsys):
    assert main(["import", "positions.csv"]) == 0
    out = capsys.readouterr().out
    assert "30,000.00" in out
    assert "10,000.00" in out
    total = next(line for line in out.splitlines() if "Account Total" in line and "40,000.00" in line)
    assert total.rstrip().endswith(("✓", "ok"))
    assert "40,000.00  40,000.00" in total


def test_import_json_is_one_document_by_the_contract(folder, capsys):
    assert main(["import", "positions.csv", "--json", "-"]) == 0
    household = document(capsys)
    assert household["schema"] == "trimtab/household/1"
    assert household["accounts"][0]["market_value"] == 40000
    file = household["files"][0]
    assert file["rows"] == file["used"] + len(file["skipped"])


def test_import_json_reads_back_to_the_same_household(folder, capsys):
    assert main(["import", "positions.csv", "--json", "again.json"]) == 0
    capsys.readouterr()
    first = json.loads((folder / "again.json").read_text())
    assert main(["import", "again.json", "--json", "-"]) == 0
    second = document(capsys)
    assert second["lots"] == first["lots"]
    assert second["accounts"] == first["accounts"]


def test_the_kind_of_an_account_can_be_said(folder, capsys):
    assert main(["import", "positions.csv", "--kind", "...234=roth", "--json", "-"]) == 0
    account = document(capsys)["accounts"][0]
    assert (account["kind"], account["kind_source"]) == ("roth", "user")


def test_patterns_are_filled_in_where_the_shell_has_not(folder, capsys):
    assert main(["import", "pos*.csv", "--json", "-"]) == 0
    assert len(document(capsys)["files"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "transactions.csv"], "Positions"),
        (["import", "missing.csv"], "missing.csv"),
        (["import", "."], "folder"),
        (["rebalance", "missing.csv"], "missing.csv"),
        (["rebalance", "household.json", "--target", "missing.toml"], "missing.toml"),
        (["rebalance", "household.json", "--prices", "target.toml"], "Symbol"),
        (["rebalance", "household.json", "--overrides", "missing.csv"], "missing.csv"),
        (["rebalance", "household.json", "--out", "no/such/t.xlsx"], "does not exist"),
        (["import", "positions.csv", "--json", "no/such/h.json"], "does not exist"),
    ],
)
def test_input_that_cannot_be_used_is_status_1(folder, capsys, arguments, said):
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("trimtab: ")
    assert said in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import"], "FILE"),
        (["imprt", "positions.csv"], "invalid choice"),
        (["import", "positions.csv", "--nonsense"], "--nonsense"),
        (["import", "positions.csv", "--kind", "roth"], "1234=taxable"),
        (["import", "positions.csv", "--kind", "...234=wonderful"], "wonderful"),
        (["import", "positions.csv", "--layout", "nobody"], "nobody"),
        (["import", "positions.csv", "--json", "positions.csv"], "write over"),
        (["import", "household.json", "--json", "positions.csv"], "not a .json"),
        (["rebalance", "household.json", "--out", "trades.txt"], ".xlsx"),
        (["rebalance", "household.json", "--orders", "positions.csv"], "this is a file"),
        (["rebalance", "household.json", "--report", "r.docx"], ".pdf"),
        (["rebalance", "household.json", "--override", "prices"], "equals sign"),
        (["rebalance", "household.json", "--override", "weather=rain"], "no check"),
        (["rebalance", "household.json", "--override", "prices= "], "only with a reason"),
        (["classify"], "SYMBOL"),
        (["marked"], "invalid choice"),
        (["book"], "JOB"),
        (["book", "reviw", "clients.trimtab"], "invalid choice"),
    ],
)
def test_wrong_usage_is_status_2(folder, capsys, arguments, said):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert (folder / "positions.csv").read_text() == POSITIONS


# --- rebalance ----------------------------------------------------------------------------------------------------


def test_the_main_job_writes_workbook_and_json(folder, capsys):
    arguments = ["rebalance", "positions.csv", "--target", "target.toml", "--prices", "prices.csv"]
    assert main([*arguments, "--out", "trades.xlsx", "--json", "-"]) == 0
    proposal = document(capsys)
    assert proposal["schema"] == "trimtab/proposal/1"
    assert {t["security"] for t in proposal["trades"] if t["action"] == "buy"} <= {"AVUV", "VBR", "VTI"}
    assert proposal["after"]["style_box"][2][0] > proposal["before"]["style_box"][2][0]
    assert set(proposal["timing_ms"]) == {"import", "classify", "live_plan", "final_plan", "export"}
    objective = proposal["objective"]
    assert objective["lower_bound"] <= objective["plan"] <= objective["do_nothing"]
    rows = list(openpyxl.load_workbook("trades.xlsx", data_only=True)["Trades"].iter_rows(min_row=2, values_only=True))
    assert [(r[0], r[1], r[2], r[3], r[5]) for r in rows] == [
        (t["account"], t["security"], t["action"], t["quantity"], t["amount"]) for t in proposal["trades"]
    ]


def test_cash_after_is_what_the_trades_leave(folder, capsys):
    assert main(["rebalance", "household.json", "--target", "target.toml", "--json", "-"]) == 0
    proposal = document(capsys)
    before = {a["id"]: a["cash"] for a in json.loads(sample_text())["accounts"]}
    for trade in proposal["trades"]:
        before[trade["account"]] += trade["amount"] * (1 if trade["action"] == "sell" else -1)
    assert before == pytest.approx(proposal["after"]["cash"], abs=0.005)
    assert proposal["trades"]


def test_an_older_workbook_of_the_same_name_is_replaced(folder, capsys):
    (folder / "trades.xlsx").write_bytes(b"older")
    assert main(["rebalance", "household.json", "--target", "target.toml", "--out", "trades.xlsx"]) == 0
    assert (folder / "trades.xlsx").read_bytes()[:2] == b"PK"
    captured = capsys.readouterr()
    assert "Wrote trades.xlsx" in captured.err
    assert "of the improvement that is possible" in captured.out


def test_without_a_plan_the_rules_are_named_with_status_3(folder, capsys):
    (folder / "target.toml").write_text('[[flows]]\naccount = "5512-8047"\namount = -99000000\n')
    assert main(["rebalance", "household.json", "--target", "target.toml"]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "flows" in captured.err


def test_overrides_decide_what_a_security_is(folder, capsys):
    (folder / "own.csv").write_text("symbol,class,note\nVTI,bonds,for the test\n")
    assert main(["rebalance", "positions.csv", "--overrides", "own.csv", "--json", "-"]) == 0
    assert document(capsys)["before"]["mix"]["bonds"] == pytest.approx(0.75)


# --- classify, layouts, demo --------------------------------------------------------------------------------------


def test_classify_says_what_and_how_it_is_known(folder, capsys):
    assert main(["classify", "VBR", "brk/b", "--json", "-"]) == 0
    exposures = document(capsys)["exposures"]
    assert [e["symbol"] for e in exposures] == ["VBR", "BRK.B"]
    assert sum(exposures[0]["mix"].values()) == pytest.approx(1)
    assert main(["classify", "VBR", "ZZZZQ"]) == 0
    out = capsys.readouterr().out
    assert "small" in out
    assert "unclassified 100.0 %" in out


def test_layouts_lists_what_can_be_read(folder, capsys):
    assert main(["layouts"]) == 0
    out = capsys.readouterr().out
    assert "schwab-positions" in out
    assert "generic" in out


def test_demo_leaves_three_files_and_prints_the_summary(folder, capsys):
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    assert "Rivera-Holt household" in out
    assert sorted(p.name for p in (folder / "trimtab-demo").iterdir()) == [
        "household.json",
        "proposal.json",
        "trades.xlsx",
    ]
    proposal = json.loads((folder / "trimtab-demo" / "proposal.json").read_text())
    assert len(proposal["trades"]) > 5
    assert main(["import", "trimtab-demo/household.json"]) == 0


def test_demo_where_a_file_stands_in_the_way(folder, capsys):
    (folder / "trimtab-demo").write_text("a file")
    assert main(["demo"]) == 1
    assert "trimtab-demo" in capsys.readouterr().err


def test_version_and_help(folder, capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("trimtab ")
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "exit status" in out
    for name in ("import", "classify", "rebalance", "layouts", "demo"):
        assert name in out
    assert main(["rebalance", "--help"]) == 0
    assert "--orders" in capsys.readouterr().out


# --- as a program -------------------------------------------------------------------------------------------------


def test_sub_commands_need_no_qt(folder):
    script = (
        "import sys; from desktop.cli import main; status = main(['demo', '--json', '-']);"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph', 'yfinance')];"
        "print(status, bad, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stderr.decode().splitlines()[-1] == "0 []"
    json.loads(done.stdout)


def test_help_starts_without_heavy_libraries(folder):
    script = (
        "import sys; from desktop.cli import main; main(['--help']);"
        "print([m for m in ('numpy', 'pandas', 'openpyxl', 'highspy', 'PySide6') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stderr.decode().strip() == "[]"


@pytest.mark.skipif(BUILT is not None, reason="a built program does not listen to Python's variables")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_no_console_encoding_stops_it(folder, encoding):
    sample = json.loads(sample_text())
    sample["name"] = "Doe 家庭 \U0001f600 Söhne"
    sample["accounts"][0]["name"] = "Čapek – joint"
    (folder / "household.json").write_text(json.dumps(sample))
    for arguments in (("import", "household.json"), ("rebalance", "household.json", "--target", "target.toml")):
        done = run_program(*arguments, cwd=folder, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        assert done.stdout.decode(encoding)
    done = run_program("import", "household.json", "--json", "-", cwd=folder, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert json.loads(done.stdout)["name"] == "Doe 家庭 \U0001f600 Söhne"


def test_a_reader_that_goes_away_is_no_error_message(folder):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "desktop", "import", "household.json"],
            cwd=folder,
            stdout=output,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert done.returncode == 141
    assert done.stderr == b""


def test_control_c_ends_it_quietly(folder, capsys, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("core.importing.read.read_files", interrupted)
    assert main(["import", "household.json"]) == 130
    assert "stopped" in capsys.readouterr().err


def test_a_fault_of_the_program_is_called_one(folder, capsys, monkeypatch):
    def broken(*_arguments, **_options):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("core.importing.read.read_files", broken)
    monkeypatch.delenv("TRIMTAB_DEBUG", raising=False)
    assert main(["import", "household.json"]) == 1
    assert "a fault of the program" in capsys.readouterr().err
    monkeypatch.setenv("TRIMTAB_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["import", "household.json"])


def test_the_same_job_gives_the_same_files(folder):
    results = []
    for seed in ("1", "2"):
        run_program(
            "rebalance",
            "household.json",
            *("--target", "target.toml", "--out", f"{seed}.xlsx", "--json", f"{seed}.json"),
            cwd=folder,
            check=True,
            PYTHONHASHSEED=seed,
        )
        plan = json.loads((folder / f"{seed}.json").read_text())
        plan.pop("timing_ms")
        results.append((plan, (folder / f"{seed}.xlsx").read_bytes()))
    assert results[0] == results[1]


def test_the_window_gets_what_is_no_command(monkeypatch, folder):
    asked = []
    monkeypatch.setattr("desktop.app.run_window", lambda argv: asked.append(list(argv)) or 0)
    assert main([]) == 0
    assert main(["positions.csv"]) == 0
    assert main(["--page", "trades"]) == 0
    assert asked == [[], ["positions.csv"], ["--page", "trades"]]
