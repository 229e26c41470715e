"""Passphrases: asked for, or chosen for a new book."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.book.keys import SHORTEST_PASSPHRASE
from widgets.forms import FormGrid
from widgets.theme import S, font


class BookDialog(QDialog):
    """Title, words, fields, a line for what is wrong; nothing typed here is kept anywhere."""

    def __init__(self, title: str, words: str, accept: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._working = False
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        head = QLabel(title)
        head.setFont(font("title"))
        layout.addWidget(head)
        text = QLabel(words, wordWrap=True)
        text.setProperty("muted", True)
        layout.addWidget(text)
        self.form = FormGrid()
        self.form.setColumnStretch(0, 0)
        self.form.setColumnStretch(1, 1)
        layout.addLayout(self.form)
        self.trouble = QLabel(wordWrap=True)
        self.trouble.setProperty("trouble", True)
        self.trouble.hide()
        self._layout = layout
        layout.addWidget(self.trouble)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(accept)
        self.ok.setProperty("primary", True)
        self._buttons.rejected.connect(self.reject)
        layout.addWidget(self._buttons)

    def set_working(self, working: bool) -> None:
        """While what was asked for is done, nothing can be pressed and the dialog stays."""
        self._working = working
        self._buttons.setEnabled(not working)

    def reject(self) -> None:
        """Close, unless something is being done."""
        if not self._working:
            super().reject()

    def say(self, words: str) -> None:
        """Words about what was wrong, above the buttons."""
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))
        self.layout().activate()
        self.resize(self.width(), max(self.height(), self.layout().totalHeightForWidth(self.width())))


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setAccessibleName(name)
    return field


class UnlockDialog(BookDialog):
    """Asks for a book's passphrase. ``given(str, bool)``: the passphrase, and whether this machine may keep the key."""

    given = Signal(str, bool)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(f"Open {path.name}", "This machine holds no key for the book.", "Open", parent)
        self.passphrase = _field("Passphrase")
        self.form.add_field("Passphrase", self.passphrase)
        self.keep = QCheckBox("Keep the key in this machine's key store")
        self.keep.setChecked(True)
        self._layout.insertWidget(3, self.keep)
        self._buttons.accepted.connect(self._on_accept)
        self.passphrase.setFocus()

    @Slot()
    def _on_accept(self) -> None:
        self.given.emit(self.passphrase.text(), self.keep.isChecked())


_CHOOSING = (
    "A forgotten passphrase cannot be recovered by anybody: what is in the book is then lost. At least "
    f"{SHORTEST_PASSPHRASE} characters; four words that have nothing to do with each other are good."
)


class ChooseDialog(BookDialog):
    """Chooses a passphrase, typed twice. ``given(str, bool)`` as of UnlockDialog."""

    given = Signal(str, bool)

    def __init__(self, title: str, words: str, accept: str, parent: QWidget | None = None) -> None:
        super().__init__(title, f"{words} {_CHOOSING}", accept, parent)
        self.passphrase = _field("Passphrase")
        self.again = _field("The same again")
        self.form.add_field("Passphrase", self.passphrase)
        self.form.add_field("The same again", self.again)
        self.keep = QCheckBox("Keep the key in this machine's key store, so that it opens without asking")
        self.keep.setChecked(True)
        self._layout.insertWidget(3, self.keep)
        self._buttons.accepted.connect(self._on_accept)
        self.passphrase.setFocus()

    @Slot()
    def _on_accept(self) -> None:
        if len(self.passphrase.text()) < SHORTEST_PASSPHRASE:
            self.say(f"At least {SHORTEST_PASSPHRASE} characters are needed.")
        elif self.passphrase.text() != self.again.text():
            self.say("The two differ. Type the same in both fields.")
        else:
            self.given.emit(self.passphrase.text(), self.keep.isChecked())


class NewBookDialog(ChooseDialog):
    """Chooses a new book's passphrase."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(f"New book {path.name}", "Everything in the book is encrypted.", "Create", parent)


class NewPassphraseDialog(ChooseDialog):
    """Chooses another passphrase for a book that is there."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        words = (
            "The whole book is encrypted anew and checked before it takes the old one's place. Backups made before "
            "keep the old passphrase."
        )
        super().__init__(f"Passphrase of {path.name}", words, "Change", parent)
