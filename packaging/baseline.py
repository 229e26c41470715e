"""The yardstick for size and start-up: an empty window with an empty chart, frozen the same way as the program.

Takes the program's ``--smoke FOLDER --start-only`` and answers in the same form.
"""

import json
import sys
import time


def main() -> None:
    """Paint once, say when, end."""
    import pyqtgraph
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    plot = pyqtgraph.PlotWidget()
    plot.plot([0, 1, 2], [3, 1, 2])
    window.setCentralWidget(plot)
    window.resize(1440, 900)

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.UpdateRequest and watched is window:
                QTimer.singleShot(0, app.quit)
            return False

    watcher = Painted()
    window.installEventFilter(watcher)
    window.show()
    app.exec()
    sys.stdout.write(json.dumps({"at": {"painted": time.time()}}) + "\n")


if __name__ == "__main__":
    main()
