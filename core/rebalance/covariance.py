"""Annual covariances from prices: sample, or statistical factors with a diagonal; and repair of what is none.

methods.md ("Tracking error") has the definitions. Returns are simple and taken as uncorrelated over time, so a
covariance of one period's returns times the periods in a year is annual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.errors import InputError
from core.rebalance.holdings import Floats
from core.tilt.risk import Covariance

DAYS, WEEKS, MONTHS = 252.0, 52.0, 12.0
_FACTORS = 5


def sample_covariance(prices: Mapping[str, Sequence[float]], periods: float = DAYS) -> Covariance:
    """The sample covariance of returns (divisor n - 1), annual.

    ``prices`` by symbol, on the same dates for all, oldest first; adjusted for dividends and splits. ``periods`` is
    the number of intervals between them in a year. Raises InputError where a price is missing or not above zero,
    lengths differ, or there are fewer than three dates.
    """
    symbols, returns = _returns(prices)
    return Covariance(symbols, _sample(returns) * periods)


def factor_covariance(
    prices: Mapping[str, Sequence[float]], factors: int = _FACTORS, periods: float = DAYS
) -> Covariance:
    """Covariance of ``factors`` statistical factors (leading principal components) plus a diagonal, annual.

    Each security's variance is the sample's; what the factors do not explain of it is its own. Arguments and errors
    as of ``sample_covariance``; ValueError where ``factors`` is below zero.
    """
    if factors < 0:
        raise ValueError("factors must be 0 or more")
    symbols, returns = _returns(prices)
    sample = _sample(returns)
    values, vectors = np.linalg.eigh(sample)
    leading = slice(max(0, len(values) - factors), len(values))
    loadings = vectors[:, leading] * np.sqrt(np.maximum(values[leading], 0.0))
    common = loadings @ loadings.T
    own = np.maximum(np.diag(sample) - np.diag(common), 0.0)
    return Covariance(symbols, _symmetric(common + np.diag(own)) * periods)


def positive_semidefinite(matrix: Floats) -> Floats:
    """(R, R) the matrix with negative eigenvalues set to 0, scaled back to the variances it had.

    The usual quick repair of a covariance put together from unequal samples (after Higham 2002, one step of it).
    ``matrix`` is symmetric; its diagonal may not be negative (ValueError).
    """
    variance = np.diag(matrix)
    if (variance < 0).any():
        raise ValueError("a variance is below zero")
    values, vectors = np.linalg.eigh(_symmetric(matrix))
    if values[0] >= 0:
        return _symmetric(matrix)
    clipped = (vectors * np.maximum(values, 0.0)) @ vectors.T
    now = np.diag(clipped)
    scale = np.sqrt(np.divide(variance, now, out=np.zeros(len(now)), where=now > 0))
    return _symmetric(clipped * np.outer(scale, scale))


def _returns(prices: Mapping[str, Sequence[float]]) -> tuple[tuple[str, ...], Floats]:
    """Sorted symbols and (dates - 1, R) simple returns."""
    if not prices:
        raise InputError("Covariance: there are no prices to estimate it from.")
    symbols = tuple(sorted(prices))
    lengths = {len(prices[s]) for s in symbols}
    if len(lengths) > 1:
        raise InputError(
            f"Covariance: prices are needed on the same dates for all; there are between {min(lengths)} and "
            f"{max(lengths)}. Leave out what was not traded throughout."
        )
    table = np.array([prices[s] for s in symbols], dtype=np.float64).T
    if len(table) < 3:
        raise InputError(f"Covariance: at least three dates are needed, {len(table)} are there.")
    bad = ~(np.isfinite(table) & (table > 0))
    if bad.any():
        date, column = (int(i) for i in np.argwhere(bad)[0])
        raise InputError(
            f"Covariance: price {date + 1} of {symbols[column]} is missing or not above zero ({table[date, column]})."
        )
    returns: Floats = table[1:] / table[:-1] - 1.0
    return symbols, returns


def _sample(returns: Floats) -> Floats:
    centred = returns - returns.mean(axis=0)
    return _symmetric(centred.T @ centred / (len(returns) - 1))


def _symmetric(matrix: Floats) -> Floats:
    result: Floats = (matrix + matrix.T) / 2
    return result
