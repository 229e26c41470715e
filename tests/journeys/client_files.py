"""What an adviser has of a client: good files of several brokers, one unknown, one wrong, one broken. All invented."""

from decimal import Decimal
from pathlib import Path

import openpyxl

SCHWAB = """\
"Positions for account Individual ...321 as of 05:14 PM ET, 2026/10/30"

"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Asset Type",
"VTI","VANGUARD TOTAL STOCK MARKET ETF","310","$300.00","$93,000.00","$41,200.00","ETFs & Closed End Funds",
"VUG","VANGUARD GROWTH ETF","150","$480.00","$72,000.00","$80,150.00","ETFs & Closed End Funds",
"Cash & Cash Investments","--","--","--","$4,210.44","--","Cash and Money Market",
"Positions Total","","--","--","$169,210.44","$121,350.00","--",
"""
LOTS = """\
"VTI Lot Details for XXXX-321 as of 05:14 PM ET, 10/30/2026"

"Open Date","Quantity","Price","Cost/Share","Market Value","Cost Basis","Gain/Loss $","Gain/Loss %","Holding Period",
"04/02/2015 00:00:00","210","$300.00","$100.00","$63,000.00","$21,000.00","$42,000.00","+200.0%","Long Term",
"03/10/2026 10:11:12","100","$300.00","$202.00","$30,000.00","$20,200.00","$9,800.00","+48.5%","Short Term",
"Total","310","--","--","$93,000.00","$41,200.00","$51,800.00","+125.7%","--",
"""
FIDELITY = """\
\ufeffAccount number,Account name,Symbol,Description,Quantity,Last price,Current value,Percent of account,\
Cost basis total,Average cost basis,Type
Z10000001,Roth IRA,AVUV,AVANTIS US SMALL CAP VALUE ETF,300,$100.00,$30000.00,88.24%,$28000.00,$93.33,Cash,
Z10000001,Roth IRA,SPAXX**,HELD IN MONEY MARKET,,,$4000.00,11.76%,,,Cash,

"Date downloaded Oct-30-2026 6:00 p.m ET"
"""
MERRILL = """\
"COB Date","Security #","Symbol","CUSIP #","Security Description","Account Nickname","Account Registration",\
"Account #","Quantity","Price ($)","Value ($)","Unrealized Gain/Loss ($)"
"10/30/2026","00415","VBR","","VANGUARD SMALL CAP VALUE ETF","--","Trust-Edge","00Z-00R00","20","200.00","4,000.00",\
"900.00"
"""
UNKNOWN = "Paper,N1,N2,When\nIJS,120,13260.00,02/01/2023\nDFSV,45,1489.50,08/17/2024\n"
WRONG = """\
"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
"10/01/2026","Buy","VTI","VANGUARD TOTAL STOCK MARKET ETF","10","$290.00","","-$2,900.00"
"Transactions Total","","","","","","","-$2,900.00"
"""
GOOD = Decimal("169210.44") + Decimal("34000.00") + Decimal("4000.00") + Decimal("181600.00")
NAMED = Decimal("14749.50")


GOOD_NAMES = {
    "Individual-Positions-2026-10-30-171456.csv",
    "VTI-Lot-Details.csv",
    "Portfolio_Positions_Oct-30-2026.csv",
    "Holdings_10302026.csv",
    "rollover 2026-10-30.xlsx",
}


def write_client(folder: Path) -> list[Path]:
    """The files, in a folder of their own."""
    folder.mkdir()
    texts = {
        "Individual-Positions-2026-10-30-171456.csv": SCHWAB,
        "VTI-Lot-Details.csv": LOTS,
        "Portfolio_Positions_Oct-30-2026.csv": FIDELITY,
        "Holdings_10302026.csv": MERRILL,
        "papers.csv": UNKNOWN,
        "transactions.csv": WRONG,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    for row in (
        ["Ticker", "Shares", "Price", "Market Value", "Cost Basis", "Account"],
        ["BND", 800, 73.0, 58400.0, 62000.0, "Rollover IRA 7002"],
        ["VOO", 220, 560.0, 123200.0, 60000.0, "Rollover IRA 7002"],
    ):
        book.active.append(row)
    book.save(folder / "rollover 2026-10-30.xlsx")
    whole = (folder / "rollover 2026-10-30.xlsx").read_bytes()
    (folder / "damaged.xlsx").write_bytes(whole[: len(whole) // 2])
    return sorted(folder.iterdir())
