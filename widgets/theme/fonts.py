"""The type scale: sizes relative to the application's own font, figures of one width."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

#: Role -> (size relative to the application font, weight).
_SCALE: Final[dict[str, tuple[float, QFont.Weight]]] = {
    "small": (0.90, QFont.Weight.Normal),
    "body": (1.0, QFont.Weight.Normal),
    "strong": (1.0, QFont.Weight.DemiBold),
    "label": (0.90, QFont.Weight.Medium),
    "heading": (1.10, QFont.Weight.DemiBold),
    "title": (1.40, QFont.Weight.DemiBold),
    "display": (1.85, QFont.Weight.DemiBold),
    "figure": (1.0, QFont.Weight.Normal),
    "figure_large": (1.30, QFont.Weight.DemiBold),
}


def tabular(font: QFont) -> QFont:
    """A copy of ``font`` whose digits all have one width, so that columns of figures align."""
    copy = QFont(font)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy


def font(role: str = "body") -> QFont:
    """The font of a role of the type scale: small, body, strong, label, heading, title, display, figure(_large)."""
    scale, weight = _SCALE[role]
    copy = tabular(QApplication.font())
    if copy.pointSizeF() > 0:
        copy.setPointSizeF(copy.pointSizeF() * scale)
    else:
        copy.setPixelSize(round(copy.pixelSize() * scale))
    copy.setWeight(weight)
    return copy


def text_width(text: str, role: str = "body") -> float:
    """Width of ``text`` in a role's font, device-independent pixels."""
    return QFontMetricsF(font(role)).horizontalAdvance(text)
