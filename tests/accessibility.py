"""What a screen reader hears of a running program: its controls, with roles, names and places, by AT-SPI over D-Bus.

The tests of what is delivered see the program through this alone. It has no other way in, so a control that can't be
found here is one that a blind adviser can't find either.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_ROOT = "/org/a11y/atspi/accessible/root"
#: Bits of AT-SPI's state set.
ACTIVE, CHECKED, ENABLED, FOCUSED, SELECTED, SHOWING = 1, 4, 8, 12, 23, 25
_LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")


class GoneError(LookupError):
    """The control is no longer there."""


@attrs.frozen
class Control:
    """One control, as it was when it was looked at; ``extents`` are left, top, width and height on the screen."""

    bus: AccessibilityBus = attrs.field(repr=False)
    owner: str = attrs.field(repr=False)
    path: str = attrs.field(repr=False)
    role: str
    name: str
    description: str
    states: int = attrs.field(repr=False)
    extents: tuple[int, int, int, int]

    def has(self, state: int) -> bool:
        """Whether a state was set."""
        return bool(self.states >> state & 1)

    @property
    def centre(self) -> tuple[int, int]:
        """Where to click."""
        left, top, width, height = self.extents
        return left + width // 2, top + height // 2

    def point(self, across: float, down: float) -> tuple[int, int]:
        """A place inside, by fractions of width and height."""
        left, top, width, height = self.extents
        return left + round(across * width), top + round(down * height)

    def children(self, *, hidden: bool = False) -> Iterator[Control]:
        """The controls inside; without those that are not on screen, unless asked for."""
        for owner, path in self.bus.call(self.owner, self.path, _ACCESSIBLE, "GetChildren")[0]:
            with contextlib.suppress(GoneError):
                child = self.bus.look(owner, path, hidden=hidden)
                if child is not None:
                    yield child

    def walk(self, *, hidden: bool = False) -> Iterator[Control]:
        """This one and all inside, depth first."""
        yield self
        with contextlib.suppress(GoneError):
            for child in self.children(hidden=hidden):
                yield from child.walk(hidden=hidden)

    def text(self) -> str:
        """What stands in a field."""
        return str(self.bus.call(self.owner, self.path, "org.a11y.atspi.Text", "GetText", "ii", (0, -1))[0])


class AccessibilityBus:
    """The bus on which programs tell what they show."""

    def __init__(self, session: str) -> None:
        with contextlib.closing(open_dbus_connection(session)) as first:
            self._connection = first
            address = self.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")[0]
        self._connection: DBusConnection = open_dbus_connection(address)

    def close(self) -> None:
        """Leave the bus."""
        self._connection.close()

    def call(self, owner: str, path: str, interface: str, method: str, signature: str | None = None, body=()) -> tuple:
        """Ask; raises GoneError where the one asked is not there or knows no such question."""
        message = new_method_call(DBusAddress(path, owner, interface), method, signature, body)
        reply = self._connection.send_and_get_reply(message, timeout=30)
        if reply.header.message_type is MessageType.error:
            raise GoneError(f"{owner} {path} {method}: {reply.body}")
        return reply.body

    def _property(self, owner: str, path: str, name: str) -> str:
        asked = (_ACCESSIBLE, name)
        return str(self.call(owner, path, "org.freedesktop.DBus.Properties", "Get", "ss", asked)[0][1])

    def look(self, owner: str, path: str, *, hidden: bool = True) -> Control | None:
        """The control of an address; None where it is not on screen and ``hidden`` is not asked for."""
        low, high = self.call(owner, path, _ACCESSIBLE, "GetState")[0]
        states = low | high << 32
        if not hidden and not states >> SHOWING & 1:
            return None
        role = self.call(owner, path, _ACCESSIBLE, "GetRoleName")[0]
        name, description = (self._property(owner, path, key) for key in ("Name", "Description"))
        extents = (0, 0, 0, 0)
        if role != "application":
            extents = self.call(owner, path, "org.a11y.atspi.Component", "GetExtents", "u", (0,))[0]
        return Control(self, owner, path, role, name, description, states, tuple(extents))

    def programs(self) -> list[Control]:
        """Every program that speaks on this bus."""
        root = self.call("org.a11y.atspi.Registry", _ROOT, _ACCESSIBLE, "GetChildren")[0]
        found = []
        for owner, path in root:
            with contextlib.suppress(GoneError):
                found.append(self.look(owner, path))
        return [one for one in found if one is not None]

    def windows(self, program: str) -> list[Control]:
        """The windows of a program that are on screen, the latest last."""
        return [window for one in self.programs() if one.name == program for window in one.children()]


def matches(control: Control, role: str | tuple[str, ...], name: str | re.Pattern[str]) -> bool:
    """Whether a control has a role (one of several) and a name (or one that a pattern finds something in)."""
    if control.role not in ((role,) if isinstance(role, str) else role):
        return False
    return control.name == name if isinstance(name, str) else bool(name.search(control.name))


@contextlib.contextmanager
def session_bus(environment: dict[str, str], folder: Path) -> Iterator[dict[str, str]]:
    """A D-Bus session of a test's own; yields the environment for programs that shall speak on it.

    folder : a short path, since addresses of sockets lie in it. Skips the calling test where D-Bus or AT-SPI is not
    there.
    """
    if not shutil.which("dbus-daemon") or not any(Path(path).exists() for path in _LAUNCHERS):
        pytest.skip("no D-Bus with accessibility (dbus, at-spi2-core) on this machine")
    own = {**environment, "XDG_RUNTIME_DIR": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    daemon = subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        assert address, "dbus-daemon did not start"
        yield {
            **environment,
            "DBUS_SESSION_BUS_ADDRESS": address,
            # As if a screen reader ran; without one Qt keeps silent.
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            # Qt complains of each question about a control that has just gone.
            "QT_LOGGING_RULES": "qt.accessibility.atspi=false",
        }
    finally:
        daemon.terminate()
        daemon.wait()
        if daemon.stdout is not None:
            daemon.stdout.close()
