"""The chip that says what a security is: words in a pill, with a mark for how sure that is."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from core.classify.exposure import Confidence
from widgets.models.holdings_model import CHIP_ROLE
from widgets.models.tree import Index
from widgets.painted import draw_text, hair
from widgets.theme import font, tokens

_MARK = 9.0


class ClassificationChip(QStyledItemDelegate):
    """Paints CHIP_ROLE: (text, confidence). The mark is full, half, a ring or a cross: never colour alone."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The row's own ground, then the chip."""
        chip = index.data(CHIP_ROLE)
        if chip is None:
            super().paint(painter, option, index)
            return
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        plain.widget.style().drawControl(
            plain.widget.style().ControlElement.CE_ItemViewItem, plain, painter, plain.widget
        )
        text, confidence = chip
        theme = tokens()
        chosen = font("small")
        metrics = QFontMetricsF(chosen)
        area = QRectF(option.rect).adjusted(7, 0, -4, 0)
        height = min(area.height() - 4, metrics.height() + 5)
        width = min(area.width(), self._width(text))
        pill = QRectF(area.left(), area.center().y() - height / 2, width, height)
        unknown = confidence is Confidence.NONE
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(hair(theme.warning if unknown else theme.border))
        painter.setBrush(theme.warning_soft if unknown else theme.raised)
        painter.drawRoundedRect(pill, height / 2, height / 2)
        self._mark(painter, QPointF(pill.left() + 6 + _MARK / 2, pill.center().y()), confidence)
        words = pill.adjusted(_MARK + 12, 0, -8, 0)
        colour = theme.warning if unknown else theme.text
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, words, text, colour, chosen, left, elide=True)
        painter.restore()

    def _mark(self, painter: QPainter, centre: QPointF, confidence: Confidence) -> None:
        theme = tokens()
        radius = _MARK / 2 - 0.5
        circle = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        if confidence is Confidence.NONE:
            painter.setPen(hair(theme.warning, 1.5))
            reach = radius * 0.7
            painter.drawLine(centre + QPointF(-reach, -reach), centre + QPointF(reach, reach))
            painter.drawLine(centre + QPointF(-reach, reach), centre + QPointF(reach, -reach))
            return
        painter.setPen(hair(theme.ok, 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if confidence is Confidence.LOW:
            return
        painter.setBrush(theme.ok)
        if confidence is Confidence.HIGH:
            painter.drawEllipse(circle)
        else:
            painter.drawPie(circle, 90 * 16, 180 * 16)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for the whole chip."""
        base = super().sizeHint(option, index)
        chip = index.data(CHIP_ROLE)
        if chip is None:
            return base
        return QSize(max(base.width(), self.room_for(chip[0])), base.height())

    def room_for(self, text: str) -> int:
        """How wide a column must be for the chip of these words."""
        return self._width(text) + 12

    def _width(self, text: str) -> int:
        return ceil(QFontMetricsF(font("small")).horizontalAdvance(text) + _MARK + 24)
