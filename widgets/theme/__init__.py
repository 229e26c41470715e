"""The theme: colour roles, type scale, spacing and icons."""

from widgets.theme.apply import apply_theme, theme_events, tokens
from widgets.theme.fonts import font, metrics, tabular, text_width
from widgets.theme.icons import icon, icon_names, paint_icon, pixmap, set_icon
from widgets.theme.marks import set_mark
from widgets.theme.tokens import RADIUS, S, Tokens, contrast, mix, with_alpha

__all__ = [
    "RADIUS",
    "S",
    "Tokens",
    "apply_theme",
    "contrast",
    "font",
    "icon",
    "icon_names",
    "metrics",
    "mix",
    "paint_icon",
    "pixmap",
    "set_icon",
    "set_mark",
    "tabular",
    "text_width",
    "theme_events",
    "tokens",
    "with_alpha",
]
