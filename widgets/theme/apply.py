"""Putting a theme on the application: palette, a small style sheet, and the signal that it changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QStyleFactory, QWidget
from shiboken6 import isValid

from widgets.theme.fonts import tabular
from widgets.theme.style_sheet import style_sheet
from widgets.theme.tokens import Tokens, load_tokens, mix

Mode = Literal["light", "dark", "system"]


class ThemeEvents(QObject):
    """Says when the theme has changed. Painters that cache pictures drop them then."""

    themeChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mode: Mode = "light"
        self.tokens = load_tokens("light")
        self.text_size = 1.0
        self.system_font: QFont | None = None
        self._follows_system = False

    def follow(self, app: QApplication) -> None:
        """Listen to the system's colour scheme, once."""
        if not self._follows_system:
            self._follows_system = True
            app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    @Slot()
    def _on_scheme_changed(self) -> None:
        app = QApplication.instance()
        if self.mode == "system" and isinstance(app, QApplication) and self.tokens.name != _system_name():
            _put_on(app, load_tokens(_system_name()))


_events: list[ThemeEvents] = []


def theme_events() -> ThemeEvents:
    """The one object that carries ``themeChanged``."""
    if not _events:
        _events.append(ThemeEvents())
    return _events[0]


def tokens() -> Tokens:
    """The theme in force (light until ``apply_theme`` is called)."""
    return theme_events().tokens


def apply_theme(app: QApplication, mode: Mode = "system") -> None:
    """Dress the application in the light or dark theme, or in the system's choice, which is then followed.

    Where the system states no scheme (offscreen, bare X11), "system" is light.
    """
    events = theme_events()
    events.mode = mode
    events.follow(app)
    _put_on(app, load_tokens(_system_name() if mode == "system" else mode))


@contextmanager
def light_for_paper(app: QApplication) -> Iterator[None]:
    """The light theme while something is drawn for paper; the screen is not painted meanwhile and shows none of it."""
    events = theme_events()
    before = events.tokens
    if before.name != "light":
        _put_on(app, load_tokens("light"))
    try:
        yield
    finally:
        if events.tokens is not before:
            _put_on(app, before)


def _system_name() -> str:
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def _put_on(app: QApplication, theme: Tokens) -> None:
    events = theme_events()
    # Fonts given by hand are lost where a style sheet is put on after they have been scaled.
    given = {w: QFont(w.font()) for w in app.allWidgets() if _has_own_font(w)} if events.text_size != 1 else {}
    events.tokens = theme
    if app.style() is None or app.style().name().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(_sized(app))
    app.setPalette(palette_of(theme))
    app.setStyleSheet(style_sheet(theme, app.font()))
    for widget, own in given.items():
        if isValid(widget) and _has_own_font(widget) and widget.font().pointSizeF() != own.pointSizeF():
            widget.setFont(own)
    events.themeChanged.emit()


def set_text_size(app: QApplication, factor: float) -> None:
    """Make all text ``factor`` times the system's own size."""
    events = theme_events()
    if factor != events.text_size:
        ratio, events.text_size = factor / events.text_size, factor
        given = {widget: widget.font().pointSizeF() for widget in app.allWidgets() if _has_own_font(widget)}
        _put_on(app, events.tokens)
        for widget, size in given.items():
            if isValid(widget) and widget.font().pointSizeF() == size:  # it has not dressed itself anew
                own = QFont(widget.font())
                own.setPointSizeF(size * ratio)
                widget.setFont(own)
                if isinstance(widget, QAbstractSpinBox):  # its text doesn't always follow
                    widget.lineEdit().setFont(own)


def _has_own_font(widget: QWidget) -> bool:
    """Whether a widget was given a font by hand: then it does not follow the application's."""
    return widget.testAttribute(Qt.WidgetAttribute.WA_SetFont) and widget.font().pointSizeF() > 0


def _sized(app: QApplication) -> QFont:
    """The system's font with tabular figures, in the size asked for."""
    events = theme_events()
    if events.system_font is None:
        events.system_font = QFont(app.font())
    copy = tabular(events.system_font)
    if copy.pointSizeF() > 0:
        copy.setPointSizeF(copy.pointSizeF() * events.text_size)
    else:
        copy.setPixelSize(round(copy.pixelSize() * events.text_size))
    return copy


def palette_of(theme: Tokens) -> QPalette:
    """The palette that gives standard Qt controls the theme's colours."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for key, colour in (
        (role.Window, theme.window),
        (role.WindowText, theme.text),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.raised),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.Text, theme.text),
        (role.PlaceholderText, theme.text_muted),
        (role.Button, theme.surface),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.accent_text),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.accent_text),
        (role.Accent, theme.accent),
        (role.Link, theme.accent),
        (role.LinkVisited, theme.accent),
        (role.Light, mix(theme.surface, theme.window, 0.5)),
        (role.Midlight, theme.raised),
        (role.Mid, theme.border),
        (role.Dark, theme.border_strong),
        (role.Shadow, mix(theme.border_strong, theme.text, 0.5)),
    ):
        palette.setColor(key, colour)
    for key in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(group.Disabled, key, theme.text_disabled)
    palette.setColor(group.Disabled, role.Highlight, theme.sunken)
    palette.setColor(group.Disabled, role.HighlightedText, theme.text_disabled)
    return palette
