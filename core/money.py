"""Money at the edges is Decimal, in dollars; inside the solver it is float, in dollars."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


def to_cents(amount: Decimal | float) -> Decimal:
    """Round to cents, half away from zero, as statements and trade confirmations do.

    A float goes through its shortest decimal form, so 2.675 is the number that was written, not its
    binary neighbour.
    """
    value = amount if isinstance(amount, Decimal) else Decimal(repr(float(amount)))
    rounded = value.quantize(CENT, rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def market_value(quantity: Decimal, price: Decimal, multiplier: Decimal) -> Decimal:
    """Value in dollars, to cents, of ``quantity`` units at ``price`` (bonds: multiplier 0.01, options: 100)."""
    return to_cents(quantity * price * multiplier)
