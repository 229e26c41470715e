"""Kenneth French's data library through pandas-datareader: monthly factors, and the six size x value portfolios."""

from __future__ import annotations

import math
from typing import Any

import attrs

from core.providers.pace import Pace
from core.providers.protocols import Failure, Reason
from core.providers.published import ask, new_session

NAME = "Kenneth French's data library"
FACTORS = "F-F_Research_Data_Factors"
PORTFOLIOS = "6_Portfolios_2x3"

FACTOR_COLUMNS = ("Mkt-RF", "SMB", "HML", "RF")
#: Rows small, big; columns low, middle, high book-to-market; value-weighted.
PORTFOLIO_COLUMNS = ("SMALL LoBM", "ME1 BM2", "SMALL HiBM", "BIG LoBM", "ME2 BM2", "BIG HiBM")
_MISSING = -99.0
_START = "1900-01-01"


@attrs.frozen
class Monthly:
    """Monthly returns in per cent. ``first`` is ``yyyy-mm``; ``rows`` follow month by month, a figure a column."""

    name: str
    first: str
    columns: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]


class FrenchProvider:
    """Two tables of the library. ``session`` is for tests: what `published.new_session` makes."""

    name = NAME

    def __init__(self, pace: Pace, *, session: Any = None) -> None:
        self._session = session
        self._pace = pace

    def factors(self) -> Monthly | Failure:
        """Mkt-RF, SMB, HML and RF, every month there is. Raises CancelledError only."""
        return self._table(FACTORS, FACTOR_COLUMNS)

    def portfolios(self) -> Monthly | Failure:
        """The six portfolios formed on size and book-to-market, value-weighted. Raises CancelledError only."""
        return self._table(PORTFOLIOS, PORTFOLIO_COLUMNS)

    def _table(self, name: str, columns: tuple[str, ...]) -> Monthly | Failure:
        if self._session is None:
            self._session = new_session(self._pace)
        session = self._session
        return ask(name, NAME, session, lambda: _read(name, columns, session))


def _read(name: str, columns: tuple[str, ...], session: Any) -> Monthly | Failure:
    from pandas_datareader.famafrench import FamaFrenchReader

    tables = FamaFrenchReader(name, start=_START, retry_count=0, session=session).read()
    if 0 not in tables:
        return _strange(name, "no table in the archive")
    frame = tables[0]
    found = {str(column).strip(): column for column in frame.columns}
    if not set(columns) <= set(found):
        return _strange(name, f"columns {', '.join(found)}")
    rows = [tuple(float(row[found[c]]) for c in columns) for _, row in frame.iterrows()]
    months = [str(period) for period in frame.index]
    # leading months may be missing; one inside is not a table of every month
    while rows and not all(_there(cell) for cell in rows[0]):
        rows.pop(0)
        months.pop(0)
    if not rows or not all(_there(cell) for row in rows for cell in row):
        return _strange(name, "months without a return")
    numbers = [int(month[:4]) * 12 + int(month[5:7]) for month in months]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return _strange(name, "months that do not follow each other")
    return Monthly(name, months[0], columns, tuple(rows))


def _there(cell: float) -> bool:
    return math.isfinite(cell) and _MISSING < cell < 1_000


def _strange(name: str, what: str) -> Failure:
    return Failure(name, Reason.UNREADABLE, f"{NAME}: {name} is not the table expected ({what})")
