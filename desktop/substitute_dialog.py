"""Which security to buy in the place of another: substitutes first, identical ones last, else the most alike."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.classify.exposure import Exposure
from core.classify.relation import Relation
from core.household import Household
from core.rebalance.candidates import replacements_in
from core.rebalance.proposal import Trade
from core.tilt.target import Target
from widgets.numbers import NONE, money, percent
from widgets.theme import S, font

_MARKS = {
    Relation.SUBSTITUTE: "substitute: keeps the exposure",
    Relation.UNKNOWN: "",
    Relation.IDENTICAL: "identical for wash sales: it would wash a loss",
}
_HEADINGS = ("Symbol", "Name", "Alike", "Held", "To know")
_ALIKE, _HELD = 2, 3
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


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
        self.resize(760, 480)
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
        self.list = QTreeWidget()
        self.list.setAccessibleName("Securities that may be bought, substitutes and the most alike first")
        self.list.setHeaderLabels(_HEADINGS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        for column in (_ALIKE, _HELD):
            self.list.headerItem().setTextAlignment(column, _RIGHT)
        names = household.security_by_id
        for other in replacements_in(household, exposures, target, trade.security):
            security = names[other.security]
            item = QTreeWidgetItem(
                self.list,
                [
                    security.symbol or security.id,
                    security.name,
                    percent(other.alike, 0),
                    money(other.held) if other.held > 0 else NONE,
                    _MARKS[other.relation],
                ],
            )
            item.setData(0, Qt.ItemDataRole.UserRole, security.id)
            for column in (_ALIKE, _HELD):
                item.setTextAlignment(column, _RIGHT)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
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
        first: QTreeWidgetItem | None = None
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is None:
                continue
            told = " ".join(item.text(column) for column in range(len(_HEADINGS))).casefold()
            shown = all(word in told for word in text.casefold().split())
            item.setHidden(not shown)
            if shown and first is None:
                first = item
        if first is not None:
            self.list.setCurrentItem(first)

    @Slot()
    def _on_accepted(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self.decided.emit(str(item.data(0, Qt.ItemDataRole.UserRole)), self.everywhere.isChecked())
            self.accept()
