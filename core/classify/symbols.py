"""One spelling for a ticker symbol: upper case, share classes with a dot, brokers' marks removed."""

from __future__ import annotations

import re

_CLASS = re.compile(r"^([A-Z]{1,5})[./ -]([A-Z])$")
_MARKS = re.compile(r"[*\s]+$")
#: Share classes that some exports write without any mark between.
_JOINED = {"BRKA": "BRK.A", "BRKB": "BRK.B", "BFA": "BF.A", "BFB": "BF.B", "HEIA": "HEI.A"}


def normalise_symbol(symbol: str | None) -> str:
    """``brk/b``, ``BRK-B`` and ``BRKB`` are ``BRK.B``; ``SPAXX**`` is ``SPAXX``; None is an empty string."""
    text = _MARKS.sub("", (symbol or "").strip().upper())
    match = _CLASS.match(text)
    if match:
        return f"{match[1]}.{match[2]}"
    return _JOINED.get(text, text)
