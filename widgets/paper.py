"""A widget on a sheet of paper, of a PDF file or a printer: under its name, in the light theme whatever the screen's.

Drawing goes through the widget's own painting, in vectors.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMarginsF, QPoint, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QRegion,
)
from PySide6.QtWidgets import QApplication, QWidget

from widgets.numbers import date_text
from widgets.theme import font, tokens
from widgets.theme.apply import light_for_paper

if TYPE_CHECKING:
    from PySide6.QtGui import QPdfWriter
    from PySide6.QtPrintSupport import QPrinter

_MARGIN_MM: Final = 15.0
#: Dots an inch of the drawing. Lines one dot wide, as charts have them, are then as heavy as on the screen; on a
#: printer's own dots they could not be seen.
_DOTS: Final = 96
#: Times the size on the screen at most, so that a small chart doesn't shout.
_LARGEST: Final = 1.8
_TITLE_PT, _CAPTION_PT, _GAP = 15.0, 9.0, 14.0


def page_layout(widget: QWidget) -> QPageLayout:
    """Letter where the locale measures in inches, A4 elsewhere; lying where the widget is wider than high."""
    wide = widget.width() > widget.height()
    inches = QGuiApplication.inputMethod().locale().measurementSystem().name != "MetricSystem"
    size = QPageSize(QPageSize.PageSizeId.Letter if inches else QPageSize.PageSizeId.A4)
    side = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    return QPageLayout(size, side, margins, QPageLayout.Unit.Millimeter)


def draw_on_paper(widget: QWidget, title: str, device: QPrinter | QPdfWriter) -> bool:
    """Draw one page; False where the device takes nothing. The device keeps its own page layout.

    The page holds the title, the title of the widget's window with today's date, and the widget, enlarged to the
    page's width within reason.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    device.setResolution(_DOTS)
    painter = QPainter()
    if not painter.begin(device):
        return False
    with light_for_paper(app):
        room = QRectF(0, 0, device.width(), device.height())
        today = date_text(datetime.now().astimezone().date())
        top = _heading(painter, room, title, f"{widget.window().windowTitle()} · {today}")
        place = room.adjusted(0, top, 0, 0)
        scale = min(place.width() / max(1, widget.width()), place.height() / max(1, widget.height()), _LARGEST)
        painter.translate(max(0.0, (place.width() - scale * widget.width()) / 2), place.top())
        painter.scale(scale, scale)
        widget.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)
    return painter.end()


def _heading(painter: QPainter, room: QRectF, title: str, caption: str) -> float:
    """Draw both lines and say where the rest of the page begins."""
    y = 0.0
    for words, points, role, colour in (
        (title, _TITLE_PT, "title", tokens().text),
        (caption, _CAPTION_PT, "small", tokens().text_muted),
    ):
        letters = QFont(font(role))
        letters.setPointSizeF(points)
        painter.setFont(letters)
        painter.setPen(colour)
        metrics = QFontMetricsF(letters, painter.device())
        line = QRectF(0, y, room.width(), metrics.lineSpacing())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        y = line.bottom()
    return y + _GAP
