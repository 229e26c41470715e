"""What can wait until the frame with what the user looks at is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from shiboken6 import isValid

#: Qt asks for a repaint at -1 (Qt.EventPriority.LowEventPriority); what comes after it has to be lower still.
_AFTER_PAINTING: Final = -2


class AfterFrame(QObject):
    """Runs work once everything that waits to be laid out and painted has been, one piece an event.

    A timer of no interval wouldn't do: it runs with the first other timer that is due, often before the frame.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[QObject, Callable[[], object]] = {}
        self._posted = False

    def run(self, owner: QObject, work: Callable[[], object]) -> None:
        """Do ``work`` after the next frame, in the order of the first asking; an owner's newer work replaces the one
        that waits. Nothing is done for an owner that has ended by then.
        """
        self._waiting[owner] = work
        self._post()

    def waits(self, owner: QObject) -> bool:
        """Whether work of this owner waits."""
        return owner in self._waiting

    def drop(self, owner: QObject) -> None:
        """Forget what waits for an owner."""
        self._waiting.pop(owner, None)

    def _post(self) -> None:
        if not self._posted:
            self._posted = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), _AFTER_PAINTING)

    def customEvent(self, _event: QEvent) -> None:
        """The next piece."""
        self._posted = False
        if not self._waiting:
            return
        owner = next(iter(self._waiting))
        work = self._waiting.pop(owner)
        if self._waiting:
            self._post()
        if isValid(owner):
            work()
