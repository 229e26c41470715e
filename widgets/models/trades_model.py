"""Trades as a tree: accounts, trades, and the tax lots that a sale closes. Of a final plan, or of a live estimate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
from PySide6.QtCore import QObject, Qt, Signal

from core.classify.exposure import Exposure
from core.household import Account, Household, Security, SecurityType, Term
from core.money import ZERO
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Action, Proposal, Trade, TradeLot
from core.tilt.target import TaxSettings
from widgets.labels import kind_label, limit_label, term_label
from widgets.models.tree import EMPTY, OBJECT_ROLE, Cell, Column, Index, TreeModel, sorted_items
from widgets.numbers import UNKNOWN, date_text, money, plural, price, quantity

_COLUMNS = (
    Column("action", "Action", hint="Account; buy or sell; the lots that a sale closes"),
    Column("symbol", "Symbol"),
    Column("name", "Name"),
    Column("quantity", "Quantity", figures=True),
    Column("price", "Price", figures=True),
    Column("amount", "Amount", figures=True, hint="Quantity x price; sales bring cash, purchases take it"),
    Column("lots", "Lots", figures=True, hint="How many tax lots a sale touches"),
    Column("gain", "Gain", figures=True, hint="Realised gain or loss, before costs"),
    Column("tax", "Tax", figures=True, hint="Tax (+) or saving (-) at the flat rates; taxable accounts only"),
    Column("term", "Term", hint="Holding period of what is sold"),
    Column("reason", "Reason", hint="What the trade is for"),
    Column("limited_by", "Limited by", hint="The rules that kept the trade from being larger or different"),
)


@attrs.define(slots=True)
class _Row:
    """A trade as shown. ``trade`` is None for an estimate, whose quantity is amount / price."""

    account: int
    action: Action
    security: Security
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal
    trade: Trade | None
    lots: tuple[TradeLot, ...] = ()
    first_item: int = 0
    row: int = -1
    order: list[int] = attrs.field(factory=list)


@attrs.define(slots=True)
class _Group:
    account: Account
    rows: list[int]
    row: int = -1
    shown: list[int] = attrs.field(factory=list)


class TradesModel(TreeModel):
    """Accounts > trades > lots sold."""

    columns = _COLUMNS
    spanned = ("action", "symbol", "name")

    #: (Trade, signed quantity in units) when a quantity was typed.
    quantityEdited = Signal(object, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.estimate = False
        self._tax = TaxSettings()
        self._groups: list[_Group] = []
        self._rows: list[_Row] = []
        self._lots: list[tuple[int, TradeLot]] = []  # (row number, lot)
        self._top: list[int] = []
        self._exposures: Mapping[str, Exposure] = {}
        self._by_hand: frozenset[tuple[str, str]] = frozenset()

    # --- content ------------------------------------------------------------------------------------------------

    def set_proposal(
        self,
        proposal: Proposal,
        household: Household,
        tax: TaxSettings,
        exposures: Mapping[str, Exposure] | None = None,
    ) -> None:
        """Show the trades of a final plan; ``tax`` gives the flat rates of the tax effect.

        ``exposures`` names securities that the household doesn't hold.
        """
        self._exposures = exposures or {}
        rows = [(t.account, t.action, t.security, t.quantity, t.price, t.amount, t, t.lots) for t in proposal.trades]
        self._fill(household, rows, tax, estimate=False)

    def set_live(self, plan: LivePlan, household: Household, exposures: Mapping[str, Exposure] | None = None) -> None:
        """Show what the relaxation would trade: amounts to the dollar, quantities about."""
        self._exposures = exposures or {}
        rows = []
        for trade in plan.trades:
            security = household.security_by_id.get(trade.security)
            amount = Decimal(round(abs(trade.dollars)))
            if not amount:
                continue
            each = None if security is None or not security.price else security.price * security.multiplier
            count = None if not each else Decimal(round(amount / each))
            action = Action.BUY if trade.dollars > 0 else Action.SELL
            shown = None if security is None else security.price
            rows.append((trade.account, action, trade.security, count, shown, amount, None, ()))
        self._fill(household, rows, self._tax, estimate=True)

    def set_by_hand(self, positions: Iterable[tuple[str, str]]) -> None:
        """Mark the trades, by account and security, that the adviser has set."""
        chosen = frozenset(positions)
        if chosen != self._by_hand:
            self.beginResetModel()
            self._by_hand = chosen
            self.endResetModel()

    def is_by_hand(self, trade: Trade) -> bool:
        """Whether the adviser has set a trade."""
        return (trade.account, trade.security) in self._by_hand

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Quantities of a final plan's trades can be typed over."""
        flags = super().flags(index)
        if index.isValid() and self.columns[index.column()].key == "quantity":
            item = int(index.internalId())
            trades, lots = self._bases()
            if trades <= item < lots and self._rows[item - trades].trade is not None:
                flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def own_role(self, item: int, column: int, role: int) -> Any:
        """What an editor of a quantity begins with."""
        trades, lots = self._bases()
        if role == Qt.ItemDataRole.EditRole.value and trades <= item < lots:
            quantity_ = self._rows[item - trades].quantity
            return None if quantity_ is None or self.columns[column].key != "quantity" else float(quantity_)
        return super().own_role(item, column, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole.value) -> bool:
        """A typed quantity is asked for, not written: the next plan brings it."""
        trade = index.data(OBJECT_ROLE)
        if role != Qt.ItemDataRole.EditRole or not isinstance(trade, Trade):
            return False
        if float(value) != float(trade.quantity):
            self.quantityEdited.emit(trade, float(value) if trade.action is Action.BUY else -float(value))
        return True

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._groups, self._rows, self._lots, self._top = [], [], [], []
        self.endResetModel()

    def counts(self) -> tuple[int, int]:
        """(trades shown, trades in all)."""
        return sum(len(group.shown) for group in self._groups if group.row >= 0), len(self._rows)

    def _fill(self, household: Household, rows: Sequence[tuple[Any, ...]], tax: TaxSettings, *, estimate: bool) -> None:
        self.beginResetModel()
        self.estimate, self._tax = estimate, tax
        by_account: dict[str, list[tuple[Any, ...]]] = {account.id: [] for account in household.accounts}
        for row in rows:
            by_account[row[0]].append(row)
        self._groups, self._rows, self._lots = [], [], []
        for account in household.accounts:
            if not by_account[account.id]:
                continue
            group = _Group(account, [])
            for _, action, security_id, count, unit, amount, trade, lots in by_account[account.id]:
                security = household.security_by_id.get(security_id) or self._stranger(security_id)
                group.rows.append(len(self._rows))
                self._rows.append(_Row(len(self._groups), action, security, count, unit, amount, trade, lots))
            self._groups.append(group)
        item = len(self._groups) + len(self._rows)
        for number, shown in enumerate(self._rows):
            shown.first_item = item
            self._lots += [(number, lot) for lot in shown.lots]
            item += len(shown.lots)
        self.reorder()
        self.endResetModel()

    def _stranger(self, symbol: str) -> Security:
        """A security the plan buys that the household doesn't list."""
        exposure = self._exposures.get(symbol)
        if exposure is None:
            return Security(symbol, symbol, None, "", SecurityType.OTHER, None)
        return Security(symbol, exposure.symbol, None, exposure.name, exposure.type, None)

    # --- tree ---------------------------------------------------------------------------------------------------

    def _bases(self) -> tuple[int, int]:
        return len(self._groups), len(self._groups) + len(self._rows)

    def children_of(self, item: int) -> Sequence[int]:
        """Visible children."""
        trades, lots = self._bases()
        if item < 0:
            return self._top
        if item < trades:
            return self._groups[item].shown
        return self._rows[item - trades].order if item < lots else ()

    def parent_of(self, item: int) -> int:
        """The account of a trade, the trade of a lot."""
        trades, lots = self._bases()
        if item < trades:
            return -1
        return self._rows[item - trades].account if item < lots else trades + self._lots[item - lots][0]

    def row_of(self, item: int) -> int:
        """Row among the visible siblings."""
        trades, lots = self._bases()
        if item < 0:
            return -1
        if item < trades:
            return self._groups[item].row
        if item < lots:
            row = self._rows[item - trades]
            return row.row if self._groups[row.account].row >= 0 else -1
        row = self._rows[self._lots[item - lots][0]]
        shown = row.row >= 0 and self._groups[row.account].row >= 0
        return row.order.index(item) if shown else -1

    def reorder(self) -> None:
        """Filter and sort every level."""
        words = self._filter.split()
        base = len(self._groups)
        descending = self._sort_order == Qt.SortOrder.DescendingOrder

        def arrange(items: Sequence[int]) -> list[int]:
            if self._sort_column < 0:
                return list(items)
            return sorted_items(items, lambda item: self.cell(item, self._sort_column).raw, descending=descending)

        for group in self._groups:
            own = f"{group.account.name} {group.account.id}".casefold()
            left = [word for word in words if word not in own]
            for number in group.rows:
                self._rows[number].row = -1
            group.row = -1
            group.shown = arrange([base + n for n in group.rows if all(word in self._search(n) for word in left)])
            for row, item in enumerate(group.shown):
                self._rows[item - base].row = row
        for trade in self._rows:
            trade.order = arrange(range(trade.first_item, trade.first_item + len(trade.lots)))
        self._top = arrange([n for n, group in enumerate(self._groups) if group.shown])
        for row, number in enumerate(self._top):
            self._groups[number].row = row

    def _search(self, number: int) -> str:
        row = self._rows[number]
        rules = "" if row.trade is None else " ".join((row.trade.reason, *row.trade.limited_by))
        return f"{row.action} {row.security.symbol or ''} {row.security.name} {rules}".casefold()

    # --- cells --------------------------------------------------------------------------------------------------

    def key_of(self, item: int) -> tuple[object, ...]:
        """("account", id), ("trade", account id, security id) or ("lot", index of the household's lot)."""
        trades, lots = self._bases()
        if item < trades:
            return ("account", self._groups[item].account.id)
        if item < lots:
            row = self._rows[item - trades]
            return ("trade", self._groups[row.account].account.id, row.security.id, row.action.value)
        return ("lot", self._lots[item - lots][1].lot)

    def object_of(self, item: int) -> Account | Trade | TradeLot | None:
        """The Account, Trade (None in an estimate) or TradeLot."""
        trades, lots = self._bases()
        if item < trades:
            return self._groups[item].account
        return self._rows[item - trades].trade if item < lots else self._lots[item - lots][1]

    def font_role(self, item: int) -> str:
        """Accounts stand out."""
        return "strong" if item < len(self._groups) else "body"

    def cell(self, item: int, column: int) -> Cell:
        """One cell of an account, a trade or a lot."""
        trades, lots = self._bases()
        key = self.columns[column].key
        if item < trades:
            return self._group_cell(self._groups[item], key)
        if item < lots:
            return self._trade_cell(self._rows[item - trades], key)
        number, lot = self._lots[item - lots]
        return self._lot_cell(self._rows[number], lot, key)

    def _group_cell(self, group: _Group, key: str) -> Cell:
        rows = [self._rows[number] for number in group.rows]
        if key == "action":
            return Cell(group.account.name or group.account.id)
        if key == "symbol":
            return Cell(kind_label(group.account.kind, short=True), muted=True)
        if key == "name":
            bought = sum((row.amount for row in rows if row.action is Action.BUY), ZERO)
            sold = sum((row.amount for row in rows if row.action is Action.SELL), ZERO)
            return Cell(f"Sell {money(sold)}, buy {money(bought)}", muted=True)  # the cents: cash of each account
        if key == "quantity":
            return Cell(plural(len(rows), "trade"), len(rows), muted=True)
        if key == "amount":
            net = sum((row.amount if row.action is Action.SELL else -row.amount for row in rows), ZERO)
            tip = "Sales less purchases: the change of the account's cash, before tickets and flows"
            return Cell(self._dollars(net, sign=True), net, tip=tip)
        if key in ("gain", "tax") and not self.estimate:
            parts = [self._gain_of(row) if key == "gain" else self._tax_of(row) for row in rows]
            known = [part for part in parts if part is not None]
            if not known:
                return EMPTY
            total = sum(known, ZERO)
            tone = _gain_tone(total, taxed=key == "tax")
            return Cell(money(total, sign=True), total, tone=tone, tip=self._dollars(total, sign=True))
        return EMPTY

    def _dollars(self, amount: Decimal, *, sign: bool = False) -> str:
        return money(amount, cents=not self.estimate, sign=sign)

    def _trade_cell(self, row: _Row, key: str) -> Cell:
        about = "\u2248\u202f" if self.estimate else ""
        if key == "action":
            verb, tone = ("Buy", "after") if row.action is Action.BUY else ("Sell", "target")
            by_hand = row.trade is not None and self.is_by_hand(row.trade)
            tip = "Set by you: the plan trades exactly this" if by_hand else ""
            return Cell(f"{verb}, set" if by_hand else verb, tone=tone, tip=tip)
        if key == "symbol":
            return Cell(row.security.symbol or row.security.cusip or row.security.id)
        if key == "name":
            return Cell(row.security.name)
        if key == "quantity":
            if row.quantity is None:
                return Cell("", None, tip="Known with the final plan")
            return Cell(about + quantity(row.quantity), row.quantity)
        if key == "price":
            return Cell("" if row.price is None else price(row.price), row.price)
        if key == "amount":
            return Cell(about + self._dollars(row.amount), row.amount)
        if self.estimate:
            return Cell("Estimate", muted=True) if key == "reason" else EMPTY
        if key == "lots" and row.lots:
            return Cell(plural(len(row.lots), "lot"), len(row.lots))
        if key == "reason":
            return Cell("" if row.trade is None else row.trade.reason)
        if key == "limited_by":
            rules = () if row.trade is None else row.trade.limited_by
            return Cell(", ".join(limit_label(rule) for rule in rules))
        if row.action is Action.BUY or not row.lots:
            return EMPTY
        if key == "gain":
            gain = self._gain_of(row)
            lost = sum(lot.gain is None for lot in row.lots)
            tip = f"{plural(lost, 'lot')} without a cost basis left out" if lost else ""
            if gain is None:
                return Cell(UNKNOWN, None, muted=True, tip="The files state no cost basis")
            return _gain_cell(gain, "*" if lost else "", tip)
        if key == "term":
            terms = {lot.term for lot in row.lots}
            return Cell(term_label(terms.pop()) if len(terms) == 1 else "Mixed")
        if key == "tax":
            tax = self._tax_of(row)
            if tax is None:
                return Cell("not taxed", None, muted=True, tip=kind_label(self._groups[row.account].account.kind))
            return _gain_cell(tax, taxed=True)
        return EMPTY

    def _lot_cell(self, row: _Row, lot: TradeLot, key: str) -> Cell:
        if key == "action":
            return Cell("Lot", lot.acquired, muted=True)
        if key == "symbol":
            return Cell(date_text(lot.acquired), lot.acquired, muted=True, tip="The day of its purchase")
        if key == "name":
            basis = "cost basis unknown" if lot.cost_basis is None else f"cost {money(lot.cost_basis, cents=True)}"
            return Cell(basis, lot.cost_basis, muted=True)
        if key == "quantity":
            return Cell(quantity(lot.quantity), lot.quantity)
        if key == "amount" and row.price is not None:
            amount = lot.quantity * row.price * row.security.multiplier
            return Cell(money(amount, cents=True), amount)
        if key == "gain":
            if lot.gain is None:
                return Cell(UNKNOWN, None, muted=True)
            return _gain_cell(lot.gain)
        if key == "term":
            return Cell(term_label(lot.term), muted=lot.term is Term.UNKNOWN)
        if key == "tax":
            tax = self._tax_of_lot(row, lot)
            return EMPTY if tax is None else _gain_cell(tax, taxed=True)
        return EMPTY

    def _gain_of(self, row: _Row) -> Decimal | None:
        gains = [lot.gain for lot in row.lots if lot.gain is not None]
        return sum(gains, ZERO) if gains else None

    def _tax_of(self, row: _Row) -> Decimal | None:
        taxes = [tax for lot in row.lots if (tax := self._tax_of_lot(row, lot)) is not None]
        return sum(taxes, ZERO) if taxes else None

    def _tax_of_lot(self, row: _Row, lot: TradeLot) -> Decimal | None:
        """Gain x flat rate; a known basis with an unknown date counts as short. None where nothing is taxed now."""
        if lot.gain is None or not self._groups[row.account].account.kind.is_taxable:
            return None
        rate = self._tax.long if lot.term is Term.LONG else self._tax.short
        return lot.gain * Decimal(repr(rate))


def _gain_cell(amount: Decimal, mark: str = "", tip: str = "", *, taxed: bool = False) -> Cell:
    """A gain or a tax in whole dollars; the cents are in the tip, and copied."""
    exact = money(amount, cents=True, sign=True)
    words = f"{exact}; {tip}" if tip else exact
    return Cell(money(amount, sign=True) + mark, amount, tone=_gain_tone(amount, taxed=taxed), tip=words)


def _gain_tone(amount: Decimal, *, taxed: bool = False) -> str:
    """Colour role: a gain is good, a tax is not. The sign says the same without colour."""
    if not amount:
        return ""
    return "gain" if (amount > 0) != taxed else "loss"
