"""The order of truth, field by field, and whole households."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.classify.answer import Answer, Query, merge
from core.classify.contract import classification_document
from core.classify.coverage import coverage
from core.classify.exposure import ASSET_CLASSES, SECTORS, Confidence
from core.classify.overrides import parse_overrides
from core.classify.rules import expand
from core.classify.symbols import normalise_symbol
from core.classify.truth import Classifier
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Term

T = SecurityType


@pytest.mark.parametrize(
    ("spelling", "symbol"),
    [("brk/b", "BRK.B"), ("BRK-B", "BRK.B"), ("BRK B", "BRK.B"), ("BRKB", "BRK.B"), ("SPAXX**", "SPAXX"), (None, "")],
)
def test_symbol_spellings(spelling: str | None, symbol: str) -> None:
    assert normalise_symbol(spelling) == symbol


def test_core_table_outranks_name_rules_and_names_its_rule() -> None:
    exposure = Classifier().classify("VBR", "Emerging Markets Bond Fund", T.ETF)
    assert exposure.mix[0] == 1
    assert exposure.source["mix"] == "core table: us(crsp_small, value)"
    assert exposure.confidence is Confidence.HIGH
    assert "AVUV" in exposure.substitutes


def test_override_outranks_field_by_field() -> None:
    overrides = parse_overrides("symbol,style,note\nVTI,small value,my view\n")
    exposure = Classifier(overrides).classify("VTI")
    assert exposure.style_box[6] == 1
    assert exposure.source["style_box"] == "override"
    assert exposure.source["mix"].startswith("core table")
    assert exposure.sectors == expand("market").sectors
    assert exposure.note == "my view"
    assert exposure.identical_group == "CRSP US Total Market"


def test_override_of_the_class_drops_style_and_sectors() -> None:
    exposure = Classifier(parse_overrides("symbol,class\nVTI,bonds\n")).classify("VTI")
    assert exposure.mix[3] == 1
    assert sum(exposure.style_box) == 0
    assert exposure.sectors[-1] == 1
    assert set(exposure.source.values()) == {"override"}


def test_a_style_without_a_class_says_so() -> None:
    exposure = Classifier(parse_overrides("symbol,style\nZZZZ,small value\n")).classify("ZZZZ", "Zed Co", T.STOCK)
    assert exposure.mix[6] == 1
    assert "no effect" in exposure.note


@pytest.mark.parametrize(
    ("type_", "name", "index"),
    [
        (T.CASH, "Cash", 4),
        (T.MONEY_MARKET, "Some Money Fund", 4),
        (T.BOND, "Acme Corp 4.5% 2031", 3),
        (T.OPTION, "Put Acme", 5),
    ],
)
def test_kinds_of_security(type_: T, name: str, index: int) -> None:
    exposure = Classifier().classify("ZZZZ", name, type_)
    assert exposure.mix[index] == 1
    assert exposure.type is type_


def test_a_bond_with_its_issuers_ticker_is_a_bond_and_a_bond_fund_is_a_fund() -> None:
    bond = Classifier().classify("AAPL", "Apple Inc 3.85% 2043", T.BOND)
    assert (bond.mix[3], bond.type, bond.substitutes) == (1, T.BOND, ())
    fund = Classifier().classify("BND", "Vanguard Total Bond Market ETF", T.BOND)
    assert (fund.mix[3], fund.type) == (1, T.ETF)


def test_treasury_bills_are_cash_and_notes_are_bonds() -> None:
    table = Classifier()
    assert table.classify("912797XY1", "UNITED STATES TREAS BILLS 02/04/2027", T.BOND).mix[4] == 1
    assert table.classify("91282CXY1", "UNITED STATES TREAS NTS 4.25% 02/15/2031", T.BOND).mix[3] == 1
    for symbol in ("BIL", "SGOV", "SHV"):
        assert table.classify(symbol).mix[4] == 1
    assert table.classify("USFR").mix[3] == 1


def test_no_guess_fills_what_the_core_table_leaves_open() -> None:
    exposure = Classifier().classify("VLUE", "iShares MSCI USA Value Factor ETF", T.ETF)
    assert exposure.sectors[-1] == 1
    assert exposure.confidence is Confidence.MEDIUM


def test_an_option_on_a_known_stock_is_not_that_stock() -> None:
    assert Classifier().classify("AAPL", "AAPL Jan 2028 200 Call", T.OPTION).mix[5] == 1


def test_unknown_stays_unclassified() -> None:
    for symbol, name, type_ in (
        ("ZZZZ", "Zed Growth Capital Inc", T.STOCK),
        ("31617E471", "FID CONTRA POOL CL 3", T.OTHER),
        ("", "Private placement 7", T.OTHER),
    ):
        exposure = Classifier().classify(symbol, name, type_)
        assert exposure.mix[6] == 1, name
        assert exposure.confidence is Confidence.NONE
        assert exposure.note


def test_merge_takes_the_lowest_confidence_used() -> None:
    vectors = expand("us(sp500, value)")
    first = Answer("first", None, Confidence.HIGH, mix=vectors.mix)
    second = Answer("second", None, Confidence.LOW, style_box=vectors.style_box, sectors=vectors.sectors)
    exposure = merge(Query("A"), [first, second])
    assert exposure.confidence is Confidence.LOW
    assert exposure.source == {"mix": "first", "style_box": "second", "sectors": "second"}


def household() -> Household:
    securities = (
        Security("VTI", "VTI", None, "Vanguard Total Stock Market ETF", T.ETF, Decimal(300)),
        Security("ZZZZ", "ZZZZ", None, "Zed Inc", T.STOCK, Decimal(10)),
        Security("ACME", None, None, "Acme International Fund", T.MUTUAL_FUND, Decimal(10)),
        Security("SPAXX", "SPAXX", None, "Money", T.MONEY_MARKET, Decimal(1)),
    )
    amounts = {"VTI": 6000, "ZZZZ": 1000, "ACME": 2000, "SPAXX": 500}
    lots = tuple(Lot("1", key, Decimal(1), Decimal(value), None, None, Term.UNKNOWN) for key, value in amounts.items())
    account = Account("1", "Joint", None, AccountKind.TAXABLE, "user", Decimal(500), Decimal(0), Decimal(10000))
    return Household("Sample", date(2026, 6, 30), (account,), securities, lots)


def test_household_and_coverage() -> None:
    house = household()
    exposures = Classifier().classify_household(house)
    assert list(exposures) == ["VTI", "ZZZZ", "ACME", "SPAXX"]
    assert exposures["ACME"].mix[1] == 1
    assert sum(exposures["ACME"].style_box) == 0
    found = coverage(house, exposures)
    assert found.classified == pytest.approx(0.9)
    assert found.style_known == pytest.approx(0.75)
    assert [c.security for c in found.contributors] == ["ACME", "ZZZZ"]
    assert found.contributors[0].style_unknown == pytest.approx(2000)
    assert coverage(house, {}).classified == pytest.approx(0.05)


def test_json_document_follows_the_contract() -> None:
    table = Classifier()
    exposures = [table.classify(symbol) for symbol in ("VT", "AAPL", "VWINX", "BND", "ZZZZ", "GLD")]
    document = classification_document(exposures)
    assert document["schema"] == "trimtab/classification/1"
    for entry in document["exposures"]:
        assert set(entry) == {
            "symbol", "name", "type", "mix", "style_box", "sectors", "source", "as_of", "confidence", "note",
        }  # fmt: skip
        assert set(entry["mix"]) == set(ASSET_CLASSES)
        assert set(entry["sectors"]) == set(SECTORS)
        assert [len(row) for row in entry["style_box"]] == [3, 3, 3]
        assert sum(entry["mix"].values()) == pytest.approx(1, abs=1e-6)
        assert sum(entry["sectors"].values()) == pytest.approx(1, abs=1e-6)
        assert set(entry["source"]) == {"mix", "style_box", "sectors"}
