"""The style sheet: only what the palette and the Fusion style cannot say."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from string import Template

import attrs
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from widgets.theme.tokens import RADIUS, Tokens, mix


def style_sheet(theme: Tokens, font: QFont) -> str:
    """The application's style sheet (resources/themes/style.qss) in the theme's colours, sized for ``font``."""
    themes = files("resources") / "themes"
    roles = attrs.asdict(theme, recurse=False)
    colours = {role: colour.name() for role, colour in roles.items() if isinstance(colour, QColor)}
    line = QFontMetricsF(font).height()
    return Template((themes / "style.qss").read_text("utf-8")).substitute(
        colours,
        name=theme.name,
        scroll=mix(theme.border, theme.border_strong, 0.45).name(),
        radius=RADIUS,
        field=round(line * 1.2),
        row=round(line * 1.65),
        icon=max(16, 2 * round(line * 0.57)),
        tool=max(18, 2 * round(line * 0.64)),
        controls=Path(str(themes / "controls")).as_posix(),
    )
