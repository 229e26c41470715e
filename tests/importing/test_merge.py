"""Several files to one household: accounts behind masks, tax kinds, dates, errors of one file among many."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, UsageError
from core.household import AccountKind, Lot, Security, SecurityType, Severity, Term
from core.importing.accounts import kind_from_name, same_account, visible_digits
from core.importing.lots import lay_onto
from core.importing.memo import Memo
from core.importing.read import read_files
from core.importing.records import Record
from core.tax.holding_period import term
from tests.importing.reading import FIXTURES, TODAY, check, codes, holdings, read, read_text

D = Decimal

KINDS = {
    "Roth IRA": AccountKind.ROTH,
    "ROTH 401(k)": AccountKind.ROTH,
    "Kevin_Roth_IRA": AccountKind.ROTH,
    "Rollover IRA": AccountKind.TRADITIONAL,
    "SEP-IRA": AccountKind.TRADITIONAL,
    "DOE, JANE - IRA": AccountKind.TRADITIONAL,
    "ACME CORP 401(K) PLAN": AccountKind.TRADITIONAL,
    "401k": AccountKind.TRADITIONAL,
    "403(b)": AccountKind.TRADITIONAL,
    "BrokerageLink": AccountKind.TRADITIONAL,
    "HEALTH SAVINGS ACCOUNT": AccountKind.HSA,
    "HSA": AccountKind.HSA,
    "529 College Plan": AccountKind.EDUCATION,
    "Doe Family Trust, Jane Doe": AccountKind.TRUST,
    "Individual - TOD": AccountKind.TAXABLE,
    "Joint WROS": AccountKind.TAXABLE,
    "Brokerage": AccountKind.TAXABLE,
    "Miracle growth": None,
    "Account 5295": None,
    "Spirals": None,
    "...4321": None,
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_kind_from_a_name(name, kind):
    assert kind_from_name(name) is kind


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("XXXX-4321", "...4321", True),
        ("...321", "XXXX-4321", True),
        ("12344321", "...4321", True),
        ("...XXX342", "...342", True),
        ("XXXX-4321", "XXXX-5321", False),
        ("4321", "12344321", False),  # neither is masked
        ("X12345678", "12345678", False),  # an X that is part of the number
        ("Z00-000001", "Z00000001", True),
        ("..21", "XXXX-4321", False),  # two digits prove nothing
    ],
)
def test_masks(one, other, same):
    assert same_account(one, other) is same
    assert same_account(other, one) is same


@given(st.text("0123456789", min_size=4, max_size=12))
def test_a_number_is_the_same_behind_its_masks(number):
    for masked in (f"XXXX-{number[-4:]}", f"...{number[-4:]}", f"...{number[-3:]}"):
        assert same_account(number, masked)
        assert visible_digits(masked)[1]


def test_kinds_that_the_user_says():
    path = FIXTURES / "fidelity" / "Portfolio_Positions_Feb-03-2025.csv"
    household = read(path, kinds={"X11112222": "trust", "roth ira": "other"})
    assert [(a.kind, a.kind_source) for a in household.accounts] == [
        (AccountKind.TRUST, "user"),
        (AccountKind.OTHER, "user"),
        (AccountKind.TRADITIONAL, "guess"),
    ]
    masked = FIXTURES / "schwab" / "Individual-Positions-2025-05-19-090807.csv"
    assert read(masked, kinds={"342": "hsa"}).accounts[0].kind is AccountKind.HSA
    with pytest.raises(UsageError, match=r"account '999' is no account.*X11112222"):
        read(path, kinds={"999": "roth"})
    with pytest.raises(UsageError, match=r"kind 'cool'.*taxable, traditional, roth"):
        read(path, kinds={"71234": "cool"})


def test_an_unknown_name_is_taxable_with_a_warning():
    household = read(FIXTURES / "schwab" / "Trading-Positions-2019-03-04.CSV")
    (finding,) = [finding for finding in household.findings if finding.code == "account-kind-unknown"]
    assert (finding.severity, finding.where) == (Severity.WARNING, "XXXX-7788")


def test_several_brokers_make_one_household():
    household = read(
        FIXTURES / "schwab" / "All-Accounts-Positions-2026-02-24-205000.csv",
        FIXTURES / "fidelity" / "Portfolio_Positions_2026.csv",
    )
    assert [account.custodian for account in household.accounts] == ["Charles Schwab"] * 4 + ["Fidelity"]
    assert household.as_of == date(2026, 8, 15)
    assert household.value == D("57942.82") + D("15886.13")
    assert "several-dates" in codes(household)


def test_the_same_number_at_two_brokers_is_two_accounts(tmp_path):
    one, two = tmp_path / "Portfolio_Positions_Feb-03-2025.csv", tmp_path / "OfxDownload 2025-02-03.csv"
    one.write_text(
        "Account Number,Account Name,Symbol,Quantity,Last Price,Current Value,Percent Of Account,Cost Basis Total\n"
        "12345678,Roth IRA,AAA,1,5.00,5.00,100%,4.00\n"
    )
    two.write_text(
        "Account Number,Investment Name,Symbol,Shares,Share Price,Total Value,\n12345678,ALPHA,AAA,2,5.00,10.00,\n"
    )
    household = read(one, two)
    assert [account.id for account in household.accounts] == ["12345678", "12345678 (Vanguard)"]
    assert [account.market_value for account in household.accounts] == [5, 10]


def test_a_mask_that_fits_two_accounts_is_kept_apart_and_said(tmp_path):
    (tmp_path / "a.csv").write_text("Account,Symbol,Quantity,Price,Value\n94321,AAA,1,5,5\n84321,AAA,2,5,10\n")
    (tmp_path / "b.csv").write_text("Account,Symbol,Quantity,Cost Basis,Date Acquired\nXXXX-4321,AAA,1,4,01/02/2020\n")
    household = read(tmp_path / "a.csv", tmp_path / "b.csv")
    assert [account.id for account in household.accounts] == ["94321", "84321", "XXXX-4321"]
    assert "account-ambiguous" in codes(household)


def test_lots_of_a_file_that_names_no_account(tmp_path):
    (tmp_path / "positions 2026-01-31.csv").write_text(
        "Account,Symbol,Quantity,Price,Value\n1,AAA,3,5,15\n1,BBB,1,2,2\n"
    )
    (tmp_path / "lots 2026-01-31.csv").write_text(
        "Symbol,Quantity,Cost Basis,Date Acquired\nAAA,1,4,01/02/2020\nAAA,2,9,01/02/2026\nCCC,2,9,01/02/2026\n"
    )
    household = read(tmp_path / "lots 2026-01-31.csv", tmp_path / "positions 2026-01-31.csv")
    assert holdings(household) == {("1", "AAA"): (3, 15), ("1", "BBB"): (1, 2)}
    assert [lot.acquired for lot in household.lots] == [date(2020, 1, 2), date(2026, 1, 2), None]
    assert {"lots-account", "lots-without-position"} <= set(codes(household))
    assert household.files[0].used == 2
    assert household.files[0].skipped[-1].row == 4


def test_the_newest_lots_of_each_security(tmp_path):
    head = "Account,Symbol,Quantity,Price,Value,Cost Basis,Date Acquired\n"
    (tmp_path / "lots 2026-01-31.csv").write_text(head + "1,AAA,1,5,5,4,01/02/2020\n1,BBB,1,5,5,4,01/02/2020\n")
    (tmp_path / "lots 2026-02-28.csv").write_text(head + "1,AAA,2,6,12,8,01/03/2020\n")
    household = read(tmp_path / "lots 2026-02-28.csv", tmp_path / "lots 2026-01-31.csv")
    assert holdings(household) == {("1", "AAA"): (2, 12), ("1", "BBB"): (1, 5)}
    assert [file.used for file in household.files] == [1, 1]


def test_one_bad_file_among_good_ones(tmp_path):
    good, bad = FIXTURES / "fidelity" / "Portfolio_Positions_2026.csv", tmp_path / "notes.csv"
    bad.write_text("nothing to see\n")
    with pytest.raises(InputError, match=r"notes\.csv: no table"):
        read_files([good, bad], today=TODAY)
    household = read_files([bad, good, tmp_path / "absent.csv"], today=TODAY, collect_errors=True)
    check(household)
    assert household.value == D("15886.13")
    errors = [finding for finding in household.findings if finding.severity is Severity.ERROR]
    assert [(finding.code, finding.where) for finding in errors] == [
        ("file-not-used", str(bad)),
        ("file-not-used", str(tmp_path / "absent.csv")),
    ]
    with pytest.raises(InputError, match=r"notes\.csv"):
        read_files([bad], today=TODAY, collect_errors=True)
    with pytest.raises(InputError, match="folder"):
        read_files([tmp_path], today=TODAY)
    with pytest.raises(UsageError):
        read_files([], today=TODAY)


def test_only_a_known_file_of_another_kind_is_left_out_without_an_error(tmp_path):
    good, known, unknown = (
        FIXTURES / "fidelity" / "Portfolio_Positions_2026.csv",
        tmp_path / "a.csv",
        tmp_path / "b.csv",
    )
    known.write_text(
        '"Transactions  for account Brokerage ...000 as of 03/23/2026 02:03:53 AM ET"\n'
        '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"\n'
        '"05/06/2025","Sell","AAA","ALPHA","8","$2.00","$0.06","$15.94"\n'
    )
    # Holdings in words nobody knows, beside a column of buttons: without them the plan would be of half a household.
    unknown.write_text("Depot,Papier,Menge,Action\nA,Alpha AG,zehn,Trade\n")
    household = read_files([good, known, unknown], today=TODAY, collect_errors=True)
    severities = {f.where: f.severity for f in household.findings if f.code == "file-not-used"}
    assert severities == {str(known): Severity.WARNING, str(unknown): Severity.ERROR}


def test_an_acquisition_after_the_date_of_the_file_is_noticed():
    text = "Symbol,Quantity,Price,Value,Cost Basis,Acquired\nAAA,1,5,5,4,01/02/2027\n"
    assert "acquired-later" in codes(read_text(text, "lots 2026-01-31.csv"))


# -- lots onto a position, against plain arithmetic ---------------------------------------------------------------

SECURITY = Security("AAA", "AAA", None, "Alpha", SecurityType.STOCK, D(10))
TERMS = Memo(lambda acquired: term(acquired, date(2026, 1, 1)))


def position(quantity: Decimal, value: Decimal, cost: Decimal | None) -> list[Lot]:
    return [Lot("1", "AAA", quantity, value, cost, None, Term.UNKNOWN)]


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1, 10**6)), min_size=1, max_size=8),
    st.integers(-400, 400),
    st.integers(1, 10**7),
    st.sampled_from([1, -1]),
)
def test_lots_and_rest_are_the_position(lots, surplus, cents, sign):
    held = sum(quantity for quantity, _ in lots)
    whole = max(held + surplus, 1)
    records = [
        Record(i, "AAA", D(sign * q), None, D(sign * c), date(2020, 1, 1), None) for i, (q, c) in enumerate(lots)
    ]
    value = D(sign * cents) / 100
    laid = lay_onto(position(D(sign * whole), value, D(sign * 10**7)), records, SECURITY, TERMS)
    assert sum(lot.quantity for lot in laid.lots) == sign * whole
    assert sum(lot.market_value for lot in laid.lots) == value
    assert laid.used is (held <= whole)
    assert len(laid.lots) == (len(lots) + (held < whole) if held <= whole else 1)
    assert bool(laid.findings) is not (held == whole and sum(c for _, c in lots) == 10**7) or held == whole


def test_long_lots_do_not_explain_a_short_position():
    record = Record(1, "AAA", D(5), None, D(5), None, None)
    assert not lay_onto(position(D(-5), D(-50), None), [record], SECURITY, TERMS).used
