"""Fields for money, per cent and counts, and the layout that labels them."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

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
        _dress(self, name)
        self.valueChanged.connect(self._on_changed)

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


class PercentField(_QuietWheel, QDoubleSpinBox):
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
