"""Fields for money, per cent and counts, and the layout that labels them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from widgets.numbers import MINUS, money
from widgets.theme import S, font, tabular


class _QuietWheel:
    """Spin boxes that let the wheel scroll the page unless they have the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


def _dress(field: QAbstractSpinBox, name: str) -> None:
    field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    field.setFont(tabular(field.font()))
    field.lineEdit().setTextMargins(5, 0, 5, 0)  # the style sheet's padding doesn't reach the text of spin boxes
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.setKeyboardTracking(False)
    field.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
    field.setAccessibleName(name)


class MoneyField(_QuietWheel, QDoubleSpinBox):
    """Dollars. ``amountEdited`` comes only from the user, once the number is finished."""

    amountEdited = Signal(float)
    _signed = False  # asked for by Qt before the constructor is through

    def __init__(
        self,
        name: str,
        *,
        minimum: float = 0.0,
        maximum: float = 1e9,
        cents: bool = False,
        step: float = 100.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            parent, decimals=2 if cents else 0, minimum=minimum, maximum=maximum, singleStep=step, prefix="$"
        )
        self.setGroupSeparatorShown(True)
        if minimum < 0:
            self.setPrefix("")  # the minus goes before the dollar sign, see textFromValue
        self._signed = minimum < 0
        _dress(self, name)
        self.valueChanged.connect(self._on_changed)

    def textFromValue(self, value: float) -> str:
        """Where amounts may be negative: \u2212$20,000."""
        return money(value, cents=self.decimals() > 0) if self._signed else super().textFromValue(value)

    def valueFromText(self, text: str) -> float:
        """The number in a text, with or without dollar sign, whichever minus it has."""
        if not self._signed:
            return super().valueFromText(text)
        plain = text.replace("$", "").replace(MINUS, "-").replace(" ", "")
        value, known = self.locale().toDouble(plain)
        return value if known else self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything that reads as a number once the signs are taken off."""
        if not self._signed:
            found: tuple[QValidator.State, str, int] = super().validate(text, position)
            return found
        plain = text.replace("$", "").replace(MINUS, "-").replace(" ", "")
        known = self.locale().toDouble(plain)[1]
        state = QValidator.State.Acceptable if known else QValidator.State.Intermediate
        return state, text, position

    def amount(self) -> Decimal:
        """The amount in dollars."""
        return Decimal(str(round(self.value(), 2)))

    def set_amount(self, amount: Decimal | float) -> None:
        """Show an amount; emits nothing."""
        self.blockSignals(True)
        self.setValue(float(amount))
        self.blockSignals(False)

    @Slot(float)
    def _on_changed(self, value: float) -> None:
        self.amountEdited.emit(value)


class _RealMinus:
    """Spin boxes that write a minus as all other figures have it, and read either."""

    def textFromValue(self, value: float) -> str:
        text: str = super().textFromValue(value)  # type: ignore[misc]
        return text.replace("-", MINUS)

    def valueFromText(self, text: str) -> float:
        value: float = super().valueFromText(text.replace(MINUS, "-"))  # type: ignore[misc]
        return value

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state, _, place = super().validate(text.replace(MINUS, "-"), position)  # type: ignore[misc]
        return state, text, place


class RealField(_QuietWheel, _RealMinus, QDoubleSpinBox):
    """A number that may be negative."""


class PercentField(_QuietWheel, _RealMinus, QDoubleSpinBox):
    """A fraction shown as per cent. ``fractionEdited`` comes only from the user."""

    fractionEdited = Signal(float)

    def __init__(
        self,
        name: str,
        *,
        minimum: float = 0.0,
        maximum: float = 1.0,
        digits: int = 1,
        step: float = 0.01,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            parent,
            decimals=digits,
            minimum=minimum * 100,
            maximum=maximum * 100,
            singleStep=step * 100,
            suffix="\u202f%",
        )
        _dress(self, name)
        self.valueChanged.connect(self._on_changed)

    def fraction(self) -> float:
        """The share, as a fraction."""
        return self.value() / 100

    def set_fraction(self, share: float) -> None:
        """Show a share; emits nothing."""
        self.blockSignals(True)
        self.setValue(share * 100)
        self.blockSignals(False)

    @Slot(float)
    def _on_changed(self, value: float) -> None:
        self.fractionEdited.emit(value / 100)


class IntField(_QuietWheel, QSpinBox):
    """A count. ``countEdited`` comes only from the user."""

    countEdited = Signal(int)

    def __init__(
        self, name: str, *, minimum: int = 0, maximum: int = 1_000_000, suffix: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, minimum=minimum, maximum=maximum, suffix=suffix)
        self.setGroupSeparatorShown(True)
        _dress(self, name)
        self.valueChanged.connect(self._on_changed)

    def set_count(self, count: int) -> None:
        """Show a count; emits nothing."""
        self.blockSignals(True)
        self.setValue(count)
        self.blockSignals(False)

    @Slot(int)
    def _on_changed(self, value: int) -> None:
        self.countEdited.emit(value)


class FormGrid(QGridLayout):
    """Rows of label and field, with a muted hint under a field where one helps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(S.md)
        self.setVerticalSpacing(S.sm)
        self.setColumnStretch(0, 1)
        self._next = 0

    def add_field(self, label: str, field: QWidget, hint: str = "") -> QLabel:
        """Add a row; the label is the field's buddy, the hint its description. Returns the label."""
        row = self._next
        self.setRowStretch(row, 0)
        caption = QLabel(label)
        caption.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(label.replace("&", ""))
        self.addWidget(caption, row, 0)
        self.addWidget(field, row, 1)
        if hint:
            note = QLabel(hint, wordWrap=True)
            note.setFont(font("small"))
            note.setProperty("muted", True)
            self.addWidget(note, row + 1, 0, 1, 2)
            field.setAccessibleDescription(hint)
            if not field.toolTip():
                field.setToolTip(hint)
        self._next = row + (2 if hint else 1)
        self.setRowStretch(self._next, 1)  # what is left over stays below the last row
        return caption


def level(forms: Sequence[FormGrid]) -> None:
    """Rows of forms that stand beside each other are of one height: as high as the highest of their fields."""
    cells = [(form, form.itemAt(k).widget()) for form in forms for k in range(form.count())]
    height = max((widget.sizeHint().height() for _, widget in cells if widget is not None), default=0)
    for form in forms:
        for row in range(form.rowCount()):
            if (item := form.itemAtPosition(row, 1)) is not None and item.widget() is not None:
                form.setRowMinimumHeight(row, height)
