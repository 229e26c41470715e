"""Marks that the style sheet asks about, such as muted or error words."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def set_mark(widget: QWidget, name: str, on: bool = True) -> None:
    """Set a property that rules of the style sheet name, and dress the widget by it.

    A colour put into a palette by hand would be lost, or stay that of the other theme, when the theme changes.
    """
    if bool(widget.property(name)) != on:
        widget.setProperty(name, on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
