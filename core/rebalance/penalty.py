"""The convex penalty on a cell's misfit, in dollars (methods.md, "Misfit and penalty"): the builder's side."""

from __future__ import annotations

import numpy as np

from core.rebalance.holdings import Floats
from core.tilt.target import Bands, Destination

#: Slopes inside the destination and in the three stretches beyond it, each a band wide.
SLOPES = np.array([0.005, 1.0, 1.5, 2.0])


def widths(shares: Floats, bands: Bands, value: float) -> Floats:
    """(K, 3) lengths in dollars of the first three stretches for each cell; the fourth has no end."""
    band = value * np.maximum(bands.floor, np.minimum(bands.cap, bands.relative * shares))
    inside = {Destination.TARGET: 0.0, Destination.HALF: 0.5, Destination.EDGE: 1.0}[bands.destination] * band
    return np.column_stack([inside, band, band])


def penalties(misfit: Floats, stretch: Floats) -> Floats:
    """Penalty of misfits ``misfit`` (..., K) >= 0, given (K, 3) stretches; dollars."""
    first = stretch[:, 0]
    second = first + stretch[:, 1]
    third = second + stretch[:, 2]
    result: Floats = (
        SLOPES[0] * misfit
        + (SLOPES[1] - SLOPES[0]) * np.maximum(misfit - first, 0)
        + (SLOPES[2] - SLOPES[1]) * np.maximum(misfit - second, 0)
        + (SLOPES[3] - SLOPES[2]) * np.maximum(misfit - third, 0)
    )
    return result
