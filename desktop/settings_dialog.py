"""Settings of the program: looks and ways, never client data. Built from one table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.settings import TEXT_SIZES, Settings
from widgets.forms import FormGrid
from widgets.orientation import set_value_side
from widgets.theme import S, font
from widgets.theme.apply import set_text_size

_THEMES = {"system": "as the system", "light": "light", "dark": "dark"}
_SIDES = {"right": "on the right", "left": "on the left"}


class SettingsDialog(QDialog):
    """Everything takes effect at once; ``themeChosen(mode)`` is for the window, which keeps the menu in step."""

    themeChosen = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(440)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)  # as high as what it shows
        title = QLabel("Settings")
        title.setFont(font("title"))
        layout.addWidget(title)
        form = FormGrid()
        self.theme = _combo(_THEMES, settings.theme)
        self.text_size = _combo({str(size): f"{size} %" for size in TEXT_SIZES}, str(settings.text_size))
        self.value_side = _combo(_SIDES, settings.value_side)
        form.add_field("Theme", self.theme)
        form.add_field("Size of text", self.text_size)
        form.add_field("Value stands", self.value_side, "On the tilt pad and in every style box.")
        form.setColumnStretch(1, 1)
        layout.addLayout(form)
        self.remember = QCheckBox("Remember files opened lately")
        self.remember.setChecked(settings.remember_files)
        layout.addWidget(self.remember)
        self.forget = QPushButton("Forget them now")
        self.forget.setEnabled(bool(settings.recent_files))
        layout.addWidget(self.forget, 0, Qt.AlignmentFlag.AlignLeft)
        note = QLabel(
            "Paths of files are kept on this computer only, in the program's settings. Names, accounts and amounts "
            "are never kept there.",
            wordWrap=True,
        )
        note.setFont(font("small"))
        note.setProperty("muted", True)
        layout.addWidget(note)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.theme.activated.connect(lambda _: self.themeChosen.emit(str(self.theme.currentData())))
        self.text_size.activated.connect(self._on_text_size)
        self.value_side.activated.connect(self._on_side)
        self.remember.clicked.connect(self._on_remember)
        self.forget.clicked.connect(self._on_forget)

    @Slot()
    def _on_text_size(self) -> None:
        self._settings.text_size = int(self.text_size.currentData())
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        set_text_size(app, self._settings.text_size / 100)

    @Slot()
    def _on_side(self) -> None:
        self._settings.value_side = self.value_side.currentData()
        set_value_side(self._settings.value_side)

    @Slot(bool)
    def _on_remember(self, on: bool) -> None:
        self._settings.remember_files = on
        if not on:
            self._on_forget()

    @Slot()
    def _on_forget(self) -> None:
        self._settings.recent_files = ()
        self.forget.setEnabled(False)


def _combo(choices: dict[str, str], current: str) -> QComboBox:
    box = QComboBox()
    for key, words in choices.items():
        box.addItem(words, key)
    box.setCurrentIndex(box.findData(current))
    return box
