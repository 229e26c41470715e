"""The household as a tree table: accounts, positions, lots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from core.classify.exposure import Exposure
from core.household import Account, AccountKind, Household, Security
from widgets.classification_chip import ClassificationChip
from widgets.copy_table import copy_rows
from widgets.labels import kind_label
from widgets.models.classification import has_returns
from widgets.models.holdings_model import HoldingsModel
from widgets.models.tree import KEY_ROLE, OBJECT_ROLE, Index
from widgets.numbers import NONE
from widgets.tree_panel import TreePanel

_NAME: Final = 1  # the column of names in the model


class _Words(QStyledItemDelegate):
    """Symbols and names. A name without a symbol takes the symbol's room too: it is all that tells the holding."""

    def __init__(self, view: QTreeView) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Where the name runs into the column of symbols, no dash stands there."""
        super().initStyleOption(option, index)
        if self._joined(index):
            option.rect.setLeft(self._view.visualRect(index.siblingAtColumn(0)).left())
            option.text = str(index.siblingAtColumn(_NAME).data() or "") if index.column() == _NAME else ""

    def _joined(self, index: Index) -> bool:
        if index.siblingAtColumn(0).data() != NONE or not index.siblingAtColumn(_NAME).data():
            return False
        header = self._view.header()
        return not header.isSectionHidden(_NAME) and header.visualIndex(_NAME) == header.visualIndex(0) + 1


class HoldingsTree(TreePanel):
    """Signals: ``holdingSelected(account id or None, security id or None)``, ``overrideRequested(security id)`` by a
    double click (or F2) on a classification, ``styleRequested(security id)`` and ``kindChosen(account id, kind)`` from
    the menus of a holding and of an account.
    """

    holdingSelected = Signal(object, object)
    overrideRequested = Signal(str)
    styleRequested = Signal(str)
    kindChosen = Signal(str, str)

    widths = {  # noqa: RUF012 - read only
        "holding": 18,  # a lot's date, two steps in
        "name": 27,
        "class": 21,
        "quantity": 12,
        "price": 9,
        "value": 13,
        "weight": 9,
        "basis": 13,
        "gain": 13,
        "gain_share": 9,
        "term": 9,
        "acquired": 11,
        "source": 16,
    }
    elastic = ("name", "class")
    least = {"name": 14, "class": 17}  # noqa: RUF012 - read only
    model: HoldingsModel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(HoldingsModel(), "Holdings", "No holdings yet. Drop brokerage exports here to begin.", parent)
        self._chip = ClassificationChip(self)
        for column in (0, _NAME):
            self.view.setItemDelegateForColumn(column, _Words(self.view))
        self.measures["class"] = self._chip.room_for
        self.view.setItemDelegateForColumn(self.model.column_of("class"), self._chip)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.doubleClicked.connect(self._on_double_clicked)
        rename = QShortcut(QKeySequence(Qt.Key.Key_F2), self.view, context=Qt.ShortcutContext.WidgetShortcut)
        rename.activated.connect(self._on_override_key)
        self.view.selectionModel().currentRowChanged.connect(self._on_row_changed)

    def set_household(self, household: Household | None, exposures: Mapping[str, Exposure]) -> None:
        """Show a household with its classifications; accounts that are new are opened."""
        known = {key for key, _ in self._tops()}
        self.model.set_household(household, exposures)
        for key, index in self._tops():
            if key not in known:
                self.view.expand(index)

    def _tops(self) -> list[tuple[object, QModelIndex]]:
        rows = (self.model.index(row, 0) for row in range(self.model.rowCount()))
        return [(index.data(KEY_ROLE), index) for index in rows]

    def select_position(self, account: str, security: str) -> bool:
        """Bring a position into view and select it; False if it is not shown."""
        for _, top in self._tops():
            for row in range(self.model.rowCount(top)):
                index = self.model.index(row, 0, top)
                if index.data(KEY_ROLE) == ("position", account, security):
                    self.view.setCurrentIndex(index)
                    self.view.scrollTo(index)
                    return True
        return False

    def current_lot(self) -> int | None:
        """The index of the household's lot whose row is chosen; None where another row is."""
        key = self.view.currentIndex().siblingAtColumn(0).data(KEY_ROLE)
        return key[1] if key is not None and key[0] == "lot" else None

    @Slot(QModelIndex, QModelIndex)
    def _on_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        key = current.data(KEY_ROLE) if current.isValid() else None
        if key is not None and key[0] == "lot":
            key = current.siblingAtColumn(0).parent().data(KEY_ROLE)
        if key is None:
            self.holdingSelected.emit(None, None)
        elif key[0] == "account":
            self.holdingSelected.emit(key[1], None)
        else:
            self.holdingSelected.emit(key[1], key[2])

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        security = index.data(OBJECT_ROLE)
        if isinstance(security, Security) and index.column() == self.model.column_of("class"):
            self.overrideRequested.emit(security.id)
        else:
            first = index.siblingAtColumn(0)
            self.view.setExpanded(first, not self.view.isExpanded(first))

    @Slot()
    def _on_override_key(self) -> None:
        security = self.view.currentIndex().data(OBJECT_ROLE)
        if isinstance(security, Security):
            self.overrideRequested.emit(security.id)

    @Slot(QPoint)
    def _on_menu(self, position: QPoint) -> None:
        menu = self.menu_for(self.view.indexAt(position))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(position))

    def menu_for(self, index: QModelIndex) -> QMenu:
        """The context menu of a row."""
        menu = QMenu(self)
        value = index.data(OBJECT_ROLE) if index.isValid() else None
        if isinstance(value, Account):
            kinds = menu.addMenu("Kind of account")
            group = QActionGroup(kinds)
            for kind in AccountKind:
                action = kinds.addAction(kind_label(kind))
                action.setCheckable(True)
                action.setChecked(kind is value.kind)
                action.setData((value.id, kind.value))
                group.addAction(action)
            group.triggered.connect(self._on_kind)
            menu.addSeparator()
        elif isinstance(value, Security):
            action = menu.addAction("Classify\u2026")
            action.setData(value.id)
            action.triggered.connect(self._on_classify)
            if has_returns(value):
                style = menu.addAction("Style from returns\u2026")
                style.setData(value.id)
                style.triggered.connect(self._on_style)
            menu.addSeparator()
        menu.addAction("Copy as table").triggered.connect(self._on_copy_rows)
        menu.addAction("Open or close all accounts").triggered.connect(self._on_fold)
        return menu

    @Slot("QAction*")
    def _on_kind(self, action: object) -> None:
        account, kind = action.data()  # type: ignore[attr-defined]
        self.kindChosen.emit(account, kind)

    @Slot()
    def _on_classify(self) -> None:
        self.overrideRequested.emit(self.sender().data())  # type: ignore[attr-defined]

    @Slot()
    def _on_style(self) -> None:
        self.styleRequested.emit(self.sender().data())  # type: ignore[attr-defined]

    @Slot()
    def _on_copy_rows(self) -> None:
        copy_rows(self.view)
