"""The household's tax return in a few figures, for tax by the year's tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from core.errors import InputError
from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus, available_years
from widgets.forms import FormGrid, MoneyField, PercentField

FILINGS = {
    FilingStatus.SINGLE: "single",
    FilingStatus.MARRIED_JOINT: "married, joint return",
    FilingStatus.MARRIED_SEPARATE: "married, separate return",
    FilingStatus.HEAD_OF_HOUSEHOLD: "head of household",
}
_AMOUNTS = (
    ("income", "Taxable income without gains", -1e9),
    ("qualified_dividends", "Qualified dividends", 0.0),
    ("short_ytd", "Short-term gains this year", -1e9),
    ("long_ytd", "Long-term gains this year", -1e9),
    ("short_carry", "Short-term losses carried over", 0.0),
    ("long_carry", "Long-term losses carried over", 0.0),
    ("investment_income", "Other investment income", 0.0),
)


class SituationForm(QWidget):
    """``edited(TaxSituation)`` when the user has changed a figure; ``refused(words)`` where it makes no sense."""

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._situation: TaxSituation | None = None
        form = FormGrid(self)
        self.year = QComboBox()
        for year in available_years():
            self.year.addItem(str(year), year)
        self.filing = QComboBox()
        for status, words in FILINGS.items():
            self.filing.addItem(words, status)
        form.add_field("Tax year", self.year)
        form.add_field("Filing status", self.filing)
        self.amounts: dict[str, MoneyField] = {}
        for key, words, least in _AMOUNTS:
            field = MoneyField(words, minimum=least, step=1000)
            field.amountEdited.connect(lambda amount, name=key: self._change(**{name: Decimal(repr(amount))}))
            self.amounts[key] = field
            form.add_field(words, field)
        self.state = PercentField("State tax rate on gains", maximum=0.2, step=0.005)
        form.add_field("State rate on gains", self.state)
        self.year.activated.connect(lambda _: self._change(year=self.year.currentData()))
        self.filing.activated.connect(lambda _: self._change(filing=FilingStatus(self.filing.currentData())))
        self.state.fractionEdited.connect(lambda rate: self._change(state_rate=Decimal(repr(rate))))

    def set_situation(self, situation: TaxSituation) -> None:
        """Show a return; emits nothing."""
        self._situation = situation
        self.year.setCurrentIndex(self.year.findData(situation.year))
        self.filing.setCurrentIndex(self.filing.findData(situation.filing))
        for key, field in self.amounts.items():
            field.set_amount(getattr(situation, key))
        self.state.set_fraction(float(situation.state_rate))

    def _change(self, **fields: Any) -> None:
        if self._situation is None:
            return
        try:
            changed = attrs.evolve(self._situation, **fields)
        except InputError as error:
            self.refused.emit(str(error))
            self.set_situation(self._situation)
            return
        self._situation = changed
        self.edited.emit(changed)
