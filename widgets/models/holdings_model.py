"""Holdings as a tree: accounts, positions (cash among them), tax lots.

Sums of accounts and positions are made once; a lot's cells only when they are looked at, and the order of a
position's lots only when it is opened. Filtering works on accounts and positions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
from PySide6.QtCore import QObject, Qt

from core.classify.exposure import Confidence, Exposure
from core.household import Account, Household, Lot, Security, Term
from core.money import ZERO
from widgets.labels import kind_label, term_label, type_label
from widgets.models.classification import chip_text, explanation, source_text
from widgets.models.tree import EMPTY, Cell, Column, TreeModel, sorted_items
from widgets.numbers import NONE, UNKNOWN, date_text, money, percent, plural, price, quantity

#: (text, Confidence) of a classification chip, or None where a row has none.
CHIP_ROLE = Qt.ItemDataRole.UserRole.value + 10

_COLUMNS = (
    Column("holding", "Holding", hint="Account, symbol, or the lot's date"),
    Column("name", "Name"),
    Column("class", "Classification", hint="Point at it for its source; double-click to override"),
    Column("quantity", "Quantity", figures=True),
    Column("price", "Price", figures=True),
    Column("value", "Value", figures=True, hint="Market value as the file states it"),
    Column("weight", "Weight", figures=True, hint="Share of the household's value"),
    Column("basis", "Cost basis", figures=True, hint="What was paid, as the file states it"),
    Column("gain", "Gain", figures=True, hint="Value less cost basis; unknown where the basis is"),
    Column("gain_share", "Gain %", figures=True, hint="Gain as a share of the cost basis"),
    Column("term", "Term", hint="Holding period at the household's date"),
    Column("acquired", "Acquired", figures=True, hint="Trade date of the purchase"),
    Column("source", "Source", hint="Where the classification comes from"),
)


@attrs.define(slots=True)
class _Sum:
    """Value and cost basis of some lots. ``basis`` is of those whose basis is known."""

    value: Decimal = ZERO
    basis: Decimal = ZERO
    basis_value: Decimal = ZERO  # value of the lots whose basis is known
    unknown: int = 0
    known: int = 0

    def add(self, lot: Lot) -> None:
        self.value += lot.market_value
        if lot.cost_basis is None:
            self.unknown += 1
        else:
            self.known += 1
            self.basis += lot.cost_basis
            self.basis_value += lot.market_value

    def join(self, other: _Sum) -> None:
        self.value += other.value
        self.basis += other.basis
        self.basis_value += other.basis_value
        self.unknown += other.unknown
        self.known += other.known

    @property
    def gain(self) -> Decimal:
        """Gain of the lots whose basis is known."""
        return self.basis_value - self.basis


@attrs.define(slots=True)
class _Position:
    account: int
    security: Security | None  # None: a cash line
    label: str
    lots: list[int]  # indexes into household.lots, in file order
    total: _Sum
    quantity: Decimal | None
    first_item: int = 0
    row: int = -1
    order: list[int] | None = None  # lot items in display order, made when asked for
    search: str = ""


@attrs.define(slots=True)
class _Account:
    account: Account
    positions: list[int]
    total: _Sum
    row: int = -1
    shown: list[int] = attrs.field(factory=list)
    search: str = ""


class HoldingsModel(TreeModel):
    """Accounts > positions > lots of one household."""

    columns = _COLUMNS
    spanned = ("holding", "name")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._household: Household | None = None
        self._exposures: Mapping[str, Exposure] = {}
        self._accounts: list[_Account] = []
        self._positions: list[_Position] = []
        self._top: list[int] = []
        self._first_lot_item = 0
        self._starts: list[int] = []  # first lot item of each position, ascending
        self._lot_of: list[int] = []  # lot index by lot item - _first_lot_item

    # --- content ------------------------------------------------------------------------------------------------

    def set_household(self, household: Household | None, exposures: Mapping[str, Exposure]) -> None:
        """Show a household; exposures by security id, those missing count as unclassified."""
        self.beginResetModel()
        self._household, self._exposures = household, exposures
        self._build()
        self.reorder()
        self.endResetModel()

    def counts(self) -> tuple[int, int]:
        """(positions shown, positions in all)."""
        return sum(len(account.shown) for account in self._accounts if account.row >= 0), len(self._positions)

    def _build(self) -> None:
        self._accounts, self._positions, self._top = [], [], []
        self._starts, self._lot_of = [], []
        household = self._household
        if household is None:
            self._first_lot_item = 0
            return
        grouped: dict[str, dict[str, list[int]]] = {account.id: {} for account in household.accounts}
        for number, lot in enumerate(household.lots):
            grouped[lot.account].setdefault(lot.security, []).append(number)
        for account in household.accounts:
            self._add_account(account, grouped[account.id], household)
        item = self._first_lot_item = len(self._accounts) + len(self._positions)
        for position in self._positions:
            position.first_item = item
            self._starts.append(item)
            self._lot_of += position.lots
            item += len(position.lots)

    def _add_account(self, account: Account, by_security: dict[str, list[int]], household: Household) -> None:
        node = _Account(account, [], _Sum())
        number = len(self._accounts)
        for security_id, lots in by_security.items():
            security = household.security_by_id[security_id]
            total, held = _Sum(), ZERO
            for index in lots:
                lot = household.lots[index]
                total.add(lot)
                held += lot.quantity
            label = security.symbol or security.cusip or NONE
            words = (label, security.name, type_label(security.type), chip_text(self._exposures.get(security_id)))
            position = _Position(number, security, label, lots, total, held, search=" ".join(words).casefold())
            node.positions.append(len(self._positions))
            self._positions.append(position)
            node.total.join(total)
        for label, amount in (("Cash", account.cash), ("Pending activity", account.pending)):
            if amount or (label == "Cash" and not by_security):
                cash = _Sum(value=amount)
                node.positions.append(len(self._positions))
                self._positions.append(
                    _Position(number, None, label, [], cash, None, search=f"{label} cash".casefold())
                )
                node.total.join(cash)
        kind = kind_label(account.kind)
        node.search = f"{account.name} {account.id} {account.custodian or ''} {kind}".casefold()
        self._accounts.append(node)

    # --- tree ---------------------------------------------------------------------------------------------------

    def children_of(self, item: int) -> Sequence[int]:
        """Visible children."""
        if item < 0:
            return self._top
        if item < len(self._accounts):
            return self._accounts[item].shown
        if item < self._first_lot_item:
            return self._lots_in_order(self._positions[item - len(self._accounts)])
        return ()

    def child_count(self, item: int) -> int:
        """As many as there are, without putting lots in order."""
        accounts = len(self._accounts)
        if accounts <= item < self._first_lot_item:
            return len(self._positions[item - accounts].lots)
        return len(self.children_of(item))

    def parent_of(self, item: int) -> int:
        """The account of a position, the position of a lot."""
        accounts = len(self._accounts)
        if item < accounts:
            return -1
        if item < self._first_lot_item:
            return self._positions[item - accounts].account
        # Positions without lots share their start with the next one; the last of equal starts holds the item.
        return accounts + bisect_right(self._starts, item) - 1

    def row_of(self, item: int) -> int:
        """Row among the visible siblings."""
        accounts = len(self._accounts)
        if item < 0:
            return -1
        if item < accounts:
            return self._accounts[item].row
        if item < self._first_lot_item:
            position = self._positions[item - accounts]
            return position.row if self._accounts[position.account].row >= 0 else -1
        position = self._positions[self.parent_of(item) - accounts]
        if position.row < 0 or self._accounts[position.account].row < 0:
            return -1
        return self._lots_in_order(position).index(item)

    def _lots_in_order(self, position: _Position) -> Sequence[int]:
        if position.order is None:
            items: Sequence[int] = range(position.first_item, position.first_item + len(position.lots))
            if self._sort_column >= 0 and len(position.lots) > 1:
                items = sorted_items(items, self._raw, descending=self._descending())
            position.order = list(items)
        return position.order

    def _descending(self) -> bool:
        return self._sort_order == Qt.SortOrder.DescendingOrder

    def _raw(self, item: int) -> Any:
        if item < self._first_lot_item:
            return self.cell(item, self._sort_column).raw
        assert self._household is not None
        lot = self._household.lots[self._lot_of[item - self._first_lot_item]]
        return _lot_raw(lot, self.columns[self._sort_column].key)

    def reorder(self) -> None:
        """Filter and sort accounts and positions; lots follow when they are looked at."""
        words = self._filter.split()
        base = len(self._accounts)
        for node in self._accounts:
            account_words = [word for word in words if word not in node.search]
            shown = []
            for number in node.positions:
                position = self._positions[number]
                position.order, position.row = None, -1
                if all(word in position.search for word in account_words):
                    shown.append(base + number)
            if self._sort_column >= 0:
                shown = sorted_items(shown, self._raw, descending=self._descending())
            for row, item in enumerate(shown):
                self._positions[item - base].row = row
            node.shown, node.row = shown, -1
        top = [n for n, node in enumerate(self._accounts) if node.shown or not words]
        if self._sort_column >= 0:
            top = sorted_items(top, self._raw, descending=self._descending())
        for row, number in enumerate(top):
            self._accounts[number].row = row
        self._top = top

    # --- cells --------------------------------------------------------------------------------------------------

    def key_of(self, item: int) -> tuple[object, ...]:
        """("account", id), ("position", account id, security id or cash label) or ("lot", index)."""
        value = self.object_of(item)
        if isinstance(value, Account):
            return ("account", value.id)
        if item >= self._first_lot_item:
            return ("lot", self._lot_of[item - self._first_lot_item])
        position = self._positions[item - len(self._accounts)]
        account = self._accounts[position.account].account.id
        return ("position", account, position.label if position.security is None else position.security.id)

    def object_of(self, item: int) -> Account | Security | Lot | None:
        """The Account, Security (None for a cash line) or Lot."""
        accounts = len(self._accounts)
        if item < accounts:
            return self._accounts[item].account
        if item < self._first_lot_item:
            return self._positions[item - accounts].security
        assert self._household is not None
        return self._household.lots[self._lot_of[item - self._first_lot_item]]

    def font_role(self, item: int) -> str:
        """Accounts stand out."""
        return "strong" if item < len(self._accounts) else "body"

    def own_role(self, item: int, column: int, role: int) -> Any:
        """CHIP_ROLE: the classification chip of a position."""
        if role != CHIP_ROLE or self.columns[column].key != "class":
            return None
        value = self.object_of(item)
        if not isinstance(value, Security):
            return None
        exposure = self._exposures.get(value.id)
        return chip_text(exposure), Confidence.NONE if exposure is None else exposure.confidence

    def cell(self, item: int, column: int) -> Cell:
        """One cell of an account, a position or a lot."""
        key = self.columns[column].key
        accounts = len(self._accounts)
        if item < accounts:
            return self._account_cell(self._accounts[item], key)
        if item < self._first_lot_item:
            return self._position_cell(self._positions[item - accounts], key)
        assert self._household is not None
        return self._lot_cell(self._household.lots[self._lot_of[item - self._first_lot_item]], key)

    def _account_cell(self, node: _Account, key: str) -> Cell:
        account = node.account
        if key == "holding":
            return Cell(account.name or account.id, tip=f"{account.custodian or 'Custodian not stated'} {account.id}")
        if key == "name":
            guess = " (guess)" if account.kind_source == "guess" else ""
            tip = "Guessed from the account's name: right-click to correct it" if guess else "Right-click to change"
            return Cell(kind_label(account.kind) + guess, tip=tip, tone="warning" if guess else "")
        if key == "quantity":
            return Cell(plural(len(node.positions), "holding"), len(node.positions), muted=True)
        return self._sum_cell(node.total, key)

    def _position_cell(self, position: _Position, key: str) -> Cell:
        security = position.security
        if key == "holding":
            return Cell(position.label)
        if security is None:
            return self._sum_cell(position.total, key) if key in ("value", "weight") else EMPTY
        if key == "name":
            return Cell(security.name)
        if key == "quantity":
            return Cell(quantity(position.quantity), position.quantity)
        if key == "price":
            return _money_cell(security.price, price)
        if key == "term":
            assert self._household is not None
            terms = {self._household.lots[index].term for index in position.lots}
            return _term_cell(next(iter(terms))) if len(terms) == 1 else Cell("Mixed", "Mixed")
        if key == "acquired":
            assert self._household is not None
            if len(position.lots) > 1:
                days = [self._household.lots[index].acquired for index in position.lots]
                known = [day for day in days if day is not None]
                first = f"first {date_text(min(known))}" if known else "no dates known"
                return Cell(plural(len(position.lots), "lot"), min(known, default=None), tip=first)
            return _date_cell(self._household.lots[position.lots[0]].acquired)
        if key == "class":
            exposure = self._exposures.get(security.id)
            return Cell(chip_text(exposure), tip=explanation(exposure))
        if key == "source":
            exposure = self._exposures.get(security.id)
            return Cell(source_text(exposure), tip=explanation(exposure), muted=True)
        return self._sum_cell(position.total, key)

    def _sum_cell(self, total: _Sum, key: str) -> Cell:
        if key == "value":
            return Cell(money(total.value, cents=True), total.value)
        if key == "weight":
            whole = ZERO if self._household is None else self._household.value
            share = float(total.value / whole) if whole else None
            return Cell("" if share is None else percent(share, 2), share)
        if key not in ("basis", "gain", "gain_share") or not total.known + total.unknown:
            return EMPTY
        if not total.known:
            return _unknown("The files state no cost basis")
        partly = f"{plural(total.unknown, 'lot')} without a cost basis left out" if total.unknown else ""
        mark = "*" if partly else ""
        if key == "basis":
            return Cell(money(total.basis, cents=True) + mark, total.basis, tip=partly)
        if key == "gain":
            return Cell(money(total.gain, cents=True, sign=True) + mark, total.gain, tone=_tone(total.gain), tip=partly)
        share = float(total.gain / total.basis) if total.basis > 0 else None
        text = "" if share is None else percent(share, 1, sign=True) + mark
        return Cell(text, share, tone=_tone(total.gain), tip=partly)

    def _lot_cell(self, lot: Lot, key: str) -> Cell:
        if key == "holding":
            return Cell("Lot" if lot.acquired is None else date_text(lot.acquired), lot.acquired, muted=True)
        if key == "name":
            return Cell("On margin" if lot.side == "margin" else "", muted=True)
        if key == "quantity":
            return Cell(quantity(lot.quantity), lot.quantity)
        if key == "term":
            return _term_cell(lot.term)
        if key == "acquired":
            return _date_cell(lot.acquired)
        if key in ("price", "class", "source"):
            return EMPTY
        total = _Sum()
        total.add(lot)
        return self._sum_cell(total, key)


def _lot_raw(lot: Lot, key: str) -> Any:
    """A lot's raw value, without the words that a cell has: what sorting 100,000 lots needs."""
    if key in ("holding", "acquired"):
        return lot.acquired
    if key == "quantity":
        return lot.quantity
    if key in ("value", "weight"):
        return lot.market_value
    if key == "basis" or (lot.cost_basis is None and key in ("gain", "gain_share")):
        return lot.cost_basis
    if key == "gain" and lot.cost_basis is not None:
        return lot.market_value - lot.cost_basis
    if key == "gain_share" and lot.cost_basis is not None:
        return (lot.market_value - lot.cost_basis) / lot.cost_basis if lot.cost_basis > 0 else None
    if key == "term":
        return None if lot.term is Term.UNKNOWN else term_label(lot.term)
    return lot.side or None if key == "name" else None


def _tone(amount: Decimal) -> str:
    return "gain" if amount > 0 else "loss" if amount < 0 else ""


def _money_cell(amount: Decimal | None, write: Any) -> Cell:
    return Cell(write(amount), amount) if amount is not None else _unknown("The files state no price")


def _unknown(tip: str) -> Cell:
    return Cell(UNKNOWN, None, muted=True, tip=tip)


def _term_cell(term: Term) -> Cell:
    return _unknown("Without a date no holding period") if term is Term.UNKNOWN else Cell(term_label(term))


def _date_cell(day: Any) -> Cell:
    return _unknown("The files state no purchase date") if day is None else Cell(date_text(day), day)
