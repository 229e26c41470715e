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

from widgets.theme import font, tokens

Index = QModelIndex | QPersistentModelIndex

#: The raw value of a cell: Decimal, float, int, date, str or None (unknown).
SORT_ROLE: Final = Qt.ItemDataRole.UserRole.value + 1
#: A tuple that names the item across resets: ("account", id), ("position", account, security), ...
KEY_ROLE: Final = Qt.ItemDataRole.UserRole.value + 2
#: The core value behind the item.
OBJECT_ROLE: Final = Qt.ItemDataRole.UserRole.value + 3

# Plain numbers: comparing with members of Qt's enums costs more than the rest of ``data``.
_DISPLAY: Final = Qt.ItemDataRole.DisplayRole.value
_ALIGN: Final = Qt.ItemDataRole.TextAlignmentRole.value
_FOREGROUND: Final = Qt.ItemDataRole.ForegroundRole.value
_FONT: Final = Qt.ItemDataRole.FontRole.value
_TIP: Final = Qt.ItemDataRole.ToolTipRole.value
_SPOKEN: Final = Qt.ItemDataRole.AccessibleTextRole.value
#: Roles that views ask for with every paint and that have nothing to say here.
_UNUSED: Final = frozenset(
    role.value
    for role in (
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.CheckStateRole,
        Qt.ItemDataRole.BackgroundRole,
        Qt.ItemDataRole.SizeHintRole,
    )
)
_SELECTABLE: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_NO_FLAGS: Final = Qt.ItemFlag.NoItemFlags
#: Cells kept, so that the roles of a cell and the next paint of it need no new one.
_CELLS_KEPT: Final = 20_000

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
    #: Columns whose words the view runs together in rows of the first level: a name needs the room.
    spanned: tuple[str, ...] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sort_column = -1
        self._sort_order = Qt.SortOrder.AscendingOrder
        self._filter = ""
        self._cells: dict[tuple[int, int], Cell] = {}
        self.modelAboutToBeReset.connect(self._cells.clear)

    # --- what sub-classes say -----------------------------------------------------------------------------------

    def children_of(self, item: int) -> Sequence[int]:
        """The visible children of an item, in display order; ``-1`` is the root."""
        raise NotImplementedError

    def child_count(self, item: int) -> int:
        """How many visible children an item has."""
        return len(self.children_of(item))

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
        """Filter by ``_filter``, sort by ``_sort_column`` (-1: file order) and ``_sort_order``."""
        raise NotImplementedError

    def set_filter(self, text: str) -> None:
        """Show only items (or whole items of the first level) in which every word of ``text`` occurs."""
        if text.strip().casefold() == self._filter:
            return
        self.beginResetModel()
        self._filter = text.strip().casefold()
        self.reorder()
        self.endResetModel()

    def font_role(self, item: int) -> str:
        """The role of the type scale for an item's row."""
        del item
        return "body"

    def spoken(self, item: int, column: int) -> str:
        """What a screen reader says of a cell."""
        return f"{self.columns[column].title}: {self._kept(item, column).text or 'empty'}"

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
        return self.child_count(self._item(parent))

    def columnCount(self, parent: Index | None = None) -> int:
        """Number of columns, the same everywhere."""
        del parent
        return len(self.columns)

    def hasChildren(self, parent: Index | None = None) -> bool:
        """Whether a branch can be opened."""
        return self.rowCount(parent) > 0

    def _kept(self, item: int, column: int) -> Cell:
        cell = self._cells.get((item, column))
        if cell is None:
            if len(self._cells) > _CELLS_KEPT:
                self._cells.clear()
            cell = self._cells[item, column] = self.cell(item, column)
        return cell

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Display text, raw value (SORT_ROLE), name across resets (KEY_ROLE), core value (OBJECT_ROLE) and looks."""
        if role in _UNUSED or not index.isValid():
            return None
        item, column = index.internalId(), index.column()
        if role == _DISPLAY:
            return self._kept(item, column).text
        if role == _ALIGN:
            return RIGHT if self.columns[column].figures else LEFT
        if role == _FOREGROUND:
            cell = self._kept(item, column)
            if cell.tone:
                return getattr(tokens(), cell.tone)
            return tokens().text_muted if cell.muted else None
        if role == _FONT:
            name = self.font_role(item)
            return None if name == "body" else font(name)
        if role == _TIP:
            cell = self._kept(item, column)
            return cell.tip or cell.text or None
        if role == _SPOKEN:
            return self.spoken(item, column)
        if role == SORT_ROLE:
            return self._kept(item, column).raw
        if role == KEY_ROLE:
            return self.key_of(item)
        if role == OBJECT_ROLE:
            return self.object_of(item)
        return self.own_role(item, column, role)

    def own_role(self, item: int, column: int, role: int) -> Any:
        """What a model says in roles of its own."""
        del item, column, role

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
        return _SELECTABLE if index.isValid() else _NO_FLAGS

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
