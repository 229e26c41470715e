"""Findings as a short list with marks, for narrow places; the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.household import Finding, Severity
from widgets.labels import severity_label
from widgets.message_bar import SEVERITY_ICONS
from widgets.theme import icon, theme_events

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class _MarkAtTop(QStyledItemDelegate):
    """The mark stands beside the first line of a text, not in the middle of it."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if option.rect.height() > 2.8 * option.fontMetrics.height():  # several lines
            option.decorationAlignment = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            option.displayAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class ChecksList(QListWidget):
    """One wrapped line a finding: where, and what it is."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()
        self._passed: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setItemDelegate(_MarkAtTop(self))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setStyleSheet("QListWidget { background: transparent; border: 0; } QListWidget::item { padding: 4px 0; }")
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme_events().themeChanged.connect(self._fill)

    def set_findings(self, findings: Iterable[Finding]) -> None:
        """Show findings, the most serious first."""
        self._findings = tuple(sorted(findings, key=lambda finding: _RANK[finding.severity]))
        self._fill()

    def set_passed(self, sentences: Iterable[str]) -> None:
        """Show below the findings what was checked and found good."""
        self._passed = tuple(sentences)
        self._fill()

    def findings(self) -> tuple[Finding, ...]:
        """What is shown, in order."""
        return self._findings

    def count_of(self, severity: Severity) -> int:
        """How many there are of a severity."""
        return sum(finding.severity is severity for finding in self._findings)

    @Slot()
    def _fill(self) -> None:
        self.clear()
        for finding in self._findings:
            text = _words(finding)
            item = QListWidgetItem(icon(SEVERITY_ICONS[finding.severity], finding.severity.value), text)
            item.setToolTip(f"{severity_label(finding.severity)}: {text}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{severity_label(finding.severity)}: {text}")
            item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.addItem(item)
        for text in self._passed:
            item = QListWidgetItem(icon("check", "ok"), text)
            item.setToolTip(f"Passed: {text}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"Passed: {text}")
            item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.addItem(item)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy what is selected, or all."""
        if event.matches(QKeySequence.StandardKey.Copy):
            items = self.selectedItems() or [self.item(row) for row in range(self.count())]
            QApplication.clipboard().setText("\n".join(item.toolTip() for item in items))
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Wrap anew with another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()

    def minimumSizeHint(self) -> QSize:
        """A few lines."""
        return QSize(160, 48)


def _words(finding: Finding) -> str:
    """Where and what; of a file its name alone, and nothing twice."""
    where = PurePath(finding.where).name
    message = finding.message.removeprefix(f"{finding.where}: ")
    return message if not where or message.casefold().startswith(where.casefold()) else f"{where}: {message}"
