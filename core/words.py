"""Dates, dollars, counts and lists as messages word them (US English, whatever the locale of the screen).

A message is kept with the household and travels between machines: it must read the same on each. So a date has its
month in letters, which no reader takes for another day. Documents for programs (JSON, order files) keep ISO dates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
#: Figures of an account number that are shown.
_SHOWN = 4


def day_words(day: date, *, full: bool = False) -> str:
    """Nov 20, 2026; ``full``: November 20, 2026."""
    month = _MONTHS[day.month - 1]
    return f"{month if full else month[:3]} {day.day}, {day.year}"


def period_words(text: str) -> str:
    """A day, month, quarter or year as documents write it (2025-12-31, 2025-12, 2025-Q3, 2025) in words.

    Dec 31, 2025; Dec 2025; Q3 2025; 2025. Any other text stays.
    """
    if re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", text):
        return f"{_MONTHS[int(text[5:]) - 1][:3]} {text[:4]}"
    if re.fullmatch(r"\d{4}-Q[1-4]", text):
        return f"{text[5:]} {text[:4]}"
    return days_in_words(text)


def moment_words(moment: datetime) -> str:
    """Nov 23, 2026, 09:30 UTC; without a zone where it has none."""
    zone = f" {moment.tzname()}" if moment.tzinfo is not None else ""
    return f"{day_words(moment.date())}, {moment:%H:%M}{zone}"


def days_in_words(text: str) -> str:
    """A text with its ISO dates (2026-11-20) in words; what is no date of the calendar stays."""

    def worded(found: re.Match[str]) -> str:
        try:
            return day_words(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return re.sub(r"(?<![\w.-])\d{4}-\d\d-\d\d(?![\w-]|\.\w)", worded, text)


def dollars(amount: Decimal | float, *, cents: bool = True) -> str:
    """$1,234.50 or -$1,234.50, half rounded away from zero; without ``cents`` $1,235."""
    exact = amount if isinstance(amount, Decimal) else Decimal(repr(float(amount)))
    size = abs(exact).quantize(Decimal("0.01") if cents else Decimal(1), rounding=ROUND_HALF_UP)
    return f"{'-' if amount < 0 and size else ''}${size:,f}"


def number_words(figure: Decimal) -> str:
    """A price or quantity without idle zeros: 1,250.5, never 1.25E+3."""
    text = f"{figure:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def count_words(count: int, noun: str, many: str | None = None) -> str:
    """1 account, 3 accounts."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def list_words(items: Sequence[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def name_and_number(name: str, number: str) -> str:
    """An account by its name and the end of its number, Joint (…8047); by its number alone where it has no name."""
    return f"{name} ({number_end(number)})" if name and name != number else number


def number_end(number: str) -> str:
    """The end of an account's number, enough to tell it: …8047, also of ...8047 or *8047; a short number is whole.

    What stands in parentheses behind it (a custodian) is no part of it.
    """
    shown = number.partition(" (")[0]
    figures = re.sub(r"[^0-9A-Za-z]", "", shown)
    masked = len(figures) > _SHOWN or (figures and not shown[0].isalnum())
    return f"\u2026{figures[-_SHOWN:]}" if masked else number
