"""Shares given and inherited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.household import Term
from core.tax.gifts import GiftZone, gifted_sale, inherited_sale

DONOR, GIVEN, SOLD = date(2020, 5, 4), date(2026, 2, 2), date(2026, 6, 15)


def sale(proceeds: float, basis: float, value: float, donor: date | None = DONOR, sold: date = SOLD):
    return gifted_sale(Decimal(proceeds), Decimal(basis), Decimal(value), donor, GIVEN, sold)


@pytest.mark.parametrize(
    ("proceeds", "zone", "gain", "basis", "term"),
    [
        # Donor paid 1,000; worth 600 when given.
        (1500, GiftZone.GAIN, 500, 1000, Term.LONG),  # the donor's years count
        (1000, GiftZone.NEITHER, 0, 1000, Term.LONG),
        (800, GiftZone.NEITHER, 0, 800, Term.LONG),
        (600, GiftZone.NEITHER, 0, 600, Term.LONG),
        (450, GiftZone.LOSS, -150, 600, Term.SHORT),  # only the days since the gift count
    ],
)
def test_worth_less_than_its_cost_when_given(proceeds, zone, gain, basis, term):
    result = sale(proceeds, 1000, 600)
    assert (result.zone, result.gain, result.basis, result.term) == (zone, gain, basis, term)


@pytest.mark.parametrize(
    ("proceeds", "zone", "gain"), [(1500, GiftZone.GAIN, 500), (700, GiftZone.LOSS, -300), (1000, GiftZone.NEITHER, 0)]
)
def test_worth_its_cost_or_more_when_given(proceeds, zone, gain):
    result = sale(proceeds, 1000, 1200)
    assert (result.zone, result.gain, result.basis, result.held_since) == (zone, gain, 1000, DONOR)
    assert result.term is Term.LONG


def test_the_loss_basis_period_starts_the_day_after_the_gift():
    assert sale(450, 1000, 600, sold=date(2027, 2, 2)).term is Term.SHORT
    assert sale(450, 1000, 600, sold=date(2027, 2, 3)).term is Term.LONG


def test_an_unknown_purchase_of_the_donor_stays_unknown():
    assert sale(1500, 1000, 1200, donor=None).term is Term.UNKNOWN
    assert sale(450, 1000, 600, donor=None).term is Term.SHORT


@given(*[st.integers(1, 1000)] * 3)
def test_gain_and_loss_are_never_more_than_either_basis_gives(proceeds, basis, value):
    result = sale(proceeds, basis, value)
    assert result.gain <= max(0, proceeds - basis)
    assert result.gain >= min(0, proceeds - min(basis, value))
    assert (result.zone is GiftZone.GAIN) == (result.gain > 0)
    assert (result.zone is GiftZone.LOSS) == (result.gain < 0)


def test_inherited_shares_are_always_long():
    result = inherited_sale(Decimal(1500), Decimal(1200))
    assert (result.gain, result.basis, result.term) == (300, 1200, Term.LONG)
    assert inherited_sale(Decimal(1000), Decimal(1200)).gain == -200
    assert inherited_sale(Decimal(1500), Decimal(1200), alternate_value=Decimal(1100)).gain == 400
    assert inherited_sale(Decimal(1500), Decimal(1200), alternate_value=Decimal(0)).gain == 1500
