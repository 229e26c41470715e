"""Which layout a sheet is in: every layout scores it, the best wins, the runner-up is reported."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs

from core.errors import InputError, UsageError
from core.importing import generic
from core.importing.columns import find_columns, index_names
from core.importing.layout import Layout, Library, Refusal
from core.importing.records import FileInfo
from core.importing.sheets import Sheet, is_blank, raw_line

HEADER_ROWS = 40
"""A heading is looked for among this many first rows that are not blank."""


@attrs.frozen(slots=False)
class Top:
    """The first rows of a sheet, prepared once for all layouts: (row index, cells)."""

    sheet: Sheet
    rows: tuple[tuple[int, list[str]], ...]

    @cached_property
    def places(self) -> tuple[tuple[int, dict[str, list[int]]], ...]:
        """Names of each row that may be a heading, with their places."""
        return tuple((index, index_names(row)) for index, row in self.rows if len(row) > 1)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Each row as one line of text."""
        return tuple(raw_line(row) for _, row in self.rows)


@attrs.frozen
class Match:
    """How well a layout fits: score from 0 to 1, and where its heading and columns stand."""

    layout: Layout
    score: float
    header: int | None
    columns: dict[str, tuple[int, ...]]
    missing: tuple[str, ...] = ()
    note: str = ""


def top_of(sheet: Sheet) -> Top:
    """The first 40 rows that are not blank."""
    rows: list[tuple[int, list[str]]] = []
    for index, row in enumerate(sheet.rows):
        if not is_blank(row):
            rows.append((index, row))
            if len(rows) == HEADER_ROWS:
                break
    return Top(sheet, tuple(rows))


def _score(title: bool, file_name: bool, known: float) -> float:
    return round(0.7 + 0.15 * title + 0.05 * file_name + 0.1 * known, 3)


def match_layout(top: Top, layout: Layout, file_name: str) -> Match | None:
    """The layout's score for a sheet, or None where neither its heading nor its title occurs."""
    title = any(pattern.search(line) for pattern in layout.titles for line in top.lines)
    named = any(pattern.search(file_name) for pattern in layout.file_names)
    best: Match | None = None
    missing = layout.required
    signs, absent = frozenset(layout.signature), frozenset(layout.absent)
    for index, places in top.places:
        if (signs and not title and signs.isdisjoint(places)) or not absent.isdisjoint(places):
            continue
        found = find_columns(places, layout.columns)
        lacking = tuple(key for key in layout.required if key not in found)
        if not lacking:
            known = len({place for at in found.values() for place in at}) / max(1, len(layout.columns))
            candidate = Match(layout, _score(title, named, min(known, 1.0)), index, found)
            if best is None or candidate.score > best.score:
                best = candidate
        elif len(lacking) < len(missing):
            missing = lacking
    if best is None and title:
        return Match(layout, 0.69, None, {}, missing)
    return best


def match_refusal(top: Top, refusal: Refusal) -> float:
    """The refusal's score for a sheet; 0 where it does not match."""
    title = any(pattern.search(line) for pattern in refusal.titles for line in top.lines[:10])
    header = bool(refusal.header) and any(
        all(name in places for name in refusal.header) and not any(name in places for name in refusal.absent)
        for _, places in top.places
    )
    if not (title or header):
        return 0.0
    return 0.95 if title and header else 0.9 if title else 0.65


class NotHoldingsError(InputError):
    """The file is known, and of another kind than holdings: transactions, closed lots, balances."""


def detect(sheet: Sheet, file: FileInfo, library: Library, forced: str | None) -> tuple[Match, str]:
    """The layout to read a sheet with, and a sentence that says how sure that is.

    Raises
    ------
    NotHoldingsError
        Where the sheet is a known kind of file to refuse.
    InputError
        Where nothing recognises a table in it.
    UsageError
        Where ``forced`` names no layout.
    """
    top = top_of(sheet)
    where = f"{file.path} [{sheet.name}]" if sheet.name else file.path
    if forced is not None:
        return _forced(top, file, library, forced, where)
    matches = [match for layout in library.layouts if (match := match_layout(top, layout, file.name)) is not None]
    matches.sort(key=lambda match: (-match.score, match.layout.name))
    refused = sorted(
        ((score, refusal) for refusal in library.refusals if (score := match_refusal(top, refusal)) > 0),
        key=lambda item: (-item[0], item[1].name),
    )
    if refused and (not matches or refused[0][0] > matches[0].score):
        refusal = refused[0][1]
        raise NotHoldingsError(f"{where}: this file is {refusal.title}, not positions. {refusal.message}")
    best = matches[0] if matches else None
    if best is not None and best.header is None:
        raise InputError(_lacking(where, best))
    guess = generic.guess(sheet, top.rows, library.generic)
    if best is None:
        if guess is None:
            # A guess of what an unknown file is: it may be one of holdings all the same.
            raise InputError(_activity(where) if generic.is_activity(top.rows) else no_table(where))
        layout, header, columns, confidence, note = guess
        return Match(layout, confidence, header, columns, (), note), (
            f"Not an export that is known: its columns were taken for what they seem to hold. {note}"
        )
    others = [(match.layout.title, match.score) for match in matches[1:]]
    if guess is not None:
        others.append((library.generic.title, generic.CEILING * guess[3]))
    rival = max(others, key=lambda item: item[1], default=None)
    second = f"; next best: {rival[0]}, {100 * rival[1]:.0f} %" if rival else ""
    return best, f"Read as {best.layout.title} (fit {100 * best.score:.0f} %{second})."


def _activity(where: str) -> str:
    return (
        f"{where}: this looks like a list of transactions or closed lots, not of what is held. "
        "Export the positions (holdings) page of the broker's site as CSV or Excel."
    )


def no_table(where: str) -> str:
    """The message for a sheet in which no holdings table is found."""
    return (
        f"{where}: no table of holdings is found in the first {HEADER_ROWS} rows. Expected a heading row with a symbol "
        "(or CUSIP or name) and a quantity or value, and rows under it, for example: Symbol, Quantity, Price, Value. "
        "Export the positions page of the broker's site as CSV or Excel."
    )


def _lacking(where: str, match: Match) -> str:
    names: Sequence[str] = [
        match.layout.columns[key][0].title() for key in match.missing if key in match.layout.columns
    ]
    return (
        f"{where}: this is a {match.layout.title} file, but its heading lacks the column "
        f"{' and '.join(names) or 'of holdings'}. {match.layout.advice}"
    )


def _forced(top: Top, file: FileInfo, library: Library, forced: str, where: str) -> tuple[Match, str]:
    if forced == library.generic.name:
        guess = generic.guess(top.sheet, top.rows, library.generic)
        if guess is None:
            raise InputError(no_table(where))
        layout, header, columns, confidence, note = guess
        return Match(layout, confidence, header, columns, (), note), f"Read by the generic layout, as asked. {note}"
    wanted = next((item for item in library.layouts if item.name == forced), None)
    if wanted is None:
        names = ", ".join([item.name for item in library.layouts] + [library.generic.name])
        raise UsageError(f"unknown layout {forced!r}; known layouts: {names}")
    match = match_layout(top, wanted, file.name)
    if match is None or match.header is None:
        missing = match.missing if match else wanted.required
        raise InputError(_lacking(where, Match(wanted, 0.0, None, {}, missing)))
    return match, f"Read as {wanted.title}, as asked."
