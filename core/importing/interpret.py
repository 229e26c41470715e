"""A sheet and its layout -> a :class:`~core.importing.records.Reading`: every row used, or skipped with a reason.

Work goes by columns, not by cells: a 100,000-row lot file is a handful of passes over lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePath

from core.errors import InputError
from core.household import Finding, Severity, SkippedRow
from core.importing.captures import Captures
from core.importing.cells import number_in, number_or_error
from core.importing.dates import without_date
from core.importing.grid import Grid, Row
from core.importing.headings import candidates, find_headings, lot_places
from core.importing.holdings import HoldingsReader
from core.importing.layout import Layout, RowRule
from core.importing.memo import Memo
from core.importing.odd_rows import continued, grouped, lot_under, only_latest
from core.importing.reconcile import compare_totals, file_percentages, stated_terms
from core.importing.records import AccountRead, CashRecord, FileInfo, Reading, Role
from core.importing.sheets import Sheet, is_blank, raw_line
from core.importing.totals import Totals
from core.importing.watch import UNWATCHED, Watch
from core.money import to_cents

_BLANK = RowRule("blank", ())
_FEW = 10_000  # rows that are made one by one


def interpret(
    sheet: Sheet,
    layout: Layout,
    header: int,
    columns: Mapping[str, Sequence[int]],
    file: FileInfo,
    watch: Watch = UNWATCHED,
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
    watch
        Ends the work when it is cancelled or takes too long.

    Returns
    -------
    Reading
        With ``rows = used + len(skipped)``: rows that are wholly empty count in neither.

    Raises
    ------
    InputError
        At a cell that cannot be what it must be; or where no row holds anything.
    """
    return _Interpreter(sheet, layout, header, columns, file, watch).run()


class _Interpreter:
    """State of reading one sheet: the account and section that the rows so far have named."""

    def __init__(
        self,
        sheet: Sheet,
        layout: Layout,
        header: int,
        columns: Mapping[str, Sequence[int]],
        file: FileInfo,
        watch: Watch,
    ) -> None:
        self.sheet = sheet
        self.layout = layout
        self.header = header
        self.first_columns = columns
        self.file = file
        self.watch = watch
        self.reading = Reading(file, layout.name, layout.role, layout.custodian, sheet.name, layout.partial)
        self.captures = Captures(layout, file.name)
        self.totals = Totals(self.reading)
        self.account: AccountRead | None = None
        self.section = ""
        self.latest: date | None = None
        self.terms: dict[tuple[date, str], int] = {}

    def run(self) -> Reading:
        rows, captures = self.sheet.rows, self.captures
        headings = find_headings(rows, self.header, self.first_columns, self.layout)
        label = self._label(rows[: self.header])
        last = max((index for index, row in enumerate(rows[: self.header]) if not is_blank(row)), default=-1)
        for index, row in enumerate(rows[: self.header]):
            if not is_blank(row):
                is_label = label is not None and index == last
                self._text_row(index + 1, row, "account label" if is_label else "title or note above the table")
        captures.take_titles()
        if label is not None:
            self._open_account(*label)
        elif "account" in captures.found:
            self._open_account(self._masked(captures.found["account"]), captures.found.get("name", ""))
        stops = [*(index for index, _ in headings[1:]), len(rows)]
        for (start, columns), stop in zip(headings, stops, strict=True):
            self._text_row(start + 1, rows[start], "heading")
            if not self._read_block(start, stop, columns, last=stop == len(rows)):
                break
        self._finish()
        return self.reading

    # -- around the table --------------------------------------------------------------------------------------

    def _text_row(self, number: int, row: Row, reason: str) -> None:
        self.captures.note(raw_line(row))
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

    def _masked(self, account: str) -> str:
        return f"{self.layout.mask}{account}"

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
        # Next month's file has another date in its name and is of the same account.
        name = without_date(PurePath(self.file.name).stem) or "account"
        account = self._open_account(f"{name} {self.sheet.name}".strip(), self.layout.unnamed)
        account.unnamed = True
        message = f"The file names no account; its holdings are kept as account '{account.id}'."
        self.reading.findings.append(Finding(Severity.INFO, "account-unnamed", self.reading.where, message))
        return account

    # -- the table ---------------------------------------------------------------------------------------------

    def _read_block(self, start: int, stop: int, columns: dict[str, int], last: bool) -> bool:
        """Read the rows between two headings; False where a row said that the table ends."""
        body = self.sheet.rows[start + 1 : stop]
        first_number = start + 2
        heading = self.sheet.rows[start]
        symbol = self.captures.found.get("symbol", "")
        reader = HoldingsReader(self.reading, self.layout, heading, columns, symbol)
        lot_reader = reader
        if self.layout.lot_columns:
            places = lot_places(heading, columns, self.layout)
            lot_reader = HoldingsReader(self.reading, self.layout, heading, places, symbol)
        label = None
        if not last and (label := self._label(body)):
            index = max(i for i, row in enumerate(body) if not is_blank(row))
            self._skip(first_number + index, "account label")
            body = body[:index]
        self.totals.start()
        alive = self._read_rows(body, first_number, reader, lot_reader)
        for one in {id(reader): reader, id(lot_reader): lot_reader}.values():
            one.close()
            self.latest = max(filter(None, (self.latest, one.latest)), default=None)
            for pair, number in one.terms.items():
                self.terms.setdefault(pair, number)
        if label:
            self._open_account(*label)
        return alive

    def _kinds(self, body: Sequence[Row], reader: HoldingsReader) -> dict[int, RowRule]:
        """The rules of the rows that are no holdings, by index in order; equal cells in the rules' columns are judged
        once.
        """
        columns = reader.columns
        keys = sorted({key for rule in self.layout.rules for key, _ in rule.when} - {"section"})
        keys = [key for key in keys if key == "first" or key in columns] or ["first"]
        places = [0 if key == "first" else columns[key] for key in keys]
        cells: list[Sequence[str]] = [
            body.typed(place) if isinstance(body, Grid) else reader.cells(body, place) for place in places
        ]
        with_section = any(key == "section" for rule in self.layout.rules for key, _ in rule.when)

        def judge(named: tuple[str, ...], section: str = "") -> RowRule | None:
            values = {**dict(zip(keys, named, strict=True)), "section": section}
            for rule in self.layout.rules:
                if all(key in values and pattern.search(values[key][:1000]) for key, pattern in rule.when):
                    return None if rule.kind == "position" else rule
            return None if any(cell.strip() for cell in named) else _BLANK

        if not with_section:
            judges = Memo(judge)
            some = candidates(self.layout.rules, dict(zip(keys, cells, strict=True)))
            rules = ((index, judges[tuple([column[index] for column in cells])]) for index in some)
            judged = {index: rule for index, rule in rules if rule is not None}
            if self.layout.snapshots:
                judged, said = only_latest(judged, reader.cells(body, columns["as_of"]), _BLANK)
                if said:
                    self.reading.findings.append(Finding(Severity.INFO, "snapshots", self.reading.where, said))
            return judged
        section, judged = self.section, {}
        for index, named in enumerate(zip(*cells, strict=True)):
            rule = judge(named, section)
            if rule is not None and rule.kind == "section":
                section = raw_line([cell for cell in named if cell.strip()][:1])
            if rule is not None:
                judged[index] = rule
        return judged

    def _read_rows(
        self, body: Sequence[Row], first_number: int, reader: HoldingsReader, lot_reader: HoldingsReader
    ) -> bool:
        kinds = self._kinds(body, reader)
        self.watch.check()
        if len(kinds) > _FEW or any(rule.kind == "child" for rule in kinds.values()):
            body = list(body)
        run: list[int] = []
        lots: list[tuple[int, Row, str]] = []
        parent: int | None = None
        at = 0

        def flush() -> None:
            self._flush(body, first_number, reader, lot_reader, run, lots)
            run.clear()
            lots.clear()
            self.watch.check()

        for index, rule in kinds.items():
            run.extend(range(at, index))
            parent = index - 1 if index > at else parent
            at = index + 1
            row, number = body[index], first_number + index
            if rule is _BLANK:
                if not is_blank(row):
                    run.append(index)
                    parent = index
            elif rule.kind == "child":
                if parent is not None:
                    body[index] = continued(body[parent], row, reader)  # type: ignore[index]
                run.append(index)
            elif rule.kind == "lot":
                if parent is None:
                    raise InputError(
                        f"{self.reading.where}, row {number}: a lot stands before any position. Export the file again."
                    )
                lots.append((number, *lot_under(rule, row, body[parent], lot_reader)))
            elif rule.kind == "stop":
                flush()
                for later in range(index, len(body)):
                    if not is_blank(body[later]):
                        self._text_row(first_number + later, body[later], rule.reason or "below the table")
                return False
            elif rule.kind == "refuse":
                raise InputError(f"{self.reading.where}, row {number}: {rule.reason} {self.layout.advice}".rstrip())
            elif rule.kind == "skip" and is_blank(row):
                continue
            elif rule.kind == "skip":
                self._text_row(number, row, rule.reason or "not a holding")
            elif rule.kind in ("cash", "pending"):
                if self.layout.mask:
                    flush()  # of accounts whose masked numbers end alike the first keeps the bare number
                self._cash_row(rule, row, number, reader)
            else:
                flush()
                self._heading_row(rule, row, number, reader)
        if run or lots:
            run.extend(range(at, len(body)))
            flush()
        else:  # the usual large table: nothing but holdings
            self._flush(body, first_number, reader, lot_reader, range(at, len(body)), lots)
        return True

    def _flush(
        self,
        body: Sequence[Row],
        first_number: int,
        reader: HoldingsReader,
        lot_reader: HoldingsReader,
        run: Sequence[int],
        lots: Sequence[tuple[int, Row, str]],
    ) -> None:
        if run:
            whole = run[-1] - run[0] + 1 == len(run)
            rows = (
                body
                if len(run) == len(body)
                else body[run[0] : run[-1] + 1]
                if whole
                else body.chosen(run)
                if isinstance(body, Grid)
                else [body[index] for index in run]
            )
            numbers = (
                range(first_number + run[0], first_number + run[-1] + 1) if whole else [first_number + i for i in run]
            )
            before = len(self.reading.skipped)
            for group, some, places in grouped(rows, numbers, reader):
                value, cost = reader.read(some, places, self._current_account, self.layout.role is Role.LOTS)
                self.totals.add(value, cost, group)
            for skipped in self.reading.skipped[before:]:
                if skipped.reason == "text, not a holding" or skipped.reason == "no quantity and no value":
                    self.captures.note(raw_line(self.sheet.rows[skipped.row - 1]))
        if lots:
            numbers = [number for number, _, _ in lots]
            dates = [text for _, _, text in lots] if any(text for _, _, text in lots) else None
            lot_reader.read([row for _, row, _ in lots], numbers, self._current_account, True, dates)

    def _cash_row(self, rule: RowRule, row: Row, number: int, reader: HoldingsReader) -> None:
        if rule.shift_at:
            place = reader.columns.get(rule.shift_at, len(row))
            row = [*row[:place], "", *row[place:]]
        keys = (rule.amount,) if rule.amount else ("value", "quantity")
        amount = number_or_error(reader, row, number, keys)
        if amount is None:
            self._skip(number, "cash or pending activity without an amount")
            return
        if (currency := reader.foreign(row)) is not None:
            reader.skip_foreign(number, currency, to_cents(amount))
            return
        account = reader.accounts.of_row(row, self._current_account)
        account.cash.append(CashRecord(number, to_cents(amount), rule.kind == "pending"))
        self.totals.add_amount(amount, number_in(reader, row, "cost"))

    def _heading_row(self, rule: RowRule, row: Row, number: int, reader: HoldingsReader) -> None:
        line = raw_line(row)
        if rule.kind == "account":
            value, cost = number_in(reader, row, "value"), number_in(reader, row, "cost")
            title = line if value is None and cost is None else next((c.strip() for c in row if c.strip()), "")
            self._open_account(title, "")
            self._skip(number, "account label")
            if value is not None or cost is not None:
                self.totals.heading(title, value, cost)
        elif rule.kind == "section":
            self.section = line
            self._skip(number, "section title")
        else:
            self._total_row(rule, row, number, reader)

    def _total_row(self, rule: RowRule, row: Row, number: int, reader: HoldingsReader) -> None:
        self._skip(number, "total")
        account = self.account.id if self.account and rule.kind != "grand_total" else ""
        symbol = self.captures.found.get("symbol", "")
        title = next((cell.strip() for cell in row if cell.strip()), "Total")
        scope = " ".join(part for part in (account, symbol, title) if part)
        stated = number_or_error(reader, row, number, (rule.amount or "value",))
        place = reader.columns.get("group", len(row))
        group = row[place] if place < len(row) else ""
        scope = f"{scope} {group}".strip()
        self.totals.state(scope, rule.kind, stated, number_in(reader, row, rule.cost_in or "cost"), group)

    # -- the end -----------------------------------------------------------------------------------------------

    def _skip(self, number: int, reason: str) -> None:
        self.reading.skipped.append(SkippedRow(number, reason))

    def _finish(self) -> None:
        reading, captures = self.reading, self.captures
        self.totals.end(captures.stated())
        reading.skipped.sort(key=lambda skipped: skipped.row)
        reading.accounts = dict(sorted(reading.accounts.items(), key=lambda item: item[1].first_row))
        used = sum(len(a.positions) + len(a.lots) + len(a.cash) for a in reading.accounts.values())
        reading.rows = used + len(reading.skipped)
        if not used:
            raise InputError(
                f"{reading.where}: there is no holding under the heading in row {self.header + 1}. "
                f"Export the file again. {self.layout.advice}".rstrip()
            )
        captures.take_date(self.latest)
        reading.as_of, reading.minutes = captures.as_of, captures.minutes
        find = reading.findings
        if reading.as_of is None:
            message = "The file states no date, neither inside nor in its name."
            find.append(Finding(Severity.WARNING, "no-date", reading.where, message))
        if self.layout.role is Role.POSITIONS and not {"cost", "unit_cost", "gain"} & {
            *self.first_columns,
            *self.layout.lot_columns,
        }:
            message = f"The file states no cost basis: gains and taxes are not known. {self.layout.advice}".rstrip()
            find.append(Finding(Severity.WARNING, "no-cost", reading.where, message))
        find.extend(compare_totals(reading.control_totals, reading.where))
        find.extend(file_percentages(reading, self.sheet.rows, self.first_columns.get("percent", ())))
        find.extend(stated_terms(self.terms, reading))
        find.extend(self._count_of_rows())

    def _count_of_rows(self) -> list[Finding]:
        """Compare the number of rows that the file states, if any, with those under its heading."""
        text = self.captures.found.get("count", "")
        if not text.isdigit():
            return []
        rows = sum(not is_blank(row) for row in self.sheet.rows[self.header + 1 :])
        if rows == int(text):
            return []
        message = f"The file states {int(text):,} rows and has {rows:,}. It may be cut off: export it again."
        return [Finding(Severity.WARNING, "row-count", self.reading.where, message)]
