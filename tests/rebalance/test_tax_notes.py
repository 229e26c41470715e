"""Notes on a plan's taxes, with the figures worked by hand."""

from datetime import date
from decimal import Decimal

import attrs
import pytest

from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Term
from core.rebalance.proposal import Action, TaxOfPlan, Trade, TradeLot
from core.rebalance.tax_notes import tax_notes
from core.tilt.target import LotMethod, Target, TaxSettings

AS_OF = date(2026, 6, 30)
D = Decimal


def lot(quantity: str, basis: str, acquired: date) -> Lot:
    return Lot("1", "ABC", D(quantity), D(quantity) * 100, D(basis), acquired, Term.UNKNOWN)


LOTS = (
    lot("10", "200", date(2020, 1, 2)),  # gain 800, long, the oldest
    lot("10", "900", date(2022, 1, 3)),  # gain 100, long
    lot("10", "950", date(2025, 7, 11)),  # gain 50, short for 12 more days
)
HOUSEHOLD = Household(
    "Test",
    AS_OF,
    (Account("1", "Joint", None, AccountKind.TAXABLE, "file", D(0), D(0), D(3000)),),
    (Security("ABC", "ABC", None, "Abc Inc", SecurityType.STOCK, D(100)),),
    LOTS,
)
NO_TAX = TaxOfPlan(D(0), D(0), D(0), D(0), D(0))


def sale(index: int) -> Trade:
    chosen = LOTS[index]
    gain = chosen.market_value - chosen.cost_basis
    part = TradeLot(index, chosen.acquired, chosen.quantity, chosen.cost_basis, gain, Term.UNKNOWN)
    return Trade("1", "ABC", Action.SELL, chosen.quantity, D(100), chosen.market_value, (part,))


def test_lots_are_to_be_named_where_the_oldest_cost_more():
    (note,) = tax_notes(HOUSEHOLD, Target(), [sale(1)], attrs.evolve(NO_TAX, long_gain=D(100)))
    # Closed oldest first the gain is 800 instead of 100: 700 x 23.8 %.
    assert note.code == "name_the_lots"
    assert "$166.60 more tax" in note.message
    assert "sell ABC:" in note.message


@pytest.mark.parametrize(
    ("trade", "settings"),
    [
        (sale(0), TaxSettings()),  # the oldest lot is the one meant
        (sale(1), TaxSettings(lot_method=LotMethod.FIFO)),
    ],
)
def test_nothing_is_to_be_named_where_it_makes_no_difference(trade: Trade, settings: TaxSettings):
    assert tax_notes(HOUSEHOLD, Target(tax=settings), [trade], NO_TAX) == ()


def test_a_sheltered_account_has_no_notes():
    ira = attrs.evolve(HOUSEHOLD.accounts[0], kind=AccountKind.TRADITIONAL)
    assert tax_notes(attrs.evolve(HOUSEHOLD, accounts=(ira,)), Target(), [sale(1)], NO_TAX) == ()


def test_waiting_for_long_term_is_named_with_its_days_and_dollars():
    cheap = (*LOTS[:2], attrs.evolve(LOTS[2], cost_basis=D(500)))  # gain 500, short
    household = attrs.evolve(HOUSEHOLD, lots=cheap)
    part = attrs.evolve(sale(2).lots[0], cost_basis=D(500), gain=D(500))
    trade = attrs.evolve(sale(2), lots=(part,))
    notes = tax_notes(household, Target(), [trade], attrs.evolve(NO_TAX, short_gain=D(500)))
    # First long on 2026-07-12: 12 days. 500 x (40.8 % - 23.8 %) = 85.
    assert [n.message for n in notes if n.code == "wait_for_long_term"] == [
        "ABC in Joint, bought Jul 11, 2025: wait 12 days: saves $85."
    ]


def test_lots_at_one_unit_cost_are_called_averaged():
    averaged = tuple(attrs.evolve(x, cost_basis=D(700)) for x in LOTS)
    household = attrs.evolve(HOUSEHOLD, lots=averaged)
    part = attrs.evolve(sale(1).lots[0], cost_basis=D(700), gain=D(300))
    notes = tax_notes(household, Target(), [attrs.evolve(sale(1), lots=(part,))], NO_TAX)
    assert [n.code for n in notes] == ["average_basis"]
