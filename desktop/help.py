"""The F1 list of commands and the About box."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import core
from desktop.actions import ACTIONS, MENUS, OTHER_KEYS, shortcut_text
from widgets.theme import S, font
from widgets.theme.icons import program_picture


class ShortcutsDialog(QDialog):
    """All commands with their shortcuts, by menu."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, S.md, 0)
        grid.setHorizontalSpacing(S.xl)
        grid.setVerticalSpacing(S.xs)
        row = 0
        for menu, title in MENUS.items():
            rows = [(shortcut_text(spec), spec.tip) for spec in ACTIONS if spec.menu == menu and spec.shortcuts]
            row = _add_rows(grid, row, title.replace("&", ""), rows)
        _add_rows(grid, row, "In the pages", list(OTHER_KEYS))
        grid.setColumnStretch(1, 1)
        scroll = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.setAccessibleName("Keyboard shortcuts")
        layout.addWidget(scroll, 1)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        whole = inside.sizeHint()
        room = self.screen().availableGeometry().height() * 7 // 8
        self.resize(whole.width() + 2 * S.xl + 2 * S.md, min(whole.height() + buttons.sizeHint().height() + 72, room))


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
    box.setIconPixmap(program_picture(56, parent.devicePixelRatioF()))
    box.setText(f"<b>Trimtab {core.__version__}</b>")
    box.setInformativeText(
        "Tilts client portfolios toward small-cap and value stocks: household-wide, tax-lot aware, explained.\n\n"
        "Free software under the Apache License 2.0. A tool for advisers, not investment advice; check every trade "
        "before you place it."
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
