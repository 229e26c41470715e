"""The convex penalty on a cell's misfit, in dollars (methods.md, "Misfit and penalty"): the builder's side."""

from __future__ import annotations

import numpy as np

from core.rebalance.holdings import Bools, Floats
from core.tilt.target import Bands, Destination

#: Slopes inside the destination and in the three stretches beyond it, each a band wide.
SLOPES = np.array([0.005, 1.0, 1.5, 2.0])


def widths(shares: Floats, bands: Bands, value: float, quiet: Bools) -> Floats:
    """(K, 3) lengths in dollars of the first three stretches for each cell; the fourth has no end.

    ``quiet`` (K,): cells left alone inside their whole band, whatever the destination.
    """
    band = value * np.maximum(bands.floor, np.minimum(bands.cap, bands.relative * shares))
    inside = {Destination.TARGET: 0.0, Destination.HALF: 0.5, Destination.EDGE: 1.0}[bands.destination] * band
    return np.column_stack([np.where(quiet, band, inside), band, band])


def kinks(shares: Floats, bands: Bands, value: float, quiet: Bools) -> Floats:
    """(K, 3) misfits in dollars at which the penalty of each cell grows steeper."""
    points: Floats = np.cumsum(widths(shares, bands, value, quiet), axis=1)
    return points


def inside_band(misfit: Floats, shares: Floats, bands: Bands, value: float) -> Bools:
    """(K,) whether each cell's misfit (dollars, >= 0) lies within its band."""
    band = value * np.maximum(bands.floor, np.minimum(bands.cap, bands.relative * shares))
    inside: Bools = misfit <= band
    return inside


def penalties(misfit: Floats, at: Floats) -> Floats:
    """Penalty in dollars of misfits (..., K) >= 0 of cells with kinks ``at`` (..., K, 3)."""
    result: Floats = SLOPES[0] * misfit
    for number in range(3):
        result += (SLOPES[number + 1] - SLOPES[number]) * np.maximum(misfit - at[..., number], 0)
    return result
