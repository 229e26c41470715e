"""Restrictions by security, and the money that comes in or goes out with the plan."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.edits import Changes, Part
from core.tilt.edits import FreeOrder, Restrict, SetFlow
from core.tilt.switches import SECURITY_RULES
from core.tilt.target import FixedOrder, RuleKey
from desktop.workbench import Workbench
from widgets.card import Card
from widgets.elided import ElidedLabel
from widgets.forms import FormGrid, MoneyField
from widgets.numbers import quantity
from widgets.rule_words import security_rule_words
from widgets.theme import S, set_icon

KINDS = {"no_buy": "Do not buy", "no_sell": "Do not sell", "hold": "Hold (neither)", "sell_all": "Sell all"}
_EVERYWHERE = "everywhere"


class RestrictionsCard(Card):
    """The rules by security: one line each, and a line to add one. Trades set by hand are listed with them."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("Restrictions", "what may not be traded, or must be", parent)
        self._bench = bench
        self.kind = QComboBox()
        for key, words in KINDS.items():
            self.kind.addItem(words, key)
        self.kind.setAccessibleName("Kind of restriction")
        self.security = QComboBox()
        self.security.setEditable(True)
        self.security.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.security.setAccessibleName("Security of the restriction")
        self._typed = QLineEdit()
        self._typed.setPlaceholderText("Symbol or name")
        self._typed.setAccessibleName("Symbol or name of the security")
        self.security.setLineEdit(self._typed)
        self.security.setMinimumContentsLength(13)
        self.security.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.account = QComboBox()
        self.account.setAccessibleName("Account of the restriction")
        self.account.setMinimumContentsLength(7)
        self.account.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.add = QPushButton("Add")
        self.add.setToolTip("Add this restriction")
        row = QHBoxLayout()
        row.setSpacing(S.sm)
        row.addWidget(self.kind)
        row.addWidget(self.security, 3)
        row.addWidget(self.account, 2)
        row.addWidget(self.add)
        self.body.addLayout(row)
        self._scroll, self._grid = scrolling_grid("restrictions", "Restrictions")
        self.body.addWidget(self._scroll, 1)
        self.empty = QLabel(
            "No restrictions. Anything may be bought and sold that the taxes and limits allow.", wordWrap=True
        )
        self.empty.setProperty("muted", True)
        self.add.clicked.connect(self._on_add)
        self._typed.returnPressed.connect(self._on_add)
        bench.session.changed.connect(self._on_changed)
        self._fill_choices()
        self._show()

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if changes.parts & {Part.HOUSEHOLD, Part.ACCOUNT_KINDS}:
            self._fill_choices()
        if changes.parts & {Part.HOUSEHOLD, Part.RULES, Part.ORDERS}:
            self._show()

    def _fill_choices(self) -> None:
        household = self._bench.document.household
        self.security.clear()
        held = {lot.security for lot in household.lots}
        ranked = sorted(household.securities, key=lambda s: (s.id not in held, s.symbol or s.name))
        for security in ranked:
            self.security.addItem(f"{security.symbol or security.id} – {security.name}", security.id)
        self.security.setCurrentIndex(-1)
        self.security.setEditText("")
        completer = QCompleter(self.security.model(), self.security)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.security.setCompleter(completer)
        self.account.clear()
        self.account.addItem(_EVERYWHERE, None)
        for account in household.accounts:
            self.account.addItem(f"in {account.name or account.id}", account.id)

    def _show(self) -> None:
        target = self._bench.document.target
        clear(self._grid)
        row = 0
        for kind in SECURITY_RULES:
            for key in getattr(target.rules, kind):
                self._add_line(row, self._words(kind, key), f"Remove: {security_rule_words(kind, key)}", (kind, key))
                row += 1
        for order in target.orders:
            verb = "Buy" if order.quantity > 0 else "Sell"
            where = self._account_name(order.account)
            words = f"{verb} {quantity(abs(order.quantity))} {order.symbol} in {where}, set by hand"
            self._add_line(row, words, f"Let the plan decide: {words}", order)
            row += 1
        if row == 0:
            self._grid.addWidget(self.empty, 0, 0, 1, 2)
        self.empty.setVisible(row == 0)
        self._grid.setRowStretch(row + 1, 1)

    def _account_name(self, account: str) -> str:
        known = self._bench.document.household.account_by_id.get(account)
        return account if known is None else known.name or known.id

    def _words(self, kind: str, key: RuleKey) -> str:
        security = self._bench.document.household.security_by_id.get(key.symbol)
        name = f" – {security.name}" if security is not None and security.name else ""
        where = "" if key.account is None else f", in {self._account_name(key.account)}"
        return f"{KINDS[kind].split(' (')[0]} {key.symbol}{name}{where}"

    def _add_line(self, row: int, words: str, tip: str, what: tuple[str, RuleKey] | FixedOrder) -> None:
        label = ElidedLabel(words)
        label.setToolTip(words)
        remove = QToolButton()
        remove.setProperty("quiet", True)
        remove.setIconSize(QSize(16, 16))
        remove.setAccessibleName(tip)
        remove.setToolTip(tip)
        set_icon(remove, "close", "text_muted")
        remove.clicked.connect(lambda: self._remove(what))
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(remove, row, 1)

    @Slot()
    def _on_add(self) -> None:
        symbol = self.chosen_symbol()
        if not symbol:
            self.security.setFocus()
            return
        key = RuleKey(symbol, self.account.currentData())
        if self._bench.session.push(Restrict(str(self.kind.currentData()), key), self):
            self.security.setEditText("")

    def chosen_symbol(self) -> str:
        """The security typed or chosen: one of the household's by symbol, name or line, else what was typed."""
        text = self.security.currentText().strip()
        index = self.security.findText(text, Qt.MatchFlag.MatchFixedString)
        if index >= 0:
            return str(self.security.itemData(index))
        for security in self._bench.document.household.securities:
            if text.casefold() in {
                (security.symbol or "").casefold(),
                security.name.casefold(),
                security.id.casefold(),
            }:
                return security.id
        return text.split(" – ")[0].strip().upper()

    def _remove(self, what: tuple[str, RuleKey] | FixedOrder) -> None:
        if isinstance(what, FixedOrder):
            self._bench.session.push(FreeOrder(what.account, what.symbol), self)
        else:
            self._bench.session.push(Restrict(*what, on=False), self)


class FlowsCard(Card):
    """Deposits and withdrawals: one field an account."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("Cash in and out", "a minus takes money out", parent)
        self._bench = bench
        self.fields: dict[str, MoneyField] = {}
        self._holder = QVBoxLayout()
        self.body.addLayout(self._holder, 1)
        self._area: QScrollArea | None = None
        bench.session.changed.connect(self._on_changed)
        self._build()

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if Part.HOUSEHOLD in changes.parts:
            self._build()
        elif Part.FLOWS in changes.parts:
            self._show()

    def _build(self) -> None:
        if self._area is not None:
            self._holder.removeWidget(self._area)
            self._area.deleteLater()
        content = QWidget()
        content.setObjectName("flows")
        form = FormGrid(content)
        form.setContentsMargins(0, 0, S.sm, 0)
        self.fields = {}
        for account in self._bench.document.household.accounts:
            field = MoneyField(f"Cash into {account.name or account.id}", minimum=-1e9, step=1000)
            field.amountEdited.connect(lambda amount, key=account.id: self._on_edited(key, amount))
            self.fields[account.id] = field
            form.add_field(account.name or account.id, field)
        self._area = QScrollArea()
        self._area.setAccessibleName("Cash flows")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setStyleSheet("QScrollArea, QWidget#flows { background: transparent; }")
        self._area.setWidget(content)
        self._holder.addWidget(self._area, 1)
        self._show()

    def _show(self) -> None:
        amounts = {flow.account: flow.amount for flow in self._bench.document.target.flows}
        for key, field in self.fields.items():
            field.set_amount(amounts.get(key, 0.0))

    def _on_edited(self, account: str, amount: float) -> None:
        self._bench.session.push(SetFlow(account, amount), self)


def scrolling_grid(name: str, title: str) -> tuple[QScrollArea, QGridLayout]:
    """A scroll area without a frame, and the grid in it; ``name`` is for the style, ``title`` for screen readers."""
    content = QWidget()
    content.setObjectName(name)
    grid = QGridLayout(content)
    grid.setContentsMargins(0, 0, S.xs, 0)
    grid.setHorizontalSpacing(S.sm)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(0, 1)
    area = QScrollArea()
    area.setAccessibleName(title)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setStyleSheet(f"QScrollArea, QWidget#{name} {{ background: transparent; }}")
    area.setWidget(content)
    return area, grid


def clear(grid: QGridLayout) -> None:
    """Take everything out of a grid; widgets that nobody else keeps end."""
    for row in range(grid.rowCount()):
        grid.setRowStretch(row, 0)
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            if not isinstance(widget, QLabel) or isinstance(widget, ElidedLabel):
                widget.deleteLater()
