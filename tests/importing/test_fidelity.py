"""Fidelity: positions to 2025 and of 2026, the statement CSV, views."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InputError
from core.household import AccountKind, SecurityType
from tests.importing.reading import FIXTURES, codes, holdings, read, read_text, rows_with_content

D = Decimal
FOLDER = FIXTURES / "fidelity"


def test_positions_to_2025():
    path = FOLDER / "Portfolio_Positions_Feb-03-2025.csv"
    household = read(path)
    assert household.as_of == date(2025, 2, 3)
    assert [(a.id, a.name, a.kind, a.cash, a.pending, a.market_value) for a in household.accounts] == [
        ("X11112222", "Individual - TOD", AccountKind.TAXABLE, D("1204.55"), D("-4236.41"), D("18213.04")),
        ("200000002", "ROTH IRA", AccountKind.ROTH, D("55.10"), D(0), D("7014.89")),
        ("71234", "EXAMPLE CORP 401(K) PLAN", AccountKind.TRADITIONAL, D(0), D(0), D("4960.62")),
    ]
    assert household.files[0].rows == rows_with_content(path) == 13
    assert household.files[0].used == 9
    lots = household.lots_by_position["X11112222", "LARX"]
    assert [(lot.quantity, lot.side) for lot in lots] == [(900, "cash"), (50, "margin")]
    assert household.security_by_id["912828ZZ6"].multiplier == D("0.01")
    pool = household.security_by_id["31617E471"]
    assert (pool.symbol, pool.multiplier, pool.type) == (None, 1, SecurityType.MUTUAL_FUND)
    # Two asterisks on a row that is no core position do not make it cash.
    assert holdings(household)["X11112222", "GUST"] == (100, D("975.00"))
    assert household.lots_by_position["200000002", "HARBX"][0].cost_basis is None
    assert "percent-of-account" not in codes(household)


def test_positions_of_2026():
    path = FOLDER / "Portfolio_Positions_2026.csv"
    household = read(path)
    assert household.as_of == date(2026, 8, 15)  # from the last line: the name has no date
    (account,) = household.accounts
    assert (account.kind, account.cash, account.pending) == (AccountKind.HSA, D("960.99"), D("98.14"))
    assert holdings(household) == {
        ("Z30000001", "GUST"): (200, D("14884.00")),
        ("Z30000001", "GUST260821C00100000"): (-2, D("-58.00")),
        ("Z30000001", "GUST260821P00060000"): (1, D("1.00")),
    }
    # A short position's basis is what was received for it.
    assert household.lots_by_position["Z30000001", "GUST260821C00100000"][0].cost_basis == D("-121.34")
    assert household.files[0].rows == rows_with_content(path)
    assert "row-arithmetic" not in codes(household)


def test_rows_that_lack_are_noticed_by_the_percentages():
    text = (FOLDER / "Portfolio_Positions_Feb-03-2025.csv").read_text("utf-8-sig")
    kept = [line for line in text.splitlines() if "TREAS BILLS" not in line]
    household = read_text("\n".join(kept), "Portfolio_Positions_Feb-03-2025.csv")
    (finding,) = [finding for finding in household.findings if finding.code == "percent-of-account"]
    assert "\u20262222)" in finding.message


def test_a_view_without_cost_is_read_and_says_which_view_to_choose():
    household = read(FOLDER / "Portfolio_Positions_Sep-01-2026-dividend-view.csv")
    (finding,) = [finding for finding in household.findings if finding.code == "no-cost"]
    assert "view Overview" in finding.message


def test_a_view_without_quantity_is_refused_and_says_which_view_to_choose():
    heading = "Account number,Account name,Symbol,Description,CUSIP,Current value,Total gain/loss %,Security type"
    with pytest.raises(InputError, match="choose the view Overview"):
        read_text(f"{heading}\nX1,Roth IRA,GUST,GUSTAVE,123456789,$5.00,1%,Stock\n")


def test_a_heading_without_rows_is_refused():
    with pytest.raises(InputError, match=r"no holding under the heading in row 1.*view Overview"):
        read_text((FOLDER / "Portfolio_Positions_2026.csv").read_text("utf-8-sig").splitlines()[0])


def test_statement():
    path = FOLDER / "Statement03312026.csv"
    household = read(path)
    assert household.as_of == date(2026, 3, 31)
    (account,) = household.accounts
    assert (account.id, account.cash, account.market_value) == ("U12340000", D("2.00"), D("3012.00"))
    assert household.security_by_id["LARX"].name == "LARKSPUR BROAD MARKET ETF"
    assert holdings(household)["U12340000", "GUST270115C00080000"] == (2, D("1010.00"))
    (file,) = household.files
    assert file.layout == "fidelity-statement"
    assert file.rows == rows_with_content(path)
    assert [(total.stated, total.difference) for total in file.control_totals] == [
        (2000, 0),  # stocks, and their cost basis; options; core account
        (1500, 0),
        (1010, 0),
        (800, 0),
        (2, 0),
    ]
