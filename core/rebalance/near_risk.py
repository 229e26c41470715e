"""Risk next to a plan, in linear terms: its slopes there, and security by security what moving away adds to them.

The square of the distances from the model is replaced by its tangent at a plan and the squares of the moves from that
plan, each security's own variance alone, as piecewise linear costs. Exact for a move of one security (but for the
pieces), so that turning one either-or rule after the other is judged by warm linear solves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import highspy
import numpy as np

from core.rebalance.holdings import Floats
from core.rebalance.tracking import Tracking

_INF = highspy.kHighsInf
#: Ends of the pieces, as shares of the household's value; the last has none, and the slope of a move of ``_LAST``.
_ENDS = (0.0015, 0.005)
_LAST = 0.008


class NearRisk:
    """Columns of a HiGHS model that take up what securities move from a plan, each way, at growing slopes.

    ``first_row`` is the first of the model's rows of what each security moves by (R of them). Outside ``about`` the
    columns are held at nothing and the rows without bounds.
    """

    def __init__(self, model: highspy.Highs, tracking: Tracking, first_row: int) -> None:
        self._model = model
        self._tracking = tracking
        count = len(tracking.start)
        pieces = len(_ENDS) + 1
        self._rows = np.arange(first_row, first_row + count, dtype=np.int32)
        self._columns = np.arange(2 * pieces * count, dtype=np.int32) + np.int32(model.getNumCol())
        self._nothing: Floats = np.zeros(len(self._columns))
        model.addCols(
            len(self._columns),
            self._nothing,
            self._nothing,
            self._nothing,
            len(self._columns),
            np.arange(len(self._columns), dtype=np.int32),
            np.tile(np.repeat(self._rows, pieces), 2).astype(np.int32),
            np.repeat([-1.0, 1.0], pieces * count),
        )

    @contextmanager
    def about(self, away: Floats, price: float) -> Iterator[None]:
        """Within, moves from the plan that ends ``away`` (R,) from the model cost ``price`` x variance x move^2."""
        value = self._tracking.value
        ends = np.array([0.0, *_ENDS]) * value
        middles = np.append((ends[:-1] + ends[1:]) / 2, _LAST * value)
        slopes = 2 * price * np.outer(np.diag(self._tracking.matrix), middles).ravel()
        rooms = np.tile(np.append(np.diff(ends), _INF), 2 * len(away))
        moved = away - self._tracking.start
        free = np.full(len(away), _INF)
        count = len(self._columns)
        self._model.changeColsCost(count, self._columns, np.tile(slopes, 2))
        self._model.changeColsBounds(count, self._columns, self._nothing, rooms)
        self._model.changeRowsBounds(len(away), self._rows, moved, moved)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            self._model.changeColsCost(count, self._columns, self._nothing)
            self._model.changeColsBounds(count, self._columns, self._nothing, self._nothing)
            self._model.changeRowsBounds(len(away), self._rows, -free, free)  # type: ignore[attr-defined]
