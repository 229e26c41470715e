"""The securities of a table, by the cells that name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import attrs

from core.household import Finding, Security, SecurityType, Severity
from core.importing.cells import stated_multiplier
from core.importing.grid import Row
from core.importing.identifiers import is_cusip
from core.importing.layout import Layout
from core.importing.memo import Memo
from core.importing.numbers import Amounts
from core.importing.reconcile import fits
from core.importing.records import Reading
from core.importing.securities import PER_CENT, build_security, possible_multipliers

_LONGEST_NAME = 300
_KEYS = ("symbol", "cusip", "description", "type")


class SecurityCells:
    """The columns of a table that name securities, and the securities of one :class:`Reading` that they open.

    ``keys`` are those columns; ``constant_symbol`` is the symbol of a file that names it in its title;
    ``multipliers`` are those settled so far, by security.
    """

    def __init__(self, reading: Reading, layout: Layout, columns: dict[str, int], constant_symbol: str) -> None:
        self._reading = reading
        self._layout = layout
        self._columns = columns
        self._constant_symbol = constant_symbol
        self.keys = [key for key in _KEYS if key in columns]
        self.multipliers: dict[str, Decimal] = {}
        self._ids: Memo[tuple[str, ...], str] = Memo(self._identify)

    def of_cells(self, cells: tuple[str, ...]) -> str:
        """Id of the security that the cells of ``keys`` name; it is registered at first sight."""
        return self._ids[cells]

    def of_rows(self, rows: Sequence[Row], column: Callable[[Sequence[Row], int], list[str]]) -> list[str]:
        """Ids of the securities that rows name; ``column`` gives the cells at a place of the rows."""
        cells = [column(rows, self._columns[key]) for key in self.keys]
        if not cells:
            return [self._ids[()]] * len(rows)
        return list(map(self._ids.__getitem__, zip(*cells, strict=True)))

    def _identify(self, cells: tuple[str, ...]) -> str:
        named = dict(zip(self.keys, cells, strict=True))
        description = named.get("description", "")[:_LONGEST_NAME]
        if self._layout.trim_description is not None:
            description = self._layout.trim_description.sub("", description)
        cusip = named.get("cusip", "")[:_LONGEST_NAME]
        symbol = named.get("symbol", self._constant_symbol)[:_LONGEST_NAME]
        security = build_security(symbol, cusip, description, named.get("type", ""), self._layout.types)
        self._reading.securities.setdefault(security.id, security)
        text = cusip.strip().upper()
        if len(text) == 9 and text.isalnum() and text[:6].isdigit() and not is_cusip(text):
            message = f"{security.id}: {text} is no CUSIP, for its check digit is wrong; it is not used."
            self._reading.findings.append(Finding(Severity.INFO, "cusip-check-digit", self._reading.where, message))
        return security.id

    def settle(
        self,
        firsts: Mapping[str, int],
        stated: Sequence[str] | None,
        quantity: Amounts,
        price: Amounts | None,
        value: Amounts | None,
    ) -> None:
        """Give each security its price, and its multiplier as stated or from the arithmetic of its first row.

        Parameters
        ----------
        firsts
            Security -> index of its first row in the columns.
        stated
            The column of multipliers, if there is one.
        """
        for identity, index in firsts.items():
            if not identity:  # a row that names nothing; it is passed over in the end
                self._reading.securities[""] = build_security("", "", "", "", {})
            security = self._reading.securities[identity]
            p = None if price is None else price.at(index)
            known = p if p is not None and p >= 0 and security.price is None else security.price
            multiplier, kind = security.multiplier, security.type
            if identity not in self.multipliers:
                v = None if value is None else value.at(index)
                multiplier = self._multiplier(security, stated[index] if stated else "", quantity.at(index), p, v)
                self.multipliers[identity] = multiplier
                if multiplier == PER_CENT and kind is SecurityType.OTHER:  # only bonds are priced per hundred
                    kind = SecurityType.BOND
            if (known, multiplier, kind) != (security.price, security.multiplier, security.type):
                security = attrs.evolve(security, price=known, multiplier=multiplier, type=kind)
                self._reading.securities[identity] = security

    def _multiplier(
        self, security: Security, stated: str, quantity: Decimal | None, price: Decimal | None, value: Decimal | None
    ) -> Decimal:
        if (chosen := stated_multiplier(stated)) is not None:
            return chosen
        options = possible_multipliers(security)
        if len(options) > 1 and quantity is not None and price is not None and value is not None:
            return next((option for option in options if fits(quantity, price, value, option)), options[0])
        return options[0]
