"""A sheet and its layout -> a :class:`~core.importing.records.Reading`: every row used, or skipped with a reason.

Work goes by columns, not by cells: a 100,000-row lot file is a handful of passes over lists.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import PurePath

from core.errors import InputError
from core.household import ControlTotal, Finding, Severity, SkippedRow
from core.importing.columns import find_columns, index_names
from core.importing.dates import date_in_file_name, parse_date, parse_minutes
from core.importing.holdings import HoldingsReader, column, number_or_error, total
from core.importing.layout import Layout, RowRule
from core.importing.memo import Memo
from core.importing.numbers import Numbers, parse_number
from core.importing.reconcile import check_percentages, compare_totals
from core.importing.records import AccountRead, CashRecord, FileInfo, Reading, Role
from core.importing.sheets import Row, Sheet, is_blank, raw_line
from core.money import ZERO, to_cents

_BLANK = RowRule("blank", ())
_SAMPLE = 200
_AS_OF = re.compile(
    r"\bas of:?\s*(?P<date>\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2,8} \d{1,2},? \d{4})", re.IGNORECASE
)


def interpret(
    sheet: Sheet, layout: Layout, header: int, columns: Mapping[str, Sequence[int]], file: FileInfo
) -> Reading:
    """Read one sheet.

    Parameters
    ----------
    sheet, layout
        The table and how to read it.
    header
        Index of the first heading row.
    columns
        Places of each key in that heading; where there are several, arithmetic chooses.
    file
        Where the sheet came from.

    Returns
    -------
    Reading
        With ``rows = used + len(skipped)``: rows that are wholly empty count in neither.

    Raises
    ------
    InputError
        At a cell that cannot be what it must be; or where no row holds anything.
    """
    return _Interpreter(sheet, layout, header, columns, file).run()


class _Interpreter:
    """State of reading one sheet: the account and section that the rows so far have named."""

    def __init__(
        self, sheet: Sheet, layout: Layout, header: int, columns: Mapping[str, Sequence[int]], file: FileInfo
    ) -> None:
        self.sheet = sheet
        self.layout = layout
        self.header = header
        self.first_columns = columns
        self.file = file
        self.reading = Reading(file, layout.name, layout.role, layout.custodian, sheet.name)
        self.captured: dict[str, str] = {}
        self.account: AccountRead | None = None
        self.section = ""
        self.notes: list[str] = []
        # Values and costs read since the last total, summed only where the file states one to compare with.
        self.block: list[tuple[Numbers | None, Numbers | None]] = []
        self.subtotal_from = 0
        self.latest: date | None = None

    def run(self) -> Reading:
        rows = self.sheet.rows
        self._capture_file_name()
        headings = self._headings()
        label = self._label(rows[: self.header])
        last = max((index for index, row in enumerate(rows[: self.header]) if not is_blank(row)), default=-1)
        for index, row in enumerate(rows[: self.header]):
            if not is_blank(row):
                is_label = label is not None and index == last
                self._text_row(index + 1, row, "account label" if is_label else "title or note above the table")
        self._capture_titles()
        if label is not None:
            self._open_account(*label)
        elif "account" in self.captured:
            self._open_account(self.captured["account"], self.captured.get("name", ""))
        stops = [*(index for index, _ in headings[1:]), len(rows)]
        for (start, columns), stop in zip(headings, stops, strict=True):
            self._text_row(start + 1, rows[start], "heading")
            if not self._read_block(start, stop, columns, last=stop == len(rows)):
                break
        self._finish()
        return self.reading

    # -- around the table --------------------------------------------------------------------------------------

    def _headings(self) -> list[tuple[int, dict[str, int]]]:
        rows = self.sheet.rows
        heading = rows[self.header]
        first = self._one_place_each(self.first_columns, rows[self.header + 1 : self.header + 1 + _SAMPLE])
        result = [(self.header, first)]
        anchor = min(first.values())
        text = heading[anchor]
        cells = column(rows, anchor)
        index = self.header
        for _ in range(cells[self.header + 1 :].count(text)):
            index = cells.index(text, index + 1)
            row = rows[index]
            if row == heading:
                result.append((index, first))
                continue
            found = find_columns(index_names(row), self.layout.columns)
            if all(key in found for key in self.layout.required):
                result.append((index, self._one_place_each(found, rows[index + 1 : index + 1 + _SAMPLE])))
        return result

    def _one_place_each(self, columns: Mapping[str, Sequence[int]], rows: Sequence[Row]) -> dict[str, int]:
        """One place for each key; where a name stands twice, the place with which quantity x price is the value."""
        keys = ("quantity", "price", "value")
        if all(len(columns.get(key, ())) <= 1 for key in keys):
            return {key: places[0] for key, places in columns.items()}
        best: tuple[int, dict[str, int]] = (-1, {})
        choices = itertools.product(*(tuple(columns.get(key, ()))[:4] or (-1,) for key in keys))
        for choice in choices:
            hits = sum(_multiplies(row, choice) for row in rows)
            if hits > best[0]:
                best = (hits, dict(zip(keys, choice, strict=True)))
        return {key: best[1].get(key, places[0]) for key, places in columns.items()}

    def _capture_file_name(self) -> None:
        for pattern in self.layout.file_names:
            if match := pattern.search(self.file.name):
                self.captured.update({key: text for key, text in match.groupdict().items() if text})

    def _capture_titles(self) -> None:
        for line in self.notes:
            for pattern in self.layout.titles:
                if match := pattern.search(line):
                    self.captured.update({key: text for key, text in match.groupdict().items() if text})
                    return

    def _text_row(self, number: int, row: Row, reason: str) -> None:
        if len(self.notes) < 500:
            self.notes.append(raw_line(row))
        self._skip(number, reason)

    def _label(self, rows: Sequence[Row]) -> tuple[str, str] | None:
        """The account named by the last line that is not blank, where the layout knows such lines."""
        if not self.layout.labels:
            return None
        line = next((raw_line(row) for row in reversed(rows) if not is_blank(row)), "")
        for pattern in self.layout.labels:
            if match := pattern.search(line):
                return match["account"], match.groupdict().get("name") or ""
        return None

    def _open_account(self, text: str, name: str) -> AccountRead:
        text = text.strip()
        name = re.sub(r"\s+", " ", name).strip()
        known = self.reading.accounts.get(text)
        if known is not None and name and known.name != name:
            text = f"{text} {name}"  # two accounts whose masked numbers end alike
        if text not in self.reading.accounts:
            self.reading.accounts[text] = AccountRead(text, name or text)
        account = self.account = self.reading.accounts[text]
        return account

    def _current_account(self) -> AccountRead:
        if self.account is not None:
            return self.account
        name = PurePath(self.file.name).stem or "account"
        account = self._open_account(f"{name} {self.sheet.name}".strip(), "")
        account.unnamed = True
        message = f"The file names no account; its holdings are kept as account {account.id!r}."
        self.reading.findings.append(Finding(Severity.INFO, "account-unnamed", self.reading.where, message))
        return account

    # -- the table ---------------------------------------------------------------------------------------------

    def _read_block(self, start: int, stop: int, columns: dict[str, int], last: bool) -> bool:
        """Read the rows between two headings; False where a row said that the table ends."""
        body = self.sheet.rows[start + 1 : stop]
        first_number = start + 2
        reader = HoldingsReader(
            self.reading, self.layout, self.sheet.rows[start], columns, self.captured.get("symbol", "")
        )
        label = None
        if not last and (label := self._label(body)):
            index = max(i for i, row in enumerate(body) if not is_blank(row))
            self._skip(first_number + index, "account label")
            body = body[:index]
        self.block, self.subtotal_from = [], 0
        alive = self._read_rows(body, first_number, reader)
        reader.close()
        self.latest = max(filter(None, (self.latest, reader.latest)), default=None)
        if label:
            self._open_account(*label)
        return alive

    def _kinds(self, body: Sequence[Row], reader: HoldingsReader) -> list[RowRule | None]:
        """The rule of each row, None for holdings; rows with equal cells in the rules' columns are judged once."""
        columns = reader.columns
        keys = sorted({key for rule in self.layout.rules for key, _ in rule.when} - {"section"})
        keys = [key for key in keys if key == "first" or key in columns] or ["first"]
        cells = [reader.cells(body, 0 if key == "first" else columns[key]) for key in keys]
        with_section = any(key == "section" for rule in self.layout.rules for key, _ in rule.when)

        def judge(named: tuple[str, ...], section: str = "") -> RowRule | None:
            values = {**dict(zip(keys, named, strict=True)), "section": section}
            for rule in self.layout.rules:
                if all(key in values and pattern.search(values[key]) for key, pattern in rule.when):
                    return rule
            return None if any(cell.strip() for cell in named) else _BLANK

        if not with_section:
            return list(map(Memo(judge).__getitem__, zip(*cells, strict=True)))
        section, result = self.section, []
        for named in zip(*cells, strict=True):
            rule = judge(named, section)
            if rule is not None and rule.kind == "section":
                section = raw_line([cell for cell in named if cell.strip()][:1])
            result.append(rule)
        return result

    def _read_rows(self, body: Sequence[Row], first_number: int, reader: HoldingsReader) -> bool:
        kinds = self._kinds(body, reader)
        run: list[int] = []
        lots: list[tuple[int, Row, str]] = []
        parent: int | None = None
        at = 0

        def flush() -> None:
            self._flush(body, first_number, reader, run, lots)
            run.clear()
            lots.clear()

        for index in [index for index, rule in enumerate(kinds) if rule is not None]:
            run.extend(range(at, index))
            parent = index - 1 if index > at else parent
            at = index + 1
            rule, row, number = kinds[index], body[index], first_number + index
            assert rule is not None
            if rule is _BLANK:
                if not is_blank(row):
                    run.append(index)
                    parent = index
            elif rule.kind == "lot":
                self._lot_row(rule, row, number, body, parent, reader, lots)
            elif rule.kind == "stop":
                flush()
                for later in range(index, len(body)):
                    if not is_blank(body[later]):
                        self._text_row(first_number + later, body[later], rule.reason or "below the table")
                return False
            elif rule.kind == "skip":
                self._text_row(number, row, rule.reason or "not a holding")
            elif rule.kind in ("cash", "pending"):
                self._cash_row(rule, row, number, reader)
            else:
                flush()
                self._heading_row(rule, row, number, reader)
        run.extend(range(at, len(body)))
        flush()
        return True

    def _flush(
        self,
        body: Sequence[Row],
        first_number: int,
        reader: HoldingsReader,
        run: list[int],
        lots: list[tuple[int, Row, str]],
    ) -> None:
        if run:
            whole = run[-1] - run[0] + 1 == len(run)
            rows = (
                body
                if len(run) == len(body)
                else body[run[0] : run[-1] + 1]
                if whole
                else [body[index] for index in run]
            )
            numbers = (
                range(first_number + run[0], first_number + run[-1] + 1) if whole else [first_number + i for i in run]
            )
            before = len(self.reading.skipped)
            value, cost = reader.read(rows, numbers, self._current_account, self.layout.role is Role.LOTS)
            for skipped in self.reading.skipped[before:]:
                if skipped.reason == "text, not a holding" or skipped.reason == "no quantity and no value":
                    self.notes.append(raw_line(self.sheet.rows[skipped.row - 1]))
            self.block.append((value, cost))
        if lots:
            numbers = [number for number, _, _ in lots]
            reader.read(
                [row for _, row, _ in lots], numbers, self._current_account, True, [text for _, _, text in lots]
            )

    def _lot_row(
        self,
        rule: RowRule,
        row: Row,
        number: int,
        body: Sequence[Row],
        parent: int | None,
        reader: HoldingsReader,
        lots: list[tuple[int, Row, str]],
    ) -> None:
        """A lot under its position: the position's names, the lot's numbers."""
        if parent is None:
            raise InputError(
                f"{self.reading.where}, row {number}: a lot stands before any position. Export the file again."
            )
        place = reader.columns[rule.date_in]
        merged = list(row)
        for key in ("symbol", "cusip", "description", "type", "account", "account_name"):
            at = reader.columns.get(key)
            if at is not None and at < len(body[parent]):
                merged.extend([""] * (at + 1 - len(merged)))
                merged[at] = body[parent][at]
        lots.append((number, merged, row[place] if place < len(row) else ""))

    def _cash_row(self, rule: RowRule, row: Row, number: int, reader: HoldingsReader) -> None:
        if rule.shift_at:
            place = reader.columns.get(rule.shift_at, len(row))
            row = [*row[:place], "", *row[place:]]
        amount = number_or_error(reader, row, number, ("value", "quantity"))
        if amount is None:
            self._skip(number, "cash or pending activity without an amount")
            return
        cells: dict[str, str] = {}
        for key in ("account", "account_name", "account_type"):
            place = reader.columns.get(key, len(row))
            cells[key] = row[place] if place < len(row) else ""
        account = reader.account_of(cells, self._current_account)
        account.cash.append(CashRecord(number, to_cents(amount), rule.kind == "pending"))
        self.block.append((Numbers([amount], True, True, True), None))

    def _heading_row(self, rule: RowRule, row: Row, number: int, reader: HoldingsReader) -> None:
        line = raw_line(row)
        if rule.kind == "account":
            self._open_account(line, "")
            self._skip(number, "account label")
        elif rule.kind == "section":
            self.section = line
            self._skip(number, "section title")
        else:
            self._total_row(rule, row, number, reader)

    def _total_row(self, rule: RowRule, row: Row, number: int, reader: HoldingsReader) -> None:
        self._skip(number, "total")
        account = self.account.id if self.account else ""
        symbol = self.captured.get("symbol", "")
        title = next((cell.strip() for cell in row if cell.strip()), "Total")
        scope = " ".join(part for part in (account, symbol, title) if part)
        stated = number_or_error(reader, row, number, ("value",))
        if rule.kind == "subtotal":
            if stated is not None:
                self._control(scope, stated, total(value for value, _ in self.block[self.subtotal_from :]))
            self.subtotal_from = len(self.block)
            return
        if stated is not None:
            self._control(scope, stated, total(value for value, _ in self.block))
        place = reader.columns.get("cost")
        if place is not None and place < len(row):
            try:
                basis = parse_number(row[place])
            except ValueError:
                basis = None
            if basis is not None:
                self._control(f"{scope}, cost basis", basis, total(cost for _, cost in self.block))
        self.block, self.subtotal_from = [], 0

    def _control(self, scope: str, stated: Decimal, read: Decimal) -> None:
        self.reading.control_totals.append(ControlTotal(scope, to_cents(stated), to_cents(read)))

    # -- the end -----------------------------------------------------------------------------------------------

    def _skip(self, number: int, reason: str) -> None:
        self.reading.skipped.append(SkippedRow(number, reason))

    def _finish(self) -> None:
        reading = self.reading
        reading.skipped.sort(key=lambda skipped: skipped.row)
        used = sum(len(a.positions) + len(a.lots) + len(a.cash) for a in reading.accounts.values())
        reading.rows = used + len(reading.skipped)
        if not used:
            raise InputError(
                f"{reading.where}: there is no holding under the heading in row {self.header + 1}. "
                f"Export the file again. {self.layout.advice}".rstrip()
            )
        self._date()
        if self.layout.role is Role.POSITIONS and not {"cost", "unit_cost", "gain"} & set(self.first_columns):
            message = f"The file states no cost basis: gains and taxes are not known. {self.layout.advice}".rstrip()
            reading.findings.append(Finding(Severity.WARNING, "no-cost", reading.where, message))
        reading.findings.extend(compare_totals(reading.control_totals, reading.where))
        reading.findings.extend(self._percentages())

    def _percentages(self) -> list[Finding]:
        """Compare accounts with the shares of them that their rows print; only the first 20,000 rows are looked at."""
        places = self.first_columns.get("percent")
        if not places:
            return []
        shares: list[tuple[str, Decimal, Decimal]] = []
        totals: dict[str, tuple[Decimal, Decimal]] = {}
        for account in self.reading.accounts.values():
            pending = sum((entry.amount for entry in account.cash if entry.pending), ZERO)
            amounts = [(record.row, record.value or ZERO) for record in account.positions]
            amounts += [(entry.row, entry.amount) for entry in account.cash]
            totals[account.id] = (sum((amount for _, amount in amounts), ZERO), pending)
            for number, amount in amounts[:20_000]:
                row = self.sheet.rows[number - 1]
                try:
                    share = parse_number(row[places[0]]) if places[0] < len(row) else None
                except ValueError:
                    share = None
                if share is not None:
                    shares.append((account.id, amount, share))
        return check_percentages(shares, totals, self.reading.where)

    def _date(self) -> None:
        reading = self.reading
        if "date" in self.captured:
            self._take_date(self.captured["date"], self.captured.get("time", ""))
        for pattern in (*self.layout.dates, _AS_OF):
            if reading.as_of is not None:
                return
            for line in self.notes:
                if match := pattern.search(line):
                    self._take_date(match["date"], match.groupdict().get("time") or "")
        if reading.as_of is None:
            reading.as_of = self.latest or date_in_file_name(self.file.name)
        if reading.as_of is None:
            message = "The file states no date, neither inside nor in its name."
            reading.findings.append(Finding(Severity.WARNING, "no-date", reading.where, message))

    def _take_date(self, text: str, time: str) -> None:
        text = f"{text[:2]}/{text[2:4]}/{text[4:]}" if len(text) == 8 and text.isdigit() else text
        try:
            self.reading.as_of = parse_date(text)
        except ValueError:
            return
        self.reading.minutes = parse_minutes(time) if time else None


def _multiplies(row: Row, places: tuple[int, ...]) -> bool:
    """Whether the cells at the places of quantity, price and value multiply, per unit, per cent or per hundred."""
    try:
        q, p, v = (parse_number(row[place]) if 0 <= place < len(row) else None for place in places)
    except ValueError:
        return False
    if not q or not p or not v:
        return False
    ratio = q * p / v
    return any(abs(ratio * factor - 1) < Decimal("0.005") for factor in (1, 100, Decimal("0.01")))
