"""Whatever the household: the engine's plans pass the trade checks, and everything that leaves can be made."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InputError, NoPlanError
from core.export.check_trades import TRADE_CHECKS
from core.export.checks import run_checks
from core.export.issue import Case, Light
from core.export.orders.custodians import CustodianFormats
from core.export.orders.order import orders_of
from core.export.orders.write import order_files
from core.export.report import Letterhead, report_data
from core.export.trade_table import csv_bytes
from core.export.workbook import workbook_bytes
from core.rebalance.engine import Engine
from core.rebalance.proposal import Action
from tests.households import FEATURES, random_household


@pytest.mark.parametrize("seed", range(24))
def test_plans_of_the_engine_pass_and_leave(seed):
    features = frozenset(feature for i, feature in enumerate(FEATURES) if (seed >> (i % 5)) & 1)
    household, exposures, target = random_household(
        seed=1000 + seed, accounts=1 + seed % 4, securities=4 + seed % 9, lots=6 + seed, features=features
    )
    try:
        proposal = Engine(household, exposures).final(target)
    except (NoPlanError, InputError):
        pytest.skip("no plan for this household")
    case = Case(household, exposures, target, proposal, household.as_of)
    checkup = run_checks(case)
    keys = {check.key for check in TRADE_CHECKS}
    red = [issue for issue in checkup.issues if issue.severity is Light.RED and issue.check in keys]
    assert not red

    orders = orders_of(proposal, household)
    written = order_files(orders, CustodianFormats())
    carried = sum((o.amount for f in written.files for o in f.orders), Decimal(0))
    by_hand = sum((item.order.amount for item in written.left_out), Decimal(0))
    assert carried + by_hand == sum((trade.amount for trade in proposal.trades), Decimal(0))

    assert workbook_bytes(proposal, household, exposures, target)[:2] == b"PK"
    assert csv_bytes(proposal, household).count(b"\r\n") >= 1 + len(proposal.trades)
    report = report_data(proposal, household, target, Letterhead(), date(2026, 11, 25))
    assert report.summary
    listed = sum(len(account.orders) for account in report.accounts)
    assert listed == min(len(proposal.trades), 44)
    sold = any(trade.action is Action.SELL for trade in proposal.trades)
    assert sold == any(line.action.startswith("Sell") for account in report.accounts for line in account.orders)
