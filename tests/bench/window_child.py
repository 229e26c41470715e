"""What the window benchmarks measure, each in a process of its own: prints one JSON object.

``empty`` an empty window with a plot; ``start`` the program; ``drag`` the tilt pad under a moving mouse; ``scroll`` a
table of 100,000 lots.
"""

import json
import math
import sys
import time


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


def drag() -> None:
    """Moves at 60 a second; each counts from the mouse event to the frame whose figures are of it or a later one."""
    from PySide6.QtCore import QEvent, QObject, QPointF, Qt
    from PySide6.QtTest import QTest

    from desktop.app import WindowOptions, _application, _open, _settings

    app = _application(dialogs=False)
    window = _open(app, WindowOptions(size=(1440, 900)), _settings(app, remember=False))
    window.show()
    window.bench.start()
    bench = window.bench
    _wait(lambda: bench.proposal is not None and not bench.quiet_tasks.busy)
    QTest.qWait(300)

    waiting: list[tuple[int, float]] = []
    shown = [-1]
    latencies: list[float] = []
    live_ms: list[float] = []

    class Frames(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.UpdateRequest and watched is window:
                app.removeEventFilter(self)
                window.event(event)  # paints and puts the frame on the screen
                app.installEventFilter(self)
                now = time.perf_counter()
                done = [entry for entry in waiting if entry[0] <= shown[0]]
                latencies.extend(now - at for _, at in done)
                waiting[:] = [entry for entry in waiting if entry[0] > shown[0]]
                return True
            return False

    def on_live(result: object) -> None:
        shown[0] = result.revision
        live_ms.append(result.milliseconds)

    bench.service.live_ready.connect(on_live)
    frames = Frames()
    app.installEventFilter(frames)
    pad = window.target_page.pad
    begin = pad.position_of(pad.target())
    busy = []
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin.toPoint())
    for step in range(240):
        due = time.perf_counter() + 1 / 60
        angle = step / 240 * 4 * math.pi
        at, used = time.perf_counter(), time.thread_time()
        place = begin + QPointF(70 * math.sin(angle), 55 * math.sin(1.7 * angle))
        before = bench.session.revision
        QTest.mouseMove(pad, place.toPoint())
        app.processEvents()
        if bench.session.revision != before:
            waiting.append((bench.session.revision, at))
        while time.perf_counter() < due:
            app.processEvents()
            time.sleep(0.0005)
        busy.append(time.thread_time() - used)
    _wait(lambda: not waiting, 5)
    released = time.perf_counter()
    end = begin + QPointF(0, 0)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end.toPoint())
    _wait(lambda: bench.proposal is not None)
    app.processEvents()
    final = time.perf_counter() - released
    app.removeEventFilter(frames)
    print(
        json.dumps({"latencies": latencies, "missed": len(waiting), "final": final, "live_ms": live_ms, "busy": busy}),
        flush=True,
    )
    window.close()


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


def _wait(done: object, seconds: float = 60.0) -> None:
    from PySide6.QtTest import QTest

    end = time.perf_counter() + seconds
    while not done() and time.perf_counter() < end:
        QTest.qWait(2)


if __name__ == "__main__":
    {"empty": empty, "start": start, "drag": drag, "scroll": scroll}[sys.argv[1]]()
