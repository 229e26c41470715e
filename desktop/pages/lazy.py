"""Pages that are made when they are first shown, so that the window opens with one only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

#: Between two pages that are made ahead while nobody waits.
_PAUSE_MS = 150


class LazyPages(QObject):
    """A stack of pages by name. ``prepare`` makes the rest ahead of time, one at a time, while the window is idle.

    all_made() : ``prepare`` has come to its end.
    """

    all_made = Signal()

    def __init__(self, makers: Mapping[str, Callable[[], QWidget]]) -> None:
        super().__init__()
        self.stack = QStackedWidget()
        self._names = tuple(makers)
        self._makers = dict(makers)
        self._pages: dict[str, QWidget] = {}
        self._holders: dict[str, QVBoxLayout] = {}
        for name in self._names:
            holder = QWidget()
            self._holders[name] = QVBoxLayout(holder)
            self._holders[name].setContentsMargins(0, 0, 0, 0)
            self.stack.addWidget(holder)

    def page(self, name: str) -> QWidget:
        """A page, made now if it isn't there."""
        if name not in self._pages:
            page = self._pages[name] = self._makers[name]()
            self._holders[name].addWidget(page)
        return self._pages[name]

    def made(self) -> tuple[QWidget, ...]:
        """The pages that are there."""
        return tuple(self._pages.values())

    def show_page(self, name: str) -> None:
        """Go to a page."""
        self.page(name)
        self.stack.setCurrentIndex(self._names.index(name))

    def current(self) -> str:
        """The name of the page shown."""
        return self._names[self.stack.currentIndex()]

    def prepare(self) -> None:
        """Make the next page that isn't there, and so on until all are."""
        missing = next((name for name in self._names if name not in self._pages), None)
        if missing is not None:
            self.page(missing)
            QTimer.singleShot(_PAUSE_MS, self, self.prepare)
        else:
            self.all_made.emit()
