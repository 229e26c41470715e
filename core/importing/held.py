"""Lots and records as lists or as columns, whichever they came in; columns are loaded only where there are any."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, TypeGuard

import attrs

from core.household import Lot
from core.importing.records import Record
from core.money import ZERO

if TYPE_CHECKING:
    from core.importing.record_columns import LotColumns, RecordColumns


def _are_columns(rows: object, name: str) -> bool:
    module = sys.modules.get("core.importing.record_columns")
    return module is not None and isinstance(rows, getattr(module, name))


def in_columns(records: Sequence[Record]) -> TypeGuard[RecordColumns]:
    """Whether records are kept by columns."""
    return _are_columns(records, "RecordColumns")


def lots_in_columns(lots: Sequence[Lot]) -> TypeGuard[LotColumns]:
    """Whether lots are kept by columns."""
    return _are_columns(lots, "LotColumns")


def renamed_records(records: Sequence[Record], names: Mapping[str, str]) -> Sequence[Record]:
    """The records with other ids of securities where ``names`` has them."""
    if in_columns(records):
        return records.renamed(names)
    return [
        record._replace(security=names[record.security]) if record.security in names else record for record in records
    ]


def worth(lots: Sequence[Lot]) -> Decimal:
    """Sum of the market values, in dollars."""
    return lots.total if lots_in_columns(lots) else sum(map(attrgetter("market_value"), lots), ZERO)


def securities_of(lots: Sequence[Lot]) -> set[str]:
    """Ids of the securities."""
    if lots_in_columns(lots):
        return set(lots.records.securities.used())
    return set(map(attrgetter("security"), lots))


def days_of(lots: Sequence[Lot]) -> set[date | None]:
    """Dates of acquisition."""
    if lots_in_columns(lots):
        return set(lots.records.acquired.used())
    return set(map(attrgetter("acquired"), lots))


@attrs.frozen(eq=False)
class LotsInParts:
    """The lots of several accounts, made when a household's lots are first asked for."""

    parts: tuple[Sequence[Lot], ...]

    def __call__(self) -> tuple[Lot, ...]:
        """All lots, account by account."""
        return tuple(chain.from_iterable(self.parts))


def all_lots(parts: Iterable[Sequence[Lot]]) -> tuple[Lot, ...] | LotsInParts:
    """The lots of all accounts; made later where some are kept by columns."""
    kept = tuple(parts)
    later = LotsInParts(kept)
    return later if any(map(lots_in_columns, kept)) else later()
