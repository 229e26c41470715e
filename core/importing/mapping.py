"""Columns of a table that no layout knows: guessed, corrected by the user, and remembered by the table's heading."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from core.errors import InputError
from core.household import Finding, Severity
from core.importing import generic
from core.importing.columns import KEYS, find_columns, index_names, names_of
from core.importing.detect import HEADER_ROWS, no_table, top_of
from core.importing.grid import Row
from core.importing.interpret import interpret
from core.importing.layout import Layout, library
from core.importing.records import FileInfo, Reading, Role
from core.importing.sheets import Sheet, is_blank
from core.importing.watch import UNWATCHED, Watch

SCHEMA = "trimtab/mapping/1"
CHOICES = tuple(key for key in KEYS if key not in ("level", "lot_id", "closed", "cash", "group", "last_name"))
"""The meanings a user may give a column, in the order to offer them."""
_MOST_COLUMNS = 10_000


@attrs.frozen
class MappedColumn:
    """One column: its place from 0, its heading as printed, what it means (None: nothing is taken from it), how sure
    that is from 0 to 1, and why.
    """

    place: int
    heading: str
    key: str | None
    confidence: float
    reason: str


@attrs.frozen
class TableMapping:
    """How to read a table: ``header`` is the index of its heading row, ``columns`` has one entry for each column.

    ``fingerprint`` is the heading's: tables of the same fingerprint are read the same way. ``custodian`` and
    ``account`` name what the table does not (empty: as the file's name says).
    """

    fingerprint: str
    header: int
    columns: tuple[MappedColumn, ...]
    role: Role
    confidence: float
    custodian: str = ""
    account: str = ""
    note: str = ""

    def with_key(self, place: int, key: str | None) -> TableMapping:
        """The mapping with another meaning for one column, as the user says; a key goes to one column only.

        Raises
        ------
        ValueError
            Where the place or the key does not exist.
        """
        if key is not None and key not in CHOICES:
            raise ValueError(f"no meaning {key!r}")
        if not 0 <= place < len(self.columns):
            raise ValueError(f"no column {place}")
        columns = []
        for column in self.columns:
            if column.place == place:
                column = attrs.evolve(column, key=key, confidence=1.0, reason="as you say")
            elif key is not None and column.key == key:
                column = attrs.evolve(column, key=None, confidence=1.0, reason="another column is meant")
            columns.append(column)
        dated = any(column.key == "acquired" for column in columns)
        return attrs.evolve(self, columns=tuple(columns), role=Role.LOTS if dated else Role.POSITIONS)

    def places(self) -> dict[str, tuple[int, ...]]:
        """Place of each meaning."""
        return {column.key: (column.place,) for column in self.columns if column.key is not None}

    def lacks(self) -> tuple[str, ...]:
        """What must still be said before the table can be read: a name and a quantity or value."""
        known = self.places()
        missing = []
        if not {"symbol", "cusip", "description"} & set(known):
            missing.append("symbol")
        if not {"quantity", "value"} & set(known):
            missing.append("quantity")
        return tuple(missing)


def fingerprint(heading: Row) -> str:
    """What a heading row is remembered by: its names in order, without case, footnote marks and blank cells at the end.

    The first 16 hexadecimal digits of their SHA-256.
    """
    names = [names_of(cell)[0] if cell else "" for cell in heading[:_MOST_COLUMNS]]
    while names and not names[-1]:
        names.pop()
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()[:16]


def guess_mapping(sheet: Sheet) -> TableMapping:
    """The best guess at a table's columns, by names and by content.

    Raises
    ------
    InputError
        Where no row can be the heading of a table of holdings, and none can be offered as one.
    """
    layout = library().generic
    top = top_of(sheet)
    found = generic.guess(sheet, top.rows, layout)
    if found is None:
        header = next((index for index, row in top.rows if sum(bool(cell.strip()) for cell in row) > 2), None)
        if header is None:
            raise InputError(no_table(sheet.name or "the table"))
        return mapping_at(sheet, header)
    return _mapped(sheet, found.header, found.columns, found.layout.role, found.confidence, found.note)


def mapping_at(sheet: Sheet, header: int) -> TableMapping:
    """The mapping with the heading in the row the user points to (index from 0), its columns guessed.

    Raises
    ------
    ValueError
        Where there is no such row.
    """
    if not 0 <= header < len(sheet.rows):
        raise ValueError(f"no row {header}")
    layout = library().generic
    found = generic.guess(sheet, [(header, sheet.rows[header])], layout)
    if found is not None:
        return _mapped(sheet, header, found.columns, found.layout.role, found.confidence, found.note)
    columns = find_columns(index_names(sheet.rows[header]), layout.columns)
    role = Role.LOTS if "acquired" in columns else Role.POSITIONS
    return _mapped(sheet, header, {key: places[:1] for key, places in columns.items()}, role, 0.0, "")


def _mapped(
    sheet: Sheet, header: int, columns: Mapping[str, Sequence[int]], role: Role, confidence: float, note: str
) -> TableMapping:
    heading = sheet.rows[header]
    below = [row for row in sheet.rows[header + 1 : header + 301] if not is_blank(row)][:100]
    width = max([len(heading), *(len(row) for row in below)], default=0)
    named = find_columns(index_names(heading), library().generic.columns)
    proof = generic.proof(below, {key: tuple(places) for key, places in columns.items()})
    keys: dict[int, str] = {}
    for name, places in columns.items():
        keys.setdefault(places[0], name)
    result = []
    for place in range(min(width, _MOST_COLUMNS)):
        cell = heading[place].strip() if place < len(heading) else ""
        key = keys.get(place)
        sure, why = generic.column_confidence(key, place, named, below, proof)
        result.append(MappedColumn(place, cell, key, sure, why))
    return TableMapping(fingerprint(heading), header, tuple(result), role, confidence, note=note)


def apply_mapping(sheet: Sheet, mapping: TableMapping, file: FileInfo, watch: Watch = UNWATCHED) -> Reading:
    """Read a sheet by a mapping.

    Raises
    ------
    InputError
        Where the mapping lacks what is needed, the heading is not there, or a cell is not what its column must hold.
    """
    if missing := mapping.lacks():
        raise InputError(f"{file.path}: say first which column holds the {' and the '.join(missing)}.")
    header = _heading_of(sheet, mapping)
    if header is None:
        raise InputError(f"{file.path}: the heading this mapping was made for is not in the first {HEADER_ROWS} rows.")
    layout = _layout(mapping)
    reading = interpret(sheet, layout, header, mapping.places(), file, watch)
    said = ", ".join(
        f"{column.key.replace('_', ' ')} = '{column.heading}'" for column in mapping.columns if column.key is not None
    )
    message = f"Read with the columns you gave for this heading: {said}."
    reading.findings.insert(0, Finding(Severity.INFO, "layout", reading.where, message))
    return reading


def _heading_of(sheet: Sheet, mapping: TableMapping) -> int | None:
    if mapping.header < len(sheet.rows) and fingerprint(sheet.rows[mapping.header]) == mapping.fingerprint:
        return mapping.header
    rows = top_of(sheet).rows
    return next((index for index, row in rows if fingerprint(row) == mapping.fingerprint), None)


def _layout(mapping: TableMapping) -> Layout:
    """The generic layout with the user's columns: no other name counts, and its rows are told apart by them."""
    columns = {
        column.key: (names_of(column.heading)[0] if column.heading else f"#{column.place + 1}",)
        for column in mapping.columns
        if column.key is not None
    }
    return attrs.evolve(
        library().generic,
        role=mapping.role,
        custodian=mapping.custodian or None,
        unnamed=mapping.account,
        columns=columns,
        required=tuple(columns),
    )


def remembered(sheet: Sheet, mappings: Mapping[str, TableMapping]) -> TableMapping | None:
    """The mapping that is stored for one of the first rows of a sheet, if any."""
    if not mappings:
        return None
    for _, row in top_of(sheet).rows:
        found = mappings.get(fingerprint(row))
        if found is not None:
            return found
    return None


# -- to and from a file ----------------------------------------------------------------------------------------


def mapping_json(mapping: TableMapping) -> dict[str, Any]:
    """The mapping as a JSON document, to keep or to give to a colleague; it holds headings and no holdings."""
    return {
        "schema": SCHEMA,
        "fingerprint": mapping.fingerprint,
        "header": mapping.header,
        "role": mapping.role.value,
        "confidence": mapping.confidence,
        "custodian": mapping.custodian,
        "account": mapping.account,
        "columns": [
            {"heading": c.heading, "key": c.key, "confidence": c.confidence, "reason": c.reason}
            for c in mapping.columns
        ],
    }


def mapping_from_json(document: Any, where: str) -> TableMapping:
    """The mapping that a JSON document describes.

    Raises
    ------
    InputError
        Where it is not such a document; the message names the key.
    """
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{where}: this is no column mapping (expected the schema {SCHEMA!r}).")

    def take(source: dict[str, Any], key: str, kinds: tuple[type, ...], place: str) -> Any:
        value = source.get(key)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise InputError(f"{where}: {place}{key}: expected {' or '.join(kind.__name__ for kind in kinds)}.")
        return value

    known = {"schema", "fingerprint", "header", "role", "confidence", "custodian", "account", "columns"}
    if unknown := sorted(set(map(str, document)) - known):
        raise InputError(f"{where}: unknown key {unknown[0]!r}.")
    columns: list[MappedColumn] = []
    seen: set[str] = set()
    entries = take(document, "columns", (list,), "")
    if len(entries) > _MOST_COLUMNS:
        raise InputError(f"{where}: columns: more than {_MOST_COLUMNS:,}.")
    for place, entry in enumerate(entries):
        at = f"columns[{place}]."
        if not isinstance(entry, dict):
            raise InputError(f"{where}: {at[:-1]}: expected an object in braces.")
        key = take(entry, "key", (str, type(None)), at)
        if key is not None and (key not in KEYS or key in seen):
            problem = "stands twice" if key in seen else "is unknown"
            raise InputError(f"{where}: {at}key: {key[:40]!r} {problem}; known are {', '.join(CHOICES)}.")
        seen |= {key} if key else set()
        sure = float(take(entry, "confidence", (int, float), at))
        columns.append(
            MappedColumn(place, take(entry, "heading", (str,), at), key, sure, take(entry, "reason", (str,), at))
        )
    role = take(document, "role", (str,), "")
    if role not in tuple(Role):
        raise InputError(f"{where}: role: expected positions or lots.")
    header = take(document, "header", (int,), "")
    own = fingerprint([column.heading for column in columns])
    if own != take(document, "fingerprint", (str,), ""):
        raise InputError(f"{where}: fingerprint: it is not that of the headings; the file was changed by hand.")
    return TableMapping(
        own,
        max(0, header),
        tuple(columns),
        Role(role),
        float(take(document, "confidence", (int, float), "")),
        take(document, "custodian", (str,), ""),
        take(document, "account", (str,), ""),
    )
