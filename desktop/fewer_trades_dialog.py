"""Plans that make do with fewer orders: how many there are, and what is given up for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets.numbers import money, number, percent
from widgets.theme import S, font

if TYPE_CHECKING:
    from core.rebalance.frontier import FewerTrades

_HEADINGS = ("Orders", "Out of place", "Tax", "Costs", "Given up", "An order wins")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_PLAN = Qt.ItemDataRole.UserRole


class FewerTradesDialog(QDialog):
    """``decided(worth, orders)`` when a plan is chosen: what each of its orders has to be worth, and how many."""

    decided = Signal(float, int)

    def __init__(self, now: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.now = now
        self.setWindowTitle("Fewer orders")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 420)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        title = QLabel("Almost as good with fewer orders")
        title.setFont(font("title"))
        layout.addWidget(title)
        words = QLabel(
            "Each plan leaves out the orders that win less than the amount in the last column, beyond their ticket. "
            "Given up is what the best of them does better: out of place, tax and costs together.",
            wordWrap=True,
        )
        words.setProperty("muted", True)
        layout.addWidget(words)
        self.list = QTreeWidget()
        self.list.setAccessibleName("Plans, the one with the most orders first")
        self.list.setHeaderLabels(_HEADINGS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setStretchLastSection(False)
        for column in range(len(_HEADINGS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            self.list.headerItem().setTextAlignment(column, _RIGHT)
        self.list.itemActivated.connect(self._on_use)
        self.list.currentItemChanged.connect(self._on_moved)
        layout.addWidget(self.list, 1)
        self.state = QLabel("Computing…")
        self.state.setProperty("muted", True)
        layout.addWidget(self.state)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        self.use = QPushButton("Use this plan")
        self.use.setProperty("primary", True)
        self.use.setDefault(True)
        self.use.setEnabled(False)
        self.use.clicked.connect(self._on_use)
        buttons.addButton(self.use, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def show_plans(self, plans: Sequence[FewerTrades]) -> None:
        """Show the plans, and point at the one that is in use."""
        self.list.clear()
        best = min((plan.objective for plan in plans), default=0.0)
        used = max((number for number, plan in enumerate(plans) if plan.worth <= self.now), default=0)
        for place, plan in enumerate(plans):
            given_up = plan.objective - best
            row = QTreeWidgetItem(
                self.list,
                [
                    number(plan.trades),
                    percent(plan.misfit),
                    money(plan.tax),
                    money(plan.costs),
                    money(given_up) if given_up > 0 else "–",
                    money(plan.worth) if plan.worth else "its ticket",
                ],
            )
            row.setData(0, _PLAN, plan)
            for column in range(len(_HEADINGS)):
                row.setTextAlignment(column, _RIGHT)
                if place == used:
                    row.setFont(column, font("strong"))
                    row.setToolTip(column, "The plan in use")
        item = self.list.topLevelItem(used)
        if item is not None:
            self.list.setCurrentItem(item)
        self.list.setFocus()
        self.state.setText("" if len(plans) > 1 else "There is no plan with fewer orders.")

    def say(self, words: str) -> None:
        """Put words in the place of plans."""
        self.state.setText(words)

    @Slot()
    def _on_moved(self) -> None:
        plan = self._chosen()
        self.use.setEnabled(plan is not None and plan.worth != self.now)

    @Slot()
    def _on_use(self) -> None:
        plan = self._chosen()
        if plan is not None and plan.worth != self.now:
            self.decided.emit(plan.worth, plan.trades)
            self.accept()

    def _chosen(self) -> FewerTrades | None:
        item = self.list.currentItem()
        plan: FewerTrades | None = None if item is None else item.data(0, _PLAN)
        return plan
