import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tilt.box import EDGE, MARKET_BOX, SIZE_SCORES, VALUE_SCORES, box_at, box_with_pins, point_of
from core.tilt.presets import presets

inside = st.floats(-EDGE, EDGE)


def divergence(box):
    return sum(t * math.log(t / m) for t, m in zip(box, MARKET_BOX, strict=True) if t > 0)


def test_the_market_lies_at_its_own_point():
    assert point_of(MARKET_BOX).size == pytest.approx(0.6)
    assert point_of(MARKET_BOX).value == pytest.approx(0.0, abs=1e-15)
    assert box_at(0.6, 0.0).box == pytest.approx(MARKET_BOX, abs=1e-12)


@given(inside, inside)
def test_a_point_is_reached_exactly(size, value):
    found = box_at(size, value)
    assert not found.clamped
    assert min(found.box) > 0
    assert sum(found.box) == pytest.approx(1, abs=1e-12)
    assert point_of(found.box).size == pytest.approx(size, abs=1e-9)
    assert point_of(found.box).value == pytest.approx(value, abs=1e-9)


@given(st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), st.lists(st.floats(-1, 1), min_size=9, max_size=9))
def test_no_box_with_the_same_means_is_nearer_to_the_market(size, value, direction):
    """Any small step that keeps the sum and both means raises the divergence."""
    box = box_at(size, value).box
    step = list(direction)
    basis = [[1.0] * 9, list(SIZE_SCORES), list(VALUE_SCORES)]
    # The three vectors are orthogonal over the 3 x 3 grid, so projections can be taken off one by one.
    for vector in basis:
        scale = sum(a * b for a, b in zip(step, vector, strict=True)) / sum(a * a for a in vector)
        step = [a - scale * b for a, b in zip(step, vector, strict=True)]
    size_of_step = 1e-3 * min(box) / max(1e-9, max(abs(a) for a in step))
    moved = [t + size_of_step * a for t, a in zip(box, step, strict=True)]
    assert divergence(moved) >= divergence(box) - 1e-13


@pytest.mark.parametrize(("size", "value"), [(1.0, 0.0), (-1.0, 1.0), (0.0, -1.0)])
def test_what_cannot_be_reached_is_clamped_and_says_so(size, value):
    found = box_at(size, value)
    assert found.clamped
    assert abs(found.point.size) <= EDGE
    assert abs(found.point.value) <= EDGE


def test_pinned_cells_keep_their_share_and_the_rest_meets_the_means():
    found = box_with_pins(0.0, 0.3, {0: 0.30, 6: 0.05})
    assert found.box[0] == 0.30
    assert found.box[6] == 0.05
    assert not found.clamped
    assert point_of(found.box).size == pytest.approx(0.0, abs=1e-9)
    assert point_of(found.box).value == pytest.approx(0.3, abs=1e-9)


def test_pins_that_leave_no_way_to_the_means_are_flagged():
    found = box_with_pins(0.9, 0.3, {6: 0.35})
    assert found.clamped
    assert found.box[6] == 0.35
    assert sum(found.box) == pytest.approx(1)


@pytest.mark.parametrize("pins", [{0: -0.1}, {0: 0.7, 1: 0.4}, dict.fromkeys(range(9), 0.1)])
def test_impossible_pins_are_refused(pins):
    with pytest.raises(ValueError, match="pinned"):
        box_with_pins(0.0, 0.0, pins)


def test_a_box_that_does_not_sum_to_one_is_scored_over_what_it_holds():
    half = [share / 2 for share in MARKET_BOX]
    assert point_of(half).size == pytest.approx(0.6)
    assert point_of([0.0] * 9).size == 0


def test_presets_lead_from_the_market_outward():
    points = [preset.point for preset in presets().values()]
    assert list(presets()) == ["market", "modest", "small-value", "deep-small-value"]
    assert [p.size for p in points] == sorted((p.size for p in points), reverse=True)
    assert [p.value for p in points] == sorted(p.value for p in points)
