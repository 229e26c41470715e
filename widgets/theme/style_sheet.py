"""The style sheet: only what the palette and the Fusion style cannot say."""

from __future__ import annotations

from importlib.resources import files
from string import Template

from PySide6.QtGui import QColor

from widgets.theme.tokens import RADIUS, Tokens, mix


def style_sheet(theme: Tokens) -> str:
    """The application's style sheet (resources/themes/style.qss) in the theme's colours."""
    colours = {
        role: value.name()
        for role, value in ((a, getattr(theme, a)) for a in theme.__slots__)
        if isinstance(value, QColor)
    }
    scroll = mix(theme.border, theme.border_strong, 0.45).name()
    template = Template((files("resources") / "themes" / "style.qss").read_text("utf-8"))
    return template.substitute(colours, scroll=scroll, radius=RADIUS)
