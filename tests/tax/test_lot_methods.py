"""Lot methods, average cost and its detection."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Severity, Term
from core.tax.flat import flat_tax
from core.tax.lot_methods import (
    at_average_cost,
    average_basis_findings,
    looks_averaged,
    method_difference,
    parts_sold,
    realise,
    selling_order,
)
from core.tilt.target import LotMethod

ON = date(2026, 11, 2)


def lot(quantity: float, basis: float | None, acquired: date | None, account: str = "T", security: str = "X") -> Lot:
    amount = Decimal(str(quantity))
    cost = None if basis is None else Decimal(str(basis))
    return Lot(account, security, amount, amount * 100, cost, acquired, Term.UNKNOWN)


LOTS = [
    lot(10, 900, date(2024, 3, 1)),  # 90 a share, long
    lot(10, 1200, date(2026, 5, 1)),  # 120, short
    lot(10, 700, date(2022, 7, 1)),  # 70, long
    lot(10, 1100, None),  # 110, unknown date
    lot(10, None, date(2023, 1, 1)),  # unknown cost
]


@pytest.mark.parametrize(
    ("method", "order"),
    [
        (LotMethod.FIFO, [3, 2, 4, 0, 1]),
        (LotMethod.LIFO, [1, 0, 4, 2, 3]),
        (LotMethod.HIFO, [1, 3, 0, 2, 4]),
    ],
)
def test_order(method: LotMethod, order: list[int]):
    assert selling_order(LOTS, method) == order


def test_hifo_ties_go_to_the_older_lot():
    lots = [lot(10, 1000, date(2025, 1, 1)), lot(20, 2000, date(2024, 1, 1))]
    assert selling_order(lots, LotMethod.HIFO) == [1, 0]


def test_optimal_is_no_order():
    with pytest.raises(ValueError, match="depend on the plan"):
        selling_order(LOTS, LotMethod.OPTIMAL)


def test_parts_are_whole_lots_and_a_rest():
    assert parts_sold(LOTS, Decimal(25), LotMethod.HIFO) == [(1, 10), (3, 10), (0, 5)]
    with pytest.raises(ValueError, match="the lots hold 50"):
        parts_sold(LOTS, Decimal(51), LotMethod.FIFO)


def test_gains_by_term():
    realised = realise(LOTS, [(0, Decimal(5)), (1, Decimal(10)), (3, Decimal(1)), (4, Decimal(2))], Decimal(100), ON)
    assert realised.long_gain == 50
    assert realised.short_gain == -200 - 10  # an unknown date counts as short
    assert realised.unknown_basis_proceeds == 200


def test_bonds_have_a_multiplier():
    bond = [lot(10_000, 9_800, date(2020, 1, 1))]
    assert realise(bond, [(0, Decimal(5_000))], Decimal("99.5"), ON, Decimal("0.01")).long_gain == 75


def test_what_the_custodian_would_close_costs_more():
    def tax(short: Decimal, long: Decimal) -> Decimal:
        return flat_tax(short, long, 0.408, 0.238)

    lots = LOTS[:3]
    planned = [(1, Decimal(10))]  # a short loss of 200: saves 81.60
    # FIFO sells the lot at 70: a long gain of 300, tax 71.40.
    assert method_difference(lots, planned, LotMethod.FIFO, Decimal(100), ON, tax) == Decimal("153.00")
    assert method_difference(lots, planned, LotMethod.HIFO, Decimal(100), ON, tax) == 0


QUANTITIES = st.decimals("0.001", "900", places=3)


@given(
    st.lists(st.tuples(QUANTITIES, st.decimals("0.01", "9999", places=2), st.integers(0, 900)), min_size=1, max_size=8)
)
def test_average_cost_keeps_the_total_and_is_recognised(rows):
    lots = [lot(q, b, date.fromordinal(ON.toordinal() - 1000 + d)) for q, b, d in rows]
    averaged = at_average_cost(lots)
    assert sum(a.cost_basis for a in averaged) == sum(a.cost_basis for a in lots)
    assert [a.acquired for a in averaged] == sorted(a.acquired for a in lots)
    unit = sum(a.cost_basis for a in lots) / sum(a.quantity for a in lots)
    for a in averaged:
        assert abs(a.cost_basis - unit * a.quantity) <= Decimal("0.01")
    if len({a.acquired for a in averaged if a.cost_basis >= 20}) > 1 and all(a.cost_basis > 0 for a in averaged):
        assert looks_averaged(averaged)


def test_average_cost_needs_every_basis():
    with pytest.raises(ValueError, match="unknown"):
        at_average_cost(LOTS)


def test_looks_averaged():
    a, b = date(2024, 1, 2), date(2025, 1, 2)
    assert looks_averaged([lot(10, "123.45", a), lot("20.5", "253.07", b)])
    assert not looks_averaged([lot(10, "123.45", a), lot("20.5", "253.20", b)])
    assert not looks_averaged([lot(10, 100, a), lot(20, 200, a)])  # one purchase in two parts
    assert not looks_averaged([lot(10, 100, a), lot(20, 200, None)])  # nothing known of the second
    assert not looks_averaged([lot(10, 100, a)])
    assert not looks_averaged([lot(10, 0, a), lot(10, 0, b)])
    # Reinvested dividends of a few cents' worth: a cent hides a difference of price.
    assert not looks_averaged([lot("0.5", "5.02", a), lot("0.3", "3.01", b), lot(100, "1004.00", a)])


def household(kind: AccountKind, type_: SecurityType, lots: list[Lot]) -> Household:
    account = Account("T", "Joint", None, kind, "user", Decimal(0), Decimal(0), sum(x.market_value for x in lots))
    security = Security("X", "X", None, "Example", type_, Decimal(100))
    return Household("Example", ON, (account,), (security,), tuple(lots))


AVERAGED = [lot(10, 905, date(2024, 3, 1)), lot(20, 1810, date(2025, 3, 1))]


def test_a_finding_names_the_position_and_what_to_do():
    (finding,) = average_basis_findings(household(AccountKind.TAXABLE, SecurityType.MUTUAL_FUND, AVERAGED))
    assert (finding.severity, finding.code, finding.where) == (Severity.WARNING, "average_basis", "T:X")
    assert "All 2 lots of X in Joint show the same unit cost of $90.50" in finding.message
    assert "oldest first" in finding.message
    (finding,) = average_basis_findings(household(AccountKind.TAXABLE, SecurityType.STOCK, AVERAGED))
    assert "may not be the true costs" in finding.message


def test_no_finding_where_one_price_is_right_or_doesnt_matter():
    assert not average_basis_findings(household(AccountKind.ROTH, SecurityType.MUTUAL_FUND, AVERAGED))
    assert not average_basis_findings(household(AccountKind.TAXABLE, SecurityType.MONEY_MARKET, AVERAGED))
    changed = [AVERAGED[0], attrs.evolve(AVERAGED[1], cost_basis=Decimal(1900))]
    assert not average_basis_findings(household(AccountKind.TAXABLE, SecurityType.MUTUAL_FUND, changed))
