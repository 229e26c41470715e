"""Wash sales, on the cases of the regulation and its publication."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tax.wash_sales import LossSale, Replacement, WashMatch, disallowed_by_lot, disallowed_losses, in_window

SOLD = date(2026, 10, 30)
GROUP = ("security", "X")


def sale(lot: int, shares: str, loss: str, acquired: date | None = date(2024, 1, 2), group=GROUP) -> LossSale:
    return LossSale(lot, group, acquired, Decimal(shares), Decimal(loss), "T", "X")


def bought(
    shares: str, days_before: int = 10, lot: int | None = 90, sheltered: bool = False, group=GROUP
) -> Replacement:
    return Replacement(group, SOLD - timedelta(days=days_before), Decimal(shares), sheltered, lot, "A", "X")


def washed(sales: list[LossSale], replacements: list[Replacement]) -> dict[int, Decimal]:
    return disallowed_by_lot(disallowed_losses(sales, replacements, SOLD))


@pytest.mark.parametrize(("days", "expected"), [(0, True), (30, True), (31, False), (-30, True), (-31, False)])
def test_window_is_thirty_calendar_days_on_both_sides(days: int, expected: bool):
    assert in_window(SOLD - timedelta(days=days), SOLD) is expected
    assert washed([sale(0, "100", "20.00")], [bought("100", days)]) == ({0: Decimal("20.00")} if expected else {})


def test_as_many_bought_as_sold():
    # Publication 550's example in small: basis 100, sold at 80, bought back at 90: the loss of 20 is disallowed.
    (match,) = disallowed_losses([sale(0, "1", "20.00")], [bought("1")], SOLD)
    assert match.disallowed == Decimal("20.00")
    assert not match.permanent


def test_fewer_bought_than_sold():
    assert washed([sale(0, "100", "1000.00")], [bought("30")]) == {0: Decimal("300.00")}


def test_more_bought_than_sold():
    assert washed([sale(0, "100", "1000.00")], [bought("400")]) == {0: Decimal("1000.00")}


def test_other_securities_and_nothing_bought():
    assert washed([sale(0, "100", "1000.00")], [bought("100", group=("security", "Y"))]) == {}
    assert washed([sale(0, "100", "1000.00")], []) == {}


def test_a_replacement_share_disallows_once_and_the_lot_acquired_first_comes_first():
    sales = [
        sale(1, "50", "100.00", date(2025, 5, 5)),
        sale(2, "50", "700.00", None),
        sale(0, "50", "500.00", date(2023, 3, 3)),
    ]
    assert washed(sales, [bought("70")]) == {0: Decimal("500.00"), 1: Decimal("40.00")}


def test_earliest_replacement_first_and_the_plan_after_lots_of_its_day():
    replacements = [bought("10", 0, None), bought("10", 5, 8), bought("10", 20, 7, sheltered=True), bought("5", 0, 9)]
    matches = disallowed_losses([sale(0, "30", "300.00")], replacements, SOLD)
    assert [(m.replacement.lot, m.shares) for m in matches] == [(7, 10), (8, 10), (9, 5), (None, 5)]
    assert [m.disallowed for m in matches] == [Decimal(100), Decimal(100), Decimal(50), Decimal(50)]


def test_a_replacement_in_an_ira_loses_the_loss_for_good():
    matches = disallowed_losses([sale(0, "20", "300.00")], [bought("20", sheltered=True)], SOLD)
    assert [m.permanent for m in matches] == [True]


def test_pieces_sum_to_the_whole_in_cents():
    matches = disallowed_losses([sale(0, "3", "1.00")], [bought("1", 3), bought("1", 2), bought("1", 1)], SOLD)
    assert [m.disallowed for m in matches] == [Decimal("0.33"), Decimal("0.34"), Decimal("0.33")]


SHARES = st.decimals("0.001", "500", places=3)
SALES = st.lists(
    st.tuples(SHARES, st.decimals("0.02", "9999", places=2), st.one_of(st.none(), st.integers(0, 2000))), max_size=5
)
BUYS = st.lists(st.tuples(SHARES, st.integers(-5, 45), st.booleans()), max_size=5)


@given(SALES, BUYS, st.randoms(use_true_random=False))
def test_invariants(sold, buys, rng):
    sales = [
        LossSale(i, GROUP, None if days is None else SOLD - timedelta(days=days), shares, loss)
        for i, (shares, loss, days) in enumerate(sold)
    ]
    replacements = [
        Replacement(GROUP, SOLD - timedelta(days=days), shares, sheltered, i)
        for i, (shares, days, sheltered) in enumerate(buys)
    ]
    matches = disallowed_losses(sales, replacements, SOLD)
    by_lot = disallowed_by_lot(matches)
    for lot, total in by_lot.items():
        assert 0 <= total <= sales[lot].loss

    # Shares: no more than were sold, no more than were bought, and the lesser of the two in all.
    def shares(of: list[WashMatch]) -> Decimal:
        return sum((m.shares for m in of), Decimal(0))

    for lot_sale in sales:
        assert shares([m for m in matches if m.sale is lot_sale]) <= lot_sale.shares
    for replacement in replacements:
        assert shares([m for m in matches if m.replacement is replacement]) <= replacement.shares
    countable = sum((r.shares for r in replacements if in_window(r.acquired, SOLD)), Decimal(0))
    assert shares(list(matches)) == min(sum((s.shares for s in sales), Decimal(0)), countable)

    rng.shuffle(replacements)
    shuffled = sales[:]
    rng.shuffle(shuffled)
    again = disallowed_by_lot(disallowed_losses(shuffled, replacements, SOLD))
    assert sum(again.values(), Decimal(0)) == sum(by_lot.values(), Decimal(0))
