"""The F1 list of commands and the About box."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QMessageBox, QVBoxLayout, QWidget

from core import __version__
from desktop.actions import ACTIONS, MENUS, OTHER_KEYS, shortcut_text
from widgets.theme import S, font


class ShortcutsDialog(QDialog):
    """All commands with their shortcuts, by menu."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        grid = QGridLayout()
        grid.setHorizontalSpacing(S.xl)
        grid.setVerticalSpacing(S.xs)
        row = 0
        for menu, title in MENUS.items():
            rows = [(shortcut_text(spec), spec.tip) for spec in ACTIONS if spec.menu == menu and spec.shortcuts]
            row = _add_rows(grid, row, title.replace("&", ""), rows)
        _add_rows(grid, row, "In the pages", list(OTHER_KEYS))
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)


def _add_rows(grid: QGridLayout, row: int, title: str, rows: list[tuple[str, str]]) -> int:
    heading = QLabel(title)
    heading.setFont(font("heading"))
    heading.setContentsMargins(0, S.sm if row else 0, 0, 0)
    grid.addWidget(heading, row, 0, 1, 2)
    for keys, words in rows:
        row += 1
        label = QLabel(keys)
        label.setFont(font("strong"))
        grid.addWidget(label, row, 0)
        grid.addWidget(QLabel(words), row, 1)
    return row + 1


def show_about(parent: QWidget) -> None:
    """Version, purpose and licence."""
    box = QMessageBox(parent)
    box.setWindowTitle("About Trimtab")
    box.setText(f"Trimtab {__version__}")
    box.setInformativeText(
        "Tilts client portfolios toward small-cap and value stocks: household-wide, tax-lot aware, explained.\n\n"
        "Free software under the Apache License 2.0. A tool for advisers, not investment advice; check every trade "
        "before you place it."
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
