"""Bytes of a file -> sheets of untrimmed text cells. The content decides what a file is, never its extension."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from core.errors import InputError
from core.importing.grid import Grid, Row
from core.importing.watch import UNWATCHED, Watch

MAX_BYTES = 200 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_COLUMNS = 10_000
MAX_CELLS = 40_000_000
# A cell with more line breaks than this is an unclosed quote that swallowed the rows below it.
_MAX_LINES_IN_CELL = 60
_DELIMITERS = (",", "\t", ";", "|")
_SNIFFED = 1 << 16
_NOTHING = b"\0 \t\r\n"
_LARGE = 1 << 15  # bytes from which on a text is kept as bytes, if it has enough rows
_PIECE = 100_000  # rows between two looks at the clock
# Expressions search lines and names; a longer one could make them slow and says no more.
_LINE = 1000


class Sheet(NamedTuple):
    """One table of cells. ``rows[i]`` is row ``i + 1`` of the file as a spreadsheet shows it, blank rows included.

    ``name`` is the sheet's name in a workbook, "" for a text file.
    """

    name: str
    rows: Sequence[Row]


def is_blank(row: Sequence[str]) -> bool:
    """Whether a row is wholly empty: such rows count in row numbers and nowhere else."""
    return not any(row) or not any(cell.strip() for cell in row)


def column(rows: Sequence[Row], place: int) -> list[str]:
    """One column's cells; "" where a row is shorter."""
    if isinstance(rows, Grid):
        return rows.column(place)
    try:
        return list(map(itemgetter(place), rows))
    except IndexError:
        return [row[place] if len(row) > place else "" for row in rows]


def raw_line(row: Sequence[str]) -> str:
    """The cells of a title or label row as one line, as if commas had not split it; 1,000 characters at most."""
    return ",".join(itertools.islice(row, 200))[:_LINE].strip().rstrip(",").rstrip()


def check_size(name: str, size: int) -> None:
    """Refuse a file beyond 200 MB before it is read.

    Raises
    ------
    InputError
    """
    if size > MAX_BYTES:
        raise InputError(
            f"{name}: the file has {size / 1048576:,.0f} MB; files up to 200 MB are read. Split it by account."
        )


def read_sheets(name: str, data: bytes, watch: Watch = UNWATCHED) -> list[Sheet]:
    """Every sheet of a CSV, TSV, XLSX, XLSB, XLS, ODS, HTML or SpreadsheetML file.

    Parameters
    ----------
    name
        The file's name, for messages only.
    data
        Its content.
    watch
        Ends the work when it is cancelled or takes too long.

    Raises
    ------
    InputError
        Where the file is empty, no spreadsheet, damaged, or beyond 200 MB, 2 million rows, 10,000 columns or
        40 million cells.
    """
    check_size(name, len(data))
    if not data[:_SNIFFED].strip(_NOTHING) and not data.strip(_NOTHING):
        raise InputError(f"{name}: the file is empty. Export the positions again.")
    sheets = _reader(data)(name, data, watch)
    for sheet in sheets:
        rows = sheet.rows
        check_shape(name, len(rows), rows.width if isinstance(rows, Grid) else max(map(len, rows), default=0))
    return sheets


def check_shape(name: str, rows: int, columns: int) -> None:
    """Refuse more than 2 million rows or 10,000 columns.

    Raises
    ------
    InputError
    """
    if rows > MAX_ROWS:
        raise InputError(f"{name}: the table has {rows:,} rows; up to {MAX_ROWS:,} are read. Split the file.")
    if columns > MAX_COLUMNS:
        raise InputError(
            f"{name}: the table has {columns:,} columns; up to {MAX_COLUMNS:,} are read. Is it a positions export?"
        )


def _reader(data: bytes) -> Callable[[str, bytes, Watch], list[Sheet]]:
    from core.importing import markup, workbooks

    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return workbooks.read_zip
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return workbooks.read_binary
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return _refuse_pdf
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<body", b"<meta", b"<style", b"<div")):
        return markup.read_html
    if b"<flexqueryresponse" in start:
        return markup.read_flex
    if start.startswith((b"<?xml", b"<workbook", b"<ss:workbook")):
        if b"<html" in start or (
            b"<table " in start and b"urn:schemas-microsoft-com:office:spreadsheet" not in data[:8192]
        ):
            return markup.read_html
        return markup.read_spreadsheetml
    return read_text


def _refuse_pdf(name: str, data: bytes, _watch: Watch) -> list[Sheet]:
    raise InputError(f"{name}: this is a PDF of {len(data):,} bytes. Export the positions as CSV or Excel instead.")


def decode(name: str, data: bytes) -> str:
    """Text of a file: UTF-8 or UTF-16 by its mark, UTF-8 by its content, else Windows-1252.

    Marks at the start of later lines are taken away too.

    Raises
    ------
    InputError
        Where the content is binary.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
    elif data[1:400:2].count(0) > 0.8 * len(data[1:400:2]):
        text = data.decode("utf-16-le", errors="replace")
    elif data[0:400:2].count(0) > 0.8 * len(data[0:400:2]):
        text = data.decode("utf-16-be", errors="replace")
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            # Windows-1252 leaves five bytes undefined; they can only be noise in a footnote mark.
            text = data.decode("cp1252", errors="replace")
    if "\ufeff" in text:
        text = text.replace("\ufeff", "")
    text = text.rstrip("\x1a\0")
    if "\0" in text:
        raise InputError(f"{name}: the content is not text and not a workbook. Export the positions as CSV or Excel.")
    return text


def _plain(name: str, data: bytes) -> bytes:
    """The text of a file as UTF-8 without marks; the very same bytes where they are that already.

    Raises
    ------
    InputError
        Where the content is binary.
    """
    if data.isascii() and b"\0" not in data and not data.endswith(b"\x1a"):
        return data
    return decode(name, data).encode(errors="replace")


def read_text(name: str, data: bytes, watch: Watch = UNWATCHED) -> list[Sheet]:
    """The one sheet of a text file, its delimiter (comma, tab, semicolon, bar) found by content.

    Raises
    ------
    InputError
    """
    plain = _plain(name, data)
    delimiter = _delimiter(plain[: 4 * _SNIFFED].decode(errors="ignore")[:_SNIFFED], len(plain) > _SNIFFED)
    too_many = f"{name}: the table has more than {MAX_CELLS:,} cells. Split the file."
    if len(plain) >= _LARGE:
        from core.importing.byte_table import byte_table

        try:
            table = byte_table(plain, delimiter, MAX_CELLS)
        except OverflowError:
            raise InputError(too_many) from None
        if table is not None:
            return [Sheet("", table)]
    breaks = max(plain.count(b"\n"), plain.count(b"\r"))
    if breaks > 2 * MAX_ROWS:
        check_shape(name, breaks, 0)
    if plain.count(delimiter.encode()) + breaks > MAX_CELLS:
        raise InputError(too_many)
    text = plain.decode()
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows: list[Row] = []
        while piece := list(itertools.islice(reader, _PIECE)):
            rows += piece
            watch.check()
    except csv.Error as error:
        raise InputError(
            f"{name}: the rows cannot be told apart ({error}): a quote may never be closed. Export the file again."
        ) from None
    if text.count('"') % 2:
        _check_quotes(name, rows)
    return [Sheet("", rows)]


def _check_quotes(name: str, rows: list[Row]) -> None:
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            if len(cell) > _MAX_LINES_IN_CELL and cell.count("\n") + cell.count("\r") > _MAX_LINES_IN_CELL:
                raise InputError(
                    f"{name}, row {number}, column {column}: a quote is opened before {cell[:20]!r} and never closed. "
                    "Export the file again."
                )


def _delimiter(start: str, cut: bool) -> str:
    """The delimiter that splits the start of a text, ``cut`` somewhere, into the most rows of equal length."""
    if cut:
        start = start[: max(start.rfind("\n"), start.rfind("\r")) + 1] or start
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        if delimiter not in start:
            continue
        rows, weight = _rows_by(delimiter, start, strict=True), 1.0
        if rows is None:
            # The wrong delimiter tears quoted cells apart.
            rows, weight = _rows_by(delimiter, start, strict=False), 0.5
        counts: dict[int, int] = {}
        for row in rows or ():
            counts[len(row)] = counts.get(len(row), 0) + 1
        # Cells of the commonest width: a comma in descriptions makes few rows alike, the true delimiter many.
        score = max((count * (width - 1) for width, count in counts.items()), default=0) * weight
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows_by(delimiter: str, text: str, *, strict: bool) -> list[Row] | None:
    """The rows of more than one cell; None where they cannot be told apart."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
        return [row for row in reader if len(row) > 1]
    except csv.Error:
        return None
