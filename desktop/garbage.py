"""Python's garbage is collected on the window's thread alone.

The collector runs on whichever thread happens to allocate. Where that is a worker, and the garbage holds a Qt object,
Qt destroys it there while the window's thread may hold Python's lock and wait for one of Qt's: both wait for ever.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_INTERVAL = 250  # milliseconds
_LATER = 1000
#: Newly made objects beyond which a hold is broken: a drag makes some thousands a second.
_MOST_HELD = 500_000


class WindowCollector(QObject):
    """Collects by the interpreter's own thresholds, between the events of the thread it is made on.

    ``held`` says when it may not: a collection takes as long as a few frames, and a drag would stumble over it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self.held: Callable[[], bool] = lambda: False
        self._timer = QTimer(self, interval=_LATER)  # the first time once the window stands
        self._timer.timeout.connect(self.collect_what_is_due)
        self._timer.start()

    def collect_what_is_due(self) -> None:
        """Collect the oldest generation that has reached its threshold, and with it the younger ones."""
        if self._timer.interval() != _INTERVAL:
            self._timer.setInterval(_INTERVAL)
        if self.held() and gc.get_count()[0] < _MOST_HELD:
            return
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def settle(self) -> None:
        """What has been made by now stays for good: collect once, and never look at it again."""
        if self.held():
            QTimer.singleShot(_LATER, self, self.settle)
            return
        gc.collect()
        gc.freeze()

    def stop(self) -> None:
        """Leave collecting to the interpreter again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
