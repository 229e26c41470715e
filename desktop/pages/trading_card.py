"""Taxes and trading: how much cost a better fit is worth, and what may be sold."""

from __future__ import annotations

import math
from typing import Any

import attrs
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from core.edits import SetTax, SetTrading
from core.tilt.target import LotMethod, MaySell
from desktop.workbench import Workbench
from widgets.card import Card
from widgets.forms import FormGrid, MoneyField, PercentField
from widgets.numbers import number
from widgets.theme import S

#: The slider is logarithmic: from half a cent to fifty cents of cost a dollar moved, in as many steps.
LEAST, MOST, STEPS = 0.005, 0.5, 100

MAY_SELL = {
    MaySell.ALL: "everything",
    MaySell.LONG: "no short-term gains",
    MaySell.SHELTERED: "only in sheltered accounts",
    MaySell.NOTHING: "nothing",
}
LOT_METHODS = {
    LotMethod.OPTIMAL: "least tax",
    LotMethod.HIFO: "highest cost first",
    LotMethod.FIFO: "oldest first",
    LotMethod.LIFO: "newest first",
}


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
        super().__init__("Taxes and trading", parent=parent)
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
        self._build()
        self._connect()
        bench.session.changed.connect(self.show_document)
        self.show_document()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(QLabel("Eagerness"))
        head.addStretch(1)
        head.addWidget(self._eagerness_words)
        slider = QHBoxLayout()
        slider.setSpacing(S.sm)
        slider.addWidget(_muted("Patient"))
        slider.addWidget(self.eagerness, 1)
        slider.addWidget(_muted("Eager"))
        box = QVBoxLayout()
        box.setSpacing(S.xs)
        box.addLayout(head)
        box.addLayout(slider)
        self.body.addLayout(box)
        form = FormGrid()
        form.add_field("May sell", self.may_sell)
        form.add_field("Lots sold first", self.lot_method)
        form.add_field("Short-term tax rate", self.short)
        form.add_field("Long-term tax rate", self.long)
        row = form.rowCount()
        form.addWidget(self.gain_limit_on, row, 0)
        form.addWidget(self.gain_limit, row, 1)
        form.add_field("Smallest trade", self.min_trade)
        form.add_field("Cash reserve of each account", self.reserve)
        form.add_field("Most turnover", self.turnover)
        self.body.addLayout(form)
        switches = QGridLayout()
        switches.setHorizontalSpacing(S.md)
        switches.setVerticalSpacing(S.xs)
        for place, box_ in enumerate((self.avoid_short, self.harvest, self.fractional)):
            switches.addWidget(box_, place // 2, place % 2)
        self.body.addLayout(switches)
        self.body.addStretch(1)

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

    @Slot(int)
    def _on_eagerness(self, step: int) -> None:
        trading = attrs.evolve(self._bench.document.target.trading, eagerness=eagerness_at(step))
        self._bench.session.push(SetTrading(trading, text="Change eagerness"), self)

    @Slot(bool)
    def _on_gain_limit(self, on: bool) -> None:
        self._set_tax(gain_limit=float(self.gain_limit.amount()) if on else None)

    def _set_tax(self, **fields: Any) -> None:
        """One setting; the others keep the exact value they have, not the rounded one on screen."""
        self._bench.session.push(SetTax(attrs.evolve(self._bench.document.target.tax, **fields)), self)

    def _set_trading(self, **fields: Any) -> None:
        self._bench.session.push(SetTrading(attrs.evolve(self._bench.document.target.trading, **fields)), self)


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", True)
    return label


def _combo(choices: dict[MaySell, str] | dict[LotMethod, str]) -> QComboBox:
    box = QComboBox()
    for key, words in choices.items():
        box.addItem(words, key)
    return box
