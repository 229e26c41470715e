"""Flat-rate tax: one rate on the net short-term gain, one on the net long-term gain, both signed."""

from __future__ import annotations

from decimal import Decimal

from core.money import to_cents


def flat_tax(short_gain: Decimal, long_gain: Decimal, short_rate: float, long_rate: float) -> Decimal:
    """Tax in dollars, to cents, of net gains in dollars; negative where losses outweigh (a credit).

    ``short_rate`` and ``long_rate`` are fractions. A net loss counts at the full rate of its own kind, as if
    gains elsewhere took it up: the simple mode of most portfolio tools, not a tax return.
    """
    return to_cents(short_gain * Decimal(repr(short_rate)) + long_gain * Decimal(repr(long_rate)))
