"""Whether there is a screen to open a window on. Qt ends the program by force where there is none."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

#: What to do instead, said on standard error.
NO_SCREEN = (
    "trimtab: there is no screen here to open a window on. Start it from a desktop session; without one, "
    "'trimtab rebalance FILE... --out trades.xlsx' does the whole job, 'trimtab demo' shows it on a sample, and "
    "'trimtab --picture FILE' draws the window into a picture."
)


def has_screen() -> bool:
    """Whether a window can be opened: always on Windows and macOS; elsewhere a display that answers.

    A Qt platform chosen by ``QT_QPA_PLATFORM`` is taken at its word.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and (Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / wayland).exists():
        return True
    return _x_answers(os.environ.get("DISPLAY", ""))


def _x_answers(display: str) -> bool:
    """Whether an X server stands behind a display name, asked with the library that Qt itself connects with."""
    if not display:
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # without the library Qt says what is missing
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    answers = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(answers)
