"""Taxes and trading: how much cost a better fit is worth, and what may be sold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.edits import Changes, Part, SetTax, SetTrading
from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus, available_years
from core.tilt.target import LotMethod, MaySell, Mode
from core.tilt.target_words import LOT_METHODS, MAY_SELL, MODES
from desktop.pages.situation_form import SituationForm
from desktop.workbench import Workbench
from widgets.card import Card
from widgets.forms import FormGrid, MoneyField, PercentField, level
from widgets.numbers import number
from widgets.theme import S

#: The slider is logarithmic: from half a cent to fifty cents of cost a dollar moved, in as many steps.
LEAST, MOST, STEPS = 0.005, 0.5, 100


def eagerness_at(step: int) -> float:
    """Dollars of cost accepted to move one dollar, at a step of the slider."""
    return float(LEAST * (MOST / LEAST) ** (step / STEPS))


def step_of(eagerness: float) -> int:
    """The slider's step nearest to an eagerness."""
    bounded = min(max(eagerness, LEAST), MOST)
    return round(STEPS * math.log(bounded / LEAST) / math.log(MOST / LEAST))


class TradingCard(Card):
    """The settings of the target's tax and trading parts."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("Taxes and trading")
        self._bench = bench
        self.eagerness = QSlider(Qt.Orientation.Horizontal)
        self.eagerness.setRange(0, STEPS)
        self.eagerness.setPageStep(10)
        self.eagerness.setAccessibleName("Eagerness")
        self.eagerness.setToolTip(
            "How much tax and cost a better fit is worth: left trades little, right comes close to the target"
        )
        self._eagerness_words = QLabel()
        self.may_sell = _combo(MAY_SELL)
        self.lot_method = _combo(LOT_METHODS)
        self.short = PercentField("Short-term rate")
        self.long = PercentField("Long-term rate")
        self.gain_limit_on = QCheckBox("Limit net gains to")
        self.gain_limit = MoneyField("Net gain limit", step=1000)
        self.avoid_short = QCheckBox("Avoid short-term gains")
        self.harvest = QCheckBox("Harvest losses")
        self.min_trade = MoneyField("Smallest trade", step=50)
        self.reserve = PercentField("Cash reserve of each account", step=0.005)
        self.turnover = PercentField("Most turnover", digits=0, step=0.05)
        self.fractional = QCheckBox("Fractional shares")
        self.location = QCheckBox("Put assets where they are taxed least")
        self.mode = _combo(MODES)
        self.tax_mode = QComboBox()
        self.tax_mode.addItem("at flat rates", "flat")
        self.tax_mode.addItem("by the year's tables", "tables")
        self.situation = SituationForm()
        self.max_position = PercentField("A bought position at most", digits=0, step=0.05)
        self.max_stock = PercentField("A bought single stock at most", step=0.005)
        self.ticket = MoneyField("Ticket a trade", maximum=1000, cents=True, step=1)
        self.order_worth = MoneyField("An order wins at least", maximum=100_000, step=5)
        self.order_worth.setToolTip("Beyond its ticket; orders that win less are left out, so there are fewer")
        self.half_spread = PercentField("Half spread", maximum=0.05, digits=2, step=0.0005)
        self._last_situation: TaxSituation | None = None
        self._build()
        self._connect()
        bench.session.changed.connect(self._on_changed)
        self.show_document()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(QLabel("Eagerness"))
        head.addSpacing(S.sm)
        head.addWidget(_muted("Patient"))
        head.addWidget(self.eagerness, 1)
        head.addWidget(_muted("Eager"))
        head.addSpacing(S.sm)
        head.addWidget(self._eagerness_words)
        self.body.addLayout(head)
        taxes = FormGrid()
        taxes.add_field("May sell", self.may_sell)
        taxes.add_field("Lots sold first", self.lot_method)
        row = taxes.rowCount()
        taxes.addWidget(self.gain_limit_on, row, 0)
        taxes.addWidget(self.gain_limit, row, 1)
        taxes._next = row + 1
        taxes.add_field("Tax", self.tax_mode)
        self._flat = QWidget()
        rates = FormGrid(self._flat)
        rates.setColumnMinimumWidth(1, self.may_sell.sizeHint().width())
        rates.add_field("Short-term tax rate", self.short)
        rates.add_field("Long-term tax rate", self.long)
        self._modes = QStackedWidget()
        self._modes.addWidget(self._flat)
        self._modes.addWidget(self.situation)
        left = QVBoxLayout()
        left.setSpacing(S.sm)
        left.addLayout(taxes)
        left.addWidget(self._modes)
        left.addWidget(self.avoid_short)
        left.addWidget(self.harvest)
        left.addStretch(1)
        trading = FormGrid()
        trading.add_field("The plan is for", self.mode)
        trading.add_field("Smallest trade", self.min_trade)
        trading.add_field("Cash reserve of each account", self.reserve)
        trading.add_field("Most turnover", self.turnover)
        trading.add_field("A bought position at most", self.max_position)
        trading.add_field("A bought single stock at most", self.max_stock)
        trading.add_field("Ticket a trade", self.ticket)
        trading.add_field("An order wins at least", self.order_worth)
        trading.add_field("Half spread", self.half_spread)
        level((taxes, rates, trading))
        right = QVBoxLayout()
        right.setSpacing(S.sm)
        right.addLayout(trading)
        right.addWidget(self.fractional)
        right.addWidget(self.location)
        right.addStretch(1)
        self._columns = QHBoxLayout()
        self._columns.setSpacing(S.xl)
        self._columns.addLayout(left, 1)
        self._columns.addLayout(right, 1)
        self._halves = (left, right)
        self.body.addLayout(self._columns)
        self.setMinimumWidth(1)  # it makes do with what there is, see below
        self.body.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column below the other where both do not fit beside each other."""
        super().resizeEvent(event)
        needed = sum(half.minimumSize().width() for half in self._halves) + S.xl + 2 * S.lg
        across, down = QHBoxLayout.Direction.LeftToRight, QHBoxLayout.Direction.TopToBottom
        self._columns.setDirection(across if event.size().width() >= needed else down)

    def _connect(self) -> None:
        self.eagerness.sliderPressed.connect(self._bench.begin_gesture)
        self.eagerness.sliderReleased.connect(self._bench.end_gesture)
        self.eagerness.valueChanged.connect(self._on_eagerness)
        self.may_sell.activated.connect(lambda _: self._set_tax(may_sell=MaySell(self.may_sell.currentData())))
        self.lot_method.activated.connect(lambda _: self._set_tax(lot_method=LotMethod(self.lot_method.currentData())))
        self.short.fractionEdited.connect(lambda rate: self._set_tax(short=rate))
        self.long.fractionEdited.connect(lambda rate: self._set_tax(long=rate))
        self.gain_limit_on.clicked.connect(self._on_gain_limit)
        self.gain_limit.amountEdited.connect(lambda dollars: self._set_tax(gain_limit=dollars))
        self.avoid_short.clicked.connect(lambda on: self._set_tax(avoid_short_term=on))
        self.harvest.clicked.connect(lambda on: self._set_tax(harvest=on))
        self.min_trade.amountEdited.connect(lambda dollars: self._set_trading(min_trade=dollars))
        self.reserve.fractionEdited.connect(lambda share: self._set_trading(cash_reserve=share))
        self.turnover.fractionEdited.connect(lambda share: self._set_trading(max_turnover=share))
        self.fractional.clicked.connect(lambda on: self._set_trading(fractional=on))
        self.location.clicked.connect(lambda on: self._set_trading(location=on))
        self.mode.activated.connect(lambda _: self._set_trading(mode=Mode(self.mode.currentData())))
        self.max_position.fractionEdited.connect(lambda share: self._set_trading(max_position=share))
        self.max_stock.fractionEdited.connect(lambda share: self._set_trading(max_stock=share))
        self.ticket.amountEdited.connect(lambda dollars: self._set_trading(ticket=dollars))
        self.order_worth.amountEdited.connect(lambda dollars: self._set_trading(order_worth=dollars))
        self.half_spread.fractionEdited.connect(lambda share: self._set_trading(half_spread=share))
        self.tax_mode.activated.connect(self._on_tax_mode)
        self.situation.edited.connect(lambda situation: self._set_tax(situation=situation))
        self.situation.refused.connect(self._bench.say_error)

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if changes.parts & {Part.TAX, Part.TRADING, Part.HOUSEHOLD}:
            self.show_document()

    @Slot()
    def show_document(self) -> None:
        """Show the settings as they are; emits nothing."""
        target = self._bench.document.target
        tax, trading = target.tax, target.trading
        self.eagerness.blockSignals(True)
        self.eagerness.setValue(step_of(trading.eagerness))
        self.eagerness.blockSignals(False)
        words = f"up to ${number(100 * trading.eagerness, 2)} to move $100"
        self._eagerness_words.setText(words)
        self.eagerness.setAccessibleDescription(words)
        self.may_sell.setCurrentIndex(self.may_sell.findData(tax.may_sell))
        self.lot_method.setCurrentIndex(self.lot_method.findData(tax.lot_method))
        self.short.set_fraction(tax.short)
        self.long.set_fraction(tax.long)
        self.gain_limit_on.setChecked(tax.gain_limit is not None)
        self.gain_limit.setEnabled(tax.gain_limit is not None)
        if tax.gain_limit is not None:
            self.gain_limit.set_amount(tax.gain_limit)
        self.avoid_short.setChecked(tax.avoid_short_term)
        self.harvest.setChecked(tax.harvest)
        self.min_trade.set_amount(trading.min_trade)
        self.reserve.set_fraction(trading.cash_reserve)
        self.turnover.set_fraction(trading.max_turnover)
        self.fractional.setChecked(trading.fractional)
        self.location.setChecked(trading.location)
        self.mode.setCurrentIndex(self.mode.findData(trading.mode))
        self.max_position.set_fraction(trading.max_position)
        self.max_stock.set_fraction(trading.max_stock)
        self.ticket.set_amount(trading.ticket)
        self.order_worth.set_amount(trading.order_worth)
        self.half_spread.set_fraction(trading.half_spread)
        tables = tax.situation is not None
        self.tax_mode.setCurrentIndex(1 if tables else 0)
        self._modes.setCurrentIndex(1 if tables else 0)
        # A stack is as high as its highest page; the hidden one must not count.
        preferred, ignored = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored
        self._flat.setSizePolicy(preferred, ignored if tables else preferred)
        self.situation.setSizePolicy(preferred, preferred if tables else ignored)
        if tax.situation is not None:
            self._last_situation = tax.situation
            self.situation.set_situation(tax.situation)

    @Slot(int)
    def _on_eagerness(self, step: int) -> None:
        trading = attrs.evolve(self._bench.document.target.trading, eagerness=eagerness_at(step))
        self._bench.session.push(SetTrading(trading, text="Change eagerness"), self)

    @Slot(bool)
    def _on_gain_limit(self, on: bool) -> None:
        self._set_tax(gain_limit=float(self.gain_limit.amount()) if on else None)

    @Slot(int)
    def _on_tax_mode(self, _index: int) -> None:
        if self.tax_mode.currentData() == "flat":
            self._set_tax(situation=None)
            return
        year = max(
            y for y in available_years() if y <= max(self._bench.document.household.as_of.year, min(available_years()))
        )
        self._set_tax(situation=self._last_situation or TaxSituation(year, FilingStatus.MARRIED_JOINT, Decimal(0)))

    def _set_tax(self, **fields: Any) -> None:
        """One setting; the others keep the exact value they have, not the rounded one on screen."""
        self._bench.session.push(SetTax(attrs.evolve(self._bench.document.target.tax, **fields)), self)

    def _set_trading(self, **fields: Any) -> None:
        self._bench.session.push(SetTrading(attrs.evolve(self._bench.document.target.trading, **fields)), self)


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", True)
    return label


def _combo(choices: Mapping[Any, str]) -> QComboBox:
    box = QComboBox()
    for key, words in choices.items():
        box.addItem(words, key)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(16)
    return box
