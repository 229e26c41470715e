"""A virtual X screen of a test's own, for what only a real window shows: focus, drags, drops."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest


@contextlib.contextmanager
def virtual_screen(width: int = 1440, height: int = 900) -> Iterator[dict[str, str]]:
    """Start Xvfb on a free display and yield the environment for programs that shall draw on it.

    Skips the calling test where there is no Xvfb.
    """
    if not shutil.which("Xvfb"):
        pytest.skip("no Xvfb on this machine")
    reader, writer = os.pipe()
    with os.fdopen(reader) as answer:
        # -displayfd lets the server choose a free number and tell it once it is ready to be connected to.
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        server = subprocess.Popen(command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writer)
        try:
            number = answer.readline().strip()
            assert number, "Xvfb did not start"
            hidden = {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "XAUTHORITY"}
            environment = {key: value for key, value in os.environ.items() if key not in hidden}
            yield environment | {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()
            server.wait()
