"""What an adviser should know of a plan's taxes before placing it: lots to be named, days to wait, averaged basis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from core.household import Finding, Household, Severity
from core.money import ZERO, to_cents
from core.rebalance.proposal import Action, TaxOfPlan, Trade
from core.tax.flat import flat_tax
from core.tax.liability import plan_tax_function
from core.tax.lot_methods import average_basis_findings, parts_sold, realise
from core.tax.wait import waiting
from core.tilt.target import LotMethod, Target
from core.words import day_words, dollars, list_words

_TaxOf = Callable[[Decimal, Decimal], Decimal]
#: Dollars of tax below which a note isn't worth reading.
_LEAST = Decimal(10)


def tax_notes(household: Household, target: Target, trades: Sequence[Trade], tax: TaxOfPlan) -> tuple[Finding, ...]:
    """Notes on the sales of taxable accounts; ``tax`` is the plan's own, wash sales left out."""
    taxable = {account.id for account in household.accounts if account.kind.is_taxable}
    sales = [trade for trade in trades if trade.action is Action.SELL and trade.account in taxable]
    tax_of = _tax_function(target)
    notes = [*_lots_to_name(household, target, sales, tax_of), *_worth_waiting(household, sales, tax, tax_of)]
    sold = {f"{trade.account}:{trade.security}" for trade in sales}
    notes += [finding for finding in average_basis_findings(household) if finding.where in sold]
    return tuple(notes)


def _tax_function(target: Target) -> _TaxOf:
    settings = target.tax
    if settings.situation is not None:
        return plan_tax_function(settings.situation)
    return lambda short, long: flat_tax(short, long, settings.short, settings.long)


def _lots_to_name(household: Household, target: Target, sales: Sequence[Trade], tax_of: _TaxOf) -> list[Finding]:
    """What the same sales cost if the custodian closes the oldest lots instead of the plan's."""
    if target.tax.lot_method is LotMethod.FIFO:
        return []
    meant, closed = [ZERO, ZERO], [ZERO, ZERO]
    symbols = []
    for trade in sales:
        security = household.security_by_id[trade.security]
        lots = household.lots_by_position[(trade.account, trade.security)]
        position = {id(lot): i for i, lot in enumerate(lots)}
        planned = [(position[id(household.lots[part.lot])], part.quantity) for part in trade.lots]
        oldest = parts_sold(lots, trade.quantity, LotMethod.FIFO)
        ours = realise(lots, planned, trade.price, household.as_of, security.multiplier)
        theirs = realise(lots, oldest, trade.price, household.as_of, security.multiplier)
        for sums, realised in ((meant, ours), (closed, theirs)):
            sums[0] += realised.short_gain
            sums[1] += realised.long_gain
        if (ours.short_gain, ours.long_gain) != (theirs.short_gain, theirs.long_gain):
            symbols.append(trade.security)
    more = to_cents(tax_of(closed[0], closed[1]) - tax_of(meant[0], meant[1]))
    if more < _LEAST:
        return []
    named = list_words(list(dict.fromkeys(symbols)))
    message = (
        f"Name the lots to the custodian when you sell {named}: closed oldest first (FIFO, the rule where none are "
        f"named), the same sales would cost {dollars(more)} more tax. The deadline is the settlement date."
    )
    return [Finding(Severity.INFO, "name_the_lots", "", message)]


def _worth_waiting(household: Household, sales: Sequence[Trade], tax: TaxOfPlan, tax_of: _TaxOf) -> list[Finding]:
    """Lots sold at a short-term gain that turn long-term soon, and what waiting saves."""
    notes = []
    for trade in sales:
        for part in trade.lots:
            if part.gain is None or part.gain <= 0:
                continue
            rest = (tax.short_gain - part.gain, tax.long_gain)
            found = waiting(part.acquired, household.as_of, part.gain, tax_of, rest)
            if found is not None and found.saves >= _LEAST:
                where = f"{trade.account}:{trade.security}"
                bought = (
                    f"{household.place_words(where)}, bought {day_words(part.acquired)}" if part.acquired else where
                )
                notes.append(Finding(Severity.INFO, "wait_for_long_term", where, f"{bought}: {found.text}."))
    return notes
