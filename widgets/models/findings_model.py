"""Findings as a table: how serious, what, where; those that say the same of several places are one row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Qt

from core.findings import FindingGroup, grouped
from core.household import Finding, Household, Severity
from widgets.labels import severity_label
from widgets.models.flat_table import FlatTableModel
from widgets.models.tree import KEY_ROLE, LEFT, OBJECT_ROLE, SORT_ROLE, Column, Index

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_ICONS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}

_COLUMNS = (
    Column("severity", "Severity"),
    Column("message", "What was found"),
    Column("where", "Where"),
)


class FindingsModel(FlatTableModel):
    """Findings, the most serious first, else in the order given."""

    columns = _COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FindingGroup] = []

    def set_findings(self, findings: Iterable[Finding], household: Household | None = None) -> None:
        """Show findings; accounts of ``household`` by their names."""
        self.beginResetModel()
        self._rows = sorted(grouped(findings, household), key=lambda row: _RANK[row.severity])
        self.endResetModel()

    def rows(self) -> tuple[FindingGroup, ...]:
        """The rows in the order shown."""
        return tuple(self._rows)

    def findings(self) -> tuple[Finding, ...]:
        """The findings in the order shown, one by one."""
        return tuple(finding for row in self._rows for finding in row.findings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Display text, icon and colour by severity, the (first) finding itself (OBJECT_ROLE)."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        finding = row.findings[0]
        key = _COLUMNS[index.column()].key
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, key)
        if role == Qt.ItemDataRole.ToolTipRole:
            where = "\n".join(dict.fromkeys(each.where for each in row.findings))
            return f"{row.message}\n{where}\n({finding.code})"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_COLUMNS[index.column()].title}: {self._text(row, key)}"
        if role == Qt.ItemDataRole.DecorationRole and key == "severity":
            from widgets.theme import icon

            return icon(_ICONS[finding.severity], finding.severity.value)
        if role == Qt.ItemDataRole.ForegroundRole:
            from widgets.theme import tokens

            if key == "severity":
                return getattr(tokens(), finding.severity.value)
            return tokens().text_muted if key == "where" else None
        if role == SORT_ROLE:
            return _RANK[finding.severity] if key == "severity" else self._text(row, key)
        if role == KEY_ROLE:
            return ("finding", finding.code, finding.where)
        return finding if role == OBJECT_ROLE else None

    def _text(self, row: FindingGroup, key: str) -> str:
        if key == "severity":
            return severity_label(row.severity)
        if key == "message":
            return row.message
        return row.place  # of a path its last part; the tooltip has it whole
