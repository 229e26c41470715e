"""Tickers and CUSIPs: one spelling for each security, whatever the broker prints."""

from __future__ import annotations

import re
from functools import lru_cache

_CUSIP = re.compile(r"[0-9A-Z*@#]{8}[0-9]")
_CLASS = re.compile(r"([A-Z]{1,5})[ /.\-]([A-Z])")
_TICKER = re.compile(r"[A-Z][A-Z0-9]{0,5}(?:[./\- ][A-Z0-9]{1,4})?")
_SPACES = re.compile(r"\s+")
# Share classes that some files print without any mark between root and class.
_UNMARKED = {"BRKA": "BRK.A", "BRKB": "BRK.B", "BFA": "BF.A", "BFB": "BF.B"}


def cusip_check_digit(base: str) -> int:
    """Check digit of the first eight characters of a CUSIP (modulus 10, double-add-double; ANSI X9.6)."""
    total = 0
    for place, character in enumerate(base):
        if character.isdigit():
            value = int(character)
        elif "A" <= character <= "Z":
            value = ord(character) - ord("A") + 10
        else:
            value = 36 + "*@#".index(character)
        if place % 2:
            value *= 2
        total += value // 10 + value % 10
    return (10 - total % 10) % 10


def is_cusip(text: str) -> bool:
    """Whether the text is nine characters with a valid check digit, one digit at least among the first eight."""
    return (
        _CUSIP.fullmatch(text) is not None
        and any(character.isdigit() for character in text[:8])
        and cusip_check_digit(text[:8]) == int(text[8])
    )


def normal_cusip(text: str) -> str | None:
    """A CUSIP out of a CUSIP column: upper case, leading zeros that a spreadsheet took away put back; else None."""
    cleaned = text.strip().upper()
    if cleaned.startswith('="') and cleaned.endswith('"'):
        cleaned = cleaned[2:-1]
    if not 6 <= len(cleaned) <= 9:
        return None
    padded = cleaned.zfill(9)
    return padded if is_cusip(padded) else None


@lru_cache(maxsize=1 << 14)
def normal_symbol(text: str) -> str:
    """One spelling for a ticker: upper case, asterisks off, share class after a dot (``BRK/B`` -> ``BRK.B``)."""
    cleaned = _SPACES.sub(" ", text).strip().upper()
    if cleaned.startswith('="') and cleaned.endswith('"'):
        cleaned = cleaned[2:-1].strip()
    cleaned = cleaned.rstrip("*†").strip()
    if cleaned in _UNMARKED:
        return _UNMARKED[cleaned]
    match = _CLASS.fullmatch(cleaned)
    return f"{match[1]}.{match[2]}" if match else cleaned


def is_ticker_like(text: str) -> bool:
    """Whether a cell could be a ticker as printed (up to six letters or digits, an optional class)."""
    return _TICKER.fullmatch(text.strip().rstrip("*")) is not None


def slug(text: str) -> str:
    """Lower-case words joined by hyphens, for a security known by its name only."""
    return "-".join(re.findall(r"[a-z0-9]+", text.casefold()))[:60].strip("-")
