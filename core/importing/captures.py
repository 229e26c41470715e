"""What a file says outside its table: account, name, security, date and totals in titles, notes and its own name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from core.importing.dates import date_in_file_name, parse_date, parse_minutes
from core.importing.layout import Layout
from core.importing.numbers import parse_number

_MOST_NOTES = 500
_AS_OF = re.compile(
    r"\bas of:?\s*(?P<date>\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2,8} \d{1,2},? \d{4})", re.IGNORECASE
)


class Captures:
    """Lines outside the table, and the groups of a layout's expressions that were found in them."""

    def __init__(self, layout: Layout, file_name: str) -> None:
        self.layout = layout
        self.file_name = file_name
        self.notes: list[str] = []
        self.found: dict[str, str] = {}
        self.as_of: date | None = None
        self.minutes: int | None = None
        for pattern in layout.file_names:
            if match := pattern.search(file_name):
                self.found.update({key: text for key, text in match.groupdict().items() if text})

    def note(self, line: str) -> None:
        """Keep a line outside the table; the first 500 count."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(line)

    def take_titles(self) -> None:
        """Take over what the lines so far say; the first line that says a thing is believed, before the file's name."""
        said: dict[str, str] = {}
        for line in self.notes:
            for pattern in self.layout.titles:
                if match := pattern.search(line):
                    for key, text in match.groupdict().items():
                        if text:
                            said.setdefault(key, text)
        self.found.update(said)

    def take_date(self, latest: date | None) -> None:
        """Settle the file's date: titles, then notes, then ``latest`` (of a column of dates), then its name."""
        if "date" in self.found:
            self._take(self.found["date"], self.found.get("time", ""))
        for pattern in (*self.layout.dates, _AS_OF):
            if self.as_of is not None:
                return
            for line in self.notes:
                if match := pattern.search(line):
                    self._take(match["date"], match.groupdict().get("time") or "")
        if self.as_of is None:
            self.as_of = latest or date_in_file_name(self.file_name)

    def _take(self, text: str, time: str) -> None:
        text = f"{text[:2]}/{text[2:4]}/{text[4:]}" if len(text) == 8 and text.isdigit() and text[:2] < "19" else text
        try:
            self.as_of = parse_date(text)
        except ValueError:
            return
        self.minutes = parse_minutes(time) if time else None

    def stated(self) -> Iterator[tuple[str, Decimal]]:
        """Totals that lines outside the table state: ("value" or "cost", dollars)."""
        for pattern in self.layout.stated:
            for line in self.notes:
                match = pattern.search(line)
                for key, text in match.groupdict().items() if match else ():
                    try:
                        amount = parse_number(text or "")
                    except ValueError:
                        continue
                    if amount is not None:
                        yield key, amount
                if match:
                    break
