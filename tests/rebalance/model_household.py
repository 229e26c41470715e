"""Random households with a model and a covariance, for tests of tracking error. Every name and number is invented."""

from __future__ import annotations

import random

import attrs
import numpy as np

from core.tilt.risk import Covariance, Risk
from core.tilt.target import ModelLine, Target, Trading
from tests.households import Case, random_household


def model_household(
    seed: int, securities: int = 8, lots: int = 24, accounts: int = 2, *, limit: float | None, aversion: float
) -> Case:
    """A household whose target is a model over half of its securities, with a covariance for most of them."""
    rng = random.Random(seed)
    household, exposures, target = random_household(
        seed, accounts, securities, lots, features=("recent_lots", "unknown_basis"), value=4e5
    )
    symbols = [s.id for s in household.securities]
    lines = rng.sample(symbols, max(2, len(symbols) // 2))
    weights = [rng.uniform(0.3, 1.0) for _ in lines]
    known = sorted(set(rng.sample(symbols, max(2, round(0.9 * len(symbols))))) | {lines[0]})
    numbers = np.random.default_rng(seed)
    loadings = numbers.normal(0.15, 0.06, (len(known), 2))
    matrix = loadings @ loadings.T + np.diag(numbers.uniform(0.01, 0.06, len(known)))
    asked = attrs.evolve(
        target,
        style=attrs.evolve(target.style, preset=None, size=None, value=None, box=None),
        model=tuple(ModelLine(s, 0.98 * w / sum(weights)) for s, w in zip(lines, weights, strict=True)),
        trading=Trading(
            eagerness=rng.choice((0.0, 0.03, 0.2)),
            min_trade=rng.choice((0.0, 500.0)),
            ticket=rng.choice((0.0, 1.0)),
            max_stock=1.0,
            fractional=rng.random() < 0.3,
        ),
        risk=Risk(Covariance(tuple(known), (matrix + matrix.T) / 2), limit, aversion),
    )
    return household, exposures, asked


def without_risk(target: Target) -> Target:
    return attrs.evolve(target, risk=None)
