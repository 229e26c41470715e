"""The trades of a plan, account by account, with the lots sold and the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QWidget

from core.classify.exposure import Exposure
from core.household import Household
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal, Trade
from core.tilt.target import TaxSettings
from widgets.models.trades_model import TradesModel
from widgets.models.tree import KEY_ROLE, OBJECT_ROLE
from widgets.tree_panel import TreePanel

_EMPTY = "No trades. Move the target on the tilt pad to see what it would take."


class TradesTable(TreePanel):
    """``tradeSelected(Trade or None)`` follows the current row; a lot's trade is the one that sells it."""

    tradeSelected = Signal(object)

    widths = {  # noqa: RUF012 - read only
        "action": 28,
        "symbol": 11,
        "name": 32,
        "quantity": 9,
        "price": 9,
        "amount": 13,
        "lots": 7,
        "gain": 13,
        "term": 9,
        "tax": 12,
        "reason": 38,
        "limited_by": 20,
    }
    model: TradesModel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(TradesModel(), "Trades", _EMPTY, parent)
        self.view.selectionModel().currentRowChanged.connect(self._on_row_changed)

    def set_proposal(
        self,
        proposal: Proposal,
        household: Household,
        tax: TaxSettings,
        exposures: Mapping[str, Exposure] | None = None,
    ) -> None:
        """Show a final plan. ``exposures`` names securities that the household doesn't hold yet."""
        self._fill(lambda: self.model.set_proposal(proposal, household, tax, exposures))

    def set_live(self, plan: LivePlan, household: Household, exposures: Mapping[str, Exposure] | None = None) -> None:
        """Show a live estimate, marked as such."""
        self._fill(lambda: self.model.set_live(plan, household, exposures))

    def clear(self, text: str = "") -> None:
        """Show nothing, and why."""
        self.set_empty_text(text or _EMPTY)
        self.model.clear()

    def _fill(self, fill: Callable[[], None]) -> None:
        self.set_empty_text(_EMPTY)
        known = {self.model.index(row, 0).data(KEY_ROLE) for row in range(self.model.rowCount())}
        fill()
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            if index.data(KEY_ROLE) not in known:
                self.view.expand(index)

    @Slot(QModelIndex, QModelIndex)
    def _on_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        value = current.data(OBJECT_ROLE) if current.isValid() else None
        if current.isValid() and not isinstance(value, Trade):
            value = current.siblingAtColumn(0).parent().data(OBJECT_ROLE)
        self.tradeSelected.emit(value if isinstance(value, Trade) else None)
