"""Covariances that are a few factors and a diagonal: recognised from the matrix alone, so that solvers can use it."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

_MOST_FACTORS = 12
#: Singular values below this share of the largest are none; figures within this share of the largest are equal.
_RANK, _EXACT = 1e-10, 1e-9


@attrs.frozen(eq=False)
class Factors:
    """A covariance as loadings (R, k) times themselves plus ``own`` (R,) variances on the diagonal."""

    loadings: NDArray[np.float64]
    own: NDArray[np.float64]


def factors_of(matrix: NDArray[np.float64]) -> Factors | None:
    """The factors of a covariance that is exactly a few factors and a diagonal, in closed form.

    Between two disjoint halves such a matrix has the rank k of its factors, and none of its diagonal: a singular
    value decomposition of that block gives the loadings up to a k x k matrix, which the entries off the diagonal
    within a half settle.
    """
    size = len(matrix)
    one, other = np.arange(0, size, 2), np.arange(1, size, 2)
    if size < 4 * _MOST_FACTORS:
        return None
    left, values, _ = np.linalg.svd(matrix[np.ix_(one, other)], full_matrices=False)
    rank = int((values > _RANK * values[0]).sum())
    if not 0 < rank <= _MOST_FACTORS:
        return None
    left = left[:, :rank]
    row, column = np.triu_indices(len(one), 1)
    # matrix[i, j] = left[i] M left[j]' off the diagonal; M is symmetric.
    first, second = np.triu_indices(rank)
    terms = left[row][:, first] * left[column][:, second]
    terms += np.where(first == second, 0.0, 1.0) * left[row][:, second] * left[column][:, first]
    found = np.linalg.lstsq(terms, matrix[one[row], one[column]], rcond=None)[0]
    inner = np.zeros((rank, rank))
    inner[first, second] = inner[second, first] = found
    spread, axes = np.linalg.eigh(inner)
    if spread[0] <= 0:
        return None
    loadings = np.zeros((size, rank))
    loadings[one] = left @ (axes * np.sqrt(spread))
    loadings[other] = np.linalg.lstsq(loadings[one], matrix[np.ix_(one, other)], rcond=None)[0].T
    own = np.diag(matrix) - (loadings**2).sum(axis=1)
    rest = matrix - loadings @ loadings.T
    np.fill_diagonal(rest, 0.0)
    scale = float(np.abs(matrix).max())
    if np.abs(rest).max() > _EXACT * scale or own.min() < -_EXACT * scale:
        return None
    return Factors(loadings, np.maximum(own, 0.0))
