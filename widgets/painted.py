"""Base of the widgets that paint themselves: a background kept as a picture until size, theme or font change."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPaintEngine, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from widgets.orientation import orientation
from widgets.theme import font, metrics, tokens

_RESTYLE = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)


class Painted(QWidget):
    """A widget that draws itself in ``paint``; what is drawn through ``draw_background`` is kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: QPixmap | None = None
        self._picture_key: tuple[object, ...] = ()
        orientation().changed.connect(self._on_orientation_changed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Call ``paint`` with a painter that ends whatever happens: one left open brings the program down."""
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            self.paint(painter)

    def paint(self, painter: QPainter) -> None:
        """Draw the widget."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        """Drop the cached picture when theme or font change."""
        super().changeEvent(event)
        if event.type() in _RESTYLE:
            self.invalidate()

    @Slot()
    def _on_orientation_changed(self) -> None:
        self.invalidate()

    def invalidate(self) -> None:
        """Drop the cached background and repaint."""
        self._picture = None
        self.update()

    def draw_background(self, painter: QPainter, draw: Callable[[QPainter], None]) -> None:
        """What ``draw`` draws in widget coordinates: as it is kept for the screen, anew where a picture is finer."""
        on_screen = painter.paintEngine().type() == QPaintEngine.Type.Raster
        if on_screen and abs(dots(painter) - self.devicePixelRatioF()) < 0.01:
            painter.drawPixmap(0, 0, self.background(draw))
            return
        painter.save()
        draw(painter)
        painter.restore()

    def background(self, draw: Callable[[QPainter], None]) -> QPixmap:
        """The background picture for the screen, drawn by ``draw`` when it is not cached."""
        ratio = self.devicePixelRatioF()
        key = (self.width(), self.height(), ratio, tokens().name)
        if self._picture is None or self._picture_key != key:
            picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            with QPainter(picture) as painter:
                painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
                draw(painter)
            self._picture, self._picture_key = picture, key
        return self._picture


def dots(painter: QPainter) -> float:
    """Dots of the screen or picture in a unit, at least 1. The painter's device says 1 where a picture is taken."""
    inner = painter.worldTransform().m22()
    return max(1.0, abs(painter.combinedTransform().m22() / inner)) if inner else 1.0


def hair(colour: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen with round ends."""
    return QPen(colour, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def draw_arrow(painter: QPainter, start: QPointF, length: float, colour: QColor) -> None:
    """A small arrow to the right: from this to that."""
    end = start + QPointF(length, 0)
    painter.setPen(hair(colour, 1.2))
    painter.drawLine(start, end)
    painter.drawLine(end, end + QPointF(-3, -3))
    painter.drawLine(end, end + QPointF(-3, 3))


def draw_mark(painter: QPainter, track: QRectF, share: float, colour: QColor, *, above: bool, gap: float = 2) -> None:
    """A small triangle that points at ``share`` (0..1) of a track, from above (today) or from below (after)."""
    x = track.left() + max(0.0, min(1.0, share)) * track.width()
    tip, base = (track.top() - gap, -6) if above else (track.bottom() + gap, 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(x, tip), QPointF(x - 4, tip + base), QPointF(x + 4, tip + base)]))


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    colour: QColor,
    role: str | QFont = "body",
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter,
    *,
    elide: bool = False,
) -> None:
    """Text in a rectangle, in a role of the type scale."""
    chosen = font(role) if isinstance(role, str) else role
    painter.setFont(chosen)
    painter.setPen(colour)
    if elide:
        text = QFontMetricsF(chosen).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, align | Qt.TextFlag.TextSingleLine, text)


def line_height(role: str = "body") -> float:
    """Height of one line in a role of the type scale."""
    return metrics(role).height()
