"""Python's garbage is collected on the window's thread alone.

The collector runs on whichever thread happens to allocate. Where that is a worker, and the garbage holds a Qt object,
Qt destroys it there while the window's thread may hold Python's lock and wait for one of Qt's: both wait for ever.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL = 250  # milliseconds


class WindowCollector(QObject):
    """Collects by the interpreter's own thresholds, between the events of the thread it is made on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_INTERVAL)
        self._timer.timeout.connect(self.collect_what_is_due)
        self._timer.start()

    def collect_what_is_due(self) -> None:
        """Collect the oldest generation that has reached its threshold, and with it the younger ones."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Leave collecting to the interpreter again."""
        self._timer.stop()
        gc.enable()
