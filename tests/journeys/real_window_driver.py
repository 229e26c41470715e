"""Opens the program's own window and says on stdout, a JSON line each, what is on screen; takes orders on stdin.

Started by test_real_window.py in a process of its own, on a real X display. Orders: ``press``, ``move DX DY`` and
``release`` move the target by Qt's own events (where xdotool is not there), ``close`` closes the window.
"""

import json
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtTest import QTest

from desktop.app import WindowOptions, _application, _open, _settings, _start_when_painted


class Orders(QObject):
    """Lines of stdin, handed to the window's thread."""

    came = Signal(str)

    def listen(self):
        for line in sys.stdin:
            self.came.emit(line.strip())
        self.came.emit("close")


def words_of(trade):
    return f"{trade.account} {trade.action} {trade.security} {trade.quantity}"


def main(folder):
    app = _application()
    window = _open(app, WindowOptions(size=(1200, 800)), _settings(app, remember=False))
    window.move(0, 0)
    window.show()
    _start_when_painted(window, WindowOptions())
    orders = Orders()
    last = []
    held = []

    def say():
        pad = window.target_page.pad
        at = pad.mapToGlobal(pad.position_of(pad.target()).toPoint())
        proposal = window.bench.proposal
        state = {
            "platform": app.platformName(),
            "state": window.strip.state_text(),
            "tax": window.strip._tiles["tax"].figure.after,
            "small": window.strip._tiles["small"].figure.after,
            "trades": None
            if proposal is None
            else [f"{t.account} {t.action} {t.security} {t.quantity}" for t in proposal.trades],
            "target": [at.x(), at.y()],
            "page": window.page(),
            "title": window.windowTitle(),
        }
        if [state] != last:
            last[:] = [state]
            print(json.dumps(state), flush=True)

    def obey(order):
        word, *rest = order.split()
        if word == "close":
            window.close_anyway()
        elif word == "press":
            pad = window.target_page.pad
            held[:] = [pad.position_of(pad.target()).toPoint()] * 2
            QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, held[0])
        elif word == "move":
            held[1] = held[0] + QPoint(int(rest[0]), int(rest[1]))
            QTest.mouseMove(window.target_page.pad, held[1])
        elif word == "release":
            pad = window.target_page.pad
            QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, held[1])
        elif word == "key":
            QTest.keyClick(window, Qt.Key(int(rest[0])), Qt.KeyboardModifier.ControlModifier)
        elif word == "picture":
            name = Path(folder) / rest[0]
            window.screen().grabWindow(window.winId()).save(str(name))
            print(json.dumps({"picture": str(name)}), flush=True)
        else:
            raise ValueError(order)

    orders.came.connect(obey)
    timer = QTimer(window, interval=10)
    timer.timeout.connect(say)
    timer.start()
    threading.Thread(target=orders.listen, daemon=True).start()
    status = app.exec()
    window.bench.shutdown()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
