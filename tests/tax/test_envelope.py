"""The lower hull against every plane through three of its points."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tax.envelope import Facet, lower_facets

SIDE = 6
HEIGHTS = st.integers(-20, 20)


def height(facets: list[Facet], x: float, y: float) -> float:
    return max(f.constant + f.slope_x * x + f.slope_y * y for f in facets)


def hull(points: list[tuple[int, int, int]]) -> list[Facet]:
    x, y, z = (np.array(column, dtype=np.float64) for column in zip(*points, strict=True))
    return lower_facets(x, y, z)


def planes_by_every_triple(points: list[tuple[int, int, int]]) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Every plane through three of the points and above none."""
    planes = []
    for (x0, y0, z0), (x1, y1, z1), (x2, y2, z2) in combinations(points, 3):
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0:
            continue
        a = Fraction((z1 - z0) * (y2 - y0) - (z2 - z0) * (y1 - y0), area)
        b = Fraction((x1 - x0) * (z2 - z0) - (x2 - x0) * (z1 - z0), area)
        c = z0 - a * x0 - b * y0
        if all(c + a * px + b * py <= pz for px, py, pz in points):
            planes.append((c, a, b))
    return planes


@given(
    st.tuples(HEIGHTS, HEIGHTS, HEIGHTS, HEIGHTS),
    st.dictionaries(st.tuples(st.integers(0, SIDE), st.integers(0, SIDE)), HEIGHTS, max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_it_is_the_highest_convex_function_under_the_points(corners, inside):
    heights = dict(inside)
    heights.update(zip(product((0, SIDE), (0, SIDE)), corners, strict=True))
    points = [(x, y, z) for (x, y), z in heights.items()]
    facets, planes = hull(points), planes_by_every_triple(points)
    for x, y in product(range(SIDE + 1), range(SIDE + 1)):
        assert height(facets, x, y) == pytest.approx(float(max(c + a * x + b * y for c, a, b in planes)), abs=1e-9)
    # The facets tile the square.
    area = 0.0
    for facet in facets:
        ring = [points[i] for i in (*facet.corners, facet.corners[0])]
        area += sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
    assert area == pytest.approx(SIDE * SIDE)


def test_a_plane_is_one_facet_whatever_the_points():
    points = [(x, y, 3 + 2 * x - y) for x, y in product(range(5), range(4))]
    (facet,) = hull(points)
    assert (facet.constant, facet.slope_x, facet.slope_y) == pytest.approx((3, 2, -1))
    assert len(facet.corners) == 4


def test_points_on_a_line_and_a_single_point():
    facets = hull([(0, 5, 4), (2, 5, 0), (4, 5, 4), (1, 5, 9)])
    assert [(f.slope_x, f.slope_y) for f in facets] == [(-2, 0), (2, 0)]
    assert height(facets, 1, 5) == 2
    upright = hull([(3, 0, 1), (3, 2, 5), (3, 1, 1)])
    assert [(f.slope_x, f.slope_y) for f in upright] == [(0, 0), (0, 4)]
    (single,) = hull([(3, 4, 7)])
    assert (single.constant, single.slope_x, single.slope_y) == (7, 0, 0)
