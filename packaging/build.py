#!/usr/bin/env python3
"""Build what users install: ``python3 packaging/build.py bundle``, then a package of it; ``help`` lists the commands.

Everything is made in ``build/`` and left in ``dist/``. The bundle is built in a clean environment, checked for
libraries that are missing, tried by its own smoke test, and held to the budgets of ``budgets.toml``.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import build_linux
import build_mac
import build_windows
from build_checks import best_start, budgets, fail_on, missing_in, over_budget, size_of, smoke, traces, unresolved
from build_env import build_environment, run
from dev_system import SetupError, check_python, ensure_qt, say
from search_paths import clean_libraries, that_search_elsewhere
from strip_elf import strip_libraries

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
WORK = ROOT / "build" / "bundle"
DIST = ROOT / "dist"

HELP = """\
python3 packaging/build.py COMMAND

  bundle     the program as one folder, checked and tried: dist/trimtab/ (on macOS also dist/Trimtab.app)
  baseline   an empty window with a chart built the same way, and the two compared
  check      the checks of `bundle` again, on what lies in dist/
  deb        Debian package of the bundle            (Linux)
  tarball    the bundle as .tar.xz with an installer (Linux)
  appimage   AppImage of the bundle; needs appimagetool (Linux)
  installer  installer by Inno Setup; signs where TRIMTAB_SIGN is set (Windows)
  dmg        disk image; signs and notarises where TRIMTAB_MAC_IDENTITY is set (macOS)
  help       this text
"""


def main(arguments: list[str]) -> int:
    """Run one command; 0 done, 1 failed, 2 wrong usage."""
    commands: dict[str, Callable[[], None]] = {
        "bundle": bundle,
        "baseline": baseline,
        "check": check,
        "deb": lambda: build_linux.deb(ROOT, DIST, version()),
        "tarball": lambda: build_linux.tarball(ROOT, DIST, version()),
        "appimage": lambda: build_linux.appimage(ROOT, DIST, version()),
        "installer": lambda: build_windows.installer(ROOT, DIST, version()),
        "dmg": lambda: build_mac.dmg(ROOT, DIST, version()),
    }
    name = arguments[0] if arguments else "help"
    if name in {"help", "-h", "--help"}:
        print(HELP, end="")
        return 0
    if name not in commands or len(arguments) > 1:
        print(f"There is no command {' '.join(arguments)!r}.\n\n{HELP}", end="", file=sys.stderr)
        return 2
    try:
        commands[name]()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def version() -> str:
    """The version, from the one place that says it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def executable(name: str = "trimtab") -> Path:
    """The program in a built folder."""
    return DIST / name / (f"{name}.exe" if sys.platform == "win32" else name)


def bundle() -> None:
    """Build, describe and check the program's folder."""
    check_python()
    ensure_qt(x11=True)  # what isn't on this machine can't be put into the bundle
    _freeze("trimtab")
    python = build_environment(ROOT, WORK / "venv")
    contents = WORK / "trimtab" / "contents.json"
    run([python, PACKAGING / "notices.py", contents, DIST / "trimtab"], cwd=WORK, venv=WORK / "venv")
    _add_shared_files(DIST / "trimtab")
    check()


def baseline() -> None:
    """Build the yardstick, and compare."""
    _freeze("baseline")
    for name in ("baseline", "trimtab"):
        if executable(name).exists():
            size, files = size_of(DIST / name)
            start = best_start(executable(name))
            say(f"{name}: {size / 1e6:.1f} MB, {files} files, {start:.2f} s to first paint")


def check() -> None:
    """Hold the bundle to what it must be. Raises SetupError."""
    folder = DIST / "trimtab"
    if not executable().exists():
        raise SetupError("There is no bundle yet: python3 packaging/build.py bundle")
    fail_on((f"{name}, for {user}" for name, user in missing_in(folder).items()), "Libraries missing in the bundle")
    fail_on(traces(folder, ROOT), "Files that name the builder's folders")
    elsewhere = that_search_elsewhere(folder)
    fail_on((f"{name}: {where}" for name, where in elsewhere.items()), "Libraries that look for others elsewhere")
    answer = smoke(executable())
    if answer["version"] != version():
        raise SetupError(f"The bundle says it is version {answer['version']}, not {version()}.")
    say(f"Smoke test: {answer['seconds']}")
    size, files = size_of(folder)
    measured = {"megabytes": size / 1e6, "files": float(files), "start_seconds": best_start(executable())}
    say(", ".join(f"{name} {value:.2f}" for name, value in measured.items()))
    (DIST / "trimtab-measured.json").write_text(json.dumps(measured | {"smoke": answer["seconds"]}, indent=2), "utf-8")
    fail_on(over_budget(measured, budgets()), "Budgets exceeded")


def _freeze(name: str) -> None:
    """Run PyInstaller on the recipe. Raises SetupError where it can't find a library."""
    begun = time.monotonic()
    WORK.mkdir(parents=True, exist_ok=True)
    python = build_environment(ROOT, WORK / "venv")
    icons = WORK / "icons"
    run([python, PACKAGING / "make_icon.py", icons], cwd=WORK, venv=WORK / "venv")
    shutil.rmtree(DIST / name, ignore_errors=True)
    work = WORK / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    command: list[str | Path] = [python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "INFO"]
    command += ["--workpath", work, "--distpath", DIST, PACKAGING / "trimtab.spec"]
    settings = {
        "TRIMTAB_BUNDLE": name,
        "TRIMTAB_ICONS": str(icons),
        "TRIMTAB_CONTENTS": str(work / "contents.json"),
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "1767225600"),
    }
    log = run(command, cwd=work, venv=WORK / "venv", extra=settings)
    (work / "log.txt").write_text(log, "utf-8")
    fail_on(unresolved(log), "Libraries that the freezer could not find")
    if sys.platform.startswith("linux"):
        saved, left = strip_libraries(DIST / name)
        kept = ", ".join(path.name for path in left) or "none"
        say(f"Symbols taken out: {saved / 1e6:.1f} MB less; left as they were: {kept}")
        say(f"Folders of this machine taken out of {clean_libraries(DIST / name)} libraries")
    say(f"Built dist/{name} with Python {platform.python_version()} in {time.monotonic() - begun:.0f} s")


def _add_shared_files(folder: Path) -> None:
    """Licence, notices and the icon, beside the program."""
    licences = folder / "licences"
    licences.mkdir(exist_ok=True)
    for name in ("LICENSE", "NOTICE"):
        shutil.copy2(ROOT / name, licences / f"Trimtab-{name}.txt")
    for name in ("trimtab-256.png", "trimtab.svg"):
        shutil.copy2(WORK / "icons" / name, folder / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
