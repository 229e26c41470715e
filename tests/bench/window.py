"""The window: time to the first usable screen, drag to painted frame, scrolling. Under Xvfb where it is installed."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from tests.bench.report import Row, row

_ROOT = Path(__file__).resolve().parents[2]
_STARTS = 7
_DRAGS = 3


def window_rows() -> list[Row]:
    """All figures of the window."""
    with tempfile.TemporaryDirectory() as home, _screen() as environment:
        environment = {**environment, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "PYTHONPATH": str(_ROOT)}
        where = "Xvfb" if environment["QT_QPA_PLATFORM"] == "xcb" else "offscreen"
        pairs = []
        for _ in range(_STARTS + 1):  # in turns, so that a busy moment meets both; the first only warms the disk
            pairs.append((_start("empty", environment), _start("start", environment)))
        empty, ours = [a.wall for a, _ in pairs[1:]], [b.wall for _, b in pairs[1:]]
        ratios = [b / a for a, b in zip(empty, ours, strict=True)]
        processor = [b.processor / a.processor for a, b in pairs[1:]]
        rows = [
            row("window", where, "empty PySide6 + pyqtgraph window", "ms", empty),
            row("window", where, "start to usable window", "ms", ours),
            row("window", where, "start, times the empty window", "x", ratios, goal=1.5, goal_of="median"),
            row("window", where, "the same of processor time", "x", processor, goal=1.5, goal_of="median"),
        ]
        for case in ("sample", "typical"):
            rows += _drag_rows(case, where, environment)
        said = _run(["scroll"], environment)
        frames = [1000 * value for value in said["frames"]]
        rows += [
            row("window", f"100,000 lots, {where}", "frame while scrolling", "ms", frames, goal=1000 / 60),
            row("window", f"100,000 lots, {where}", "of processor time", "ms", [1000 * v for v in said["busy"]]),
            row("window", f"100,000 lots, {where}", "opening every branch", "ms", [1000 * said["open"]]),
            row("window", f"100,000 lots, {where}", "filling the table", "ms", [1000 * said["fill"]]),
        ]
        return rows


def _drag_rows(case: str, where: str, environment: dict[str, str]) -> list[Row]:
    """Drags and releases on one household."""
    latencies: list[float] = []
    finals: list[float] = []
    final_processor: list[float] = []
    final_window: list[float] = []
    live: list[float] = []
    busy: list[float] = []
    for _ in range(_DRAGS):
        said = _run(["drag", case], environment)
        if said["missed"]:
            raise RuntimeError(f"{said['missed']} moves never reached the screen")
        latencies += [1000 * value for value in said["latencies"]]
        live += said["live_ms"]
        busy += [1000 * value for value in said["busy"]]
        finals += [1000 * value for value in said["finals"]]
        final_processor += [1000 * value for value in said["finals_processor"]]
        final_window += [1000 * value for value in said["finals_window"]]
    place = f"{case}, {where}"
    return [
        row("window", place, "drag to repainted figures", "ms", latencies, goal=33.0),
        row("window", place, "of which the estimate", "ms", live),
        row("window", place, "processor time of the window, a move", "ms", busy),
        row("window", place, "release to final plan on screen", "ms", finals, goal=250.0),
        row("window", place, "the same of processor time", "ms", final_processor),
        row("window", place, "of which the window's thread", "ms", final_window),
    ]


@attrs.frozen
class _Start:
    """Milliseconds until a window is painted and answers, and of processor time that its process took in all."""

    wall: float
    processor: float


def _start(what: str, environment: dict[str, str]) -> _Start:
    """Start a process with a window; see _Start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.window_child", what],
        stdout=subprocess.PIPE,
        env=environment,
        cwd=_ROOT,
        text=True,
    ) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        taken = time.perf_counter() - begun
        child.stdout.read()
    if not line:
        raise RuntimeError(f"the window '{what}' did not come up (status {child.returncode})")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return _Start(1000 * taken, 1000 * used)


def _run(words: list[str], environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window_child", *words],
        stdout=subprocess.PIPE,
        env=environment,
        cwd=_ROOT,
        text=True,
        timeout=600,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextlib.contextmanager
def _screen() -> Iterator[dict[str, str]]:
    """A virtual X screen where there is Xvfb, else Qt's offscreen platform."""
    hidden = {"WAYLAND_DISPLAY", "XAUTHORITY"}
    plain = {key: value for key, value in os.environ.items() if key not in hidden}
    if shutil.which("Xvfb") is None:
        yield {**plain, "QT_QPA_PLATFORM": "offscreen"}
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        yield {**plain, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()
