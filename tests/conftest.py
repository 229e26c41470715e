"""Hygiene for every test: no screen, no network, no one's settings, no thread left behind, repeatable in CI."""

import gc
import ipaddress
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import settings

# HYPOTHESIS_PROFILE=ci gives the same examples every time; the default looks at new ones and reports them.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=50, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before the first QApplication

# Programs that a test starts are kept off the network too: through a proxy on a port that nothing listens on.
for _name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ[_name] = "http://127.0.0.1:9"
for _name in ("NO_PROXY", "no_proxy"):
    os.environ[_name] = "localhost,127.0.0.1,::1"


class NetworkUsedError(RuntimeError):
    """A test tried to leave this machine."""


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the program, and the programs that tests start, settings and data folders of their own."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"):
            folder = home / name.lower()
            folder.mkdir()
            patch.setenv(name, str(folder))
        yield


@pytest.fixture(autouse=True)
def _garbage_of_windows(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect what a window leaves behind on its own thread, as the program does (desktop/garbage.py says why)."""
    if not {"qapp", "qtbot"} & set(request.fixturenames):
        yield
        return
    gc.disable()
    yield
    gc.collect(0)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _network_closed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

        def check(family: int, address: object) -> None:
            if family in {socket.AF_INET, socket.AF_INET6} and not _is_local(address[0]):  # type: ignore[index]
                raise NetworkUsedError(f"a test opened a connection to {address}")

        def guarded_connect(self: socket.socket, address: object) -> None:
            check(self.family, address)
            connect(self, address)

        def guarded_connect_ex(self: socket.socket, address: object) -> int:
            check(self.family, address)
            return connect_ex(self, address)

        def guarded_lookup(host: object, *args: object, **kwargs: object) -> object:
            if not _is_local(host):
                raise NetworkUsedError(f"a test looked up {host!r}")
            return lookup(host, *args, **kwargs)

        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        yield


def _running() -> set[threading.Thread]:
    # Threads of Qt's pools show up as dummies once Python code ran in them; the pool, not the test, owns them.
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = _running()
    yield
    patience = time.monotonic() + 5
    while (left := _running() - before) and time.monotonic() < patience:
        time.sleep(0.01)
    assert not left, f"threads left running: {sorted(thread.name for thread in left)}"
