"""What set-up asks of the operating system, with the answers of other systems put in its mouth."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import dev_system
from dev_system import Library, SetupError
from tests.virtual_screen import virtual_screen

LISTING = """\
123 libs found in cache `/etc/ld.so.cache'
\tlibxcb-shape.so.0 (libc6,x86-64) => /lib/x86_64-linux-gnu/libxcb-shape.so.0
\tlibEGL.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libEGL.so.1
"""


class Commands:
    """Stands in for ``subprocess.run``: remembers what was run, answers with the given exit statuses."""

    def __init__(self, statuses: Sequence[int]) -> None:
        self.statuses = list(statuses)
        self.ran: list[list[str]] = []

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.ran.append([str(part) for part in command])
        return subprocess.CompletedProcess(command, self.statuses.pop(0), "", "E: it failed")


@pytest.fixture
def root_with_apt(monkeypatch):
    monkeypatch.setattr(dev_system.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)


def test_only_libraries_that_cannot_be_loaded_are_missing():
    egl, shape = Library("libEGL.so.1", "libegl1"), Library("libxcb-shape.so.0", "libxcb-shape0")
    icccm, private = Library("libxcb-icccm.so.4", "libxcb-icccm4"), Library("libprivate.so.1", "x")
    tried = []

    def loads(soname: str) -> bool:
        tried.append(soname)
        return soname == "libprivate.so.1"

    missing = dev_system.missing_libraries([egl, shape, icccm, private], listing=LISTING, loads=loads)
    assert missing == [icccm]
    assert tried == ["libxcb-icccm.so.4", "libprivate.so.1"]


def test_a_longer_name_in_the_listing_is_not_the_library():
    library = Library("libEGL.so", "libegl1")
    assert dev_system.missing_libraries([library], listing=LISTING, loads=lambda _: False) == [library]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks this system's loader")
def test_this_system_has_its_c_library_and_not_an_invented_one():
    c_library, invented = Library("libc.so.6", "libc6"), Library("libtrimtab-invented.so.9", "none")
    assert dev_system.missing_libraries([c_library, invented]) == [invented]


def test_fonts_are_found_by_their_files(tmp_path: Path):
    assert not dev_system.has_fonts([tmp_path, tmp_path / "absent"])
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "README.txt").touch()
    assert not dev_system.has_fonts([tmp_path])
    (tmp_path / "truetype" / "Sans.TTF").touch()
    assert dev_system.has_fonts([tmp_path])


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_windows_and_macos_have_a_screen_and_need_no_system_packages(system, monkeypatch):
    monkeypatch.setattr(dev_system.subprocess, "run", Commands([]))
    assert dev_system.has_screen({}, system=system)
    dev_system.ensure_qt(x11=True, system=system)
    dev_system.ensure_test_tools(system=system)
    dev_system.check_python(system=system, bits=64)


def test_a_32_bit_python_is_refused():
    with pytest.raises(SetupError, match="64-bit"):
        dev_system.check_python(system="win32", bits=32)


@pytest.mark.parametrize(("version", "fits"), [("2.31", False), ("2.34", True), ("2.36", True), ("", True)])
def test_glibc_must_be_new_enough(version, fits, monkeypatch):
    monkeypatch.setattr(dev_system.platform, "libc_ver", lambda: ("glibc", version))
    if fits:
        dev_system.check_python(system="linux")
    else:
        with pytest.raises(SetupError, match=r"glibc 2\.34"):
            dev_system.check_python(system="linux")


@pytest.mark.parametrize("display", ["", "nonsense", ":", ":x", "127.0.0.1:59999"])
def test_no_screen_where_none_answers(display):
    assert not dev_system.has_screen({"DISPLAY": display}, system="linux")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs Unix sockets")
def test_a_wayland_server_that_answers_is_a_screen(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path may be short only
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("wayland-0")
        environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": "."}
        assert not dev_system.has_screen(environment, system="linux")
        server.listen()
        assert dev_system.has_screen(environment, system="linux")


def test_an_x_server_over_the_network_that_answers_is_a_screen():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        server.listen()
        assert dev_system.has_screen({"DISPLAY": f"127.0.0.1:{port - 6000}.0"}, system="linux")


def test_apt_installs_without_questions(root_with_apt, monkeypatch):
    commands = Commands([0])
    monkeypatch.setattr(dev_system.subprocess, "run", commands)
    dev_system.apt_install(["libegl1", "xvfb"], "reason")
    (command,) = commands.ran
    assert command[-5:] == ["install", "-y", "--no-install-recommends", "libegl1", "xvfb"]
    assert "DEBIAN_FRONTEND=noninteractive" in command
    assert "sudo" not in command


def test_apt_refreshes_its_lists_once_before_giving_up(root_with_apt, monkeypatch):
    commands = Commands([100, 0, 0])
    monkeypatch.setattr(dev_system.subprocess, "run", commands)
    dev_system.apt_install(["libegl1"], "reason")
    assert ["update" in command for command in commands.ran] == [False, True, False]

    monkeypatch.setattr(dev_system.subprocess, "run", Commands([100, 100, 100]))
    with pytest.raises(SetupError, match=r"E: it failed[\s\S]*sudo apt-get install -y libegl1"):
        dev_system.apt_install(["libegl1"], "reason")


def test_sudo_is_used_only_where_it_asks_nothing(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev_system.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    assert dev_system.may_become_root(Commands([0])) == ["sudo", "-n"]
    assert dev_system.may_become_root(Commands([1])) is None


def test_without_the_right_to_install_the_command_is_named(monkeypatch):
    monkeypatch.setattr(dev_system, "may_become_root", lambda: None)
    monkeypatch.setattr(dev_system.shutil, "which", lambda name, **_: "/usr/bin/apt-get" if name == "apt-get" else None)
    with pytest.raises(SetupError, match=r"libEGL\.so\.1 \(Qt needs them\)[\s\S]*sudo apt-get install -y libegl1"):
        dev_system.apt_install(["libegl1"], "Qt needs them", ["libEGL.so.1"])


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("apt-get", "sudo apt-get install -y libegl1"),
        ("dnf", "sudo dnf install 'libEGL.so.1()(64bit)'"),
        ("none", "your package manager's command for the packages that hold libEGL.so.1"),
    ],
)
def test_the_command_is_that_of_the_system(manager, expected, monkeypatch):
    monkeypatch.setattr(dev_system.shutil, "which", lambda name, **_: name if name == manager else None)
    assert dev_system.command_for(["libegl1"], ["libEGL.so.1"]) == expected


def test_qt_asks_for_what_is_missing_and_nothing_else(monkeypatch):
    installed: list[list[str]] = []
    gone = {"libxcb-icccm.so.4", "libEGL.so.1"}
    monkeypatch.setattr(
        dev_system,
        "missing_libraries",
        lambda libraries: [library for library in libraries if library.soname in gone],
    )

    def install(packages: list[str], why: str, sonames: list[str]) -> None:
        installed.append(packages)
        gone.clear()

    monkeypatch.setattr(dev_system, "apt_install", install)
    monkeypatch.setattr(dev_system, "has_fonts", lambda: False)
    dev_system.ensure_qt(x11=False, system="linux")
    assert installed == [["libegl1", "fonts-dejavu-core"]]
    gone.add("libxcb-icccm.so.4")
    monkeypatch.setattr(dev_system, "has_fonts", lambda: True)
    dev_system.ensure_qt(x11=True, system="linux")
    assert installed[1:] == [["libxcb-icccm4"]]
    dev_system.ensure_qt(x11=True, system="linux")
    assert len(installed) == 2


def test_a_library_that_stays_away_is_told(monkeypatch):
    monkeypatch.setattr(dev_system, "missing_libraries", lambda libraries: list(libraries)[:1])
    monkeypatch.setattr(dev_system, "apt_install", lambda *_: None)
    with pytest.raises(SetupError, match="still cannot be loaded"):
        dev_system.ensure_qt(x11=False, system="linux")


def test_missing_test_tools_do_not_stop_the_tests(monkeypatch, capsys):
    monkeypatch.setattr(dev_system.shutil, "which", lambda name, **_: None)
    dev_system.ensure_test_tools(system="linux")
    assert "xvfb" in capsys.readouterr().out


def test_debian_keeps_venv_in_a_package(root_with_apt, monkeypatch):
    answers = iter([None, object()])
    monkeypatch.setattr(dev_system.importlib.util, "find_spec", lambda name: next(answers))
    commands = Commands([0])
    monkeypatch.setattr(dev_system.subprocess, "run", commands)
    dev_system.ensure_venv_module()
    assert commands.ran[0][-1] == f"python3.{sys.version_info[1]}-venv"


def test_a_virtual_screen_is_a_screen_until_it_ends():
    with virtual_screen() as environment:
        assert dev_system.has_screen(environment, system="linux")
    assert not dev_system.has_screen(environment, system="linux")
