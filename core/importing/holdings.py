"""Runs of holding rows -> records, by whole columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter, mul, sub
from typing import TypeVar

import attrs

from core.errors import InputError
from core.household import Finding, Severity, SkippedRow
from core.importing.dates import parse_date
from core.importing.layout import Layout
from core.importing.memo import Memo
from core.importing.numbers import LIMIT, CellError, has_fractions_of_cents, parse_column, parse_number
from core.importing.reconcile import dollars, fits
from core.importing.records import AccountRead, Reading, Record
from core.importing.securities import ONE, build_security, possible_multipliers
from core.importing.sheets import Row
from core.money import CENT, ZERO, to_cents

Amounts = list[Decimal | None]
T = TypeVar("T")
_RawRecord = tuple[int, str, Decimal | None, Decimal | None, Decimal | None, date | None, str | None]

_HALF_CENT = CENT / 2
_MOST_FINDINGS = 20
_NUMBERS = ("quantity", "price", "value")
_SIDES = {"cash": "cash", "margin": "margin", "short": "margin"}


def column(rows: Sequence[Row], place: int) -> list[str]:
    """One column's cells; "" where a row is shorter."""
    try:
        return list(map(itemgetter(place), rows))
    except IndexError:
        return [row[place] if len(row) > place else "" for row in rows]


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

    # -- cells -------------------------------------------------------------------------------------------------

    def _cells(self, rows: Sequence[Row], key: str) -> list[str] | None:
        return column(rows, self.columns[key]) if key in self.columns else None

    def _parsed(
        self,
        rows: Sequence[Row],
        numbers: Sequence[int],
        key: str,
        parse: Callable[[Sequence[str]], list[T]],
        expected: str,
    ) -> list[T] | None:
        cells = self._cells(rows, key)
        if cells is None:
            return None
        try:
            return parse(cells)
        except CellError as error:
            raise self._bad_cell(numbers[error.index], key, error.text, expected) from None

    def _bad_cell(self, number: int, key: str, text: str, expected: str) -> InputError:
        place = self.columns[key]
        name = self.heading[place].strip() if place < len(self.heading) else ""
        return InputError(
            f"{self.reading.where}, row {number}, column {name or place + 1}: found {text.strip()[:60]!r}, "
            f"expected {expected}. "
            "Correct the cell or export the file again."
        )

    def _amounts(self, rows: Sequence[Row], numbers: Sequence[int], key: str) -> Amounts | None:
        return self._parsed(rows, numbers, key, parse_column, "a number such as 1,234.56")

    # -- what the row is ---------------------------------------------------------------------------------------

    def _identify(self, cells: tuple[str, ...]) -> str:
        """Id of the security that these cells name; it is registered at first sight."""
        named = dict(zip(self._identity_keys, cells, strict=True))
        description = named.get("description", "")
        if self.layout.trim_description is not None:
            description = self.layout.trim_description.sub("", description)
        security = build_security(
            named.get("symbol", self.constant_symbol),
            named.get("cusip", ""),
            description,
            named.get("type", ""),
            self.layout.types,
        )
        self.reading.securities.setdefault(security.id, security)
        return security.id

    def _identities(self, rows: Sequence[Row]) -> list[str]:
        cells = [column(rows, self.columns[key]) for key in self._identity_keys]
        if not cells:
            return [self._securities[()]] * len(rows)
        return list(map(self._securities.__getitem__, zip(*cells, strict=True)))

    def _settle_securities(
        self, ids: list[str], quantity: Amounts, price: Amounts | None, value: Amounts | None
    ) -> None:
        """Give each security its price, and its multiplier from the arithmetic of its first row."""
        first = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
        for identity, index in first.items():
            security = self.reading.securities[identity]
            p = price[index] if price else None
            if p is not None and p >= 0 and security.price is None:
                security = attrs.evolve(security, price=p)
            if identity not in self._multipliers:
                options = possible_multipliers(security)
                chosen = options[0]
                q, v = quantity[index], value[index] if value else None
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
    ) -> tuple[Decimal, Decimal]:
        """Read a run of holding rows into the reading; returns the sums of value and of known cost as printed.

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
        rows, numbers, acquired_cells = self._only_holdings(rows, numbers, acquired_cells)
        if not rows:
            return ZERO, ZERO
        quantity = self._amounts(rows, numbers, "quantity") or [None] * len(rows)
        price = self._amounts(rows, numbers, "price")
        value = self._amounts(rows, numbers, "value")
        ids = self._identities(rows)
        self._settle_securities(ids, quantity, price, value)
        acquired = self._dates(rows, numbers, acquired_cells)
        self._check_arithmetic(ids, numbers, quantity, price, value)
        multiplier = [ONE] if set(self._multipliers.values()) == {ONE} else [self._multipliers[i] for i in ids]
        cost = self._costs(rows, numbers, quantity, value, multiplier, acquired)
        sums = (sum(filter(None, value or ()), ZERO), sum(filter(None, cost), ZERO))
        if value is not None and has_fractions_of_cents(self._cells(rows, "value") or ()):
            value = [v if v is None else to_cents(v) for v in value]
        cost = self._signed_costs(quantity, cost)
        if value is None or None in value:
            value = self._values(ids, quantity, price, value)
        sides = self._sides(rows)
        table = zip(numbers, ids, quantity, value, cost, acquired, sides, strict=True)
        if not all(quantity) or "" in self._multipliers:
            records, rows = self._without_empty(table, rows)
        else:
            records = list(map(Record._make, table))
        self._file(records, rows, account, lots)
        return sums

    def _only_holdings(
        self, rows: Sequence[Row], numbers: Sequence[int], acquired: Sequence[str] | None
    ) -> tuple[Sequence[Row], Sequence[int], Sequence[str] | None]:
        """Leave out rows of mere text, such as notes under the table, each with its reason."""
        try:
            for key in _NUMBERS:
                if key in self.columns:
                    parse_column(column(rows, self.columns[key]))
        except CellError:
            pass
        else:
            return rows, numbers, acquired
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
                raise self._bad_cell(
                    number, key, cell, "a date such as 03/15/2024 (month first) or 2024-03-15"
                ) from None
        return []

    def _check_arithmetic(
        self, ids: list[str], numbers: Sequence[int], quantity: Amounts, price: Amounts | None, value: Amounts | None
    ) -> None:
        """Check quantity x price x multiplier = value row by row, within the printed digits."""
        if price is None or value is None:
            return
        multipliers = self._multipliers
        plain = set(multipliers.values()) == {ONE}
        if plain and None not in quantity and None not in price and None not in value:
            gaps = map(sub, map(mul, quantity, price), value)
            suspects = [index for index, gap in enumerate(gaps) if not -_HALF_CENT <= gap <= _HALF_CENT]
        else:
            suspects = list(range(len(ids)))
        for index in suspects:
            q, p, v, m = quantity[index], price[index], value[index], multipliers[ids[index]]
            if q is None or p is None or v is None or fits(q, p, v, m):
                continue
            if abs(q * p * m) >= LIMIT:
                raise InputError(
                    f"{self.reading.where}, row {numbers[index]}: quantity x price is beyond all measure: {q} x {p}."
                )
            self._odd_rows += 1
            if self._odd_rows <= _MOST_FINDINGS:
                option = m == 100
                self._find(
                    Severity.INFO if option else Severity.WARNING,
                    "row-arithmetic",
                    numbers[index],
                    f"{ids[index]}: quantity {q} x price {p}{'' if m == 1 else f' x {m}'} = {dollars(q * p * m)}, but "
                    f"the file states a value of {dollars(v)}. "
                    + ("Options are often valued at the mark; " if option else "")
                    + "The stated value is kept.",
                )

    def _costs(
        self,
        rows: Sequence[Row],
        numbers: Sequence[int],
        quantity: Amounts,
        value: Amounts | None,
        multiplier: list[Decimal],
        acquired: list[date | None],
    ) -> Amounts:
        """Cost basis in dollars: its column, else unit cost x quantity, else value less gain."""
        cost = self._amounts(rows, numbers, "cost")
        if cost is not None:
            if has_fractions_of_cents(self._cells(rows, "cost") or ()):
                cost = [c if c is None else to_cents(c) for c in cost]
        else:
            unit, gain = self._amounts(rows, numbers, "unit_cost"), None
            if unit is None:
                gain = self._amounts(rows, numbers, "gain")
            if unit is not None:
                per = multiplier if len(multiplier) == len(rows) else multiplier * len(rows)
                triples = zip(unit, quantity, per, strict=True)
                cost = [None if u is None or q is None else self._product(q, u, m) for u, q, m in triples]
            elif gain is not None and value is not None:
                pairs = zip(value, gain, strict=True)
                cost = [None if v is None or g is None else to_cents(v - g) for v, g in pairs]
            else:
                return [None] * len(rows)
            how = "unit cost x quantity" if unit is not None else "market value less gain"
            self._derived(f"The file has no cost basis column; cost basis is {how}, rounded to cents.")
        if "acquired" in self.columns and not all(cost):
            # A zero paid at no date is a broker's way to say that the basis is not known.
            cost = [None if c == 0 and a is None else c for c, a in zip(cost, acquired, strict=True)]
        return cost

    def _derived(self, message: str) -> None:
        finding = Finding(Severity.INFO, "cost-derived", self.reading.where, message)
        if finding not in self.reading.findings:
            self.reading.findings.append(finding)

    def _product(self, quantity: Decimal, price: Decimal, multiplier: Decimal) -> Decimal | None:
        amount = quantity * price * multiplier
        return to_cents(amount) if abs(amount) < LIMIT else None

    @staticmethod
    def _signed_costs(quantity: Amounts, cost: Amounts) -> Amounts:
        """The cost of a short position is what was received for it: negative, whichever sign the file prints."""
        if min((q for q in quantity if q is not None), default=ZERO) >= 0:
            return cost
        return [-c if q is not None and c is not None and q < 0 < c else c for q, c in zip(quantity, cost, strict=True)]

    def _values(self, ids: list[str], quantity: Amounts, price: Amounts | None, value: Amounts | None) -> Amounts:
        result: Amounts = list(value) if value is not None else [None] * len(ids)
        for index, known in enumerate(result):
            if known is None and price is not None:
                q, p = quantity[index], price[index]
                if q is not None and p is not None:
                    result[index] = self._product(q, p, self._multipliers[ids[index]])
        return result

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
        cells = [column(rows, self.columns[key]) for key in keys]
        accounts: Memo[tuple[str, ...], AccountRead] = Memo(
            lambda named: self.account_of(dict(zip(keys, named, strict=True)), account)
        )
        for named, record in zip(zip(*cells, strict=True), records, strict=True):
            target = accounts[named]
            (target.lots if lots else target.positions).append(record)

    def account_of(self, cells: dict[str, str], default: Callable[[], AccountRead]) -> AccountRead:
        """The account that a row's cells name; the default one where they name none."""
        text, name = cells.get("account", "").strip(), cells.get("account_name", "").strip()
        if self.layout.account_cell is not None and (match := self.layout.account_cell.fullmatch(text)):
            groups = match.groupdict()
            text, name = groups.get("account") or text, groups.get("name") or name
        text = text or name
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
            raise reader._bad_cell(number, key, row[place], "an amount such as 1,234.56") from None
        if amount is not None:
            return amount
    return None
