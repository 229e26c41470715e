"""A conic program put together in blocks of rows, in the sparse forms that HiGHS gives and Clarabel takes."""

from __future__ import annotations

import attrs
import highspy
import numpy as np

from core.rebalance.holdings import Bools, Floats, Ints


@attrs.frozen(eq=False)
class Triplets:
    """The matrix of the linear model as (row, column, value)."""

    row: Ints
    column: Ints
    value: Floats

    @classmethod
    def of(cls, model: highspy.Highs, rows: int) -> Triplets:
        """The first ``rows`` rows of a model."""
        matrix = model.getLp().a_matrix_
        start, index, value = np.array(matrix.start_), np.array(matrix.index_), np.array(matrix.value_)
        major = np.repeat(np.arange(len(start) - 1), np.diff(start))
        by_row = matrix.format_ == highspy.MatrixFormat.kRowwise
        row, column = (major, index) if by_row else (index, major)
        keep = row < rows
        return cls(row[keep].astype(np.int64), column[keep].astype(np.int64), value[keep])

    def times(self, at: Floats, rows: int) -> Floats:
        """(rows,) the matrix times a vector of columns."""
        product: Floats = np.zeros(rows)
        np.add.at(product, self.row, self.value * at[self.column])
        return product

    def transposed_times(self, at: Floats, columns: int) -> Floats:
        """(columns,) the transposed matrix times a vector of rows."""
        product: Floats = np.zeros(columns)
        np.add.at(product, self.column, self.value * at[self.row])
        return product


class Blocks:
    """Constraints A x + s = b, a block of rows at a time."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.count = 0
        self._parts: list[tuple[Ints, Ints, Floats]] = []
        self._limits: list[Floats] = []

    def add(self, rows: Ints, columns: Ints, values: Floats, limits: Floats) -> None:
        """A block of ``len(limits)`` rows, numbered from 0."""
        self._parts.append((rows + self.count, columns, values))
        self._limits.append(limits)
        self.count += len(limits)

    def rows(self, matrix: Triplets, number: Ints, columns: Bools, chosen: Bools, sign: float, limits: Floats) -> None:
        """The ``chosen`` rows of a matrix over its open ``columns``, each times ``sign``."""
        place = np.cumsum(chosen) - 1
        keep = chosen[matrix.row] & columns[matrix.column]
        self.add(place[matrix.row[keep]], number[matrix.column[keep]], sign * matrix.value[keep], limits[chosen])

    def matrix(self) -> SparseColumns:
        """All blocks as one matrix."""
        rows, columns, values = zip(*self._parts, strict=True)
        place, number, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
        return SparseColumns.of(place, number, value, (self.count, self.columns))

    def limits(self) -> Floats:
        """The right-hand sides b."""
        return np.concatenate(self._limits)


@attrs.frozen(eq=False)
class SparseColumns:
    """A sparse matrix by columns under the names Clarabel reads; scipy, which has the same, is slow to import."""

    shape: tuple[int, int]
    indptr: Ints
    indices: Ints
    data: Floats
    has_canonical_format: bool = True
    has_sorted_indices: bool = True

    @classmethod
    def of(cls, row: Ints, column: Ints, value: Floats, shape: tuple[int, int]) -> SparseColumns:
        """A matrix of ``shape`` from its entries, given in any order and each place once."""
        order = np.lexsort((row, column))
        starts = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=shape[1]))])
        return cls(shape, starts.astype(np.int64), row[order].astype(np.int64), value[order].astype(np.float64))


def triangle(matrix: Floats, before: int) -> SparseColumns:
    """The upper triangle of a matrix whose rows and columns come after ``before`` empty ones."""
    row, column = np.nonzero(np.triu(matrix))
    total = before + len(matrix)
    return SparseColumns.of(row + before, column + before, matrix[row, column], (total, total))
