"""Any other table of holdings."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InputError
from core.household import AccountKind, SecurityType, Severity, Term
from tests.importing.reading import codes, holdings, read_text

D = Decimal

PLAIN = """\
Example Brokers, holdings as of 03/31/2026

Account No.,Account Name,Ticker,Security Name,Shares,Closing Price,Market Value ($),Total Cost
1001,Jo Doe Rollover IRA,LARX,LARKSPUR BROAD MARKET ETF,10,20.00,200.00,150.00
1001,Jo Doe Rollover IRA,CASH,CASH,,,55.50,
1002,Joint,BRK/B,BERKSHIRE HATHAWAY B,2,500.00,"1,000.00",N/A
Total,,,,,,"1,255.50",
"""


def test_a_plain_table():
    household = read_text(PLAIN)
    assert household.as_of == date(2026, 3, 31)
    assert [(a.id, a.kind, a.cash, a.market_value) for a in household.accounts] == [
        ("1001", AccountKind.TRADITIONAL, D("55.50"), D("255.50")),
        ("1002", AccountKind.TAXABLE, D(0), D("1000.00")),
    ]
    assert holdings(household) == {("1001", "LARX"): (10, D(200)), ("1002", "BRK.B"): (2, D(1000))}
    assert [lot.cost_basis for lot in household.lots] == [D("150.00"), None]
    (file,) = household.files
    assert (file.layout, file.rows, file.used) == ("generic", 6, 3)
    assert [(total.stated, total.difference) for total in file.control_totals] == [(D("1255.50"), 0)]
    (finding,) = [finding for finding in household.findings if finding.code == "layout"]
    assert finding.severity is Severity.INFO
    assert "quantity = 'Shares'" in finding.message
    assert "confidence 100 %" in finding.message


def test_other_orders_names_and_delimiters():
    text = PLAIN.replace(",", ";").replace('"1;000.00"', '"1,000.00"').replace('"1;255.50"', '"1,255.50"')
    assert holdings(read_text(text)) == holdings(read_text(PLAIN))


def test_lots():
    text = """\
Account,Account Type,Symbol,Date Acquired,Quantity,Price,Market Value,Cost Basis
77,Roth IRA,AAA,01/02/2020,10,5.00,50.00,40.00
77,Roth IRA,AAA,2026-06-01,1.5,5.00,7.50,9.00
77,Roth IRA,AAA,--,2,5.00,10.00,0.00
77,Roth IRA,AAA,01/02/2020,10,5.00,50.00,40.00
"""
    household = read_text(text, "lots-2026-06-30.csv")
    assert household.as_of == date(2026, 6, 30)
    (account,) = household.accounts
    assert (account.kind, account.kind_source) == (AccountKind.ROTH, "file")
    assert [(lot.quantity, lot.cost_basis, lot.acquired, lot.term) for lot in household.lots] == [
        (10, D(40), date(2020, 1, 2), Term.LONG),
        (D("1.5"), D(9), date(2026, 6, 1), Term.SHORT),
        (2, None, None, Term.UNKNOWN),  # nothing paid at no date: the basis is not known
        (10, D(40), date(2020, 1, 2), Term.LONG),  # two lots may be alike
    ]


def test_columns_without_known_names_are_found_by_their_content():
    text = """\
Id,What,Held,Each,Worth
AAA,Alpha,10,5.25,52.50
BBB,Beta,3,7.10,21.30
CCC,Gamma,4,2.00,8.00
"""
    household = read_text(text, "x-2026-01-31.csv")
    assert {symbol: value for (_, symbol), value in holdings(household).items()} == {
        "AAA": (10, D("52.50")),
        "BBB": (3, D("21.30")),
        "CCC": (4, D("8.00")),
    }


def test_a_doubled_name_is_settled_by_arithmetic():
    text = "Symbol,Quantity,Price,Price,Value\nAAA,10,4.00,5.00,50.00\nBBB,2,1.00,3.00,6.00\n"
    household = read_text(text, "x-2026-01-31.csv")
    assert household.security_by_id["AAA"].price == 5
    assert "row-arithmetic" not in codes(household)


def test_lots_under_their_positions_are_not_counted_twice():
    text = """\
Symbol,Last Price $,Quantity,Price Paid $,Value $
AAA,5.00,30,4.00,150.00
     02/09/2015,5.00,10,3.00,50.00
     --,5.00,20,0.00,100.00
CASH,,,,7.50,
TOTAL,,,,157.50,
"""
    household = read_text(text, "x-2026-01-31.csv")
    assert household.value == D("157.50")
    assert [(lot.quantity, lot.cost_basis, lot.acquired) for lot in household.lots] == [
        (10, D("30.00"), date(2015, 2, 9)),
        (20, None, None),
    ]
    assert household.files[0].control_totals[0].difference == 0


def test_bonds_by_cusip_are_per_hundred_and_lost_zeros_come_back():
    text = "CUSIP,Description,Quantity,Price,Value\n7903107,AMD NOTE 4% 2030,10000,99.50,9950.00\n"
    household = read_text(text, "x-2026-01-31.csv")
    security = household.security_by_id["007903107"]
    assert (security.type, security.multiplier) == (SecurityType.BOND, D("0.01"))


def test_value_without_quantity_and_quantity_without_value():
    text = 'Symbol,Name,Quantity,Price,Value\nAAA,Alpha,10,5.00,\n,Annuity,,,"5,000.00"\nBBB,Beta,1,,\n'
    household = read_text(text, "x-2026-01-31.csv")
    assert {symbol: value for (_, symbol), value in holdings(household).items()} == {
        "AAA": (10, D(50)),
        "annuity": (1, D(5000)),
        "BBB": (1, D(0)),
    }
    assert {"no-quantity", "no-value"} <= set(codes(household))


def test_what_the_file_does_not_say_is_reported():
    household = read_text("Symbol,Quantity,Price\nAAA,10,5.00\n", "mine.csv")
    assert {"no-date", "no-cost", "account-unnamed", "account-kind-unknown"} <= set(codes(household))
    assert household.accounts[0].id == "mine"
    assert household.files[0].as_of is None


@pytest.mark.parametrize(
    "text",
    [
        "Hello,World\n1,2\n",
        "just some words\nand more of them\n",
        "Symbol,Quantity\n",
        "a\nb\nc\n",
    ],
)
def test_no_table(text):
    with pytest.raises(InputError, match="no table of holdings"):
        read_text(text)


def test_transactions_of_any_broker_are_refused():
    text = "Trade Date,Transaction Type,Symbol,Quantity,Price,Amount\n01/02/2026,Buy,AAA,10,5.00,50.00\n"
    with pytest.raises(InputError, match="list of transactions"):
        read_text(text)


def test_a_bad_cell_is_named():
    with pytest.raises(InputError, match=r"row 3, column Shares: found 'ten', expected a number"):
        read_text("Symbol,Shares,Price,Value\nAAA,10,5.00,50.00\nBBB,ten,5.00,50.00\n")
    with pytest.raises(InputError, match=r"row 2, column Acquired: found '31/01/2020', expected a date"):
        read_text("Symbol,Shares,Acquired\nAAA,10,31/01/2020\nBBB,10,01/31/2020\n")


def test_a_workbook_with_several_sheets():
    from tests.importing.test_sheets import workbook

    data = workbook(
        [["About this file"], ["nothing here"]],
        Stocks=[["Account", "Symbol", "Quantity", "Price", "Value"], ["1", "AAA", 10, 5, 50]],
        Funds=[["Account", "Symbol", "Quantity", "Price", "Value"], ["1", "HARBX", 2, 30.5, 61]],
    )
    from core.importing.read import read_bytes

    household = read_bytes("Holdings 2026-01-31.xlsx", data, today=date(2026, 2, 2))
    assert household.value == 111
    assert [file.path for file in household.files] == [
        "Holdings 2026-01-31.xlsx [Stocks]",
        "Holdings 2026-01-31.xlsx [Funds]",
    ]
    (aside,) = [finding for finding in household.findings if finding.code == "sheet-not-used"]
    assert aside.message.startswith("Sheet ")
    assert ".xlsx" not in aside.message  # the finding says where it is


EUROPEAN = """\
Depot;Symbol;Stück;Price;Market Value;Cost Basis
1;AAA;1.200,5;12,50;15.006,25;10.000,00
1;BBB;3;1.234,50;3.703,50;1,00
"""


def test_decimal_commas():
    household = read_text(EUROPEAN.replace("Stück", "Quantity").replace("Depot", "Account"), "2026-03-31.csv")
    assert holdings(household) == {
        ("1", "AAA"): (D("1200.5"), D("15006.25")),
        ("1", "BBB"): (D(3), D("3703.50")),
    }
    assert [lot.cost_basis for lot in household.lots] == [D("10000.00"), D("1.00")]
    assert "decimal-commas" in codes(household)


def test_american_numbers_are_never_taken_for_decimal_commas():
    text = 'Symbol,Quantity,Price,Market Value\nAAA,"1,200",12.50,"15,000.00"\nBBB,1,1.00,1.00\nCCC,"1,5",2.00,3.00\n'
    with pytest.raises(InputError, match="found '1,5'"):
        read_text(text)


def test_other_currencies_are_passed_over_and_said():
    household = read_text(
        "SYMBOL,DESCRIPTION,QUANTITY,CURRENT PRICE,MARKET VALUE,TYPE,CURRENCY\n"
        "AAA,ALPHA,1,2.00,2.00,Stock,USD\nBBB,BETA,1,9.00,9.00,Stock,EUR\n,CASH,,,5.00,Cash,GBP\n"
    )
    assert household.value == D(2)
    assert [f.message.split(" are")[0].split(" is")[0] for f in household.findings if f.code == "other-currency"] == [
        "1 row in EUR (9.00 EUR in all)",
        "1 row in GBP (5.00 GBP in all)",
    ]


TERMS = "Account,Symbol,Date Acquired,Quantity,Price,Market Value,Cost Basis,Term\n"


def test_a_stated_term_that_the_date_contradicts():
    text = f"{TERMS}1,AAA,01/02/2020,1,2.00,2.00,1.00,Short\n"
    household = read_text(text, "lots 2026-06-30.csv")
    assert household.lots[0].term is Term.LONG
    (finding,) = [finding for finding in household.findings if finding.code == "lot-term"]
    assert "calls a lot of Jan 2, 2020 short-term; by its date it is long-term" in finding.message


def test_a_stated_term_without_a_date_is_kept():
    text = f"{TERMS}1,AAA,--,1,2.00,2.00,1.00,Long Term\n1,B,01/01/2020,1,1,1,1,Long\n"
    assert [lot.term for lot in read_text(text, "lots 2026-06-30.csv").lots] == [Term.LONG, Term.LONG]
