"""Lots laid onto a position: the position's quantity and value stand, the lots say how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import attrs

from core.household import Lot, Security, Severity, Term
from core.importing.memo import Memo
from core.importing.records import Record
from core.money import CENT, ZERO, to_cents
from core.words import day_words, dollars, number_words

# Quantities are printed with four decimals at most by nearly all brokers: each may be off by half of the last.
_QUANTITY_ERROR = Decimal("0.00005")
_LISTED = 8


@attrs.frozen
class Laid:
    """A position as lots. ``used`` is False where the lots contradict it and the position stays whole."""

    lots: list[Lot]
    used: bool
    findings: list[tuple[Severity, str, str]]


def lay_onto(
    position: Sequence[Lot], lots: Sequence[Record], security: Security, terms: Memo[date | None, Term]
) -> Laid:
    """Replace a position by its lots.

    Lots that hold less leave a rest, kept as a lot without a date; lots that hold more, or the other way round, are
    not used. The market values of the lots sum to the position's.

    Parameters
    ----------
    position
        The rows of one security in one account (more than one where cash and margin side are listed apart).
    lots
        Its lots; none leaves the position as it is.
    """
    if not lots:
        return Laid(list(position), True, [])
    whole = sum((row.quantity for row in position), ZERO)
    held = sum((lot.quantity for lot in lots), ZERO)
    slack = _QUANTITY_ERROR * (len(lots) + len(position))
    rest = whole - held
    same_way = all((lot.quantity > 0) == (whole > 0) for lot in lots)
    if not same_way or (abs(rest) > slack and abs(held) > abs(whole)):
        return Laid(list(position), False, [_too_many(security.id, whole, held, lots)])
    findings: list[tuple[Severity, str, str]] = []
    account, value = position[0].account, sum((row.market_value for row in position), ZERO)
    side = position[0].side if len({row.side for row in position}) == 1 else None
    costs = [row.cost_basis for row in position]
    cost = None if None in costs else sum((c for c in costs if c is not None), ZERO)
    known = [lot.cost for lot in lots]
    lots_cost = None if None in known else sum((c for c in known if c is not None), ZERO)
    pieces = [(lot.quantity, lot.value, lot.cost, lot.acquired, lot.term) for lot in lots]
    if abs(rest) > slack:
        rest_cost = None if cost is None or lots_cost is None else cost - lots_cost
        if rest_cost is not None and (rest_cost > 0) != (rest > 0):
            rest_cost = None
        pieces.append((rest, None, rest_cost, None, None))
        message = (
            f"{security.label}: the lots hold {number_words(held)} of {number_words(whole)} units; the other "
            f"{number_words(rest)} are one lot with no date"
            + ("." if rest_cost is None else f", with the rest of the position's cost basis, {dollars(rest_cost)}.")
        )
        findings.append((Severity.WARNING, "lots-incomplete", message))
    elif cost is not None and lots_cost is not None and abs(cost - lots_cost) > CENT * len(lots):
        both = f"the lots' cost basis is {dollars(lots_cost)}, the position's {dollars(cost)}"
        message = f"{security.label}: {both}; the lots' is used."
        slight = abs(cost - lots_cost) <= abs(cost) / 1000  # unit costs are printed rounded
        findings.append((Severity.INFO if slight else Severity.WARNING, "lots-cost", message))
    values = _values([piece[0] for piece in pieces], [piece[1] for piece in pieces], value, whole)
    unknown = terms[None]
    result = [
        Lot(
            account,
            security.id,
            quantity,
            amount,
            basis,
            acquired,
            terms[acquired] if acquired else said or unknown,
            side,
        )
        for (quantity, _, basis, acquired, said), amount in zip(pieces, values, strict=True)
    ]
    return Laid(result, True, findings)


def _values(
    quantities: Sequence[Decimal], stated: Sequence[Decimal | None], value: Decimal, whole: Decimal
) -> list[Decimal]:
    """The lots' own values where they sum to the position's, else its value shared by quantity, to the cent."""
    if None not in stated and sum((v for v in stated if v is not None), ZERO) == value:
        return [v for v in stated if v is not None]
    shares = [to_cents(value * quantity / whole) for quantity in quantities]
    largest = max(range(len(quantities)), key=lambda index: abs(quantities[index]))
    shares[largest] += value - sum(shares, ZERO)
    return shares


def _too_many(security: str, whole: Decimal, held: Decimal, lots: Sequence[Record]) -> tuple[Severity, str, str]:
    listed = "; ".join(
        f"{number_words(lot.quantity)} of {day_words(lot.acquired) if lot.acquired else 'unknown date'}"
        for lot in lots[:_LISTED]
    )
    more = f" and {len(lots) - _LISTED} more" if len(lots) > _LISTED else ""
    message = (
        f"{security}: the lots hold {number_words(held)} units, the position {number_words(whole)}. The "
        f"position file is used; lots not used: {listed}{more}. Export both on the same day."
    )
    return Severity.WARNING, "lots-exceed", message
