"""Which losses are worth harvesting: a share of the basis that falls through the year, and dollars."""

from __future__ import annotations

from datetime import date

#: What is left of the threshold from December on: early in the year a loss may still grow, late it may be gone.
#: Smartleaf's published trigger moves from 80 % of basis in January to 95 % by 1 December: 20 % to 5 %, a quarter.
_DECEMBER = 0.25
_FIRST_TO_DECEMBER = 334  # days from 1 January to 1 December


def harvest_threshold(share: float, on: date, *, season: bool) -> float:
    """Least loss as a share of the basis on a date; with ``season`` it falls in a straight line to 1 December."""
    if not season:
        return share
    passed = min(1.0, (on - date(on.year, 1, 1)).days / _FIRST_TO_DECEMBER)
    return share * (1 - (1 - _DECEMBER) * passed)
