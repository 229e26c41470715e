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


_WIDTHS_KEPT: Final = 4000


def tabular(font: QFont) -> QFont:
    """A copy of ``font`` whose digits all have one width, so that columns of figures align."""
    copy = QFont(font)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy


class _Scale:
    """Fonts, metrics and widths for one application font. Made anew when that font changes."""

    def __init__(self, base: QFont) -> None:
        self.base = base
        self.fonts: dict[str, QFont] = {}
        self.metrics: dict[str, QFontMetricsF] = {}
        self.widths: dict[tuple[str, str], float] = {}

    def font(self, role: str) -> QFont:
        if role not in self.fonts:
            scale, weight = _SCALE[role]
            copy = tabular(self.base)
            if copy.pointSizeF() > 0:
                copy.setPointSizeF(copy.pointSizeF() * scale)
            else:
                copy.setPixelSize(round(copy.pixelSize() * scale))
            copy.setWeight(weight)
            self.fonts[role] = copy
        return self.fonts[role]


_scales: list[_Scale] = []


def _scale() -> _Scale:
    base = QApplication.font()
    if not _scales or _scales[0].base != base:
        _scales[:] = [_Scale(base)]
    return _scales[0]


def font(role: str = "body") -> QFont:
    """The font of a role of the type scale: small, body, strong, label, heading, title, display, figure(_large).

    Not to be changed by the caller: copy it first.
    """
    return _scale().font(role)


def metrics(role: str = "body") -> QFontMetricsF:
    """Metrics of a role's font."""
    scale = _scale()
    if role not in scale.metrics:
        scale.metrics[role] = QFontMetricsF(scale.font(role))
    return scale.metrics[role]


def text_width(text: str, role: str = "body") -> float:
    """Width of ``text`` in a role's font, device-independent pixels."""
    scale = _scale()
    key = (role, text)
    width = scale.widths.get(key)
    if width is None:
        if len(scale.widths) > _WIDTHS_KEPT:
            scale.widths.clear()
        width = scale.widths[key] = metrics(role).horizontalAdvance(text)
    return width
