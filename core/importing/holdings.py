"""Runs of holding rows -> records, by whole columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import repeat
from typing import Any, cast

from core.errors import InputError
from core.household import Finding, SecurityType, Severity, SkippedRow, Term
from core.importing.account_cells import AccountCells
from core.importing.amounts import costs, sides, signed_costs, values
from core.importing.cells import currency_of, number_in, term_of
from core.importing.dates import parse_date
from core.importing.grid import Grid, Row, distinct
from core.importing.layout import Layout
from core.importing.memo import Memo
from core.importing.numbers import LIMIT, Amounts, CellError, Numbers, parse_column, parse_number, without_foreign
from core.importing.reconcile import fits, misfits
from core.importing.records import AccountRead, Reading, Record
from core.importing.securities import ONE
from core.importing.security_cells import SecurityCells
from core.importing.sheets import column
from core.money import ZERO
from core.words import count_words, dollars, number_words

_MOST_FINDINGS = 20
_NUMBERS = ("quantity", "price", "value")
_record = partial(tuple.__new__, Record)


class HoldingsReader:
    """Turns rows under one heading into records of one :class:`Reading`.

    ``columns`` gives one place for each key. ``constant_symbol`` is the symbol of a file that names it in its title.
    ``latest`` is the latest date of the as-of column; ``terms`` holds (acquired, stated holding period) -> a row.
    """

    def __init__(
        self, reading: Reading, layout: Layout, heading: Row, columns: dict[str, int], constant_symbol: str
    ) -> None:
        self.reading = reading
        self.layout = layout
        self.heading = heading
        self.columns = columns
        self.latest: date | None = None
        self.terms: dict[tuple[date, str], int] = {}
        self.accounts = AccountCells(reading, layout, columns)
        self.securities = SecurityCells(reading, layout, columns, constant_symbol)
        self._odd_rows = 0
        self._foreign: dict[str, tuple[int, Decimal]] = {}
        self._cached_rows: Sequence[Row] | None = None
        self._cached: dict[int, list[str]] = {}

    # -- cells -------------------------------------------------------------------------------------------------

    def cells(self, rows: Sequence[Row], place: int) -> list[str]:
        """One column of these rows; asked again for the same rows it is at hand."""
        if rows is not self._cached_rows:
            self._cached_rows, self._cached = rows, {}
        if place not in self._cached:
            self._cached[place] = column(rows, place)
        return self._cached[place]

    def _cells(self, rows: Sequence[Row], key: str) -> list[str] | None:
        return self.cells(rows, self.columns[key]) if key in self.columns else None

    def bad_cell(self, number: int, key: str, text: str, expected: str) -> InputError:
        """The error for a cell that is not what its column must hold."""
        place = self.columns[key]
        name = self.heading[place].strip() if place < len(self.heading) else ""
        return InputError(
            f"{self.reading.where}, row {number}, column {name or place + 1}: found {text.strip()[:60]!r}, "
            f"expected {expected}. "
            "Correct the cell or export the file again."
        )

    def _amounts(self, rows: Sequence[Row], numbers: Sequence[int], key: str) -> Numbers | None:
        """One column of numbers, or None where the heading lacks it."""
        cells = self._cells(rows, key)
        if cells is None:
            return None
        try:
            return parse_column(cells)
        except CellError as error:
            if key == "price" and (dollar_prices := without_foreign(cells)) is not None:
                return dollar_prices
            raise self.bad_cell(numbers[error.index], key, error.text, "a number such as 1,234.56") from None

    # -- the run -----------------------------------------------------------------------------------------------

    def read(
        self,
        rows: Sequence[Row],
        numbers: Sequence[int],
        account: Callable[[], AccountRead],
        lots: bool,
        acquired_cells: Sequence[str] | None = None,
    ) -> tuple[Amounts | None, Amounts | None]:
        """Read a run of holding rows into the reading; returns its values as printed, and its costs.

        Parameters
        ----------
        account
            Gives the account of rows whose file names it outside the table.
        lots
            Whether the rows are tax lots, not positions.
        acquired_cells
            Dates that stand elsewhere than in a column of their own.

        Raises
        ------
        InputError
            At a cell that holds neither a number (or date) nor a word for none, in a row that holds a holding.
        """
        if isinstance(rows, Grid) and acquired_cells is None and "group" not in self.columns:
            from core.importing.columnar import read_columns

            whole = read_columns(self, rows, numbers, account, lots)
            if whole is not None:
                return whole
        if "currency" in self.columns:
            rows, numbers, acquired_cells = self._only_dollars(rows, numbers, acquired_cells)
        try:
            found = [self._amounts(rows, numbers, key) for key in _NUMBERS]
        except InputError:
            rows, numbers, acquired_cells = self._only_holdings(rows, numbers, acquired_cells)
            found = [self._amounts(rows, numbers, key) for key in _NUMBERS]
        if not rows:
            return None, None
        quantity, price, value = found
        quantity = quantity or Numbers([None] * len(rows), False, False, False)
        ids = self.securities.of_rows(rows, self.cells)
        firsts = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
        self.securities.settle(firsts, self._cells(rows, "multiplier"), quantity, price, value)
        acquired = self._dates(rows, numbers, acquired_cells)
        self.note_latest(self._cells(rows, "as_of"))
        self._check_arithmetic(ids, numbers, quantity, price, value)
        dated = "acquired" in self.columns or acquired_cells is not None
        cost = self._costs(rows, numbers, ids, quantity, value, acquired if dated else None)
        stated, how = values(
            quantity, price, value, self.securities.multipliers, ids, cost, self._gains(rows, numbers, value)
        )
        if how:
            self.say_once("value-derived", how)
        table = zip(
            numbers,
            ids,
            quantity.values,
            stated,
            signed_costs(quantity, cost),
            acquired,
            sides(self._cells(rows, "side"), len(rows)),
            self._stated_terms(rows, numbers, acquired),
            strict=False,
        )
        if not quantity.complete or not all(quantity.values) or "" in self.securities.multipliers:
            records, rows = self._without_empty(table, rows)
        else:
            records = list(map(_record, table))
        self.accounts.file(records, partial(self.cells, rows), account, lots)
        return value if value is not None else Numbers(stated, False, True, True), cost

    def _only_holdings(
        self, rows: Sequence[Row], numbers: Sequence[int], acquired: Sequence[str] | None
    ) -> tuple[Sequence[Row], Sequence[int], Sequence[str] | None]:
        """Leave out rows of mere text, such as notes under the table, each with its reason."""
        kept: list[int] = []
        for index, row in enumerate(rows):
            good = bad = 0
            for key in _NUMBERS:
                place = self.columns.get(key, len(row))
                try:
                    good += place < len(row) and parse_number(row[place]) is not None
                except ValueError:
                    bad += 1
            if bad and not good:
                self._skip(numbers[index], "text, not a holding")
            else:
                kept.append(index)
        return _chosen(kept, rows, numbers, acquired)

    def _only_dollars(
        self, rows: Sequence[Row], numbers: Sequence[int], acquired: Sequence[str] | None
    ) -> tuple[Sequence[Row], Sequence[int], Sequence[str] | None]:
        """Leave out holdings in other currencies, each with its reason."""
        cells = self._cells(rows, "currency") or []
        if all(currency_of(cell) is None for cell in set(cells)):
            return rows, numbers, acquired
        kept = []
        for index, cell in enumerate(cells):
            if (currency := currency_of(cell)) is None:
                kept.append(index)
                continue
            try:
                amount = number_in(self, rows[index], "value") or ZERO
            except InputError:
                amount = ZERO
            self.skip_foreign(numbers[index], currency, amount)
        return _chosen(kept, rows, numbers, acquired)

    def foreign(self, row: Row) -> str | None:
        """The currency of a row that is not in dollars, else None."""
        place = self.columns.get("currency", len(row))
        return currency_of(row[place]) if place < len(row) else None

    def skip_foreign(self, number: int, currency: str, amount: Decimal) -> None:
        """Pass over a row in another currency; what was passed over is said at the end."""
        self._skip(number, f"in {currency}, not in US dollars")
        count, total = self._foreign.get(currency, (0, ZERO))
        self._foreign[currency] = (count + 1, total + amount)

    def _dates(self, rows: Sequence[Row], numbers: Sequence[int], cells: Sequence[str] | None) -> list[date | None]:
        if cells is None:
            cells = self._cells(rows, "acquired")
        if cells is None:
            return [None] * len(rows)
        try:
            return list(map(Memo(parse_date).__getitem__, cells))
        except ValueError:
            pass
        for number, cell in zip(numbers, cells, strict=True):
            try:
                parse_date(cell)
            except ValueError:
                key = "acquired" if "acquired" in self.columns else "symbol"
                key = key if key in self.columns else next(iter(self.columns))
                raise self.bad_cell(
                    number, key, cell, "a date such as 03/15/2024 (month first) or 2024-03-15"
                ) from None
        return []

    def note_latest(self, cells: Sequence[str] | None) -> None:
        """The latest date of the as-of column, if any; what is no date there is of no account."""
        for cell in distinct(cells or ()):
            try:
                found = parse_date(cell)
            except ValueError:
                continue
            self.latest = max(filter(None, (self.latest, found)), default=None)

    def _stated_terms(
        self, rows: Sequence[Row], numbers: Sequence[int], acquired: Sequence[date | None]
    ) -> Iterable[Term | None]:
        """The holding periods that the file states; each pair with a date is kept, to be compared with ours."""
        cells = self._cells(rows, "term")
        if cells is None:
            return repeat(None)
        known = {cell: stated for cell in set(cells) if (stated := term_of(cell)) is not None}
        for pair, number in zip(zip(acquired, cells, strict=True), numbers, strict=True):
            if pair[0] is not None and pair[1] in known:
                self.terms.setdefault((pair[0], known[pair[1]].value), number)
        return [known.get(cell) for cell in cells]

    def _check_arithmetic(
        self, ids: list[str], numbers: Sequence[int], quantity: Numbers, price: Numbers | None, value: Numbers | None
    ) -> None:
        """Check quantity x price x multiplier = value row by row, within the printed digits."""
        if price is None or value is None:
            return
        plain = set(self.securities.multipliers.values()) == {ONE}
        for index in misfits(quantity, price, value, plain):
            self.check_row(ids[index], numbers[index], quantity.at(index), price.at(index), value.at(index))

    def check_row(self, identity: str, number: int, q: Decimal | None, p: Decimal | None, v: Decimal | None) -> None:
        """Say where a row states a value that is not its quantity x price x multiplier, within the printed digits.

        Raises
        ------
        InputError
            Where the product is no value of a holding.
        """
        m = self.securities.multipliers[identity]
        if q is None or p is None or v is None or fits(q, p, v, m):
            return
        product = q * p * m
        if abs(product) >= LIMIT:
            raise InputError(
                f"{self.reading.where}, row {number}: {q} x {p} is more than any holding is worth. Correct the row."
            )
        self._odd_rows += 1
        if self._odd_rows > _MOST_FINDINGS:
            return
        security = self.reading.securities[identity]
        option = security.type is SecurityType.OPTION
        times = " x ".join(map(number_words, (p,) if m == 1 else (p, m)))
        message = (
            f"{security.label}: quantity {number_words(q)} x price {times} = {dollars(product)}, but the file "
            f"states a value of {dollars(v)}. "
            f"{'Options are often valued at the mark. ' if option else ''}The stated value is kept."
        )
        self._find(Severity.INFO if option else Severity.WARNING, "row-arithmetic", number, message)

    def _gains(self, rows: Sequence[Row], numbers: Sequence[int], value: Numbers | None) -> Numbers | None:
        """The column of gains, where it is needed to reckon values."""
        return self._amounts(rows, numbers, "gain") if value is None and "price" not in self.columns else None

    def _costs(
        self,
        rows: Sequence[Row],
        numbers: Sequence[int],
        ids: list[str],
        quantity: Numbers,
        value: Numbers | None,
        acquired: list[date | None] | None,
    ) -> Numbers:
        def ask(key: str) -> Numbers | None:
            return self._amounts(rows, numbers, key)

        cost, how = costs(ask, ids, self.securities.multipliers, quantity, value, acquired, self.layout.cost_from_gain)
        if how:
            self.say_once("cost-derived", how)
        return cost

    def _without_empty(self, table: Iterable[tuple[Any, ...]], rows: Sequence[Row]) -> tuple[list[Record], list[Row]]:
        """Leave out rows that hold nothing, and give a value without a quantity the quantity one."""
        kept: list[Record] = []
        kept_rows: list[Row] = []
        for raw, row in zip(map(Record._make, table), rows, strict=True):
            number, security, value = raw.row, raw.security, raw.value
            quantity = cast("Decimal | None", raw.quantity)
            if quantity is None and not value:
                self._skip(number, "no quantity and no value")
            elif quantity is not None and quantity == 0:
                self._skip(number, "quantity is zero")
                if value:
                    message = (
                        f"{security}: the quantity is zero but the value {dollars(value)}; the row is passed over."
                    )
                    self._find(Severity.WARNING, "zero-quantity", number, message)
            elif not security:
                self._skip(number, "no symbol, CUSIP or name")
                message = f"A row without symbol, CUSIP or name is passed over; its value is {dollars(value or ZERO)}."
                self._find(Severity.WARNING, "unnamed-row", number, message)
            else:
                if quantity is None:
                    message = f"{security}: the file states a value but no quantity; it is kept as one unit."
                    self._find(Severity.WARNING, "no-quantity", number, message)
                kept.append(raw if quantity is not None else raw._replace(quantity=ONE))
                kept_rows.append(row)
        self.reading.securities.pop("", None)
        return kept, kept_rows

    # -- what is said ------------------------------------------------------------------------------------------

    def _skip(self, number: int, reason: str) -> None:
        self.reading.skipped.append(SkippedRow(number, reason))

    def _find(self, severity: Severity, code: str, number: int, message: str) -> None:
        self.reading.findings.append(Finding(severity, code, f"{self.reading.where} row {number}", message))

    def say_once(self, code: str, message: str) -> None:
        """Say something of the whole table, once."""
        finding = Finding(Severity.INFO, code, self.reading.where, message)
        if finding not in self.reading.findings:
            self.reading.findings.append(finding)

    def close(self) -> None:
        """Say how many more rows failed the arithmetic than were listed, and what is in other currencies."""
        if self._odd_rows > _MOST_FINDINGS:
            more = self._odd_rows - _MOST_FINDINGS
            message = f"{count_words(more, 'more row')} with a value that is not quantity x price."
            self.reading.findings.append(Finding(Severity.WARNING, "row-arithmetic", self.reading.where, message))
        for currency, (count, amount) in sorted(self._foreign.items()):
            message = (
                f"{count_words(count, 'row')} in {currency} ({amount:,.2f} {currency} in all) "
                f"{'are' if count != 1 else 'is'} not used: only holdings in US dollars are."
            )
            severity = Severity.WARNING if amount else Severity.INFO
            self.reading.findings.append(Finding(severity, "other-currency", self.reading.where, message))
        self._foreign.clear()


def _chosen(
    kept: Sequence[int], rows: Sequence[Row], numbers: Sequence[int], acquired: Sequence[str] | None
) -> tuple[Sequence[Row], list[int], list[str] | None]:
    dates = None if acquired is None else [acquired[index] for index in kept]
    chosen = rows.chosen(kept) if isinstance(rows, Grid) else [rows[index] for index in kept]
    return chosen, [numbers[index] for index in kept], dates
