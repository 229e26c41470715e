"""The rail on the left: one button a page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.actions import Actions
from widgets.theme import S


class Rail(QFrame):
    """Buttons of the actions named ``page_*``, top to bottom."""

    def __init__(self, actions: Actions, keys: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
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
            button.setMinimumSize(76, 60)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(actions[key].iconText())
            column.addWidget(button)
        column.addStretch(1)
