"""``trimtab doctor``: can a window be opened here, and its letters be drawn; and what is missing where not."""

import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from desktop.commands.doctor_findings import Finding, State, package_of, to_install

#: The command, and its option that makes it look at the screen.
NAME, LOOK = "doctor", "--look"
#: Seconds the look may take.
_PATIENCE = 60
_QT = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtSvg", "pyqtgraph")
#: Qt's lines that say nothing of this machine: it guesses at one library whatever is missing.
_GUESSES = ("qt.qpa.plugin: From 6.5.0", "This application failed to start", "Reinstalling the application")


def check_screen(load: Callable[[str], object] = importlib.import_module) -> Iterator[Finding]:
    """A window can be opened, and its letters drawn: tried by another process, since Qt ends one in which it can't."""
    failed: dict[str, list[str]] = {}
    for name in _QT:
        try:
            load(name)
        except ImportError as error:
            failed.setdefault(str(error), []).append(name)
    for words, names in failed.items():
        yield Finding("window", State.BAD, f"{', '.join(names)} can't be loaded: {words}", to_install(words))
    if failed:
        return
    seen, words = _look(os.environ)
    if seen is None and _has_no_screen(os.environ):
        seen, words = _look({**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        remedy = "Start it on a desktop. The commands and --picture work without a screen."
        yield Finding("screen", State.NOTE, "there is none here, so no window can be opened", remedy)
    elif seen is None:
        yield Finding("screen", State.BAD, f"no window can be opened: {words}", _remedy(words))
        return
    elif seen["platform"] == "offscreen":
        yield Finding("screen", State.NOTE, "QT_QPA_PLATFORM=offscreen is set: windows are drawn, but not shown")
    else:
        yield Finding("screen", State.GOOD, f"{seen['platform']}: {', '.join(seen['screens'])}; Qt {seen['qt']}")
    if seen is None:
        yield Finding("window", State.BAD, f"nothing can be drawn: {words}", _remedy(words))
        return
    if seen["fonts"] and seen["letters"]:
        yield Finding("fonts", State.GOOD, f"{seen['fonts']} families; text is in {seen['font']}")
    else:
        remedy = "Install a font, such as the package fonts-dejavu-core, and libfontconfig1."
        yield Finding("fonts", State.BAD, "none that has letters: all text would be boxes", remedy)


def _has_no_screen(environment: Any) -> bool:
    return platform.system() == "Linux" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _remedy(words: str) -> str:
    """What to do about what Qt said. Of several missing libraries it names one, and not always the right one."""
    if platform.system() != "Linux":
        return "Install the program again; if that does not help, report these words."
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if chosen and "Could not find the Qt platform plugin" in words:
        return f"Take away the variable QT_QPA_PLATFORM: {chosen!r} is nothing that this program can draw on."
    missing = _missing_library("wayland" if os.environ.get("WAYLAND_DISPLAY") else "xcb")
    if missing:
        return f"{missing}. {to_install(missing)}"
    return "Check that the screen named by DISPLAY or WAYLAND_DISPLAY is there and may be used by you." + (
        f" {to_install(words)}" if package_of(words) else ""
    )


def _missing_library(plugin: str) -> str:
    """The loader's words about the first library that a platform plugin lacks; empty where there is none."""
    import ctypes

    from PySide6.QtCore import QLibraryInfo

    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    try:
        ctypes.CDLL(str(folder / f"libq{plugin}.so"))
    except OSError as error:
        # In a built program the loader's words are the cause of other, general ones.
        return str(error.__cause__ or error.__context__ or error)
    return ""


def _look(environment: Any) -> tuple[dict[str, Any] | None, str]:
    """What the other process saw; None with its last words where it could not open a window."""
    here = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "desktop"]
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH", "")]))
    settings = {**environment} if getattr(sys, "frozen", False) else {**environment, "PYTHONPATH": paths}
    try:
        done = subprocess.run(  # noqa: S603 - ourselves
            [*here, NAME, LOOK], capture_output=True, text=True, env=settings, timeout=_PATIENCE, check=False
        )
        return json.loads(done.stdout), ""
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    except ValueError:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        telling = [line for line in lines if not line.startswith(_GUESSES)]
        return None, " ".join(telling[:3]) or f"it ended with status {done.returncode}"


def look() -> dict[str, Any]:
    """The screens and fonts that Qt sees. Ends the process where Qt can't start."""
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication

    app = QGuiApplication(["trimtab"])
    font = app.font()
    screens = []
    for screen in app.screens():
        size = screen.size()
        screens.append(f"{size.width()} x {size.height()} at {100 * screen.devicePixelRatio():.0f} %")
    return {
        "qt": qVersion(),
        "platform": app.platformName(),
        "screens": screens,
        "fonts": len(QFontDatabase.families()),
        "font": QFontInfo(font).family(),
        "letters": all(QFontMetrics(font).inFont(sign) for sign in "Aa09$%"),
    }
