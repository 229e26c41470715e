"""Where a classification is from, as it is read: core table: US stocks (S&P 500)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.words import days_in_words

_WRITTEN = (
    (r"^core table: market\b", "core table: US stocks (the whole market)"),
    (r"\bus\(", "US stocks ("),
    (r"\bsp(\d)", r"S&P \1"),
    (r"\bsp_", "S&P "),
    (r"\bcrsp_", "CRSP "),
    (r"\brussell_?(?=\w)", "Russell "),
    (r"\bnasdaq_?(?=\w)", "Nasdaq "),
    (r"\bms_", "Morningstar "),
    (r"\bdj_", "Dow Jones "),
)
_SAME = 1e-6


def source_words(source: str) -> str:
    """A source in words: ``core table: us(sp500)`` is core table: US stocks (S&P 500)."""
    for written, read in _WRITTEN:
        source = re.sub(written, read, source)
    return days_in_words(re.sub(r"(\w)\(", r"\1 (", source).replace("_", " "))


def thirds_words(style_box: Sequence[float]) -> str:
    """Why a style box has as much value as blend and growth in every size; empty where it has not.

    The boxes are cut so that of each size a third of the market's capitalisation is value, blend and growth, so an
    index of the whole market, or of a size of it, holds a third of each (docs/methods.md, the market box).
    """
    rows = [style_box[start : start + 3] for start in (0, 3, 6)]
    if not any(style_box) or any(max(row) - min(row) > _SAME for row in rows):
        return ""
    return (
        "A third each is value, blend and growth: the boxes are cut so that each has a third of its size, and an index "
        "of the market, or of one size of it, holds them all."
    )
