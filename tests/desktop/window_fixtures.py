"""A main window on the small household with the stand-in engine, for tests of pages and window."""

from datetime import timedelta

from PySide6.QtCore import QCoreApplication, QEvent, QSettings

from core.edits import Document
from desktop.main_window import MainWindow
from desktop.session import Session
from desktop.settings import Settings
from desktop.solve_service import SolveService
from desktop.workbench import Workbench
from tests.desktop.fake_engine import FakeEngine, classify
from tests.desktop.small_household import small_household


class OpenWindow:
    """The window, its workbench, and the engines that were made for it."""

    def __init__(self, folder, document=None, *, real=False):
        self.engines = []

        def make(household, exposures):
            self.engines.append(FakeEngine(household, exposures))
            return self.engines[-1]

        if real:
            from desktop.solve_service import classify_household, make_engine

            self.service = SolveService(classify_household, make_engine)
        else:
            self.service = SolveService(classify, make)
        self.session = Session(document or Document(small_household()))
        self.bench = Workbench(self.session, self.service)
        self.settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
        self.settings.last_folder = folder
        today = self.session.document.household.as_of + timedelta(days=2)
        self.window = MainWindow(self.bench, self.settings, lambda: today)
        self.crashes = []
        self.service.crashed.connect(self.crashes.append)
        self.bench.tasks.crashed.connect(self.crashes.append)

    def start(self, qtbot, page="target"):
        self.window.resize(1300, 850)
        self.window.show_page(page)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.bench.start()
        self.settle(qtbot)
        return self

    def settle(self, qtbot):
        """Wait until the final plan of the document as it is has come."""
        qtbot.waitUntil(
            lambda: (
                not self.service.busy
                and not self.bench.tasks.busy
                and (self.bench.proposal is not None or self.bench.failure is not None)
            ),
            timeout=20_000,
        )

    def end(self):
        for engine in self.engines:
            engine.gate.set()
        self.window.close_anyway()
        self.window.deleteLater()
        self.bench.shutdown()
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)
        assert self.crashes == []
