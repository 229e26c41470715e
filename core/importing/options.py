"""Option contracts in every spelling brokers print, brought to one: the compact OCC symbol."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

import attrs

from core.importing.dates import parse_date


@attrs.frozen
class OptionContract:
    """A listed option: underlying root, expiry, right (``C`` or ``P``) and strike in dollars."""

    root: str
    expiry: date
    right: str
    strike: Decimal

    @property
    def symbol(self) -> str:
        """Root, yymmdd, right, strike in thousandths on eight digits: the OCC symbol without its padding."""
        return f"{self.root}{self.expiry:%y%m%d}{self.right}{int(self.strike * 1000):08d}"


_ROOT = r"(?P<root>[A-Z][A-Z0-9.]{0,5})"
_RIGHT = r"(?P<right>C|P|CALL|PUT)"
_STRIKE = r"\$?(?P<strike>\d{1,6}(?:\.\d{1,9})?)"
_SPELLINGS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"-?{_ROOT} *(?P<date>\d{{6}})(?P<right>[CP])(?P<occ>\d{{8}})",
        rf"-?{_ROOT} *(?P<date>\d{{6}})(?P<right>[CP]){_STRIKE}",
        rf"{_ROOT} (?P<date>\d{{1,2}}/\d{{1,2}}/\d{{4}}) {_STRIKE} {_RIGHT}",
        rf"{_ROOT} (?P<date>[A-Z]{{3}} \d{{1,2}} '\d{{2}}) {_STRIKE} {_RIGHT}(?: W)?",
        rf"{_ROOT} (?P<date>\d{{1,2}}[A-Z]{{3}}\d{{2}}) {_STRIKE} {_RIGHT}",
        rf"{_ROOT}(?P<date>\d{{2}}/\d{{2}}/\d{{2}})(?P<right>[CP]){_STRIKE}",
        rf"{_RIGHT} \({_ROOT}\) .{{0,80}}? (?P<date>[A-Z]{{3}} \d{{1,2}} \d{{2,4}}) {_STRIKE}(?: \(\d+ SHS\))?",
        rf"{_RIGHT} {_ROOT} {_STRIKE} EXP (?P<date>\d{{1,2}}-\d{{1,2}}-\d{{2,4}})",
    )
)
_SPACES = re.compile(r"\s+")


def _expiry(text: str) -> date | None:
    if len(text) == 6 and text.isdigit():
        text = f"20{text[:2]}-{text[2:4]}-{text[4:]}"
    elif len(text) == 8 and text[2] == "/" and text[5] == "/":  # yy/mm/dd
        text = f"20{text[:2]}-{text[3:5]}-{text[6:]}"
    try:
        return parse_date(text)
    except ValueError:
        return None


@lru_cache(maxsize=1 << 14)
def parse_option(text: str) -> OptionContract | None:
    """The option a symbol or description names, or None where it names none.

    Reads ``ACME  260516C00055000`` padded or not, `` -ACME260516C55``, ``ACME 05/16/2026 55.00 C``,
    ``ACME May 16 '26 $55 Call``, ``ACME 16MAY26 55 C``, ``ACME26/05/16C55.000000000``,
    ``CALL (ACME) ACME CORP MAY 16 26 $55 (100 SHS)`` and ``CALL ACME   55.00 EXP 05-16-26``.
    """
    if len(text) > 160:
        return None
    cleaned = _SPACES.sub(" ", text).strip().upper()
    if not any(character.isdigit() for character in cleaned):
        return None
    for spelling in _SPELLINGS:
        match = spelling.fullmatch(cleaned)
        if match is None:
            continue
        expiry = _expiry(match["date"])
        if expiry is None:
            continue
        groups = match.groupdict()
        strike = Decimal(groups["occ"]) / 1000 if groups.get("occ") else Decimal(groups["strike"])
        return OptionContract(match["root"].rstrip("."), expiry, match["right"][0], strike)
    return None
