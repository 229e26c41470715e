"""What a finished bundle is held to: nothing unresolved, a passed smoke test, size and start-up within budgets."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dev_system import SetupError, say

BUDGETS = Path(__file__).resolve().parent / "budgets.toml"
_UNRESOLVED = re.compile(r"could not resolve '([^']+)'")
#: Libraries of Qt plugins that are left out of the bundle anyway (GTK's theme).
_PLUGINS_LEFT_OUT = re.compile(r"libg[td]k-3\.so")
#: What a desktop brings along (packaging/linux/control says so too): the C library, the graphics driver's front, and
#: the libraries that speak to the screen, which must be those the driver uses.
_OF_THE_SYSTEM = re.compile(
    r"^(?:ld-linux.*|lib(?:c|m|dl|rt|pthread|util|resolv|anl|nsl|GL|EGL|GLX|OpenGL|GLdispatch|drm|gbm|xcb"
    r"|wayland-(?:client|cursor|egl))\.so\.\d+)$"
)


def unresolved(log: str) -> list[str]:
    """Libraries that PyInstaller says it couldn't find; such a bundle starts here and dies on other machines."""
    return sorted(name for name in set(_UNRESOLVED.findall(log)) if not _PLUGINS_LEFT_OUT.match(name))


def missing_in(bundle: Path) -> dict[str, str]:
    """Library -> the file that needs it, for what is neither in the bundle nor of the system (Linux only)."""
    if not sys.platform.startswith("linux") or not shutil.which("objdump"):
        return {}
    files = [path for path in bundle.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]
    here = {path.name for path in bundle.rglob("*")}
    missing: dict[str, str] = {}
    for path in files:
        listed = subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True).stdout
        for name in re.findall(r"NEEDED\s+(\S+)", listed):
            if name not in here and not _OF_THE_SYSTEM.match(name):
                missing.setdefault(name, path.relative_to(bundle).as_posix())
    return missing


def traces(bundle: Path, root: Path) -> list[str]:
    """Files of the bundle that name the folders of the machine it was built on."""
    inside = [str(root / "build" / "bundle"), str(root / "packaging")]
    names = [name.encode() for name in {*inside, *(name.replace("\\", "/") for name in inside)}]
    files = [path for path in sorted(bundle.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [path.relative_to(bundle).as_posix() for path in files if any(name in path.read_bytes() for name in names)]


def size_of(bundle: Path) -> tuple[int, int]:
    """Bytes and number of the files of a folder; links are not counted twice."""
    files = [path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(path.stat().st_size for path in files), len(files)


def clean_environment(folder: Path) -> dict[str, str]:
    """Settings and data folders of its own, no Python of ours, and the network closed by a proxy that isn't there."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "XDG_"))}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"):
        kept[name] = str(folder / name.lower())
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        kept[name] = kept[name.lower()] = "http://127.0.0.1:9"
    if sys.platform.startswith("linux") and not kept.get("DISPLAY"):
        kept["QT_QPA_PLATFORM"] = "offscreen"
    return kept


def smoke(executable: Path, *, start_only: bool = False) -> dict[str, Any]:
    """Run the smoke test of a frozen program; returns its answer with ``seconds`` from the start for every step.

    Raises
    ------
    SetupError
        Where the program fails, complains, or takes longer than five minutes.
    """
    with tempfile.TemporaryDirectory(prefix="trimtab-smoke-") as name:
        folder = Path(name)
        command: list[str | Path] = [executable, "--smoke", folder / "out"]
        command += ["--start-only"] if start_only else []
        begun = time.time()
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=clean_environment(folder),
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SetupError("The smoke test did not end within five minutes.") from None
        ended = time.time()
    complaints = [line for line in done.stderr.splitlines() if line.strip() and "propagateSizeHints" not in line]
    if done.returncode != 0 or complaints:
        raise SetupError(f"The smoke test ended with status {done.returncode}:\n" + "\n".join(complaints[-20:]))
    answer: dict[str, Any] = json.loads(done.stdout)
    answer["seconds"] = {step: round(at - begun, 3) for step, at in answer["at"].items()} | {
        "ended": round(ended - begun, 3)
    }
    return answer


def best_start(executable: Path, runs: int = 5) -> float:
    """Seconds from the start of the program to its first picture: the best of several, since machines are busy."""
    return min(float(smoke(executable, start_only=True)["seconds"]["painted"]) for _ in range(runs))


def budgets(path: Path = BUDGETS, system: str = sys.platform) -> dict[str, float]:
    """The budgets of a system."""
    table = tomllib.loads(path.read_text("utf-8"))
    found: dict[str, float] = table["all"] | table.get("linux" if system.startswith("linux") else system, {})
    return found


def over_budget(measured: Mapping[str, float], allowed: Mapping[str, float]) -> list[str]:
    """What is above its budget, in words."""
    return [
        f"{name}: {measured[name]:.2f} measured, {limit:.2f} allowed"
        for name, limit in allowed.items()
        if name in measured and measured[name] > limit
    ]


def fail_on(problems: Iterable[str], what: str) -> None:
    """Raise SetupError where there are problems."""
    listed = list(problems)
    if listed:
        raise SetupError(f"{what}:\n  " + "\n  ".join(listed))
    say(f"{what}: none")
