"""Text from outside made safe for a cell: always text, always valid XML, never longer than a cell holds."""

from __future__ import annotations

import re

#: The most characters a cell of a workbook holds (Excel specifications and limits).
LONGEST_TEXT = 32_767

# What XML 1.0 forbids: control characters but tab, LF, CR; lone surrogates; the two non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: Text that starts so would be read as a formula where it is typed or pasted (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell_text(text: str) -> str:
    """The text with characters a workbook can't hold replaced by U+FFFD, cut with an ellipsis if too long."""
    clean = _FORBIDDEN.sub("\ufffd", text)
    return clean if len(clean) <= LONGEST_TEXT else clean[: LONGEST_TEXT - 1] + "\u2026"


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula if it were typed in."""
    return text.startswith(FORMULA_STARTS)
