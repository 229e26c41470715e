"""Many lots at once, filled by columns: a third of the work of calling the frozen class once for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import repeat

import attrs

from core.household import Lot, Term

_FILL = tuple(getattr(Lot, field.name).__set__ for field in attrs.fields(Lot))


def make_lots(
    accounts: Iterable[str],
    securities: Iterable[str],
    quantities: Iterable[Decimal],
    values: Iterable[Decimal],
    costs: Iterable[Decimal | None],
    acquired: Iterable[date | None],
    terms: Iterable[Term],
    sides: Iterable[str | None],
    *,
    count: int,
) -> list[Lot]:
    """``count`` lots out of their columns.

    The slots are set through their descriptors, as the class's own constructor does one lot at a time; no lot is
    handed out before it is complete.
    """
    lots: list[Lot] = list(map(object.__new__, repeat(Lot, count)))
    columns = (accounts, securities, quantities, values, costs, acquired, terms, sides)
    for fill, column in zip(_FILL, columns, strict=True):
        deque(map(fill, lots, column), maxlen=0)
    return lots
