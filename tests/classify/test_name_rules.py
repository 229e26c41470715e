"""Name rules: right where a name is plain, silent where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classify.answer import Query
from core.classify.boxes import main_box
from core.classify.core_table import read_rows
from core.classify.exposure import Confidence
from core.classify.name_rules import NameRules, guess
from core.classify.rules import expand
from core.household import SecurityType as T


@pytest.mark.parametrize(
    ("name", "type_", "rule"),
    [
        ("Acme Small-Cap Value Fund Class A", T.MUTUAL_FUND, "one_box(small value)"),
        ("ACME SM CAP VAL FD", T.MUTUAL_FUND, "one_box(small value)"),
        ("Acme Large Company Growth Portfolio", T.MUTUAL_FUND, "one_box(large growth)"),
        ("Acme S&P 500® Index Fund", T.MUTUAL_FUND, "us(sp500)"),
        ("Acme Russell 2000 Value ETF", T.ETF, "us(russell2000, value)"),
        ("Acme Total Stock Market Index Fund", T.MUTUAL_FUND, "market"),
        ("Acme S&P MidCap 400 Growth ETF", T.ETF, "us(sp400, growth)"),
        ("Acme Emerging Mkts Index Fund", T.MUTUAL_FUND, "emerging(standard)"),
        ("Acme Intl Small-Cap ETF", T.ETF, "developed(intl_small)"),
        ("Acme All-World ex-US ETF", T.ETF, "world(dev 0.74, em 0.26, standard)"),
        ("Vanguard Target Retirement 2045 Trust II", T.OTHER, "target_date(2045, vanguard)"),
        ("Acme LifePath Index 2050 Fund", T.MUTUAL_FUND, "target_date(2050, lifepath)"),
        ("Acme iBonds Dec 2030 Term Corporate ETF", T.ETF, "bonds"),
        ("Acme Intermediate Municipal Bond Fund", T.MUTUAL_FUND, "bonds"),
        ("UNITED STATES TREAS BILLS 02/04/2027", None, "cash"),
        ("UNITED STATES TREAS NTS 4.25% 02/15/2031", None, "bonds"),
        ("Acme 1-3 Month T-Bill ETF", T.ETF, "cash"),
        ("Acme Ultra Short Bond ETF", T.ETF, "bonds"),
        ("Acme US Large Cap Buffer ETF of Funds", T.ETF, ""),
        ("Acme U.S. Large Cap Buffer10 Jul ETF", T.ETF, ""),
        ("Acme S&P SmallCap 600 Pure Growth ETF", T.ETF, "us(sp600, pure_growth)"),
        ("Acme Russell 1000 Growth Index Fund", T.MUTUAL_FUND, "us(russell1000_growth, growth)"),
        ("Acme Small/Mid Cap Value Fund", T.MUTUAL_FUND, "us(russell2500, value)"),
        ("Acme Dividend Growth Fund", T.MUTUAL_FUND, "us(dividend_large, dividend_growth)"),
        ("Acme Mid Cap Dividend Fund", T.MUTUAL_FUND, "one_box(mid value)"),
        ("Acme Growth & Income Fund", T.MUTUAL_FUND, "one_box(large blend)"),
        ("Acme U.S. Low Volatility Equity ETF", T.ETF, "us(factor_flat, low_volatility)"),
        ("Acme Mid-Cap Stock Fund", T.MUTUAL_FUND, "one_box(mid)"),
        ("Acme Small Cap 500 Volatility Weighted ETF", T.ETF, "one_box(small)"),
        ("Acme Small-Cap Health Care ETF", T.ETF, "sector(health_care, russell2000)"),
        ("CITY OF ACME 4.250% 06/01/2031", T.OTHER, "bonds"),
        ("BANK DEPOSIT SWEEP", T.OTHER, "cash"),
        ("ACME PREFERRED SAVINGS- QC", T.OTHER, "cash"),
        ("Acme Government Money Market Fund", T.MUTUAL_FUND, "cash"),
        ("Acme Health Care ETF", T.ETF, "sector(health_care)"),
        ("Acme Physical Gold ETF", T.ETF, "other"),
        ("Acme 60/40 Allocation ETF", T.ETF, "balanced(60/40, 0.3)"),
    ],
)
def test_plain_names(name: str, type_: T | None, rule: str) -> None:
    found = guess(name, type_)
    assert (found.rule if found else "") == rule


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("Small Value Growth Bond Holdings Inc", T.STOCK),
        ("FID CONTRA POOL CL 3", T.OTHER),
        ("Acme UltraPro S&P 500 3x", T.ETF),
        ("Acme S&P 500 Buffer ETF", T.ETF),
        ("Acme Aggressive Growth Allocation Fund", T.MUTUAL_FUND),
        ("Acme Opportunities Fund", T.MUTUAL_FUND),
        ("Acme Long/Short Equity Fund", T.MUTUAL_FUND),
        ("Acme Partners", T.OTHER),
        ("", None),
    ],
)
def test_open_names_get_no_guess(name: str, type_: T | None) -> None:
    assert guess(name, type_) is None


def test_a_size_without_a_style_is_spread_like_its_market_and_says_so() -> None:
    answer = NameRules().answer(Query("ZZZZX", "Acme Mid Cap Fund", T.MUTUAL_FUND))
    assert answer is not None
    assert answer.mix is not None
    assert answer.mix[0] == 1
    assert answer.style_box is not None
    assert main_box(answer.style_box) == ("mid", "blend")
    assert sum(answer.style_box[0::3]) == pytest.approx(sum(answer.style_box[2::3]))
    assert answer.confidence is Confidence.LOW
    assert answer.source.startswith("name rule (guess)")
    assert "no style" in answer.note


def test_retail_class_is_no_retailer() -> None:
    assert guess("Acme Focus Fund Retail Class", T.MUTUAL_FUND) is None


@given(st.text(max_size=60), st.sampled_from([None, *T]))
def test_any_name_is_safe(name: str, type_: T | None) -> None:
    found = guess(name, type_)
    if found:
        expand(found.rule, found.box, found.sectors)


def test_agreement_with_the_core_table() -> None:
    """On the table's own funds a guess is seldom of the wrong class, and usually of the right size."""
    guessed = wrong = boxed = right_size = 0
    for row in read_rows():
        found = guess(row.name, row.type) if row.is_fund else None
        if found is None:
            continue
        guessed += 1
        said, known = expand(found.rule, found.box, found.sectors), row.vectors
        wrong += said.mix.index(max(said.mix)) != known.mix.index(max(known.mix))
        if row.file == "us_equity" and sum(said.style_box):
            boxed += 1
            sizes = [[sum(v.style_box[3 * i : 3 * i + 3]) for i in range(3)] for v in (said, known)]
            right_size += sizes[0].index(max(sizes[0])) == sizes[1].index(max(sizes[1]))
    assert guessed > 600
    assert wrong / guessed < 0.02
    assert right_size / boxed > 0.95
