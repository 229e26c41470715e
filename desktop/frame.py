"""Pieces of the main window's frame: quiet lines between surfaces, and the room around the message bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.message_bar import MessageBar
from widgets.theme import S, tokens


class MessageRow(QWidget):
    """Room around the message bar, there only while it is."""

    def __init__(self, bar: MessageBar) -> None:
        super().__init__()
        self._bar = bar
        row = QVBoxLayout(self)
        row.setContentsMargins(S.lg, S.sm, S.lg, S.sm)  # clear of the inspector below
        row.addWidget(bar)
        bar.installEventFilter(self)
        self.setVisible(not bar.isHidden())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come and go with the bar."""
        if watched is self._bar and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.setVisible(not self._bar.isHidden())
        return super().eventFilter(watched, event)


class Rule(QWidget):
    """A quiet line between two surfaces."""

    def __init__(self, *, upright: bool) -> None:
        super().__init__()
        self.setFixedWidth(1) if upright else self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().border)
        painter.end()
