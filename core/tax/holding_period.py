"""Holding period of a tax lot: long-term from one year and a day (IRC 1222; the day of purchase does not count)."""

from __future__ import annotations

from datetime import date, timedelta

from core.household import Term


def first_long_date(acquired: date) -> date:
    """The first sale date at which a lot bought on ``acquired`` (trade date) is long-term.

    One year after the day after the purchase; where that year has no such day (29 February), 1 March.
    """
    start = acquired + timedelta(days=1)
    try:
        return start.replace(year=start.year + 1)
    except ValueError:
        return date(start.year + 1, 3, 1)


def term(acquired: date | None, on: date) -> Term:
    """Holding period of a lot sold on ``on``; unknown where the purchase date is."""
    if acquired is None:
        return Term.UNKNOWN
    return Term.LONG if on >= first_long_date(acquired) else Term.SHORT
