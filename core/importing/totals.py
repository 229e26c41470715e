"""Totals that a file states, against what was read from the rows they cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.household import ControlTotal
from core.importing.numbers import Amounts, Numbers
from core.importing.records import Reading
from core.money import ZERO, to_cents

_Part = tuple[Amounts | None, Amounts | None, str]


def total(columns: Iterable[Amounts | None]) -> Decimal:
    """Sum of the known numbers of some columns."""
    return sum((numbers.total() for numbers in columns if numbers is not None), ZERO)


class Totals:
    """Values and costs read so far; summed only where the file states a total to compare with."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._parts: list[_Part] = []
        self._block_from = self._subtotal_from = 0
        self._heading: tuple[str, Decimal | None, Decimal | None] | None = None

    def add(self, values: Amounts | None, costs: Amounts | None, group: str = "") -> None:
        """Take note of rows that were read, of a group that subtotals are stated for."""
        self._parts.append((values, costs, group))

    def add_amount(self, amount: Decimal, cost: Decimal | None) -> None:
        """Take note of an amount of cash, and of the cost that some files state for it."""
        costs = None if cost is None else Numbers([cost], True, True, True)
        self._parts.append((Numbers([amount], True, True, True), costs, ""))

    def start(self) -> None:
        """Begin a block of rows that its own total will cover."""
        self._close_heading()
        self._block_from = self._subtotal_from = len(self._parts)

    def heading(self, scope: str, value: Decimal | None, cost: Decimal | None) -> None:
        """A heading that states the totals of the rows below it."""
        self.start()
        self._heading = (scope, value, cost)

    def state(self, scope: str, kind: str, value: Decimal | None, cost: Decimal | None, group: str = "") -> None:
        """A row of ``kind`` total, subtotal or grand_total."""
        if kind == "grand_total":
            self._close_heading()
            self._compare(scope, value, cost, self._parts)
        elif kind == "subtotal":
            since = self._parts[self._subtotal_from :]
            self._compare(scope, value, cost, [part for part in since if part[2] == group] if group else since)
            if not group:
                self._subtotal_from = len(self._parts)
        else:
            self._compare(scope, value, cost, self._parts[self._block_from :])
            self.start()

    def end(self, stated: Iterable[tuple[str, Decimal]]) -> None:
        """Compare what lines outside the table state with all that was read, once each."""
        self._close_heading()
        for kind, amount in stated:
            value, cost = (amount, None) if kind == "value" else (None, amount)
            self._compare("File", value, cost, self._parts)

    def _close_heading(self) -> None:
        if self._heading is not None:
            scope, value, cost = self._heading
            self._heading = None
            self._compare(scope, value, cost, self._parts[self._block_from :])

    def _compare(self, scope: str, value: Decimal | None, cost: Decimal | None, parts: Sequence[_Part]) -> None:
        totals = self._reading.control_totals
        if value is not None:
            totals.append(ControlTotal(scope, to_cents(value), to_cents(total(part[0] for part in parts))))
        if cost is not None:
            read = to_cents(total(part[1] for part in parts))
            totals.append(ControlTotal(f"{scope}, cost basis", to_cents(cost), read))
