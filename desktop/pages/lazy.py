"""Pages that are made when they are first shown, so that the window opens with one only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

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
        """Go to a page.

        The keyboard goes along where it was on the page that is left: to the control that had it on this one before,
        else to the page itself, from where Tab leads into it. Qt would give it to the first control, and a space
        pressed by the way would do something there.
        """
        self.page(name)
        index = self._names.index(name)
        focus, before = QApplication.focusWidget(), self.stack.widget(index).focusWidget()
        leaving = focus is not None and self.stack.isAncestorOf(focus) and index != self.stack.currentIndex()
        self.stack.setCurrentIndex(index)
        if leaving and (before is None or not before.isVisible()):
            self.rest_focus()

    @Slot()
    def rest_focus(self) -> None:
        """Give the keyboard to the page shown, where no key does anything."""
        self.page(self.current()).setFocus(Qt.FocusReason.OtherFocusReason)

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
