"""The workbook: what other programs read in it, before and after they calculate it anew."""

import io
import os
import random
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import attrs
import openpyxl
import pandas as pd
import pytest

from core.errors import InputError
from core.export.workbook import workbook_bytes, write_workbook
from core.household import Finding, Severity
from core.rebalance.proposal import Action
from core.tilt.target import Scope, Style
from tests.export import small_plan
from tests.export.office import recalculated

SHEETS = [
    "Summary",
    "Trades",
    "Lots",
    "Tax",
    "Style",
    "Before-After",
    "Accounts",
    "Rules",
    "Exposures",
    "Market case",
    "Inputs",
    "Checks",
]
HEADINGS = ["Account", "Symbol", "Action", "Quantity", "Price", "Amount"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("workbook")


@pytest.fixture(scope="module")
def plan():
    return small_plan.proposal()


@pytest.fixture(scope="module")
def path(folder, plan):
    goal = folder / "trades.xlsx"
    write_workbook(plan, small_plan.household(), small_plan.exposures(), small_plan.TARGET, goal)
    return goal


@pytest.fixture(scope="module")
def stored(path):
    """As programs see it that don't calculate."""
    return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def formulas(path):
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def calculated(path, folder):
    """After LibreOffice has calculated every formula from nothing."""
    return openpyxl.load_workbook(recalculated(path, folder), data_only=True)


def labelled(sheet, label):
    """The value to the right of a label."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == label:
                return next(c.value for c in row[cell.column :] if c.value is not None)
    raise AssertionError(f"no {label!r} in {sheet.title}")


# --- the sheet Trades, as outside programs read it ----------------------------------------------------------------


@pytest.mark.parametrize("which", ["stored", "calculated"])
def test_trades_is_one_heading_row_and_one_row_a_trade(request, which, plan):
    sheet = request.getfixturevalue(which)["Trades"]
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0][:6]) == HEADINGS
    assert len(rows) == 1 + len(plan.trades)
    for row, trade in zip(rows[1:], plan.trades, strict=True):
        assert row[:3] == (trade.account, trade.security, trade.action.value)
        assert row[3] == pytest.approx(float(trade.quantity), abs=1e-9)
        assert row[4] == pytest.approx(float(trade.price), abs=1e-9)
        assert row[5] == pytest.approx(float(trade.amount), abs=1e-9)


@pytest.mark.parametrize("engine", ["openpyxl", "calamine"])
def test_pandas_reads_numbers_and_texts(path, plan, engine):
    frame = pd.read_excel(path, sheet_name="Trades", dtype={"Account": str}, engine=engine)
    assert list(frame["Account"]) == [trade.account for trade in plan.trades]
    assert frame["Quantity"].dtype.kind in "if"
    assert frame["Amount"].sum() == pytest.approx(float(sum(trade.amount for trade in plan.trades)), abs=1e-6)


def test_amounts_are_formulas_that_give_the_plans_amounts(formulas):
    sheet = formulas["Trades"]
    assert [sheet.cell(row, 6).value for row in range(2, 7)] == [f"=ROUND(D{r}*E{r}*L{r},2)" for r in range(2, 7)]


# --- the same figures after a recalculation -----------------------------------------------------------------------


def test_every_formula_gives_the_value_stored_beside_it(formulas, stored, calculated):
    checked = 0
    for title in SHEETS:
        for row in formulas[title].iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                was, now = stored[title][cell.coordinate].value, calculated[title][cell.coordinate].value
                place = f"{title}!{cell.coordinate} {cell.value}"
                assert was is not None, place
                if isinstance(was, str):
                    assert now == was, place
                else:
                    assert now == pytest.approx(was, abs=1e-6), place
                checked += 1
    assert checked > 200


@pytest.mark.parametrize("which", ["stored", "calculated"])
def test_every_total_is_the_proposals_to_the_cent(request, which, plan):
    book = request.getfixturevalue(which)
    summary, accounts = book["Summary"], book["Accounts"]
    bought = sum(t.amount for t in plan.trades if t.action is Action.BUY)
    sold = sum(t.amount for t in plan.trades if t.action is Action.SELL)
    expected = {
        "Value before": plan.before.value,
        "Value after": plan.after.value,
        "Trades": len(plan.trades),
        "Bought": bought,
        "Sold": sold,
        "Net short-term gain": plan.tax.short_gain,
        "Net long-term gain": plan.tax.long_gain,
        "Estimated tax (minus: credit)": plan.tax.tax,
        "Proceeds, basis unknown": plan.tax.unknown_basis_proceeds,
        "Half spreads (estimate)": plan.costs.spread,
        "Tickets": plan.costs.tickets,
    }
    for label, figure in expected.items():
        assert round(labelled(summary, label), 2) == pytest.approx(float(figure), abs=0.001), label
    for row, account in enumerate(small_plan.household().accounts, start=2):
        assert accounts.cell(row, 11).value == pytest.approx(float(plan.after.cash[account.id]), abs=0.001)
        assert accounts.cell(row, 13).value == "ties"
    verdicts = [c.value for row in summary.iter_rows() for c in row if c.value in ("ties", "differs")]
    assert verdicts == ["ties"] * 7


@pytest.mark.parametrize("which", ["stored", "calculated"])
def test_the_figures_worked_out_by_hand(request, which):
    book = request.getfixturevalue(which)
    summary, accounts, lots = book["Summary"], book["Accounts"], book["Lots"]
    # gains: short -1100.00 + 28.72 (known basis, unknown date), long 420.01
    assert labelled(summary, "Lots sold, short-term gain") == pytest.approx(-1071.28)
    assert labelled(summary, "Lots sold, long-term gain") == pytest.approx(420.01)
    assert labelled(summary, "Proceeds, basis unknown") == pytest.approx(801.20)
    # cash: 1000 + 6025.00 + 901.35 - 6050.61 - 3 x 4.95 - 250.25
    assert accounts["K2"].value == pytest.approx(1610.64)
    # 55.55 + 2992.50 - 3010.35 - 2 x 4.95
    assert accounts["K3"].value == pytest.approx(27.80)
    assert [lots.cell(row, 15).value for row in range(2, 7)] == [
        pytest.approx(-1100),
        pytest.approx(420.01),
        "unknown",
        pytest.approx(28.72),
        pytest.approx(-7.5),
    ]
    assert [lots.cell(row, 7).value for row in range(2, 7)] == ["short", "long", "unknown", "short", "not taxed"]
    assert [book["Trades"].cell(row, 8).value for row in range(2, 7)] == [
        pytest.approx(-679.99),
        pytest.approx(28.72),
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("which", ["stored", "calculated"])
def test_mix_and_boxes_are_the_proposals(request, which, plan):
    summary = request.getfixturevalue(which)["Summary"]
    rows = [[cell.value for cell in row] for row in summary.iter_rows()]
    names = {"US equity": "us_equity", "Developed equity": "developed_equity", "Bonds": "bonds", "Cash": "cash"}
    for row in rows:
        if row[0] in names and isinstance(row[1], float):
            key = names.pop(row[0])
            assert row[1] == pytest.approx(plan.before.mix[key], abs=1e-9)
            assert row[2] == pytest.approx(plan.target.mix[key], abs=1e-9)
            assert row[3] == pytest.approx(plan.after.mix[key], abs=1e-9)
    assert not names
    top = next(i for i, row in enumerate(rows) if row[:2] == ["Before", "Growth"])
    for shot, column in ((plan.before, 1), (plan.target, 5), (plan.after, 9)):
        box = [rows[top + 1 + line][column + k] for line in range(3) for k in (2, 1, 0)]  # value right
        assert box == pytest.approx(list(shot.style_box), abs=1e-9)
    sectors = {row[6]: row for row in rows if row[6] in ("Unknown", "Financials")}
    assert sectors["Unknown"][9] == pytest.approx(plan.before.sectors["unknown"], abs=1e-9)
    assert sectors["Financials"][10] == pytest.approx(plan.after.sectors["financials"], abs=1e-9)


def test_positions_after_are_what_is_left(calculated):
    sheet = calculated["Before-After"]
    after = {(row[0], row[1]): (row[8], row[12]) for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert after["*0042", "AAA"] == (pytest.approx(10), pytest.approx(500))
    assert after["*0042", "SV"] == (pytest.approx(605), pytest.approx(6050.61))
    assert after["42", "SV"] == (pytest.approx(301.005), pytest.approx(3010.35))
    assert after["42", "AAA"] == (pytest.approx(60), pytest.approx(3000))  # *0042 sold some; 42 did not
    # what is left of the known lot keeps its share of the file's value: 140.21 x 2 / 7
    assert after["*0042", "BBB"] == (pytest.approx(2), pytest.approx(40.06))


def test_a_difference_shows_instead_of_being_copied(folder, plan):
    wrong = attrs.evolve(plan, after=attrs.evolve(plan.after, cash={"*0042": plan.after.cash["*0042"] + 1, "42": 0}))
    goal = folder / "wrong.xlsx"
    write_workbook(wrong, small_plan.household(), small_plan.exposures(), small_plan.TARGET, goal)
    book = openpyxl.load_workbook(goal, data_only=True)
    assert book["Accounts"]["M2"].value == "differs"
    assert labelled(book["Summary"], "Cash of every account") == "differs"


def test_half_cents_round_as_the_plan_rounds_them(folder):
    draw = random.Random(20261120)
    trades = []
    while len(trades) < 400:
        quantity, price = Decimal(draw.randrange(1, 4000)), Decimal(draw.randrange(1, 9_000_000)) / 1000
        exact = quantity * price
        if exact * 1000 % 10 == 5:
            amount = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
            trades.append(small_plan.purchase("42", "SV", str(quantity), str(price), str(amount)))
    goal = folder / "half.xlsx"
    half = folder / "half"
    half.mkdir()
    plan = small_plan.proposal(trades)
    write_workbook(plan, small_plan.household(), small_plan.exposures(), small_plan.TARGET, goal)
    sheet = openpyxl.load_workbook(recalculated(goal, half), data_only=True)["Trades"]
    for row, trade in enumerate(trades, start=2):
        assert sheet.cell(row, 6).value == pytest.approx(float(trade.amount), abs=1e-6), trade


# --- text from outside --------------------------------------------------------------------------------------------


def test_text_that_could_be_a_formula_stays_text(formulas, stored):
    for title in SHEETS:
        for row in stored[title].iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@", "\t", "\r"):
                    kept = formulas[title][cell.coordinate]
                    assert kept.data_type == "s", f"{title}!{cell.coordinate}"
                    assert kept.quotePrefix, f"{title}!{cell.coordinate}"
    assert stored["Trades"]["G2"].value == "=1+1 Fund"
    assert formulas["Trades"]["G2"].data_type == "s"


def test_it_stays_text_after_a_spreadsheet_has_saved_it(calculated):
    assert calculated["Trades"]["G2"].value == "=1+1 Fund"
    assert calculated["Accounts"]["B3"].value == "-IRA"
    assert calculated["Trades"]["J2"].value.startswith("=HYPERLINK")


def test_characters_that_no_workbook_holds_are_replaced_visibly(stored):
    assert stored["Trades"]["G3"].value == "@Stock\ufffd plc <&>"
    assert stored["Summary"]["A1"].value == "+Doe & Söhne \ufffd"


def test_only_the_file_name_is_passed_on(stored):
    texts = [c.value for row in stored["Inputs"].iter_rows() for c in row if isinstance(c.value, str)]
    assert "positions.csv" in texts
    assert not any("Clients" in text for text in texts)
    assert "ab" * 32 in texts


# --- form ---------------------------------------------------------------------------------------------------------


def test_sheets_formats_and_set_up(formulas):
    assert formulas.sheetnames == SHEETS
    trades, lots = formulas["Trades"], formulas["Lots"]
    assert trades.freeze_panes == "D2"
    assert trades.auto_filter.ref == "A1:M6"
    assert trades.print_title_rows == "$1:$1"
    assert trades.page_setup.orientation == "landscape"
    assert trades["F2"].number_format.startswith("#,##0.00")
    assert trades["D2"].number_format != trades["D4"].number_format  # parts of shares, whole shares
    assert lots["D3"].is_date
    assert lots["D3"].number_format == "mmm d, yyyy"
    assert lots["D4"].value == "unknown"
    assert trades.column_dimensions["J"].width > 40
    assert trades.row_dimensions[2].height > trades.row_dimensions[1].height


def test_equal_input_gives_equal_bytes(plan):
    inputs = (plan, small_plan.household(), small_plan.exposures(), small_plan.TARGET)
    assert workbook_bytes(*inputs) == workbook_bytes(*inputs)


def test_the_same_without_the_faster_xml_library(path):
    # openpyxl writes formulas a little differently without lxml, which not every machine has.
    script = (
        "import sys; from tests.export import small_plan as s; from core.export.workbook import workbook_bytes as w;"
        "sys.stdout.buffer.write(w(s.proposal(), s.household(), s.exposures(), s.TARGET))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "OPENPYXL_LXML": "False", "PYTHONPATH": ""},
    )
    plain = openpyxl.load_workbook(io.BytesIO(done.stdout), data_only=True)
    usual = openpyxl.load_workbook(path, data_only=True)
    for title in SHEETS:
        assert list(plain[title].values) == list(usual[title].values)


def test_no_trades_no_files_no_equity(folder):
    target = attrs.evolve(small_plan.TARGET, flows=(), style=Style(scope=Scope.ALL_EQUITY))
    idle = attrs.evolve(small_plan.proposal((), target=target), tilt_lost=(), findings=())
    bare = attrs.evolve(small_plan.household(), files=())
    goal = folder / "idle.xlsx"
    write_workbook(idle, bare, {}, target, goal)
    book = openpyxl.load_workbook(goal, data_only=True)
    assert [cell.value for cell in book["Trades"][1]][:6] == HEADINGS
    assert book["Trades"].max_row == 1
    assert labelled(book["Summary"], "Trades") == 0


def test_an_empty_household(folder):
    from core.rebalance.evaluate import evaluate

    nothing = attrs.evolve(small_plan.household(), accounts=(), securities=(), lots=(), files=())
    target = attrs.evolve(small_plan.TARGET, flows=())
    judged = evaluate(nothing, {}, target, ())
    empty = attrs.evolve(small_plan.proposal((), target=target), before=judged.before, after=judged.after)
    goal = folder / "empty.xlsx"
    write_workbook(empty, nothing, {}, target, goal)
    assert openpyxl.load_workbook(goal).sheetnames == SHEETS


# --- the file -----------------------------------------------------------------------------------------------------


def test_an_existing_file_is_replaced_only_when_asked(folder, plan):
    goal = folder / "there.xlsx"
    goal.write_bytes(b"mine")
    inputs = (plan, small_plan.household(), small_plan.exposures(), small_plan.TARGET, goal)
    with pytest.raises(InputError, match="exists already"):
        write_workbook(*inputs)
    assert goal.read_bytes() == b"mine"
    write_workbook(*inputs, overwrite=True)
    assert goal.read_bytes()[:2] == b"PK"


def test_nothing_is_left_behind_where_the_folder_is_missing(tmp_path, plan):
    with pytest.raises(InputError, match="does not exist"):
        write_workbook(
            plan, small_plan.household(), small_plan.exposures(), small_plan.TARGET, tmp_path / "no" / "t.xlsx"
        )
    assert list(tmp_path.iterdir()) == []


def test_doubts_of_the_import_are_on_the_summary_without_folders(folder, plan):
    doubt = Finding(
        Severity.WARNING, "total", "C:\\Clients\\Doe\\positions.csv", "C:\\Clients\\Doe\\positions.csv: off by $1"
    )
    note = Finding(Severity.INFO, "layout", "x", "Read as Schwab positions")
    goal = folder / "doubts.xlsx"
    doubted = small_plan.household().with_findings([doubt, note])
    write_workbook(plan, doubted, small_plan.exposures(), small_plan.TARGET, goal)
    book = openpyxl.load_workbook(goal)
    summary = [c.value for row in book["Summary"].iter_rows() for c in row]
    inputs = [c.value for row in book["Inputs"].iter_rows() for c in row]
    assert "positions.csv: off by $1" in summary
    assert "Read as Schwab positions" not in summary
    assert {"positions.csv: off by $1", "Read as Schwab positions"} <= set(inputs)
