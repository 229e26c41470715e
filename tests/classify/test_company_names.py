"""Companies given by name alone: equal names, close ones, and everything that must not be taken for a stock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classify.company_names import find_company, plain_name
from core.classify.core_table import read_rows
from core.classify.exposure import Confidence
from core.classify.truth import Classifier
from core.household import SecurityType as T


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("APPLE INC COM", "AAPL"),
        ("APPLE INC", "AAPL"),
        ("BERKSHIRE HATHAWAY INC DEL CL B NEW", "BRK.B"),
        ("BERKSHIRE HATHAWAY INC DEL CL A", "BRK.A"),
        ("ALPHABET INC CAP STK CL C", "GOOG"),
        ("JPMORGAN CHASE & CO. COM", "JPM"),
        ("COCA COLA CO COM", "KO"),
        ("INTL BUSINESS MACHS CORP", "IBM"),
        ("MCDONALDS CORP", "MCD"),
        ("VISA INC COM CL A", "V"),
        ("GENERAL MLS INC", "GIS"),
    ],
)
def test_equal_names(name: str, symbol: str) -> None:
    found = find_company(name)
    assert found is not None
    company, equal = found
    assert (company.symbol, equal) == (symbol, True)


def test_a_match_is_of_medium_confidence_and_says_so() -> None:
    exposure = Classifier().classify("", "APPLE INC COM")
    assert exposure.confidence is Confidence.MEDIUM
    assert exposure.source["mix"].startswith("matched by name")
    assert "AAPL" in exposure.note
    assert exposure.sectors == Classifier().classify("AAPL").sectors
    close = Classifier().classify("", "AMERICAN EXPRES CO")
    assert close.confidence is Confidence.LOW
    assert "only close" in close.note


def test_a_name_in_the_place_of_a_symbol_and_a_cusip() -> None:
    assert "AAPL" in Classifier().classify("Apple Inc Com").note
    assert "AAPL" in Classifier().classify("", "APPLE INC", T.STOCK, "037833100").note
    # a ticker that no table knows is not overruled by a name
    assert Classifier().classify("ZZZZ", "Apple Inc").mix[6] == 1


@pytest.mark.parametrize(
    "name",
    [
        "APPLE INC 3.85% 05/04/2043",
        "BANK AMER CORP PFD",
        "FORD MTR CO DEL WTS",
        "APPLE INC NOTE 2031",
        "Zed Co",
        "Apple Growth Fund",
        "AMERICAN",
        "",
        "Inc",
        "Private placement 7",
    ],
)
def test_other_paper_and_strangers_are_left_alone(name: str) -> None:
    assert find_company(name) is None


def test_every_company_of_the_core_table_is_found_by_its_own_name_in_capitals() -> None:
    stocks = [row for row in read_rows() if row.type is T.STOCK and "partners" not in row.name.lower()]
    missed = []
    for row in stocks:
        found = find_company(row.name.upper() + " COM")
        if found is None or found[0].symbol != row.symbol:
            missed.append(row.symbol)
    assert len(missed) <= 0.02 * len(stocks), missed


@given(st.text(max_size=40))
def test_any_name_is_safe_and_plain_names_stay_plain(name: str) -> None:
    find_company(name)
    assert plain_name(plain_name(name)) == plain_name(name)
