"""The view of a tree: copies rows as a table, opens branches by key, runs the words of an account's row together."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTreeView, QWidget

from widgets.copy_table import copy_rows
from widgets.models.tree import Index, TreeModel
from widgets.painted import draw_text, hair
from widgets.theme import S, text_width, tokens


class TreeView(QTreeView):
    """A tree view whose copy key copies rows as a table, and whose Enter opens or closes a branch."""

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = ""  # what is said where no row is shown
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSortingEnabled(True)
        self.setAllColumnsShowFocus(False)  # the style would lay a gradient over the row
        self.setAnimated(False)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(15)
        header = self.header()
        header.setSectionsMovable(True)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(48)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setHighlightSections(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say so: there is another room for the columns."""
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or words where there is none."""
        super().paintEvent(event)
        if self.model() is not None and self.model().rowCount() == 0 and self.empty:
            with QPainter(self.viewport()) as painter:
                painter.setPen(tokens().text_muted)
                painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.empty)

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Rows of the first level run the words of their first columns together."""
        super().drawRow(painter, options, index)
        self._draw_group(painter, options, index)
        if self.hasFocus() and index.siblingAtColumn(0) == self.currentIndex().siblingAtColumn(0):
            painter.setPen(hair(tokens().focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(options.rect).adjusted(0.5, 0.5, -0.5, -1.5))

    def _draw_group(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if index.parent().isValid() or not isinstance(model, TreeModel) or not model.spanned:
            return
        header = self.header()
        spanned = []
        for place in range(header.count()):
            column = header.logicalIndex(place)
            if model.columns[column].key not in model.spanned:
                if not self.isColumnHidden(column):
                    break
                continue
            spanned.append(model.sibling(index.row(), column, index))
        shown = [cell for cell in spanned if not self.isColumnHidden(cell.column())]
        if not shown or shown[0].column() != 0:
            return
        area = QRectF(self.visualRect(shown[0]))
        area.setRight(self.visualRect(shown[-1]).right())
        theme = tokens()
        chosen = self.selectionModel().isSelected(shown[0])
        place_of_mouse = self.viewport().mapFromGlobal(QCursor.pos())
        hovered = self.viewport().underMouse() and options.rect.top() <= place_of_mouse.y() <= options.rect.bottom()
        ground = theme.accent_soft if chosen else theme.raised if hovered else theme.surface
        painter.fillRect(area.adjusted(1, 0, -1, -1), ground)
        words = area.adjusted(6, 0, -6, 0)
        name = str(shown[0].data() or "")
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, words, name, theme.text, "strong", left, elide=True)
        rest = [str(cell.data()) for cell in spanned[1:] if cell.data()]
        kind = rest[0] if rest else ""
        words.setLeft(words.left() + text_width(name, "strong") + S.md)
        # Whole or not at all: half an amount is read as another amount.
        while rest and text_width(" · ".join(rest), "small") > words.width():
            rest.pop()
        if rest:
            draw_text(painter, words, " · ".join(rest), theme.text_muted, "small", left)
        elif "$" not in kind and words.width() > text_width("000000"):
            draw_text(painter, words, kind, theme.text_muted, "small", left, elide=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy rows; Enter and Space open and close."""
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_rows(self)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentIndex().isValid():
            first = self.currentIndex().siblingAtColumn(0)
            self.setExpanded(first, not self.isExpanded(first))
        else:
            super().keyPressEvent(event)
