"""Records and lots of a large table as columns: each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import Generic, TypeVar, overload

import attrs
import numpy as np
import numpy.typing as npt

from core.household import Lot, Term
from core.importing.drafts import make_lots
from core.importing.fixed import Fixed
from core.importing.records import Record

Codes = npt.NDArray[np.int32]
T = TypeVar("T")
U = TypeVar("U")


@attrs.frozen(eq=False)
class Coded(Generic[T]):
    """A column of few values: ``values[codes[i]]`` is the value of row i."""

    codes: Codes
    values: Sequence[T]

    def __getitem__(self, index: int) -> T:
        return self.values[int(self.codes[index])]

    def listed(self) -> list[T]:
        """The value of each row."""
        return list(map(self.values.__getitem__, self.codes.tolist()))

    def chosen(self, indices: npt.NDArray[np.int64]) -> Coded[T]:
        """The values at some places."""
        return Coded(self.codes[indices], self.values)

    def mapped(self, make: Callable[[T], U]) -> Coded[U]:
        """Another value for each of the values."""
        return Coded(self.codes, [make(value) for value in self.values])

    def used(self) -> list[T]:
        """The values that some row has."""
        if len(self.codes) < len(self.values) // 8:  # one of very many accounts
            return [self.values[code] for code in sorted(set(self.codes.tolist()))]
        seen = np.zeros(len(self.values), np.bool_)
        seen[self.codes] = True
        return [self.values[code] for code in np.flatnonzero(seen).tolist()]


def alike(value: T, count: int) -> Coded[T]:
    """A column of one value."""
    return Coded(np.broadcast_to(np.zeros(1, np.int32), (count,)), [value])


@attrs.frozen(eq=False)
class RecordColumns(Sequence[Record]):
    """Records by columns; ``rows`` are their row numbers, ``acquired`` and the rest as in :class:`Record`."""

    rows: Codes
    securities: Coded[str]
    quantities: Fixed
    values: Fixed
    costs: Fixed
    acquired: Coded[date | None]
    sides: Coded[str | None]
    terms: Coded[Term | None]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        if isinstance(index, slice):
            return list(self)[index]
        quantity = self.quantities.at(index)
        assert quantity is not None
        return Record(
            int(self.rows[index]),
            self.securities[index],
            quantity,
            self.values.at(index),
            self.costs.at(index),
            self.acquired[index],
            self.sides[index],
            self.terms[index],
        )

    def __iter__(self) -> Iterator[Record]:
        columns = (
            self.rows.tolist(),
            self.securities.listed(),
            self.quantities.decimals(),
            self.values.decimals(),
            self.costs.decimals(),
            self.acquired.listed(),
            self.sides.listed(),
            self.terms.listed(),
        )
        return map(Record._make, zip(*columns, strict=True))

    def chosen(self, indices: npt.NDArray[np.int64]) -> RecordColumns:
        """The records at some places."""
        return RecordColumns(
            self.rows[indices],
            self.securities.chosen(indices),
            self.quantities.chosen(indices),
            self.values.chosen(indices),
            self.costs.chosen(indices),
            self.acquired.chosen(indices),
            self.sides.chosen(indices),
            self.terms.chosen(indices),
        )

    def renamed(self, names: Mapping[str, str]) -> RecordColumns:
        """The records with other ids of securities where ``names`` has them."""
        return attrs.evolve(self, securities=self.securities.mapped(lambda name: names.get(name, name)))


@attrs.frozen(eq=False)
class LotColumns(Sequence[Lot]):
    """The lots of one account by columns; ``held`` gives the holding period of each date of acquisition."""

    account: str
    records: RecordColumns
    held: Callable[[date | None], Term]

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> Lot: ...
    @overload
    def __getitem__(self, index: slice) -> list[Lot]: ...
    def __getitem__(self, index: int | slice) -> Lot | list[Lot]:
        if isinstance(index, slice):
            return list(self)[index]
        record = self.records[index]
        term = self.held(record.acquired)
        if term is Term.UNKNOWN:
            term = record.term or term
        assert record.value is not None
        return Lot(
            self.account,
            record.security,
            record.quantity,
            record.value,
            record.cost,
            record.acquired,
            term,
            record.side,
        )

    def __iter__(self) -> Iterator[Lot]:
        records = self.records
        few = len(records.acquired.values) < len(records)
        days = records.acquired
        terms = days.mapped(self.held).listed() if few else list(map(self.held, days.listed()))
        if any(said is not None for said in records.terms.values):
            stated = zip(terms, records.terms.listed(), strict=True)
            terms = [own if own is not Term.UNKNOWN else said or own for own, said in stated]
        return iter(
            make_lots(
                repeat(self.account),
                records.securities.listed(),
                records.quantities.decimals(),  # type: ignore[arg-type]
                records.values.decimals(),  # type: ignore[arg-type]
                records.costs.decimals(),
                records.acquired.listed(),
                terms,
                records.sides.listed(),
                count=len(records),
            )
        )

    @property
    def total(self) -> Decimal:
        """Sum of the market values, in dollars."""
        return self.records.values.total()
