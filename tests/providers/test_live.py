"""Live profiles as exposures: the category, the fund's own shares, its sectors, and the core table's finer boxes."""

from __future__ import annotations

from datetime import date

import pytest

from core.classify.boxes import main_box
from core.classify.exposure import SECTORS, STYLE_BOXES, Confidence, Exposure
from core.classify.live import LiveProfiles, read_category
from core.classify.overrides import parse_overrides
from core.classify.rules import expand
from core.classify.stocks import Fundamentals
from core.classify.truth import Classifier
from core.household import SecurityType as T
from core.providers.protocols import Profile

DAY = date(2026, 11, 25)
STOCKS = {"stock": 0.99, "cash": 0.01, "bond": 0.0}


def fund(symbol: str, category: str | None, **more: object) -> Profile:
    return Profile(symbol, DAY, type=T.ETF, category=category, **more)  # type: ignore[arg-type]


def classified(profile: Profile, name: str = "", type_: T | None = None, overrides: str = "") -> Exposure:
    own = parse_overrides(overrides) if overrides else {}
    return Classifier(own, (LiveProfiles({profile.symbol: profile}, "Yahoo"),)).classify(profile.symbol, name, type_)


@pytest.mark.parametrize(
    ("category", "rule", "box"),
    [
        ("Small Value", "one_box(small value)", True),
        ("Mid-Cap Growth", "one_box(mid growth)", True),
        ("Large Blend", "one_box(large blend)", True),
        ("Foreign Large Value", "world(dev 0.85, em 0.15, standard, value)", True),
        ("Global Large-Stock Growth", "world(us 0.60, dev 0.31, em 0.09, standard, growth)", True),
        ("Diversified Emerging Mkts", "emerging(all_cap)", False),
        ("Target-Date 2045", "target_date(2045, typical)", False),
        ("Target-Date 2065+", "target_date(2065, typical)", False),
        ("Intermediate Core-Plus Bond", "bonds", False),
        ("Muni National Interm", "bonds", False),
        ("High Yield Muni", "bonds", False),
        ("Ultrashort Bond", "bonds", False),
        ("Long Government", "bonds", False),
        ("Money Market - Taxable", "cash", False),
        ("Technology", "sector(information_technology)", False),
        ("Moderately Aggressive Allocation", "balanced(80/20, 0.30)", False),
        ("Commodities Focused", "other", False),
        ("Trading--Leveraged Equity", "", False),
        ("Derivative Income", "", False),
    ],
)
def test_categories(category: str, rule: str, box: bool) -> None:
    found = read_category(category)
    assert found is not None
    assert (found.rule, found.box) == (rule, box)
    if rule:
        expand(rule)


@pytest.mark.parametrize("category", ["", "Something New", "Small Value and more"])
def test_unknown_categories(category: str) -> None:
    assert read_category(category) is None


def test_a_category_that_agrees_keeps_the_definition_of_the_index() -> None:
    found = classified(fund("VBR", "Small Value", asset_classes=STOCKS, sectors={"industrials": 0.6, "energy": 0.4}))
    assert found.style_box == expand("us(crsp_small, value)").style_box
    assert found.mix[0] == pytest.approx(0.99)
    assert found.mix[4] == pytest.approx(0.01)
    assert found.sectors[SECTORS.index("industrials")] == pytest.approx(0.6)
    assert all("Yahoo" in source for source in found.source.values())
    assert "Small Value" in found.source["style_box"]
    assert "us(crsp_small, value)" in found.source["style_box"]
    assert "crsp" not in found.source["sectors"]
    assert found.as_of == DAY.isoformat()
    assert found.confidence is Confidence.HIGH
    assert found.identical_group == "CRSP US Small Cap Value"


def test_a_category_that_differs_wins_and_says_so() -> None:
    found = classified(fund("VBR", "Large Growth", asset_classes=STOCKS))
    assert main_box(found.style_box) == ("large", "growth")
    assert "differs" in found.note
    assert found.confidence is Confidence.MEDIUM


def test_an_active_fund_is_what_its_category_says() -> None:
    found = classified(fund("FCNTX", "Large Blend", asset_classes=STOCKS))
    assert found.style_box == expand("one_box(large blend)").style_box


def test_an_override_stays_first() -> None:
    found = classified(fund("VBR", "Large Growth"), overrides="symbol,style\nVBR,mid blend\n")
    assert found.style_box[STYLE_BOXES.index("mid blend")] == 1
    assert found.source["style_box"] == "override"
    assert "Yahoo" in found.source["mix"]


def test_a_fund_that_no_table_knows() -> None:
    found = classified(fund("ZZSV", "Small Value", asset_classes=STOCKS, sectors={"energy": 0.9}))
    assert main_box(found.style_box) == ("small", "value")
    assert found.sectors[-1] == pytest.approx(0.1)  # what is not said is unknown
    assert found.confidence is Confidence.MEDIUM


def test_regions_of_the_equity_come_from_the_core_table_or_the_category() -> None:
    world = classified(fund("VT", "Global Large-Stock Blend", asset_classes={"stock": 0.95, "cash": 0.05}))
    assert world.mix[0] == pytest.approx(0.95 * 0.62)
    foreign = classified(fund("ZZFV", "Foreign Large Value", asset_classes={"stock": 0.9, "cash": 0.1}))
    assert foreign.mix[1] == pytest.approx(0.9 * 0.85)
    assert foreign.mix[0] == 0


def test_balanced_funds_take_their_own_shares() -> None:
    shares = {"stock": 0.58, "bond": 0.36, "cash": 0.04, "preferred": 0.02}
    found = classified(fund("ZZBA", "Moderate Allocation", asset_classes=shares))
    assert sum(found.mix[:3]) == pytest.approx(0.58)
    assert found.mix[3] == pytest.approx(0.36)
    assert found.mix[5] == pytest.approx(0.02)


def test_borrowing_and_missing_parts_are_seen() -> None:
    lever = classified(fund("ZZLV", "Large Blend", asset_classes={"stock": 1.4, "cash": -0.4}))
    assert lever.mix == expand("market").mix
    assert "borrowing" in lever.note
    partly = classified(fund("ZZPT", "Large Blend", asset_classes={"stock": 0.7, "cash": 0.1}))
    assert partly.mix[6] == pytest.approx(0.2)
    assert "20 %" in partly.note


def test_what_a_category_leaves_open_stays_open() -> None:
    found = classified(fund("ZZTR", "Trading--Leveraged Equity", asset_classes={"stock": 1.0}))
    assert found.mix[6] == 1
    assert found.confidence is Confidence.NONE


def test_bills_stay_cash_whatever_they_are_called() -> None:
    for symbol, name in (("BIL", ""), ("ZZBL", "Acme 0-3 Month Treasury Bill ETF")):
        found = classified(fund(symbol, "Ultrashort Bond", asset_classes={"bond": 1.0}), name, T.ETF)
        assert found.mix[4] == 1, symbol


def test_sector_funds_keep_their_box() -> None:
    found = classified(fund("XLE", "Equity Energy", asset_classes=STOCKS, sectors={"energy": 1.0}))
    assert found.style_box == expand("sector(energy, sp500)").style_box
    assert "core table" in found.source["style_box"]
    other = classified(fund("ZZHC", "Health", asset_classes=STOCKS, sectors={"health_care": 1.0}))
    assert other.sectors[SECTORS.index("health_care")] == 1


def company(country: str | None = "United States", **more: object) -> Profile:
    known = Fundamentals(5e9, earnings=0.14, book=1.2, sales=2.0, cash_flow=0.2, dividend=0.04)
    facts: dict[str, object] = {"fundamentals": known, "sector": "energy", "country": country, **more}
    return Profile("ZZCO", DAY, "Zed Co", T.STOCK, **facts)  # type: ignore[arg-type]


def test_a_company() -> None:
    found = classified(company())
    assert found.mix[0] == 1
    assert found.style_box[STYLE_BOXES.index("small value")] == 1
    assert found.sectors[SECTORS.index("energy")] == 1
    assert "value score" in found.note


@pytest.mark.parametrize(("country", "index"), [("United Kingdom", 1), ("Taiwan", 2), ("Atlantis", 6), (None, 6)])
def test_where_a_company_lives(country: str | None, index: int) -> None:
    assert classified(company(country)).mix[index] == 1


def test_a_company_abroad_for_its_papers_alone() -> None:
    linde = Profile("ACN", DAY, "Accenture plc", T.STOCK, country="Ireland", sector="information_technology")
    assert classified(linde).mix[0] == 1


def test_a_company_without_fundamentals_keeps_the_tables_style() -> None:
    apple = Profile("AAPL", DAY, "Apple Inc.", T.STOCK, country="United States", sector="information_technology")
    found = classified(apple)
    assert found.style_box[STYLE_BOXES.index("large growth")] == 1
    assert "core table" in found.source["style_box"]
    assert sum(classified(company(fundamentals=Fundamentals(5e9))).style_box) == 0
