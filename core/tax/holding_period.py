"""Holding period of a lot: long-term is held more than one year, counted from the day after the trade date.

Internal Revenue Code section 1222; Rev. Rul. 66-7 for months' ends (to be confirmed).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from core.household import Term


@lru_cache(maxsize=1 << 15)
def first_long_date(acquired: date) -> date:
    """First trade date on which a sale of shares bought on ``acquired`` is long-term: a year after the next day."""
    start = acquired + timedelta(days=1)
    if (start.month, start.day) == (2, 29):  # no such day a year on: the day after 28 February
        return date(start.year + 1, 3, 1)
    return start.replace(year=start.year + 1)


def term(acquired: date | None, on: date) -> Term:
    """Term of a lot if it is sold on trade date ``on``; unknown where the acquisition date is not known."""
    if acquired is None:
        return Term.UNKNOWN
    return Term.LONG if on >= first_long_date(acquired) else Term.SHORT
