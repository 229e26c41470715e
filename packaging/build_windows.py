"""The Windows installer of the built folder, by Inno Setup; signed where a key is named."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

from dev_system import SetupError, say


def compiler() -> Path:
    """Inno Setup's compiler: on the PATH, or where its own installer puts it. Raises SetupError."""
    found = shutil.which("iscc")
    if found:
        return Path(found)
    for variable in ("ProgramFiles(x86)", "ProgramFiles", "LOCALAPPDATA"):
        folder = os.environ.get(variable)
        if folder:
            path = Path(folder, "Inno Setup 6", "ISCC.exe")
            if path.exists():
                return path
    raise SetupError("Inno Setup 6 is not on this machine. Install it from jrsoftware.org and start this again.")


def arguments(root: Path, dist: Path, version: str, *, sign: bool) -> list[str]:
    """What the compiler is told."""
    windows = root / "packaging" / "windows"
    told = [
        f"/DAppVersion={version}",
        f"/DBundle={dist / 'trimtab'}",
        f"/DIcons={root / 'build' / 'bundle' / 'icons'}",
        f"/DOutputDir={dist}",
    ]
    if sign:
        # $f is the file, in quotes that Inno Setup writes as $q.
        told += ["/DSign", f"/Ssign=powershell -ExecutionPolicy Bypass -File $q{windows / 'sign.ps1'}$q $f"]
    return [*told, str(windows / "trimtab.iss")]


def installer(root: Path, dist: Path, version: str) -> None:
    """``dist/trimtab-VERSION-windows-x64.exe``. Raises SetupError on another system, or where a step fails."""
    if platform.system() != "Windows":
        raise SetupError("The Windows installer is built on Windows.")
    bundle = dist / "trimtab"
    if not (bundle / "trimtab.exe").exists():
        raise SetupError("There is no bundle yet: py packaging\\build.py bundle")
    sign = bool(os.environ.get("TRIMTAB_SIGN"))
    if sign:
        for program in sorted(bundle.glob("*.exe")):
            script = root / "packaging" / "windows" / "sign.ps1"
            _run(["powershell", "-ExecutionPolicy", "Bypass", "-File", str(script), str(program)])
    _run([str(compiler()), "/Qp", *arguments(root, dist, version, sign=sign)])
    target = dist / f"trimtab-{version}-windows-x64.exe"
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(target.name + ".sha256").write_text(f"{digest}  {target.name}\n", "utf-8")
    signed = "signed" if sign else "NOT signed"
    say(f"Wrote {target.name}: {target.stat().st_size / 1e6:.1f} MB, {signed}")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
