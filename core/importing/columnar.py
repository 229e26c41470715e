"""Runs of holding rows of a large table -> records by columns, without making a text or a number for each cell.

What is read is what :class:`~core.importing.holdings.HoldingsReader` reads row by row; it is asked for securities and
findings. Anything out of the ordinary (a row that holds nothing, a cell that is no number, another currency, a missing
value) makes :func:`read_columns` give up before it has said anything, and the rows are read that way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.household import Term
from core.importing.amounts import FROM_GAIN, FROM_UNITS, side_of
from core.importing.cells import currency_of, term_of
from core.importing.codes import code_pairs
from core.importing.dates import parse_date
from core.importing.fixed import Fixed, Flags
from core.importing.grid import Column, Grid
from core.importing.memo import Memo
from core.importing.numbers import CellError
from core.importing.record_columns import Coded, Codes, RecordColumns, alike
from core.importing.records import AccountRead
from core.importing.securities import ONE

if TYPE_CHECKING:
    from core.importing.holdings import HoldingsReader

# Products of two numbers of up to 53 bits are off by less than this share; a gap within it of the tolerance is looked
# at digit by digit.
_FLOAT_ERROR = 1e-12
_FEW = 50  # accounts that any table may have
_PIECE = 1 << 14  # rows reckoned in one go


class _UnusualError(Exception):
    """Something that is read row by row."""


def read_columns(
    reader: HoldingsReader, rows: Grid, numbers: Sequence[int], account: Callable[[], AccountRead], lots: bool
) -> tuple[Fixed, Fixed] | None:
    """Read rows into the reader's reading; returns their values as printed, and their costs.

    None where they must be read row by row; the parameters are those of ``HoldingsReader.read``.

    Raises
    ------
    InputError
        At a row whose quantity and price make no value of a holding.
    """
    if not len(rows):
        return None
    try:
        return _Run(reader, rows, numbers).read(account, lots)
    except (_UnusualError, CellError, OverflowError):
        return None


class _Run:
    """One run of rows."""

    def __init__(self, reader: HoldingsReader, rows: Grid, numbers: Sequence[int]) -> None:
        self._reader, self._rows = reader, rows
        self._columns = reader.columns
        if isinstance(numbers, range):
            self._numbers = np.arange(numbers.start, numbers.stop, numbers.step, dtype=np.int32)
        else:
            self._numbers = np.asarray(numbers, np.int32)

    def read(self, account: Callable[[], AccountRead], lots: bool) -> tuple[Fixed, Fixed]:
        """The run, all that may be unusual before anything is said."""
        reader = self._reader
        currencies = self._column("currency")
        if currencies is not None and any(currency_of(cell) is not None for cell in currencies.distinct()):
            raise _UnusualError
        quantity, price, value = (self._amounts(key) for key in ("quantity", "price", "value"))
        if quantity is None or value is None or not (quantity.complete and value.complete and quantity.whole.all()):
            raise _UnusualError
        self._named, self._codes = self._tuples(reader.accounts.keys)
        if len(self._named) > max(_FEW, len(self._rows) // 8):
            raise _UnusualError  # columns of a row or two are no gain
        cells, identities = self._tuples(reader.securities.keys)
        ids = [reader.securities.of_cells(named) for named in cells]
        if not all(ids):
            raise _UnusualError
        securities = _merged(identities, ids)
        first = np.empty(len(securities.values), np.int64)
        first[securities.codes[::-1]] = np.arange(len(self._rows))[::-1]  # the last that is put in stays
        reader.securities.settle(
            dict(zip(securities.values, first.tolist(), strict=True)),
            self._column("multiplier"),
            quantity,
            price,
            value,
        )
        multipliers = [reader.securities.multipliers[name] for name in securities.values]
        plain = all(multiplier == ONE for multiplier in multipliers)
        acquired = self._days()
        cost, how = self._costs(quantity, value, acquired, plain)
        stated = value.to_cents() if value.fine else value
        factors = np.array([float(multiplier) for multiplier in multipliers])
        odd = _misfits(quantity, price, value, factors, securities.codes) if price is not None else []
        sides, terms = self._column("side"), self._terms()
        # From here on the run is used.
        reader.note_latest(self._column("as_of"))
        for index in odd:
            amounts = (quantity.at(index), price.at(index) if price is not None else None, value.at(index))
            reader.check_row(securities[index], int(self._numbers[index]), *amounts)
        if how:
            reader.say_once("cost-derived", how)
        self._keep_terms(acquired, terms)
        records = RecordColumns(
            self._numbers,
            securities,
            quantity,
            stated,
            cost.negated((quantity.whole < 0) & (cost.whole > 0)),
            acquired or alike(None, len(self._rows)),
            alike(None, len(self._rows)) if sides is None else _coded(sides).mapped(side_of),
            terms or alike(None, len(self._rows)),
        )
        self._file(records, account, lots)
        return value, cost

    def _column(self, key: str) -> Column | None:
        return self._rows.typed(self._columns[key]) if key in self._columns else None

    def _amounts(self, key: str) -> Fixed | None:
        column = self._column(key)
        return None if column is None else column.numbers()

    def _tuples(self, keys: Sequence[str]) -> tuple[list[tuple[str, ...]], Codes]:
        """The distinct combinations of some columns' cells in order of first appearance, and which each row has."""
        if not keys:
            return [()], np.zeros(len(self._rows), np.int32)
        columns = [self._rows.typed(self._columns[key]) for key in keys]
        codes, firsts = columns[0].codes()
        for column in columns[1:]:
            more, others = column.codes()
            codes, firsts = code_pairs(codes, more, (len(firsts), len(others)))
        cells = [[column.distinct()[code] for code in column.codes()[0][firsts].tolist()] for column in columns]
        return list(zip(*cells, strict=True)), codes

    def _days(self) -> Coded[date | None] | None:
        column = self._column("acquired")
        if column is None:
            return None
        try:
            return _coded(column).mapped(parse_date)
        except ValueError:
            raise _UnusualError from None

    def _costs(
        self, quantity: Fixed, value: Fixed, acquired: Coded[date | None] | None, plain: bool
    ) -> tuple[Fixed, str]:
        """As :func:`core.importing.amounts.costs`."""
        cost, how = self._amounts("cost"), ""
        if cost is None:
            cost, how = self._derived(quantity, value, plain)
        elif cost.fine:
            cost = cost.to_cents()
        if cost.known is None and cost.whole.all():
            return cost, how
        zero = cost.whole == 0
        if acquired is not None:
            dated = np.array([day is not None for day in acquired.values], np.bool_)[acquired.codes]
            cost = cost.only(~zero | dated)
        if not how and (gain := self._amounts("gain")) is not None:
            none = (gain.whole == 0) & (True if gain.known is None else gain.known)
            cost = cost.only(~(zero & none & (value.whole != 0)))
        return cost, how

    def _derived(self, quantity: Fixed, value: Fixed, plain: bool) -> tuple[Fixed, str]:
        unit = self._amounts("unit_cost")
        gain = self._amounts("gain") if unit is None or self._reader.layout.cost_from_gain else None
        if gain is not None:
            return value.minus(gain).to_cents(), FROM_GAIN
        if unit is None:
            nothing = np.zeros(len(value), np.int64)
            return Fixed(nothing, nothing.astype(np.int8), nothing != 0), ""
        if not plain:
            raise _UnusualError
        return quantity.times(unit).to_cents(), FROM_UNITS

    def _terms(self) -> Coded[Term | None] | None:
        column = self._column("term")
        return None if column is None else _coded(column).mapped(term_of)

    def _keep_terms(self, acquired: Coded[date | None] | None, terms: Coded[Term | None] | None) -> None:
        """Keep each pair of a date and the holding period that the file states for it, with its first row."""
        if acquired is None or terms is None:
            return
        for index in code_pairs(acquired.codes, terms.codes, (len(acquired.values), len(terms.values)))[1]:
            day, term = acquired[index], terms[index]
            if day is not None and term is not None:
                self._reader.terms.setdefault((day, term.value), int(self._numbers[index]))

    def _file(self, records: RecordColumns, default: Callable[[], AccountRead], lots: bool) -> None:
        """Put the records under their accounts."""
        keys = self._reader.accounts.keys
        if not keys:
            default().add(records, lots)
            return
        told = [dict(zip(keys, named, strict=True)) for named in self._named]
        targets = [self._reader.accounts.account_of(cells, default) for cells in told]
        accounts = _merged(self._codes, [account.id for account in targets])
        by_id = {account.id: account for account in targets}
        order = np.argsort(accounts.codes, kind="stable")
        ends = np.cumsum(np.bincount(accounts.codes, minlength=len(accounts.values))).tolist()
        for identity, start, end in zip(accounts.values, [0, *ends], ends, strict=False):
            by_id[identity].add(records.chosen(order[start:end]) if end - start < len(order) else records, lots)


def _coded(column: Column) -> Coded[str]:
    return Coded(column.codes()[0], column.distinct())


def _merged(codes: Codes, names: Sequence[str]) -> Coded[str]:
    """A column of names, codes of the same name made one."""
    numbers: Memo[str, int] = Memo(lambda _: len(numbers))
    merged = np.array([numbers[name] for name in names], np.int32)
    return Coded(merged[codes], list(numbers))


def _misfits(
    quantity: Fixed, price: Fixed, value: Fixed, multipliers: npt.NDArray[np.float64], codes: Codes
) -> list[int]:
    """Rows whose arithmetic must be looked at digit by digit: the others surely fit.

    ``multipliers[codes]`` is the multiplier of each row. The tolerance is that of
    :func:`core.importing.reconcile.printed_tolerance`, a hair narrower.
    """
    odd: list[int] = []
    for start in range(0, len(codes), _PIECE):
        part = slice(start, start + _PIECE)
        fits = _surely_fit(quantity.part(part), price.part(part), value.part(part), multipliers[codes[part]])
        odd += (np.flatnonzero(~fits) + start).tolist()
    return odd


def _surely_fit(quantity: Fixed, price: Fixed, value: Fixed, multiplier: npt.NDArray[np.float64]) -> Flags:
    q, p, v = quantity.floats(), price.floats(), value.floats()
    product = q * p * multiplier
    error = np.where(p == 1, 0.0, 0.5 * 10.0 ** -np.maximum(price.scales, 2).astype(np.float64))
    few = np.where(quantity.scales >= 3, 0.5 * 10.0 ** -quantity.scales.astype(np.float64), 0.0)
    slack = 0.005 + multiplier * (np.abs(q) * error + np.abs(p) * few) + 0.001
    noise = _FLOAT_ERROR * (np.abs(product) + np.abs(v))
    surely: Flags = np.abs(product - v) <= slack - noise
    return surely if price.known is None else surely | ~price.known
