"""The project's virtual environment ``.venv``: made once, checked in milliseconds, remade when it is broken.

A stamp inside the environment holds, for each profile (run, test, ...), a digest of everything it was made from. When
the digest is unchanged nothing is done; the project is installed editable, so changes of code need nothing either.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from dev_system import SetupError, ensure_venv_module, say

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = Path("packaging", "requirements")
# Each profile's requirement file begins with the file it builds on.
PROFILES = {
    "run": ("run",),
    "test": ("run", "test"),
    "bench": ("run", "bench"),
    "lock": ("run", "lock"),
    "build": ("run", "build"),
}

OFFLINE = re.compile(
    r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|getaddrinfo failed|ConnectTimeout"
    r"|Network is unreachable|Connection refused|Max retries exceeded|nodename nor servname|ProxyError",
)


def scripts_folder(venv: Path, *, system: str = sys.platform) -> Path:
    """Return the folder of the environment's programs."""
    return venv / ("Scripts" if system == "win32" else "bin")


def program(venv: Path, name: str, *, system: str = sys.platform) -> Path:
    """Return the path of one of the environment's programs, ``python`` included."""
    return scripts_folder(venv, system=system) / (f"{name}.exe" if system == "win32" else name)


def child_environment(venv: Path, base: Mapping[str, str], *, system: str = sys.platform) -> dict[str, str]:
    """Return the environment for programs of the virtual environment, free of settings that would leak into it."""
    leaks = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "__PYVENV_LAUNCHER__"}
    clean = {key: value for key, value in base.items() if key.upper() not in leaks}
    separator = ";" if system == "win32" else ":"
    name = next((key for key in clean if key.upper() == "PATH"), "PATH")
    clean[name] = separator.join(filter(None, [str(scripts_folder(venv, system=system)), clean.get(name, "")]))
    clean["VIRTUAL_ENV"] = str(venv)
    return clean


def digest(profile: str, root: Path = ROOT) -> str:
    """Return the fingerprint of what a profile's environment is made from."""
    parts = hashlib.sha256()
    parts.update(f"{sys.version_info[:2]}|{sys.platform}|{root}".encode())
    for file in [root / "pyproject.toml", *(root / REQUIREMENTS / f"{name}.txt" for name in PROFILES[profile])]:
        parts.update(b"\0" + file.read_bytes())
    return parts.hexdigest()


class Environment:
    """The virtual environment of one checkout.

    Parameters
    ----------
    root
        The checkout. The environment is ``root/.venv``; its lock is ``root/.venv.lock``, beside it so that it outlives
        a remake.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.python = program(self.venv, "python")
        self._stamp = self.venv / "trimtab-setup.json"
        self._unfinished = self.venv / "trimtab-setup.unfinished"

    def is_ready(self, profile: str) -> bool:
        """Tell whether the profile is installed as the requirements now stand; costs a few file reads."""
        return (
            not self._unfinished.exists()
            and self.python.exists()
            and self._stamped().get(profile) == digest(profile, self.root)
        )

    def ensure(self, profile: str) -> None:
        """Make or update the environment so that a profile is ready.

        Raises
        ------
        SetupError
            Where that is not possible; the message says what to do.
        """
        if self.is_ready(profile):
            return
        with exclusive(self.root / ".venv.lock"):
            if self.is_ready(profile):  # another run has just done it
                return
            begun = time.monotonic()
            try:
                self._make_if_needed()
                self._unfinished.touch()
                try:
                    self._install(profile)
                    self._write_stamp(profile)
                except SetupError:
                    self._unfinished.unlink()  # pip ended by itself and undid what it could not finish
                    raise
                self._unfinished.unlink()
            except OSError as error:
                raise SetupError(
                    f"Setting up {self.venv} failed: {error}. Is the disk full, or is a program of it still running?"
                ) from error
            say(f"The environment is ready ({time.monotonic() - begun:.0f} s).")

    def _stamped(self) -> dict[str, str]:
        try:
            stamp = json.loads(self._stamp.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _write_stamp(self, profile: str) -> None:
        # A profile's files include those of the profiles it builds on, so they are now installed as well.
        stamp = {
            name: digest(name, self.root) for name, files in PROFILES.items() if set(files) <= set(PROFILES[profile])
        }
        for name, value in self._stamped().items():
            if name in PROFILES and value == digest(name, self.root):
                stamp.setdefault(name, value)
        stamp["root"] = str(self.root)
        self._stamp.write_text(json.dumps(stamp, indent=1), "utf-8")

    def _trouble(self) -> str | None:
        """Return why an existing environment cannot be built upon, or None."""
        if self._unfinished.exists():
            return "it was left half made"
        if self._stamped().get("root", str(self.root)) != str(self.root):
            return "the folder has been moved"
        ask = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
        try:
            answer = subprocess.run(
                [self.python, "-c", ask],
                capture_output=True,
                text=True,
                check=False,
                env=child_environment(self.venv, os.environ),
            )
        except OSError:
            return "its Python does not start"
        ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
        if answer.returncode != 0:
            return "its Python or pip does not start"
        if answer.stdout.strip() != ours:
            return f"it was made with Python {answer.stdout.strip()}, this is Python {ours}"
        return None

    def _make_if_needed(self) -> None:
        if self.venv.is_symlink() or self.venv.exists():
            trouble = self._trouble()
            if trouble is None:
                return
            say(f"Making .venv again: {trouble}.")
            if self.venv.is_symlink() or self.venv.is_file():
                self.venv.unlink()
            else:
                shutil.rmtree(self.venv)
        else:
            say(f"Making .venv with Python {sys.version.split()[0]}")
        ensure_venv_module()
        self.venv.mkdir()
        self._unfinished.touch()
        # Started from the environment itself, our own interpreter has just been deleted; the one below it is there.
        python = getattr(sys, "_base_executable", None) or sys.executable
        made = subprocess.run([python, "-m", "venv", self.venv], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise SetupError(f"Python could not make {self.venv}:\n{(made.stdout + made.stderr).strip()}")

    def _install(self, profile: str) -> None:
        requirements = self.root / REQUIREMENTS / f"{profile}.txt"
        say(f"Installing the pinned packages of {requirements.relative_to(self.root).as_posix()}")
        # Wheels only: nothing that was downloaded is run to be installed.
        self._pip("--require-hashes", "--only-binary", ":all:", "-r", str(requirements))
        self._pip("--no-deps", "--no-build-isolation", "--editable", str(self.root))

    def _pip(self, *arguments: str) -> None:
        quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "3"]
        command: list[str | Path] = [self.python, "-m", "pip", "install", *quiet, *arguments]
        lines: list[str] = []
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=self.root,
            env=child_environment(self.venv, os.environ),
        ) as pip:
            assert pip.stdout is not None
            for line in pip.stdout:
                lines.append(line.rstrip())
                _show_progress(lines)
        _clear_progress()
        if pip.returncode != 0:
            raise SetupError(explain_pip(lines))


def _show_progress(lines: list[str]) -> None:
    """On a terminal keep one line that tells how far pip is; into a file or pipe print nothing."""
    if sys.stdout.isatty() and lines[-1].startswith(("Collecting", "Installing")):
        count = sum(line.startswith("Collecting") for line in lines)
        what = lines[-1].split()[1].split("=")[0] if lines[-1].startswith("Collecting") else "unpacking"
        print(f"\r  {count:3} packages, {what[:40]:40}", end="", flush=True)


def _clear_progress() -> None:
    if sys.stdout.isatty():
        print("\r" + " " * 60 + "\r", end="", flush=True)


def explain_pip(lines: list[str]) -> str:
    """Turn the output of a failed pip into a message: the cause where it is known, and pip's last words."""
    text = "\n".join(lines)
    tail = "\n".join(line for line in lines if line.strip())[-1500:]
    if OFFLINE.search(text):
        cause = (
            "The packages could not be downloaded: is there a network connection (or a proxy that pip must be told of)?"
        )
    elif "THESE PACKAGES DO NOT MATCH THE HASHES" in text:
        cause = "A downloaded package is not the one that was pinned; it was not installed. Do not work around this."
    elif "No space left" in text:
        cause = "The disk is full."
    else:
        cause = "pip could not install the packages."
    return f"{cause}\npip said:\n{tail}"


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock between processes; one that ends or dies gives it back by itself."""
    with path.open("a+b") as file:
        if not _try_lock(file.fileno()):
            say("Another set-up of this folder is under way; waiting for it.")
            while not _try_lock(file.fileno()):
                time.sleep(0.2)
        yield  # closing the file releases the lock


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks (some network folders): go on as if alone
    return True
