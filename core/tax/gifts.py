"""Basis and holding period of shares that were given or inherited.

Sources: 26 U.S.C. 1015(a) and Treas. Reg. 1.1015-1(a) (gifts: the donor's basis; for a loss the value at the gift if
that was lower; neither gain nor loss in between), 1223(2) (the donor's holding period goes with the donor's basis),
1014(a) (inherited: the value at death or on the alternate date), 1223(9) (inherited: held more than a year).

Gift tax paid, which can add to the basis (1015(d)), is not in it; nor are shares that had been given to the deceased
within a year before death (1014(e)).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs

from core.household import Term
from core.tax.holding_period import term


class GiftZone(StrEnum):
    """How a sale of given shares comes out against the donor's basis and the value at the gift."""

    GAIN = "gain"
    LOSS = "loss"
    NEITHER = "neither"


@attrs.frozen
class GiftedSale:
    """Gain or loss of given shares; dollars.

    ``basis`` is the one it was figured from: the proceeds themselves where there is neither gain nor loss.
    ``held_since`` : the day the holding period counts as of (as a purchase date), None where the donor's is unknown.
    """

    zone: GiftZone
    gain: Decimal
    basis: Decimal
    held_since: date | None
    term: Term


def gifted_sale(
    proceeds: Decimal,
    donor_basis: Decimal,
    value_at_gift: Decimal,
    donor_acquired: date | None,
    given: date,
    sold: date,
) -> GiftedSale:
    """Outcome of selling given shares; all dollars are for the shares sold.

    donor_basis : the donor's adjusted basis. value_at_gift : fair market value on the day they were given.
    donor_acquired, given, sold : trade date of the donor's purchase (None: unknown), day of the gift, trade date of
    the sale.

    The donor's holding period counts wherever the donor's basis does. A loss from the value at the gift counts from
    the day after the gift.
    """
    if proceeds > donor_basis:
        zone, basis, since = GiftZone.GAIN, donor_basis, donor_acquired
    elif value_at_gift >= donor_basis:
        zone, basis, since = (
            (GiftZone.LOSS if proceeds < donor_basis else GiftZone.NEITHER),
            donor_basis,
            donor_acquired,
        )
    elif proceeds < value_at_gift:
        zone, basis, since = GiftZone.LOSS, value_at_gift, given
    else:
        zone, basis, since = GiftZone.NEITHER, proceeds, donor_acquired
    return GiftedSale(zone, proceeds - basis, basis, since, term(since, sold))


@attrs.frozen
class InheritedSale:
    """Gain of inherited shares, always long-term; dollars."""

    gain: Decimal
    basis: Decimal
    term: Term = Term.LONG


def inherited_sale(proceeds: Decimal, value_at_death: Decimal, alternate_value: Decimal | None = None) -> InheritedSale:
    """Outcome of selling inherited shares, however short they were held; dollars for the shares sold.

    alternate_value : value on the alternate valuation date where the estate elected it (26 U.S.C. 2032).
    """
    basis = value_at_death if alternate_value is None else alternate_value
    return InheritedSale(proceeds - basis, basis)
