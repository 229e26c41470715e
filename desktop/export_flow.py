"""From the final plan to files on disk, written beside the window: workbook, order files, client report."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from core.edits import Document
from core.errors import TrimtabError
from core.export.checks import Override
from core.export.orders.custodians import CustodianFormats, read_formats
from core.export.report import Letterhead
from core.household import Severity
from core.market.quote import MarketView
from core.rebalance.proposal import Proposal
from desktop.checks import checks, checkup_of
from desktop.release_dialog import ReleaseDialog
from desktop.report_dialog import ReportDialog
from desktop.settings import Settings
from desktop.tasks import Watch
from desktop.workbench import Departure, Workbench
from widgets.numbers import plural
from widgets.orientation import value_side


def market_view(document: Document) -> MarketView:
    """The market case that goes with the document's plan: on the household's day, or followed."""
    return MarketView(document.market, document.household.as_of, document.followed)


class ExportFlow(QObject):
    """Asks where to, writes, says where it is."""

    def __init__(self, bench: Workbench, settings: Settings, window: QWidget, today: Callable[[], date]) -> None:
        super().__init__(window)
        self._bench = bench
        self._settings = settings
        self._window = window
        self._today = today

    def suggested_name(self, what: str = "trades", suffix: str = "xlsx") -> str:
        """A file name from the household's name and date, safe on every system."""
        household = self._bench.document.household
        name = re.sub(r"[^\w-]+", " ", household.name).strip() or "Household"
        return f"{name} {what} {household.as_of.isoformat()}.{suffix}"

    def _plan(self) -> Proposal | None:
        """The final plan; says so where there is none."""
        proposal = self._bench.proposal
        if proposal is None:
            self._bench.say(Severity.WARNING, "There is no final plan yet; wait until the estimate has become final.")
        return proposal

    def _save_as(self, title: str, name: str, kinds: str, suffix: str, then: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._window, title, str(self._settings.last_folder / name), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialog.open()

    def _may_leave(self, proposal: Proposal) -> bool:
        """Whether nothing found stands in the way; says what does."""
        errors = [
            finding.message
            for finding in checks(self._bench.document, proposal, self._today(), self._bench.exposures)
            if finding.severity is Severity.ERROR
        ]
        if errors:
            more = f" ({len(errors) - 1} more on the Trades page)" if len(errors) > 1 else ""
            self._bench.say(Severity.ERROR, f"Not exported. {errors[0]}{more}")
        return not errors

    # --- workbook -------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for the workbook's name."""
        proposal = self._plan()
        if proposal is not None and self._may_leave(proposal):
            self._save_as("Export to Excel", self.suggested_name(), "Excel workbook (*.xlsx)", "xlsx", self.write)

    def write(self, path: Path) -> None:
        """Write the plan that is final now; what is edited meanwhile doesn't change the file."""
        proposal = self._bench.proposal
        if proposal is None:
            self._bench.say(Severity.WARNING, "The plan has changed; wait until it is final, then export again.")
            return
        if not self._may_leave(proposal):
            return
        self._settings.last_folder = path.parent
        document, exposures, today = self._bench.document, dict(self._bench.exposures), self._today()
        side = value_side()

        def work(watch: Watch) -> Path:
            from core.atomic_file import write_atomically
            from core.export.workbook import Release, workbook_bytes

            inputs = (proposal, document.household, exposures, document.target)
            content = workbook_bytes(*inputs, Release(today, value_side=side), market_view(document))
            if not watch.cancelled():
                write_atomically(path, content, overwrite=True)  # the file dialog has asked before one is replaced
            return path

        def done(path: Path) -> None:
            self._written(path)
            self._bench.plan_left.emit(Departure(document, exposures, proposal, (path,)))

        self._bench.tasks.run("export", f"Writing {path.name}…", work, done, self._failed, watched=True)

    # --- order files ----------------------------------------------------------------------------------------------

    def choose_formats(self) -> None:
        """Ask for the file that says in which format each custodian takes orders; it is remembered."""
        dialog = QFileDialog(
            self._window, "Order formats", str(self._settings.last_folder), "Order formats (*.toml);;All files (*)"
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.use_formats(Path(chosen)))
        dialog.open()

    def use_formats(self, path: Path) -> None:
        """Take the formats of a file from now on; a file that can't be read changes nothing."""
        try:
            formats = read_formats(path)
        except TrimtabError as error:
            self._bench.say(Severity.ERROR, str(error))
            return
        self._settings.order_formats = path
        custodians = ", ".join(formats.by_custodian) or "no custodian"
        self._bench.say(Severity.INFO, f"Order formats of {path.name}: {custodians}.")

    def _formats(self) -> CustodianFormats | None:
        path = self._settings.order_formats
        if path is None:
            return CustodianFormats()
        try:
            return read_formats(path)
        except TrimtabError as error:
            self._bench.say(Severity.ERROR, f"No order files. {error}", "Other formats…", self.choose_formats)
            return None

    def choose_orders(self) -> ReleaseDialog | None:
        """Show what the checks found and ask who approves; then where the files go."""
        proposal, formats = self._plan(), self._formats()
        if proposal is None or formats is None:
            return None
        document, exposures = self._bench.document, self._bench.exposures
        checkup = checkup_of(document, proposal, self._today(), exposures, formats.accounts)
        dialog = ReleaseDialog(checkup, self._settings.approver, self._window)
        dialog.released.connect(self._choose_folder)
        dialog.open()
        return dialog

    def _choose_folder(self, by: str, overrides: tuple[Override, ...]) -> None:
        self._settings.approver = by
        dialog = QFileDialog(self._window, "Folder for the order files", str(self._settings.last_folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self.write_orders(Path(chosen), by, overrides))
        dialog.open()

    def write_orders(self, folder: Path, by: str, overrides: tuple[Override, ...]) -> None:
        """Approve the plan that is final now, and write its order files into a folder."""
        proposal, formats = self._plan(), self._formats()
        if proposal is None or formats is None:
            return
        self._settings.last_folder = folder
        document, exposures, today = self._bench.document, dict(self._bench.exposures), self._today()

        def work(watch: Watch) -> tuple[tuple[Path, ...], int, int]:
            from core.export.approval import approve
            from core.export.orders.folder import Record, write_folder
            from core.export.orders.order import orders_of
            from core.export.orders.write import order_files

            checkup = checkup_of(document, proposal, today, exposures, formats.accounts)
            stamp = approve(proposal, checkup, by, datetime.now().astimezone(), overrides)
            written = order_files(orders_of(proposal, document.household), formats)
            record = Record(proposal, checkup, overrides, stamp)
            paths = () if watch.cancelled() else write_folder(folder, written, record)
            return paths, len(written.files), len(written.left_out)

        def done(result: tuple[tuple[Path, ...], int, int]) -> None:
            paths, files, by_hand = result
            self._orders_written((folder, files, by_hand))
            why = "; ".join(f"{override.check}: {override.reason}" for override in overrides)
            self._bench.plan_left.emit(Departure(document, exposures, proposal, paths, by, why))

        self._bench.tasks.run("export", "Writing order files…", work, done, self._failed, watched=True)

    def _orders_written(self, result: tuple[Path, int, int]) -> None:
        folder, files, by_hand = result
        rest = f" {plural(by_hand, 'order')} must be placed by hand: see orders-control.json." if by_hand else ""
        self._bench.say(
            Severity.WARNING if by_hand else Severity.INFO,
            f"Saved {plural(files, 'order file')} in {folder}.{rest}",
            "Open the folder",
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))),
        )

    # --- client report --------------------------------------------------------------------------------------------

    def choose_report(self) -> ReportDialog | None:
        """Ask whose name is on the report; then where it goes."""
        proposal = self._plan()
        if proposal is None or not self._may_leave(proposal):
            return None
        dialog = ReportDialog(Letterhead(self._settings.adviser, self._settings.logo), self._window)
        dialog.chosen.connect(self._choose_report_file)
        dialog.open()
        return dialog

    def _choose_report_file(self, letterhead: Letterhead) -> None:
        self._settings.adviser, self._settings.logo = letterhead.adviser, letterhead.logo
        name = self.suggested_name("report", "pdf")
        self._save_as("Client report", name, "PDF (*.pdf)", "pdf", lambda path: self.write_report(path, letterhead))

    def write_report(self, path: Path, letterhead: Letterhead) -> None:
        """Write the client report of the plan that is final now."""
        proposal = self._plan()
        if proposal is None or not self._may_leave(proposal):
            return
        self._settings.last_folder = path.parent
        document, exposures, today = self._bench.document, dict(self._bench.exposures), self._today()

        def work(watch: Watch) -> Path:
            from core.atomic_file import write_atomically
            from core.export.report import report_data
            from widgets.report.pdf import report_pdf

            market = market_view(document)
            report = report_data(proposal, document.household, document.target, letterhead, today, market)
            content = report_pdf(report, today)
            if not watch.cancelled():
                write_atomically(path, content, overwrite=True)
            return path

        def done(path: Path) -> None:
            self._written(path)
            self._bench.plan_left.emit(Departure(document, exposures, proposal, (path,)))

        self._bench.tasks.run("export", f"Writing {path.name}…", work, done, self._failed, watched=True)

    # --- clipboard ------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put all trades on the clipboard, as a table that spreadsheets take."""
        from core.export.trade_table import clipboard_text

        proposal = self._plan()
        if proposal is not None:
            QGuiApplication.clipboard().setText(clipboard_text(proposal, self._bench.document.household))
            self._bench.say(Severity.INFO, f"{plural(len(proposal.trades), 'trade')} copied as a table.")

    # --- answers --------------------------------------------------------------------------------------------------

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
