"""Values and costs of a run of rows: as stated, or reckoned from what else the rows state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import repeat

from core.importing.memo import Memo
from core.importing.numbers import LIMIT, Numbers
from core.money import to_cents

_SIDES = {"cash": "cash", "margin": "margin", "short": "margin"}
FROM_UNITS = "The file has no cost basis column; cost basis is unit cost x quantity, rounded to cents."
FROM_GAIN = "The file has no cost basis column; cost basis is market value less gain, rounded to cents."
FROM_COST = "The file has neither values nor prices; market value is cost basis plus gain."


def sides(cells: Sequence[str] | None, count: int) -> Iterable[str | None]:
    """Cash or margin side of each row, None where the file does not say."""
    if cells is None:
        return repeat(None, count)
    return map(Memo(side_of).__getitem__, cells)


def side_of(cell: str) -> str | None:
    """Cash or margin side as a cell names it, else None."""
    return _SIDES.get(cell.strip().casefold())


def signed_costs(quantity: Numbers, cost: Numbers) -> list[Decimal | None]:
    """The cost of a short position is what was received for it: negative, whichever sign the file prints."""
    if not quantity.signed:
        return cost.values
    pairs = zip(quantity.values, cost.values, strict=True)
    return [-c if q is not None and c is not None and q < 0 < c else c for q, c in pairs]


def values(
    quantity: Numbers,
    price: Numbers | None,
    value: Numbers | None,
    multipliers: Mapping[str, Decimal],
    ids: Sequence[str],
    cost: Numbers,
    gain: Numbers | None,
) -> tuple[list[Decimal | None], str]:
    """Values in dollars to cents as stated, else quantity x price, else cost + gain; and what to say of it."""
    if value is not None and value.complete:
        exact = [to_cents(v) for v in value.values if v is not None] if value.fine else value.values
        return list(exact), ""
    stated = [None] * len(ids) if value is None else [v if v is None else to_cents(v) for v in value.values]
    if price is not None:
        reckoned = _products(ids, quantity, price, multipliers).values
        return [r if s is None else s for s, r in zip(stated, reckoned, strict=True)], ""
    if gain is not None:
        pairs = zip(cost.values, gain.values, strict=True)
        return [None if c is None or g is None else to_cents(c + g) for c, g in pairs], FROM_COST
    return list(stated), ""


def costs(
    column: Callable[[str], Numbers | None],
    ids: Sequence[str],
    multipliers: Mapping[str, Decimal],
    quantity: Numbers,
    value: Numbers | None,
    acquired: Sequence[date | None] | None,
    gain_first: bool,
) -> tuple[Numbers, str]:
    """Cost basis in dollars to cents: its column, else unit cost x quantity, else value less gain.

    Parameters
    ----------
    column
        Reads the column of a key, None where there is none.
    acquired
        None where the file has no dates at all.
    gain_first
        Whether value less gain goes before unit cost x quantity.

    Returns
    -------
    Numbers, str
        None where not known; and what to say of how they were reckoned.
    """
    cost, how = column("cost"), ""
    if cost is None:
        cost, how = _derived(column, ids, multipliers, quantity, value, gain_first)
    elif cost.fine:
        cost = cost._replace(values=[c if c is None else to_cents(c) for c in cost.values])
    if all(cost.values):
        return cost, how
    if acquired is not None:
        # A zero paid at no date is a broker's way to say that the basis is not known.
        known = [None if not c and a is None else c for c, a in zip(cost.values, acquired, strict=True)]
        cost = Numbers(known, False, cost.fine, cost.signed)
    if not how and value is not None and (gain := column("gain")) is not None:
        # So is a zero with no gain on something that is worth something.
        rows = zip(cost.values, gain.values, value.values, strict=True)
        known = [None if c == 0 and g == 0 and v else c for c, g, v in rows]
        cost = Numbers(known, False, cost.fine, cost.signed)
    return cost, how


def _derived(
    column: Callable[[str], Numbers | None],
    ids: Sequence[str],
    multipliers: Mapping[str, Decimal],
    quantity: Numbers,
    value: Numbers | None,
    gain_first: bool,
) -> tuple[Numbers, str]:
    unit = column("unit_cost")
    gain = column("gain") if value is not None and (unit is None or gain_first) else None
    if gain is not None and value is not None:
        pairs = zip(value.values, gain.values, strict=True)
        known = [None if v is None or g is None else to_cents(v - g) for v, g in pairs]
        return Numbers(known, False, False, True), FROM_GAIN
    if unit is not None:
        return _products(ids, quantity, unit, multipliers), FROM_UNITS
    return Numbers([None] * len(ids), False, False, False), ""


def _products(ids: Sequence[str], quantity: Numbers, price: Numbers, multipliers: Mapping[str, Decimal]) -> Numbers:
    """Quantity x price x multiplier in dollars to cents, None where one is not known."""
    result: list[Decimal | None] = []
    for identity, q, p in zip(ids, quantity.values, price.values, strict=True):
        amount = None if q is None or p is None else q * p * multipliers[identity]
        result.append(None if amount is None or abs(amount) >= LIMIT else to_cents(amount))
    return Numbers(result, False, False, True)
