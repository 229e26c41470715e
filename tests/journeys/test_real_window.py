"""The program in a real window on an X display: the pad dragged by a real pointer changes strip and trades."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.virtual_screen import virtual_screen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an X display is a matter of Linux"),
]


@pytest.fixture(scope="module")
def display():
    """An X display of our own, so that nobody's pointer is taken."""
    with virtual_screen(1400, 900) as environment:
        yield environment["DISPLAY"]


class Program:
    """The driver in a process of its own, and what it has said."""

    def __init__(self, display, folder):
        environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": str(ROOT),
            "XDG_CONFIG_HOME": str(folder),
        }
        self.display = display
        self.errors = (folder / "stderr.txt").open("w")
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("real_window_driver.py")), str(folder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        self.folder = folder
        self.lines = queue.Queue()
        self.states = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def order(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def wait(self, wanted, what):
        """The first thing said that ``wanted`` accepts."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                said = self.lines.get(timeout=1)
            except queue.Empty:
                continue
            if said is None:
                pytest.fail(f"the program ended: {(self.folder / 'stderr.txt').read_text()}")
            if "state" in said:
                self.states.append(said)
            if wanted(said):
                return said
        errors = (self.folder / "stderr.txt").read_text()
        pytest.fail(f"{what} did not come; last: {self.states[-1:]}; said on stderr: {errors}")
        return None

    def drag(self, start, by):
        """Drag by the X server's own pointer where xdotool is there, else by Qt's events.

        On the way the hand stops three times until the strip has followed it, however busy the machine is. Returns
        what was said then.
        """
        tool = shutil.which("xdotool")
        by_qt = tool is None or self.display == os.environ.get("DISPLAY")

        def pointer(order, *words):
            if by_qt:
                self.order(order)
            else:
                environment = {**os.environ, "DISPLAY": self.display}
                subprocess.run([tool, *map(str, words)], check=True, env=environment)

        followed = []

        def follows(said):
            figures = [(other["tax"], other["small"]) for other in followed]
            return said.get("state", "").startswith("Estimate") and (said["tax"], said["small"]) not in figures

        if not by_qt:
            pointer("", "mousemove", *start)
        pointer("press", "mousedown", 1)
        for step in range(1, 16):
            x, y = by[0] * step // 15, by[1] * step // 15
            pointer(f"move {x} {y}", "mousemove", start[0] + x, start[1] + y)
            if step % 5 == 0:
                followed.append(self.wait(follows, f"an estimate after {step} steps of the drag"))
            time.sleep(0.02)
        pointer("release", "mouseup", 1)
        return followed

    def picture(self, name):
        self.order(f"picture {name}")
        return QImage(self.wait(lambda said: "picture" in said, "a picture")["picture"])

    def close(self):
        if self.process.poll() is None:
            self.order("close")
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()
        return status


def final(said):
    return said.get("trades") is not None and said["state"].startswith("Final")


def test_drag_in_a_real_window(display, tmp_path):
    program = Program(display, tmp_path)
    try:
        before = program.wait(final, "the first final plan")
        assert before["platform"] == "xcb"
        picture = program.picture("before.png")
        assert not picture.isNull()
        colours = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}
        assert len(colours) > 50, "the window must have painted something"
        estimates = program.drag(before["target"], (60, 90))
        assert [said["trades"] for said in estimates] == [None] * 3
        after = program.wait(final, "the final plan after the drag")
        assert after["target"] != before["target"]
        assert after["trades"] != before["trades"]
        assert after["small"] != before["small"]
        assert program.picture("after.png") != picture
    finally:
        status = program.close()
    assert status == 0
    assert (tmp_path / "stderr.txt").read_text() == ""
