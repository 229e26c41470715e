"""Bars of shares with their names and figures: sectors, asset classes."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

import attrs
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets.numbers import percent
from widgets.painted import draw_text, hair, line_height
from widgets.theme import S, text_width, tokens


@attrs.frozen
class ShareBar:
    """One bar: a name, its share (0..1), and the words of its tooltip. ``colour_class`` names a class colour."""

    name: str
    share: float
    tip: str = ""
    colour_class: str = ""


class ShareBars(QWidget):
    """Bars on one scale, in the order given."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[ShareBar, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def set_bars(self, bars: Sequence[ShareBar]) -> None:
        """Show bars; the longest fills the width."""
        changed = len(bars) != len(self._bars)
        self._bars = tuple(bars)
        self.setAccessibleDescription("; ".join(f"{bar.name} {percent(bar.share)}" for bar in self._bars))
        if changed:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line a bar."""
        return QSize(240, max(1, len(self._bars)) * self._loose())

    def minimumSizeHint(self) -> QSize:
        """Names and figures, and a little bar; the lines close together, so that none is left out."""
        return QSize(150, round(max(1, len(self._bars)) * line_height("small")))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font and the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def _row(self) -> float:
        return min(self._loose(), floor(self.height() / max(1, len(self._bars))))

    def _loose(self) -> int:
        return round(line_height("small") * 1.28)

    def event(self, event: QEvent) -> bool:
        """The tooltip of the bar under the mouse."""
        if isinstance(event, QHelpEvent):
            row = int(event.pos().y() // self._row())
            if 0 <= row < len(self._bars):
                bar = self._bars[row]
                QToolTip.showText(event.globalPos(), bar.tip or f"{bar.name}: {percent(bar.share)}", self)
                return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name on the left, figure on the right, the bar between."""
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if not self._bars:
            draw_text(painter, QRectF(self.rect()), "Nothing to show.", theme.text_muted, "small", left)
            painter.end()
            return
        figures = max(text_width(percent(bar.share), "small") for bar in self._bars)
        longest = max(text_width(bar.name, "small") for bar in self._bars)
        names = min(longest + 2, self.width() * 0.62)
        scale = max((bar.share for bar in self._bars), default=0.0) or 1.0
        start = names + S.sm
        room = max(8.0, self.width() - start - figures - S.sm)
        for number, bar in enumerate(self._bars):
            top = number * self._row()
            draw_text(painter, QRectF(0, top, names, self._row()), bar.name, theme.text, "small", left, elide=True)
            area = QRectF(self.width() - figures - 2, top, figures + 2, self._row())
            draw_text(painter, area, percent(bar.share), theme.text, "small", right)
            track = QRectF(start, top + self._row() / 2 - 4, room, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.sunken)
            painter.drawRoundedRect(track, 2, 2)
            length = room * max(0.0, bar.share) / scale
            if length > 0.5:
                painter.setBrush(self._colour(bar))
                painter.setPen(hair(theme.border_strong, 0.6) if bar.colour_class else Qt.PenStyle.NoPen)
                painter.drawRoundedRect(QRectF(start, track.top(), length, 8), 2, 2)
        painter.end()

    def _colour(self, bar: ShareBar) -> QColor:
        return tokens().classes[bar.colour_class] if bar.colour_class else tokens().accent
