"""The preview of an import: what was read, whether it ties, what to know - before anything is opened."""

from __future__ import annotations

import attrs
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.household import Household
from core.importing.compare import Difference
from desktop.difference_panel import DifferencePanel
from desktop.import_tables import FilesTable, accounts_table
from widgets.control_totals import ControlTotalsTable
from widgets.findings_panel import FindingsPanel
from widgets.numbers import date_text, money, plural
from widgets.theme import S, font, set_mark

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ImportDialog(QDialog):
    """``opened(household)`` when the user takes it; ``addRequested`` to read it together with the open files.

    ``columnsRequested(path)`` to name the columns of a file; the dialog stays until they are decided. ``difference``
    against the household ``before`` is shown where there is one.
    """

    opened = Signal(object)
    addRequested = Signal()
    columnsRequested = Signal(str)

    def __init__(
        self,
        household: Household,
        open_files: int,
        parent: QWidget | None = None,
        *,
        difference: Difference | None = None,
        before: Household | None = None,
    ) -> None:
        super().__init__(parent)
        self.household = household
        self._difference = difference
        self._before = before
        self.setWindowTitle("Import")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = self.screen().availableGeometry().height()
        self.resize(920, max(560, min(820, room - 120)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(S.xs)
        self.name = QLineEdit(household.name)
        self.name.setFont(font("title"))
        self.name.setAccessibleName("Name of the household")
        self.name.setToolTip("How the household is called on screen and in the workbook")
        words.addWidget(self.name)
        counts = (
            plural(len(household.accounts), "account"),
            plural(len(household.securities), "security", "securities"),
            plural(len(household.lots), "lot"),
        )
        facts = QLabel(f"{', '.join(counts)}, as of {date_text(household.as_of)}")
        facts.setProperty("muted", True)
        words.addWidget(facts)
        head.addLayout(words, 1)
        value = QLabel(money(household.value, cents=True))
        value.setFont(font("title"))
        value.setAccessibleName(f"Household value {value.text()}")
        value.setMinimumHeight(self.name.sizeHint().height())  # in one line with the name
        head.addWidget(value, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addWidget(self._body(), 1)
        layout.addWidget(self._buttons(open_files))
        self.default_button.setDefault(True)  # only now it has a dialog to be the default of

    def _body(self) -> QScrollArea:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, S.sm, 0)
        column.setSpacing(S.sm)
        household = self.household
        self.findings = FindingsPanel()
        self.findings.set_findings(household.findings, household)
        if household.findings:
            self.findings.setMinimumHeight(min(190, 90 + 34 * self.findings.count()))
            column.addWidget(_heading("What to know"))
            column.addWidget(self.findings)
        if self._difference is not None and self._before is not None:
            column.addWidget(_heading("What changes against the open household"))
            self.difference = DifferencePanel(self._difference, self._before, household)
            column.addWidget(self.difference)
        column.addWidget(_heading("Accounts"))
        column.addWidget(accounts_table(household))
        head = QHBoxLayout()
        head.addWidget(_heading("Files"), 1)
        column.addLayout(head)
        self.files = FilesTable(household.files, household.findings)
        column.addWidget(self.files)
        self.columns = QPushButton("Name the columns…")
        self.columns.setToolTip("Say yourself what the columns of the chosen file mean; remembered for its headings")
        self.columns.clicked.connect(self._on_columns)
        self.columns.setAutoDefault(False)  # Enter opens the household
        self.columns.setVisible(self.files.topLevelItemCount() > 0)
        head.addWidget(self.columns)
        self.notice = QLabel(wordWrap=True)
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        set_mark(self.notice, "error")
        self.notice.hide()
        column.addWidget(self.notice)
        totals = ControlTotalsTable()
        totals.set_files(household.files)
        column.addWidget(_heading("Totals stated in the files"))
        column.addWidget(totals)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName("What was read")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(body)
        return scroll

    def _buttons(self, open_files: int) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        cancel = buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setAutoDefault(False)
        self.accept_button = QPushButton("Open household")
        self.default_button = self.accept_button
        buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        if open_files:
            add = QPushButton(f"Add to the {plural(open_files, 'open file')}")
            add.setToolTip("Read these files together with those that are open, as one household")
            if self._difference is not None and self._difference.accounts_gone:
                self.default_button = add  # next month's file of one account of several
            buttons.addButton(add, QDialogButtonBox.ButtonRole.ActionRole)
            add.clicked.connect(self._on_add)
            for button in (add, self.accept_button):
                button.setAutoDefault(button is self.default_button)
        self.default_button.setProperty("primary", True)
        buttons.accepted.connect(self._on_open)
        buttons.rejected.connect(self.reject)
        return buttons

    @Slot()
    def _on_open(self) -> None:
        name = self.name.text().strip()
        self.opened.emit(attrs.evolve(self.household, name=name) if name else self.household)
        self.accept()

    @Slot()
    def _on_columns(self) -> None:
        item = self.files.currentItem() or self.files.topLevelItem(0)
        while item is not None and item.parent() is not None:
            item = item.parent()
        if item is not None:
            self.say("")
            self.columnsRequested.emit(item.toolTip(0))

    def say(self, words: str) -> None:
        """Say why the columns of a file cannot be named; empty: nothing."""
        self.notice.setText(words)
        self.notice.setVisible(bool(words))

    @Slot()
    def _on_add(self) -> None:
        self.addRequested.emit()
        self.reject()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font("heading"))
    return label
