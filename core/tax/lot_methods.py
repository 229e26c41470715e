"""Which shares a sale takes: first in first out, last in, highest cost, average cost.

Sources: Treas. Reg. 1.1012-1(c) (FIFO where lots are not adequately identified; identification by the settlement
date), 1.1012-1(e) (average basis, for regulated investment companies and dividend-reinvestment shares only, elected
per account; shares leave in the order they were acquired), 1.6045-1(d)(2)(ii) (shares of unknown date leave first).

To be confirmed: the details of the rule that ordinary stock may not be averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import attrs

from core.household import Finding, Household, Lot, SecurityType, Severity, Term
from core.money import CENT, ZERO, to_cents
from core.tax.holding_period import term
from core.tilt.target import LotMethod
from core.words import dollars

#: What is sold of a lot: its index in the list of lots and the units.
LotPart = tuple[int, Decimal]


@attrs.frozen
class Realised:
    """What a sale realises; dollars to cents, gains signed. Lots of unknown basis have no gain, only proceeds.

    A known basis with an unknown date counts as short-term.
    """

    short_gain: Decimal
    long_gain: Decimal
    unknown_basis_proceeds: Decimal


def selling_order(lots: Sequence[Lot], method: LotMethod) -> list[int]:
    """Indices of one position's lots in the order a method sells them.

    FIFO and LIFO by date, an undated lot counting as the oldest; HIFO by unit cost, unknown cost last. Ties go to the
    older lot, then to the order given. Raises ValueError for OPTIMAL, which is no order: it depends on the plan.
    """
    if method is LotMethod.OPTIMAL:
        raise ValueError("the optimal lots depend on the plan, not on a fixed order")

    def rank(i: int) -> tuple[bool, Decimal, int]:
        lot = lots[i]
        day = 0 if lot.acquired is None else lot.acquired.toordinal()
        if method is LotMethod.HIFO:
            if lot.cost_basis is None:
                return (True, ZERO, day)
            return (False, -lot.cost_basis / lot.quantity, day)
        return (False, ZERO, -day if method is LotMethod.LIFO else day)

    return sorted(range(len(lots)), key=rank)


def parts_sold(lots: Sequence[Lot], quantity: Decimal, method: LotMethod) -> list[LotPart]:
    """Lots that a sale of ``quantity`` units closes under a method, each whole before the next.

    Raises ValueError where the lots hold less than that.
    """
    parts: list[LotPart] = []
    left = quantity
    for i in selling_order(lots, method):
        taken = min(left, lots[i].quantity)
        if taken > 0:
            parts.append((i, taken))
            left -= taken
    if left > 0:
        raise ValueError(f"{quantity} units to sell, and the lots hold {quantity - left}")
    return parts


def realise(
    lots: Sequence[Lot], parts: Sequence[LotPart], price: Decimal, on: date, multiplier: Decimal = Decimal(1)
) -> Realised:
    """Gains of parts of lots sold at ``price`` on a trade date; ``multiplier`` turns quantity x price into dollars."""
    short = long = unknown = ZERO
    for i, quantity in parts:
        lot = lots[i]
        proceeds = to_cents(quantity * price * multiplier)
        if lot.cost_basis is None:
            unknown += proceeds
            continue
        gain = proceeds - to_cents(lot.cost_basis * quantity / lot.quantity)
        if term(lot.acquired, on) is Term.LONG:  # without a date it counts as short
            long += gain
        else:
            short += gain
    return Realised(short, long, unknown)


def method_difference(
    lots: Sequence[Lot],
    planned: Sequence[LotPart],
    method: LotMethod,
    price: Decimal,
    on: date,
    tax: Callable[[Decimal, Decimal], Decimal],
    multiplier: Decimal = Decimal(1),
) -> Decimal:
    """Tax in dollars that a sale costs more if the custodian closes lots by ``method`` instead of the planned ones.

    ``tax`` gives the tax of a net short-term and a net long-term gain (``flat_tax`` or ``plan_tax_function``). Above
    zero where the lots must be named to the custodian, at the latest on the settlement date.
    """
    quantity = sum((q for _, q in planned), ZERO)
    meant = realise(lots, planned, price, on, multiplier)
    closed = realise(lots, parts_sold(lots, quantity, method), price, on, multiplier)
    return to_cents(tax(closed.short_gain, closed.long_gain) - tax(meant.short_gain, meant.long_gain))


def at_average_cost(lots: Sequence[Lot]) -> list[Lot]:
    """A position's lots at its average cost, oldest first: basis = total basis x quantity / total quantity.

    The bases sum to the total to the cent. Raises ValueError where a lot's basis is unknown.
    """
    order = selling_order(lots, LotMethod.FIFO)
    bases = [lots[i].cost_basis for i in order]
    known = [basis for basis in bases if basis is not None]
    if len(known) < len(bases):
        raise ValueError("no average cost where a lot's cost basis is unknown")
    total, units = sum(known, ZERO), sum((lots[i].quantity for i in order), ZERO)
    averaged: list[Lot] = []
    so_far = booked = ZERO
    for i in order:
        so_far += lots[i].quantity
        cumulative = to_cents(total * so_far / units)
        averaged.append(attrs.evolve(lots[i], cost_basis=cumulative - booked))
        booked = cumulative
    return averaged


def looks_averaged(lots: Sequence[Lot]) -> bool:
    """Whether lots bought on different days all show one unit cost: average basis, most likely.

    True if one price per unit gives every lot's basis within a cent. Lots of unknown date or basis tell nothing, nor
    do lots bought on one day, nor those so small that a cent hides a difference of price.
    """
    known = [
        (x.acquired, x.quantity, x.cost_basis) for x in lots if x.acquired is not None and x.cost_basis is not None
    ]
    if any(quantity <= 0 or basis <= 0 for _, quantity, basis in known):
        return False
    if len({acquired for acquired, _, basis in known if basis >= _TELLING}) < 2:
        return False
    lowest = max((basis - CENT) / quantity for _, quantity, basis in known)
    highest = min((basis + CENT) / quantity for _, quantity, basis in known)
    return lowest <= highest


#: Dollars of basis from which on a cent is a twentieth of a per cent or less.
_TELLING = Decimal(20)

#: Types whose lots rightly show one unit cost: a dollar a share, par.
_ONE_PRICE = (SecurityType.MONEY_MARKET, SecurityType.CASH, SecurityType.BOND)


def average_basis_findings(household: Household) -> tuple[Finding, ...]:
    """A finding for each taxable position whose lots look averaged, in the order of the lots."""
    findings = []
    for (account_id, security_id), lots in household.lots_by_position.items():
        account, security = household.account_by_id[account_id], household.security_by_id[security_id]
        if not account.kind.is_taxable or security.type in _ONE_PRICE or not looks_averaged(lots):
            continue
        first = next(lot for lot in lots if lot.cost_basis is not None and lot.acquired is not None)
        unit = to_cents((first.cost_basis or ZERO) / first.quantity / security.multiplier)
        if security.type in (SecurityType.MUTUAL_FUND, SecurityType.ETF):
            advice = (
                "On average basis lots can't be chosen by cost: shares leave oldest first. Ask the custodian which "
                "method is on file before counting on the gains of single lots."
            )
        else:
            advice = (
                "Average basis is for fund and dividend-reinvestment shares; these may not be the true costs. Ask the "
                "custodian for the cost of each lot."
            )
        findings.append(
            Finding(
                Severity.WARNING,
                "average_basis",
                f"{account_id}:{security_id}",
                f"All {len(lots)} lots of {security_id} in {household.account_names[account_id]} show the same unit "
                f"cost of {dollars(unit)}: the file probably gives average basis. {advice}",
            )
        )
    return tuple(findings)
