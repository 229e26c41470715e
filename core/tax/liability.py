"""The tax of a return with so much gain, and the tax that a plan adds to it.

Sources: 26 U.S.C. 1(h) and 1(j)(5) (maximum rates on net capital gain, stacked on top of ordinary income), 1(j)
(brackets), 1411 with Treas. Reg. 1.1411-4(d) (3.8 % on the lesser of net investment income and MAGI over the
threshold; a deducted capital loss reduces both); Form 8960.

Brackets are applied by their formula, not by the Tax Table of the form's instructions, which rounds incomes under
100,000 to the middle of steps of 50 dollars. Not in it: credits, alternative minimum tax, and what else hangs on
income (taxable social security, Medicare premiums, phase-outs).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import attrs

from core.money import ZERO, to_cents
from core.tax.netting import Netting
from core.tax.situation import TaxSituation


@attrs.frozen
class Layers:
    """Taxable income by the rate that section 1(h) gives it; dollars.

    ordinary : at the brackets' rates. zero, fifteen, twenty : net capital gain and qualified dividends at the three
    long-term rates. twenty_five, twenty_eight : unrecaptured section 1250 gain and collectibles.
    """

    ordinary: Decimal
    zero: Decimal
    fifteen: Decimal
    twenty: Decimal
    twenty_five: Decimal
    twenty_eight: Decimal

    @property
    def taxable_income(self) -> Decimal:
        """The sum of the layers."""
        return self.ordinary + self.zero + self.fifteen + self.twenty + self.twenty_five + self.twenty_eight


@attrs.frozen
class TaxBill:
    """A year's tax in its parts; dollars to cents.

    ordinary : federal, on ordinary taxable income, net short-term gain among it.
    long_term : federal, on net long-term gain and qualified dividends.
    niit : net investment income tax. state : the state's rate on what gains and losses add to taxable income
    (negative for a deducted loss); the state's tax on other income is not in it.
    """

    ordinary: Decimal
    long_term: Decimal
    niit: Decimal
    state: Decimal
    layers: Layers
    netting: Netting

    @property
    def total(self) -> Decimal:
        """The sum of the parts."""
        return self.ordinary + self.long_term + self.niit + self.state


@attrs.frozen
class PlanTax:
    """What a plan adds to the year's tax: the bill with it less the bill without it, part by part; dollars to cents."""

    before: TaxBill
    after: TaxBill

    @property
    def ordinary(self) -> Decimal:
        """Change of the federal tax at ordinary rates."""
        return self.after.ordinary - self.before.ordinary

    @property
    def long_term(self) -> Decimal:
        """Change of the federal tax at long-term rates."""
        return self.after.long_term - self.before.long_term

    @property
    def niit(self) -> Decimal:
        """Change of the net investment income tax."""
        return self.after.niit - self.before.niit

    @property
    def state(self) -> Decimal:
        """Change of the state's tax."""
        return self.after.state - self.before.state

    @property
    def total(self) -> Decimal:
        """The plan's tax: negative where it saves tax this year."""
        return self.after.total - self.before.total

    @property
    def short_carry(self) -> Decimal:
        """Change of the short-term loss carried into the next year; its worth then is not in the tax."""
        return self.after.netting.short_carry - self.before.netting.short_carry

    @property
    def long_carry(self) -> Decimal:
        """Change of the long-term loss carried into the next year."""
        return self.after.netting.long_carry - self.before.netting.long_carry


def liability(situation: TaxSituation, short_gain: Decimal = ZERO, long_gain: Decimal = ZERO) -> TaxBill:
    """The year's tax with these net gains (signed dollars) added to the situation's own, each part to cents."""
    netting = situation.netting(short_gain, long_gain)
    layers = income_layers(situation, netting)
    ordinary, long_term, niit, state = _parts(situation, netting, layers)
    return TaxBill(to_cents(ordinary), to_cents(long_term), to_cents(niit), to_cents(state), layers, netting)


def plan_tax(situation: TaxSituation, short: Decimal, long: Decimal) -> PlanTax:
    """The tax that a plan with these net short-term and long-term gains (signed dollars) adds this year."""
    return PlanTax(liability(situation), liability(situation, short, long))


def plan_tax_function(situation: TaxSituation) -> Callable[[Decimal, Decimal], Decimal]:
    """``plan_tax`` as a function of net short-term and net long-term gain, unrounded; for curves and searches."""
    before = exact_tax(situation, ZERO, ZERO)
    return lambda short, long: exact_tax(situation, short, long) - before


def exact_tax(situation: TaxSituation, short: Decimal, long: Decimal) -> Decimal:
    """``liability(...).total`` before its parts are rounded (at most 2 cents away from it)."""
    netting = situation.netting(short, long)
    return sum(_parts(situation, netting, income_layers(situation, netting)), ZERO)


def income_layers(situation: TaxSituation, netting: Netting) -> Layers:
    """Taxable income split as section 1(h)(1)(A) to (F) does, gains on top of ordinary income."""
    table = situation.table
    gain = netting.net_capital_gain + situation.qualified_dividends
    taxable = max(ZERO, situation.income + situation.qualified_dividends + netting.counted)
    # "Adjusted net capital gain": what the 0, 15 and 20 % rates are for.
    adjusted = netting.long_gain + situation.qualified_dividends
    beneath = max(ZERO, taxable - adjusted)
    # (A) 25 and 28 % gain fills the brackets under 25 % first, where these tax it less.
    low_brackets = table.ordinary.top_below(situation.tables.unrecaptured_rate)
    ordinary = max(taxable - gain, min(beneath, low_brackets), ZERO)
    # (B) the rest of the 0 % range, (C) of the 15 % range, (D) above it
    zero = max(ZERO, min(taxable, table.zero_top) - beneath)
    favoured = min(adjusted, taxable) - zero
    fifteen = min(favoured, max(ZERO, min(taxable, table.fifteen_top) - ordinary - zero))
    twenty = favoured - fifteen
    # (E) unrecaptured section 1250 gain less what (A) took of the gain, (F) the remainder
    twenty_five = max(ZERO, netting.unrecaptured_gain - max(ZERO, ordinary + gain - taxable))
    twenty_eight = taxable - ordinary - zero - fifteen - twenty - twenty_five
    return Layers(ordinary, zero, fifteen, twenty, twenty_five, twenty_eight)


def _parts(situation: TaxSituation, netting: Netting, layers: Layers) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Ordinary, long-term, NIIT and state tax, unrounded."""
    tables, table = situation.tables, situation.table
    taxable = layers.taxable_income
    ordinary = table.ordinary.tax(layers.ordinary)
    zero_rate, fifteen_rate, twenty_rate = tables.long_rates
    long_term = (
        layers.zero * zero_rate
        + layers.fifteen * fifteen_rate
        + layers.twenty * twenty_rate
        + layers.twenty_five * tables.unrecaptured_rate
        + layers.twenty_eight * tables.collectibles_rate
    )
    # Never more than the brackets alone would take (line 24 of the form's worksheet): the 12 % bracket ends a
    # little above the 0 % range.
    long_term = min(long_term, table.ordinary.tax(taxable) - ordinary)

    income = situation.investment_income + situation.qualified_dividends + netting.counted
    excess = situation.magi_without_gains + netting.counted - table.niit_threshold
    niit = tables.niit_rate * max(ZERO, min(income, excess))

    without_gains = max(ZERO, situation.income + situation.qualified_dividends)
    state = situation.state_rate * (taxable - without_gains)
    return ordinary, long_term, niit, state
