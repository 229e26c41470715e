"""Buttons for the named points of the tilt pad, and for the point that the market signals suggest."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from core.tilt.presets import presets
from core.tilt.target import SIGNALS
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
            self._add(layout, preset.key, preset.title, preset.note)
        self._add(layout, SIGNALS, "Signals", "What the market observations suggest; the Market page has the reasons.")
        layout.addStretch(1)

    def _add(self, layout: QHBoxLayout, key: str, title: str, note: str) -> None:
        button = QPushButton(title, checkable=True)
        button.setToolTip(note)
        button.setAccessibleDescription(note)
        button.setProperty("preset", key)
        button.clicked.connect(self._on_clicked)
        self._group.addButton(button)
        layout.addWidget(button)
        self.buttons[key] = button

    def set_current(self, key: str | None) -> None:
        """Show which preset the target is at; None for none."""
        for name, button in self.buttons.items():
            button.setChecked(name == key)

    @Slot()
    def _on_clicked(self) -> None:
        key = str(self.sender().property("preset"))
        self.set_current(key)
        self.presetChosen.emit(key)
