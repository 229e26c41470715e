"""What waiting saves: days until a lot turns long-term, and the tax that the sale then costs less."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import attrs

from core.money import ZERO, to_cents
from core.tax.holding_period import first_long_date
from core.words import count_words, day_words, dollars


@attrs.frozen
class Waiting:
    """Selling a short-term lot today against selling it on its first long-term day, at the same price.

    days : calendar days from today to ``long_from``. saves : dollars; negative where waiting costs (a loss that is
    worth more as short-term). next_year : the later sale falls in another tax year, whose rates are not in the figure.
    """

    days: int
    long_from: date
    saves: Decimal
    next_year: bool

    @property
    def text(self) -> str:
        """In plain words: ``wait 12 days: saves $840``."""
        days = count_words(self.days, "day")
        if self.saves > 0:
            words = f"wait {days}: saves {_dollars(self.saves)}"
        elif self.saves < 0:
            words = f"sell before {day_words(self.long_from)}: waiting {days} costs {_dollars(-self.saves)}"
        else:
            words = f"long-term in {days}: no difference in tax"
        return f"{words} (in {self.long_from.year}, at this year's rates)" if self.next_year else words


def days_until_long(acquired: date, on: date) -> int:
    """Calendar days from a trade date to the first one on which a sale is long-term; 0 where it already is."""
    return max(0, (first_long_date(acquired) - on).days)


def waiting(
    acquired: date | None,
    on: date,
    gain: Decimal,
    tax: Callable[[Decimal, Decimal], Decimal],
    others: tuple[Decimal, Decimal] = (ZERO, ZERO),
) -> Waiting | None:
    """What waiting for long-term saves on one lot; None where its date is unknown or it is long-term already.

    Parameters
    ----------
    acquired, on : trade dates of the purchase and of the sale today.
    gain : dollars that the sale realises, signed.
    tax : tax in dollars of a net short-term and a net long-term gain (``flat_tax`` or ``plan_tax_function``).
    others : net short-term and net long-term gain of the rest of the plan.
    """
    if acquired is None:
        return None
    days = days_until_long(acquired, on)
    if days == 0:
        return None
    short, long = others
    long_from = first_long_date(acquired)
    saves = to_cents(tax(short + gain, long) - tax(short, long + gain))
    return Waiting(days, long_from, saves, long_from.year != on.year)


def _dollars(amount: Decimal) -> str:
    return dollars(amount, cents=amount < 1)
