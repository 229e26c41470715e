"""What the adviser has decided about single trades: a chip each, with a button to take it back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QWidget

from core.edits import Changes, Part
from core.tilt.edits import FreeOrder, FreeOrders
from core.tilt.target import FixedOrder
from desktop.workbench import Workbench
from widgets.numbers import plural, quantity
from widgets.theme import RADIUS, S, font, set_icon

_MOST = 24


class DecisionsBar(QWidget):
    """Hidden while nothing is decided by hand."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setAccessibleName("Set by you")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S.sm)
        self.caption = QLabel()
        self.caption.setFont(font("label"))
        row.addWidget(self.caption)
        self._area = QScrollArea()
        self._area.setAccessibleName("Decisions of yours")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setStyleSheet("QScrollArea, QWidget#decisions { background: transparent; }")
        row.addWidget(self._area, 1)
        self.all_free = QPushButton("Free all")
        self.all_free.setToolTip("Let the plan decide about every trade again")
        self.all_free.clicked.connect(self._on_free_all)
        row.addWidget(self.all_free)
        bench.session.changed.connect(self._on_changed)
        self._show()

    def decisions(self) -> tuple[FixedOrder, ...]:
        """What is set: orders, and excluded positions as orders of 0."""
        target = self._bench.document.target
        held = tuple(FixedOrder(key.account, key.symbol, 0.0) for key in target.rules.hold if key.account is not None)
        return (*target.orders, *held)

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if changes.parts & {Part.HOUSEHOLD, Part.ORDERS, Part.RULES}:
            self._show()

    def _show(self) -> None:
        decisions = self.decisions()
        self.setVisible(bool(decisions))
        if not decisions:
            return
        self.caption.setText(f"{plural(len(decisions), 'trade')} set by you")
        content = QWidget()
        content.setObjectName("decisions")
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S.xs)
        for order in decisions[:_MOST]:
            row.addWidget(self._chip(order))
        if len(decisions) > _MOST:
            row.addWidget(QLabel(f"and {len(decisions) - _MOST} more"))
        row.addStretch(1)
        self._area.setWidget(content)
        self._area.setFixedHeight(content.sizeHint().height() + 2)

    def _chip(self, order: FixedOrder) -> QWidget:
        account = self._bench.document.household.account_by_id.get(order.account)
        where = order.account if account is None else account.name or account.id
        if order.quantity:
            words = f"{'Buy' if order.quantity > 0 else 'Sell'} {quantity(abs(order.quantity))} {order.symbol}"
        else:
            words = f"Leave {order.symbol}"
        chip = QFrame()
        chip.setObjectName("decision")
        look = f"background: palette(base); border: 1px solid palette(mid); border-radius: {RADIUS}px;"
        chip.setStyleSheet(f"QFrame#decision {{ {look} }}")
        layout = QHBoxLayout(chip)
        layout.setContentsMargins(S.sm, 0, 2, 0)
        layout.setSpacing(2)
        label = QLabel(words)
        label.setFont(font("small"))
        label.setToolTip(f"{words} in {where}")
        free = QToolButton()
        free.setProperty("quiet", True)
        free.setIconSize(QSize(12, 12))
        free.setAccessibleName(f"Free: {words} in {where}")
        free.setToolTip("Let the plan decide")
        set_icon(free, "close", "text_muted")
        free.clicked.connect(lambda: self._bench.session.push(FreeOrder(order.account, order.symbol), self))
        layout.addWidget(label)
        layout.addWidget(free)
        return chip

    @Slot()
    def _on_free_all(self) -> None:
        keys = tuple((order.account, order.symbol) for order in self.decisions())
        self._bench.session.push(FreeOrders(keys, text="Free all trades"), self)
