"""From the final plan to an Excel workbook on disk, written beside the window."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from core.household import Severity
from core.rebalance.proposal import Proposal
from desktop.checks import checks
from desktop.settings import Settings
from desktop.workbench import Workbench


class ExportFlow(QObject):
    """Asks where to, writes, says where it is."""

    def __init__(self, bench: Workbench, settings: Settings, window: QWidget, today: Callable[[], date]) -> None:
        super().__init__(window)
        self._bench = bench
        self._settings = settings
        self._window = window
        self._today = today

    def suggested_name(self) -> str:
        """A file name from the household's name and date, safe on every system."""
        household = self._bench.document.household
        name = re.sub(r"[^\w-]+", " ", household.name).strip() or "Household"
        return f"{name} trades {household.as_of.isoformat()}.xlsx"

    def choose(self) -> None:
        """Ask for the file's name."""
        if self._bench.proposal is None:
            self._bench.say(Severity.WARNING, "There is no final plan yet; wait until the estimate has become final.")
            return
        if not self._may_leave(self._bench.proposal):
            return
        dialog = QFileDialog(
            self._window,
            "Export to Excel",
            str(self._settings.last_folder / self.suggested_name()),
            "Excel workbook (*.xlsx)",
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(lambda name: self.write(Path(name)))
        dialog.open()

    def _may_leave(self, proposal: Proposal) -> bool:
        """Whether nothing found stands in the way; says what does."""
        errors = [
            finding.message
            for finding in checks(self._bench.document, proposal, self._today())
            if finding.severity is Severity.ERROR
        ]
        if errors:
            more = f" ({len(errors) - 1} more on the Trades page)" if len(errors) > 1 else ""
            self._bench.say(Severity.ERROR, f"Not exported. {errors[0]}{more}")
        return not errors

    def write(self, path: Path) -> None:
        """Write the plan that is final now; what is edited meanwhile doesn't change the file."""
        proposal = self._bench.proposal
        if proposal is None:
            self._bench.say(Severity.WARNING, "The plan has changed; wait until it is final, then export again.")
            return
        if not self._may_leave(proposal):
            return
        self._settings.last_folder = path.parent
        document, exposures = self._bench.document, dict(self._bench.exposures)

        def work() -> Path:
            from core.export.workbook import write_workbook

            # The file dialog has asked before a file is replaced.
            write_workbook(proposal, document.household, exposures, document.target, path, overwrite=True)
            return path

        self._bench.tasks.run("export", f"Writing {path.name}…", work, self._written, self._failed)

    def _written(self, path: Path) -> None:
        self._bench.say(
            Severity.INFO,
            f"Saved {path.name} in {path.parent}.",
            "Open it",
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
        )

    def _failed(self, words: str) -> None:
        if words:
            self._bench.say(Severity.ERROR, f"Nothing was exported. {words}")
