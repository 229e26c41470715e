"""Greatest convex function under values given at points of the plane: the lower convex hull, facet by facet.

Gift wrapping (Chand and Kapur, 1970): from each edge of a facet the plane is turned until it meets the next point.
Points that lie in one plane, as those of a piecewise linear function do by the dozen, form one facet.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import attrs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@attrs.frozen
class Facet:
    """A plane ``constant + slope_x x + slope_y y`` under all values, and the points it touches.

    Of these the ``corners`` of their hull, counter-clockwise.
    """

    constant: float
    slope_x: float
    slope_y: float
    corners: tuple[int, ...]


def lower_facets(x: Floats, y: Floats, z: Floats) -> list[Facet]:
    """Facets of the lower hull of the points (x, y, z), shape (n,) each.

    The largest of the planes is the greatest convex function over the points' hull in the plane that is nowhere above
    the values. Each constant is the highest that keeps its plane under every value, so that rounding can't lift a
    plane above one. Where the points lie on one line, their plane's slopes are along it only; x and y are dealt with
    alike.
    """
    rim = _convex_polygon(x, y)
    if len(rim) < 3:
        return _facets_on_a_line(x, y, z)
    tolerance = 1e-10 * float(np.ptp(z)) + 1e-12 * float(np.abs(z).max()) + 1e-300
    width = float(max(np.ptp(x), np.ptp(y)))
    start = _points_between(x, y, rim[0], rim[1])
    chain = start[_lower_chain(np.hypot(x[start] - x[rim[0]], y[start] - y[rim[0]]), z[start])]
    queue = [(int(p), int(q)) for p, q in pairwise(chain)]
    seen: set[tuple[int, int]] = set()
    found: dict[frozenset[int], Facet] = {}
    while queue:
        p, q = queue.pop()
        if (p, q) in seen:
            continue
        seen.add((p, q))
        plane = _next_plane(x, y, z, p, q, width, tolerance)
        if plane is None:
            continue
        slope_x, slope_y = plane
        height = z - slope_x * x - slope_y * y
        constant = float(height.min())
        on = np.flatnonzero(height <= constant + tolerance)
        corners = tuple(int(on[i]) for i in _convex_polygon(x[on], y[on]))
        if len(corners) < 3:
            continue
        found.setdefault(frozenset(corners), Facet(constant, slope_x, slope_y, corners))
        for u, v in zip(corners, (*corners[1:], corners[0]), strict=True):
            seen.add((u, v))
            if (v, u) not in seen:
                queue.append((v, u))
    return sorted(found.values(), key=lambda f: (f.slope_x, f.slope_y, f.constant))


def _next_plane(
    x: Floats, y: Floats, z: Floats, p: int, q: int, width: float, tolerance: float
) -> tuple[float, float] | None:
    """Slopes of the lowest plane through the edge p-q and a point on its left; None on the rim."""
    dx, dy, dz = float(x[q] - x[p]), float(y[q] - y[p]), float(z[q] - z[p])
    square = dx * dx + dy * dy
    rx, ry, rz = x - x[p], y - y[p], z - z[p]
    across = dx * ry - dy * rx
    over = rz - dz * ((dx * rx + dy * ry) / square)
    nearest = 1e-13 * width * square**0.5
    for _ in range(8):
        left = across > nearest
        if not left.any():
            return None
        turn = float((over[left] / across[left]).min())
        slope_x, slope_y = dz * dx / square - turn * dy, dz * dy / square + turn * dx
        if float((rz - slope_x * rx - slope_y * ry)[left].min()) >= -tolerance:
            return slope_x, slope_y
        nearest *= 32  # a point all but on the edge has tilted the plane by its rounding: leave it out
    return slope_x, slope_y


def _points_between(x: Floats, y: Floats, p: int, q: int) -> NDArray[np.int64]:
    """Points on the straight line between two of them, these included."""
    across = (x[q] - x[p]) * (y - y[p]) - (y[q] - y[p]) * (x - x[p])
    size = abs(x[q] - x[p]) + abs(y[q] - y[p])
    return np.flatnonzero(np.abs(across) <= 1e-13 * size * (np.ptp(x) + np.ptp(y)))


def _facets_on_a_line(x: Floats, y: Floats, z: Floats) -> list[Facet]:
    """Facets over points on one line (or at one place)."""
    span_x, span_y = float(np.ptp(x)), float(np.ptp(y))
    if span_x == span_y == 0:
        return [Facet(float(z.min()), 0.0, 0.0, (int(z.argmin()),))]
    first = int(np.lexsort((y, x))[0])
    last = int(np.lexsort((y, x))[-1])
    dx, dy = float(x[last] - x[first]), float(y[last] - y[first])
    along = (dx * (x - x[first]) + dy * (y - y[first])) / (dx * dx + dy * dy)
    chain = _lower_chain(along, z)
    facets = []
    for p, q in pairwise(chain):
        slope = float((z[q] - z[p]) / (along[q] - along[p])) / (dx * dx + dy * dy)
        slope_x, slope_y = slope * dx, slope * dy
        facets.append(Facet(float((z - slope_x * x - slope_y * y).min()), slope_x, slope_y, (int(p), int(q))))
    return facets


def _lower_chain(along: Floats, height: Floats) -> NDArray[np.int64]:
    """Indices of the lower hull of points in a plane, from left to right (Andrew, 1979)."""
    chain: list[int] = []
    for i in np.lexsort((height, along)):
        if chain and along[i] == along[chain[-1]]:
            continue
        while len(chain) > 1 and _turn(along, height, chain[-2], chain[-1], i) <= 0:
            chain.pop()
        chain.append(int(i))
    return np.array(chain, dtype=np.int64)


def _convex_polygon(x: Floats, y: Floats) -> list[int]:
    """Corners of the convex hull of points in the plane, counter-clockwise, none on a straight edge."""
    order = [int(i) for i in np.lexsort((y, x))]
    lower = _half(x, y, order)
    upper = _half(x, y, order[::-1])
    return lower[:-1] + upper[:-1]


def _half(x: Floats, y: Floats, order: Sequence[int]) -> list[int]:
    half: list[int] = []
    for i in order:
        while len(half) > 1 and _turn(x, y, half[-2], half[-1], i) <= 0:
            half.pop()
        half.append(i)
    return half


def _turn(x: Floats, y: Floats, a: int, b: int, c: int) -> float:
    """Positive where the way from a over b to c turns left."""
    return float((x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a]))
