"""The tilt pad: from a wanted mean size and value to nine style boxes, and back.

Boxes are in cell order (rows large, mid, small; columns value, blend, growth), shares sum to 1. Scores: size
large +1, mid 0, small -1; value +1, blend 0, growth -1.

The target for a point on the pad is the box closest to the market: it minimises the Kullback-Leibler divergence
sum_k T_k ln(T_k / M_k) subject to the two means, so T_k = M_k exp(a size_k + b value_k) / Z (Csiszar 1975,
I-divergence geometry); (a, b) come from a damped two-dimensional Newton solve of the dual.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import attrs

Box = tuple[float, ...]

SIZE_SCORES: Box = (1.0, 1.0, 1.0, 0.0, 0.0, 0.0, -1.0, -1.0, -1.0)
VALUE_SCORES: Box = (1.0, 0.0, -1.0) * 3

#: Large 70 %, mid 20 %, small 10 % of capitalisation, a third each value, blend, growth: how the boxes are defined.
MARKET_BOX: Box = tuple(size / 3 for size in (0.7, 0.2, 0.1) for _ in range(3))

#: Points nearer to the edge than this are moved inside it: on the edge itself whole rows or columns would be empty.
EDGE = 0.99

_STEPS = 200
_MEAN_TOLERANCE = 1e-12


@attrs.frozen
class PadPoint:
    """A point on the pad: mean size (-1 small .. +1 large) and mean value (-1 growth .. +1 value)."""

    size: float
    value: float


@attrs.frozen
class PadBox:
    """The box for a point. ``point`` is the point reached; ``clamped`` says it is not the one asked for."""

    box: Box
    point: PadPoint
    clamped: bool


def point_of(box: Sequence[float]) -> PadPoint:
    """Mean scores of a box of shares (length 9). The market box lies at size 0.6, value 0.

    A box that sums to less than 1 is scored over what it holds; an empty one is at the origin.
    """
    total = math.fsum(box)
    if total <= 0:
        return PadPoint(0.0, 0.0)
    size = math.fsum(share * score for share, score in zip(box, SIZE_SCORES, strict=True)) / total
    value = math.fsum(share * score for share, score in zip(box, VALUE_SCORES, strict=True)) / total
    return PadPoint(size, value)


def box_at(size: float, value: float, market: Sequence[float] = MARKET_BOX) -> PadBox:
    """The box nearest to the market with the wanted means.

    Parameters
    ----------
    size, value : wanted mean scores; outside the reachable square they are clamped to it, visibly.
    market : the reference box, nine positive shares that sum to 1.

    Returns
    -------
    PadBox : box positive in every cell, exactly the market at the market's own point.
    """
    wanted = PadPoint(max(-EDGE, min(EDGE, size)), max(-EDGE, min(EDGE, value)))
    clamped = (wanted.size, wanted.value) != (size, value)
    free = tuple(range(9))
    box = _tilted(free, tuple(market), 1.0, wanted)
    return PadBox(box, wanted, clamped)


def box_with_pins(size: float, value: float, pins: Mapping[int, float], market: Sequence[float] = MARKET_BOX) -> PadBox:
    """The box nearest to the market with the wanted means, some cells held at given shares.

    ``pins`` maps cell numbers (0..8) to shares. Where the pinned cells leave no box with the wanted means, the
    nearest reachable means are taken and ``clamped`` is set. Raises ValueError where pins are negative or sum
    to more than 1, or all nine cells are pinned to a sum other than 1.
    """
    pinned_total = math.fsum(pins.values())
    if any(share < 0 for share in pins.values()) or pinned_total > 1 + 1e-9:
        raise ValueError("pinned cells must be between 0 and 1 and sum to at most 1")
    free = tuple(k for k in range(9) if k not in pins)
    rest = max(0.0, 1.0 - pinned_total)
    if not free and rest > 1e-9:
        raise ValueError("all nine cells are pinned and do not sum to 1")
    shares = [pins.get(k, 0.0) for k in range(9)]
    if not free or rest == 0.0:
        point = point_of(shares)
        return PadBox(tuple(shares), point, _differs(point, size, value))
    fixed_size = math.fsum(pins[k] * SIZE_SCORES[k] for k in pins)
    fixed_value = math.fsum(pins[k] * VALUE_SCORES[k] for k in pins)
    inside = PadPoint((size - fixed_size) / rest, (value - fixed_value) / rest)
    for k, share in zip(free, _tilted(free, tuple(market), rest, inside), strict=True):
        shares[k] = share
    point = point_of(shares)
    return PadBox(tuple(shares), point, _differs(point, size, value))


def _differs(point: PadPoint, size: float, value: float) -> bool:
    return abs(point.size - size) > 1e-6 or abs(point.value - value) > 1e-6


@lru_cache(maxsize=256)  # pad, boxes, presets and engine ask for the same point one after another
def _tilted(cells: tuple[int, ...], market: Box, total: float, wanted: PadPoint) -> Box:
    """Shares of ``cells`` summing to ``total``, tilted from the market to the wanted means (of the cells alone).

    Minimises the convex dual ln Z(a, b) - a size - b value; where the means cannot be reached the multipliers
    grow without end, so they are bounded and the result is the nearest the family comes.
    """
    weights = [market[k] for k in cells]
    sizes = [SIZE_SCORES[k] for k in cells]
    values = [VALUE_SCORES[k] for k in cells]
    a = b = 0.0

    def spread(a: float, b: float) -> tuple[list[float], float]:
        exponents = [math.log(w) + a * s + b * v for w, s, v in zip(weights, sizes, values, strict=True)]
        top = max(exponents)
        raw = [math.exp(e - top) for e in exponents]
        z = math.fsum(raw)
        return [r / z for r in raw], top + math.log(z) - a * wanted.size - b * wanted.value

    shares, dual = spread(a, b)
    for _ in range(_STEPS):
        mean_s = math.fsum(t * s for t, s in zip(shares, sizes, strict=True))
        mean_v = math.fsum(t * v for t, v in zip(shares, values, strict=True))
        gap_s, gap_v = mean_s - wanted.size, mean_v - wanted.value
        if abs(gap_s) < _MEAN_TOLERANCE and abs(gap_v) < _MEAN_TOLERANCE:
            break
        # Hessian of the dual = covariance of the scores; a small ridge keeps it invertible at the edge.
        c_ss = math.fsum(t * (s - mean_s) ** 2 for t, s in zip(shares, sizes, strict=True)) + 1e-14
        c_vv = math.fsum(t * (v - mean_v) ** 2 for t, v in zip(shares, values, strict=True)) + 1e-14
        c_sv = math.fsum(t * (s - mean_s) * (v - mean_v) for t, s, v in zip(shares, sizes, values, strict=True))
        det = c_ss * c_vv - c_sv * c_sv
        if det <= 1e-26:
            step_a, step_b = -gap_s / c_ss, -gap_v / c_vv
        else:
            step_a = -(c_vv * gap_s - c_sv * gap_v) / det
            step_b = -(c_ss * gap_v - c_sv * gap_s) / det
        size_of_step = max(abs(step_a), abs(step_b), 1e-300)
        scale = min(1.0, 4.0 / size_of_step)
        slope = gap_s * step_a + gap_v * step_b
        moved = False
        while scale > 1e-9:
            next_a, next_b = a + scale * step_a, b + scale * step_b
            next_shares, next_dual = spread(next_a, next_b)
            if next_dual <= dual + 1e-4 * scale * slope + 1e-15:
                moved = True
                break
            scale /= 2
        if not moved or max(abs(next_a), abs(next_b)) > 60:
            break
        a, b, shares, dual = next_a, next_b, next_shares, next_dual
    return tuple(total * t for t in shares)
