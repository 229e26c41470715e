"""Dates as brokers print them -> ``datetime.date``. US order (month first) where digits alone do not tell."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from core.importing.numbers import is_null

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
# What may follow a date in its cell: a time of day, with zone.
_TIME = r"(?:(?:[T,; ]|\s)+[0-9:., APMapm]*(?:[A-Za-z]{1,4})?)?"
_YMD = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_MDY = re.compile(rf"(\d{{1,2}})[-/](\d{{1,2}})[-/](\d{{4}}|\d{{2}}){_TIME}")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T;, ] ?[0-9:]{4,8})?")
_NAME_FIRST = re.compile(rf"([A-Za-z]{{3,9}})\.?[- ]+(\d{{1,2}}),?[- ]+'?(\d{{4}}|\d{{2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[- ]?([A-Za-z]{{3,9}})[- ,]*'?(\d{{4}}|\d{{2}}){_TIME}")
# The zero of Unix, of spreadsheets and of one custodian's lot numbers: all mean "no date".
_NONE = frozenset({date(1969, 12, 31), date(1970, 1, 1), date(1951, 1, 1), date(1899, 12, 30), date(1899, 12, 31)})


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 69 else 1900)


@lru_cache(maxsize=1 << 16)
def parse_date(text: str) -> date | None:
    """The date in a cell, a time of day after it ignored; None for blanks, dashes, ``Multiple`` and zero dates.

    Raises
    ------
    ValueError
        Where the text is no date of the years 1800 to 2199, month first where only digits are given.
    """
    cleaned = text.strip()
    if cleaned.startswith('="') and cleaned.endswith('"'):
        cleaned = cleaned[2:-1].strip()
    if is_null(cleaned) or cleaned.casefold() in ("mixed", "0", "placeholder", "na"):
        return None
    if len(cleaned) > 40 or not cleaned.isascii():
        raise ValueError(text)
    if match := _MDY.fullmatch(cleaned):
        month, day, year = int(match[1]), int(match[2]), _year(match[3])
    elif match := (_YMD.fullmatch(cleaned) or _COMPACT.fullmatch(cleaned)):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DOTTED.fullmatch(cleaned):  # points are used where the day stands first
        day, month, year = int(match[1]), int(match[2]), int(match[3])
    elif match := _NAME_FIRST.fullmatch(cleaned):
        month, day, year = _MONTHS.get(match[1][:3].lower(), 0), int(match[2]), _year(match[3])
    elif match := _DAY_FIRST.fullmatch(cleaned):
        day, month, year = int(match[1]), _MONTHS.get(match[2][:3].lower(), 0), _year(match[3])
    else:
        raise ValueError(text)
    if not 1800 <= year < 2200:
        raise ValueError(text)
    value = date(year, month, day)  # raises ValueError for a day that does not exist
    return None if value in _NONE else value


def date_or_none(text: str) -> date | None:
    """The date in a cell, None where there is none or it is no date at all."""
    try:
        return parse_date(text)
    except ValueError:
        return None


_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*([APap])?")


def parse_minutes(text: str) -> int | None:
    """Minutes after midnight of the first time of day in the text (``05:14 PM``), or None."""
    match = _CLOCK.search(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    hour = int(match[1])
    if match[3]:
        hour = hour % 12 + (12 if match[3] in "Pp" else 0)
    return hour * 60 + int(match[2])


_IN_FILE_NAME = (
    re.compile(r"(?<!\d)(\d{4}[-_.]\d{2}[-_.]\d{2})(?!\d)"),
    re.compile(r"(?<![A-Za-z])([A-Za-z]{3}-\d{2}-\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(\d{2}[-_]\d{2}[-_]\d{4})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d{6})(?!\d)"),
    re.compile(r"(?<!\d)([01]\d[0-3]\d20\d{2})(?!\d)"),
)


def date_in_file_name(name: str) -> date | None:
    """A date that stands in a file's name (``...-2026-03-10-171456.csv``, ``..._Aug-15-2026.csv``), or None."""
    for pattern in _IN_FILE_NAME:
        for match in pattern.finditer(name):
            text = match[1].replace("_", "-").replace(".", "-")
            if len(text) == 8 and text.isdigit() and text[4:6] == "20" and text[:2] not in ("19", "20"):
                text = f"{text[:2]}/{text[2:4]}/{text[4:]}"
            try:
                value = parse_date(text)
            except ValueError:
                continue
            if value is not None:
                return value
    return None


def without_date(name: str) -> str:
    """A file's name without the date and time in it, and the signs around them."""
    for pattern in _IN_FILE_NAME:
        name = pattern.sub(" ", name)
    return re.sub(r"(?<!\d)\d{6}(?!\d)$", " ", name.strip("-_. ")).strip("-_. ").replace("  ", " ")
