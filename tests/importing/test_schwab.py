"""Charles Schwab: every generation of headings, one and all accounts, lot details."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InputError
from core.household import AccountKind, SecurityType, Term
from tests.importing.reading import FIXTURES, codes, holdings, read, read_text, rows_with_content

D = Decimal
FOLDER = FIXTURES / "schwab"


def only(household):
    assert len(household.accounts) == 1
    return household.accounts[0]


@pytest.mark.parametrize(
    ("name", "day", "account", "cash", "value", "cost"),
    [
        ("Trading-Positions-2019-03-04.CSV", date(2019, 3, 4), "XXXX-7788", "15977.60", "28770.00", "12680.10"),
        ("Roth-Positions-2023-05-08-101112.csv", date(2023, 5, 8), "...234", "650.37", "24690.37", "22951.97"),
        ("Individual-Positions-2025-05-19-090807.csv", date(2025, 5, 19), "...XXX342", "1000", "7123.00", "4000.00"),
        ("Individual-Positions-2026-03-10-171456.csv", date(2026, 3, 10), "...252", "-500", "12042.61", "10751.88"),
        ("Individual-Positions-2026-04-01-custom.csv", date(2026, 4, 1), "...252", "0", "1100.00", "1000.00"),
    ],
)
def test_one_account(name, day, account, cash, value, cost):
    household = read(FOLDER / name)
    assert household.as_of == day
    assert only(household).id == account
    assert only(household).cash == D(cash)
    assert only(household).market_value == D(value)
    (file,) = household.files
    assert file.layout == "schwab-positions"
    assert file.rows == rows_with_content(FOLDER / name)
    assert [(total.stated, total.difference) for total in file.control_totals] == [(D(value), 0), (D(cost), 0)]
    assert "control-total" not in codes(household)
    assert "row-arithmetic" not in codes(household)


def test_what_the_rows_are():
    household = read(FOLDER / "Individual-Positions-2026-03-10-171456.csv")
    security = household.security_by_id
    assert security["MPLW"].type is SecurityType.STOCK
    assert security["MPLW"].price == D("19.2961")
    assert security["HARBX"].type is SecurityType.MUTUAL_FUND
    option = security["ACME260516C00055000"]
    assert (option.type, option.multiplier) == (SecurityType.OPTION, 100)
    assert holdings(household)["...252", option.id] == (-1, D("-664.00"))
    bill = read(FOLDER / "Trading-Positions-2019-03-04.CSV").security_by_id["912828ZZ6"]
    assert (bill.symbol, bill.cusip, bill.multiplier) == (None, "912828ZZ6", D("0.01"))
    assert {lot.term for lot in household.lots} == {Term.UNKNOWN}


def test_zero_rows_are_passed_over_without_a_warning():
    household = read(FOLDER / "Trading-Positions-2019-03-04.CSV")
    assert (6, "quantity is zero") in [(row.row, row.reason) for row in household.files[0].skipped]
    assert "zero-quantity" not in codes(household)
    assert "GONE" not in household.security_by_id


def test_names_and_kinds():
    assert only(read(FOLDER / "Roth-Positions-2023-05-08-101112.csv")).kind is AccountKind.ROTH
    account = only(read(FOLDER / "Trading-Positions-2019-03-04.CSV"))
    assert (account.name, account.custodian) == ("Trading", "Charles Schwab")
    assert (account.kind, account.kind_source) == (AccountKind.TAXABLE, "guess")


def test_all_accounts():
    path = FOLDER / "All-Accounts-Positions-2026-02-24-205000.csv"
    household = read(path)
    assert [(a.id, a.name, a.kind, a.cash, a.market_value) for a in household.accounts] == [
        ("...123", "Reserve_Cash", AccountKind.TAXABLE, D("0.00"), D("0.00")),
        ("...426", "Doe Family Trust, Jane Doe", AccountKind.TRUST, D("650.37"), D("12670.37")),
        ("...001", "Kevin_Roth_IRA", AccountKind.ROTH, D("-500.00"), D("24500.00")),
        ("XXXX-1111", "Brokerage", AccountKind.TAXABLE, D("1.25"), D("20772.45")),
    ]
    (file,) = household.files
    assert file.rows == rows_with_content(path)
    assert file.used == 8
    assert [total.difference for total in file.control_totals] == [0, 0, 0, 0]
    # This view has no cost basis column: value less gain.
    assert [lot.cost_basis for lot in household.lots] == [D("10931.97"), D("25000"), D("20000"), D("731.20")]
    assert codes(household).count("cost-derived") == 1


def test_accounts_whose_masks_are_alike_stay_apart():
    text = (FOLDER / "All-Accounts-Positions-2026-02-24-205000.csv").read_text().replace("...001", "...426")
    household = read_text(text, "All-Accounts-Positions-2026-02-24.csv")
    assert [a.market_value for a in household.accounts] == [D(0), D("12670.37"), D("24500.00"), D("20772.45")]


def test_a_total_that_does_not_tie_is_named_with_scope_and_amount():
    text = (FOLDER / "Individual-Positions-2025-05-19-090807.csv").read_text().replace('"$7,123.00"', '"$9,000.00"')
    household = read_text(text)
    (finding,) = [finding for finding in household.findings if finding.code == "control-total"]
    assert "...XXX342 Positions Total" in finding.message
    assert "difference -$1,877.00" in finding.message


def test_a_row_that_does_not_multiply_is_named():
    text = (FOLDER / "Roth-Positions-2023-05-08-101112.csv").read_text().replace('"$48.08"', '"$47.08"')
    household = read_text(text)
    (finding,) = [finding for finding in household.findings if finding.code == "row-arithmetic"]
    assert finding.where.endswith("row 4")
    assert holdings(household)["...234", "LARX"] == (500, D("24040.00"))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings(end, encoding, tmp_path):
    text = (FOLDER / "Individual-Positions-2025-05-19-090807.csv").read_text()
    path = tmp_path / "saved again.csv"
    path.write_bytes(end.join(text.splitlines()).encode(encoding))
    assert only(read(path)).market_value == D("7123.00")


def test_missing_column_says_what_to_choose():
    title = '"Positions for account X ...252 as of 05:14 PM ET, 2026/03/10"'
    with pytest.raises(InputError, match=r"lacks the column Quantity and Market Value.*Accounts > Positions"):
        read_text(title + '\n\n"Symbol","Description","Price"\n"A","B","1"\n')


def test_text_where_a_number_must_stand_is_named():
    text = (FOLDER / "Individual-Positions-2025-05-19-090807.csv").read_text().replace('"12"', '"twelve"')
    with pytest.raises(InputError, match=r"row 4, column Qty \(Quantity\): found 'twelve', expected a number"):
        read_text(text)


def test_lot_details():
    path = FOLDER / "Lot-Details-LARX.csv"
    household = read(path)
    assert only(household).id == "...426"
    assert [(lot.quantity, lot.cost_basis, lot.acquired, lot.term) for lot in household.lots] == [
        (200, D("4000.00"), date(2020, 1, 15), Term.LONG),
        (300, D("6931.97"), date(2025, 2, 24), Term.SHORT),  # a year to the day is not more than a year
    ]
    assert household.files[0].rows == rows_with_content(path)
    assert [total.difference for total in household.files[0].control_totals] == [0, 0]


def test_lot_details_after_a_wash_sale_take_tax_date_and_tax_basis():
    household = read(FOLDER / "MPLW.csv")
    assert [(lot.acquired, lot.cost_basis, lot.term) for lot in household.lots] == [
        (date(2023, 6, 1), D("2100.00"), Term.LONG),
        (date(2025, 12, 1), D("6000.00"), Term.SHORT),
    ]


def test_lots_complete_a_position():
    household = read(FOLDER / "All-Accounts-Positions-2026-02-24-205000.csv", FOLDER / "Lot-Details-LARX.csv")
    assert len(household.accounts) == 4
    lots = household.lots_by_position["...426", "LARX"]
    assert [(lot.quantity, lot.market_value, lot.acquired) for lot in lots] == [
        (200, D("4808.00"), date(2020, 1, 15)),
        (300, D("7212.00"), date(2025, 2, 24)),
    ]
    # The other account that holds LARX is not touched.
    assert [lot.acquired for lot in household.lots_by_position["XXXX-1111", "LARX"]] == [None]
    assert household.security_by_id["LARX"].name == "LARKSPUR BROAD MARKET ETF"
    assert household.security_by_id["LARX"].type is SecurityType.ETF


def test_lots_that_hold_less_leave_a_rest_without_a_date():
    household = read(FOLDER / "MPLW.csv", FOLDER / "Individual-Positions-2026-03-10-171456.csv")
    lots = household.lots_by_position["...252", "MPLW"]
    assert [(lot.quantity, lot.cost_basis, lot.acquired, lot.term) for lot in lots] == [
        (100, D("2100.00"), date(2023, 6, 1), Term.LONG),
        (400, D("6000.00"), date(2025, 12, 1), Term.SHORT),
        (D("80.6414"), D("1651.63"), None, Term.UNKNOWN),
    ]
    assert sum(lot.market_value for lot in lots) == D("11204.11")
    assert "lots-incomplete" in codes(household)


def test_lots_that_hold_more_are_not_used_and_are_listed():
    text = (FOLDER / "MPLW.csv").read_text().replace('"400"', '"900"')
    positions = FOLDER / "Individual-Positions-2026-03-10-171456.csv"
    path = positions.parent / "MPLW.csv"
    from core.importing.detect import detect
    from core.importing.interpret import interpret
    from core.importing.layout import library
    from core.importing.merge import merge
    from core.importing.records import FileInfo
    from core.importing.sheets import read_sheets

    readings = []
    for order, (name, data) in enumerate(((positions.name, positions.read_bytes()), (path.name, text.encode()))):
        file = FileInfo(name, name, name, order)
        (sheet,) = read_sheets(name, data)
        match, _ = detect(sheet, file, library(), None)
        readings.append(interpret(sheet, match.layout, match.header, match.columns, file))
    household = merge(readings, name="x", kinds={}, today=date(2026, 11, 2))
    (lot,) = household.lots_by_position["...252", "MPLW"]
    assert (lot.quantity, lot.cost_basis, lot.acquired) == (D("580.6414"), D("9751.63"), None)
    (finding,) = [finding for finding in household.findings if finding.code == "lots-exceed"]
    assert "900 of Dec 1, 2025" in finding.message
    lots_file = household.files[1]
    assert lots_file.used == 0
    assert lots_file.rows == len(lots_file.skipped)


def test_the_newer_file_of_an_account_wins():
    old, new = (
        FOLDER / "Individual-Positions-2026-03-10-171456.csv",
        FOLDER / "Individual-Positions-2026-04-01-custom.csv",
    )
    for order in ((old, new), (new, old)):
        household = read(*order)
        assert only(household).market_value == D("1100.00")
        used = {file.as_of: file.used for file in household.files}
        assert used == {date(2026, 3, 10): 0, date(2026, 4, 1): 1}
        assert "superseded" in codes(household)


def test_the_same_file_twice_counts_once(tmp_path):
    path = FOLDER / "Individual-Positions-2025-05-19-090807.csv"
    copy = tmp_path / "Individual-Positions-2025-05-19-090807 (1).csv"
    copy.write_bytes(path.read_bytes())
    household = read(path, copy)
    assert only(household).market_value == D("7123.00")
    assert household.files[1].used == 0
    assert household.files[1].rows == household.files[0].rows
    assert [row.row for row in household.files[1].skipped] == [1, 3, 4, 5, 6]
    assert "same-file" in codes(household)
