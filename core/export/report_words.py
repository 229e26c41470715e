"""Figures and names as the client report words them (US English)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from core import words
from core.household import Account
from core.rebalance.proposal import Trade

_SIZES = ("large", "medium-sized", "small")
_STYLES = ("value companies", "blend companies", "growth companies")
#: Characters of a name before it is cut.
_LONGEST = 44


def dollars(amount: Decimal, *, cents: bool = False) -> str:
    """$1,234 or -$1,234.50 with the sign of print."""
    return words.dollars(amount, cents=cents).replace("-", "\u2212")


def per_cent(share: float) -> str:
    """12.3%."""
    tenths = (Decimal(repr(float(share))) * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{abs(tenths) if tenths == 0 else tenths}%"


def box_words(box: int) -> str:
    """A style box as a kind of company: large growth companies."""
    return f"{_SIZES[box // 3]} {_STYLES[box % 3]}"


def account_words(account: Account) -> str:
    """Name, kind and the end of the number: a report lies about on desks."""
    return f"{shortened(account.name or 'Account')} ({account.kind.words}, {words.number_end(account.id)})"


def shortened(name: str) -> str:
    """A name of at most as many characters as a line has room for."""
    flat = " ".join(name.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1].rstrip()}\u2026"


def short_reason(trade: Trade) -> str:
    """The purpose of a trade in a few words: the clause of its reason that speaks of the portfolio."""
    parts = re.split(r"(?<=\.)\s+(?=[A-Z])", trade.reason.replace(" in this account", "", 1))
    told = next((part for part in parts if ":" in part), parts[0] if parts else "")
    return told.partition(":")[0].partition(" for what is ")[0].partition(" or moves ")[0].rstrip(". ")
