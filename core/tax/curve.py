"""The plan's tax as a function of its net short-term and net long-term gain: marginal rates, and planes for an LP.

``P(S, L) = T(base + plan) - T(base)`` is continuous and piecewise linear; its pieces meet along lines of constant S,
of constant L and of constant S + L. It rises in both, but it is not convex. With S and L the year's totals, carry-overs
and gains so far among them, its slope falls where

- **L passes zero, S above it**: a net long loss saves at ordinary rates as far as it meets net short gain, a net long
  gain costs long-term rates (24 % to 15 %, say). By far the largest: it grows with the range.
- **S + L passes zero, S below it**: a deducted loss saves at ordinary rates, the net long gain that follows costs
  long-term rates. Bounded by the limit on losses (3,000 x 20 % = 600 dollars).
- **S passes the top of the 0 % range, long gain on top**: each dollar of ordinary income pushes a dollar of gain from
  0 to 15 % (27 % in the 12 % bracket) until none is left at 0 %; then the slope falls back (to 22 %).
- **S passes the top of the 15 % range**: the same between 15 and 20 %.
- **the brackets cap the tax**, between the 0 % top and that of the 12 % bracket: 3 % of the distance between the two.

With qualified dividends the third and fourth happen to S + L too. Everywhere else the slope rises: at the limit on
losses, at the brackets' tops, where the 3.8 % begins, and where a net short gain begins to stand beside a net long one.

So no convex function equals the tax everywhere. ``tangent_planes`` gives its convex envelope over a region: the
greatest convex function nowhere above it, equal to it at the corners of every facet, and everywhere where the region
is one on which the tax is convex. ``convex_pieces`` cuts a range into such regions: five, or nine where there are
qualified dividends, at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import attrs
import numpy as np
from numpy.typing import NDArray

from core.money import CENT, ZERO, to_cents
from core.tax.envelope import Facet, lower_facets
from core.tax.liability import exact_tax, plan_tax_function
from core.tax.situation import TaxSituation

#: Lowest and highest net gain, dollars.
Range = tuple[Decimal, Decimal]

# Values are given to the hull in units in which they are whole numbers, so that differences of them are exact: cents
# of gain; ten-millionths of a dollar of tax (cents times rates of five decimals).
_TAX_UNIT = 10_000_000
_GAIN_UNIT = 100
# What all float rounding together could lift a plane by, dollars.
_SAFETY = 1e-6


class TangentPlane(NamedTuple):
    """``constant + slope_short x S + slope_long x L`` dollars, never above the plan's tax in the range it is for."""

    constant: float
    slope_short: float
    slope_long: float


class Region(NamedTuple):
    """Net gains with S, L and S + L each between two bounds; dollars of the plan. ``tangent_planes(s, *region)``."""

    short: Range
    long: Range
    both: Range


@attrs.frozen
class MarginalRates:
    """Tax on one more dollar of gain, and saved by one dollar less; fractions.

    The two differ where the net gains lie on a corner of the tax.
    """

    short: Decimal
    long: Decimal
    short_less: Decimal
    long_less: Decimal


@attrs.frozen
class Gap:
    """Where the tax lies highest above the planes: by how many dollars, and at which net gains."""

    dollars: float
    short: float
    long: float


def marginal_rates(situation: TaxSituation, short: Decimal, long: Decimal) -> MarginalRates:
    """Marginal rates, all taxes together, at a plan's net short-term and net long-term gain (signed dollars)."""
    at = exact_tax(situation, short, long)
    return MarginalRates(
        short=(exact_tax(situation, short + CENT, long) - at) / CENT,
        long=(exact_tax(situation, short, long + CENT) - at) / CENT,
        short_less=(at - exact_tax(situation, short - CENT, long)) / CENT,
        long_less=(at - exact_tax(situation, short, long - CENT)) / CENT,
    )


def tangent_planes(
    situation: TaxSituation, short_range: Range, long_range: Range, both_range: Range | None = None
) -> list[TangentPlane]:
    """Planes whose largest is the convex envelope of the plan's tax over a region of net gains.

    Ranges are dollars of the plan's net short-term gain, net long-term gain and (optional) their sum, signed. In the
    region the largest of the planes is never above ``plan_tax`` before its rounding (so at most 4 cents above the
    rounded figure); outside it says nothing. As rows of an LP, ``tax >= constant + slope_short S + slope_long L``
    gives a valid lower bound. Raises ValueError for an empty region.
    """
    _, facets = _hull(situation, _region(short_range, long_range, both_range))
    return [_plane(facet) for facet in facets]


def convex_pieces(situation: TaxSituation, short_range: Range, long_range: Range) -> list[Region]:
    """Regions that cover a range and on each of which the tax is convex, so that its planes there are exact.

    Exact up to the cap by the brackets, and where there are no 25 and 28 % gains; with these a gap may remain
    (``largest_gap`` tells it). Neighbours share their border.
    """
    short_range, long_range, _ = _region(short_range, long_range, None)
    kinks = _kinks(situation)
    no_long, no_gain = kinks.no_long, kinks.no_gain
    # Without qualified dividends a net loss pushes nothing through the long-term rates.
    pushing = kinks.pushing_both if situation.qualified_dividends else ()
    pieces = []
    if long_range[0] < no_long or long_range[1] <= no_long:
        long = (long_range[0], min(no_long, long_range[1]))
        pieces += [Region(short_range, long, both) for both in _cut(_sum(short_range, long), pushing)]
    if long_range[1] > no_long:
        long = (max(no_long, long_range[0]), long_range[1])
        low, high = _sum(short_range, long)
        if low < no_gain:
            pieces += [Region(short_range, long, both) for both in _cut((low, min(no_gain, high)), pushing)]
        if high >= no_gain:
            for short in _cut(short_range, kinks.pushing):
                low, high = _sum(short, long)
                pieces += [Region(short, long, (max(no_gain, low), high))] if high >= no_gain else []
    return pieces


def _sum(short: Range, long: Range) -> Range:
    return short[0] + long[0], short[1] + long[1]


def _cut(whole: Range, at: Iterable[Decimal]) -> list[Range]:
    """A range cut at the places that lie inside it."""
    ends = [whole[0], *sorted(place for place in at if whole[0] < place < whole[1]), whole[1]]
    return list(pairwise(ends))


def largest_gap(situation: TaxSituation, short_range: Range, long_range: Range, both_range: Range | None = None) -> Gap:
    """The farthest the plan's tax lies above its envelope in a region.

    Both are linear between the kinks of the one and the edges of the other, so the farthest point is where two of
    them cross (but for the cap by the brackets, which can make it a few dollars more).
    """
    region = _region(short_range, long_range, both_range)
    points, facets = _hull(situation, region)
    constants, slopes_short, slopes_long = (np.array(c) for c in zip(*(_plane(f) for f in facets), strict=True))
    tax = plan_tax_function(situation)
    best = Gap(0.0, float(points[0][0]), float(points[0][1]))
    for short, long in sorted({*points, *_crossings(situation, points, facets, region)}):
        envelope = float(np.max(constants + slopes_short * float(short) + slopes_long * float(long)))
        gap = float(tax(short, long)) - envelope
        if gap > best.dollars:
            best = Gap(gap, float(short), float(long))
    return best


@attrs.frozen
class _Kinks:
    """Where the plan's tax may bend: at these net short gains, net long gains, and sums of the two; dollars.

    no_long, no_gain : the plan's L and S + L at which the year's total is zero. pushing : the plan's S at which
    ordinary income reaches the top of the 0 % and of the 15 % range; pushing_both : the same for S + L, of a loss.
    """

    short: tuple[Decimal, ...]
    long: tuple[Decimal, ...]
    both: tuple[Decimal, ...]
    no_long: Decimal
    no_gain: Decimal
    pushing: tuple[Decimal, ...]
    pushing_both: tuple[Decimal, ...]


@lru_cache(maxsize=64)
def _kinks(situation: TaxSituation) -> _Kinks:
    """Every line along which pieces meet, and some along which they don't bend."""
    s, table = situation, situation.table
    short_so_far = s.short_ytd - s.short_carry
    special = s.collectibles_ytd - s.long_carry + s.unrecaptured_1250_ytd
    so_far = short_so_far + s.long_ytd + special
    thresholds = {ZERO, *table.ordinary.tops, table.zero_top, table.fifteen_top}
    offsets, long_lines = {ZERO}, {ZERO}
    if s.collectibles_ytd or s.unrecaptured_1250_ytd:
        rate28 = s.collectibles_ytd - s.long_carry
        offsets |= {s.unrecaptured_1250_ytd, rate28, special, -special, max(rate28, ZERO) + s.unrecaptured_1250_ytd}
        low = table.ordinary.top_below(s.tables.unrecaptured_rate)
        long_lines |= {
            base + top - q
            for base in (ZERO, special)
            for top in (ZERO, table.fifteen_top - low, table.fifteen_top - s.income)
            for q in (ZERO, s.qualified_dividends)
        }
    short_lines = {-offset for offset in offsets}
    both_lines = {-table.loss_limit, ZERO, -s.investment_income - s.qualified_dividends}
    both_lines.add(table.niit_threshold - s.magi_without_gains)
    for top in thresholds:
        for offset in offsets:
            short_lines.add(top - s.income - offset)
            both_lines |= {top - s.income - offset, top - s.income - s.qualified_dividends - offset}
    return _Kinks(
        short=tuple(sorted(line - short_so_far for line in short_lines)),
        long=tuple(sorted(line - special - s.long_ytd for line in long_lines)),
        both=tuple(sorted(line - so_far for line in both_lines)),
        no_long=-special - s.long_ytd,
        no_gain=-so_far,
        pushing=tuple(top - s.income - short_so_far for top in (table.zero_top, table.fifteen_top)),
        pushing_both=tuple(top - s.income - so_far for top in (table.zero_top, table.fifteen_top)),
    )


@lru_cache(maxsize=64)
def _hull(situation: TaxSituation, region: Region) -> tuple[tuple[tuple[Decimal, Decimal], ...], tuple[Facet, ...]]:
    """Net gains at which pieces of the tax have corners, and the lower hull of the tax over them."""
    kinks = _kinks(situation)
    shorts, longs = _within(kinks.short, region.short), _within(kinks.long, region.long)
    corners = {(short, long) for short in shorts for long in longs}
    for both in _within(kinks.both, region.both):
        corners |= {(short, both - short) for short in shorts}
        corners |= {(both - long, long) for long in longs}
    points = tuple(sorted(corner for corner in corners if _contains(region, *corner)))
    if not points:
        raise ValueError(f"an empty region of net gains: {region}")
    tax = plan_tax_function(situation)
    x = np.array([float(short * _GAIN_UNIT) for short, _ in points])
    y = np.array([float(long * _GAIN_UNIT) for _, long in points])
    z = np.array([float(tax(short, long) * _TAX_UNIT) for short, long in points])
    return points, tuple(lower_facets(x, y, z))


def _plane(facet: Facet) -> TangentPlane:
    scale = _GAIN_UNIT / _TAX_UNIT
    return TangentPlane(facet.constant / _TAX_UNIT - _SAFETY, facet.slope_x * scale, facet.slope_y * scale)


def _crossings(
    situation: TaxSituation,
    points: tuple[tuple[Decimal, Decimal], ...],
    facets: Iterable[Facet],
    region: Region,
) -> set[tuple[Decimal, Decimal]]:
    """Where edges of facets cross the lines along which the tax may bend; to the cent."""
    kinks = _kinks(situation)
    lines: list[tuple[float, float, NDArray[np.float64]]] = [
        (1.0, 0.0, np.array([float(v) for v in _within(kinks.short, region.short)])),
        (0.0, 1.0, np.array([float(v) for v in _within(kinks.long, region.long)])),
        (1.0, 1.0, np.array([float(v) for v in _within(kinks.both, region.both)])),
    ]
    found: set[tuple[Decimal, Decimal]] = set()
    for facet in facets:
        for u, v in zip(facet.corners, (*facet.corners[1:], facet.corners[0]), strict=True):
            (x0, y0), (x1, y1) = (tuple(float(c) for c in points[i]) for i in (u, v))
            for a, b, values in lines:
                run = a * (x1 - x0) + b * (y1 - y0)
                if run == 0:
                    continue
                steps = (values - a * x0 - b * y0) / run
                for step in steps[(steps > 0) & (steps < 1)]:
                    short = to_cents(float(x0 + step * (x1 - x0)))
                    long = to_cents(float(y0 + step * (y1 - y0)))
                    if _contains(region, short, long):
                        found.add((short, long))
    return found


def _within(lines: Iterable[Decimal], limits: Range) -> list[Decimal]:
    return sorted({*limits, *(line for line in lines if limits[0] < line < limits[1])})


def _contains(region: Region, short: Decimal, long: Decimal) -> bool:
    values = (short, long, short + long)
    return all(low <= value <= high for value, (low, high) in zip(values, region, strict=True))


def _region(short_range: Range, long_range: Range, both_range: Range | None) -> Region:
    """The region with whole cents as bounds, never narrower than the one given."""
    short, long = _whole(short_range), _whole(long_range)
    widest = _sum(short, long)
    if both_range is None:
        return Region(short, long, widest)
    both = _whole(both_range)
    return Region(short, long, (max(both[0], widest[0]), min(both[1], widest[1])))


def _whole(limits: Range) -> Range:
    """A range whose ends are whole cents, never narrower than the one given."""
    low, high = limits
    if not low <= high:
        raise ValueError(f"an empty range of net gains: {low} to {high}")
    low_cents, high_cents = to_cents(low), to_cents(high)
    return (
        low_cents - CENT if low_cents > low else low_cents,
        high_cents + CENT if high_cents < high else high_cents,
    )
