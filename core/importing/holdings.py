"""Runs of holding rows -> records, by whole columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter, mul, sub
from typing import cast

import attrs

from core.errors import InputError
from core.household import Finding, SecurityType, Severity, SkippedRow
from core.importing.dates import parse_date
from core.importing.layout import Layout
from core.importing.memo import Memo
from core.importing.numbers import LIMIT, CellError, Numbers, is_null, parse_column, parse_number
from core.importing.reconcile import dollars, fits
from core.importing.records import AccountRead, Reading, Record
from core.importing.securities import ONE, build_security, possible_multipliers
from core.importing.sheets import Row
from core.money import CENT, ZERO, to_cents

_RawRecord = tuple[int, str, Decimal | None, Decimal | None, Decimal | None, date | None, str | None]

_HALF_CENT = CENT / 2
_MOST_FINDINGS = 20
_LONGEST_NAME = 300
_NUMBERS = ("quantity", "price", "value")
_SIDES = {"cash": "cash", "margin": "margin", "short": "margin"}


def column(rows: Sequence[Row], place: int) -> list[str]:
    """One column's cells; "" where a row is shorter."""
    try:
        return list(map(itemgetter(place), rows))
    except IndexError:
        return [row[place] if len(row) > place else "" for row in rows]


def total(columns: Iterable[Numbers | None]) -> Decimal:
    """Sum of the known numbers of some columns."""
    return sum((value for numbers in columns if numbers is not None for value in numbers.values if value), ZERO)


def _gaps(quantity: Numbers, price: Numbers, value: Numbers) -> list[Decimal]:
    """Quantity x price - value of columns that are complete."""
    q, p, v = (cast("list[Decimal]", numbers.values) for numbers in (quantity, price, value))
    return list(map(sub, map(mul, q, p), v))


def _signed_costs(quantity: Numbers, cost: Numbers) -> list[Decimal | None]:
    """The cost of a short position is what was received for it: negative, whichever sign the file prints."""
    if not quantity.signed:
        return cost.values
    pairs = zip(quantity.values, cost.values, strict=True)
    return [-c if q is not None and c is not None and q < 0 < c else c for q, c in pairs]


class HoldingsReader:
    """Turns rows under one heading into records of one :class:`Reading`.

    ``columns`` gives one place for each key. ``constant_symbol`` is the symbol of a file that names it in its title.
    """

    def __init__(
        self, reading: Reading, layout: Layout, heading: Row, columns: dict[str, int], constant_symbol: str
    ) -> None:
        self.reading = reading
        self.layout = layout
        self.heading = heading
        self.columns = columns
        self.constant_symbol = constant_symbol
        self._identity_keys = [key for key in ("symbol", "cusip", "description", "type") if key in columns]
        self._securities: Memo[tuple[str, ...], str] = Memo(self._identify)
        self._multipliers: dict[str, Decimal] = {}
        self._odd_rows = 0
        self._cached_rows: Sequence[Row] | None = None
        self._cached: dict[int, list[str]] = {}
        self.latest: date | None = None

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
            raise self.bad_cell(numbers[error.index], key, error.text, "a number such as 1,234.56") from None

    # -- what the row is ---------------------------------------------------------------------------------------

    def _identify(self, cells: tuple[str, ...]) -> str:
        """Id of the security that these cells name; it is registered at first sight."""
        named = dict(zip(self._identity_keys, cells, strict=True))
        description = named.get("description", "")[:_LONGEST_NAME]
        if self.layout.trim_description is not None:
            description = self.layout.trim_description.sub("", description)
        security = build_security(
            named.get("symbol", self.constant_symbol)[:_LONGEST_NAME],
            named.get("cusip", ""),
            description,
            named.get("type", ""),
            self.layout.types,
        )
        self.reading.securities.setdefault(security.id, security)
        return security.id

    def _identities(self, rows: Sequence[Row]) -> list[str]:
        cells = [self.cells(rows, self.columns[key]) for key in self._identity_keys]
        if not cells:
            return [self._securities[()]] * len(rows)
        return list(map(self._securities.__getitem__, zip(*cells, strict=True)))

    def _settle_securities(
        self, ids: list[str], quantity: Numbers, price: Numbers | None, value: Numbers | None
    ) -> None:
        """Give each security its price, and its multiplier from the arithmetic of its first row."""
        first = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
        for identity, index in first.items():
            security = self.reading.securities[identity]
            p = price.values[index] if price else None
            if p is not None and p >= 0 and security.price is None:
                security = attrs.evolve(security, price=p)
            if identity not in self._multipliers:
                options = possible_multipliers(security)
                chosen = options[0]
                q, v = quantity.values[index], value.values[index] if value else None
                if q is not None and p is not None and v is not None and len(options) > 1:
                    chosen = next((m for m in options if fits(q, p, v, m)), chosen)
                self._multipliers[identity] = chosen
                security = attrs.evolve(security, multiplier=chosen)
            self.reading.securities[identity] = security

    # -- the run -----------------------------------------------------------------------------------------------

    def read(
        self,
        rows: Sequence[Row],
        numbers: Sequence[int],
        account: Callable[[], AccountRead],
        lots: bool,
        acquired_cells: Sequence[str] | None = None,
    ) -> tuple[Numbers | None, Numbers | None]:
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
        try:
            found = [self._amounts(rows, numbers, key) for key in _NUMBERS]
        except InputError:
            rows, numbers, acquired_cells = self._only_holdings(rows, numbers, acquired_cells)
            found = [self._amounts(rows, numbers, key) for key in _NUMBERS]
        if not rows:
            return None, None
        quantity, price, value = found
        quantity = quantity or Numbers([None] * len(rows), False, False, False)
        ids = self._identities(rows)
        self._settle_securities(ids, quantity, price, value)
        acquired = self._dates(rows, numbers, acquired_cells)
        self._note_latest(rows)
        self._check_arithmetic(ids, numbers, quantity, price, value)
        dated = "acquired" in self.columns or acquired_cells is not None
        cost = self._costs(rows, numbers, ids, quantity, value, acquired if dated else None)
        table = zip(
            numbers,
            ids,
            quantity.values,
            self._values(ids, quantity, price, value),
            _signed_costs(quantity, cost),
            acquired,
            self._sides(rows),
            strict=True,
        )
        if not quantity.complete or not all(quantity.values) or "" in self._multipliers:
            records, rows = self._without_empty(table, rows)
        else:
            records = list(map(Record._make, table))
        self._file(records, rows, account, lots)
        return value, cost

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
        chosen = None if acquired is None else [acquired[index] for index in kept]
        return [rows[index] for index in kept], [numbers[index] for index in kept], chosen

    def _dates(self, rows: Sequence[Row], numbers: Sequence[int], cells: Sequence[str] | None) -> list[date | None]:
        if cells is None:
            cells = self._cells(rows, "acquired")
        if cells is None:
            return [None] * len(rows)
        try:
            return list(map(parse_date, cells))
        except ValueError:
            pass
        for number, cell in zip(numbers, cells, strict=True):
            try:
                parse_date(cell)
            except ValueError:
                key = "acquired" if "acquired" in self.columns else "symbol"
                raise self.bad_cell(
                    number, key, cell, "a date such as 03/15/2024 (month first) or 2024-03-15"
                ) from None
        return []

    def _note_latest(self, rows: Sequence[Row]) -> None:
        """The latest date of the as-of column; what is no date there is of no account."""
        for cell in set(self._cells(rows, "as_of") or ()):
            try:
                found = parse_date(cell)
            except ValueError:
                continue
            self.latest = max(filter(None, (self.latest, found)), default=None)

    def _check_arithmetic(
        self, ids: list[str], numbers: Sequence[int], quantity: Numbers, price: Numbers | None, value: Numbers | None
    ) -> None:
        """Check quantity x price x multiplier = value row by row, within the printed digits."""
        if price is None or value is None:
            return
        complete = quantity.complete and price.complete and value.complete
        suspects: Iterable[int] = range(len(ids))
        if complete and set(self._multipliers.values()) == {ONE}:
            gaps = _gaps(quantity, price, value)
            if max(gaps) <= _HALF_CENT and min(gaps) >= -_HALF_CENT:
                return
            suspects = [index for index, gap in enumerate(gaps) if not -_HALF_CENT <= gap <= _HALF_CENT]
        for index in suspects:
            q, p, v, m = quantity.values[index], price.values[index], value.values[index], self._multipliers[ids[index]]
            if q is not None and p is not None and v is not None and not fits(q, p, v, m):
                self._odd_row(ids[index], numbers[index], q, p, v, m)

    def _odd_row(self, identity: str, number: int, q: Decimal, p: Decimal, v: Decimal, m: Decimal) -> None:
        product = q * p * m
        if abs(product) >= LIMIT:
            raise InputError(
                f"{self.reading.where}, row {number}: {q} x {p} is no value of a holding. Correct the row."
            )
        self._odd_rows += 1
        if self._odd_rows > _MOST_FINDINGS:
            return
        option = self.reading.securities[identity].type is SecurityType.OPTION
        message = (
            f"{identity}: quantity {q} x price {p}{'' if m == 1 else f' x {m}'} = {dollars(product)}, but the file "
            f"states a value of {dollars(v)}. "
            f"{'Options are often valued at the mark. ' if option else ''}The stated value is kept."
        )
        self._find(Severity.INFO if option else Severity.WARNING, "row-arithmetic", number, message)

    def _costs(
        self,
        rows: Sequence[Row],
        numbers: Sequence[int],
        ids: list[str],
        quantity: Numbers,
        value: Numbers | None,
        acquired: list[date | None] | None,
    ) -> Numbers:
        """Cost basis in dollars to cents: its column, else unit cost x quantity, else value less gain.

        ``acquired`` is None where the file has no dates at all.
        """
        cost = self._amounts(rows, numbers, "cost")
        if cost is None:
            cost = self._derived_costs(rows, numbers, ids, quantity, value)
        elif cost.fine:
            cost = cost._replace(values=[c if c is None else to_cents(c) for c in cost.values])
        if acquired is not None and not all(cost.values):
            # A zero paid at no date is a broker's way to say that the basis is not known.
            known = [None if not c and a is None else c for c, a in zip(cost.values, acquired, strict=True)]
            cost = Numbers(known, False, cost.fine, cost.signed)
        return cost

    def _derived_costs(
        self, rows: Sequence[Row], numbers: Sequence[int], ids: list[str], quantity: Numbers, value: Numbers | None
    ) -> Numbers:
        unit = self._amounts(rows, numbers, "unit_cost")
        if unit is not None:
            self._derived("The file has no cost basis column; cost basis is unit cost x quantity, rounded to cents.")
            return self._products(ids, quantity, unit)
        gain = self._amounts(rows, numbers, "gain") if value is not None else None
        if gain is None or value is None:
            return Numbers([None] * len(rows), False, False, False)
        self._derived("The file has no cost basis column; cost basis is market value less gain, rounded to cents.")
        pairs = zip(value.values, gain.values, strict=True)
        return Numbers([None if v is None or g is None else to_cents(v - g) for v, g in pairs], False, False, True)

    def _derived(self, message: str) -> None:
        finding = Finding(Severity.INFO, "cost-derived", self.reading.where, message)
        if finding not in self.reading.findings:
            self.reading.findings.append(finding)

    def _products(self, ids: list[str], quantity: Numbers, price: Numbers) -> Numbers:
        """Quantity x price x multiplier in dollars to cents, None where one is not known."""
        result: list[Decimal | None] = []
        for identity, q, p in zip(ids, quantity.values, price.values, strict=True):
            amount = None if q is None or p is None else q * p * self._multipliers[identity]
            result.append(None if amount is None or abs(amount) >= LIMIT else to_cents(amount))
        return Numbers(result, False, False, True)

    def _values(
        self, ids: list[str], quantity: Numbers, price: Numbers | None, value: Numbers | None
    ) -> list[Decimal | None]:
        """Values in dollars to cents as stated, else quantity x price."""
        if value is not None and value.complete:
            return [to_cents(v) for v in value.values if v is not None] if value.fine else value.values
        stated = [None] * len(ids) if value is None else [v if v is None else to_cents(v) for v in value.values]
        if price is None:
            return list(stated)
        reckoned = self._products(ids, quantity, price).values
        return [r if s is None else s for s, r in zip(stated, reckoned, strict=True)]

    def _sides(self, rows: Sequence[Row]) -> list[str | None]:
        cells = self._cells(rows, "side")
        if cells is None:
            return [None] * len(rows)
        sides: Memo[str, str | None] = Memo(lambda cell: _SIDES.get(cell.strip().casefold()))
        return list(map(sides.__getitem__, cells))

    def _without_empty(self, table: Iterable[_RawRecord], rows: Sequence[Row]) -> tuple[list[Record], list[Row]]:
        """Leave out rows that hold nothing, and give a value without a quantity the quantity one."""
        kept: list[Record] = []
        kept_rows: list[Row] = []
        for raw, row in zip(table, rows, strict=True):
            number, security, quantity, value, *_ = raw
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
                kept.append(Record(number, security, quantity or ONE, *raw[3:]))
                kept_rows.append(row)
        self.reading.securities.pop("", None)
        return kept, kept_rows

    def _file(self, records: list[Record], rows: Sequence[Row], account: Callable[[], AccountRead], lots: bool) -> None:
        """Put the records under their accounts."""
        if "account" not in self.columns and "account_name" not in self.columns:
            if records:
                target = account()
                (target.lots if lots else target.positions).extend(records)
            return
        keys = [key for key in ("account", "account_name", "account_type") if key in self.columns]
        cells = [self.cells(rows, self.columns[key]) for key in keys]

        def adder(named: tuple[str, ...]) -> Callable[[Record], None]:
            target = self.account_of(dict(zip(keys, named, strict=True)), account)
            return (target.lots if lots else target.positions).append

        adders = Memo(adder)
        for add, record in zip(map(adders.__getitem__, zip(*cells, strict=True)), records, strict=True):
            add(record)

    def account_of(self, cells: dict[str, str], default: Callable[[], AccountRead]) -> AccountRead:
        """The account that a row's cells name; the default one where they name none."""
        text, name = cells.get("account", "").strip(), cells.get("account_name", "").strip()
        if self.layout.account_cell is not None and (match := self.layout.account_cell.fullmatch(text)):
            groups = match.groupdict()
            text, name = groups.get("account") or text, groups.get("name") or name
        name = "" if is_null(name) else name
        text = name if is_null(text) else text
        if not text:
            return default()
        if text not in self.reading.accounts:
            self.reading.accounts[text] = AccountRead(text, name or text, cells.get("account_type", "").strip())
        return self.reading.accounts[text]

    def _skip(self, number: int, reason: str) -> None:
        self.reading.skipped.append(SkippedRow(number, reason))

    def _find(self, severity: Severity, code: str, number: int, message: str) -> None:
        self.reading.findings.append(Finding(severity, code, f"{self.reading.where} row {number}", message))

    def close(self) -> None:
        """Say how many more rows failed the arithmetic than were listed."""
        if self._odd_rows > _MOST_FINDINGS:
            more = self._odd_rows - _MOST_FINDINGS
            message = f"{more:,} more rows state a value that is not quantity x price."
            self.reading.findings.append(Finding(Severity.WARNING, "row-arithmetic", self.reading.where, message))


def number_or_error(reader: HoldingsReader, row: Row, number: int, keys: Iterable[str]) -> Decimal | None:
    """The first number in the row's cells of these keys, for rows of cash and totals.

    Raises
    ------
    InputError
        Where a cell holds text instead.
    """
    for key in keys:
        place = reader.columns.get(key)
        if place is None or place >= len(row):
            continue
        try:
            amount = parse_number(row[place])
        except ValueError:
            raise reader.bad_cell(number, key, row[place], "an amount such as 1,234.56") from None
        if amount is not None:
            return amount
    return None
