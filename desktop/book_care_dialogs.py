"""Dialogs of looking after a book: another name, taking out, verifying, what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.book.care import LONGEST_NAME
from core.book.chain import RecordKind, Verification
from core.book.records import GONE, Line
from desktop.book_dialogs import BookDialog
from widgets.numbers import date_text, number, plural
from widgets.theme import S, font

_HASH_DIGITS = 64
_KINDS = {
    RecordKind.IMPORT: "Import",
    RecordKind.PROPOSAL: "Plan",
    RecordKind.APPROVAL: "Approval",
    RecordKind.RETENTION: "Let go",
}


class NameDialog(BookDialog):
    """Asks for a household's new name. ``named(str)``."""

    named = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("Rename household", "Its plans and records stay as they are.", "Rename", parent)
        self.name = QLineEdit(name)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName("Name")
        self.name.selectAll()
        self.form.add_field("Name", self.name)
        self.name.textChanged.connect(lambda text: self.ok.setEnabled(bool(text.strip())))
        self._buttons.accepted.connect(lambda: self.named.emit(self.name.text()))
        self.name.setFocus()


class RemoveDialog(BookDialog):
    """Says plainly what goes and what stays. ``accepted`` where it shall be."""

    def __init__(self, names: Sequence[str], records: int, years: int, parent: QWidget | None = None) -> None:
        title = f"Remove {names[0]}?" if len(names) == 1 else f"Remove {number(len(names))} households?"
        words = removal_words(names, records, years)
        super().__init__(title, words, "Remove", parent)
        self.ok.setProperty("primary", False)
        self.ok.style().unpolish(self.ok)
        self.ok.style().polish(self.ok)
        self.ok.setAutoDefault(False)
        cancel = self._buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setDefault(True)
        cancel.setFocus()
        self._buttons.accepted.connect(self.accept)


def removal_words(names: Sequence[str], records: int, years: int) -> str:
    """What goes, what stays and for how long."""
    one = len(names) == 1
    more = f" and {number(len(names) - 6)} more" if len(names) > 6 else ""
    listed = "" if one else f"{', '.join(names[:6])}{more}.\n\n"
    if records:
        kept = (
            f"{plural(records, 'kept record')} of imports and exported plans {'stays' if records == 1 else 'stay'} in "
            f"the book, as the law asks, for {plural(years, 'year')} after the year they are from."
        )
    else:
        kept = f"No import and no plan of {'it' if one else 'them'} was kept."
    return (
        f"{listed}{'Its holdings, target' if one else 'Their holdings, targets'} and every step go from the book, and "
        f"no undo brings them back; a backup made before still holds them.\n\n{kept}"
    )


class VerifyDialog(BookDialog):
    """What the check of pages and chain found. ``again(bytes)``: check with a hash that was noted earlier."""

    again = Signal(bytes)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        words = (
            "Every page of the file is sealed, and every record carries the hash of the one before it. Note the newest "
            "hash outside the book now and then: with it, later changes show even to somebody who has the key."
        )
        super().__init__(f"Verify {path.name}", words, "Check again", parent)
        self.setMinimumWidth(620)
        self.verdict = QLabel("Checking every page…", wordWrap=True)
        self.verdict.setFont(font("strong"))
        self.counts = QLabel(wordWrap=True)
        self.counts.setProperty("muted", True)
        self._layout.insertWidget(2, self.verdict)
        self._layout.insertWidget(3, self.counts)
        self.head = QLineEdit(readOnly=True)
        self.head.setAccessibleName("Newest hash")
        copy = self.copy = QPushButton("Copy")
        copy.setToolTip("Copy the newest hash")
        copy.setEnabled(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.head.text()))
        row = QHBoxLayout()
        row.setSpacing(S.sm)
        row.addWidget(self.head, 1)
        row.addWidget(copy)
        holder = QWidget()
        row.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(row)
        self.form.add_field("Newest hash", holder)
        self.noted = QLineEdit(placeholderText="Not needed: a hash that you noted earlier")
        self.noted.setAccessibleName("Noted hash")
        self.form.add_field("Noted hash", self.noted)
        self.ok.setEnabled(False)
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("Close")
        self._buttons.accepted.connect(self._on_again)
        self.noted.setFocus()

    def show_found(self, found: Verification, faults: Sequence[str]) -> None:
        """The answer: page faults first, then those of the chain."""
        every = [*faults, *found.faults]
        self.verdict.setText(
            "Intact: nothing was changed, every page is sound."
            if not every
            else f"{plural(len(every), 'fault')} found."
        )
        gone = f", {number(found.erased)} past their time" if found.erased else ""
        self.counts.setText(f"{plural(found.records, 'record')}{gone}." if found.records else "No records yet.")
        self.head.setText(found.head.hex() if found.records else "")
        self.head.setPlaceholderText("" if found.records else "None yet")
        self.head.setCursorPosition(0)
        self.copy.setEnabled(found.records > 0)
        self.ok.setEnabled(True)
        more = [f"… and {number(len(every) - 8)} more"] if len(every) > 8 else []
        self.say("\n".join([*(fault[:1].upper() + fault[1:] + "." for fault in every[:8]), *more]))

    @Slot()
    def _on_again(self) -> None:
        text = self.noted.text().strip().lower()
        if text and (len(text) != _HASH_DIGITS or set(text) - set("0123456789abcdef")):
            self.say(f"A hash has {_HASH_DIGITS} digits, 0 to 9 and a to f.")
            return
        self.verdict.setText("Checking every page…")
        self.ok.setEnabled(False)
        self.say("")
        self.again.emit(bytes.fromhex(text))


class RecordsDialog(QDialog):
    """What is kept of a household or the book.

    wanted(int) : write this record's content to a file. remade(int) : make this plan again and compare.
    """

    wanted = Signal(int)
    remade = Signal(int)

    def __init__(self, title: str, lines: Sequence[Line], years: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(880, 520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        head = QLabel(title)
        head.setFont(font("title"))
        layout.addWidget(head)
        words = QLabel(
            "Imported files as they were and plans that left, each with all it was made from. Kept "
            f"{plural(years, 'year')} after the year they are from; nothing in here can be changed.",
            wordWrap=True,
        )
        words.setProperty("muted", True)
        layout.addWidget(words)
        self.table = QTreeWidget()
        self.table.setAccessibleName("Records")
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setHeaderLabels(["No.", "Day", "Kind", "Household", "Holds"])
        modes = QHeaderView.ResizeMode
        for column in range(5):
            self.table.header().setSectionResizeMode(column, modes.Stretch if column == 4 else modes.ResizeToContents)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.table.headerItem().setTextAlignment(0, right)
        for line in reversed(lines):
            record = line.record
            item = QTreeWidgetItem(
                self.table,
                [number(record.number), _day(record.at), _KINDS[record.kind], line.name or "Taken out", line.words],
            )
            if record.household == "":
                item.setText(3, "The whole book")
            item.setTextAlignment(0, right)
            item.setToolTip(4, f"{line.words}\nHash {record.hash.hex()}")
            item.setData(0, Qt.ItemDataRole.UserRole, line)
        self.table.currentItemChanged.connect(self._on_current)
        layout.addWidget(self.table, 1)
        self.said = QLabel("" if lines else "Nothing is kept yet.", wordWrap=True)
        layout.addWidget(self.said)
        buttons = QDialogButtonBox()
        self.save = QPushButton("Save a copy…")
        self.save.setToolTip("Write what the record holds: the imported file as it was, the plan as a workbook")
        self.save.clicked.connect(lambda: self.wanted.emit(self._number()))
        self.again = QPushButton("Make again")
        self.again.setToolTip("Make the plan again from what was kept with it, and compare")
        self.again.clicked.connect(lambda: self.remade.emit(self._number()))
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.again, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._on_current()
        if lines:
            self.table.setCurrentItem(self.table.topLevelItem(0))

    def say(self, words: str) -> None:
        """How saving or making again went."""
        self.said.setText(words)

    def _line(self) -> Line | None:
        item = self.table.currentItem()
        line: Line | None = None if item is None else item.data(0, Qt.ItemDataRole.UserRole)
        return line

    def _number(self) -> int:
        line = self._line()
        return 0 if line is None else line.record.number

    @Slot()
    def _on_current(self) -> None:
        line = self._line()
        there = line is not None and line.words != GONE
        self.save.setEnabled(there)
        self.again.setEnabled(there and line is not None and line.record.kind is RecordKind.PROPOSAL)


def _day(at: str) -> str:
    """The day of a record's time, as the user writes dates."""
    return date_text(date.fromisoformat(at[:10]))
