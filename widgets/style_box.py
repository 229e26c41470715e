"""The style box: nine cells shaded by their share, with the sums of rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets.labels import SIZES, STYLES, box_label
from widgets.numbers import percent
from widgets.orientation import columns
from widgets.painted import Painted, draw_text, hair, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, font, text_width, tokens

#: The share at which a cell is shaded darkest; the market's largest cell is 23 %.
FULL_HEAT = 0.40


@speaks_as(Spoken.Chart)
class StyleBoxView(Painted):
    """Nine shares of the equity whose style is known. ``cellClicked(cell)`` by click, Enter or Space."""

    cellClicked = Signal(int)

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._box: tuple[float, ...] | None = None
        self._current: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._describe()

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self._title = title
        self._describe()
        self.updateGeometry()
        self.update()

    def set_box(self, box: Sequence[float] | None) -> None:
        """Show nine shares in cell order; None, or all zero, where no style is known."""
        self._box = None if box is None or sum(box) <= 0 else tuple(box)
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleName(self._title or "Style box")
        if self._box is None:
            self.setAccessibleDescription("No equity of known style")
        else:
            cells = (f"{box_label(k)} {percent(share)}" for k, share in enumerate(self._box))
            self.setAccessibleDescription("; ".join(cells))

    # --- geometry -----------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Comfortable cells."""
        return QSize(300, self.heightForWidth(300))

    def minimumSizeHint(self) -> QSize:
        """The least that can be read."""
        least = round(self._left() + self._right() + 3 * self._least_cell())
        return QSize(least, self.heightForWidth(least))

    def hasHeightForWidth(self) -> bool:
        """Cells keep their shape."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Cells a little wider than high, two lines of words above and one below."""
        cells = width - self._left() - self._right()
        return round(self._top() + cells * 0.78 + line_height("small") * 1.6)

    def _least_cell(self) -> float:
        """A cell in which its figure and its heading can be read."""
        return max(text_width("100 %", "strong") + 9, *(text_width(word, "label") + 4 for word in STYLES))

    def _left(self) -> float:
        return max(text_width(word, "label") for word in SIZES) + 10

    def _right(self) -> float:
        return text_width("00.0 %", "small") + 12

    def _top(self) -> float:
        return line_height("label") * 1.5 + (line_height("heading") * 1.5 if self._title else 0)

    def _grid(self) -> QRectF:
        bottom = line_height("small") * 1.6
        return QRectF(
            self._left(),
            self._top(),
            max(30.0, self.width() - self._left() - self._right()),
            max(30.0, self.height() - self._top() - bottom),
        )

    def cell_rect(self, cell: int) -> QRectF:
        """Where a cell is, in widget coordinates."""
        grid = self._grid()
        row, place = cell // 3, columns().index(cell % 3)
        width, height = grid.width() / 3, grid.height() / 3
        return QRectF(grid.left() + place * width, grid.top() + row * height, width, height).adjusted(
            1.5, 1.5, -1.5, -1.5
        )

    def cell_at(self, position: QPointF) -> int | None:
        """The cell under a position."""
        return next((k for k in range(9) if self.cell_rect(k).contains(position)), None)

    # --- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Words, cells, sums."""
        theme = tokens()
        grid = self._grid()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if self._title:
            area = QRectF(0, 0, self.width(), line_height("heading") * 1.3)
            draw_text(painter, area, self._title, theme.text, "heading", left, elide=True)
        width, height = grid.width() / 3, grid.height() / 3
        head = line_height("label") * 1.5
        for place, column in enumerate(columns()):
            area = QRectF(grid.left() + place * width, grid.top() - head, width, head)
            draw_text(painter, area, STYLES[column], theme.text_muted, "label")
        for row in range(3):
            area = QRectF(0, grid.top() + row * height, self._left() - 8, height)
            draw_text(painter, area, SIZES[row], theme.text_muted, "label", left)
        if self._box is None:
            for cell in range(9):
                painter.setPen(hair(theme.border))
                painter.setBrush(theme.raised)
                painter.drawRoundedRect(self.cell_rect(cell), 4, 4)
            for line, words in enumerate(("No equity", "of known style")):
                area = grid.translated(0, (line - 0.5) * line_height())
                ground = QRectF(0, 0, text_width(words) + S.md, line_height())
                ground.moveCenter(area.center())
                painter.fillRect(ground, theme.surface)
                draw_text(painter, area, words, theme.text_muted, "body")
            return
        for cell, share in enumerate(self._box):
            self._paint_cell(painter, cell, share)
        for row in range(3):
            area = QRectF(grid.right(), grid.top() + row * height, self._right(), height)
            total = sum(self._box[3 * row : 3 * row + 3])
            draw_text(painter, area, percent(total), theme.text_muted, "small", right)
        for place, column in enumerate(columns()):
            area = QRectF(grid.left() + place * width, grid.bottom(), width, line_height("small") * 1.6)
            total = sum(self._box[column::3])
            draw_text(painter, area, percent(total), theme.text_muted, "small")

    def _paint_cell(self, painter: QPainter, cell: int, share: float) -> None:
        theme = tokens()
        rect = self.cell_rect(cell)
        shade = theme.heat(share / FULL_HEAT)
        painter.setBrush(shade)
        painter.setPen(hair(theme.border))
        painter.drawRoundedRect(rect, 4, 4)
        role = "figure_large" if rect.height() > line_height("figure_large") * 1.8 and rect.width() > 84 else "strong"
        words = percent(share)
        if text_width(words, role) > rect.width() - 6:  # 100.0 % in a narrow cell
            words = percent(share, 0)
        draw_text(painter, rect, words, theme.on(shade), font(role))
        if self.hasFocus() and cell == self._current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(hair(theme.on(shade), 1.5))
            painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), 3, 3)

    # --- events -------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Tooltips by cell."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._box is not None:
            cell = self.cell_at(QPointF(event.pos()))
            if cell is not None:
                QToolTip.showText(event.globalPos(), f"{box_label(cell)}: {percent(self._box[cell], 2)}", self)
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._current = cell
            self.update()
            self.cellClicked.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move between cells; Enter and Space choose."""
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}
        if key in steps:
            current = 0 if self._current is None else self._current
            row, place = current // 3, columns().index(current % 3)
            row = max(0, min(2, row + steps[key][0]))
            place = max(0, min(2, place + steps[key][1]))
            self._current = 3 * row + columns()[place]
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current is not None:
            self.cellClicked.emit(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the current cell."""
        super().focusInEvent(event)
        if self._current is None:
            self._current = columns()[0]
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the current cell."""
        super().focusOutEvent(event)
        self.update()
