"""A user at a screen: the program as a process of its own, seen by its accessibility, moved by a real pointer and keys.

The program is the one of tests/cli/program.py: the source, or the built program that TRIMTAB_PROGRAM names. Nothing of
it is imported here; what these tests do, anybody could do at that screen.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.accessibility import ACTIVE, FOCUSED, AccessibilityBus, Control, GoneError, matches
from tests.cli.program import PROGRAM, ROOT

T = TypeVar("T")
NAME = "Trimtab"
#: Seconds within which anything must come about.
PATIENCE = 120
Place = tuple[int, int]
_PICTURE = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication(sys.argv[:1])
app.primaryScreen().grabWindow(0).save(sys.argv[1])
"""


class User:
    """What a user can do: look, point, press, type, wait."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        self.folder = folder
        self.bus = AccessibilityBus(environment["DBUS_SESSION_BUS_ADDRESS"])
        self.program: subprocess.Popen[bytes] | None = None
        self.errors = folder / "stderr.txt"

    # --- the program ------------------------------------------------------------------------------------------------

    def start(self, *arguments: str) -> None:
        """Start the program and wait until its first plan is there."""
        python = {} if len(PROGRAM) == 1 else {"PYTHONPATH": str(ROOT)}
        with self.errors.open("ab") as errors:
            self.program = subprocess.Popen(
                [*PROGRAM, *arguments], cwd=self.folder, env={**self.environment, **python}, stderr=errors
            )
        self.until(lambda: self.bus.windows(NAME), "the window")
        self.final_plan()

    def ended(self) -> int:
        """Wait until the program has ended; its exit status."""
        assert self.program is not None
        status = self.program.wait(PATIENCE)
        self.program = None
        return status

    def leave(self) -> None:
        """End what is still running."""
        if self.program is not None:
            self.program.kill()
            self.program.wait()
        self.bus.close()

    # --- looking ----------------------------------------------------------------------------------------------------

    def window(self) -> Control:
        """The window in front: the dialog that is open, else the main one."""
        windows = self.bus.windows(NAME)
        if not windows:
            raise GoneError("no window is there")
        active = [window for window in windows if window.has(ACTIVE)]
        return (active or windows)[-1]

    def all(self, role: str, name: str | re.Pattern[str] = "", *, within: Control | None = None) -> list[Control]:
        """Every control of a role and name that is on screen."""
        tops = [within] if within is not None else self.bus.windows(NAME)
        wanted = name or re.compile("")
        return [one for top in tops for one in top.walk() if matches(one, role, wanted)]

    def find(self, role: str, name: str | re.Pattern[str] = "", *, within: Control | None = None) -> Control:
        """The control of a role and name, once it is on screen."""
        return self.until(lambda: self.all(role, name, within=within), f"{role} {name!r}")[0]

    def plan(self) -> str:
        """What the strip says of the plan: ``Estimate``, ``Final: 29 trades`` and so on."""
        for window in self.bus.windows(NAME):
            for strip in self._strips(window):
                for tile in strip.children():
                    if tile.name.startswith("Plan: "):
                        return tile.name.removeprefix("Plan: ")
        return ""

    def figures(self) -> dict[str, str]:
        """The figures of the balance strip, by their names."""
        strip = self.find("filler", "Balance strip")
        return {tile.name: tile.description for tile in strip.children()}

    def _strips(self, window: Control) -> Iterator[Control]:
        # Not by a walk: the strip is read while the hand moves, and must be read quickly.
        for child in window.children():
            yield from (inner for inner in child.children() if inner.name == "Balance strip")

    def final_plan(self) -> str:
        """Wait for the final plan; its words."""

        def settled() -> str:
            words = self.plan()
            return words if words.startswith("Final") else ""

        self.until(settled, "a final plan")
        time.sleep(0.25)  # an edit under way would have made it an estimate by now
        return self.until(settled, "a final plan")

    def until(self, look: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
        """What a look finds, once it finds something."""
        end = time.monotonic() + seconds
        while True:
            if self.program is not None and self.program.poll() is not None:
                pytest.fail(f"the program ended while {what} was awaited: {self.errors.read_text()}")
            with contextlib.suppress(GoneError):
                found = look()
                if found:
                    return found
            if time.monotonic() > end:
                self.picture("failed.png")
                pytest.fail(f"{what} did not come; said on stderr: {self.errors.read_text()}")
            time.sleep(0.02)

    def wait(self, seconds: float) -> None:
        """Do nothing for a while, where there is nothing to look for."""
        time.sleep(seconds)

    def picture(self, name: str) -> None:
        """The whole screen as a picture in the folder, for those who look into a failure."""
        command = [sys.executable, "-c", _PICTURE, str(self.folder / name)]
        subprocess.run(command, check=False, env=self.environment, timeout=PATIENCE)

    # --- doing ------------------------------------------------------------------------------------------------------

    def _tool(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def click(self, what: Control | Place, times: int = 1) -> None:
        """Click with the left button."""
        place = what.centre if isinstance(what, Control) else what
        self._tool("mousemove", *place)
        self._tool("click", "--repeat", times, "--delay", 60, 1)

    def drag(self, start: Place, end: Place, *, steps: int = 15, pause: float = 0.02, seen=None) -> list[str]:
        """Press, move, let go; what ``seen`` saw on the way, step by step."""
        said = []
        self._tool("mousemove", *start)
        self._tool("mousedown", 1)
        for step in range(1, steps + 1):
            here = (round(a + (b - a) * step / steps) for a, b in zip(start, end, strict=True))
            self._tool("mousemove", *here)
            time.sleep(pause)
            if seen is not None:
                said.append(seen())
        self._tool("mouseup", 1)
        return said

    def _focused(self) -> str:
        """The title of the window that has the keyboard by X's own account; the tree may say so a moment too early."""
        asked = ["xdotool", "getwindowfocus", "-f", "getwindowname"]
        told = subprocess.run(asked, check=False, env=self.environment, capture_output=True, text=True)
        return told.stdout.strip() if told.returncode == 0 else ""

    def _focus_window(self) -> None:
        """Give the keyboard back when a dialog has closed, as a window manager does; there is none here."""

        def has_keyboard() -> bool:
            active = [window for window in self.bus.windows(NAME) if window.has(ACTIVE)]
            return bool(active) and self._focused().startswith(active[-1].name)

        if has_keyboard():
            return
        front = self.window().name
        self._tool("search", "--onlyvisible", "--name", re.escape(front), "windowfocus", "--sync")
        self.until(has_keyboard, "the focus")

    def keys(self, *names: str) -> None:
        """Press keys one after the other, by X's names: ``ctrl+z``, ``Return``."""
        self._focus_window()
        self._tool("key", "--delay", 40, *names)

    def type(self, text: str) -> None:
        """Type words."""
        self._tool("type", "--delay", 8, text)

    def focus(self) -> Control | None:
        """The control that has the keyboard."""
        found = [one for window in self.bus.windows(NAME) for one in window.walk() if one.has(FOCUSED)]
        # Qt calls the present tab of a tab bar focused wherever the keyboard is.
        found.sort(key=lambda one: one.role != "page tab")
        return found[-1] if found else None

    def tab_to(self, role: str | tuple[str, ...], name: str | re.Pattern[str], most: int = 120) -> Control:
        """Go to a control with the Tab key alone."""
        for _ in range(most):
            here = self.focus()
            if here is not None and matches(here, role, name):
                return here
            self.keys("Tab")
        pytest.fail(f"{role} {name!r} cannot be reached with the Tab key")

    def choose_files(self, *paths: Path) -> None:
        """Answer the file dialog, which begins in the folder that the program was started in.

        A busy dialog empties the field once more when it has read the folder, so what was typed is looked at before it
        is sent, and sent again while the dialog stays open.
        """
        answer = str(paths[0]) if len(paths) == 1 else " ".join(f'"{path.name}"' for path in paths)
        dialog = self.until(
            lambda: [w for w in self.bus.windows(NAME) if w.role in {"file chooser", "dialog"}], "a dialog"
        )[-1]
        field = self.find("text", re.compile("File name|"), within=dialog)

        def closed() -> bool:
            return all(window.path != dialog.path for window in self.bus.windows(NAME))

        def written() -> bool:
            return closed() or field.text() == answer

        end = time.monotonic() + PATIENCE
        while not closed():
            if time.monotonic() > end:
                self.picture("failed.png")
                pytest.fail(f"the file dialog did not take {answer}")
            with contextlib.suppress(GoneError):
                self._focus_window()
                if field.text() != answer:
                    self.click(field)
                    self.keys("ctrl+a")
                    self.type(answer)
                    self.soon(written)
                time.sleep(0.3)
                if written():
                    self.keys("Return")
                    self.soon(closed)

    def soon(self, look: Callable[[], bool], seconds: float = 3) -> bool:
        """Whether something comes about in a moment; if not, there is something else to try."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(GoneError):
                if look():
                    return True
            time.sleep(0.05)
        return False


@contextlib.contextmanager
def dragged_from(environment: dict[str, str], place: Place, files: list[Path]) -> Iterator[Place]:
    """A second program at a place of the screen, from which files can be dragged; yields where to take hold."""
    script = Path(__file__).parent / "journeys" / "drag_source.py"
    command = [sys.executable, str(script), str(place[0]), str(place[1]), *map(str, files)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as source:
        assert source.stdout is not None
        try:
            assert source.stdout.readline() == "ready\n"
            yield (place[0] + 40, place[1] + 40)
        finally:
            source.terminate()
