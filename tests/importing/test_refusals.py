"""Files that are no positions are refused, with the name of the right export."""

import pytest

from core.errors import InputError
from core.importing.layout import library
from tests.importing.reading import read_text

FILES = {
    "schwab-transactions": """\
"Transactions  for account Brokerage ...000 as of 03/23/2026 02:03:53 AM ET"
"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
"05/06/2025","Sell","AAA","ALPHA","8","$2.00","$0.06","$15.94"
""",
    "schwab-realized": """\
Realized Gain/Loss for XXXX-1234 for 08/29/2021 to 09/28/2021 as of Tue Sep 28  23:17:11 EDT 2021
"Symbol","Name","Closed Date","Quantity","Proceeds","CostBasis"
"AAA","ALPHA","09/27/2021","3","$12","$10"
""",
    "schwab-balances": """\
"Balances  for account Brokerage ...000 as of 09:15 AM ET, 03/23/2026"
"Funds Available"
"Cash","$5.00"
""",
    "fidelity-history": """

Run Date,Account,Action,Symbol,Security Description,Security Type,Quantity,Price,Amount
11/9/2025,My Account X1, YOU SOLD,AAA,ALPHA,Cash,-3,5.00,15.00
""",
    "fidelity-realized": """\
Symbol(CUSIP),Security Description,Quantity,Date Acquired,Date Sold,Proceeds,Cost Basis
AAA(100000000),ALPHA,3.0,08/31/2020,01/29/2021,"$12.00 ","$10.00 "
""",
    "robinhood-activity": """\
"Activity Date","Process Date","Settle Date","Instrument","Description","Trans Code","Quantity","Amount"
"1/15/2026","1/15/2026","1/16/2026","AAA","Alpha
CUSIP: 1","Buy","100","($100.00)"
""",
    "vanguard-transactions": """\
Account Number,Trade Date,Settlement Date,Transaction Type,Symbol,Shares,Share Price,Principal Amount
1,2026-01-01,2026-01-02,Buy,AAA,1,2,2
""",
    "merrill-summary": """\
"COB Date","Account #","Cash Balance ($)","Priced Investments ($)","Net Value ($)"
"1/2/2026","0","1","2","3"
""",
}


@pytest.mark.parametrize(("name", "text"), FILES.items())
def test_refused(name, text):
    refusal = next(refusal for refusal in library().refusals if refusal.name == name)
    with pytest.raises(InputError) as caught:
        read_text(text)
    assert f"this file is {refusal.title}, not positions. {refusal.message}" in str(caught.value)
    assert caught.value.exit_status == 1


@pytest.mark.parametrize("refusal", library().refusals, ids=lambda refusal: refusal.name)
def test_every_refusal_is_found_by_its_own_headings(refusal):
    if not refusal.header:
        pytest.skip("recognised by its title")
    heading = ",".join(f'"{name}"' for name in refusal.header)
    row = ",".join("1" for _ in refusal.header)
    with pytest.raises(InputError, match="not positions"):
        read_text(f"{heading}\n{row}\n")
