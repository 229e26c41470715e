"""The sheet Market case, and the sheet Tax where it is reckoned by the year's tables."""

from datetime import date
from decimal import Decimal

import attrs
import openpyxl
import pytest

from core.export.workbook import workbook_bytes, write_workbook
from core.market.observations import MarketCase, observe, snapshot
from core.market.quote import MarketView
from core.market.signals import evaluate
from core.market.suggestion import suggest
from core.tax.liability import plan_tax
from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus
from core.tilt.target import TaxSettings
from core.words import period_words
from tests.export import small_plan
from tests.export.office import recalculated
from tests.market.fake_sources import DAY, fake_sources

ON = date(2026, 11, 20)
HARM = ("=1+1", "+cmd", "-2", "@SUM(A1)", "\t=x", "\r=y")


def saved(folder, view, *, target=small_plan.TARGET, plan=None):
    goal = folder / "t.xlsx"
    inputs = (plan or small_plan.proposal(), small_plan.household(), small_plan.exposures(), target)
    write_workbook(*inputs, goal, overwrite=True, market=view)
    return goal


def rows_of(path, sheet="Market case"):
    return list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))


def refreshed():
    """Every observation that ships, and those that a refresh brings."""
    from core.market.refresh import refresh

    return snapshot().adding(refresh(fake_sources(), DAY, lambda _words: None).observations)


@pytest.mark.parametrize("which", [snapshot, refreshed], ids=["shipped", "refreshed"])
def test_every_value_of_every_observation_is_there_with_date_and_source(which, tmp_path):
    case = which()
    rows = {row[:4] for row in rows_of(saved(tmp_path, MarketView(case, ON)))}
    for observation in case.observations:
        sectors = ", ".join(sector.replace("_", " ") for sector in observation.sectors)
        title = observation.title + (f" ({sectors})" if sectors else "")
        assert (title, observation.text, period_words(observation.as_of), observation.published_by) in rows


def test_both_sides_are_quoted_and_those_set_aside_too(tmp_path):
    case = snapshot().setting_aside("risk_fiscal", True)
    texts = [row[0] for row in rows_of(saved(tmp_path, MarketView(case, ON))) if row[0]]
    for heading in ("For small caps", "Against small caps", "For value stocks", "Against value stocks"):
        assert heading in texts
    assert any("not a forecast of return" in text for text in texts)
    counts = {row[0]: row[6] for row in rows_of(saved(tmp_path, MarketView(case, ON))) if row[6]}
    assert counts["Fiscal tightening"] == "set aside: shown, not counted"
    assert "months old" in counts["Russell 2000 trailing P/E"]


def test_a_followed_suggestion_keeps_the_reasons_of_its_day(tmp_path):
    used = suggest(snapshot(), date(2025, 12, 31))
    newer = snapshot().adding(
        [observe("small_trailing_pe", as_of="2026-06-30", published_by="Another house", values=[20.0])]
    )
    texts = [row[0] for row in rows_of(saved(tmp_path, MarketView(newer, ON, used))) if row[0]]
    assert "The target follows the suggestion of Dec 31, 2025, as the adviser chose." in texts
    assert any("36.75 (Dec 2025, market commentary)" in text for text in texts)
    assert any(f"Suggested point on Dec 31, 2025: size {used.point.size:+.2f}" in text for text in texts)


def test_convictions_are_sums_of_parts_also_after_a_recalculation(tmp_path):
    case = refreshed()
    verdict = evaluate(case, DAY)
    path = saved(tmp_path, MarketView(case, DAY))
    for book in (path, recalculated(path, tmp_path)):
        rows = rows_of(book)
        totals = [row for row in rows if row[0] and row[0].startswith("Conviction for")]
        assert [row[5] for row in totals] == pytest.approx([verdict.size.score, verdict.value.score], abs=1e-9)
        parts = [row[3] * row[4] for row in rows if isinstance(row[3], (int, float)) and isinstance(row[4], float)]
        assert sum(parts) == pytest.approx(verdict.size.score + verdict.value.score, abs=1e-9)


@pytest.mark.parametrize("harm", HARM)
def test_words_of_the_adviser_are_text_and_never_a_formula(harm, tmp_path):
    mine = attrs.evolve(
        observe("value_forward_pe", as_of="2026-01-15", published_by=harm, values=[19.0], text=harm), title=harm
    )
    path = saved(tmp_path, MarketView(snapshot().adding([mine]), ON))
    cells = [cell for row in openpyxl.load_workbook(path)["Market case"].iter_rows() for cell in row]
    found = [cell for cell in cells if isinstance(cell.value, str) and cell.value.strip() == harm.strip()]
    assert len(found) >= 3
    assert all(cell.data_type != "f" for cell in found)


def test_without_observations_and_without_a_view(tmp_path):
    texts = [row[0] for row in rows_of(saved(tmp_path, MarketView(MarketCase(), ON))) if row[0]]
    assert "There are no observations." in texts
    shipped = MarketView(snapshot(), small_plan.AS_OF)
    inputs = (small_plan.proposal(), small_plan.household(), small_plan.exposures(), small_plan.TARGET)
    assert workbook_bytes(*inputs) == workbook_bytes(*inputs, market=shipped)


# --- tax by tables ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("income", "short", "long"), [("100000", "1000", "2000"), ("700000", "-9000", "420.01"), ("20000", "0", "90000")]
)
def test_tax_by_tables_ties_to_the_cent_after_a_recalculation(income, short, long, tmp_path):
    situation = TaxSituation(2026, FilingStatus.MARRIED_JOINT, Decimal(income), state_rate=Decimal("0.05"))
    target = attrs.evolve(small_plan.TARGET, tax=TaxSettings(situation=situation))
    plan = small_plan.proposal(target=target)
    # As if wash sales and lots gave these gains: the sheet works on from them.
    added = plan_tax(situation, Decimal(short), Decimal(long))
    tax = attrs.evolve(plan.tax, short_gain=Decimal(short), long_gain=Decimal(long), tax=added.total)
    path = saved(tmp_path, None, target=target, plan=attrs.evolve(plan, tax=tax))
    for book in (path, recalculated(path, tmp_path)):
        found = {row[0]: row for row in rows_of(book, "Tax") if row[0]}
        assert found["Federal, at ordinary rates"][3] == pytest.approx(float(added.ordinary), abs=0.001)
        assert found["Federal, at long-term rates"][3] == pytest.approx(float(added.long_term), abs=0.001)
        assert found["Net investment income tax"][3] == pytest.approx(float(added.niit), abs=0.001)
        assert found["State, on gains and losses"][3] == pytest.approx(float(added.state), abs=0.001)
        assert found["Short-term loss into the next year"][3] == pytest.approx(float(added.short_carry), abs=0.001)
        verdicts = [cell for row in rows_of(book, "Summary") for cell in row if cell in ("ties", "differs")]
        assert verdicts == ["ties"] * 7
        summary = [row for row in rows_of(book, "Summary") if "Estimated tax (minus: credit)" in row]
        assert summary[0][7] == pytest.approx(float(added.total), abs=0.001)
