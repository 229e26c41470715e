"""Lines of charts that are as heavy on a fine screen as on an ordinary one.

pyqtgraph's lines are so many dots of the device wide: at 200 % half of what they should be, and dots can't be seen.
Loaded with pyqtgraph, when a chart is first seen.
"""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen, QTransform

from widgets.painted import dots


class Curve(pg.PlotCurveItem):
    """A line one unit wide. Qt strokes wide lines thirty times slower than lines of a dot: these are set beside."""

    def paint(self, painter: QPainter, option: Any, widget: Any) -> None:
        """The line and what is shaded, then the line again beside itself until it is wide enough."""
        super().paint(painter, option, widget)
        ratio = dots(painter)
        if not len(self.getData()[0]):
            return
        place = painter.worldTransform()
        painter.setPen(self.opts["pen"])
        for dot in range(1, round(ratio)):
            for dx, dy in ((dot / ratio, 0.0), (0.0, dot / ratio)):
                painter.setWorldTransform(place * QTransform.fromTranslate(dx, dy))
                painter.drawPath(self.getPath())
        painter.setWorldTransform(place)


class Across(pg.InfiniteLine):
    """A straight line one unit wide."""

    def paint(self, painter: QPainter, *rest: Any) -> None:
        """As pyqtgraph does, with a pen for the device."""
        self.currentPen.setWidthF(dots(painter))
        super().paint(painter, *rest)


class Sample(pg.ItemSample):
    """A line in the key, one unit wide, at the middle of its name."""

    def paint(self, painter: QPainter, *_rest: Any) -> None:
        """A stretch of the line."""
        pen = QPen(self.item.opts["pen"])
        pen.setWidthF(dots(painter))
        painter.setPen(pen)
        painter.drawLine(QPointF(0, 9), QPointF(22, 9))
