"""Tickers, CUSIPs and options in all their spellings."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.household import SecurityType
from core.importing.identifiers import cusip_check_digit, is_cusip, normal_cusip, normal_symbol, slug
from core.importing.options import OptionContract, parse_option
from core.importing.securities import build_security, possible_multipliers

CUSIPS = ["037833100", "594918104", "912828ZZ6", "31617E471", "02079KAC1", "922908769"]


@pytest.mark.parametrize("text", CUSIPS)
def test_valid_cusips(text):
    assert is_cusip(text)
    assert not is_cusip(text[:8] + str((int(text[8]) + 1) % 10))


def test_words_of_nine_letters_are_no_cusips():
    assert not is_cusip("ABCDEFGH" + str(cusip_check_digit("ABCDEFGH")))


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_one_wrong_digit_is_always_noticed(base):
    digit = cusip_check_digit(base)
    assert 0 <= digit <= 9
    if base[3].isdigit():
        wrong = base[:3] + str((int(base[3]) + 1) % 10) + base[4:]
        assert cusip_check_digit(wrong) != digit


def test_lost_leading_zeros_are_restored():
    assert normal_cusip("7903107") == "007903107"
    assert normal_cusip(" 037833100 ") == "037833100"
    assert normal_cusip("12345") is None
    assert normal_cusip("--") is None


@pytest.mark.parametrize("text", ["BRK/B", "BRK.B", "BRK B", "BRKB", "BRK-B", " brk/b ", "BRK/B**"])
def test_share_classes(text):
    assert normal_symbol(text) == "BRK.B"


def test_symbols():
    assert normal_symbol("SPAXX**") == "SPAXX"
    assert normal_symbol(" VTI") == "VTI"
    assert normal_symbol("BAC/PRL") == "BAC/PRL"
    assert slug("U S Treasury  Bill, 4%") == "u-s-treasury-bill-4"


SPELLINGS = [
    "ACME  260516C00055000",
    "ACME260516C00055000",
    " -ACME260516C55",
    "ACME260516C55",
    "ACME 05/16/2026 55.00 C",
    "ACME May 16 '26 $55 Call",
    "ACME 16MAY26 55 C",
    "ACME26/05/16C55.000000000",
    "CALL (ACME) ACME CORP MAY 16 26 $55 (100 SHS)",
    "CALL ACME   55.00 EXP 05-16-26",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_option_spellings(text):
    assert parse_option(text) == OptionContract("ACME", date(2026, 5, 16), "C", Decimal(55))
    assert parse_option(text).symbol == "ACME260516C00055000"


@pytest.mark.parametrize(
    "text", ["VTI", "BRK.B", "912828ZZ6", "CALL ME", "ACME 13/45/2026 55 C", "", "US TREASURY 4% 05/15/26"]
)
def test_no_options(text):
    assert parse_option(text) is None


@given(
    st.from_regex(r"[A-Z]{1,5}", fullmatch=True),
    st.dates(date(2020, 1, 1), date(2020, 1, 1) + timedelta(days=10_000)),
    st.sampled_from("CP"),
    st.integers(1, 99_999_999),
)
def test_occ_symbols_are_read_back(root, expiry, right, thousandths):
    contract = OptionContract(root, expiry, right, Decimal(thousandths) / 1000)
    assert parse_option(contract.symbol) == contract
    assert parse_option(f"{root:6s}{contract.symbol[len(root) :]}") == contract


def build(symbol="", cusip="", name="", kind=""):
    return build_security(symbol, cusip, name, kind, {})


def test_what_a_row_names():
    assert build("VWO", name="VANGUARD INTL EQUITY FDS FTSE EMR MKT ETF").type is SecurityType.ETF
    assert build("FXAIX", name="FIDELITY 500 INDEX FUND").type is SecurityType.MUTUAL_FUND
    assert build("SWVXX").type is SecurityType.MONEY_MARKET
    assert build("MSFT", name="MICROSOFT CORP").type is SecurityType.STOCK
    pool = build("31617E471", name="EXAMPLE GROWTH POOL CL 2")
    assert (pool.id, pool.symbol, pool.cusip) == ("31617E471", None, "31617E471")
    assert pool.type is SecurityType.MUTUAL_FUND
    bill = build("", name="U S TREASURY BILL CPN 0.000% DTD 2017-08-14")
    assert bill.id == "u-s-treasury-bill-cpn-0-000-dtd-2017-08-14"
    assert bill.type is SecurityType.BOND
    assert bill.multiplier == Decimal("0.01")
    assert build("-", "02079KAC1", "ALPHABET INC CPN: 1.998% Due : 8/15/2026").id == "02079KAC1"
    assert build("", name="S&amp;P  FUND").name == "S&P FUND"
    assert build("PHYL", name="PGIM ACTIVE HIGH YIELD BOND ETF", kind="Fixed Income").type is SecurityType.ETF


def test_only_what_may_be_a_bond_may_be_quoted_per_hundred():
    assert possible_multipliers(build("MSFT", name="MICROSOFT CORP")) == (Decimal(1),)
    assert Decimal("0.01") in possible_multipliers(build("912828ZZ6", name="UNKNOWN"))
    assert possible_multipliers(build("ACME260516C00055000")) == (Decimal(100),)
