"""Wash sales: losses disallowed because identical shares were bought around the sale.

Sources: 26 U.S.C. 1091; Treas. Reg. 1.1091-1 (matching share for share, earliest first) and 1.1091-2 (basis of the
replacement); IRS Pub. 550, "Wash Sales"; Rev. Rul. 2008-5 (a replacement in an IRA: the loss is gone for good).

The window is 30 calendar days before to 30 days after the sale, trade dates. Shares counted as replacements are
those still held after the sale: what is left of the sold lot counts, what was sold with it doesn't
(Rev. Rul. 56-602). The household is one taxpayer; every account counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import attrs

from core.money import ZERO, to_cents

#: Calendar days before and after a sale within which a purchase washes its loss.
WINDOW_DAYS = 30

#: Name shared by identical securities: ("group", name) or, for a security identical to itself only, ("security", id).
IdenticalGroup = tuple[str, str]


@attrs.frozen
class LossSale:
    """Shares of one tax lot sold at a loss in a taxable account.

    ``lot`` names the lot for the caller; ``loss`` is positive dollars, in cents.
    """

    lot: int
    group: IdenticalGroup
    acquired: date | None
    shares: Decimal
    loss: Decimal
    account: str = ""
    security: str = ""


@attrs.frozen
class Replacement:
    """Identical shares bought on ``acquired`` and still held; ``lot`` is None for a purchase of the plan itself.

    ``sheltered``: in an account whose gains are not taxed, so that the disallowed loss adds to no basis.
    """

    group: IdenticalGroup
    acquired: date
    shares: Decimal
    sheltered: bool
    lot: int | None = None
    account: str = ""
    security: str = ""


@attrs.frozen
class WashMatch:
    """Shares of a loss sale matched to as many replacement shares.

    ``disallowed`` is positive dollars, in cents; ``permanent`` where no replacement basis takes it up.
    """

    sale: LossSale
    replacement: Replacement
    shares: Decimal
    disallowed: Decimal

    @property
    def permanent(self) -> bool:
        """Whether the loss is gone for good (replacement in a sheltered account)."""
        return self.replacement.sheltered


def in_window(acquired: date, sold: date) -> bool:
    """Whether a purchase on ``acquired`` can wash a sale on ``sold``: at most 30 calendar days apart."""
    return abs((acquired - sold).days) <= WINDOW_DAYS


def disallowed_losses(
    sales: Sequence[LossSale], replacements: Iterable[Replacement], on: date
) -> tuple[WashMatch, ...]:
    """Match losses of one day to replacement shares, share for share.

    Parameters
    ----------
    sales : shares sold at a loss on ``on``. Those of one group are served in the order they were acquired (the
        order of disposition is not known within a day), unknown dates last; then by account, security, and the
        greater loss a share.
    replacements : identical shares of any account held after the sales. Those outside the window are passed
        over; the earliest acquired are used first, on one date lots before purchases of the plan. Each share
        disallows once.
    on : trade date of the sales.

    Returns
    -------
    One match for each sale and replacement that meet. The disallowed dollars of one sale sum to its loss x shares
    washed / shares sold, rounded to cents once.
    """
    left: dict[IdenticalGroup, list[tuple[Replacement, Decimal]]] = {}
    for replacement in sorted((r for r in replacements if in_window(r.acquired, on)), key=_replacement_order):
        left.setdefault(replacement.group, []).append((replacement, replacement.shares))

    matches: list[WashMatch] = []
    for sale in sorted(sales, key=_sale_order):
        pool = left.get(sale.group, [])
        washed = ZERO
        booked = ZERO
        while pool and washed < sale.shares:
            replacement, available = pool[0]
            shares = min(available, sale.shares - washed)
            if shares > 0:
                washed += shares
                # Rounded on the running total, so that the pieces sum to the sale's rounded whole.
                total = to_cents(sale.loss * washed / sale.shares)
                matches.append(WashMatch(sale, replacement, shares, total - booked))
                booked = total
            if available > shares:
                pool[0] = (replacement, available - shares)
            else:
                pool.pop(0)
    return tuple(matches)


def disallowed_by_lot(matches: Iterable[WashMatch]) -> dict[int, Decimal]:
    """Disallowed dollars of each lot sold."""
    totals: dict[int, Decimal] = {}
    for match in matches:
        totals[match.sale.lot] = totals.get(match.sale.lot, ZERO) + match.disallowed
    return totals


def _sale_order(sale: LossSale) -> tuple[object, ...]:
    loss_a_share = sale.loss / sale.shares if sale.shares else ZERO
    return (sale.acquired is None, sale.acquired or date.min, sale.account, sale.security, -loss_a_share, sale.shares)


def _replacement_order(replacement: Replacement) -> tuple[object, ...]:
    return (
        replacement.acquired,
        replacement.lot is None,
        replacement.account,
        replacement.security,
        replacement.sheltered,
        replacement.shares,
    )
