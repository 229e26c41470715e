"""Words and tables on a terminal of any kind: narrow, wide, UTF-8 or an old code page, or a pipe."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from decimal import Decimal
from typing import TextIO

import attrs

_FALLBACKS = {"✓": "ok", "✗": "!!", "–": "-", "…": "...", "→": "->", "·": "|", "─": "-"}


@attrs.frozen
class Column:
    """A column of a table: its heading, the side it is aligned to, and whether it may be cut to fit."""

    heading: str
    right: bool = False
    elastic: bool = False


class Console:
    """Standard output and error, made so that no character of any name can stop the program."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.out = out if out is not None else sys.stdout
        self.err = err if err is not None else sys.stderr
        for stream in (self.out, self.err):
            # A console of an old code page shows what it can't write as ?; it must not end the program.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")

    @property
    def width(self) -> int:
        """Characters of a line: those of the terminal, or enough for any table where there is none."""
        if not self.out.isatty():
            return 160
        return max(60, shutil.get_terminal_size((100, 24)).columns)

    def line(self, text: str = "") -> None:
        """A line on standard output."""
        self.out.write(self._fit(text, self.out) + "\n")

    def heading(self, text: str) -> None:
        """A heading with an empty line before it."""
        self.line()
        self.line(text)

    def paragraph(self, text: str, *, hanging: int = 2) -> None:
        """Text broken into lines, two columns in; lines after the first stand ``hanging`` columns in."""
        width = max(40, min(self.width, 120))
        lines = textwrap.wrap(
            self._fit(text, self.out),
            width - 2,
            initial_indent="  ",
            subsequent_indent=" " * hanging,
            break_on_hyphens=False,
        )
        for line in lines or [""]:
            self.line(line)

    def note(self, text: str) -> None:
        """A line on standard error: progress, warnings, failures."""
        self.err.write(self._fit(text, self.err) + "\n")
        self.err.flush()

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, total: Sequence[str] | None = None
    ) -> None:
        """A table with its headings; ``total`` is a last row under a line. Elastic columns give way in the middle."""
        every = [[c.heading for c in columns], *rows, *([total] if total is not None else [])]
        cells = [[one_line(self._fit(cell, self.out)) for cell in row] for row in every]
        widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
        excess = sum(widths) + 2 * len(widths) - self.width
        for i, column in enumerate(columns):
            if column.elastic and excess > 0:
                given = min(excess, max(0, widths[i] - max(10, len(column.heading))))
                widths[i], excess = widths[i] - given, excess - given
        for number, row in enumerate(cells):
            if total is not None and number == len(cells) - 1:
                self.line("  " + "  ".join("─" * width for width in widths))
            line = "  ".join(
                _padded(shortened(cell, width, self._fit("…", self.out)), width, column.right)
                for cell, width, column in zip(row, widths, columns, strict=True)
            )
            self.line("  " + line.rstrip())

    def _fit(self, text: str, stream: TextIO) -> str:
        """The text with signs that the stream can't write said otherwise; control characters made visible."""
        encoding = getattr(stream, "encoding", None) or "ascii"
        for sign, words in _FALLBACKS.items():
            if sign in text and not _can_write(sign, encoding):
                text = text.replace(sign, words)
        return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def shortened(text: str, width: int, ellipsis: str) -> str:
    """The text cut to a width, the middle left out so that both ends stay."""
    if len(text) <= width:
        return text
    kept = max(width - len(ellipsis), 0)
    tail = kept // 3
    return text[: kept - tail] + ellipsis + (text[len(text) - tail :] if tail else "")


def counted(count: int, one: str) -> str:
    """A count with its noun: 1 record, 3 records."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def money(amount: Decimal | float) -> str:
    """Dollars with cents."""
    return f"{amount:,.2f}"


def price(dollars: Decimal) -> str:
    """A price with cents, or with more digits where it has them."""
    whole, _, digits = f"{dollars.normalize():,f}".partition(".")
    return f"{whole}.{digits.ljust(2, '0')}"


def quantity(units: Decimal) -> str:
    """Units without idle zeros."""
    text = f"{units.normalize():,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def share(fraction: float) -> str:
    """A fraction in per cent."""
    return f"{round(100 * fraction, 1) + 0.0:.1f} %"


def _padded(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _can_write(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
