"""Saying what the columns of a table mean, beside what is read with them: for files that no layout knows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import attrs
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.errors import InputError
from core.importing.mapping import CHOICES, TableMapping, apply_mapping, guess_mapping, mapping_at
from core.importing.records import FileInfo, Reading, Record
from core.importing.sheets import Sheet, is_blank
from widgets.findings_panel import FindingsPanel
from widgets.numbers import UNKNOWN, date_text, money, percent, plural, price, quantity
from widgets.theme import S, font, set_mark

#: Rows that the preview reads: enough to see whether it is right, and quick.
_PREVIEW_ROWS = 200
_SHOWN = 40
_SAMPLES = 42
_PRICE_DIGITS = Decimal("0.0001")
_WIDEST = 200
_PAUSE_MS = 120
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORDS = {
    "account": "Account number",
    "account_name": "Account name",
    "account_type": "Account type",
    "symbol": "Symbol",
    "cusip": "CUSIP",
    "description": "Name",
    "type": "Security type",
    "quantity": "Quantity",
    "price": "Price",
    "value": "Market value",
    "cost": "Cost basis",
    "unit_cost": "Cost a share",
    "gain": "Gain or loss",
    "acquired": "Date acquired",
    "side": "Cash or margin",
    "as_of": "Date of the prices",
    "percent": "Share of the account",
    "term": "Short or long term",
    "currency": "Currency",
    "multiplier": "Multiplier",
}
_LACKS = {"symbol": "a symbol, CUSIP or name", "quantity": "a quantity or a market value"}
_COLUMNS = ("Account", "Symbol", "Name", "Quantity", "Price", "Value", "Cost basis", "Acquired")


class MappingDialog(QDialog):
    """``decided(TableMapping)`` when the columns are taken. Tab goes from column to column, Alt+Down opens a choice."""

    decided = Signal(object)

    def __init__(
        self, path: Path, sheets: Sequence[Sheet], mapping: TableMapping | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._sheets = tuple(sheets)
        self._sheet = self._sheets[0]
        self.reading: Reading | None = None
        self.choices: list[QComboBox] = []
        self._in_hand: tuple[int, TableMapping] | None = None  # the column being chosen for, and the mapping before
        self.setWindowTitle(f"Columns of {path.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1180, 680)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        title = QLabel(f"What do the columns of {path.name} mean?")
        title.setFont(font("title"))
        layout.addWidget(title)
        layout.addLayout(self._build_top())
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        self._area = QScrollArea()
        self._area.setAccessibleName("Columns of the file")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumWidth(490)
        splitter.addWidget(self._area)
        splitter.addWidget(self._build_preview())
        splitter.setSizes([480, 560])
        layout.addWidget(splitter, 1)
        layout.addWidget(self._build_buttons())
        # Only now it has a dialog to be the default of; being disabled at first, it would lose that to Cancel.
        self.accept_button.setDefault(True)
        self._delay = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._delay.timeout.connect(self.preview)
        self.mapping = mapping if mapping is not None else self._guess()
        self._show_columns()
        if self.choices:
            self.choices[0].setFocus()
        self.preview()

    def _guess(self) -> TableMapping:
        """The first sheet in which a table is seen, else the first row of the first."""
        for sheet in self._sheets:
            try:
                found = guess_mapping(sheet)
            except InputError:
                continue
            self._sheet = sheet
            return found
        first = next((k for k, row in enumerate(self._sheet.rows) if not is_blank(row)), 0)
        return mapping_at(self._sheet, first)

    # --- parts ----------------------------------------------------------------------------------------------------

    def _build_top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S.sm)
        self.sheet = QComboBox()
        for sheet in self._sheets:
            self.sheet.addItem(sheet.name or "the table")
        self.sheet.setAccessibleName("Sheet")
        self.sheet.setVisible(len(self._sheets) > 1)
        self.header = QSpinBox(minimum=1, maximum=max(1, min(len(self._sheet.rows), 500)))
        self.header.setAccessibleName("Row of the headings")
        self.header.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.account = QLineEdit()
        self.account.setPlaceholderText("as the file's name says")
        self.account.setAccessibleName("Account, where no column names it")
        self.custodian = QLineEdit()
        self.custodian.setPlaceholderText("not stated")
        self.custodian.setAccessibleName("Custodian")
        for words, field in (
            ("Headings in row", self.header),
            ("Account, where no column names it", self.account),
            ("Custodian", self.custodian),
        ):
            caption = QLabel(words)
            caption.setBuddy(field)
            row.addWidget(caption)
            row.addWidget(field)
        row.insertWidget(0, self.sheet)
        self.sheet.activated.connect(self._on_sheet)
        self.header.valueChanged.connect(self._on_header)
        self.account.textEdited.connect(self._on_named)
        self.custodian.textEdited.connect(self._on_named)
        return row

    def _build_preview(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(S.sm, 0, 0, 0)
        column.setSpacing(S.sm)
        self.summary = QLabel(wordWrap=True)
        self.summary.setFont(font("heading"))
        column.addWidget(self.summary)
        self.table = QTreeWidget()
        self.table.setAccessibleName("What is read")
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setHeaderLabels(list(_COLUMNS))
        for number in range(3, 8):
            self.table.headerItem().setTextAlignment(number, _RIGHT)
        column.addWidget(self.table, 3)
        self.findings = FindingsPanel()
        column.addWidget(self.findings, 2)
        return side

    def _build_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        self._cancel = buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self._cancel.setAutoDefault(False)
        self.accept_button = QPushButton("Read with these columns")
        self.accept_button.setProperty("primary", True)
        self.accept_button.setToolTip("Remembered: the next file with these headings is read the same way")
        buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        return buttons

    # --- columns --------------------------------------------------------------------------------------------------

    def _show_columns(self) -> None:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, S.lg, 0)
        grid.setHorizontalSpacing(S.sm)
        grid.setVerticalSpacing(S.xs)
        grid.setColumnStretch(0, 1)
        guessed = any(entry.key for entry in self.mapping.columns)
        for number, words in enumerate(("Column and its first cells", "Means", "Fit" if guessed else "")):
            label = QLabel(words)
            label.setFont(font("label"))
            label.setProperty("muted", True)
            grid.addWidget(label, 0, number)
        self.choices = []
        self._in_hand = None
        below = [row for row in self._sheet.rows[self.mapping.header + 1 :] if not is_blank(row)][:3]
        for place, entry in enumerate(self.mapping.columns):
            samples = [row[place].strip() for row in below if place < len(row) and row[place].strip()]
            caption = QLabel(f"{entry.heading or f'column {place + 1}'}\n{_short(' · '.join(samples)) or 'empty'}")
            caption.setTextFormat(Qt.TextFormat.PlainText)
            caption.setToolTip("\n".join(samples))
            choice = QComboBox()
            choice.addItem("not used", None)
            for key in CHOICES:
                choice.addItem(_WORDS.get(key, key.replace("_", " ").capitalize()), key)
            choice.setCurrentIndex(max(0, choice.findData(entry.key)))
            choice.setAccessibleName(f"Meaning of {entry.heading or f'column {place + 1}'}")
            choice.setAccessibleDescription(f"First cells: {', '.join(samples)}. {entry.reason}")
            choice.activated.connect(lambda _, at=place: self._on_choice(at))
            caption.setBuddy(choice)  # what a screen reader calls the choice
            sure = QLabel(percent(entry.confidence, 0) if entry.key else "")
            sure.setFont(font("small"))
            sure.setProperty("muted", True)
            sure.setToolTip(entry.reason)
            grid.addWidget(caption, place + 1, 0)
            grid.addWidget(choice, place + 1, 1)
            grid.addWidget(sure, place + 1, 2)
            self.choices.append(choice)
        grid.setRowStretch(len(self.mapping.columns) + 1, 1)
        self._area.setWidget(content)
        # From the top to the columns, then to what is read with them.
        order = [self.sheet, self.header, self.account, self.custodian, *self.choices, self.table, self.findings]
        for one, other in zip(order, [*order[1:], self.accept_button], strict=True):
            QWidget.setTabOrder(one, other)
        QWidget.setTabOrder(self.accept_button, self._cancel)
        self.header.blockSignals(True)
        self.header.setMaximum(max(1, min(len(self._sheet.rows), 500)))
        self.header.setValue(self.mapping.header + 1)
        self.header.blockSignals(False)

    def _on_choice(self, place: int) -> None:
        # Arrow keys pass over meanings that other columns have; these keep what only was passed over.
        if self._in_hand is None or self._in_hand[0] != place:
            self._in_hand = (place, self.mapping)
        self.mapping = self._in_hand[1].with_key(place, self.choices[place].currentData())
        for at, choice in enumerate(self.choices):  # a meaning goes to one column only
            choice.setCurrentIndex(max(0, choice.findData(self.mapping.columns[at].key)))
        self._delay.start()

    @Slot(int)
    def _on_sheet(self, number: int) -> None:
        self._sheet = self._sheets[number]
        try:
            self.mapping = guess_mapping(self._sheet)
        except InputError:
            self.mapping = mapping_at(self._sheet, 0)
        self._show_columns()
        self.preview()

    @Slot(int)
    def _on_header(self, row: int) -> None:
        self.mapping = mapping_at(self._sheet, row - 1)
        self._show_columns()
        self._delay.start()

    @Slot()
    def _on_named(self) -> None:
        account, custodian = self.account.text().strip(), self.custodian.text().strip()
        self.mapping = attrs.evolve(self.mapping, account=account, custodian=custodian)
        self._in_hand = None
        self._delay.start()

    # --- preview --------------------------------------------------------------------------------------------------

    @Slot()
    def preview(self) -> None:
        """Read the first rows as they would be read."""
        self._delay.stop()
        self.table.clear()
        self.reading = None
        self.findings.hide()
        missing = self.mapping.lacks()
        if missing:
            words = " and ".join(_LACKS[key] for key in missing)
            self._say(f"Choose the column that holds {words}.", ok=False)
            return
        top = self._sheet._replace(rows=self._sheet.rows[: self.mapping.header + 1 + _PREVIEW_ROWS])
        try:
            reading = apply_mapping(top, self.mapping, FileInfo(str(self._path), self._path.name, ""))
        except InputError as error:
            self._say(str(error), ok=False)
            return
        self.reading = reading
        told = [finding for finding in reading.findings if finding.code != "layout"]  # the columns stand beside it
        self.findings.set_findings(told)
        self.findings.setVisible(bool(told))
        rows = 0
        for account in reading.accounts.values():
            for record in (*account.positions, *account.lots):
                rows += 1
                if rows <= _SHOWN:
                    self._add(account.name or account.id, record, reading)
        for number in range(len(_COLUMNS)):
            self.table.resizeColumnToContents(number)
        self.table.setColumnWidth(2, min(_WIDEST, self.table.columnWidth(2)))
        cut = " of the first rows" if len(self._sheet.rows) > self.mapping.header + 1 + _PREVIEW_ROWS else ""
        accounts = plural(len(reading.accounts), "account")
        # The headings themselves are no row that anybody would miss.
        over = [skipped for skipped in reading.skipped if skipped.row > self.mapping.header + 1]
        left = f"; {plural(len(over), 'row')} passed over" if over else ""
        self._say(f"{plural(rows, 'holding')}{cut} in {accounts}{left}", ok=rows > 0)

    def _add(self, account: str, record: Record, reading: Reading) -> None:
        security = reading.securities.get(record.security)
        worth = None if security is None else security.price
        if worth is None and record.value is not None and record.quantity:  # as the reader does where no file has one
            worth = (record.value / record.quantity).quantize(_PRICE_DIGITS)
        cells = (
            account,
            (security.symbol if security else None) or record.security,
            security.name if security else "",
            quantity(record.quantity),
            UNKNOWN if worth is None else price(worth),
            money(record.value, cents=True),
            money(record.cost, cents=True),
            date_text(record.acquired),
        )
        item = QTreeWidgetItem(self.table, list(cells))
        for number in range(3, 8):
            item.setTextAlignment(number, _RIGHT)

    def _say(self, words: str, *, ok: bool) -> None:
        self.summary.setText(words)
        set_mark(self.summary, "error", not ok)
        self.accept_button.setEnabled(ok)

    @Slot()
    def _on_accepted(self) -> None:
        self.decided.emit(self.mapping)
        self.accept()


def _short(samples: str) -> str:
    """The first cells of a column, with an ellipsis where they are cut."""
    return samples if len(samples) <= _SAMPLES else f"{samples[: _SAMPLES - 1].rstrip()}…"
