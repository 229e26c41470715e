"""Buttons for the named points of the tilt pad."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from core.tilt.presets import presets
from widgets.theme import S


class PresetBar(QWidget):
    """One button a preset. ``presetChosen(key)`` comes only from the user; the choice is shown by ``set_current``."""

    presetChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Presets")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S.sm)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.buttons: dict[str, QPushButton] = {}
        for preset in presets().values():
            button = QPushButton(preset.title, checkable=True)
            button.setToolTip(preset.note)
            button.setAccessibleDescription(preset.note)
            button.setProperty("preset", preset.key)
            button.clicked.connect(self._on_clicked)
            self._group.addButton(button)
            layout.addWidget(button)
            self.buttons[preset.key] = button
        layout.addStretch(1)

    def set_current(self, key: str | None) -> None:
        """Show which preset the target is at; None for none."""
        for name, button in self.buttons.items():
            button.setChecked(name == key)

    @Slot()
    def _on_clicked(self) -> None:
        key = str(self.sender().property("preset"))
        self.set_current(key)
        self.presetChosen.emit(key)
