"""Colour roles, spacing and radii: what painters ask the theme for instead of naming colours."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

import attrs
from PySide6.QtGui import QColor


class S:
    """The spacing scale, in device-independent pixels."""

    xs: Final = 4
    sm: Final = 8
    md: Final = 12
    lg: Final = 16
    xl: Final = 24


#: Corner radius of cards, fields and chips.
RADIUS: Final = 6


@attrs.frozen
class Tokens:
    """One theme. Every field but ``name``, ``dark`` and ``classes`` is a colour; see resources/themes/*.toml."""

    name: str
    dark: bool
    window: QColor
    surface: QColor
    raised: QColor
    sunken: QColor
    text: QColor
    text_muted: QColor
    text_disabled: QColor
    border: QColor
    border_strong: QColor
    accent: QColor
    accent_hover: QColor
    accent_text: QColor
    accent_soft: QColor
    focus: QColor
    error: QColor
    error_soft: QColor
    warning: QColor
    warning_soft: QColor
    info: QColor
    info_soft: QColor
    ok: QColor
    ok_soft: QColor
    market: QColor
    present: QColor
    target: QColor
    after: QColor
    gain: QColor
    loss: QColor
    heat_low: QColor
    heat_high: QColor
    grid: QColor
    pad_low: QColor
    pad_high: QColor
    classes: dict[str, QColor]

    def heat(self, share: float) -> QColor:
        """The shade of a heat map for ``share`` of the darkest (0..1)."""
        return mix(self.heat_low, self.heat_high, share)

    def on(self, background: QColor) -> QColor:
        """The text colour that reads best on ``background``: near-black or white, black in between."""
        best = max((QColor("#0B1620"), QColor("#FFFFFF")), key=lambda colour: contrast(colour, background))
        return best if contrast(best, background) > 4.55 else QColor("#000000")


def mix(low: QColor, high: QColor, share: float) -> QColor:
    """The colour ``share`` (0..1) of the way from ``low`` to ``high``."""
    t = max(0.0, min(1.0, share))
    return QColor.fromRgbF(
        low.redF() + t * (high.redF() - low.redF()),
        low.greenF() + t * (high.greenF() - low.greenF()),
        low.blueF() + t * (high.blueF() - low.blueF()),
    )


def with_alpha(colour: QColor, alpha: float) -> QColor:
    """A copy of ``colour`` with the opacity ``alpha`` (0..1)."""
    copy = QColor(colour)
    copy.setAlphaF(alpha)
    return copy


def contrast(first: QColor, second: QColor) -> float:
    """Contrast ratio of two opaque colours, 1..21 (WCAG 2.2, relative luminance)."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


@cache
def load_tokens(name: str) -> Tokens:
    """The theme ``name`` ("light" or "dark") from resources/themes; every role must be there."""
    data = tomllib.loads((files("resources") / "themes" / f"{name}.toml").read_text("utf-8"))
    roles = {key: QColor(value) for table in ("ui", "status", "data") for key, value in data[table].items()}
    classes = {key: QColor(value) for key, value in data["classes"].items()}
    return Tokens(name=name, dark=name == "dark", classes=classes, **roles)
