"""A message inside the page: what happened, what to do, and a button that does it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from core.household import Severity
from widgets.labels import severity_label
from widgets.painted import hair
from widgets.theme import RADIUS, S, pixmap, set_icon, tokens

SEVERITY_ICONS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


class MessageBar(QWidget):
    """Hidden until ``show_message``. Signals: ``remedyTriggered``, ``dismissed``, and ``keyboardLeft`` before the bar
    goes while a button of it has the keyboard.
    """

    remedyTriggered = Signal()
    dismissed = Signal()
    keyboardLeft = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._severity = Severity.INFO
        self._details = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S.md, S.sm, S.sm, S.sm)
        layout.setSpacing(S.sm)
        self._icon = QLabel()
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._remedy = QPushButton()
        self._copy = QPushButton("Copy details")
        self._copy.setToolTip("Copy the whole message for a mail or a note")
        self._close = QToolButton(autoRaise=True)
        self._close.setProperty("quiet", True)
        self._close.setAccessibleName("Dismiss the message")
        self._close.setToolTip("Dismiss (Esc)")
        self._close.setIconSize(QSize(16, 16))
        set_icon(self._close, "close", "text_muted")
        self._remedy.clicked.connect(self.remedyTriggered)
        self._copy.clicked.connect(self._on_copy)
        self._close.clicked.connect(self._on_close)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._text, 1)
        for button in (self._remedy, self._copy, self._close):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_message(self, text: str, severity: Severity = Severity.INFO, remedy: str = "", details: str = "") -> None:
        """Show a message. ``remedy`` labels the button that mends it; ``details`` can be copied."""
        self._severity, self._details = severity, details
        self._text.setText(text)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self._copy.setVisible(bool(details))
        self.setAccessibleName(f"{severity_label(severity)}: {text}")
        self._icon.setAccessibleName(severity_label(severity))
        self._icon.setToolTip(severity_label(severity))
        self._dress()
        self.show()

    def clear(self) -> None:
        """Hide. The keyboard, where a button here has it, is given up first: it would go to whatever comes next."""
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self.keyboardLeft.emit()
        self.hide()

    def text(self) -> str:
        """The message shown."""
        return self._text.text()

    def _dress(self) -> None:
        colour = getattr(tokens(), self._severity.value)
        self._icon.setPixmap(pixmap(SEVERITY_ICONS[self._severity], 20, colour, self.devicePixelRatioF()))
        self.update()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._text.text()}\n\n{self._details}")

    @Slot()
    def _on_close(self) -> None:
        self.clear()
        self.dismissed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape dismisses."""
        if event.key() == Qt.Key.Key_Escape:
            self._on_close()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Recolour with the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A soft ground with a stripe in the colour of the severity."""
        theme = tokens()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colour = getattr(theme, self._severity.value)
            painter.setPen(hair(colour))
            painter.setBrush(getattr(theme, f"{self._severity.value}_soft"))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
