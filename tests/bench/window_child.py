"""What the window benchmarks measure, each in a process of its own: prints one JSON object.

``empty`` an empty window with a plot; ``start`` the program; ``drag`` the tilt pad under a moving mouse, on the
sample or, as ``drag typical``, on the engine's typical case; ``scroll`` a table of 100,000 lots.
"""

import itertools
import json
import math
import sys
import time
from collections.abc import Callable

#: Moves of the mouse in one drag.
_MOVES = 240
#: Times the target is let go in one run.
_RELEASES = 6


def empty() -> None:
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    plot = pg.PlotWidget()
    plot.plot([0, 1, 2], [3, 1, 2])
    window.setCentralWidget(plot)
    window.resize(1440, 900)
    window.show()
    _end_when_painted(app, window)


def start() -> None:
    from desktop.app import WindowOptions, _application, _open, _settings

    app = _application(dialogs=False)
    window = _open(app, WindowOptions(size=(1440, 900)), _settings(app, remember=False))
    window.show()
    _end_when_painted(app, window)
    window.bench.shutdown()


def _end_when_painted(app: object, window: object) -> None:
    """Say so once the window is on the screen and answers events."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Painted(QObject):
        seen = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.UpdateRequest and watched is window and not self.seen:
                self.seen = True
                QTimer.singleShot(0, self.say)
            return False

        def say(self) -> None:
            print(json.dumps({"usable": True}), flush=True)
            app.quit()

    watcher = Painted()
    app.installEventFilter(watcher)
    app.exec()
    app.removeEventFilter(watcher)


def drag(case: str = "sample") -> None:
    """Moves at 60 a second; each counts from the mouse event to the frame whose figures are of it or a later one.

    All of it inside the program's own event loop: QTest's waiting keeps Python's lock, and the workers would starve.
    """
    from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
    from PySide6.QtTest import QTest

    from desktop.app import WindowOptions, _application, _open, _settings

    app = _application(dialogs=False)
    window = _open(app, WindowOptions(size=(1440, 900)), _settings(app, remember=False))
    bench = window.bench
    if case == "typical":
        from tests.bench.window_cases import typical_document

        bench.session.open([("", typical_document())], 0, None)
    window.show()
    bench.start()
    _until(lambda: bench.proposal is not None and not bench.quiet_tasks.busy)
    window.pages.prepare()  # as the program does while nobody waits: the other pages listen too
    _rest(2000)

    waiting: list[tuple[int, float]] = []
    shown = [-1]
    latencies: list[float] = []
    live_ms: list[float] = []
    painted, planned = [0.0], [0.0]

    class Frames(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.UpdateRequest and watched is window:
                app.removeEventFilter(self)
                window.event(event)  # paints and puts the frame on the screen
                app.installEventFilter(self)
                painted[0] = now = time.perf_counter()
                done = [entry for entry in waiting if entry[0] <= shown[0]]
                latencies.extend(now - at for _, at in done)
                waiting[:] = [entry for entry in waiting if entry[0] > shown[0]]
                return True
            return False

    def on_live(result: object) -> None:
        shown[0] = result.revision
        live_ms.append(result.milliseconds)

    def on_plan(proposal: object) -> None:
        planned[0] = math.inf if proposal is None else time.perf_counter()

    bench.service.live_ready.connect(on_live)
    bench.plan_changed.connect(on_plan)
    frames = Frames()
    app.installEventFilter(frames)
    pad = window.target_page.pad
    busy: list[float] = []
    finals: list[tuple[float, float, float]] = []

    def drag_once(moves: int, far: float) -> None:
        """One drag and its release; far as a share of the longest way."""
        begin = pad.position_of(pad.target())
        used: list[float] = []

        def move() -> None:
            used.append(time.thread_time())
            at = time.perf_counter()
            angle = len(used) / moves * math.pi * (1 + 3 * far)
            place = begin + far * QPointF(70 * math.sin(angle), 55 * math.sin(1.7 * angle))
            before = bench.session.revision
            QTest.mouseMove(pad, place.toPoint())
            if bench.session.revision != before:
                waiting.append((bench.session.revision, at))

        QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin.toPoint())
        ticks = QTimer(window, timerType=Qt.TimerType.PreciseTimer, interval=round(1000 / 60))
        ticks.timeout.connect(move)
        ticks.start()
        _until(lambda: len(used) > moves)
        ticks.stop()
        _until(lambda: not waiting, 5)
        busy.extend(b - a for a, b in itertools.pairwise(used))
        released, window_used, all_used = time.perf_counter(), time.thread_time(), time.process_time()
        end = pad.position_of(pad.target())
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end.toPoint())
        _until(lambda: painted[0] > planned[0])
        finals.append((painted[0] - released, time.thread_time() - window_used, time.process_time() - all_used))
        _rest(400)

    drag_once(_MOVES, 1.0)
    for turn in range(_RELEASES - 1):
        drag_once(20, 0.2 + 0.05 * turn)
    said = {
        "latencies": latencies,
        "missed": len(waiting),
        "live_ms": live_ms,
        "busy": busy,
        "finals": [wall for wall, _, _ in finals],
        "finals_window": [used for _, used, _ in finals],
        "finals_processor": [used for _, _, used in finals],
    }
    app.removeEventFilter(frames)
    print(json.dumps(said), flush=True)
    window.close_anyway()


def scroll() -> None:
    """The wheel turns over a table of 100,000 lots that is wholly open; each frame is timed."""
    from PySide6.QtTest import QTest

    from desktop.app import _application
    from tests.bench.window_cases import large_household
    from widgets.holdings_tree import HoldingsTree
    from widgets.theme import apply_theme

    app = _application(dialogs=False)
    apply_theme(app, "light")
    tree = HoldingsTree()
    tree.resize(1100, 700)
    begun = time.perf_counter()
    household = large_household(100_000)
    built = time.perf_counter()
    tree.set_household(household, {})
    filled = time.perf_counter()
    tree.show()
    QTest.qWait(300)
    opened = time.perf_counter()
    tree.view.expandAll()
    app.processEvents()
    opened = time.perf_counter() - opened
    QTest.qWait(300)
    bar = tree.view.verticalScrollBar()
    frames, busy = [], []
    for step in range(300):
        at, used = time.perf_counter(), time.process_time()
        bar.setValue(bar.value() + (63 if step % 50 else bar.maximum() // 8))
        app.processEvents()
        frames.append(time.perf_counter() - at)
        busy.append(time.process_time() - used)
    print(
        json.dumps({"frames": frames, "busy": busy, "fill": filled - built, "open": opened, "made": built - begun}),
        flush=True,
    )
    tree.close()


def _until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the event loop run until something is so; Python's lock is free meanwhile."""
    from PySide6.QtCore import QEventLoop, QTimer

    if done():
        return
    loop = QEventLoop()
    end = time.perf_counter() + seconds
    look = QTimer(interval=4)
    look.timeout.connect(lambda: loop.quit() if done() or time.perf_counter() > end else None)
    look.start()
    loop.exec()


def _rest(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    end = time.perf_counter() + milliseconds / 1000
    _until(lambda: time.perf_counter() > end)


if __name__ == "__main__":
    {"empty": empty, "start": start, "drag": drag, "scroll": scroll}[sys.argv[1]](*sys.argv[2:])
