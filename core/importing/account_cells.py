"""Rows to their accounts, by the cells that name them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.importing.grid import Row
from core.importing.layout import Layout
from core.importing.memo import Memo
from core.importing.numbers import is_null
from core.importing.records import AccountRead, Reading, Record

_KEYS = ("account", "account_name", "last_name", "account_type")


class AccountCells:
    """The columns of a table that name accounts, and the accounts of one :class:`Reading` that they open."""

    def __init__(self, reading: Reading, layout: Layout, columns: dict[str, int]) -> None:
        self._reading = reading
        self._layout = layout
        self._columns = columns
        keys = tuple(key for key in _KEYS if key in columns)
        self.keys = keys if "account" in keys or "account_name" in keys else ()
        """The columns that name accounts, none where the file names them outside the table."""

    def file(
        self,
        records: list[Record],
        column: Callable[[int], list[str]],
        default: Callable[[], AccountRead],
        lots: bool,
    ) -> None:
        """Put records under their accounts.

        Parameters
        ----------
        column
            The cells of a column, by its place, one for each record.
        default
            The account of rows whose file names it outside the table.
        """
        keys = self.keys
        if not keys:
            if records:
                default().add(records, lots)
            return

        own: dict[int, tuple[AccountRead, list[Record]]] = {}

        def adder(named: tuple[str, ...]) -> Callable[[Record], None]:
            target = self.account_of(dict(zip(keys, named, strict=True)), default)
            return own.setdefault(id(target), (target, []))[1].append

        adders = Memo(adder)
        cells: Sequence[list[str]] = [column(self._columns[key]) for key in keys]
        for add, record in zip(map(adders.__getitem__, zip(*cells, strict=True)), records, strict=True):
            add(record)
        for target, found in own.values():
            target.add(found, lots)

    def of_row(self, row: Row, default: Callable[[], AccountRead]) -> AccountRead:
        """The account that one row names."""
        places = {key: self._columns.get(key, len(row)) for key in _KEYS}
        return self.account_of({key: row[at] if at < len(row) else "" for key, at in places.items()}, default)

    def account_of(self, cells: dict[str, str], default: Callable[[], AccountRead]) -> AccountRead:
        """The account that a row's cells name; the default one where they name none."""
        text, name = cells.get("account", "").strip(), cells.get("account_name", "").strip()
        kind = cells.get("account_type", "").strip()
        if self._layout.account_cell is not None and (match := self._layout.account_cell.fullmatch(text)):
            groups = match.groupdict()
            text, name = groups.get("account") or text, groups.get("name") or name
            text = f"{self._layout.mask}{text}"
        name = "" if is_null(name) else f"{name} {cells.get('last_name', '').strip()}".strip()
        name = name or ("" if is_null(kind) else kind)
        text = name if is_null(text) else text
        if not text:
            return default()
        accounts = self._reading.accounts
        known = accounts.get(text)
        if known is not None and self._layout.mask and name and known.name != name:
            text = f"{text} {name}"  # two accounts whose masked numbers end alike
        if text not in accounts:
            accounts[text] = AccountRead(text, name or text, kind)
        return accounts[text]
