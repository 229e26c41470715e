"""The clean environment that a bundle is built in: the pinned run-time requirements, the freezer, and the program.

Libraries that merely lie in the environment end up in a bundle (measured: +94 MB where the test tools were installed),
so this one is made anew from nothing whenever anything it is made from has changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
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


def source_digest(root: Path) -> str:
    """A fingerprint of the requirements and of every file of the program."""
    parts = hashlib.sha256(f"{sys.version}|{sys.platform}|{root}".encode())
    files = [root / "pyproject.toml", root / REQUIREMENTS / "run.txt", root / REQUIREMENTS / "build.txt"]
    for folder in ("core", "desktop", "resources", "widgets"):
        files += sorted(path for path in (root / folder).rglob("*") if path.is_file() and path.suffix != ".pyc")
    for path in files:
        parts.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return parts.hexdigest()


def build_environment(root: Path, venv: Path) -> Path:
    """Make the environment where it is missing or out of date; returns its Python."""
    stamp, digest = venv / "trimtab-build.txt", source_digest(root)
    python = program(venv, "python")
    if stamp.exists() and stamp.read_text("utf-8") == digest:
        return python
    shutil.rmtree(venv, ignore_errors=True)
    say(f"Making the build environment with Python {sys.version.split()[0]}")
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = subprocess.run([base, "-m", "venv", venv], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise SetupError(f"Python could not make {venv}:\n{(made.stdout + made.stderr).strip()}")
    pip: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--retries",
        "3",
    ]
    try:
        requirements = root / REQUIREMENTS / "build.txt"
        run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", requirements], cwd=root, venv=venv)
        # A copy, so that setuptools leaves nothing in the checkout and takes nothing from it but what is listed.
        copy = venv / "source"
        for name in ("core", "desktop", "resources", "widgets"):
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
            shutil.copy2(root / name, copy / name)
        run([*pip, "--no-deps", "--no-build-isolation", copy], cwd=copy, venv=venv)
        shutil.rmtree(copy)
    except SetupError as error:
        raise SetupError(explain_pip(str(error).splitlines())) from error
    stamp.write_text(digest, "utf-8")
    return python
