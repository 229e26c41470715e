"""Figures and names as the client report words them (US English)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.export.sheets.words import KINDS
from core.household import Account
from core.rebalance.proposal import Trade

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
_SIZES = ("large", "medium-sized", "small")
_STYLES = ("value companies", "blend companies", "growth companies")
#: Figures of an account number that are shown.
_SHOWN = 4
#: Characters of a name before it is cut.
_LONGEST = 44


def dollars(amount: Decimal, *, cents: bool = False) -> str:
    """$1,234 or -$1,234.50, half rounded away from zero."""
    step = Decimal("0.01") if cents else Decimal(1)
    size = abs(amount).quantize(step, rounding=ROUND_HALF_UP)
    sign = "\u2212" if amount < 0 and size else ""
    return f"{sign}${size:,f}"


def per_cent(share: float) -> str:
    """12.3%."""
    tenths = (Decimal(repr(float(share))) * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{abs(tenths) if tenths == 0 else tenths}%"


def day_words(day: date) -> str:
    """November 20, 2026."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def count_words(count: int, noun: str) -> str:
    """1 account, 3 accounts."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def list_words(items: Sequence[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def box_words(box: int) -> str:
    """A style box as a kind of company: large growth companies."""
    return f"{_SIZES[box // 3]} {_STYLES[box % 3]}"


def account_words(account: Account) -> str:
    """Name, kind and the end of the number: a report lies about on desks."""
    figures = re.sub(r"[^0-9A-Za-z]", "", account.id)
    end = f", \u2026{figures[-_SHOWN:]}" if len(figures) > _SHOWN else f", {account.id}"
    name = shortened(account.name or "Account")
    return f"{name} ({KINDS[account.kind]}{end})"


def shortened(name: str) -> str:
    """A name of at most as many characters as a line has room for."""
    flat = " ".join(name.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1].rstrip()}\u2026"


def short_reason(trade: Trade) -> str:
    """The purpose of a trade in a few words: the clause of its reason that speaks of the portfolio."""
    parts = re.split(r"(?<=\.)\s+(?=[A-Z])", trade.reason.replace(f" in account {trade.account}", ""))
    told = next((part for part in parts if ":" in part), parts[0] if parts else "")
    return told.partition(":")[0].partition(" for what is ")[0].rstrip(". ")
