"""The clean environment that a bundle is built in: the pinned run-time requirements, the freezer, and the program.

Libraries that merely lie in the environment end up in a bundle (measured: +94 MB where the test tools were installed),
so this one is made anew from nothing whenever anything it is made from has changed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from dev_system import SetupError, say
from dev_venv import REQUIREMENTS, child_environment, explain_pip, program


def run(command: list[str | Path], *, cwd: Path, venv: Path, extra: dict[str, str] | None = None) -> str:
    """Run a command of the environment and return all it said.

    Raises
    ------
    SetupError
        Where it fails; the message ends with its last words.
    """
    environment = child_environment(venv, os.environ) | (extra or {})
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        name = Path(str(command[0])).stem + " " + " ".join(str(part) for part in command[1:4])
        raise SetupError(f"{name} ended with status {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


PROGRAM = ("core", "desktop", "resources", "widgets")


def digest(root: Path, names: Iterable[str]) -> str:
    """A fingerprint of files and of folders with all that is in them, and of the Python that is at work."""
    parts = hashlib.sha256(f"{sys.version}|{sys.platform}|{root}".encode())
    files = [root / name for name in names]
    for path in [inner for one in files for inner in (sorted(one.rglob("*")) if one.is_dir() else [one])]:
        if path.is_file() and path.suffix != ".pyc":
            parts.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return parts.hexdigest()


def build_environment(root: Path, venv: Path) -> Path:
    """Make the environment anew where its requirements have changed, install the program anew where it has.

    Returns the environment's Python.
    """
    python = program(venv, "python")
    pip: list[str | Path] = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    requirements = root / REQUIREMENTS / "build.txt"
    needed = digest(root, [str(REQUIREMENTS / "run.txt"), str(REQUIREMENTS / "build.txt")])
    source = digest(root, ["pyproject.toml", *PROGRAM])
    stamp = venv / "trimtab-build.json"
    try:
        stamped: dict[str, str] = json.loads(stamp.read_text("utf-8"))
    except (OSError, ValueError):
        stamped = {}
    try:
        if stamped.get("requirements") != needed:
            _make_empty(venv)
            run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", requirements], cwd=root, venv=venv)
            stamped = {}
        if stamped.get("source") != source:
            _install_program(root, venv, pip)
    except SetupError as error:
        raise SetupError(explain_pip(str(error).splitlines())) from error
    stamp.write_text(json.dumps({"requirements": needed, "source": source}), "utf-8")
    return python


def _make_empty(venv: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    say(f"Making the build environment with Python {sys.version.split()[0]}")
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = subprocess.run([base, "-m", "venv", venv], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise SetupError(f"Python could not make {venv}:\n{(made.stdout + made.stderr).strip()}")


def _install_program(root: Path, venv: Path, pip: list[str | Path]) -> None:
    # From a copy, so that setuptools leaves nothing in the checkout and takes nothing from it but what is listed.
    copy = venv / "source"
    shutil.rmtree(copy, ignore_errors=True)
    for name in PROGRAM:
        shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy2(root / name, copy / name)
    run([*pip, "--no-deps", "--no-build-isolation", "--force-reinstall", copy], cwd=copy, venv=venv)
    shutil.rmtree(copy)
