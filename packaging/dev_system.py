"""What the operating system must provide: Python's own parts, Qt's shared libraries, fonts, a screen, test tools.

Everything here asks the system what is really there (can this object be loaded, does this screen answer) instead of
trusting a package database, then installs what is missing with apt where it may, or names the exact command.
"""

import ctypes
import importlib.util
import os
import platform
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


class SetupError(Exception):
    """Set-up cannot go on; the message says why and what to do."""


def say(message: str) -> None:
    """Print one line of progress at once, even into a pipe."""
    print(message, flush=True)


@dataclass(frozen=True)
class Library:
    """A shared object that Qt loads, and the Debian package that brings it."""

    soname: str
    package: str


# Found by adding packages one by one to a bare Debian 12 until each platform plugin loaded; the other xcb parts arrive
# with these. Qt blames libxcb-cursor0 whichever of the second group is missing.
QT_LIBRARIES = (
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libGL.so.1", "libgl1"),
    Library("libEGL.so.1", "libegl1"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
    Library("libfreetype.so.6", "libfreetype6"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
)
X11_LIBRARIES = (
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
    Library("libxcb-image.so.0", "libxcb-image0"),
    Library("libxcb-randr.so.0", "libxcb-randr0"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1"),
)
FONT_PACKAGE = "fonts-dejavu-core"
TEST_TOOLS = {"Xvfb": "xvfb", "xauth": "xauth", "xdotool": "xdotool"}


def check_python(*, system: str = sys.platform, bits: int = struct.calcsize("P") * 8) -> None:
    """Refuse an interpreter or C library for which Qt has no wheels.

    Raises
    ------
    SetupError
        On a 32-bit Python, or on Linux with glibc older than 2.34 (Qt's wheels are manylinux_2_34).
    """
    if bits < 64:
        raise SetupError(
            "This is a 32-bit Python, for which Qt is not published. Install a 64-bit Python 3.11 or newer."
        )
    if system.startswith("linux"):
        name, version = platform.libc_ver()
        numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
        if name == "glibc" and numbers and numbers < (2, 34):
            raise SetupError(
                f"Qt needs glibc 2.34 or newer (Debian 12, Ubuntu 22.04 and later); this system has {version}."
            )


def _known_to_the_loader() -> str:
    """Return what ``ldconfig -p`` lists, or nothing where there is no ldconfig."""
    found = shutil.which("ldconfig") or shutil.which("ldconfig", path="/usr/sbin:/sbin")
    if found is None:
        return ""
    listing = subprocess.run([found, "-p"], capture_output=True, text=True, check=False)
    # A listing line reads "libEGL.so.1 (libc6,x86-64) => /path"; other word sizes do not count.
    foreign = "x32" if struct.calcsize("P") == 8 else "x86-64"
    lines = (line for line in listing.stdout.splitlines() if foreign not in line)
    if platform.machine() in {"x86_64", "AMD64"}:
        lines = (line for line in lines if "x86-64" in line)
    return "\n".join(lines)


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_libraries(
    libraries: Iterable[Library], *, listing: str | None = None, loads: Callable[[str], bool] = _loads
) -> list[Library]:
    """Return the libraries that neither the loader's list names nor the loader can open.

    Parameters
    ----------
    libraries
        What to look for.
    listing
        The text of ``ldconfig -p``; asked from the system where not given. It is the quick answer; ``loads`` is the
        sure one and also honours LD_LIBRARY_PATH and systems without ldconfig.
    """
    known = _known_to_the_loader() if listing is None else listing
    names = {line.split(maxsplit=1)[0] for line in known.splitlines() if line.strip()}
    return [library for library in libraries if library.soname not in names and not loads(library.soname)]


def has_fonts(folders: Iterable[Path] | None = None) -> bool:
    """Tell whether any outline font is installed; without one Qt draws every letter as a box."""
    if folders is None:
        home = Path.home()
        folders = [
            Path("/usr/share/fonts"),
            Path("/usr/local/share/fonts"),
            home / ".fonts",
            home / ".local/share/fonts",
        ]
    for folder in folders:
        for _, _, files in os.walk(folder):
            if any(name.lower().endswith((".ttf", ".otf", ".ttc", ".pfb")) for name in files):
                return True
    return False


def _listens(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(address)
        except (OSError, OverflowError):  # the latter for a port beyond 65535
            return False
    return True


def has_screen(environment: Mapping[str, str], *, system: str = sys.platform) -> bool:
    """Tell whether a window can be shown: on Linux, whether the named X or Wayland server answers."""
    if not system.startswith(("linux", "freebsd", "openbsd", "netbsd")):
        return True
    wayland = environment.get("WAYLAND_DISPLAY", "")
    if wayland:
        # An absolute WAYLAND_DISPLAY replaces the runtime folder, as the Wayland protocol says (and as / does here).
        path = Path(environment.get("XDG_RUNTIME_DIR", "/")) / wayland
        if _listens(socket.AF_UNIX, str(path)):
            return True
    host, colon, number = environment.get("DISPLAY", "").rpartition(":")
    display = number.split(".")[0]
    if not colon or not display.isdigit():
        return False
    if host in {"", "unix"} or host.startswith("/"):
        name = f"/tmp/.X11-unix/X{display}"  # noqa: S108 - the X server's fixed address, not a file of ours
        return _listens(socket.AF_UNIX, name) or (system == "linux" and _listens(socket.AF_UNIX, "\0" + name))
    return _listens(socket.AF_INET, (host, 6000 + int(display)))


def may_become_root(runs: Callable[..., "subprocess.CompletedProcess[bytes]"] = subprocess.run) -> list[str] | None:
    """Return the prefix that runs a command as root without asking, or None where there is no such right."""
    if getattr(os, "geteuid", lambda: -1)() == 0:
        return []
    if shutil.which("sudo") and runs(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def command_for(packages: Collection[str], sonames: Collection[str] = ()) -> str:
    """Return the command a person can type to install what is missing, for this system's package manager."""
    if shutil.which("apt-get") or not sonames:
        return "sudo apt-get install -y " + " ".join(packages)
    if shutil.which("dnf"):
        return "sudo dnf install " + " ".join(f"'{soname}()(64bit)'" for soname in sonames)
    return "your package manager's command for the packages that hold " + ", ".join(sonames)


def apt_install(packages: Collection[str], why: str, sonames: Collection[str] = ()) -> None:
    """Install Debian packages, quietly and without questions.

    Raises
    ------
    SetupError
        Where apt or the right to use it is missing, or apt fails; the message holds the command to type.
    """
    by_hand = f"Please install them with:\n  {command_for(packages, sonames)}\nand start this command again."
    prefix = may_become_root() if shutil.which("apt-get") else None
    if prefix is None:
        raise SetupError(f"Missing: {', '.join(sonames or packages)} ({why}). {by_hand}")
    say(f"Installing system packages ({why}): {' '.join(packages)}")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1", "apt-get", "-qq"]
    quiet += ["-o", "DPkg::Lock::Timeout=120"]
    install = [*quiet, "install", "-y", "--no-install-recommends", *packages]
    result = None
    # The package lists may be absent or stale (fresh containers ship none): one refresh, then once more.
    for step in (install, [*quiet, "update"], install):
        result = subprocess.run(step, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if step is install and result.returncode == 0:
            return
    detail = "\n".join((result.stdout + result.stderr).strip().splitlines()[-8:]) if result else ""
    raise SetupError(f"apt-get could not install them:\n{detail}\n{by_hand}")


def ensure_venv_module() -> None:
    """Make sure Python can make virtual environments (Debian keeps that in a package of its own)."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not shutil.which("apt-get"):
        raise SetupError(f"{sys.executable} has no venv or ensurepip module; install a complete Python 3.11 or newer.")
    apt_install([package], "Python's venv module")
    importlib.invalidate_caches()
    if not importlib.util.find_spec("ensurepip"):
        raise SetupError(
            f"{package} is installed, but {sys.executable} still has no ensurepip module; use another Python."
        )


def ensure_qt(*, x11: bool, system: str = sys.platform) -> None:
    """Make sure Qt's system libraries and a font are there; nothing to do on Windows and macOS.

    Parameters
    ----------
    x11
        Also what a window on a screen needs, beyond drawing offscreen.
    """
    if not system.startswith("linux"):
        return
    needed = QT_LIBRARIES + (X11_LIBRARIES if x11 else ())
    missing = missing_libraries(needed)
    packages = [library.package for library in missing]
    if not has_fonts():
        packages.append(FONT_PACKAGE)
    if not packages:
        return
    sonames = [library.soname for library in missing]
    apt_install(packages, "Qt needs them", sonames)
    still = missing_libraries(missing)
    if still:
        names = ", ".join(library.soname for library in still)
        raise SetupError(f"apt-get installed the packages, but {names} still cannot be loaded.")


def ensure_test_tools(*, system: str = sys.platform) -> None:
    """Install the virtual screen that window tests use; where that is not possible say so and go on without."""
    if not system.startswith("linux"):
        return
    packages = [package for command, package in TEST_TOOLS.items() if not shutil.which(command)]
    if not packages:
        return
    try:
        apt_install(packages, "window tests on a virtual screen")
    except SetupError as error:
        say(f"{error}\nGoing on without: the tests that need a real window will be skipped.")
