"""What the states wait with."""

import time


def rest(milliseconds):
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(done, seconds=60):
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise SystemExit("a state was not reached")
        rest(20)


def show(dialog):
    dialog.show()
    return dialog
