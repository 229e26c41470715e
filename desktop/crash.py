"""Errors that are the program's fault: shown once, in words, with details to copy that hold no client data.

The details are the kind of error and the places in our own code, never the error's message or any value: those may
hold names, account numbers or amounts.
"""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

import core

_open_boxes: set[QMessageBox] = set()

_ROOT = Path(__file__).resolve().parents[1]


def crash_details(error: BaseException) -> str:
    """The kind of error and where it came from: file (inside the program), line and function, innermost last."""
    lines = [_versions(), ""]
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        lines.extend(
            f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(seen.__traceback__)
        )
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        if seen is not None:
            lines.append("caused by")
    return "\n".join(lines)


def _place(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
        return path.relative_to(_ROOT).as_posix()
    parts = path.parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    return path.name


def _versions() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"Trimtab {core.__version__}, Python {platform.python_version()}, Qt {qVersion()}, {system}"


class CrashReporter(QObject):
    """Takes unexpected errors from anywhere and shows them on the window's thread.

    The same error (same kind, same places) is shown once a run; all go to stderr in the same reduced form.
    """

    _caught = Signal(object)

    def __init__(self, parent: QObject | None = None, show: Callable[[str], None] | None = None) -> None:
        super().__init__(parent)
        self._show = show or _show_dialog
        self._shown: set[str] = set()
        self._caught.connect(self._on_caught, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Become the hook for errors that nobody caught, in any thread."""
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self.report(args.exc_value or SystemError())

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        self.report(error.with_traceback(trace))

    @Slot(object)
    def report(self, error: BaseException) -> None:
        """Report an error from any thread."""
        self._caught.emit(error)

    @Slot(object)
    def _on_caught(self, error: BaseException) -> None:
        details = crash_details(error)
        if details in self._shown:
            return
        self._shown.add(details)
        sys.stderr.write(details + "\n")
        self._show(details)


def _show_dialog(details: str) -> None:
    window = QApplication.activeWindow()
    box = QMessageBox(
        QMessageBox.Icon.Critical,
        "Something went wrong",
        "Trimtab made a mistake of its own. Your files are untouched, and what is open is still here; "
        "if the window behaves oddly, start the program again.",
        QMessageBox.StandardButton.Close,
        window,
    )
    box.setInformativeText("The details say where in the program it happened. They hold no names, accounts or amounts.")
    box.setDetailedText(details)
    box.setDefaultButton(QMessageBox.StandardButton.Close)
    copy = box.addButton("Copy details", QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()  # so that copying leaves the box open
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _open_boxes.add(box)  # without a parent nothing else would keep it
    box.finished.connect(lambda: _open_boxes.discard(box))
    box.open()
