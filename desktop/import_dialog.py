"""The preview of an import: what was read, whether it ties, what to know - before anything is opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.household import Household
from widgets.control_totals import ControlTotalsTable
from widgets.findings_panel import FindingsPanel
from widgets.labels import kind_label
from widgets.numbers import date_text, money, number, plural
from widgets.theme import S, font

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ImportDialog(QDialog):
    """``opened`` when the user takes the household, ``addRequested`` to read it together with the open files."""

    opened = Signal()
    addRequested = Signal()

    def __init__(self, household: Household, open_files: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.household = household
        self.setWindowTitle("Import")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 640)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        title = QLabel(household.name)
        title.setFont(font("title"))
        words.addWidget(title)
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
        value.setAccessibleName("Household value")
        head.addWidget(value)
        layout.addLayout(head)
        layout.addWidget(self._body(), 1)
        layout.addWidget(self._buttons(open_files))

    def _body(self) -> QScrollArea:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, S.sm, 0)
        column.setSpacing(S.sm)
        household = self.household
        self.findings = FindingsPanel()
        self.findings.set_findings(household.findings)
        if household.findings:
            column.addWidget(_heading("What to know"))
            column.addWidget(self.findings)
        column.addWidget(_heading("Accounts"))
        column.addWidget(_accounts(household))
        column.addWidget(_heading("Files"))
        column.addWidget(_files(household))
        totals = ControlTotalsTable()
        totals.set_files(household.files)
        column.addWidget(_heading("Totals stated in the files"))
        column.addWidget(totals)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(body)
        return scroll

    def _buttons(self, open_files: int) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        accept = QPushButton("Open household")
        accept.setProperty("primary", True)
        accept.setDefault(True)
        buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        if open_files:
            add = QPushButton(f"Add to the {plural(open_files, 'open file')}")
            add.setToolTip("Read these files together with those that are open, as one household")
            buttons.addButton(add, QDialogButtonBox.ButtonRole.ActionRole)
            add.clicked.connect(self._on_add)
        buttons.accepted.connect(self._on_open)
        buttons.rejected.connect(self.reject)
        return buttons

    @Slot()
    def _on_open(self) -> None:
        self.opened.emit()
        self.accept()

    @Slot()
    def _on_add(self) -> None:
        self.addRequested.emit()
        self.reject()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font("heading"))
    return label


def _table(headings: tuple[str, ...], figures: tuple[int, ...], rows: list[tuple[str, ...]]) -> QTreeWidget:
    table = QTreeWidget()
    table.setHeaderLabels(headings)
    table.setRootIsDecorated(False)
    table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setUniformRowHeights(True)
    for row in rows:
        item = QTreeWidgetItem(table, row)
        for column in figures:
            item.setTextAlignment(column, _RIGHT)
    for column in range(len(headings)):
        table.resizeColumnToContents(column)
        if column in figures:
            table.headerItem().setTextAlignment(column, _RIGHT)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    row_height = table.sizeHintForRow(0) if rows else 24
    table.setFixedHeight(table.header().sizeHint().height() + row_height * max(1, len(rows)) + 6)
    return table


def _accounts(household: Household) -> QTreeWidget:
    return _table(
        ("Account", "Kind", "Custodian", "Cash", "Value"),
        (3, 4),
        [
            (
                account.name or account.id,
                kind_label(account.kind) + (" (guess)" if account.kind_source == "guess" else ""),
                account.custodian or "not stated",
                money(account.cash + account.pending, cents=True),
                money(account.market_value, cents=True),
            )
            for account in household.accounts
        ],
    )


def _files(household: Household) -> QTreeWidget:
    return _table(
        ("File", "Layout", "As of", "Rows", "Used", "Passed over"),
        (3, 4, 5),
        [
            (
                source.path.replace("\\", "/").rsplit("/", 1)[-1],
                source.layout,
                date_text(source.as_of),
                number(source.rows),
                number(source.used),
                number(len(source.skipped)),
            )
            for source in household.files
        ],
    )
