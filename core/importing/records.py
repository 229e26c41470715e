"""What one table of a file says, row by row, before files are merged into a household."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import attrs

from core.household import ControlTotal, Finding, Security, SkippedRow, Term


class Role(StrEnum):
    """What a layout delivers of an account."""

    POSITIONS = "positions"
    LOTS = "lots"


class Record(NamedTuple):
    """One holding row, a position or a lot. ``value`` and ``cost`` are dollars to cents, None where not stated.

    ``term`` is the holding period the file states, used where it gives no date.
    """

    row: int
    security: str
    quantity: Decimal
    value: Decimal | None
    cost: Decimal | None
    acquired: date | None
    side: str | None
    term: Term | None = None


class CashRecord(NamedTuple):
    """A row of cash or of pending activity, in dollars."""

    row: int
    amount: Decimal
    pending: bool


@attrs.define
class AccountRead:
    """An account as one file names it, with what the file lists in it, in file order.

    ``kind_text`` is the file's own word for its type, if any; ``kind_source`` where a household file settled its kind;
    ``custodian`` where it differs from account to account; ``unnamed`` where the file names no account.
    """

    id: str
    name: str
    kind_text: str = ""
    kind_source: str = ""
    custodian: str | None = None
    unnamed: bool = False
    positions: Sequence[Record] = ()
    lots: Sequence[Record] = ()
    cash: list[CashRecord] = attrs.Factory(list)

    def add(self, records: Sequence[Record], lots: bool) -> None:
        """Take in more lots, or positions; a list that is given is the account's own from then on."""
        known = self.lots if lots else self.positions
        if not known:
            known = records
        elif isinstance(known, list):
            known.extend(records)
        else:
            known = [*known, *records]
        if lots:
            self.lots = known
        else:
            self.positions = known

    @property
    def first_row(self) -> int:
        """Number of the first row that the file lists in it; one that lists nothing comes last."""
        groups: tuple[Sequence[Record | CashRecord], ...] = (self.positions, self.lots, self.cash)
        return min((rows[0].row for rows in groups if rows), default=1 << 60)


@attrs.frozen
class FileInfo:
    """A file as it came: path for messages, bare name, content hash, and its order among the files."""

    path: str
    name: str
    sha256: str
    order: int = 0


@attrs.define
class Reading:
    """One table read with one layout. ``rows`` counts the rows that are not wholly empty.

    ``minutes`` is the time of day of the export, in minutes after midnight, where the file says it; ``partial`` marks
    a file that lists only some of the holdings of its accounts.
    """

    file: FileInfo
    layout: str
    role: Role
    custodian: str | None
    sheet: str = ""
    partial: bool = False
    as_of: date | None = None
    minutes: int | None = None
    rows: int = 0
    accounts: dict[str, AccountRead] = attrs.Factory(dict)
    securities: dict[str, Security] = attrs.Factory(dict)
    skipped: list[SkippedRow] = attrs.Factory(list)
    control_totals: list[ControlTotal] = attrs.Factory(list)
    findings: list[Finding] = attrs.Factory(list)

    @property
    def where(self) -> str:
        """The file, and the sheet in a workbook, for messages."""
        return f"{self.file.path} [{self.sheet}]" if self.sheet else self.file.path

    @property
    def stamp(self) -> tuple[date, int, int]:
        """Sort key of age: the newest is the greatest; a file without a date is the oldest."""
        return (self.as_of or date.min, -1 if self.minutes is None else self.minutes, self.file.order)
