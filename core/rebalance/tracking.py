"""Tracking error against the model as the optimiser sees it: dollars away from the model's weights, and their risk.

methods.md ("Tracking error") is the definition; ``evaluate.py`` measures it without this. R = securities that have a
covariance and are held, wanted or could be bought.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import attrs
import numpy as np

from core.errors import InputError
from core.rebalance.holdings import Floats, Holdings, Ints
from core.tilt.factors import Factors
from core.tilt.target import Target

#: The rule's name, as findings, conflicts and the price of rules give it.
RISK_LIMIT = "risk limit"


@attrs.frozen(eq=False)
class Tracking:
    """Tracking error of the household against its model.

    matrix (R, R): annual covariance; factors: the same as loadings and a diagonal, None where it isn't. row (S,):
    number of a security among the R, -1 where it has no covariance. start (R,): dollars held today less those wanted.
    value : V. limit : annual, None without one. aversion : dollars of objective a dollar of variance.
    """

    symbols: tuple[str, ...]
    matrix: Floats
    factors: Factors | None
    row: Ints
    start: Floats
    value: float
    limit: float | None
    aversion: float

    @property
    def price(self) -> float:
        """Objective a squared dollar of volatility: aversion x V x TE^2 = price x away' C away."""
        return self.aversion / self.value if self.value > 0 else 0.0

    @property
    def most(self) -> float:
        """The limit in dollars of yearly volatility: limit x V."""
        return np.inf if self.limit is None else self.limit * max(self.value, 0.0)

    def square(self, away: Floats) -> float:
        """(V x TE)^2 of dollars ``away`` (R,) from the model, dollars squared."""
        return max(0.0, float(away @ self.matrix @ away))

    def error(self, away: Floats) -> float:
        """Annual tracking error, a fraction of V."""
        return float(np.sqrt(self.square(away))) / self.value if self.value > 0 else 0.0


def build_tracking(holdings: Holdings, target: Target, by_security: Floats, value: float) -> Tracking | None:
    """The tracking error a target asks for, None where it doesn't. ``by_security`` (S,) dollars held, ``value`` V.

    Raises InputError where there is no model, or nothing in it has a covariance.
    """
    risk = target.risk
    if risk is None:
        return None
    weights = {line.symbol: line.weight for line in target.model}
    used = [
        i for i, symbol in enumerate(risk.covariance.symbols) if symbol in holdings.security_index or symbol in weights
    ]
    symbols = tuple(risk.covariance.symbols[i] for i in used)
    if not set(symbols) & set(weights):
        raise InputError("[risk] covariance: none of its symbols is in the model; use the model's symbols.")
    factors = risk.covariance.factors
    number = {symbol: i for i, symbol in enumerate(symbols)}
    row = np.array([number.get(s, -1) for s in holdings.securities], dtype=np.int64)
    start = np.array([-weights.get(symbol, 0.0) * value for symbol in symbols])
    known = row >= 0
    np.add.at(start, row[known], by_security[known])
    return Tracking(
        symbols=symbols,
        matrix=risk.covariance.matrix[np.ix_(used, used)],
        factors=None if factors is None else Factors(factors.loadings[used], factors.own[used]),
        row=row,
        start=start,
        value=value,
        limit=risk.limit,
        aversion=risk.aversion,
    )


class _Change(Protocol):
    """Moves of single orders: the number of each one's order, and what it changes (a row each, worth first)."""

    @property
    def pair(self) -> Ints: ...

    @property
    def change(self) -> Floats: ...


class TrackingOfMoves:
    """Tracking error after each of many moves, from the gradient at where the plan stands.

    ``security`` (P,) of each order. A move of d dollars in s changes the square by 2 d (C y)_s + d^2 C_ss; two moves
    together by 2 d1 d2 C_s1s2 more.
    """

    def __init__(self, tracking: Tracking, security: Ints) -> None:
        self.tracking = tracking
        self._row = tracking.row[security]
        self._known = self._row >= 0
        self._gradient = np.zeros(len(tracking.start))
        self._variance = np.diag(tracking.matrix)
        self._square = 0.0

    def stand(self, worth: Floats) -> None:
        """Where the plan stands now: ``worth`` (P,) dollars each order adds to its security."""
        away = self.tracking.start.copy()
        np.add.at(away, self._row[self._known], worth[self._known])
        self._gradient = self.tracking.matrix @ away
        self._square = max(0.0, float(away @ self._gradient))

    def now(self) -> tuple[float, float]:
        """Objective term and breach of the limit (dollars of volatility) of the plan as it stands."""
        term, breach = self._figures(np.array([self._square]))
        return float(term[0]), float(breach[0])

    def after(self, parts: Sequence[_Change]) -> tuple[Floats, Floats]:
        """(M,) objective term and breach of the limit after each move, those of equal number together."""
        square = np.full(len(parts[0].pair), self._square)
        for part in parts:
            d, row = self._moved(part)
            square += 2 * d * self._gradient[row] + d * d * self._variance[row]
        if len(parts) == 2:
            (d1, row1), (d2, row2) = (self._moved(part) for part in parts)
            square += 2 * d1 * d2 * self.tracking.matrix[row1, row2]
        return self._figures(np.maximum(square, 0.0))

    def _moved(self, part: _Change) -> tuple[Floats, Ints]:
        """Dollars moved (nothing where there is no covariance) and their rows."""
        return np.where(self._known[part.pair], part.change[0], 0.0), self._row[part.pair]

    def _figures(self, square: Floats) -> tuple[Floats, Floats]:
        return self.tracking.price * square, np.maximum(np.sqrt(square) - self.tracking.most, 0.0)
