"""What may be sent to a provider: ticker symbols."""

from __future__ import annotations

import re

# letters alone, up to five, with a share class of one letter; CUSIPs, names and account numbers have digits or spaces
_TICKER = re.compile(r"[A-Z]{1,5}(?:\.[A-Z])?")


def is_ticker(symbol: str) -> bool:
    """Whether a normalised symbol can be a ticker of a US stock or fund. Nothing else is ever sent."""
    return _TICKER.fullmatch(symbol) is not None
