"""Everything the user should know of what was read: severity, message, place; copied as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.household import Finding, Household, Severity
from widgets.copy_table import copy_rows
from widgets.models.findings_model import FindingsModel
from widgets.models.tree import OBJECT_ROLE, Index
from widgets.numbers import plural
from widgets.painted import line_height
from widgets.theme import S, set_icon, text_width

_SIDES: Final = 20  # around the text of a cell: padding of the style sheet and margin of the style
_AIR: Final = 14
_ENDLESS: Final = 100_000


class _Table(QTableView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_rows(self)
        else:
            super().keyPressEvent(event)


class _Roomy(QStyledItemDelegate):
    """Wrapped text whole, with some air above and below.

    The style measures the lines without the padding that the style sheet gives a cell, and so loses the last one.
    """

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        column = self._view.columnWidth(index.column())
        room = QRect(0, 0, max(1, column - _SIDES), _ENDLESS)
        text = str(index.data() or "")
        lines = option.fontMetrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
        return QSize(column, max(option.fontMetrics.height(), lines.height()) + _AIR)


class FindingsPanel(QWidget):
    """``findingActivated(Finding)`` by double click or Enter."""

    findingActivated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FindingsModel(self)
        self.view = _Table()
        self.view.setAccessibleName("Findings")
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Roomy(self.view))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setShowGrid(False)
        self.view.setWordWrap(True)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of files differ at their ends
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # Queued: the signal comes while the columns still have their former widths.
        header.sectionResized.connect(self.view.resizeRowsToContents, Qt.ConnectionType.QueuedConnection)
        self.view.setColumnWidth(0, round(text_width("Warning", "strong")) + 58)
        self.view.setColumnWidth(2, round(text_width("0") * 24))
        self.view.activated.connect(self._on_activated)
        self._words = QLabel()
        self._copy = QToolButton(autoRaise=True)
        self._copy.setProperty("quiet", True)
        self._copy.setProperty("tool", True)
        self._copy.setAccessibleName("Copy findings as table")
        self._copy.setToolTip("Copy the selected findings, or all (Ctrl+C)")
        set_icon(self._copy, "copy", "text_muted")
        self._copy.clicked.connect(self._on_copy)
        line = QHBoxLayout()
        line.addWidget(self._words, 1)
        line.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S.xs)
        layout.addLayout(line)
        layout.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self.set_findings(())

    def set_findings(self, findings: Iterable[Finding], household: Household | None = None) -> None:
        """Show findings, the most serious first; accounts of ``household`` by their names."""
        self.model.set_findings(findings, household)
        self.view.resizeRowsToContents()
        some = bool(self.count())
        self.view.setVisible(some)
        self._copy.setVisible(some)
        self._words.setText(self.summary())
        self.setAccessibleName(f"Findings: {self.summary()}")

    def count(self, severity: Severity | None = None) -> int:
        """How many rows there are, of a severity or in all; what is said of several places at once is one."""
        return sum(severity in (None, row.severity) for row in self.model.rows())

    def summary(self) -> str:
        """For example "1 error, 3 warnings"; "Nothing to report" where there is nothing."""
        words = (("error", Severity.ERROR), ("warning", Severity.WARNING), ("note", Severity.INFO))
        parts = [plural(self.count(severity), word) for word, severity in words if self.count(severity)]
        return ", ".join(parts) or "Nothing to report"

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.findingActivated.emit(index.data(OBJECT_ROLE))

    @Slot()
    def _on_copy(self) -> None:
        copy_rows(self.view)

    def sizeHint(self) -> QSize:
        """Room for a few findings."""
        return QSize(520, round(line_height() * 11))
