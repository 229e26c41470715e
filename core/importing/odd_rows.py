"""Rows that only say what they mean together with others: lots under positions, names that go on, groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.importing.dates import date_or_none
from core.importing.grid import Grid, Row
from core.importing.holdings import HoldingsReader
from core.importing.layout import RowRule
from core.words import day_words

_NAMED = ("symbol", "cusip", "description", "type", "account", "account_name", "last_name", "account_type", "currency")


def lot_under(rule: RowRule, row: Row, parent: Row, reader: HoldingsReader) -> tuple[Row, str]:
    """A lot under its position: the position's names, the lot's numbers; and its date where it has no own column."""
    merged = list(row)
    dated = -1 if not rule.date_in else 0 if rule.date_in == "first" else reader.columns[rule.date_in]
    for key in _NAMED:
        at = reader.columns.get(key)
        if at is None or at >= len(parent):
            continue
        merged.extend([""] * (at + 1 - len(merged)))
        if at == dated or not merged[at].strip():
            merged[at] = parent[at]
    return merged, row[dated] if 0 <= dated < len(row) else ""


def grouped(
    rows: Sequence[Row], numbers: Sequence[int], reader: HoldingsReader
) -> Iterator[tuple[str, Sequence[Row], Sequence[int]]]:
    """The rows of each group whose subtotals the file states; all as one where it has no column of groups."""
    place = reader.columns.get("group")
    if place is None:
        yield "", rows, numbers
        return
    cells = reader.cells(rows, place)
    for group in dict.fromkeys(cells):
        chosen = [index for index, cell in enumerate(cells) if cell == group]
        some = rows.chosen(chosen) if isinstance(rows, Grid) else [rows[index] for index in chosen]
        yield group, some, [numbers[index] for index in chosen]


def continued(parent: Row, row: Row, reader: HoldingsReader) -> Row:
    """A row whose name continues the name of the holding above it."""
    merged = list(row)
    for key in ("description", "symbol"):
        place = reader.columns.get(key)
        if place is not None and place < len(merged) and place < len(parent):
            merged[place] = f"{parent[place].strip()} {merged[place].strip()}"
            break
    return merged


def only_latest(rules: Mapping[int, RowRule], cells: Sequence[str], blank: RowRule) -> tuple[dict[int, RowRule], str]:
    """Pass over the rows of all dates but the latest, in a file that repeats its holdings at several.

    Parameters
    ----------
    rules
        The rules of the rows that are no holdings, by index; ``blank`` is that of empty rows.
    cells
        The date of each row, as printed.

    Returns
    -------
    dict, str
        The rules with those of older rows, by index in order; and what to say of it, if anything.
    """
    days = [date_or_none(cell) for cell in cells]
    known = sorted({day for day in days if day is not None})
    if len(known) < 2:
        return dict(rules), ""
    old = RowRule("skip", (), "holdings at an earlier date")
    older = {
        index: old
        for index, day in enumerate(days)
        if day is not None and day < known[-1] and rules.get(index) is not blank
    }
    said = f"The file holds {len(known)} dates, {day_words(known[0])} to {day_words(known[-1])}; the latest is used."
    return dict(sorted({**rules, **older}.items())), said
