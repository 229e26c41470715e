"""The dated tables: figures, sources, and the refusal of a year that isn't there."""

from __future__ import annotations

import re
from decimal import Decimal
from importlib.resources import files

import pytest

from core.errors import InputError
from core.tax.tables import FilingStatus, RateSchedule, available_years, parse_tables, tax_tables
from tests.shared_reference import shared
from tests.tax.worksheet import MAGI_THRESHOLDS, SCHEDULES

EVERY_STATUS = [(year, filing) for year in SCHEDULES for filing in FilingStatus]


@pytest.mark.parametrize(("year", "filing"), EVERY_STATUS)
def test_figures_are_those_typed_a_second_time(year: int, filing: FilingStatus):
    table = tax_tables(year).statuses[filing]
    tops, zero, fifteen, deduction = SCHEDULES[year][filing.value]
    assert table.ordinary.tops == tuple(Decimal(top) for top in tops)
    assert table.ordinary.rates == tuple(Decimal(rate) / 100 for rate in (10, 12, 22, 24, 32, 35, 37))
    assert (table.zero_top, table.fifteen_top, table.standard_deduction) == (zero, fifteen, deduction)
    assert table.niit_threshold == MAGI_THRESHOLDS[filing.value]
    assert table.loss_limit == (1500 if filing is FilingStatus.MARRIED_SEPARATE else 3000)


@pytest.mark.parametrize("year", list(SCHEDULES))
def test_rates_and_sources(year: int):
    tables = tax_tables(year)
    assert tables.year == year
    assert tables.long_rates == (0, Decimal("0.15"), Decimal("0.20"))
    assert (tables.collectibles_rate, tables.unrecaptured_rate) == (Decimal("0.28"), Decimal("0.25"))
    assert tables.niit_rate == Decimal("0.038")
    for part in ("brackets", "long_term", "standard_deduction", "net_investment_income", "loss_limit"):
        assert tables.sources[part]


def test_the_reference_page_has_the_same_figures():
    page = shared("design", "tax.md").read_text("utf-8")
    columns = list(FilingStatus)

    def numbers(line: str) -> list[Decimal]:
        return [Decimal(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\d", line.split("|", 2)[2])]

    year = 0
    seen = 0
    for line in page.splitlines():
        if match := re.match(r"(20\d\d) \(Rev\. Proc\.", line):
            year = int(match[1])
        if year and re.match(r"\| \d\d% \|", line) and "above" not in line:
            for filing, top in zip(columns, numbers(line), strict=True):
                rate = Decimal(line[2:4]) / 100
                schedule = tax_tables(year).statuses[filing].ordinary
                assert schedule.tops[schedule.rates.index(rate)] == top
                seen += 1
        for label, filing in zip(("| Single |", "| MFJ / SS |", "| MFS |", "| HoH |"), columns, strict=True):
            if line.startswith(label):
                zero25, fifteen25, zero26, fifteen26 = numbers(line)
                for a_year, zero, fifteen in ((2025, zero25, fifteen25), (2026, zero26, fifteen26)):
                    table = tax_tables(a_year).statuses[filing]
                    assert (table.zero_top, table.fifteen_top) == (zero, fifteen)
                    seen += 2
    assert seen == 2 * 6 * 4 + 2 * 4 * 2


def test_a_year_without_tables_is_refused_and_not_replaced():
    assert available_years() == (2025, 2026)
    for year in (2024, 2027):
        with pytest.raises(InputError, match=f"no tax tables for {year}; there are tables for 2025 and 2026") as error:
            tax_tables(year)
        assert 'mode = "flat"' in str(error.value)


def test_schedule_by_its_formula():
    schedule = RateSchedule((Decimal(100), Decimal(300)), (Decimal("0.1"), Decimal("0.2"), Decimal("0.5")))
    assert [schedule.tax(Decimal(x)) for x in (-5, 0, 50, 100, 200, 300, 400)] == [0, 0, 5, 10, 30, 50, 100]
    assert schedule.top_below(Decimal("0.2")) == 100
    assert schedule.top_below(Decimal("0.05")) == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("year = 2026", "year = 2025", "year = 2026 is expected, found 2025"),
        ("[rates]", "[other]", r"a table \[rates\]"),
        ("0.15, 0.20]", "0.20, 0.15]", r"\[rates\] long: rising"),
        ("bracket_tops = [12400, 50400", "bracket_tops = [50400, 12400", r"\[single\] bracket_tops: 6 rising"),
        ("long_tops = [98900, 613700]", "long_tops = [98900]", r"\[married_joint\] long_tops: 2 rising"),
        ("loss_limit = 1500", 'loss_limit = "1500"', r"\[married_separate\] loss_limit: a number"),
        ("niit_threshold = 125000\n", "", r"\[married_separate\] niit_threshold: a number"),
        ("[head_of_household]", "[heads]", r"a table \[head_of_household\]"),
        ("year = 2026", "year 2026", "not a valid TOML file"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(old: str, new: str, message: str):
    text = (files("resources") / "tax" / "2026.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(InputError, match=message):
        parse_tables(text.replace(old, new, 1), 2026, "2026.toml")
