"""Tracking error as an aim: how securities vary together, and how much distance from the model is accepted.

A covariance is annual: variances of yearly returns, as fractions squared (0.04 is a volatility of 20 % a year).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from core.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.tilt.factors import Factors

#: A negative eigenvalue up to this share of the largest is rounding; it counts as none.
ROUNDING = 1e-6


def _equal(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    # numpy is imported where it is needed: every target is of this module, and a window must open soon.
    import numpy as np

    return np.array_equal(one, other)


@attrs.frozen(slots=False)
class Covariance:
    """Annual covariance of the returns of ``symbols`` (sorted): ``matrix`` (R, R), symmetric, positive semidefinite."""

    symbols: tuple[str, ...]
    matrix: NDArray[np.float64] = attrs.field(eq=attrs.cmp_using(eq=_equal), repr=False)

    @cached_property
    def factors(self) -> Factors | None:
        """Its factors, where it is made of a few and a diagonal (to rounding); None where it isn't."""
        from core.tilt.factors import factors_of

        return factors_of(self.matrix)


@attrs.frozen
class Risk:
    """How close to the model's weights the household should move with it (methods.md, "Tracking error").

    limit : the most annual tracking error a plan may leave, a fraction (None: no limit). aversion : dollars that a
    dollar of tracking-error variance is worth in the objective.
    """

    covariance: Covariance
    limit: float | None = None
    aversion: float = 0.0


def covariance_of(symbols: Sequence[str], rows: Sequence[Sequence[float]], where: str) -> Covariance:
    """A covariance from a table of its figures; ``where`` names it in messages.

    Raises InputError where it isn't square, finite, symmetric (to a millionth) and positive semidefinite, or a symbol
    stands in it twice.
    """
    import numpy as np

    twice = sorted({s for s in symbols if list(symbols).count(s) > 1})
    if twice:
        raise InputError(f"{where}: {twice[0]} stands in the covariance twice; give each symbol one row and column.")
    if not symbols:
        raise InputError(f"{where}: the covariance has no symbols; write them in its first row.")
    if len(rows) != len(symbols) or any(len(row) != len(symbols) for row in rows):
        raise InputError(
            f"{where}: the covariance isn't square: {len(symbols)} symbols, {len(rows)} rows of "
            f"{', '.join(sorted({str(len(row)) for row in rows}))} figures."
        )
    matrix = np.array(rows, dtype=np.float64)
    if not np.isfinite(matrix).all():
        raise InputError(f"{where}: a figure of the covariance is missing or not a number.")
    scale = float(np.abs(matrix).max())
    apart = np.abs(matrix - matrix.T)
    if apart.max() > 1e-6 * scale:
        i, j = (int(k) for k in np.unravel_index(int(np.argmax(apart)), apart.shape))
        raise InputError(
            f"{where}: the covariance isn't symmetric: {symbols[i]} with {symbols[j]} is {matrix[i, j]:g}, "
            f"{symbols[j]} with {symbols[i]} is {matrix[j, i]:g}."
        )
    order = np.argsort(np.array(list(symbols)))
    matrix = ((matrix + matrix.T) / 2)[np.ix_(order, order)]
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -ROUNDING * max(float(values[-1]), 0.0) or values[-1] < 0:
        raise InputError(
            f"{where}: this is no covariance: some mix of the securities would have a negative variance "
            f"({values[0]:g}). Estimate it from prices over the same dates for all, or repair it."
        )
    if values[0] < 0:
        matrix = (vectors * np.maximum(values, 0.0)) @ vectors.T
        matrix = (matrix + matrix.T) / 2
    return Covariance(tuple(str(symbols[i]) for i in order), matrix)


def read_covariance(path: Path) -> Covariance:
    """A covariance from a CSV file: symbols in the first row (from its second column) and in the first column.

    Raises InputError (file, row, column, what was found) where it can't be read.
    """
    try:
        rows = [row for row in csv.reader(path.read_text("utf-8-sig").splitlines()) if any(c.strip() for c in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: the covariance can't be read ({error}).") from error
    if len(rows) < 2:
        raise InputError(f"{path}: the covariance is empty; its first row should name the symbols.")
    symbols = [cell.strip() for cell in rows[0][1:]]
    found: dict[str, list[float]] = {}
    for number, row in enumerate(rows[1:], 2):
        symbol = row[0].strip()
        if symbol not in symbols:
            raise InputError(f"{path}, row {number}: {symbol!r} has a row but no column; both need the same symbols.")
        if symbol in found:
            raise InputError(f"{path}, row {number}: {symbol} has a second row.")
        found[symbol] = [_figure(cell, path, number, column) for column, cell in zip(symbols, row[1:], strict=False)]
        if len(row) - 1 != len(symbols):
            raise InputError(f"{path}, row {number}: {len(row) - 1} figures for {len(symbols)} symbols.")
    missing = [symbol for symbol in symbols if symbol not in found]
    if missing:
        raise InputError(f"{path}: {missing[0]} has a column but no row; both need the same symbols.")
    return covariance_of(symbols, [found[symbol] for symbol in symbols], str(path))


def _figure(text: str, path: Path, row: int, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{path}, row {row}, column {column}: a number is expected, found {text!r}.")
    return value
