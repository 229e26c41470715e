"""Files made from each layout's own description are read back to what they were made from.

Four for each layout by default; ``TRIMTAB_IMPORT_EXAMPLES=1000`` asks for more.
"""

import os
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.importing.layout import library
from core.importing.read import read_bytes
from tests.importing import generator
from tests.importing.reading import TODAY, check

EXAMPLES = int(os.environ.get("TRIMTAB_IMPORT_EXAMPLES", "4"))
# Code lays these out as one table before they are read, so that their description is not that of the file; the last
# one reads nothing but rows of lots.
ARRANGED = ("ibkr-statement", "ibkr-flex", "etrade-stock-plan-awards")
LAYOUTS = {layout.name: layout for layout in library().layouts if layout.name not in ARRANGED}


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_there_and_back(name, data):
    file = data.draw(generator.files(LAYOUTS[name]))
    household = read_bytes(file.name, file.data, today=TODAY, layout=name)
    check(household)
    own = {account.id for account in household.accounts}
    only = next(iter(own)) if len(own) == 1 else ""
    found = sorted(
        (lot.account, lot.security, lot.quantity, lot.market_value, lot.cost_basis, str(lot.acquired))
        for lot in household.lots
    )
    made = sorted(
        (item.account or only, item.security, item.quantity, item.value, item.cost, str(item.acquired))
        for item in file.items
    )
    assert found == made
    cash = {account.id: account.cash for account in household.accounts if account.cash}
    assert cash == {account or only: amount for account, amount in file.cash.items() if amount}
    (source,) = household.files
    assert len(source.control_totals) == file.totals
    assert all(abs(total.difference) <= Decimal("0.01") for total in source.control_totals)
    said = {finding.code for finding in household.findings}
    assert not said & {"control-total", "row-arithmetic", "sheet-not-used", "other-currency"}


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_layout_is_recognised(name, data):
    file = data.draw(generator.files(LAYOUTS[name]))
    household = read_bytes(file.name, file.data, today=TODAY)
    assert household.files[0].layout == name
