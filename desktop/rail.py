"""The rail on the left: one button a page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.actions import Actions
from widgets.theme import S, text_width, theme_events


class Rail(QFrame):
    """Buttons of the actions named ``page_*``, top to bottom."""

    def __init__(self, actions: Actions, keys: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._buttons: list[QToolButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(S.xs, S.sm, S.xs, S.sm)
        column.setSpacing(S.xs)
        for key in keys:
            button = QToolButton()
            button.setDefaultAction(actions[key])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(24, 24))
            button.setProperty("quiet", True)
            button.setProperty("rail", True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(actions[key].iconText())
            column.addWidget(button)
            self._buttons.append(button)
        column.addStretch(1)
        self._fit()
        theme_events().themeChanged.connect(self._fit)

    @Slot()
    def _fit(self) -> None:
        """Room for the longest name, however large the text; it is never shortened."""
        widest = max(text_width(button.text(), "body") for button in self._buttons)
        for button in self._buttons:
            button.setMinimumSize(max(76, round(widest) + 2 * S.md), round(40 + 20 * theme_events().text_size))
