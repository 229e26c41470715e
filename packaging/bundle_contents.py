"""Which of the files that PyInstaller found go into the bundle: Qt's parts that the program can't use stay out.

An entry is PyInstaller's ``(name in the bundle, source, kind)``. Names are compared with forward slashes, so that one
list serves all systems. Excluding Python modules by hand is kept to what is surely unused: a short list that is too
long ends in a program that does not start.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

Entry = tuple[str, str, str]

#: Modules that libraries look for and can do without. ``readline`` would bring in a GPL library; SciPy (66 MB) is asked
#: for by Clarabel's metadata and by pandas for methods that we don't call: our own solver hands it plain arrays. For
#: Qt's OpenGL without_opengl.py answers; rapidfuzz has its distances, which we don't call, in Python as well.
EXCLUDED_MODULES = (
    "IPython",
    "PySide6.QtDesigner",
    "PySide6.QtHelp",
    "PySide6.QtNetwork",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtQuickWidgets",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "PySide6.QtUiTools",
    "curses",
    "distributed",
    "lxml.isoschematron",
    "lxml.objectify",
    "matplotlib",
    "pip",
    "pyqtgraph.examples",
    "pyqtgraph.jupyter",
    "pyqtgraph.opengl",
    "pytest",
    "rapidfuzz.distance.metrics_cpp",
    "rapidfuzz.distance.metrics_cpp_avx2",
    "readline",
    "rlcompleter",
    "scipy",
    "setuptools",
    "tkinter",
)

#: Qt's plugins that are kept, by folder: any name that begins with one of these (after "lib" and "q").
_KEPT_PLUGINS: dict[str, tuple[str, ...]] = {
    "platforms": ("xcb", "wayland", "offscreen", "windows", "cocoa"),
    "xcbglintegrations": ("",),
    "wayland-shell-integration": ("xdg",),
    "wayland-decoration-client": ("adwaita", "bradient"),
    "wayland-graphics-integration-client": ("qt-plugin-wayland-egl", "t-plugin-wayland-egl"),
    "platforminputcontexts": ("compose", "ibus"),
    "platformthemes": ("xdgdesktopportal",),
    "imageformats": ("jpeg", "svg", "ico"),
    "iconengines": ("svg",),
    "styles": ("",),
    "printsupport": (),
}
_PLUGIN = re.compile(r"(?:^|/)PySide6/(?:Qt/)?plugins/([^/]+)/([^/]+)$")
_QT_LIBRARY = re.compile(r"^(?:lib)?Qt6?[A-Z][A-Za-z0-9]*(?:\.so|\.dll|\.abi3|\.\d|$|.*\.dylib)")
#: Libraries of a Linux system, at the top of the bundle; Python's own is loaded by the program in front of ours.
_SYSTEM_LIBRARY = re.compile(r"^lib(?!python)[^/]+\.so[.\d]*$")
#: Translations of Qt's own words, type information, QML files, and tests that hooks pick up.
_UNUSED = re.compile(
    r"(?:^|/)PySide6/(?:Qt/)?(?:translations|qml|metatypes|typesystems|glue|include)/|(?:^|/)tests?/data/"
    r"|(?:^|/)lxml/isoschematron/"
    r"|\.dist-info/(?:direct_url\.json|INSTALLER|REQUESTED)$"  # where the builder installed it from
)


def keep_plugin(name: str) -> bool:
    """Whether a plugin of Qt is of use; True for everything that is no plugin."""
    found = _PLUGIN.search(name)
    if found is None:
        return True
    folder, file = found.groups()
    stem = file.removeprefix("lib").removeprefix("q")
    return any(stem.startswith(start) for start in _KEPT_PLUGINS.get(folder, ()))


def prune(binaries: Iterable[Entry], needed_by: Callable[[str], Iterable[str]]) -> list[Entry]:
    """The binaries without unused plugins, and without libraries that only those needed.

    needed_by : the file names of the libraries that a binary (by its source) is linked to. A library is what others
    are linked to and Python does not import: it stays only while something that stays needs it.
    """
    kept = [entry for entry in binaries if keep_plugin(_posix(entry[0])) and not _UNUSED.search(_posix(entry[0]))]
    needs = {entry[0]: {name.lower() for name in needed_by(entry[1])} for entry in kept}
    while True:
        wanted = set().union(*(needs[entry[0]] for entry in kept))
        left = [entry for entry in kept if not is_library(entry) or file_name(entry).lower() in wanted]
        if len(left) == len(kept):
            return left
        kept = left


def without_dangling(entries: Iterable[Entry], kept: Iterable[Entry]) -> list[Entry]:
    """The entries without links to files that are not among those kept."""
    names = {_posix(entry[0]) for entry in kept}

    def leads_somewhere(entry: Entry) -> bool:
        if entry[2] != "SYMLINK":
            return True
        return posixpath.normpath(posixpath.join(posixpath.dirname(_posix(entry[0])), _posix(entry[1]))) in names

    return [entry for entry in entries if leads_somewhere(entry)]


def is_library(entry: Entry) -> bool:
    """Whether a binary is a shared library that can go when nothing is linked to it: Qt's own, and the system's."""
    name, _, kind = entry
    if kind != "BINARY":
        return False
    return bool(_SYSTEM_LIBRARY.match(_posix(name)) or _QT_LIBRARY.match(file_name(entry)))


def file_name(entry: Entry) -> str:
    """The last part of the name in the bundle."""
    return PurePosixPath(_posix(entry[0])).name


def keep_data(entry: Entry) -> bool:
    """Whether a data file is of use."""
    return not _UNUSED.search(_posix(entry[0]))


def _posix(name: str) -> str:
    return name.replace("\\", "/")
