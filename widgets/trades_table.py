"""The trades of a plan, account by account, with the lots sold and the reasons; they can be decided by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.classify.exposure import Exposure
from core.household import Household
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal, Trade
from core.tilt.target import TaxSettings
from widgets.copy_table import copy_rows
from widgets.models.trades_model import TradesModel
from widgets.models.tree import KEY_ROLE, OBJECT_ROLE, Index
from widgets.numbers import quantity
from widgets.theme import set_icon
from widgets.tree_panel import TreePanel

_EMPTY = "No trades. Move the target on the tilt pad to see what it would take."
#: Key, icon, words, tip, shortcut of what can be done with the chosen trades.
_DEEDS: Final = (
    ("edit", "edit", "Change quantity…", "Type another quantity; the rest is solved again", "F2"),
    ("lock", "lock", "Lock", "Keep these trades exactly as they are", "Ctrl+L"),
    ("free", "unlock", "Let the plan decide", "Take back what you have set", "Ctrl+Shift+L"),
    ("exclude", "exclude", "Exclude", "Do not trade this position; the rest is solved again", "Del"),
    ("substitute", "refresh", "Substitute…", "Buy another security in the place of this one", "Ctrl+Shift+R"),
)


class QuantityField(QDoubleSpinBox):
    """A number of units with as many decimals as it needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, decimals=6, minimum=0.0, maximum=1e12)
        self.setProperty("plain", True)  # no step buttons: the style sheet breaks Qt's own NoButtons
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName("Quantity")

    def textFromValue(self, value: float) -> str:
        """Without trailing zeros."""
        return quantity(value)


class _QuantityDelegate(QStyledItemDelegate):
    """Edits quantities in place."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        """A field as wide as the cell."""
        field = QuantityField(parent)
        field.setFrame(False)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with the plan's quantity."""
        assert isinstance(editor, QuantityField)
        editor.setValue(float(index.data(Qt.ItemDataRole.EditRole) or 0.0))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand over what was typed."""
        assert isinstance(editor, QuantityField)
        editor.interpretText()
        model.setData(index, editor.value(), Qt.ItemDataRole.EditRole)


class TradesTable(TreePanel):
    """``tradeSelected(Trade or None)`` follows the current row; a lot's trade is the one that sells it.

    accountSelected(account id) : the row of an account is the current one.
    quantityEdited(Trade, float) : another quantity, signed (+ buys, - sells; 0: not traded at all).
    lockRequested, freeRequested, excludeRequested (list of Trades), substituteRequested(Trade) : from buttons, keys
    and the context menu.
    """

    tradeSelected = Signal(object)
    accountSelected = Signal(str)
    quantityEdited = Signal(object, float)
    lockRequested = Signal(list)
    freeRequested = Signal(list)
    excludeRequested = Signal(list)
    substituteRequested = Signal(object)

    widths = {  # noqa: RUF012 - read only
        "action": 13,
        "symbol": 10,  # or the date of a lot
        "name": 24,
        "quantity": 7,
        "price": 7,
        "amount": 10,
        "lots": 7,
        "gain": 8,
        "term": 5,
        "tax": 8,
        "reason": 9,
        "limited_by": 14,
    }
    elastic = ("reason", "name", "limited_by")
    least = {"name": 16}  # noqa: RUF012 - read only
    model: TradesModel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(TradesModel(), "Trades", _EMPTY, parent)
        self.view.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.view.selectionModel().selectionChanged.connect(self._show_deeds)
        self.view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self._delegate = _QuantityDelegate(self)
        self.view.setItemDelegateForColumn(self.model.column_of("quantity"), self._delegate)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.model.quantityEdited.connect(self.quantityEdited)
        self.deeds: dict[str, QAction] = {}
        for place, (key, icon_name, words, tip, keys) in enumerate(_DEEDS):
            action = QAction(words, self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setToolTip(f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
            action.setIconText(words.rstrip("…"))
            set_icon(action, icon_name, "text_muted")
            action.triggered.connect(lambda _=False, name=key: self._do(name))
            self.addAction(action)
            self.deeds[key] = action
            button = self.tool(words.rstrip("…"), icon_name, action.toolTip())
            button.setDefaultAction(action)
            self.tools.removeWidget(button)
            self.tools.insertWidget(3 + place, button)
        self._show_deeds()

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

    def set_by_hand(self, positions: Iterable[tuple[str, str]]) -> None:
        """Mark the trades, by account and security, that the adviser has set."""
        self.model.set_by_hand(positions)
        self._show_deeds()

    def clear(self, text: str = "") -> None:
        """Show nothing, and why."""
        self.set_empty_text(text or _EMPTY)
        self.model.clear()

    def chosen(self) -> list[Trade]:
        """The trades that are selected, each once."""
        found: dict[tuple[str, str], Trade] = {}
        for index in self.view.selectionModel().selectedRows(0):
            value = index.data(OBJECT_ROLE)
            if not isinstance(value, Trade):
                value = index.parent().data(OBJECT_ROLE)
            if isinstance(value, Trade):
                found[value.account, value.security] = value
        return list(found.values())

    def select_trade(self, account: str, security: str) -> bool:
        """Select a trade and bring it into view; False if it is not shown."""
        for row in range(self.model.rowCount()):
            top = self.model.index(row, 0)
            for below in range(self.model.rowCount(top)):
                index = self.model.index(below, 0, top)
                if index.data(KEY_ROLE)[:3] == ("trade", account, security):
                    self.view.expand(top)
                    self.view.setCurrentIndex(index)
                    self.view.scrollTo(index)
                    return True
        return False

    def edit_quantity(self) -> None:
        """Open the editor in the current trade's quantity."""
        index = self.view.currentIndex()
        if index.isValid():
            self.view.edit(index.siblingAtColumn(self.model.column_of("quantity")))

    def _fill(self, fill: Callable[[], None]) -> None:
        self.set_empty_text(_EMPTY)
        known = {self.model.index(row, 0).data(KEY_ROLE) for row in range(self.model.rowCount())}
        fill()
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            if index.data(KEY_ROLE) not in known:
                self.view.expand(index)
        self._show_deeds()

    # --- deeds --------------------------------------------------------------------------------------------------

    @Slot()
    def _show_deeds(self) -> None:
        trades = self.chosen() if not self.model.estimate else []
        by_hand = [trade for trade in trades if self.model.is_by_hand(trade)]
        able = {
            "edit": len(trades) == 1,
            "lock": len(trades) > len(by_hand),
            "free": bool(by_hand),
            "exclude": bool(trades),
            "substitute": len(trades) == 1,
        }
        for key, action in self.deeds.items():
            action.setEnabled(able[key])

    def _do(self, key: str) -> None:
        trades = self.chosen()
        if not trades:
            return
        if key == "edit":
            self.edit_quantity()
        elif key == "lock":
            self.lockRequested.emit([trade for trade in trades if not self.model.is_by_hand(trade)])
        elif key == "free":
            self.freeRequested.emit(trades)
        elif key == "exclude":
            self.excludeRequested.emit(trades)
        else:
            self.substituteRequested.emit(trades[0])

    def menu_for(self, index: QModelIndex) -> QMenu:
        """The context menu of a row."""
        if index.isValid() and not self.view.selectionModel().isSelected(index):
            self.view.setCurrentIndex(index)
        menu = QMenu(self)
        for action in self.deeds.values():
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction("Copy as table").triggered.connect(lambda: copy_rows(self.view))
        menu.addAction("Open or close all accounts").triggered.connect(self._on_fold)
        return menu

    @Slot(QPoint)
    def _on_menu(self, position: QPoint) -> None:
        menu = self.menu_for(self.view.indexAt(position))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(position))

    @Slot(QModelIndex, QModelIndex)
    def _on_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        value = current.data(OBJECT_ROLE) if current.isValid() else None
        if current.isValid() and not isinstance(value, Trade):
            value = current.siblingAtColumn(0).parent().data(OBJECT_ROLE)
        self.tradeSelected.emit(value if isinstance(value, Trade) else None)
        key = current.siblingAtColumn(0).data(KEY_ROLE) if current.isValid() else None
        if key is not None and key[0] == "account":
            self.accountSelected.emit(key[1])
