"""Our own icons: line drawings in resources/icons, recoloured by the theme, drawn sharp at every scale."""

from __future__ import annotations

import weakref
from functools import cache
from importlib.resources import files
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from widgets.theme.apply import theme_events, tokens

_SIZES = (16, 20, 24, 32, 48, 64)


@cache
def icon_names() -> tuple[str, ...]:
    """Names of all icons there are."""
    entries = (entry.name for entry in (files("resources") / "icons").iterdir())
    return tuple(sorted(name[:-4] for name in entries if name.endswith(".svg")))


@cache
def _source(name: str) -> str:
    if name not in icon_names():
        raise KeyError(f"no icon named {name!r}")
    return (files("resources") / "icons" / f"{name}.svg").read_text("utf-8")


def paint_icon(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw an icon into ``rect`` in one colour."""
    _renderer(name, colour.name()).render(painter, rect)


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


def pixmap(name: str, size: int, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """An icon as a picture ``size`` device-independent pixels square."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_icon(painter, name, QRectF(0, 0, picture.width(), picture.height()), colour)
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, role: str = "text") -> QIcon:
    """An icon in a colour role of the theme in force; disabled in its disabled colour."""
    return _icon(name, getattr(tokens(), role).name(), tokens().text_disabled.name())


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(pixmap(name, size, QColor(colour)), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, size, QColor(disabled)), QIcon.Mode.Disabled)
    return result


def program_icon() -> QIcon:
    """The program's own icon in its own colours, for title bars and lists of windows."""
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(program_picture(size))
    return result


def program_picture(size: int, ratio: float = 1.0) -> QPixmap:
    """The program's own icon as a picture ``size`` device-independent pixels square."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        _program_renderer().render(painter)
    picture.setDevicePixelRatio(ratio)
    return picture


@cache
def _program_renderer() -> QSvgRenderer:
    return QSvgRenderer(QByteArray((files("resources") / "app" / "trimtab.svg").read_bytes()))


class _HasIcon(Protocol):
    def setIcon(self, icon: QIcon) -> None: ...


_followers: weakref.WeakKeyDictionary[QObject, tuple[str, str]] = weakref.WeakKeyDictionary()
_connected: list[bool] = []


def set_icon(target: _HasIcon, name: str, role: str = "text") -> None:
    """Give an action or a button an icon that is recoloured when the theme changes."""
    if not _connected:
        _connected.append(True)
        theme_events().themeChanged.connect(_recolour)
    assert isinstance(target, QObject)
    _followers[target] = (name, role)
    target.setIcon(icon(name, role))


def _recolour() -> None:
    from shiboken6 import isValid

    for target, (name, role) in list(_followers.items()):
        if isValid(target):
            target.setIcon(icon(name, role))  # type: ignore[attr-defined]
