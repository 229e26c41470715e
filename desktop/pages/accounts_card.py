"""The accounts with their value and their tax kind, which can be corrected here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QScrollArea, QSizePolicy, QWidget

from core.edits import Changes, Part, SetAccountKind
from core.household import Account, AccountKind
from desktop.workbench import Workbench
from widgets.card import Card
from widgets.elided import ElidedLabel
from widgets.labels import kind_label
from widgets.numbers import money, money_short, percent
from widgets.theme import S, font


class AccountsCard(Card):
    """One row an account."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("Accounts", parent=parent)
        self._bench = bench
        self.kinds: dict[str, QComboBox] = {}
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Accounts")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget#accounts { background: transparent; }")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._scroll, 1)
        bench.session.changed.connect(self._on_changed)
        self._build()

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if Part.HOUSEHOLD in changes.parts:
            self._build()
        elif Part.ACCOUNT_KINDS in changes.parts:
            self._show_kinds()

    def _build(self) -> None:
        household = self._bench.document.household
        content = QWidget()
        content.setObjectName("accounts")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, S.xs, 0)
        grid.setHorizontalSpacing(S.xs)
        grid.setVerticalSpacing(S.xs)
        grid.setColumnStretch(0, 1)
        self.kinds = {}
        for number, account in enumerate(household.accounts):
            name = ElidedLabel(account.name or account.id)
            name.setToolTip(f"{account.name or account.id} ({account.custodian or 'custodian not stated'})")
            value = QLabel(money_short(account.market_value))
            value.setToolTip(money(account.market_value, cents=True))
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            share = QLabel(percent(_share(account, float(household.value)), 0))
            share.setFont(font("small"))
            share.setProperty("muted", True)
            share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            kind = self._kind_box(account)
            self.kinds[account.id] = kind
            grid.addWidget(name, 2 * number, 0)
            grid.addWidget(value, 2 * number, 1)
            grid.addWidget(share, 2 * number, 2)
            grid.addWidget(kind, 2 * number + 1, 0, 1, 3)
        grid.setRowStretch(2 * len(household.accounts), 1)
        self._scroll.setWidget(content)
        self._show_kinds()

    def _kind_box(self, account: Account) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"Kind of {account.name or account.id}")
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.setMinimumContentsLength(8)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for kind in AccountKind:
            box.addItem(kind_label(kind, short=True), kind.value)
        box.activated.connect(lambda _, key=account.id: self._on_chosen(key))
        return box

    def _show_kinds(self) -> None:
        for account in self._bench.document.household.accounts:
            box = self.kinds[account.id]
            index = box.findData(account.kind.value)
            for k, kind in enumerate(AccountKind):
                guess = " (guess)" if k == index and account.kind_source == "guess" else ""
                box.setItemText(k, kind_label(kind, short=True) + guess)
            box.setCurrentIndex(index)
            box.setToolTip("How the account is taxed" + (", guessed from its name" if guess_of(account) else ""))

    def _on_chosen(self, account: str) -> None:
        kind = AccountKind(self.kinds[account].currentData())
        self._bench.session.push(SetAccountKind(account, kind), self)


def guess_of(account: Account) -> bool:
    """Whether the account's kind is only guessed."""
    return account.kind_source == "guess"


def _share(account: Account, value: float) -> float:
    return float(account.market_value) / value if value else 0.0
