"""Figures as the user's locale writes them. Money is US dollars whatever the locale."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from PySide6.QtCore import QDate, QLocale

#: What stands where a figure is not known: a word, never an empty cell.
UNKNOWN = "unknown"
#: What stands where a figure has no meaning (the gain of a purchase).
NONE = "–"
MINUS = "\u2212"

Number = Decimal | float | int


@cache
def _locale(name: str) -> QLocale:
    locale = QLocale(name)
    locale.setNumberOptions(QLocale.NumberOption.DefaultNumberOptions)
    return locale


def locale() -> QLocale:
    """The application's locale."""
    return _locale(QLocale().name())


def number(value: Number, digits: int = 0, *, sign: bool = False) -> str:
    """``value`` with ``digits`` decimals (half rounds away from zero) and the locale's groups.

    ``sign`` puts a plus before positive figures.
    """
    return _written(QLocale().name(), value, digits, sign)


@lru_cache(maxsize=4096)  # a figure is painted, spoken and measured: written once is enough
def _written(language: str, value: Number, digits: int, sign: bool) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    size = float(abs(exact).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))
    text = _locale(language).toString(size, "f", digits)
    if size == 0:
        return text
    if value < 0:
        return MINUS + text
    return "+" + text if sign else text


def money(value: Number | None, *, cents: bool = False, sign: bool = False) -> str:
    """Dollars, whole or with cents: $1,234 or −$1,234.50; an unknown amount is said to be unknown."""
    if value is None:
        return UNKNOWN
    text = number(value, 2 if cents else 0, sign=sign)
    if text[0] in ("+", MINUS):
        return f"{text[0]}${text[1:]}"
    return f"${text}"


def money_short(value: Number) -> str:
    """Dollars in few characters for axes and bars: $950, $12.4K, $3.21M, $1.05B."""
    size = abs(float(value))
    sign = MINUS if value < 0 else ""
    if size < 1_000:
        return f"{sign}${number(size)}"
    if size < 999_500:
        return f"{sign}${number(size / 1_000, 1 if size < 99_950 else 0)}K"
    if size < 999_950_000:
        return f"{sign}${number(size / 1_000_000, 2 if size < 9_995_000 else 1)}M"
    return f"{sign}${number(size / 1_000_000_000, 2)}B"


def percent(share: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """A fraction as per cent: 0.1234 is 12.3 %."""
    if share is None:
        return UNKNOWN
    return number(share * 100, digits, sign=sign) + "\u202f%"


def points(change: float, digits: int = 1) -> str:
    """A difference of two fractions in percentage points, signed: +2.4 pt."""
    return number(change * 100, digits, sign=True) + "\u202fpt"


def quantity(value: Number | None) -> str:
    """Shares or units: as many decimals as it has, at most four."""
    if value is None:
        return UNKNOWN
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    rounded = round(exact, 4).normalize()
    exponent = rounded.as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    return number(rounded, digits)


def price(value: Number | None) -> str:
    """A price in dollars: two decimals, more (to four) where it has them."""
    if value is None:
        return UNKNOWN
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    exponent = round(exact, 4).normalize().as_tuple().exponent
    digits = max(2, -exponent) if isinstance(exponent, int) else 2
    return number(exact, digits)


def date_text(day: date | None) -> str:
    """A date in the locale's short form, with the year in full; ISO in the C locale."""
    if day is None:
        return UNKNOWN
    if locale().language() == QLocale.Language.C:
        return day.isoformat()
    style = locale().dateFormat(QLocale.FormatType.ShortFormat)
    if "yyyy" not in style:
        style = style.replace("yy", "yyyy")
    return locale().toString(QDate(day.year, day.month, day.day), style)


def written_date(written: str | None) -> str:
    """A date of a classification or an observation as the user writes dates; what is no whole date as it is."""
    try:
        return date_text(date.fromisoformat(written)) if written else UNKNOWN
    except ValueError:
        return written or UNKNOWN


def plural(count: int, one: str, many: str | None = None) -> str:
    """``count`` with its noun: 1 trade, 3 trades."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
