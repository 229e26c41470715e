"""Any other table of holdings: the heading is found by scoring, columns by name and by content.

Where names leave a doubt, arithmetic decides: the quantity, price and value columns are those whose numbers multiply.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import attrs

from core.importing.columns import find_columns, index_names
from core.importing.dates import date_or_none, parse_date
from core.importing.grid import Row
from core.importing.identifiers import is_cusip, is_ticker_like
from core.importing.layout import Layout
from core.importing.numbers import is_null, parse_number
from core.importing.records import Role
from core.importing.sheets import Sheet, is_blank
from core.words import count_words

CEILING = 0.5
"""A known layout that fits always scores more than the surest generic reading."""

_SAMPLE = 100
_MOST_NUMERIC = 14
_NAMES = ("symbol", "cusip", "description")
_AMOUNTS = ("quantity", "price", "value")
# Headings that only lists of transactions or of closed lots have.
_ACTIVITY = frozenset(
    {"action", "transaction type", "transaction", "trans code", "activity", "activity date", "activity type"}
    | {"run date", "process date", "date sold", "closed date", "sale date", "sell date", "proceeds", "total proceeds"}
    | {"sales proceeds", "fees & comm", "settled date", "settleddate", "tradedate", "event", "order id", "placed time"}
    | {"filled time", "date completed", "transaction id", "transaction description", "realized gain/loss"}
)


class Guess(NamedTuple):
    """A generic reading: layout, index of the heading, places of the columns, confidence 0 to 1, and why."""

    layout: Layout
    header: int
    columns: dict[str, tuple[int, ...]]
    confidence: float
    note: str


def guess(sheet: Sheet, top: Sequence[tuple[int, Row]], layout: Layout) -> Guess | None:
    """The best generic reading of a sheet, or None where no row can be a heading of holdings.

    Parameters
    ----------
    top
        The first rows that are not blank, with their indices: where a heading is looked for.
    layout
        The generic layout, for its names.
    """
    best: tuple[float, int, dict[str, tuple[int, ...]]] | None = None
    seen: set[tuple[str, ...]] = set()
    for index, row in top:
        if sum(1 for cell in row if cell.strip()) < 2 or _is_data(row) or tuple(row) in seen:
            continue
        seen.add(tuple(row))  # of a heading that is repeated the first counts
        names = index_names(row)
        if not _ACTIVITY.isdisjoint(names):
            continue
        columns = find_columns(names, layout.columns)
        below = _rows_below(sheet, index)
        if not below:
            continue
        columns = _by_content(row, below, columns)
        if not any(key in columns for key in _NAMES) or not ("quantity" in columns or "value" in columns):
            continue
        held = sum(_is_holding(candidate, columns) for candidate in below)
        if not held:
            continue
        score = len({place for places in columns.values() for place in places}) + 4.0 * held / len(below)
        if best is None or score > best[0]:
            best = (score, index, columns)
    if best is None:
        return None
    _, header, columns = best
    below = _rows_below(sheet, header)
    columns = _settle(below, columns)
    dated = any(_has_date(row, columns) for row in below)
    role = Role.LOTS if "acquired" in columns and dated else Role.POSITIONS
    confidence, note = _confidence(sheet.rows[header], below, columns, layout)
    return Guess(attrs.evolve(layout, role=role), header, columns, confidence, note)


def is_activity(top: Sequence[tuple[int, Row]]) -> bool:
    """Whether one of the first rows is the heading of a list of transactions or closed lots."""
    return any(len(row) > 3 and not _ACTIVITY.isdisjoint(index_names(row)) for _, row in top)


def _rows_below(sheet: Sheet, index: int) -> list[Row]:
    rows = itertools.islice(sheet.rows, index + 1, index + 1 + 3 * _SAMPLE)
    return list(itertools.islice((row for row in rows if not is_blank(row)), _SAMPLE))


def _number(row: Row, place: int) -> float | None:
    if place >= len(row):
        return None
    try:
        value = parse_number(row[place])
    except ValueError:
        return None
    return None if value is None else float(value)


def _is_data(row: Row) -> bool:
    """A row with two numbers or more is no heading."""
    return sum(_number(row, place) is not None for place in range(len(row))) >= 2


def _is_holding(row: Row, columns: dict[str, tuple[int, ...]]) -> bool:
    named = any(len(row) > place and not is_null(row[place]) for key in _NAMES for place in columns.get(key, ()))
    counted = any(_number(row, place) is not None for key in ("quantity", "value") for place in columns.get(key, ()))
    return named and counted


def _has_date(row: Row, columns: dict[str, tuple[int, ...]]) -> bool:
    place = columns["acquired"][0] if "acquired" in columns else len(row)
    try:
        return place < len(row) and parse_date(row[place]) is not None
    except ValueError:
        return False


def _by_content(heading: Row, below: list[Row], columns: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Add what names did not find: a column of tickers, and columns whose numbers multiply."""
    columns = dict(columns)
    taken = {place for places in columns.values() for place in places}
    free = [place for place in range(min(len(heading), 200)) if place not in taken]
    if "symbol" not in columns and "cusip" not in columns:
        for place in free:
            cells = [row[place].strip() for row in below if place < len(row) and not is_null(row[place])]
            alike = sum((is_ticker_like(cell) and cell.upper() == cell) or is_cusip(cell) for cell in cells)
            if cells and alike >= 0.8 * len(cells) and len(cells) >= len(below) / 2:
                columns["symbol"] = (place,)
                free.remove(place)
                break
    lacking = [key for key in _AMOUNTS if key not in columns]
    if (lacking and len(lacking) < 3) or not any(key in columns for key in _AMOUNTS):
        numeric = [place for place in free if _mostly_numbers(below, place)][:_MOST_NUMERIC]
        pools = [list(columns[key][:3]) if key in columns else numeric for key in _AMOUNTS]
        known = {place: [_number(row, place) for row in below] for pool in pools for place in pool}
        best: tuple[int, tuple[int, ...]] = (0, ())
        for choice in itertools.product(*pools):
            if len(set(choice)) == 3:
                hits = sum(map(_product_fits, *(known[place] for place in choice)))
                if hits > best[0]:
                    best = (hits, choice)
        if best[0] >= max(2, 0.6 * len(below)) or (best[0] == len(below) == 1):
            for key, place in zip(_AMOUNTS, best[1], strict=True):
                columns[key] = (place,)
    return columns


def _mostly_numbers(below: list[Row], place: int) -> bool:
    return sum(_number(row, place) is not None for row in below) * 2 >= len(below)


def _multiplying(below: list[Row], places: Sequence[int]) -> int:
    return sum(_product_fits(*(_number(row, place) for place in places)) for row in below)


def _product_fits(quantity: float | None, price: float | None, value: float | None) -> bool:
    """Whether the three multiply, per unit, per cent or per hundred; a price of one proves nothing."""
    if not quantity or not price or not value or price == 1.0:
        return False
    ratio = quantity * price / value
    return abs(ratio - 1) < 0.005 or abs(ratio * 0.01 - 1) < 0.005 or abs(ratio * 100 - 1) < 0.005


def _settle(below: list[Row], columns: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """One place for each of quantity, price and value where names repeat; the first place of all others."""
    pools = [columns.get(key, ())[:4] or (10**6,) for key in _AMOUNTS]
    if all(len(pool) == 1 for pool in pools):
        return {key: places[:1] for key, places in columns.items()}
    chosen = max(itertools.product(*pools), key=lambda choice: _multiplying(below, choice))
    picked = dict(zip(_AMOUNTS, chosen, strict=True))
    return {key: (picked.get(key, places[0]),) for key, places in columns.items()}


def proof(below: Sequence[Row], columns: Mapping[str, Sequence[int]]) -> tuple[float, int] | None:
    """Share of the rows in which quantity x price is the value, and how many could be tested; None where none can."""
    if not all(key in columns for key in _AMOUNTS):
        return None
    places = [columns[key][0] for key in _AMOUNTS]
    tested = [row for row in below if all(_number(row, place) for place in places)]
    return (sum(_consistent(row, places) for row in tested) / len(tested), len(tested)) if tested else None


def column_confidence(
    key: str | None,
    place: int,
    named: Mapping[str, Sequence[int]],
    below: Sequence[Row],
    tested: tuple[float, int] | None,
) -> tuple[float, str]:
    """How sure one column's meaning is, 0 to 1, and why.

    Parameters
    ----------
    key
        Its meaning, None where nothing is taken from it.
    named
        Places of each key by the names of the headings.
    tested
        Of :func:`proof`.
    """
    if key is None:
        return 1.0, "not needed"
    by_name = place in named.get(key, ())
    reasons = ["its heading says so"] if by_name else ["its content looks so"]
    sure = 0.6 if by_name else 0.3
    cells = [row[place] for row in below if place < len(row) and not is_null(row[place])]
    if key in _AMOUNTS and tested is not None:
        share, rows = tested
        sure += 0.4 * share
        reasons.append(f"quantity x price = value in {share:.0%} of {rows} rows")
    elif key in (*_AMOUNTS, "cost", "unit_cost", "gain", "percent"):
        share = sum(_number([cell], 0) is not None for cell in cells) / len(cells) if cells else 0.0
        sure += 0.3 * share
        reasons.append(f"{share:.0%} of its cells are numbers")
    elif key in ("acquired", "as_of"):
        share = sum(date_or_none(cell) is not None for cell in cells) / len(cells) if cells else 0.0
        sure += 0.4 * share
        reasons.append(f"{share:.0%} of its cells are dates")
    elif key in ("symbol", "cusip"):
        fits = (is_ticker_like(cell) or is_cusip(cell.strip()) for cell in cells)
        share = sum(fits) / len(cells) if cells else 0.0
        sure += 0.4 * share
        reasons.append(f"{share:.0%} of its cells could be tickers or CUSIPs")
    else:
        sure += 0.3 if cells else 0.0
    return round(min(sure, 1.0), 2), "; ".join(reasons)


def _confidence(
    heading: Row, below: list[Row], columns: dict[str, tuple[int, ...]], layout: Layout
) -> tuple[float, str]:
    """How sure the mapping is: half by names, half by arithmetic (or by names alone where it cannot be tested)."""
    needed = [key for key in ("symbol", "quantity", "price", "value") if key in columns]
    by_name = find_columns(index_names(heading), layout.columns)
    named = sum(columns[key][0] in by_name.get(key, ()) for key in needed) / max(1, len(needed))
    mapping = ", ".join(
        f"{key.replace('_', ' ')} = {heading[places[0]].strip() if places[0] < len(heading) else places[0] + 1!r}"
        for key, places in sorted(columns.items(), key=lambda item: item[1])
    )
    if all(key in columns for key in _AMOUNTS):
        share, rows = proof(below, columns) or (0.0, 0)
        confidence = 0.5 * named + 0.5 * share
        said = f"quantity x price = value holds in {100 * share:.0f} % of {count_words(rows, 'row')} tested"
    else:
        confidence = 0.8 * named * (1.0 if "symbol" in columns or "cusip" in columns else 0.7)
        said = "quantity x price = value cannot be tested"
    return round(confidence, 2), f"Columns: {mapping}; {said}; confidence {100 * confidence:.0f} %."


def _consistent(row: Row, places: Sequence[int]) -> bool:
    q, p, v = (_number(row, place) or 0.0 for place in places)
    return any(abs(q * p * m - v) <= 0.006 * abs(v) + 0.01 for m in (1.0, 0.01, 100.0))
