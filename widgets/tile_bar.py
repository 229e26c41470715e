"""Tiles with counts that filter a list: what households may need."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from core.book.summary import Tile
from widgets.numbers import number, plural
from widgets.painted import draw_text, hair, line_height
from widgets.theme import RADIUS, S, text_width, theme_events, tokens

_WORDS: Mapping[Tile, tuple[str, str]] = {
    Tile.NEVER_RUN: ("Never run", "No plan was ever made for them"),
    Tile.OUT_OF_BAND: ("Out of band", "A cell of the target lies outside its band"),
    Tile.HIGH_CASH: ("High cash", "Cash is more than a twentieth of the value"),
    Tile.LOW_CASH: ("Low cash", "An account has less than its cash reserve"),
    Tile.LOSSES: ("Losses", "Losses in taxable accounts that could be harvested"),
    Tile.STALE: ("Stale", "The data are older than a month"),
    Tile.MISSING_BASIS: ("Missing basis", "Lots in taxable accounts whose cost basis is not known"),
    Tile.FAILED: ("Failed", "No plan or review could be made, or the import found errors"),
}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TileButton(QAbstractButton):
    """One tile: a count over a word. Checked, it filters."""

    def __init__(self, words: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._tip = tip
        self._count = 0
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_count(0)
        theme_events().themeChanged.connect(self.update)

    def set_count(self, count: int) -> None:
        """How many households the tile has."""
        self._count = count
        self.setAccessibleName(f"{self._words}: {plural(count, 'household')}")
        self.setToolTip(f"{self._tip}: {plural(count, 'household')}. Click to show only them")
        self.update()

    def sizeHint(self) -> QSize:
        """A count in large figures over its word."""
        width = max(text_width(self._words, "small"), text_width("0000", "title")) + 2 * S.md
        return QSize(round(width), round(line_height("title") + line_height("small") + 2 * S.sm + 2))

    def minimumSizeHint(self) -> QSize:
        """Nothing is cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Surface, outline, count and word."""
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        inset = 1.0 if focus else 0.5
        area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        chosen, hovered = self.isChecked(), self.underMouse()
        painter.setBrush(theme.accent_soft if chosen else theme.raised if hovered else theme.surface)
        edge = theme.focus if focus else theme.accent if chosen else theme.border
        painter.setPen(hair(edge, 2.0 if focus else 1.0))
        painter.drawRoundedRect(area, RADIUS, RADIUS)
        inner = area.adjusted(S.md, S.sm, -S.sm, -S.sm)
        count = QRectF(inner.left(), inner.top(), inner.width(), line_height("title"))
        word = QRectF(inner.left(), count.bottom(), inner.width(), line_height("small"))
        draw_text(painter, count, number(self._count), theme.text if self._count else theme.text_muted, "title", _LEFT)
        draw_text(painter, word, self._words, theme.text_muted, "small", _LEFT, elide=True)
        painter.end()


class TileBar(QWidget):
    """One tile each. ``tilesChanged(frozenset of Tile)``: a household is shown that has all of them."""

    tilesChanged = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Filters")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S.sm)
        self.buttons: dict[Tile, TileButton] = {}
        for tile, (words, tip) in _WORDS.items():
            button = TileButton(words, tip)
            button.toggled.connect(self._on_toggled)
            row.addWidget(button)
            self.buttons[tile] = button

    def set_counts(self, counts: Mapping[Tile, int]) -> None:
        """Households of each tile."""
        for tile, button in self.buttons.items():
            button.set_count(counts.get(tile, 0))

    def tiles(self) -> frozenset[Tile]:
        """The tiles that are chosen."""
        return frozenset(tile for tile, button in self.buttons.items() if button.isChecked())

    @Slot()
    def _on_toggled(self) -> None:
        self.tilesChanged.emit(self.tiles())
