"""Heading rows of a table: the first one, its repetitions below, and which column is which where names repeat."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.importing.columns import find_columns, index_names
from core.importing.grid import Grid, Row, distinct, places_of
from core.importing.layout import Layout, RowRule
from core.importing.numbers import parse_number
from core.importing.sheets import column

_SAMPLE = 200


def find_headings(
    rows: Sequence[Row], header: int, columns: Mapping[str, Sequence[int]], layout: Layout
) -> list[tuple[int, dict[str, int]]]:
    """The heading at ``header`` and all its repetitions below: (row index, one place for each key).

    Parameters
    ----------
    columns
        Places of each key in the first heading; where there are several, arithmetic chooses.
    """
    heading = rows[header]
    first = one_place_each(columns, rows[header + 1 : header + 1 + _SAMPLE])
    result = [(header, first)]
    anchor = next((place for place in sorted(first.values()) if place < len(heading) and heading[place].strip()), None)
    if anchor is None:
        return result
    text = heading[anchor]
    below = rows[header + 1 :]
    found_in = below.rows_with(anchor, text) if isinstance(below, Grid) else places_of(column(below, anchor), (text,))
    for index in (header + 1 + place for place in found_in):
        row = rows[index]
        if row == heading:
            result.append((index, first))
            continue
        found = find_columns(index_names(row), layout.columns)
        if all(key in found for key in layout.required):
            result.append((index, one_place_each(found, rows[index + 1 : index + 1 + _SAMPLE])))
    return result


def candidates(rules: Sequence[RowRule], columns: Mapping[str, Sequence[str]]) -> list[int]:
    """Indices of the rows that some rule may match, and of those that are blank in all the columns.

    A rule needs all its columns to match, so that one column of it whose distinct cells are tried tells which rows.
    """
    texts = {key: distinct(cells) for key, cells in columns.items()}
    found: set[int] = set()
    for rule in rules:
        if any(key not in columns for key, _ in rule.when):
            continue
        if not rule.when:
            return list(range(len(next(iter(columns.values())))))
        key, pattern = min(rule.when, key=lambda item: len(texts[item[0]]))
        hits = {cell for cell in texts[key] if pattern.search(cell[:1000])}
        if hits:
            found.update(places_of(columns[key], hits))
    blank: set[int] | None = None
    for key, cells in columns.items():
        empty = {cell for cell in texts[key] if not cell.strip()}
        if not empty:
            return sorted(found)
        here = set(places_of(cells, empty))
        blank = here if blank is None else blank & here
    return sorted(found | (blank or set()))


def lot_places(heading: Row, columns: dict[str, int], layout: Layout) -> dict[str, int]:
    """The places of a layout's lot rows: those of its positions, save what ``lot_columns`` says otherwise."""
    found = find_columns(index_names(heading), layout.lot_columns)
    return {**columns, **{key: places[0] for key, places in found.items()}}


def one_place_each(columns: Mapping[str, Sequence[int]], rows: Sequence[Row]) -> dict[str, int]:
    """One place for each key; where a name stands twice, the place with which quantity x price is the value."""
    keys = ("quantity", "price", "value")
    if all(len(columns.get(key, ())) <= 1 for key in keys):
        return {key: places[0] for key, places in columns.items()}
    best: tuple[int, dict[str, int]] = (-1, {})
    choices = itertools.product(*(tuple(columns.get(key, ()))[:4] or (-1,) for key in keys))
    for choice in choices:
        hits = sum(_multiplies(row, choice) for row in rows)
        if hits > best[0]:
            best = (hits, dict(zip(keys, choice, strict=True)))
    return {key: best[1].get(key, places[0]) for key, places in columns.items()}


def _multiplies(row: Row, places: tuple[int, ...]) -> bool:
    """Whether the cells at the places of quantity, price and value multiply, per unit, per cent or per hundred."""
    try:
        q, p, v = (parse_number(row[place]) if 0 <= place < len(row) else None for place in places)
    except ValueError:
        return False
    if not q or not p or not v:
        return False
    ratio = q * p / v
    return any(abs(ratio * factor - 1) < Decimal("0.005") for factor in (1, 100, Decimal("0.01")))
