"""What a wash sale does to the replacement shares: basis and holding period.

Sources: 26 U.S.C. 1091(d), Treas. Reg. 1.1091-2 (the disallowed loss is added to the cost of the replacement),
26 U.S.C. 1223(3) (the old shares' holding period is added to the new ones'); Rev. Rul. 2008-5 (neither happens in an
IRA: the loss is gone).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from core.money import ZERO
from core.tax.wash_sales import Replacement, WashMatch


@attrs.frozen
class AdjustedShares:
    """Replacement shares after a wash sale.

    added_basis : dollars added to the cost of these shares. held_since : the purchase date as which their holding
    period counts; None where the sold lot's date is unknown. Replacements in sheltered accounts are as they were.
    """

    replacement: Replacement
    shares: Decimal
    added_basis: Decimal
    held_since: date | None


def adjusted_shares(matches: Iterable[WashMatch], sold: date) -> tuple[AdjustedShares, ...]:
    """Basis and holding period of the replacement shares of each match; ``sold`` is the trade date of the sales.

    The days the sold shares were held (sale date less purchase date) are set before the replacement's own purchase.
    """
    adjusted = []
    for match in matches:
        replacement = match.replacement
        if match.permanent:
            adjusted.append(AdjustedShares(replacement, match.shares, ZERO, replacement.acquired))
            continue
        since = None
        if match.sale.acquired is not None:
            since = replacement.acquired - (sold - match.sale.acquired)
        adjusted.append(AdjustedShares(replacement, match.shares, match.disallowed, since))
    return tuple(adjusted)
