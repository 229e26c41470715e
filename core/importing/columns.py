"""Column names: one canonical key for each column a broker may name in its own way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

KEYS = (
    "account",
    "account_name",
    "account_type",
    "symbol",
    "cusip",
    "description",
    "type",
    "quantity",
    "price",
    "value",
    "cost",
    "unit_cost",
    "gain",
    "acquired",
    "side",
    "as_of",
    "percent",
    "term",
    "currency",
    "multiplier",
    "last_name",
    "level",
    "lot_id",
    "closed",
    "cash",
    "group",
)
"""Every key a layout may give synonyms for.

``percent`` is the row's share of its account, in per cent; ``as_of`` the date of its price or of the whole file;
``last_name`` follows ``account_name`` where the file splits the owner's name; ``level``, ``lot_id`` and ``closed`` only
serve to tell kinds of rows apart; ``group`` is what subtotals are stated by; ``cash`` is an amount of cash that stands
in a column of its own.
"""

_MARKS = re.compile(r"[†‡*]|\(\$\)|\(\)")
_NUMBERED = re.compile(r"(.*)#([1-9])")
_SPACES = re.compile(r"\s+")
_PARENTHESES = re.compile(r"(.+?)\s*\(([^()]+)\)")


@lru_cache(maxsize=1 << 13)
def names_of(cell: str) -> tuple[str, ...]:
    """The names a heading goes by: itself, and each side of its parentheses (``Mkt Val (Market Value)``).

    Compared without case, footnote marks and ``($)``; ``(%)`` counts as ``%``, which tells a ratio from an amount.
    """
    text = cell[:300].casefold().replace("’", "'").replace("\ufffd", "")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]  # a spreadsheet's "text, whatever it looks like"
    text = _SPACES.sub(" ", _MARKS.sub("", text).replace("(%)", "%")).strip().rstrip(":").strip()
    match = _PARENTHESES.fullmatch(text)
    return (text, match[1], match[2]) if match else (text,)


def index_names(row: Sequence[str]) -> dict[str, list[int]]:
    """Places of every name in a heading row. A name in parentheses never takes the place of a heading of its own."""
    places: dict[str, list[int]] = {}
    second: list[tuple[str, int]] = []
    for place, cell in enumerate(row):
        if not cell:
            continue
        first, *others = names_of(cell)
        if first:
            places.setdefault(first, []).append(place)
        second += [(name, place) for name in others]
    whole = set(places)
    for name, place in second:
        if name not in whole:
            places.setdefault(name, []).append(place)
    return places


def find_columns(
    places: Mapping[str, Sequence[int]], synonyms: Mapping[str, Sequence[str]]
) -> dict[str, tuple[int, ...]]:
    """Places of each key: those of its first synonym that occurs.

    A synonym that ends in ``*`` matches by its start; ``price#2`` is the second heading of that name, ``#1`` the first
    column whatever its heading. More than one place for a key means the file repeats the name; arithmetic decides.
    """
    found: dict[str, tuple[int, ...]] = {}
    for key, names in synonyms.items():
        for name in names:
            if name.endswith("*"):
                start = name[:-1]
                hits = tuple(place for other, at in places.items() if other.startswith(start) for place in at)
            elif "#" in name and (match := _NUMBERED.fullmatch(name)):
                number = int(match[2]) - 1
                hits = tuple(places.get(match[1], ()))[number : number + 1] if match[1] else (number,)
            else:
                hits = tuple(places.get(name, ()))
            if hits:
                found[key] = hits
                break
    return found
