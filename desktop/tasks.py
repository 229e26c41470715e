"""Single pieces of work beside the window: reading files, writing a workbook.

Of two tasks with the same key only the newer one's result counts. Callbacks run on the window's thread.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import attrs
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from core.errors import TrimtabError


class Watch:
    """Handed to a function that can be stopped: whether it should, and how far it is."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._event = threading.Event()
        self._say = say

    def cancelled(self) -> bool:
        """Whether nobody wants the result any more."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Nobody wants it any more."""
        self._event.set()

    def say(self, text: str) -> None:
        """How far it is, in words; from any thread."""
        self._say(text)


@attrs.frozen
class _Task:
    key: str
    text: str
    done: Callable[[Any], None]
    failed: Callable[[str], None]
    watch: Watch


class Tasks(QObject):
    """Runs functions in a thread of its own.

    busy_changed(str) : what is under way, in words; empty when idle.
    crashed(BaseException) : an error that is the program's fault.
    """

    busy_changed = Signal(str)
    crashed = Signal(object)
    _finished = Signal(int, object, object)
    _said = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._numbers = itertools.count()
        self._tasks: dict[int, _Task] = {}
        self._texts: dict[int, str] = {}
        self._finished.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self._said.connect(self._on_said, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        key: str,
        text: str,
        function: Callable[..., Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
        *,
        watched: bool = False,
    ) -> None:
        """Run ``function`` away from the window, then ``done(result)`` or ``failed(words)`` in it.

        With ``watched`` the function is given a Watch: it says how far it is, and stops where it is told to.

        An older task with the same key is forgotten: its result comes to nothing. OSError and the program's own
        errors become words; anything else goes to ``crashed``.
        """
        self.forget(key)
        number = next(self._numbers)
        watch = Watch(lambda words: self._said.emit(number, words))
        self._tasks[number] = _Task(key, text, done, failed, watch)
        self.busy_changed.emit(text)
        self._pool.start(_Runnable(self, number, (lambda: function(watch)) if watched else function))

    def forget(self, key: str) -> None:
        """Let go of a task: whatever it brings is dropped."""
        for number in [n for n, task in self._tasks.items() if task.key == key]:
            self._tasks.pop(number).watch.cancel()
            self._texts.pop(number, None)
        self._say()

    def cancel(self) -> None:
        """Let go of everything under way."""
        for key in {task.key for task in self._tasks.values()}:
            self.forget(key)

    @property
    def busy(self) -> bool:
        """Whether something is under way whose result is wanted."""
        return bool(self._tasks)

    def shutdown(self) -> None:
        """Forget everything and wait for what is running."""
        for task in self._tasks.values():
            task.watch.cancel()
        self._tasks.clear()
        self._pool.clear()
        self._pool.waitForDone()

    def _say(self) -> None:
        number = next(reversed(self._tasks), None)
        self.busy_changed.emit("" if number is None else self._texts.get(number, self._tasks[number].text))

    @Slot(int, str)
    def _on_said(self, number: int, words: str) -> None:
        if number in self._tasks:
            self._texts[number] = words
            self._say()

    @Slot(int, object, object)
    def _finish(self, number: int, result: object, error: object) -> None:
        task = self._tasks.pop(number, None)
        self._texts.pop(number, None)
        if task is None:
            return
        self._say()
        if error is None:
            task.done(result)
        elif isinstance(error, TrimtabError):
            task.failed(str(error))
        elif isinstance(error, OSError):
            task.failed(_plain(error))
        else:
            task.failed("")
            self.crashed.emit(error)


def _plain(error: OSError) -> str:
    """An operating system's refusal with a remedy."""
    where = f"{error.filename}: " if error.filename else ""
    remedy = {
        PermissionError: "it may not be opened or written; close it in other programs, or choose another folder.",
        FileNotFoundError: "it is not there any more; choose it again.",
        IsADirectoryError: "it is a folder; choose a file.",
    }.get(type(error), f"{error.strerror or 'it cannot be used'}.")
    return where + remedy


class _Runnable(QRunnable):
    """Carries one function to the pool and its result back."""

    def __init__(self, tasks: Tasks, number: int, function: Callable[[], Any]) -> None:
        super().__init__()
        self._tasks = tasks
        self._number = number
        self._function = function

    def run(self) -> None:
        try:
            result = self._function()
        except Exception as error:
            self._tasks._finished.emit(self._number, None, error)
        else:
            self._tasks._finished.emit(self._number, result, None)
