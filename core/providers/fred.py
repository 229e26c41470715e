"""Series of the Federal Reserve Bank of St. Louis (FRED), keyless, through pandas-datareader."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import attrs

from core.providers.pace import Pace
from core.providers.protocols import Failure, Reason
from core.providers.published import ask, new_session

NAME = "FRED"
_HEADINGS = (b"observation_date,", b"date,")


@attrs.frozen
class Series:
    """Values by day, rising; per cent and millions as published. Days without a value are left out."""

    name: str
    dates: tuple[date, ...]
    values: tuple[float, ...]

    def before(self, day: date) -> float | None:
        """The last value on or before a day; None where there is none."""
        found = [value for when, value in zip(self.dates, self.values, strict=True) if when <= day]
        return found[-1] if found else None


class FredProvider:
    """Series by name, such as ``FEDFUNDS``. ``session`` is for tests: what `published.new_session` makes."""

    name = NAME

    def __init__(self, pace: Pace, *, session: Any = None) -> None:
        self._session = session
        self._pace = pace

    def series(self, name: str, since: date, until: date) -> Series | Failure:
        """The series between two days. Raises CancelledError only."""
        if not name.isalnum() or not name.isascii():
            return Failure(name, Reason.NOT_A_TICKER, f"{name} is no name of a series; it was not sent")
        if self._session is None:
            self._session = new_session(self._pace)
        session = self._session
        return ask(name, NAME, session, lambda: self._read(name, session, since, until))

    def _read(self, name: str, session: Any, since: date, until: date) -> Series | Failure:
        from pandas_datareader.fred import FredReader

        # the whole series arrives whatever the dates; the library cuts it
        reader = FredReader(
            name, start=since - timedelta(days=1), end=until + timedelta(days=1), retry_count=0, session=session
        )
        column = reader.read()[name]
        if not session.start.lower().startswith(_HEADINGS):
            # the library takes any text for a table, a maintenance page too
            return Failure(name, Reason.UNREADABLE, f"{NAME}: the answer for {name} is no table")
        pairs = [(moment.date(), float(value)) for moment, value in column.items() if math.isfinite(float(value))]
        kept = sorted((day, value) for day, value in pairs if since <= day <= until)
        if not kept:
            return Failure(name, Reason.EMPTY, f"{NAME} has no values of {name} from {since} to {until}")
        return Series(name, tuple(day for day, _ in kept), tuple(value for _, value in kept))
