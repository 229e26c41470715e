"""Whose name and picture stand on the client report."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.export.report import Letterhead
from widgets.forms import FormGrid
from widgets.theme import S, font


class ReportDialog(QDialog):
    """``chosen(Letterhead)`` when the user goes on."""

    chosen = Signal(object)

    def __init__(self, letterhead: Letterhead, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Client report")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        title = QLabel("Client report")
        title.setFont(font("title"))
        words = QLabel(
            "A PDF of a few pages: the household today, what is asked for, every trade with its reason, and what it "
            "comes to. Your name and logo stand at the head of each page.",
            wordWrap=True,
        )
        words.setProperty("muted", True)
        layout.addWidget(title)
        layout.addWidget(words)
        form = FormGrid()
        form.setColumnStretch(0, 0)
        form.setColumnStretch(1, 1)
        self.adviser = QLineEdit(letterhead.adviser, placeholderText="Your name and firm")
        self.adviser.setAccessibleName("Your name and firm")
        form.add_field("&Name", self.adviser)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        self.logo = QLineEdit(str(letterhead.logo or ""), placeholderText="None")
        self.logo.setAccessibleName("Logo")
        choose = QPushButton("Choose…")
        choose.setAccessibleName("Choose a logo")
        choose.clicked.connect(self._on_choose)
        row.addWidget(self.logo, 1)
        row.addWidget(choose)
        form.add_field("&Logo", holder).setBuddy(self.logo)
        layout.addLayout(form)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go = QPushButton("Choose where to save…")
        go.setProperty("primary", True)
        buttons.addButton(go, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def letterhead(self) -> Letterhead:
        """What is filled in."""
        logo = self.logo.text().strip()
        return Letterhead(self.adviser.text().strip(), Path(logo) if logo else None)

    @Slot()
    def _on_choose(self) -> None:
        dialog = QFileDialog(self, "Logo", str(Path(self.logo.text()).parent), "Pictures (*.png *.jpg *.jpeg)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.logo.setText)
        dialog.open()

    @Slot()
    def _on_accepted(self) -> None:
        self.chosen.emit(self.letterhead())
        self.accept()
