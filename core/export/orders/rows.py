"""Rows of delimited text as bytes, and back; quoting that no column can break out of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from core.errors import InputError
from core.export.text import looks_like_formula

CRLF = "\r\n"


def safe_text(text: str) -> str:
    """Free text (names, notes) for a delimited file: one line, printable, never a formula.

    An apostrophe before it is what spreadsheets themselves write for "this is text".
    """
    flat = " ".join("".join(c if c.isprintable() or c in "\t\r\n" else "\ufffd" for c in text).split())
    # What was cut off in front must not hide that the text began like a formula.
    return "'" + flat if looks_like_formula(flat) else flat


def delimited(
    rows: Iterable[Sequence[str]], *, delimiter: str = ",", quote_all: bool = False, line_end: str = CRLF
) -> bytes:
    """Rows as UTF-8 text, quoted where needed (or everywhere)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=delimiter,
        lineterminator=line_end,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8")


def undelimited(content: bytes, where: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a file, empty ones left out. Raises InputError where it is no such text."""
    try:
        text = content.decode("utf-8-sig")
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{where} is not readable as delimited text: {error}") from error
