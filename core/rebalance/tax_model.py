"""The tax of a plan as the optimiser sees it: a function of net short and net long gain, and planes for the LP.

Flat rates are two numbers. Tables are piecewise linear and not convex (core/tax/curve.py): the relaxation uses the
convex envelope, and the plan is looked for region by region, on each of which the planes are the tax itself.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import attrs
import numpy as np

from core.money import CENT, ZERO
from core.rebalance.holdings import Floats
from core.tax.curve import Region, TangentPlane, convex_pieces, marginal_rates, tangent_planes
from core.tilt.target import TaxSettings


@attrs.frozen
class Zone:
    """Planes whose largest is the tax (or a bound on it) where S, L and S + L lie within ``region`` (None: all)."""

    planes: tuple[TangentPlane, ...]
    region: Region | None = None


@attrs.frozen(eq=False)
class TaxModel:
    """Tax of a plan with net gains S (short) and L (long), dollars.

    short, long : rates of one more dollar, for ordering lots. envelope : bound anywhere, None where the tax is simply
    short x S + long x L. zones : where the planes are exact, covering every reachable S and L.
    """

    short: float
    long: float
    envelope: Zone | None
    zones: tuple[Zone, ...]

    def value(self, short_gain: Floats, long_gain: Floats) -> Floats:
        """Tax for arrays of net gains; exact where the zones are."""
        if self.envelope is None:
            linear: Floats = self.short * short_gain + self.long * long_gain
            return linear
        best = np.full(np.shape(short_gain), np.inf)
        for zone in self.zones:
            tax = np.full(np.shape(short_gain), -np.inf)
            for constant, slope_short, slope_long in zone.planes:
                tax = np.maximum(tax, constant + slope_short * short_gain + slope_long * long_gain)
            best = np.where(_inside(zone.region, short_gain, long_gain), np.minimum(best, tax), best)
        return best


def _inside(region: Region | None, short_gain: Floats, long_gain: Floats) -> Floats:
    if region is None:
        return np.ones(np.shape(short_gain), dtype=bool)
    slack = 1e-6
    inside = np.ones(np.shape(short_gain), dtype=bool)
    for amount, (low, high) in (
        (short_gain, region.short),
        (long_gain, region.long),
        (short_gain + long_gain, region.both),
    ):
        inside &= (amount >= float(low) - slack) & (amount <= float(high) + slack)
    return inside


def tax_model(settings: TaxSettings, short_range: tuple[float, float], long_range: tuple[float, float]) -> TaxModel:
    """The model of a target's tax settings over the net gains a plan can reach (dollars, signed)."""
    situation = settings.situation
    if situation is None:
        linear = TangentPlane(0.0, settings.short, settings.long)
        if settings.harvest:
            return TaxModel(settings.short, settings.long, None, ())
        zone = Zone((linear, TangentPlane(0.0, 0.0, 0.0)))
        return TaxModel(settings.short, settings.long, zone, (zone,))
    rates = marginal_rates(situation, ZERO, ZERO)
    short, long = _outward(short_range), _outward(long_range)
    nothing = () if settings.harvest else (TangentPlane(0.0, 0.0, 0.0),)
    envelope = Zone((*tangent_planes(situation, short, long), *nothing))
    zones = tuple(
        Zone((*tangent_planes(situation, *region), *nothing), region)
        for region in convex_pieces(situation, short, long)
        if all(low <= high for low, high in region)
    )
    return TaxModel(float(rates.short), float(rates.long), envelope, zones)


def _outward(limits: tuple[float, float]) -> tuple[Decimal, Decimal]:
    """A range in cents that holds the given one and is not a point."""
    low = Decimal(repr(limits[0])).quantize(CENT, rounding=ROUND_FLOOR)
    high = Decimal(repr(limits[1])).quantize(CENT, rounding=ROUND_CEILING)
    return min(low, ZERO) - CENT, max(high, ZERO) + CENT
