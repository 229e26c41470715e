"""Netting of capital gains and losses, the yearly limit on losses, and what is carried to the next year.

Sources: 26 U.S.C. 1211(b) (limit against other income), 1212(b) (carry-over with its character kept), 1222 (net
gains), 1(h)(4)-(6) (28 % and 25 % groups); Schedule D (Form 1040) with its 28 % Rate Gain, Unrecaptured Section 1250
Gain and Capital Loss Carryover worksheets; Notice 97-59 (order between the groups).

To be confirmed: that a long-term loss which no long-term gain takes up reduces the net short-term gain is taken from
general knowledge (it is what line 16 of Schedule D does).
"""

from __future__ import annotations

from decimal import Decimal

import attrs

from core.money import ZERO


@attrs.frozen
class Netting:
    """What a year's gains and losses come to; dollars, every figure zero or more.

    short_gain : net short-term gain left, taxed as ordinary income.
    long_gain, collectibles_gain, unrecaptured_gain : net capital gain left, by the most it is taxed at (20, 28, 25 %).
    deducted : net loss that reduces the year's other income.
    used : the part of ``deducted`` that is used up: less than it where there is less income than that to reduce.
    short_carry, long_carry : losses carried into the next year.
    """

    short_gain: Decimal = ZERO
    long_gain: Decimal = ZERO
    collectibles_gain: Decimal = ZERO
    unrecaptured_gain: Decimal = ZERO
    deducted: Decimal = ZERO
    used: Decimal = ZERO
    short_carry: Decimal = ZERO
    long_carry: Decimal = ZERO

    @property
    def net_capital_gain(self) -> Decimal:
        """Net capital gain (section 1222(11)), qualified dividends not among it: all that is left of long gains."""
        return self.long_gain + self.collectibles_gain + self.unrecaptured_gain

    @property
    def counted(self) -> Decimal:
        """What the gains and losses add to the year's income: signed, a loss at most to its limit."""
        return self.short_gain + self.net_capital_gain - self.deducted


def net_gains(
    short: Decimal,
    long: Decimal,
    *,
    limit: Decimal,
    short_carry: Decimal = ZERO,
    long_carry: Decimal = ZERO,
    collectibles: Decimal = ZERO,
    unrecaptured: Decimal = ZERO,
    income: Decimal | None = None,
) -> Netting:
    """Net a year's gains and losses.

    Parameters
    ----------
    short, long : the year's net short-term gain and net long-term gain (without the next two), dollars, signed.
    limit : the most net loss set against other income (3,000; 1,500 married filing separately).
    short_carry, long_carry : losses carried into the year, positive dollars. A long-term one joins the 28 % group
        (section 1(h)(4)(B)(iii)).
    collectibles : net gain of the 28 % group, signed. unrecaptured : unrecaptured section 1250 gain, 0 or more.
    income : taxable income without capital gains and losses; a loss is used up only as far as it is above zero
        (section 1212(b)(2)). None: there is enough.

    A net loss of the 28 % group reduces the 25 % group, then other long gain; one of the other group the 28 %, then
    the 25 %; a net short loss the 28 %, then the 25 %, then other long gain. What is left of long losses then reduces
    the net short gain (to be confirmed). Up to ``limit`` of the loss left, short first, is set against income.
    """
    shorts = short - short_carry
    rate28 = collectibles - long_carry
    rate25 = unrecaptured
    other = long

    # The long groups among themselves first: whether a loss is carried as short or long depends on the sum of all
    # long gains and losses (sections 1222(7), (8) and 1212(b)(1)). The rates come out the same in either order.
    if rate28 < 0:
        rate28, rate25 = _absorb(rate28, rate25)
        rate28, other = _absorb(rate28, other)
    if other < 0:
        other, rate28 = _absorb(other, rate28)
        other, rate25 = _absorb(other, rate25)
    if shorts < 0:
        shorts, rate28 = _absorb(shorts, rate28)
        shorts, rate25 = _absorb(shorts, rate25)
        shorts, other = _absorb(shorts, other)
    long_loss = min(rate28, ZERO) + min(other, ZERO)
    if long_loss < 0:
        long_loss, shorts = _absorb(long_loss, shorts)

    short_loss, long_loss = -min(shorts, ZERO), -long_loss
    deducted = min(limit, short_loss + long_loss)
    used = deducted if income is None else min(deducted, max(income, ZERO))
    from_short = min(used, short_loss)
    return Netting(
        short_gain=max(shorts, ZERO),
        long_gain=max(other, ZERO),
        collectibles_gain=max(rate28, ZERO),
        unrecaptured_gain=rate25,
        deducted=deducted,
        used=used,
        short_carry=short_loss - from_short,
        long_carry=long_loss - (used - from_short),
    )


def _absorb(loss: Decimal, gain: Decimal) -> tuple[Decimal, Decimal]:
    """A loss (0 or less) set against a gain: what is left of both. A gain that is none takes nothing up."""
    if gain <= 0 or loss >= 0:
        return loss, gain
    taken = min(-loss, gain)
    return loss + taken, gain - taken
