"""Roles of the widgets that paint themselves, for screen readers: Qt knows a button by its class, but not ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

Spoken = QAccessible.Role
_Class = TypeVar("_Class", bound=type[QWidget])
_ROLES: dict[str, list[tuple[type[QWidget], Spoken]]] = {}


def speaks_as(role: Spoken) -> Callable[[_Class], _Class]:
    """Give a class, and what is derived from it, a role; names and descriptions stay the widget's own."""

    def give(kind: _Class) -> _Class:
        if not _ROLES:
            QAccessible.installFactory(_make)
        _ROLES.setdefault(kind.__name__, []).append((kind, role))
        return kind

    return give


def _make(key: str, thing: QObject) -> QAccessibleInterface | None:
    """Qt asks for each class of an object by its name, the most derived first."""
    for kind, role in _ROLES.get(key, ()):
        if isinstance(thing, kind):
            return QAccessibleWidget(thing, role)
    return None
