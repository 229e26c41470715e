"""Which security to buy in the place of another: substitutes first, identical ones last, else the most alike."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.classify.exposure import Exposure
from core.classify.relation import Relation
from core.household import Household
from core.rebalance.candidates import replacements_in
from core.rebalance.proposal import Trade
from core.tilt.target import Target
from widgets.numbers import percent
from widgets.theme import S, font

_MARKS = {
    Relation.SUBSTITUTE: "a substitute: keeps the exposure",
    Relation.UNKNOWN: "",
    Relation.IDENTICAL: "identical for wash sales: bought beside a loss, it washes the loss",
}


class SubstituteDialog(QDialog):
    """``decided(symbol, everywhere)`` when one is chosen."""

    decided = Signal(str, bool)

    def __init__(
        self,
        trade: Trade,
        household: Household,
        exposures: Mapping[str, Exposure],
        target: Target,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Substitute")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(680, 460)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        title = QLabel(f"Buy instead of {trade.security}")
        title.setFont(font("title"))
        layout.addWidget(title)
        self.filter = QLineEdit(placeholderText="Filter", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter securities")
        self.filter.textChanged.connect(self._on_filter)
        layout.addWidget(self.filter)
        self.list = QListWidget()
        self.list.setAccessibleName("Securities that may be bought, substitutes and the most alike first")
        names = household.security_by_id
        for other in replacements_in(household, exposures, target, trade.security):
            security = names[other.security]
            marks = [f"{percent(other.alike, 0)} alike", _MARKS[other.relation], "held" if other.held > 0 else ""]
            told = ", ".join(mark for mark in marks if mark)
            item = QListWidgetItem(f"{security.symbol or security.id} – {security.name}   {told}")
            item.setData(Qt.ItemDataRole.UserRole, security.id)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self._on_accepted)
        layout.addWidget(self.list, 1)
        self.everywhere = QCheckBox("In every account")
        self.everywhere.setChecked(True)
        layout.addWidget(self.everywhere)
        words = QLabel(
            "Only securities with a price are listed; add prices of others with File, Add prices.", wordWrap=True
        )
        words.setProperty("muted", True)
        layout.addWidget(words)
        buttons = QDialogButtonBox()
        buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        accept = QPushButton("Substitute")
        accept.setProperty("primary", True)
        accept.setDefault(True)
        buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    @Slot(str)
    def _on_filter(self, text: str) -> None:
        first: QListWidgetItem | None = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            shown = all(word in item.text().casefold() for word in text.casefold().split())
            item.setHidden(not shown)
            if shown and first is None:
                first = item
        if first is not None:
            self.list.setCurrentItem(first)

    @Slot()
    def _on_accepted(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self.decided.emit(str(item.data(Qt.ItemDataRole.UserRole)), self.everywhere.isChecked())
            self.accept()
