"""The macOS disk image of the built application; signed and notarised where an identity is named.

TRIMTAB_MAC_IDENTITY names the signing identity in the keychain ("Developer ID Application: ..."), and
TRIMTAB_MAC_NOTARY the profile that ``xcrun notarytool store-credentials`` has put there. Without them the image is
built unsigned, and says so.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

from dev_system import SetupError, say


def dmg(root: Path, dist: Path, version: str) -> None:
    """``dist/Trimtab-VERSION-MACHINE.dmg``. Raises SetupError on another system, or where a step fails."""
    if platform.system() != "Darwin":
        raise SetupError("The disk image is built on macOS.")
    application = dist / "Trimtab.app"
    if not application.exists():
        raise SetupError("There is no application yet: python3 packaging/build.py bundle")
    identity, notary = os.environ.get("TRIMTAB_MAC_IDENTITY"), os.environ.get("TRIMTAB_MAC_NOTARY")
    entitlements = root / "packaging" / "macos" / "entitlements.plist"
    if identity:
        for command in signing(application, identity, entitlements):
            _run(command)
        _run(["codesign", "--verify", "--deep", "--strict", str(application)])
    stage = root / "build" / "dmg"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    _run(["ditto", str(application), str(stage / "Trimtab.app")])
    (stage / "Applications").symlink_to("/Applications")
    target = dist / f"Trimtab-{version}-{platform.machine()}.dmg"
    target.unlink(missing_ok=True)
    _run(["hdiutil", "create", "-volname", "Trimtab", "-srcfolder", str(stage), "-format", "ULMO", str(target)])
    if identity:
        _run(["codesign", "--sign", identity, "--timestamp", str(target)])
    if identity and notary:
        _run(["xcrun", "notarytool", "submit", str(target), "--keychain-profile", notary, "--wait"])
        _run(["xcrun", "stapler", "staple", str(target)])
        _run(["spctl", "--assess", "--type", "open", "--context", "context:primary-signature", str(target)])
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(target.name + ".sha256").write_text(f"{digest}  {target.name}\n", "utf-8")
    state = "notarised" if identity and notary else "signed, not notarised" if identity else "NOT signed"
    say(f"Wrote {target.name}: {target.stat().st_size / 1e6:.1f} MB, {state}")


def signing(application: Path, identity: str, entitlements: Path) -> list[list[str]]:
    """The commands that sign an application from the inside out, as Apple asks: libraries first, the whole last."""
    sign = ["codesign", "--force", "--timestamp", "--options", "runtime", "--sign", identity]
    with_rights = [*sign, "--entitlements", str(entitlements)]
    inner = [
        path
        for path in application.rglob("*")
        if path.is_file() and not path.is_symlink() and path.suffix in {".so", ".dylib"}
    ]
    frameworks = [path for path in application.rglob("*.framework") if not path.is_symlink()]
    deepest = sorted([*inner, *frameworks], key=lambda path: (-len(path.parts), str(path)))
    commands = [[*sign, str(path)] for path in deepest]
    return [*commands, [*with_rights, str(application)]]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"{' '.join(command[:2])} failed:\n{(done.stdout + done.stderr)[-2000:]}")
