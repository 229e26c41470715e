"""The pictures of docs/design.md: colours, type, icons and marks, drawn by the theme itself in both its faces."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_WIDTH = 900
_UI = (
    "window",
    "surface",
    "raised",
    "sunken",
    "text",
    "text_muted",
    "border",
    "border_strong",
    "accent",
    "accent_soft",
)
_STATUS = ("error", "warning", "info", "ok")
_DATA = ("market", "present", "target", "after", "gain", "loss")
_TYPE = ("display", "title", "heading", "figure_large", "strong", "body", "label", "small")


def main() -> int:
    """Write docs/images/design-*.png."""
    from PySide6.QtWidgets import QApplication

    from widgets.theme import apply_theme

    app = QApplication(sys.argv[:1])
    out = ROOT / "docs" / "images"
    for theme in ("light", "dark"):
        apply_theme(app, theme)
        _palette(out / f"design-colours-{theme}.png")
    apply_theme(app, "light")
    _type(out / "design-type.png")
    _icons(out / "design-icons.png")
    return 0


def _palette(path: Path) -> None:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QPainter, QPixmap

    from widgets.theme import font, tokens

    theme = tokens()
    rows = [("Surfaces and words", _UI), ("States", _STATUS), ("Data", _DATA)]
    classes = list(theme.classes)
    picture = QPixmap(_WIDTH, 360)
    picture.fill(theme.surface)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = 12.0
        for title, roles in (*rows, ("Asset classes", tuple(classes))):
            painter.setFont(font("heading"))
            painter.setPen(theme.text)
            painter.drawText(QRectF(16, y, 400, 20), Qt.AlignmentFlag.AlignLeft, title)
            y += 24
            for number, role in enumerate(roles):
                colour = theme.classes[role] if title == "Asset classes" else getattr(theme, role)
                x = 16 + number * 86
                painter.setPen(theme.border_strong)
                painter.setBrush(colour)
                painter.drawRoundedRect(QRectF(x, y, 78, 28), 6, 6)
                painter.setFont(font("small"))
                painter.setPen(theme.text_muted)
                words = role.replace("_equity", "").replace("_", " ")
                painter.drawText(QRectF(x, y + 30, 86, 16), Qt.AlignmentFlag.AlignLeft, words)
            y += 60
    picture.save(str(path), "PNG", 0)


def _type(path: Path) -> None:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QPainter, QPixmap

    from widgets.theme import font, metrics, tokens

    picture = QPixmap(_WIDTH, 330)
    picture.fill(tokens().surface)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        y = 12.0
        for role in _TYPE:
            height = metrics(role).height() + 12
            painter.setPen(tokens().text_muted)
            painter.setFont(font("small"))
            middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(16, y, 140, height), middle, role.replace("_", " "))
            painter.setPen(tokens().text)
            painter.setFont(font(role))
            painter.drawText(QRectF(160, y, 720, height), middle, "Tilt the household: $1,234,567.89 · 12.3 %")
            y += height
    picture.save(str(path), "PNG", 0)


def _icons(path: Path) -> None:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QPainter, QPixmap

    from widgets.theme import font, icon_names, paint_icon, tokens

    names = icon_names()
    columns = 10
    rows = (len(names) + columns - 1) // columns
    picture = QPixmap(_WIDTH, 16 + rows * 64)
    picture.fill(tokens().surface)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, name in enumerate(names):
            row, column = divmod(number, columns)
            x, y = 16 + column * 87, 14 + row * 64
            paint_icon(painter, name, QRectF(x + 27, y, 24, 24), tokens().text)
            painter.setPen(tokens().text_muted)
            painter.setFont(font("small"))
            painter.drawText(QRectF(x, y + 28, 80, 18), Qt.AlignmentFlag.AlignHCenter, name.replace("_", " "))
    picture.save(str(path), "PNG", 0)


if __name__ == "__main__":
    sys.exit(main())
