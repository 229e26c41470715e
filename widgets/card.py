"""A card: a quiet surface with a heading, into which a page puts its parts."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.elided import ElidedLabel
from widgets.theme import S, font


class Card(QFrame):
    """A titled surface. Put content into ``body``, small controls into the heading with ``add_header_widget``."""

    def __init__(self, title: str = "", subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setAccessibleName(title)
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(S.lg, S.md, S.lg, S.lg)
        outer.setSpacing(S.sm)
        self._control: QWidget | None = None
        self._title = QLabel(title)
        self._title.setFont(font("heading"))
        self._title.setVisible(bool(title))
        self._subtitle = ElidedLabel(subtitle)
        self._subtitle.setProperty("muted", True)
        self._subtitle.setToolTip(subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self._header = QHBoxLayout()
        self._header.setSpacing(S.sm)
        self._header.addWidget(self._title)
        self._header.addWidget(self._subtitle, 1)
        if not subtitle:
            self._header.addStretch(1)
        outer.addLayout(self._header)
        self.body = QVBoxLayout()
        self.body.setSpacing(S.sm)
        outer.addLayout(self.body, 1)

    def set_title(self, text: str) -> None:
        """Change the heading."""
        self._title.setText(text)
        self._title.setVisible(bool(text))
        self.setAccessibleName(text)

    def set_subtitle(self, text: str) -> None:
        """Change the muted words beside the heading."""
        self._subtitle.setText(text)
        self._subtitle.setToolTip(text)
        self._subtitle.setVisible(bool(text))

    def add_header_widget(self, widget: QWidget) -> None:
        """Put a small control at the right end of the heading."""
        self._control = widget
        self._header.addWidget(widget)
        self._level()

    def changeEvent(self, event: QEvent) -> None:
        """A heading of another size stands elsewhere."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._level()

    def _level(self) -> None:
        """The heading stands as high as those of cards without a control, though the control is higher than it."""
        if self._control is None:
            return
        more = max(0, self._control.sizeHint().height() - self._title.sizeHint().height())
        self._outer.setContentsMargins(S.lg, max(0, S.md - more // 2), S.lg, S.lg)
        self._outer.setSpacing(max(0, S.sm - (more + 1) // 2))
