"""Monthly factor returns: the embedded series, and the newer one of a refresh.

Mkt-RF, SMB and HML of Fama and French (1993): the market above the one-month bill, small minus big, high minus low
book-to-market. The embedded months are those of ``resources/market/NOTICE.txt``.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray

from core.errors import InputError

if TYPE_CHECKING:
    from core.providers.french import Monthly

Floats = NDArray[np.float64]

#: Months of the shortest series that a refresh may bring: anything less is not the library's whole table.
LEAST_MONTHS = 600


@attrs.frozen(eq=False)
class Factors:
    """Monthly returns as fractions, each (n,); ``first`` is the number of the first month (12 x year + month - 1)."""

    first: int
    market: Floats
    smb: Floats
    hml: Floats
    bill: Floats
    source: str

    @property
    def months(self) -> int:
        """How many months there are."""
        return len(self.market)

    def month(self, index: int) -> str:
        """The month of an index as ``yyyy-mm``; -1 is the month before the first."""
        year, month = divmod(self.first + index, 12)
        return f"{year}-{month + 1:02}"

    @property
    def total_market(self) -> Floats:
        """(n,) return of the market, the bill included."""
        total: Floats = self.market + self.bill
        return total

    def since(self, month: str) -> Factors:
        """The part from a month ``yyyy-mm`` on."""
        start = max(0, month_number(month) - self.first)
        return attrs.evolve(
            self,
            first=self.first + start,
            market=self.market[start:],
            smb=self.smb[start:],
            hml=self.hml[start:],
            bill=self.bill[start:],
        )


def month_number(text: str) -> int:
    """``yyyy-mm`` as 12 x year + month - 1."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


@cache
def embedded() -> Factors:
    """The series that ships with the program: July 1926 to November 2018."""
    text = gzip.decompress((files("resources") / "market" / "factors.csv.gz").read_bytes()).decode("ascii")
    return read_factors(text, "Kenneth French's data library, as carried by the package arch")


def read_factors(text: str, source: str) -> Factors:
    """The compact form: ``month yyyy-mm,mkt_rf,smb,hml,rf``, then whole hundredths of a per cent a line.

    Raises InputError where it is anything else.
    """
    heading, *lines = text.splitlines() or [""]
    if not heading.startswith("month ") or not heading.endswith(",mkt_rf,smb,hml,rf"):
        raise InputError(f"{source}: not a table of monthly factor returns (it begins with {heading[:40]!r}).")
    try:
        first = month_number(heading[6:13])
        table = np.array([[int(cell) for cell in line.split(",")] for line in lines], dtype=float).reshape(-1, 4) / 1e4
    except ValueError as error:
        raise InputError(f"{source}: not a table of monthly factor returns ({error}).") from error
    return Factors(first, table[:, 0], table[:, 1], table[:, 2], table[:, 3], source)


def write_factors(factors: Factors) -> str:
    """The compact form of ``read_factors``; returns are rounded to a hundredth of a per cent, as published."""
    table = np.stack([factors.market, factors.smb, factors.hml, factors.bill], axis=1)
    lines = [",".join(str(round(1e4 * float(x))) for x in row) for row in table]
    return "\n".join([f"month {factors.month(0)},mkt_rf,smb,hml,rf", *lines]) + "\n"


@attrs.frozen(eq=False)
class Portfolios:
    """Monthly returns (n, 6) as fractions: small growth, small blend, small value, then the same of big stocks."""

    first: int
    returns: Floats
    source: str

    @property
    def months(self) -> int:
        """How many months there are."""
        return len(self.returns)


SIX = ("Small growth", "Small blend", "Small value", "Large growth", "Large blend", "Large value")


def from_monthly(table: Monthly) -> Factors:
    """Factors of a table with the columns Mkt-RF, SMB, HML, RF in per cent."""
    values = np.array(table.rows, dtype=float) / 100
    return Factors(month_number(table.first), values[:, 0], values[:, 1], values[:, 2], values[:, 3], _LIBRARY)


def portfolios_from_monthly(table: Monthly) -> Portfolios:
    """Portfolios of a table of the six in per cent, in the library's order."""
    return Portfolios(month_number(table.first), np.array(table.rows, dtype=float) / 100, _LIBRARY)


_LIBRARY = "Kenneth French's data library"


def read_portfolios(text: str, source: str) -> Portfolios:
    """The compact form: ``month yyyy-mm,six``, then six whole hundredths of a per cent a line. Raises InputError."""
    heading, *lines = text.splitlines() or [""]
    if not heading.startswith("month ") or not heading.endswith(",six"):
        raise InputError(f"{source}: not a table of six portfolios (it begins with {heading[:40]!r}).")
    try:
        table = np.array([[int(cell) for cell in line.split(",")] for line in lines], dtype=float).reshape(-1, 6) / 1e4
        return Portfolios(month_number(heading[6:13]), table, source)
    except ValueError as error:
        raise InputError(f"{source}: not a table of six portfolios ({error}).") from error


def write_portfolios(portfolios: Portfolios) -> str:
    """The compact form of ``read_portfolios``."""
    year, month = divmod(portfolios.first, 12)
    lines = [",".join(str(round(1e4 * float(x))) for x in row) for row in portfolios.returns]
    return "\n".join([f"month {year}-{month + 1:02},six", *lines]) + "\n"
