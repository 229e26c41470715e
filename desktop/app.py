"""Opens the window. Heavy libraries are left to the workers; the window paints before anything is computed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from core.edits import Document
    from desktop.main_window import MainWindow
    from desktop.settings import Settings
    from widgets.theme.apply import Mode

PAGES = ("household", "target", "trades", "market", "book")
#: Seconds after which a picture is given up: nothing takes this long on any machine that can run the window.
PICTURE_PATIENCE = 60
#: Milliseconds after which the pages not shown yet are made ahead, so that the first look at them is quick.
PREPARE_MS = 2500


@attrs.frozen
class WindowOptions:
    """What the command line says about the window."""

    files: tuple[Path, ...] = ()
    picture: Path | None = None
    page: str = "target"
    theme: Mode | None = None
    size: tuple[int, int] | None = None


def parse_options(argv: Sequence[str]) -> WindowOptions:
    """Options of the window; wrong usage ends the program with status 2, as argparse does."""
    parser = argparse.ArgumentParser(prog="trimtab", description="Opens the window.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="brokerage files or a household to open")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the window into a PNG file and end")
    parser.add_argument("--page", choices=PAGES, default="target", help="the page to begin with")
    parser.add_argument("--theme", choices=("light", "dark", "system"), help="light or dark, this time")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, such as 1440x900")
    read = parser.parse_args(list(argv))
    return WindowOptions(tuple(read.files), read.picture, read.page, read.theme, read.size)


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.lower().partition("x")
    if not cross or not width.isdigit() or not height.isdigit() or int(width) < 300 or int(height) < 300:
        raise argparse.ArgumentTypeError(f"'{text}' is not a size; write 1440x900")
    return int(width), int(height)


def run_window(argv: Sequence[str] = ()) -> int:
    """Open the window (or draw it into a file) and stay until it is closed.

    Returns the exit status: 0, or 1 where there is no screen or a picture could not be made.
    """
    options = parse_options(argv)
    if options.picture is not None:
        return _picture(options)
    from desktop.screen import NO_SCREEN, has_screen

    if not has_screen():
        print(NO_SCREEN, file=sys.stderr)  # noqa: T201  the only voice there is
        return 1
    app = _application()
    settings = _settings(app, remember=True)
    window = _open(app, options, settings)
    window.show()
    _start_when_painted(window, options)
    status = app.exec()
    window.bench.shutdown()
    return status


def _application(*, dialogs: bool = True) -> QApplication:
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    from desktop.crash import CrashReporter
    from desktop.garbage import WindowCollector
    from widgets.theme.icons import program_icon

    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    QCoreApplication.setOrganizationName("Trimtab")
    QCoreApplication.setApplicationName("Trimtab")
    app.setDesktopFileName("trimtab")
    app.setWindowIcon(program_icon())
    if app.property("crash_reporter") is None:
        reporter = CrashReporter(app) if dialogs else CrashReporter(app, show=lambda _details: None)
        reporter.install()
        app.setProperty("crash_reporter", reporter)
    if app.property("collector") is None:
        app.setProperty("collector", WindowCollector(app))
    return app


def _settings(app: QApplication, *, remember: bool) -> Settings:
    import atexit

    from PySide6.QtCore import QSettings, QTemporaryDir

    from desktop.settings import Settings

    if remember:
        return Settings()
    # A picture neither uses nor changes what the user has chosen.
    folder = QTemporaryDir()
    app.setProperty("picture_settings", folder)
    store = QSettings(folder.filePath("settings.ini"), QSettings.Format.IniFormat)

    def tidy() -> None:
        store.sync()  # what is written later would make the folder again
        folder.remove()

    # The application is never destroyed, so nobody else takes the folder away.
    atexit.register(tidy)
    return Settings(store)


def _first_document() -> Document:
    from core.edits import Document
    from core.sample import sample_household, sample_target

    return Document(sample_household(), target=sample_target())


def _market_of(document: Document) -> tuple[Document, str]:
    """The document with the adviser's own market observations; words where their file can't be used."""
    from core.errors import InputError
    from core.market.store import load_case

    try:
        return attrs.evolve(document, market=load_case()), ""
    except InputError as error:
        return document, str(error)


def _open(app: QApplication, options: WindowOptions, settings: Settings) -> MainWindow:
    """The window with its workers, on the sample household; nothing is computed yet."""
    from desktop.main_window import MainWindow
    from desktop.session import Session
    from desktop.solve_service import SolveService, classify_household, frontier_of, make_engine
    from desktop.workbench import Workbench
    from widgets.orientation import set_value_side
    from widgets.theme import apply_theme, theme_events

    set_value_side(settings.value_side)
    theme_events().text_size = settings.text_size / 100
    apply_theme(app, options.theme or settings.theme)
    document, problem = _first_document(), ""
    if options.picture is None:
        document, problem = _market_of(document)
    service = SolveService(classify_household, make_engine)
    bench = Workbench(Session(document), service, frontier_of=frontier_of)
    service.setParent(bench)
    reporter = app.property("crash_reporter")
    if reporter is not None:
        service.crashed.connect(reporter.report)
        bench.tasks.crashed.connect(reporter.report)
        bench.quiet_tasks.crashed.connect(reporter.report)
    window = MainWindow(bench, settings)
    collector = app.property("collector")
    if collector is not None:
        collector.held = lambda: bench.session.in_gesture
        window.pages.all_made.connect(collector.settle)
    if options.picture is None and not problem:
        from core.market.store import default_folder

        # A file that can't be used is not written over.
        window.market_flow.folder = default_folder()
    elif problem:
        from core.household import Severity

        bench.say(Severity.WARNING, problem)
    bench.setParent(window)
    bench.session.setParent(window)
    app.aboutToQuit.connect(bench.shutdown)
    if options.size is not None:
        window.resize(*options.size)
    window.show_page(options.page)
    return window


def _start_when_painted(window: MainWindow, options: WindowOptions) -> None:
    from PySide6.QtCore import QTimer

    def start() -> None:
        window.bench.start()
        books = [path.resolve() for path in options.files if path.suffix.lower() == ".trimtab"]
        files = [path.resolve() for path in options.files if path.suffix.lower() != ".trimtab"]
        if books:
            window.book_flow.open(books[0])
        elif not files:
            window.book_flow.open_last()
        if files:
            window.import_flow.read(files)
        elif not window.settings.recent_files:
            window.welcome()
        QTimer.singleShot(PREPARE_MS, window, window.pages.prepare)

    QTimer.singleShot(0, window, start)


def _picture(options: WindowOptions) -> int:
    """Draw the window after its first final plan into a PNG file, without a screen."""
    import os

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, QTimer

    assert options.picture is not None
    app = _application(dialogs=False)
    window = _open(app, attrs.evolve(options, theme=options.theme or "light"), _settings(app, remember=False))
    window.resize(*(options.size or (1440, 900)))
    window.show()
    loop = QEventLoop()
    outcome: list[str] = []

    def end(words: str = "") -> None:
        outcome.append(words)
        loop.quit()

    # Idle again with a plan there: everything that follows from the plan is on screen.
    window.bench.busy_changed.connect(lambda text: end() if not text and window.bench.proposal is not None else None)
    window.bench.plan_failed.connect(lambda failure: end(failure.message))
    window.bench.service.crashed.connect(lambda error: end(f"the program failed: {type(error).__name__}"))
    QTimer.singleShot(PICTURE_PATIENCE * 1000, loop, lambda: end("no plan came in time"))
    window.bench.start()
    loop.exec()
    app.processEvents()
    if not outcome[0] and window.bench.quiet_tasks.busy:  # the frontier and what is drawn from it
        window.bench.frontier_changed.connect(loop.quit)
        loop.exec()
        app.processEvents()
    focus = app.focusWidget()
    if focus is not None:
        focus.clearFocus()
    words = outcome[0]
    if not words and not window.grab().save(str(options.picture), "PNG"):
        words = f"{options.picture} cannot be written; choose another place"
    window.close_anyway()
    if words:
        sys.stderr.write(f"trimtab: no picture: {words}\n")
        return 1
    return 0
