"""The wide list: names for the name rules, members of US indexes, and no confusion of reused symbols."""

from __future__ import annotations

import gzip
import importlib.util
from importlib.resources import files
from pathlib import Path

import pytest

from core.classify.answer import Query
from core.classify.exposure import Confidence
from core.classify.truth import Classifier
from core.classify.wide_list import WideList
from core.household import SecurityType as T


def test_a_fund_known_by_symbol_alone_is_guessed_from_its_full_name() -> None:
    exposure = Classifier().classify("ASVIX")
    assert exposure.name == "American Century Small Cap Value Fund Investor Class"
    assert exposure.type is T.MUTUAL_FUND
    assert exposure.style_box[6] > 0.5
    assert exposure.confidence is Confidence.LOW
    assert exposure.source["mix"] == "wide list, name rule (guess): one_box(small value)"


def test_a_name_cut_short_by_a_broker_does_not_hide_the_full_one() -> None:
    exposure = Classifier().classify("ASVIX", "AMERICAN CENT SM", T.MUTUAL_FUND)
    assert exposure.style_box[6] > 0.5


def test_members_of_a_us_index_are_us_equity_of_open_style() -> None:
    exposure = Classifier().classify("AAT", "American Assets Trust Inc", T.STOCK)
    assert exposure.mix[0] == 1
    assert sum(exposure.style_box) == 0
    assert exposure.sectors[9] == 1
    assert "not known" in exposure.note


@pytest.mark.parametrize(
    ("symbol", "name", "type_"),
    [
        ("AAT", "Zanzibar Copper plc", T.STOCK),
        ("ASVIX", "Zanzibar Copper", T.OTHER),
        ("AAT", "AAT Jan 2028 20 Put", T.OPTION),
        ("CASH", "Cash", T.OTHER),
        ("A\nAAMI", "", None),
        ("", "", None),
    ],
)
def test_reused_and_odd_symbols_are_not_confused(symbol: str, name: str, type_: T | None) -> None:
    assert WideList().answer(Query(symbol, name, type_)) is None


def test_a_fund_whose_name_says_nothing_is_named_but_unclassified() -> None:
    exposure = Classifier().classify("TNA")
    assert exposure.mix[6] == 1
    assert "Direxion" in exposure.name
    assert "name does not say" in exposure.note


def test_a_file_that_gives_only_the_symbol_of_a_fund_and_calls_it_a_stock() -> None:
    exposure = Classifier().classify("ASVIX", "ASVIX", T.STOCK)
    assert exposure.type is T.MUTUAL_FUND
    assert exposure.style_box[6] > 0.5
    assert exposure.note == "known by its symbol alone"


def test_cash_by_name() -> None:
    assert Classifier().classify("CASH", "Cash & Cash Investments", T.OTHER).mix[4] == 1


def test_the_list_ships_with_its_notices() -> None:
    folder = files("resources").joinpath("wide_list")
    notice = folder.joinpath("NOTICE.txt").read_text("utf-8")
    for package in ("etfpy", "etf-scraper", "investpy", "pytickersymbols", "MIT License"):
        assert package in notice


def test_the_builder_is_deterministic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(__file__).resolve().parents[2] / "packaging" / "build_wide_list.py"
    spec = importlib.util.spec_from_file_location("build_wide_list", path)
    assert spec is not None
    assert spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    monkeypatch.setattr(builder, "OUT", tmp_path / "out")
    funds, stocks = tmp_path / "f.csv.gz", tmp_path / "s.csv.gz"
    funds.write_bytes(gzip.compress(b"symbol,name,type\nZZB,Zed  Bond,ETF\nAAX,Acme,MUTUALFUND\n"))
    stocks.write_bytes(gzip.compress(b"symbol,name,size,sector\nZZ-A,Zed,Large,Health Care\nYY,Why,,\n"))
    builder.main(str(funds), str(stocks))
    first = (tmp_path / "out" / "funds.csv.gz").read_bytes()
    builder.main(str(funds), str(stocks))
    assert (tmp_path / "out" / "funds.csv.gz").read_bytes() == first
    assert gzip.decompress(first) == b"symbol,type,name\nAAX,mutual_fund,Acme\nZZB,etf,Zed Bond\n"
    companies = gzip.decompress((tmp_path / "out" / "stocks.csv.gz").read_bytes())
    assert companies == b"symbol,sector,name\nZZ.A,health_care,Zed\n"
