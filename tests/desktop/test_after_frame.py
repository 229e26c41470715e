"""What follows one frame later than what the user looks at."""

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop.after_frame import AfterFrame

pytestmark = pytest.mark.usefixtures("qapp")


class Canvas(QWidget):
    """Says when it is painted."""

    def __init__(self, heard):
        super().__init__()
        self.heard = heard

    def paintEvent(self, _event):
        self.heard.append("frame")


def test_work_follows_the_frame_although_it_was_asked_for_before_it(qtbot):
    heard = []
    canvas, after = Canvas(heard), AfterFrame()
    qtbot.addWidget(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    QApplication.processEvents()
    heard.clear()
    after.run(canvas, lambda: heard.append("work"))
    canvas.update()
    other = QTimer(singleShot=True, interval=0)  # a timer that is due does not bring the work forward
    other.timeout.connect(lambda: None)
    other.start()
    qtbot.waitUntil(lambda: "work" in heard, timeout=20_000)
    assert heard[0] == "frame"


def test_the_newest_work_of_an_owner_counts_and_what_ended_gets_none(qtbot):
    heard, after = [], AfterFrame()
    first, second, ended = QObject(), QObject(), QObject()
    after.run(first, lambda: heard.append("first, old"))
    after.run(ended, lambda: heard.append("ended"))
    after.run(second, lambda: heard.append("second"))
    after.run(first, lambda: heard.append("first, new"))
    ended.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert after.waits(first)
    qtbot.waitUntil(lambda: len(heard) >= 2)
    QApplication.processEvents()
    assert heard == ["first, new", "second"]
    assert not after.waits(first)


def test_what_is_dropped_is_not_done(qtbot):
    heard, after, owner, other = [], AfterFrame(), QObject(), QObject()
    after.run(owner, lambda: heard.append("dropped"))
    after.run(other, lambda: heard.append("kept"))
    after.drop(owner)
    qtbot.waitUntil(lambda: heard == ["kept"])


def test_work_may_ask_for_more(qtbot):
    heard, after, owner = [], AfterFrame(), QObject()

    def work():
        heard.append("work")
        after.run(owner, lambda: heard.append("more"))

    after.run(owner, work)
    qtbot.waitUntil(lambda: heard == ["work", "more"])
