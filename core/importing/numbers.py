"""Numbers as brokers print them -> Decimal; what means "no number" -> None."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, Protocol, cast

from core.importing.memo import Memo
from core.money import ZERO

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
_ODD = re.compile(r"[0-9.)][$+]|\+(?![0-9.$])|\$(?![0-9.-])|\+\$-|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),|\.[0-9]*,")
_FINE = re.compile(r"\.[0-9]{3}")
_LONGEST = 40
_SHORT = 15  # so few characters make no number beyond the limit
_SAMPLE = 1000


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
    if match["exponent"]:
        value = Decimal(f"{value:f}")  # so that messages print it as a person would
    negative = bool(match["open"]) or "-" in ((match["sign"] or "") + (match["inner"] or ""))
    return -value if negative and value else value


class Amounts(Protocol):
    """A column of numbers in whatever form it is kept."""

    def at(self, index: int) -> Decimal | None:
        """One of them, None where there is none."""

    def total(self) -> Decimal:
        """Sum of those that there are."""


class Numbers(NamedTuple):
    """A column of numbers as a list.

    ``complete``: no cell is None. ``fine``: some cell may print more than two digits after the point. ``signed``: some
    cell may be negative. The flags spare later passes over the column.
    """

    values: list[Decimal | None]
    complete: bool
    fine: bool
    signed: bool

    def at(self, index: int) -> Decimal | None:
        """One of them, None where there is none."""
        return self.values[index]

    def total(self) -> Decimal:
        """Sum of those that there are."""
        return sum((value for value in self.values if value), ZERO)


def parse_column(cells: Sequence[str]) -> Numbers:
    """Every cell of a column as :func:`parse_number` reads it, at several million cells a second.

    The common case, plain or US-formatted numbers throughout, is cleaned as one string; anything else goes
    cell by cell.

    Raises
    ------
    CellError
        At the first cell that is not a number.
    """
    joined = "\n".join(cells)
    plain = True  # whether the cells are numbers as they stand
    fine, signed = _FINE.search(joined) is not None, "-" in joined or "(" in joined or "\N{MINUS SIGN}" in joined
    if ("$" in joined or "," in joined or "+" in joined) and not _ODD.search(joined):
        joined = joined.replace("$", "").replace(",", "").replace("+", "")
        plain = False
    if _PLAIN.fullmatch(joined):
        parts = cells if plain else joined.split("\n")
        longest = max(map(len, parts), default=0)
        if len(parts) == len(cells) and longest <= _LONGEST:
            # Prices and share counts repeat: then each distinct text is made a number once.
            few = len(set(parts[:_SAMPLE])) < _SAMPLE / 2
            make = Memo[str, Decimal](Decimal).__getitem__ if few else Decimal
            try:
                known = list(map(make, filter(None, parts)))
            except InvalidOperation:
                pass
            else:
                if "-0" in joined:
                    known = [value or abs(value) for value in known]  # no negative zero
                if longest <= _SHORT or not known or (max(known) < LIMIT and min(known) > -LIMIT):
                    complete = len(known) == len(parts)
                    supply = iter(known)
                    values = known if complete else [next(supply) if part else None for part in parts]
                    return Numbers(cast("list[Decimal | None]", values), complete, fine, signed)
    read: Memo[str, Decimal | None] = Memo(parse_number)
    result: list[Decimal | None] = []
    for index, cell in enumerate(cells):
        try:
            result.append(read[cell])
        except ValueError:
            raise CellError(index, cell) from None
    complete = sum(value is not None for value in result) == len(result)
    fine = any(decimals(value) > 2 for value in read.values() if value is not None)
    return Numbers(result, complete, fine, signed)


_FOREIGN = re.compile(r"(?:[A-TV-Z][A-Z]?|U[A-RT-Z]?)\$[0-9.,]+|[€£¥][0-9.,]+")


def without_foreign(cells: Sequence[str]) -> Numbers | None:
    """A column of prices with those in other currencies (``A$12.30``) as None; None where it holds other text."""
    kept = ["" if _FOREIGN.fullmatch(cell.strip()) else cell for cell in cells]
    try:
        return parse_column(kept)
    except CellError:
        return None


def decimals(value: Decimal) -> int:
    """Digits after the point as printed."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
