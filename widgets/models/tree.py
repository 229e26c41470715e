"""A tree model whose items are numbers: sub-classes say who is whose child and what each cell holds.

An item's number is the ``internalId`` of its indexes, so no Python object has to outlive an index, and a level of
100,000 items costs nothing until it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import attrs
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex

#: The raw value of a cell: Decimal, float, int, date, str or None (unknown).
SORT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
#: A tuple that names the item across resets: ("account", id), ("position", account, security), ...
KEY_ROLE: Final = Qt.ItemDataRole.UserRole + 2
#: The core value behind the item.
OBJECT_ROLE: Final = Qt.ItemDataRole.UserRole + 3

RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@attrs.frozen
class Column:
    """A column: its key, its heading, whether it holds figures (right-aligned), and what it means."""

    key: str
    title: str
    figures: bool = False
    hint: str = ""


_TEXT: Final = object()


class Cell:
    """What a model says of one cell. Without ``raw`` the text sorts; ``raw=None`` is unknown and sorts last."""

    __slots__ = ("muted", "raw", "text", "tip", "tone")

    def __init__(self, text: str, raw: Any = _TEXT, *, tone: str = "", tip: str = "", muted: bool = False) -> None:
        self.text = text
        self.raw = (text or None) if raw is _TEXT else raw
        self.tone = tone  # a colour role of the theme, or ""
        self.tip = tip
        self.muted = muted


EMPTY: Final = Cell("")


def sort_key(value: Any) -> tuple[int, Any]:
    """A key that compares figures with figures, dates with dates and words with words."""
    if isinstance(value, bool | int | float | Decimal):
        return (0, float(value))
    if isinstance(value, date):
        return (1, value)
    return (2, str(value).casefold())


def sorted_items(items: Sequence[int], raw: Callable[[int], Any], *, descending: bool) -> list[int]:
    """``items`` in the order of their raw values, unknown ones last either way; equal ones keep their order."""
    pairs = [(raw(item), item) for item in items]
    known = [pair for pair in pairs if pair[0] is not None]
    known.sort(key=lambda pair: sort_key(pair[0]), reverse=descending)
    return [item for _, item in known] + [item for value, item in pairs if value is None]


class TreeModel(QAbstractItemModel):
    """Base of the tree models."""

    columns: tuple[Column, ...] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sort_column = -1
        self._sort_order = Qt.SortOrder.AscendingOrder

    # --- what sub-classes say -----------------------------------------------------------------------------------

    def children_of(self, item: int) -> Sequence[int]:
        """The visible children of an item, in display order; ``-1`` is the root."""
        raise NotImplementedError

    def parent_of(self, item: int) -> int:
        """The number of an item's parent, -1 for the root."""
        raise NotImplementedError

    def row_of(self, item: int) -> int:
        """An item's row among its parent's visible children, -1 if it is not visible."""
        raise NotImplementedError

    def cell(self, item: int, column: int) -> Cell:
        """One cell."""
        raise NotImplementedError

    def key_of(self, item: int) -> tuple[object, ...]:
        """The item's lasting name."""
        raise NotImplementedError

    def object_of(self, item: int) -> object:
        """The core value behind the item."""
        raise NotImplementedError

    def reorder(self) -> None:
        """Sort by ``_sort_column`` (-1: file order) and ``_sort_order``."""
        raise NotImplementedError

    def font_role(self, item: int) -> str:
        """The role of the type scale for an item's row."""
        del item
        return "body"

    def spoken(self, item: int, column: int) -> str:
        """What a screen reader says of a cell."""
        return f"{self.columns[column].title}: {self.cell(item, column).text or 'empty'}"

    # --- QAbstractItemModel -------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        """The index of a cell."""
        if not 0 <= column < len(self.columns) or row < 0:
            return QModelIndex()
        if parent is not None and parent.isValid() and parent.column() != 0:
            return QModelIndex()
        children = self.children_of(self._item(parent))
        return self.createIndex(row, column, children[row]) if row < len(children) else QModelIndex()

    def parent(self, index: Index | None = None) -> Any:
        """The index of an item's parent (without an index: the model's own parent object)."""
        if index is None:
            return QObject.parent(self)
        if not index.isValid():
            return QModelIndex()
        above = self.parent_of(int(index.internalId()))
        return QModelIndex() if above < 0 else self.createIndex(self.row_of(above), 0, above)

    def index_of(self, item: int, column: int = 0) -> QModelIndex:
        """The index of an item, invalid if it is not visible."""
        row = self.row_of(item)
        return self.createIndex(row, column, item) if row >= 0 else QModelIndex()

    def _item(self, index: Index | None) -> int:
        return int(index.internalId()) if index is not None and index.isValid() else -1

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of visible children."""
        if parent is not None and parent.isValid() and parent.column() != 0:
            return 0
        return len(self.children_of(self._item(parent)))

    def columnCount(self, parent: Index | None = None) -> int:
        """Number of columns, the same everywhere."""
        del parent
        return len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Display text, raw value (SORT_ROLE), name across resets (KEY_ROLE), core value (OBJECT_ROLE) and looks."""
        if not index.isValid():
            return None
        item, column = int(index.internalId()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(item, column).text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self.columns[column].figures else LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(self.cell(item, column))
        if role == Qt.ItemDataRole.FontRole:
            return self._font(self.font_role(item))
        if role == Qt.ItemDataRole.ToolTipRole:
            cell = self.cell(item, column)
            return cell.tip or cell.text or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(item, column)
        if role == SORT_ROLE:
            return self.cell(item, column).raw
        if role == KEY_ROLE:
            return self.key_of(item)
        if role == OBJECT_ROLE:
            return self.object_of(item)
        return None

    def _colour(self, cell: Cell) -> Any:
        from widgets.theme import tokens

        if cell.tone:
            return getattr(tokens(), cell.tone)
        return tokens().text_muted if cell.muted else None

    def _font(self, role: str) -> Any:
        from widgets.theme import font

        return None if role == "body" else font(role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings, aligned as their columns, with what they mean as a tooltip."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.figures else LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.hint or None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be selected, nothing edited in place."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort every level; -1 is the order of the files. Selection and open branches stay with their items."""
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        self._sort_column, self._sort_order = column, order
        self.reorder()
        new = [self.index_of(int(index.internalId()), index.column()) for index in old]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def column_of(self, key: str) -> int:
        """The number of a column. Raises KeyError."""
        for number, column in enumerate(self.columns):
            if column.key == key:
                return number
        raise KeyError(key)
