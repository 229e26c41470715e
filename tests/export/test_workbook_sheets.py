"""Charts, and the sheets Tax, Style, Rules and Checks."""

import re
import zipfile
from datetime import UTC, date, datetime

import attrs
import openpyxl
import pytest

from core.classify.exposure import STYLE_BOXES
from core.export.approval import Approval, plan_digest
from core.export.checks import CHECKS, Override
from core.export.workbook import Release, workbook_bytes, write_workbook
from core.rebalance.proposal import TiltLost
from tests.export import small_plan
from tests.export.office import recalculated

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan():
    return small_plan.proposal()


@pytest.fixture(scope="module")
def path(tmp_path_factory, plan):
    goal = tmp_path_factory.mktemp("sheets") / "trades.xlsx"
    override = Override("cash", "@SUM(1) agreed by telephone")
    stamp = Approval("=Ada", AT, plan_digest(plan), overrides=(override,))
    write_workbook(
        plan,
        small_plan.household(),
        small_plan.exposures(),
        small_plan.TARGET,
        goal,
        release=Release(date(2026, 11, 28), (override,), stamp),
    )
    return goal


@pytest.fixture(scope="module")
def stored(path):
    return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def calculated(path):
    return openpyxl.load_workbook(recalculated(path, path.parent), data_only=True)


def charts_of(path):
    """(sheet number, chart, references of its series) of every chart of the package."""
    with zipfile.ZipFile(path) as package:
        found = []
        for name in sorted(package.namelist()):
            if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
                text = package.read(name).decode()
                found.append((text, re.findall(r"<(?:c:)?f>([^<]+)</", text)))
        return found


def test_charts_show_cells_that_hold_what_they_name(path, stored):
    charts = charts_of(path)
    assert len(charts) == 4
    titles = {}
    for text, references in charts:
        title = "".join(re.findall(r"<(?:a:)?t>([^<]*)</", text))
        titles[title] = references
        for reference in references:
            sheet, cells = reference.replace("'", "").replace("$", "").split("!")
            values = (
                [c.value for row in stored[sheet][cells] for c in row] if ":" in cells else [stored[sheet][cells].value]
            )
            assert all(value is not None for value in values), reference
        assert 'delete val="0"' in text  # newer spreadsheets hide axes without it
    assert set(titles) == {
        "US equity by style",
        "Household out of place",
        "Gain and tax, dollars",
        "Dollars better without the rule",
    }
    style = titles["US equity by style"]
    heads = [stored["Style"][ref.split("!")[1].replace("$", "")].value for ref in style if ":" not in ref]
    assert heads == ["Before", "Target", "After"]


def test_the_package_has_every_part_that_it_names(path):
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        types = package.read("[Content_Types].xml").decode()
        assert all(part.lstrip("/") in names for part in re.findall(r'PartName="([^"]+)"', types))
        for rels in (n for n in names if n.endswith(".rels")):
            for target in re.findall(r'Target="(/[^"]+)"', package.read(rels).decode()):
                assert target.lstrip("/") in names, (rels, target)


def test_charts_survive_a_recalculation(path, tmp_path):
    with zipfile.ZipFile(recalculated(path, tmp_path)) as package:
        assert sum(name.startswith("xl/charts/chart") for name in package.namelist()) == 4


@pytest.mark.parametrize("which", ["stored", "calculated"])
def test_the_tax_of_every_account_by_hand(request, which, plan):
    sheet = request.getfixturevalue(which)["Tax"]
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}
    assert rows["Short-term"][1:4] == pytest.approx((float(plan.tax.short_gain), 0.408, -1071.28 * 0.408))
    assert rows["Long-term"][1:4] == pytest.approx((420.01, 0.238, 420.01 * 0.238))
    assert rows["Together"][3] == pytest.approx(float(plan.tax.tax))
    # sold, short gains and losses, long gains and losses, net, unknown basis
    assert rows["*0042"][3:10] == pytest.approx((6926.35, 28.72, -1100, 420.01, 0, -651.27, 801.20))
    assert rows["42"][3:10] == pytest.approx((2992.50, 0, 0, 0, 0, 0, 0))
    assert rows["Household"][3:10] == pytest.approx((9918.85, 28.72, -1100, 420.01, 0, -651.27, 801.20))


@pytest.mark.parametrize("which", ["stored", "calculated"])
def test_style_as_a_list(request, which, plan):
    sheet = request.getfixturevalue(which)["Style"]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=4, max_row=12)]
    growth_first = (2, 1, 0, 5, 4, 3, 8, 7, 6)  # as on the tilt pad: value on the right
    assert [row[0] for row in rows] == [STYLE_BOXES[k].capitalize() for k in growth_first]
    for k, row in zip(growth_first, rows, strict=True):
        shares = plan.before.style_box[k], plan.target.style_box[k], plan.after.style_box[k]
        assert row[1:4] == pytest.approx(list(shares), abs=1e-9)
        assert row[4:6] == pytest.approx([shares[2] - shares[0], shares[2] - shares[1]], abs=1e-9)
    assert [sheet["A15"].value, sheet["A16"].value] == ["Before", "After"]
    assert [sheet["B15"].value, sheet["B16"].value] == pytest.approx([plan.misfit_before, plan.misfit_after])


@pytest.mark.parametrize("side", ["right", "left"])
def test_value_stands_on_the_same_side_in_every_style_box(plan, tmp_path, side):
    inputs = (plan, small_plan.household(), small_plan.exposures(), small_plan.TARGET)
    write_workbook(*inputs, tmp_path / "t.xlsx", release=Release(value_side=side))
    book = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)
    styles = ("Growth", "Blend", "Value") if side == "right" else ("Value", "Blend", "Growth")
    summary = [row for row in book["Summary"].iter_rows(values_only=True) if row[0] in ("Before", "Large")]
    heading = next(row for row in summary if row[1] in styles)
    large = next(row for row in summary if row[0] == "Large")
    assert heading[:12] == ("Before", *styles, "Target", *styles, "After", *styles)
    boxes = (plan.before.style_box, plan.target.style_box, plan.after.style_box)
    for start, box in zip((1, 5, 9), boxes, strict=True):
        shares = box[:3] if side == "left" else box[2::-1]
        assert large[start : start + 3] == pytest.approx(list(shares), abs=1e-9)
    listed = [f"{size} {style.lower()}" for size in ("Large", "Mid", "Small") for style in styles]
    assert [row[0] for row in book["Style"].iter_rows(min_row=4, max_row=12, values_only=True)] == listed
    heads = [cell.value for cell in book["Exposures"][1]]
    first = heads.index(listed[0])
    assert heads[first : first + 9] == listed
    row = next(row for row in book["Exposures"].iter_rows(min_row=2, values_only=True) if row[0] == "AAA")
    cells = [STYLE_BOXES.index(name.lower()) for name in listed]
    assert row[first : first + 9] == pytest.approx([inputs[2]["AAA"].style_box[cell] for cell in cells])


def test_rules_with_the_trades_they_limited(stored):
    rows = [row[:4] for row in stored["Rules"].iter_rows(min_row=4, max_row=7, values_only=True)]
    assert rows == [
        ("Taxes", 1.25, 310.5, 0),
        ("Do not sell AAA", 0.0, 12.0, 0),
        ("Avoiding short-term gains", None, None, 1),
        ("Cash of Joint", None, None, 1),
    ]


def test_every_check_is_on_its_sheet_with_reasons_and_stamp(stored, plan):
    rows = [row[:5] for row in stored["Checks"].iter_rows(min_row=4, values_only=True)]
    named = {row[0] for row in rows}
    assert {check.key.replace("_", " ").capitalize() for check in CHECKS} <= named
    assert ("Oversell", "passed") in {row[:2] for row in rows}
    assert ("Prices", "amber") in {row[:2] for row in rows}  # eight days old
    assert ("Cash", "overridden", "@SUM(1) agreed by telephone") in {row[:3] for row in rows}
    stamp = {row[0]: row[2] for row in rows}
    assert stamp["Approved by"] == "=Ada"
    assert stamp["At"] == "Nov 23, 2026, 09:30 UTC"
    assert stamp["Given to"] == "this plan"
    assert stamp["Plan"] == plan_digest(plan)


def test_a_stamp_of_another_plan_is_called_so(plan, tmp_path):
    stamp = Approval("Ada", AT, "0" * 64)
    goal = tmp_path / "t.xlsx"
    inputs = (plan, small_plan.household(), small_plan.exposures(), small_plan.TARGET)
    write_workbook(*inputs, goal, release=Release(approval=stamp))
    texts = [c.value for row in openpyxl.load_workbook(goal)["Checks"].iter_rows() for c in row]
    assert any(isinstance(t, str) and t.startswith("ANOTHER PLAN") for t in texts)
    write_workbook(*inputs, goal, overwrite=True)
    texts = [c.value for row in openpyxl.load_workbook(goal)["Checks"].iter_rows() for c in row]
    assert "nobody yet" in texts


def test_symbols_in_rules_keep_their_case(plan, tmp_path):
    lost = (TiltLost("no_sell VTI", 1.0, 5.0),)
    goal = tmp_path / "t.xlsx"
    more = attrs.evolve(plan, tilt_lost=lost)
    write_workbook(more, small_plan.household(), small_plan.exposures(), small_plan.TARGET, goal)
    book = openpyxl.load_workbook(goal)
    for sheet in ("Summary", "Rules"):
        assert "Do not sell VTI" in [c.value for row in book[sheet].iter_rows() for c in row]


def test_no_formula_needs_to_be_entered_as_an_array(path):
    # IF over a range inside SUMPRODUCT gives one value where a spreadsheet takes the formula as it stands.
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and "SUMPRODUCT" in cell.value:
                    inner = cell.value[cell.value.index("SUMPRODUCT") :]
                    assert "IF(" not in inner, cell.value


def test_equal_input_gives_equal_bytes_with_charts(plan):
    inputs = (plan, small_plan.household(), small_plan.exposures(), small_plan.TARGET)
    release = Release(date(2026, 11, 28))
    assert workbook_bytes(*inputs, release) == workbook_bytes(*inputs, release)
