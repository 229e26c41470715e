"""The control totals of the files read, each with a tick or the difference."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.household import SourceFile
from widgets.copy_table import copy_rows
from widgets.models.control_totals_model import ControlTotalsModel
from widgets.numbers import plural
from widgets.painted import line_height
from widgets.theme import text_width


class ControlTotalsTable(QTableView):
    """A table that is as high as its rows, up to eight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.totals = ControlTotalsModel(self)
        self.setModel(self.totals)
        self.setAccessibleName("Control totals")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(line_height() * 1.75))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for column, characters in ((0, 15), (3, 15), (4, 15), (5, 14)):
            self.setColumnWidth(column, round(text_width("0") * characters))
        for column in (1, 2):  # the file and what the total is of
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # exports of one broker differ at their ends

    def set_files(self, files: Iterable[SourceFile]) -> None:
        """Show the totals of the files."""
        self.totals.set_files(files)
        self.setAccessibleDescription(self.summary())
        self.updateGeometry()

    def all_tie(self) -> bool:
        """Whether every stated total was met to the cent."""
        return self.totals.all_tie()

    def summary(self) -> str:
        """One line: do the totals tie?"""
        stated = self.totals.stated()
        if not stated:
            return "The files state no totals to check against"
        if self.all_tie():
            return (
                f"All {stated} control totals tie to the cent" if stated > 1 else "The control total ties to the cent"
            )
        return f"Of {plural(stated, 'control total')} not all tie: look at the differences"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy rows as a table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_rows(self)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """All rows, up to eight."""
        rows = max(2, min(8, self.totals.rowCount()))
        height = self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize() + 4
        return QSize(640, height)

    def minimumSizeHint(self) -> QSize:
        """Two rows."""
        height = self.horizontalHeader().sizeHint().height() + 2 * self.verticalHeader().defaultSectionSize() + 4
        return QSize(360, height)

    def viewportSizeHint(self) -> QSize:
        """As sizeHint; the scroll bars come only past eight rows."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        return self.sizeHint()
