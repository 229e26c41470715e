"""``trimtab --smoke FOLDER``: the whole program tried once, in a minute, on an installed machine or a fresh build.

The window opens on the sample household, paints, plans, and is drawn into a picture; workbook and client report are
written, the workbook is read back through the importer, a book is made, closed and opened again, and each library that
is loaded late is loaded. Settings of the user are neither read nor changed, and nothing is sent anywhere.

Standard output is one JSON document (schema ``trimtab/smoke/1``) with the moment of each step in seconds of the Unix
clock, so that whoever started the program can tell how long it took from the start. Exit status 0, or 1 with the step
that failed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

#: Loaded when first needed, so that a bundle that lacks one starts all the same.
LATE_LIBRARIES = (
    "argon2.low_level",
    "clarabel",
    "highspy",
    "keyring.core",
    "numpy",
    "openpyxl",
    "pandas",
    "pandas_datareader.data",
    "pyqtgraph",
    "python_calamine",
    "rapidfuzz.fuzz",
    "sqlcipher3.dbapi2",
    "yfinance",
)
#: Seconds until the first plan must be there.
_PATIENCE = 60


class SmokeError(Exception):
    """A step did not do what it should."""


@attrs.define
class Steps:
    """Moments of the steps that are done, and the one under way."""

    at: dict[str, float] = attrs.field(factory=dict)
    now: str = "start"

    def run(self, name: str, step: Callable[[], object]) -> None:
        """Do a step, and note when it was done."""
        self.now = name
        step()
        self.at.setdefault(name, time.time())


def run_smoke(argv: Sequence[str]) -> int:
    """Do every step; returns the exit status."""
    parser = argparse.ArgumentParser(prog="trimtab --smoke", description="Tries the whole program once.")
    parser.add_argument("folder", type=Path, help="an empty or new folder for what is written")
    parser.add_argument("--start-only", action="store_true", help="open the window, paint, end")
    options = parser.parse_args(list(argv))
    folder: Path = options.folder
    steps = Steps()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _all_steps(steps, folder, start_only=options.start_only)
    except Exception as error:
        sys.stderr.write(f"trimtab: smoke test: {steps.now}: {type(error).__name__}: {error}\n")
        return 1
    _tell(steps, folder)
    return 0


def _tell(steps: Steps, folder: Path) -> None:
    from core import __version__

    files = {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.is_file()}
    document = {"schema": "trimtab/smoke/1", "version": __version__, "at": steps.at, "files": files}
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _all_steps(steps: Steps, folder: Path, *, start_only: bool) -> None:
    from PySide6.QtWidgets import QApplication

    from desktop.app import WindowOptions, _application, _open, _settings
    from desktop.crash import CrashReporter

    caught: list[str] = []
    qt = QApplication(sys.argv[:1])
    reporter = CrashReporter(qt, show=caught.append)
    reporter.install()
    qt.setProperty("crash_reporter", reporter)  # before ours, which would show nothing
    app = _application(dialogs=False)
    window = _open(app, WindowOptions(theme="light", size=(1440, 900)), _settings(app, remember=False))
    window.market_flow.folder = folder / "market"
    try:
        window.show()
        steps.run("painted", lambda: _until_painted(window, steps))
        if start_only:
            return
        steps.run("planned", lambda: _until_planned(window))
        steps.run("picture", lambda: _picture(window, folder / "window.png"))
        steps.run("pages", lambda: _every_page(window))
        steps.run("workbook", lambda: _workbook(window, folder / "trades.xlsx"))
        steps.run("report", lambda: _report(window, folder / "report.pdf"))
        steps.run("import", lambda: _import(folder))
        steps.run("book", lambda: _book(folder / "book.trimtab"))
        steps.run("libraries", _late_libraries)
        app.processEvents()
        if caught:
            raise SmokeError(f"an error that nobody caught:\n{caught[0]}")
    finally:
        window.bench.shutdown()
        window.close_anyway()


def _until_painted(window: MainWindow, steps: Steps) -> None:
    """Wait until the window is on the screen and answers events again."""
    from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

    loop = QEventLoop()

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.UpdateRequest and watched is window:
                QTimer.singleShot(0, loop.quit)
            return False

    watcher = Painted()
    window.installEventFilter(watcher)
    QTimer.singleShot(_PATIENCE * 1000, loop, loop.quit)
    loop.exec()
    window.removeEventFilter(watcher)
    steps.at["painted"] = time.time()


def _until_planned(window: MainWindow) -> None:
    """Start the work, and wait for the final plan."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, words = QEventLoop(), ["no plan came in time"]

    def end(what: str) -> None:
        words[:] = [what]
        loop.quit()

    bench = window.bench
    bench.busy_changed.connect(lambda text: end("") if not text and bench.proposal is not None else None)
    bench.plan_failed.connect(lambda failure: end(failure.message))
    bench.service.crashed.connect(lambda error: end(f"{type(error).__name__}: {error}"))
    QTimer.singleShot(_PATIENCE * 1000, loop, loop.quit)
    bench.start()
    loop.exec()
    if words[0]:
        raise SmokeError(words[0])
    if bench.proposal is None or not bench.proposal.trades:
        raise SmokeError("the plan for the sample household has no trades")


def _picture(window: MainWindow, path: Path) -> None:
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()
    picture = window.grab()
    if not picture.save(str(path), "PNG"):
        raise SmokeError(f"{path} cannot be written")
    image = picture.toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    if len(colours) < 20:
        raise SmokeError("the picture of the window is empty")


def _every_page(window: MainWindow) -> None:
    from PySide6.QtWidgets import QApplication

    from desktop.app import PAGES

    for page in PAGES:
        window.show_page(page)
        QApplication.processEvents()


def _workbook(window: MainWindow, path: Path) -> None:
    from core.export.workbook import write_workbook

    bench = window.bench
    assert bench.proposal is not None
    document = bench.document
    write_workbook(bench.proposal, document.household, bench.exposures, document.target, path, overwrite=True)
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    rows = sum(1 for _ in book["Trades"].iter_rows())
    book.close()
    if rows <= len(bench.proposal.trades):
        raise SmokeError(f"the workbook has {rows} rows of trades for {len(bench.proposal.trades)} trades")


def _report(window: MainWindow, path: Path) -> None:
    from core.export.report import Letterhead, report_data
    from widgets.report.pdf import write_report

    bench = window.bench
    assert bench.proposal is not None
    document, dated = bench.document, date(2026, 1, 2)
    report = report_data(bench.proposal, document.household, document.target, Letterhead("", None), dated)
    write_report(report, dated, path, overwrite=True)
    if not path.read_bytes().startswith(b"%PDF-"):
        raise SmokeError(f"{path} is no PDF")


_POSITIONS = (
    ("Account Number", "Account Name", "Symbol", "Description", "Quantity", "Price", "Market Value"),
    ("7001", "Sample Taxable", "VTI", "Total Stock Market ETF", 10, 300, 3000),
    ("7001", "Sample Taxable", "VBR", "Small-Cap Value ETF", 20, 200, 4000),
)


def _import(folder: Path) -> None:
    """Positions as CSV and as a workbook, read to the same household."""
    import openpyxl

    from core.importing.read import read_files

    table = folder / "positions.csv"
    table.write_text("\n".join(",".join(str(cell) for cell in row) for row in _POSITIONS) + "\n", "utf-8")
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in _POSITIONS:
        sheet.append(row)
    workbook.save(folder / "positions.xlsx")
    today = date(2026, 1, 2)
    values = [read_files([folder / name], today=today).value for name in ("positions.csv", "positions.xlsx")]
    if values != [7000, 7000]:
        raise SmokeError(f"the files of $7,000 were read as {values}")


def _book(path: Path) -> None:
    """An encrypted book: made, closed, opened by its passphrase."""
    from core.book.keys import derived_key, new_key, read_salt
    from core.book.store import Book
    from core.edits import Document
    from core.sample import sample_household, sample_target

    path.unlink(missing_ok=True)
    words = "four words that do"
    with Book.create(path, new_key(words)) as book:
        book.add(Document(sample_household(), target=sample_target()))
    if sample_household().name.encode() in path.read_bytes():
        raise SmokeError("the book is not encrypted")
    with Book.open_with(path, derived_key(words, read_salt(path)), read_only=True) as book:
        if [book.document(entry.id).household for entry in book.households()] != [sample_household()]:
            raise SmokeError("the book does not give back what was put in")


def _late_libraries() -> None:
    for name in LATE_LIBRARIES:
        importlib.import_module(name)
