"""What a check of ``trimtab doctor`` ends with, and the packages that bring missing libraries."""

from enum import StrEnum

import attrs

#: Shared libraries of a Linux system by the package of Debian and Ubuntu that brings them.
_PACKAGES = {
    "libGL.so": "libgl1",
    "libEGL.so": "libegl1",
    "libGLX.so": "libglx0",
    "libGLdispatch.so": "libglvnd0",
    "libfontconfig.so": "libfontconfig1",
    "libfreetype.so": "libfreetype6",
    "libglib-2.0.so": "libglib2.0-0",
    "libdbus-1.so": "libdbus-1-3",
    "libxkbcommon.so": "libxkbcommon0",
    "libxkbcommon-x11.so": "libxkbcommon-x11-0",
    "libwayland-client.so": "libwayland-client0",
    "libwayland-cursor.so": "libwayland-cursor0",
    "libwayland-egl.so": "libwayland-egl1",
    "libxcb.so": "libxcb1",
    "libxcb-cursor.so": "libxcb-cursor0",
    "libxcb-icccm.so": "libxcb-icccm4",
    "libxcb-image.so": "libxcb-image0",
    "libxcb-keysyms.so": "libxcb-keysyms1",
    "libxcb-randr.so": "libxcb-randr0",
    "libxcb-render-util.so": "libxcb-render-util0",
    "libxcb-shape.so": "libxcb-shape0",
    "libxcb-xkb.so": "libxcb-xkb1",
}


class State(StrEnum):
    """How a check came out: ``note`` is for what works in another way, ``bad`` for what doesn't work."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@attrs.frozen
class Finding:
    """A check: what was looked at, how it is, and what to do."""

    name: str
    state: State
    text: str
    remedy: str = ""


def package_of(words: str) -> str | None:
    """The Debian package that holds the library which a loader's words name; None where they name none of ours."""
    return next((package for name, package in _PACKAGES.items() if name in words), None)


def to_install(words: str) -> str:
    """What to do about a library that a loader's words name."""
    package = package_of(words)
    if package is None:
        return "Install the program again; if that does not help, report these words."
    return f"Install the package {package} (Debian, Ubuntu: sudo apt install {package})."
