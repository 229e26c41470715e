"""Numbers as brokers print them -> Decimal; what means "no number" -> None."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

LIMIT = Decimal(10) ** 15
"""No holding is larger than a quadrillion; a larger number is a wrong column or a damaged file."""

_NULLS = frozenset(
    {"", "-", "--", "---", "----", "–", "—", "n/a", "na", "nan", "null", "none", "not applicable", "not available"}
    | {"add", "multiple", "various", "unknown", "unavailable", "incomplete", "pending", "tbd"}
)
_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?(?:US)?[$@]?(?P<inner>[-+])?"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?P<fraction>\.[0-9]*)?(?P<exponent>[eE][-+]?[0-9]{1,2})?"
    r" ?(?:%|USD|[SL])?[*†‡]{0,3}(?P<close>\))?"
)
_PLAIN = re.compile(r"[-0-9.\n]*")
# A sign, a dollar or a comma where no US number has one: such a column is read cell by cell, so that the
# offending cell is found and named.
_ODD = re.compile(r"[0-9.)][$+]|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),|\.[0-9]*,")
_FINE = re.compile(r"\.[0-9]{3}")
_LONGEST = 40


class CellError(ValueError):
    """A cell that holds no number (or date) where one must stand; ``index`` is its place in the column."""

    def __init__(self, index: int, text: str) -> None:
        super().__init__(text)
        self.index = index
        self.text = text


def is_null(text: str) -> bool:
    """Whether the cell means "nothing": blank, dashes, N/A and the like."""
    return text.strip().casefold() in _NULLS


def parse_number(text: str) -> Decimal | None:
    """One printed number: ``$1,234.56``, ``-$1.00``, ``($1,140.00)``, ``(3)``, ``+3.4%``, ``.1250``, ``18S``.

    A per-cent sign is dropped, not applied: ``3.4%`` is 3.4.

    Raises
    ------
    ValueError
        Where the text is neither a number nor one of the words for none, or its size is 1e15 or more.
    """
    cleaned = text.strip()
    if cleaned.startswith('="') and cleaned.endswith('"'):
        cleaned = cleaned[2:-1].strip()  # a spreadsheet's "number kept as text"
    if cleaned.casefold() in _NULLS:
        return None
    if len(cleaned) > _LONGEST:
        raise ValueError(text)
    cleaned = cleaned.replace("\N{MINUS SIGN}", "-").replace("\xa0", "")
    match = _NUMBER.fullmatch(cleaned)
    if match is None or bool(match["open"]) != bool(match["close"]) or (match["sign"] and match["inner"]):
        raise ValueError(text)
    digits, fraction = match["digits"] or "", match["fraction"] or ""
    if not digits and len(fraction) < 2:
        raise ValueError(text)
    value = Decimal(digits.replace(",", "") + fraction + (match["exponent"] or ""))
    if value >= LIMIT:
        raise ValueError(text)
    negative = bool(match["open"]) or "-" in ((match["sign"] or "") + (match["inner"] or ""))
    return -value if negative and value else value


def parse_column(cells: Sequence[str]) -> list[Decimal | None]:
    """Every cell of a column as :func:`parse_number` reads it, at several million cells a second.

    The common case, plain or US-formatted numbers throughout, is cleaned as one string; anything else goes
    cell by cell.

    Raises
    ------
    CellError
        At the first cell that is not a number.
    """
    joined = "\n".join(cells)
    if ("$" in joined or "," in joined or "+" in joined) and not _ODD.search(joined):
        joined = joined.replace("$", "").replace(",", "").replace("+", "")
    if _PLAIN.fullmatch(joined):
        parts = joined.split("\n")
        if len(parts) == len(cells) and max(map(len, parts), default=0) <= _LONGEST:
            try:
                values: list[Decimal | None]
                values = (
                    [Decimal(part) if part else None for part in parts] if "" in parts else list(map(Decimal, parts))
                )
            except InvalidOperation:
                pass
            else:
                known = [value for value in values if value is not None]
                if not known or (max(known) < LIMIT and min(known) > -LIMIT):
                    return values
    seen: dict[str, Decimal | None] = {}
    result: list[Decimal | None] = []
    for index, cell in enumerate(cells):
        if cell not in seen:
            try:
                seen[cell] = parse_number(cell)
            except ValueError:
                raise CellError(index, cell) from None
        result.append(seen[cell])
    return result


def has_fractions_of_cents(cells: Sequence[str]) -> bool:
    """Whether any cell prints more than two digits after the point."""
    return _FINE.search("\n".join(cells)) is not None


def decimals(value: Decimal) -> int:
    """Digits after the point as printed."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
