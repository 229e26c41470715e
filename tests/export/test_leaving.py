"""Trades as a table, and order files in a folder with their control sheet."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.export.approval import Approval, plan_digest
from core.export.checks import Override, run_checks
from core.export.issue import Case
from core.export.orders.custodians import CustodianFormats
from core.export.orders.folder import CONTROL_SHEET, Record, write_folder
from core.export.orders.order import orders_of
from core.export.orders.rows import safe_text
from core.export.orders.write import order_files
from core.export.trade_table import HEADINGS, clipboard_text, csv_bytes
from tests.export import small_plan

STARTS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def plan():
    return small_plan.proposal()


@pytest.fixture(scope="module")
def written(plan):
    return order_files(orders_of(plan, small_plan.household()), CustodianFormats())


@pytest.fixture(scope="module")
def record(plan):
    case = Case(small_plan.household(), small_plan.exposures(), small_plan.TARGET, plan, plan.as_of)
    at = datetime(2026, 11, 23, tzinfo=UTC)
    override = Override("cash", "=cmd|' /C calc'!A0")
    return Record(plan, run_checks(case), (override,), Approval("Ada", at, plan_digest(plan), overrides=(override,)))


# --- table --------------------------------------------------------------------------------------------------------


def test_the_clipboard_holds_one_line_a_trade(plan):
    lines = clipboard_text(plan, small_plan.household()).split("\n")
    assert lines[-1] == ""
    rows = [dict(zip(HEADINGS, line.split("\t"), strict=True)) for line in lines[1:-1]]
    assert tuple(lines[0].split("\t")) == HEADINGS
    assert [(r["Symbol"], r["Action"], Decimal(r["Quantity"]), Decimal(r["Amount"])) for r in rows] == [
        (t.security, t.action.value, t.quantity, t.amount) for t in plan.trades
    ]
    assert [r["Est. gain"] for r in rows] == ["-679.99", "unknown", "", "", ""]
    assert rows[0]["Name"] == "'=1+1 Fund"
    assert rows[0]["Reason"].startswith("'=HYPERLINK")


def test_the_csv_holds_the_same_and_excel_reads_its_accents(plan):
    content = csv_bytes(plan, small_plan.household())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    pasted = [line.split("\t") for line in clipboard_text(plan, small_plan.household()).split("\n")[:-1]]
    assert rows == pasted


@given(st.text(max_size=30))
def test_free_text_is_one_line_and_never_a_formula(text):
    safe = safe_text(text)
    assert not safe.startswith(STARTS)
    assert safe == "" or safe.isprintable()
    safe.encode("utf-8")


@pytest.mark.parametrize("start", STARTS)
def test_every_start_of_a_formula_is_defused_in_the_table(plan, start):
    household = small_plan.household()
    evil = attrs.evolve(
        household,
        securities=tuple(attrs.evolve(s, name=f"{start}=cmd()\x07\ud800") for s in household.securities),
    )
    trades = tuple(attrs.evolve(t, reason=f"{start}@SUM(A1)") for t in plan.trades)
    text = clipboard_text(attrs.evolve(plan, trades=trades), evil)
    for line in text.split("\n")[1:-1]:
        cells = line.split("\t")
        assert len(cells) == len(HEADINGS)
        numbers = {HEADINGS.index(n) for n in ("Est. gain",)}
        assert not any(cell.startswith(STARTS) for i, cell in enumerate(cells) if i not in numbers)


# --- folder -------------------------------------------------------------------------------------------------------


def test_the_control_sheet_says_what_the_files_hold(tmp_path, written, record, plan):
    paths = write_folder(tmp_path / "out" / "today", written, record)
    sheet = json.loads((tmp_path / "out" / "today" / CONTROL_SHEET).read_text("ascii"))
    assert [path.name for path in paths] == ["orders-schwab-neutral.csv", CONTROL_SHEET]
    (file,) = sheet["files"]
    assert file["sha256"] == hashlib.sha256(paths[0].read_bytes()).hexdigest()
    assert file["accounts"] == [
        {"account": "*0042", "orders": 3, "buys": 6050.61, "sells": 6926.35},
        {"account": "42", "orders": 1, "buys": 3010.35, "sells": 0.0},
    ]
    assert [(item["symbol"], item["quantity"]) for item in sheet["by_hand"]] == [("912828XX1", 3000.0)]
    assert sheet["plan"] == sheet["approval"]["plan"] == plan_digest(plan)
    assert sheet["overrides"] == [{"check": "cash", "reason": "=cmd|' /C calc'!A0"}]
    assert {issue["check"] for issue in sheet["issues"]} | set(sheet["passed"]) >= {"account", "prices", "plan"}


def test_older_order_files_are_never_replaced_nor_joined(tmp_path, written, record):
    (tmp_path / "orders-fidelity-neutral.csv").write_text("yesterday")
    with pytest.raises(InputError, match="already holds order files"):
        write_folder(tmp_path, written, record)
    assert [path.name for path in tmp_path.iterdir()] == ["orders-fidelity-neutral.csv"]
    assert (tmp_path / "orders-fidelity-neutral.csv").read_text() == "yesterday"


def test_all_files_or_none(tmp_path, written, record, monkeypatch):
    from core.export.orders import folder as module

    real, calls = module.write_atomically, []

    def failing(path, content, *, overwrite):
        calls.append(path)
        if len(calls) == 2:
            raise InputError("the disk is full")
        real(path, content, overwrite=overwrite)

    monkeypatch.setattr(module, "write_atomically", failing)
    with pytest.raises(InputError, match="disk is full"):
        write_folder(tmp_path, written, record)
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be(tmp_path, written, record):
    (tmp_path / "orders").write_text("a file")
    with pytest.raises(InputError, match="can't be made"):
        write_folder(tmp_path / "orders", written, record)
