"""A household at other prices."""

from datetime import date
from decimal import Decimal

from core.household import Severity
from core.reprice import repriced
from tests.desktop.small_household import small_household


def test_values_follow_and_quantities_stay():
    before = small_household()
    held = {lot.security for lot in before.lots}
    prices = {key: before.security_by_id[key].price * 2 for key in held if before.security_by_id[key].price}
    after = repriced(before, prices, date(2030, 1, 2))
    assert [lot.quantity for lot in after.lots] == [lot.quantity for lot in before.lots]
    assert [lot.cost_basis for lot in after.lots] == [lot.cost_basis for lot in before.lots]
    for account in after.accounts:
        lots = sum((lot.market_value for lot in after.lots if lot.account == account.id), Decimal(0))
        assert account.market_value == lots + account.cash + account.pending
    lot = after.lots[0]
    security = after.security_by_id[lot.security]
    assert lot.market_value == round(lot.quantity * security.price * security.multiplier, 2)


def test_without_a_price_for_all_the_date_stays_and_it_is_said():
    before = small_household()
    after = repriced(before, {"VTI": Decimal("300")}, date(2030, 1, 2))
    assert after.as_of == before.as_of
    assert after.security_by_id["VTI"].price == Decimal("300")
    found = [finding for finding in after.findings if finding.code == "price-old"]
    assert len(found) == 1
    assert found[0].severity is Severity.WARNING
    assert "VTI" not in found[0].message


def test_a_price_of_nothing_is_no_price():
    before = small_household()
    assert repriced(before, {"VTI": Decimal(0)}, before.as_of).lots == before.lots
