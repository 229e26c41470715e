"""The reference samples, with figures read off them by eye. Skipped where the samples are absent."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from core.errors import InputError
from core.household import Household, Term
from core.importing.read import read_files
from tests.importing.reading import TODAY, check, codes, holdings
from tests.shared_reference import SHARED, shared

D = Decimal


def sample(*parts: str) -> Path:
    return shared("import", "samples", *parts)


def read(*paths: Path) -> Household:
    household = read_files(paths, today=TODAY)
    check(household)
    return household


def rows_with_content(path: Path) -> int:
    text = path.read_bytes().decode("utf-8-sig")
    return sum(any(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text, newline="")))


# file, date, {account: (cash, pending, value)}, differences of its totals (value, cost basis) to what its rows hold
SCHWAB = [
    (
        # The option row was typed in by the file's author, after the totals were made.
        "All-Accounts-Positions-2020-11-15.CSV",
        date(2020, 11, 15),
        {"XXXX-1234": ("0", "0", "0"), "XXXX-4321": ("2000.00", "0", "14980.00")},
        ["0", "1253.00", "-747.00"],
    ),
    (
        "All-Accounts-Positions-2026-02-24.RECONSTRUCTED.csv",
        date(2026, 2, 24),
        {
            "...123": ("-500.00", "0", "24500.00"),
            "...426": ("650.37", "0", "12670.37"),
            "...111": ("0", "0", "20050.00"),
        },
        ["0", "0", "0"],
    ),
    # Rows were cut from this one: 24,040.00 + 650.37 of 85,661.87.
    (
        "Individual-Positions-2023-04-23.csv",
        date(2023, 4, 23),
        {"...234": ("650.37", "0", "24690.37")},
        ["-60971.50", "-56323.83"],
    ),
    (
        "Individual-Positions-2026-03-10-171456.RECONSTRUCTED.csv",
        date(2026, 3, 10),
        {"...252": ("6601.37", "0", "71022.87")},
        ["0", "0"],
    ),
    (
        "Individual-Positions-2026-05-11-asset-type-15col.csv",
        date(2026, 5, 11),
        {"...632": ("0", "0", "66740.98")},
        [],
    ),
    (
        "Intelligent-Positions-2020-10-25.CSV",
        date(2020, 10, 25),
        {"XXXX-4321": ("10.00", "0", "750.25")},
        ["-7.54", "42.29"],
    ),
    (
        "Intelligent-Positions-2020-11-30.CSV",
        date(2020, 12, 21),
        {"XXXX-4321": ("2953.34", "0", "12711.44")},
        ["0", "0"],
    ),
    ("Lot-Details-FNDA-2020-09-25.csv", date(2020, 9, 25), {"XXXX-4321": ("0", "0", "33.89")}, ["0", "0"]),
    ("Lot-Details-IAU-2020-10-25.csv", date(2020, 10, 25), {"XXXX-4321": ("0", "0", "100.00")}, ["0", "0"]),
    (
        "Lot-Details-SCHA-2020-09-25.csv",
        date(2020, 9, 25),
        {"XXXX-4321": ("0", "0", "2176.80")},
        ["1462.90", "1451.20"],
    ),
    (
        "Lot-Details-SHOP-2022-02-11.csv",
        date(2022, 2, 11),
        {"XXXX-5792": ("0", "0", "7146.72")},
        ["-55387.08", "-3516.87"],
    ),
]
FIDELITY = [
    (
        "Portfolio_Positions_Aug-15-2026.csv",
        date(2026, 8, 15),
        {"Z00000001": ("10960.99", "89998.14", "115842.13")},
        [],
    ),
    (
        "Portfolio_Positions_multi-account.RECONSTRUCTED.csv",
        date(2026, 3, 2),
        {
            "X00000001": ("1204.55", "-4236.41", "13050.39"),
            "200000002": ("55.10", "0", "7014.89"),
            "71234": ("0", "0", "4960.62"),
        },
        [],
    ),
    ("Statement12312025.csv", date(2025, 12, 31), {"U12349876": ("0.71", "0", "28335.77")}, ["0", "0", "0"]),
]


@pytest.mark.parametrize(
    ("broker", "name", "day", "accounts", "differences"),
    [("schwab", *row) for row in SCHWAB] + [("fidelity", *row) for row in FIDELITY],
)
def test_positions_and_lots(broker, name, day, accounts, differences):
    path = sample(broker, name)
    household = read(path)
    assert household.as_of == day
    found = {account.id: (account.cash, account.pending, account.market_value) for account in household.accounts}
    assert found == {key: tuple(map(D, amounts)) for key, amounts in accounts.items()}
    (file,) = household.files
    assert file.rows == rows_with_content(path)
    assert [total.difference for total in file.control_totals] == list(map(D, differences))
    # Every difference is said, none is invented.
    assert codes(household).count("control-total") == sum(D(difference) != 0 for difference in differences)
    assert "row-arithmetic" not in codes(household)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("schwab/Transactions-2019.CSV", "Charles Schwab transactions, not positions.*Accounts > Positions"),
        ("schwab/Transactions-2026-titled.csv", "Charles Schwab transactions, not positions"),
        ("schwab/XXXX1234_GainLoss_Realized_20210928.csv", "realized gain/loss, not positions.*Lot Details"),
        ("schwab/Lot-Details-wash-sale-variant.HEADER-ONLY.csv", "no holding under the heading in row 1"),
        ("fidelity/Accounts_History.csv", "Fidelity account history, not positions.*view Overview"),
        ("fidelity/transactions-2019.csv", "Fidelity account history, not positions"),
        ("fidelity/Realized_Gain_Loss_Account_X00000001.csv", "Fidelity realized gain/loss, not positions"),
        ("fidelity/Option_Summary_CR-only.HEADER-ONLY.csv", "no holding under the heading.*lists options only"),
        ("fidelity/Portfolio_Positions_dividend-view.HEADER-ONLY.csv", "no holding under the heading.*view Overview"),
        ("robinhood/activity.csv", "Robinhood activity, not positions"),
        ("ghostfolio/sample.csv", "Ghostfolio activities, not positions"),
        ("etrade/G&L_Expanded_2025.xlsx", "gains and losses, not positions"),
    ],
)
def test_refused(name, words):
    with pytest.raises(InputError, match=words):
        read(sample(*name.split("/")))


def test_lots_of_september_onto_the_position_of_december():
    household = read(
        sample("schwab", "Intelligent-Positions-2020-11-30.CSV"), sample("schwab", "Lot-Details-SCHA-2020-09-25.csv")
    )
    assert [account.id for account in household.accounts] == ["XXXX-4321"]
    assert [(lot.quantity, lot.acquired, lot.term) for lot in household.lots] == [
        (20, date(2020, 9, 24), Term.SHORT),
        (10, date(2020, 8, 24), Term.SHORT),
        (80, None, Term.UNKNOWN),
    ]
    assert household.value == D("12711.44")


def test_lots_beyond_the_position_of_october():
    household = read(
        sample("schwab", "Intelligent-Positions-2020-10-25.CSV"),
        sample("schwab", "Lot-Details-SCHA-2020-09-25.csv"),
        sample("schwab", "Lot-Details-IAU-2020-10-25.csv"),
    )
    assert holdings(household) == {("XXXX-4321", "SCHA"): (D("10.5"), D("740.25"))}
    assert {"lots-exceed", "lots-without-position"} <= set(codes(household))
    assert [file.used for file in household.files] == [2, 0, 0]


# file, layout, rows used, household value, totals stated (each ties to the cent)
OTHERS = [
    ("etrade/ByBenefitType_expanded.xlsx", "etrade-stock-plan-purchases", 4, "11511.11", 1),
    ("etrade/PortfolioDownload.csv", "etrade-portfolio", 68, "189942.91", 2),
    ("etrade/PortfolioDownload-2.csv", "etrade-portfolio", 69, "301193.36", 2),
    ("etrade/PortfolioDownload-2026-02-15.csv", "etrade-portfolio", 22, "13610.37", 2),
    ("interactive_brokers/U00000000_20260101_20260131.csv", "ibkr-statement", 5, "16312.01", 2),
    ("interactive_brokers/open-positions-with-lots.RECONSTRUCTED.csv", "ibkr-statement", 5, "15763.85", 2),
    ("jpmorgan_chase/positions.csv", "jpmorgan-positions", 4, "71694.23", 0),
    ("jpmorgan_chase/tax-lots.csv", "jpmorgan-lots", 1, "5005.75", 0),
    ("lpl_clientworks/positions.RECONSTRUCTED.csv", "lpl-positions", 3, "31240.56", 0),
    ("m1_finance/Holdings-Oct-07-2026.csv", "m1-holdings", 1, "10585.80", 0),
    ("m1_finance/m1_open_tax_lots.csv", "m1-lots", 1, "3375.00", 0),
    ("merrill/Holdings_05182026.csv", "merrill-holdings", 3, "7120.88", 0),
    ("morgan_stanley/Holdings-Ungrouped.xlsx", "morgan-stanley-holdings", 235, "18056638.78", 4),
    ("quicken/Investing-Portfolio-Value-By-Account.csv", "quicken-portfolio", 4, "13000.00", 4),
    ("raymond_james/positions.RECONSTRUCTED.csv", "raymond-james-positions", 3, "40779.35", 0),
    # -3 x 179.90 x 100 + 200 x 179.38
    (
        "td_ameritrade_thinkorswim/2021-12-29-PositionStatement.RECONSTRUCTED.csv",
        "thinkorswim-positions",
        2,
        "-18094",
        0,
    ),
    ("ubs/holdings.RECONSTRUCTED.csv", "ubs-holdings", 2, "19922.00", 0),
    ("vanguard/OfxDownload.csv", "vanguard-positions", 6, "34099.31", 0),
    ("vanguard/cost-basis-unrealized-lots.csv", "vanguard-lots", 1, "18000.00", 0),
    ("wealthfolio/sample-holdings-import.csv", "wealthfolio-holdings", 4, "40571.55", 0),
    ("yahoo_finance/quotes.csv", "yahoo-portfolio", 3, "8173.45", 0),
]


@pytest.mark.parametrize(("name", "layout", "used", "value", "totals"), OTHERS)
def test_other_brokers(name, layout, used, value, totals):
    household = read(sample(*name.split("/")))
    file = household.files[0]
    assert (file.layout, file.used, household.value) == (layout, used, D(value))
    assert [total.difference for total in file.control_totals] == [0] * totals


def test_a_report_without_totals_against_its_own_columns():
    path = sample("pershing_netx360", "Holdings-by-Assets.xlsx")
    rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=7, values_only=True))
    values = sum((D(repr(row[11])) for row in rows), D(0))
    cash = sum((D(repr(row[29] or 0)) for row in rows), D(0))
    household = read(path)
    assert household.value == values + cash
    assert sum((account.cash for account in household.accounts), D(0)) == cash
    assert len(household.lots) == sum(bool(row[9]) for row in rows)
    costs = sum((D(repr(row[23])) for row in rows), D(0))
    assert sum((lot.cost_basis or D(0) for lot in household.lots), D(0)) == costs


def test_a_flex_query_against_its_own_elements():
    path = sample("interactive_brokers", "flex_eTax_report_anonymised_2025.xml")
    positions = list(ElementTree.parse(path).getroot().iter("OpenPosition"))
    summed = [item for item in positions if item.get("levelOfDetail") == "SUMMARY"]
    lots = [item for item in positions if item.get("levelOfDetail") == "LOT"]
    household = read(path)
    dollars = [
        item for item in ElementTree.parse(path).getroot().iter("CashReportCurrency") if item.get("currency") == "USD"
    ]
    cash = round(sum((D(item.get("endingCash", "0")) for item in dollars), D(0)), 2)
    assert household.value == sum((D(item.get("positionValue", "0")) for item in summed), D(0)) + cash
    assert len(household.lots) == len(lots)
    basis = sum((D(item.get("costBasisMoney", "0")) for item in lots), D(0))
    read_basis = sum((lot.cost_basis or D(0) for lot in household.lots), D(0))
    assert abs(read_basis - basis) <= D("0.005") * len(lots)  # each is kept in cents


def outcome(path: Path) -> str:
    """The error's message, or the path where the file is read."""
    try:
        read(path)
    except InputError as error:
        return str(error)
    return str(path)


def test_every_sample_is_read_or_refused_in_words():
    folder = sample()
    for path in sorted(folder.glob("*/*")):
        assert outcome(path).startswith(str(path))
    assert folder.is_relative_to(SHARED)
