"""Packages of the built folder for Linux: Debian package, tarball with an installer, AppImage."""

from __future__ import annotations

import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path

from dev_system import SetupError, say

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
#: Debian's names of processors.
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def released() -> float:
    """The moment that files in packages bear: SOURCE_DATE_EPOCH where it is set, else now."""
    return float(os.environ.get("SOURCE_DATE_EPOCH", time.time()))


def filled(text: str, values: dict[str, str]) -> str:
    """A template with its ``@NAMES@`` replaced. Raises KeyError for a name that has no value."""
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)


def glibc_needed(bundle: Path) -> str:
    """The newest version of the C library that any file of a folder asks for."""
    newest = (2, 17)
    for path in bundle.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.open("rb").read(4) == b"\x7fELF":
            listed = subprocess.run(["objdump", "-T", path], capture_output=True, text=True, check=False).stdout
            for major, minor in re.findall(r"\(?GLIBC_(\d+)\.(\d+)", listed):
                newest = max(newest, (int(major), int(minor)))
    return f"{newest[0]}.{newest[1]}"


def shared_files(root: Path, icons: Path, share: Path, version: str) -> None:
    """Menu entry, file type, icons and the store's description, laid out as ``/usr/share``."""
    linux = root / "packaging" / "linux"
    date = time.strftime("%Y-%m-%d", time.gmtime(released()))
    for source, place in (
        ("trimtab.desktop", "applications/trimtab.desktop"),
        ("trimtab-mime.xml", "mime/packages/trimtab.xml"),
        ("app.trimtab.Trimtab.metainfo.xml", "metainfo/app.trimtab.Trimtab.metainfo.xml"),
    ):
        target = share / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled((linux / source).read_text("utf-8"), {"VERSION": version, "DATE": date}), "utf-8")
    for size in ICON_SIZES:
        folder = share / "icons" / "hicolor" / f"{size}x{size}"
        for place in ("apps/trimtab.png", "mimetypes/application-x-trimtab-book.png"):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(icons / f"trimtab-{size}.png", folder / place)


def deb(root: Path, dist: Path, version: str) -> None:
    """``dist/trimtab_VERSION_ARCH.deb``. Raises SetupError without a bundle or without dpkg-deb."""
    bundle, icons = _inputs(root, dist, "dpkg-deb")
    architecture = _ARCHITECTURES.get(platform.machine(), platform.machine())
    stage = _fresh(root / "build" / "deb")
    shutil.copytree(bundle, stage / "opt" / "trimtab", symlinks=True)
    (stage / "usr" / "bin").mkdir(parents=True)
    (stage / "usr" / "bin" / "trimtab").symlink_to("/opt/trimtab/trimtab")
    shared_files(root, icons, stage / "usr" / "share", version)
    doc = stage / "usr" / "share" / "doc" / "trimtab"
    doc.mkdir(parents=True)
    shutil.copyfile(root / "packaging" / "linux" / "copyright", doc / "copyright")
    (doc / "CHANGELOG.md.gz").write_bytes(gzip.compress((root / "CHANGELOG.md").read_bytes(), mtime=0))
    _plain_rights(stage)

    kilobytes = sum((path.lstat().st_size + 1023) // 1024 for path in stage.rglob("*"))
    values = {
        "VERSION": version,
        "ARCHITECTURE": architecture,
        "KILOBYTES": str(kilobytes),
        "GLIBC": glibc_needed(bundle),
    }
    control = stage / "DEBIAN"
    control.mkdir(mode=0o755)
    text = (root / "packaging" / "linux" / "control").read_text("utf-8")
    (control / "control").write_text(filled(text, values), "utf-8")
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(stage).as_posix()}\n"
        for path in sorted(stage.rglob("*"))
        if path.is_file() and not path.is_symlink() and control not in path.parents
    ]
    (control / "md5sums").write_text("".join(sums), "utf-8")
    target = dist / f"trimtab_{version}_{architecture}.deb"
    _run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", stage, target],
        {"SOURCE_DATE_EPOCH": str(int(released()))},
    )
    _done(target, f"needs glibc {values['GLIBC']}")
    shutil.rmtree(stage)


def tarball(root: Path, dist: Path, version: str) -> None:
    """``dist/trimtab-VERSION-linux-MACHINE.tar.xz``: the folder, and a script that installs it for one user."""
    bundle, icons = _inputs(root, dist, "tar")
    name = f"trimtab-{version}-linux-{platform.machine()}"
    stage = _fresh(root / "build" / "tarball") / name
    shutil.copytree(bundle, stage / "trimtab", symlinks=True)
    (stage / "share" / "icons").mkdir(parents=True)
    for size in ICON_SIZES:
        shutil.copyfile(icons / f"trimtab-{size}.png", stage / "share" / "icons" / f"trimtab-{size}.png")
    for file in ("trimtab.desktop", "trimtab-mime.xml"):
        shutil.copyfile(root / "packaging" / "linux" / file, stage / "share" / file)
    shutil.copy2(root / "packaging" / "linux" / "install.sh", stage / "install.sh")
    _plain_rights(stage)
    target = dist / f"{name}.tar.xz"
    stamp = f"--mtime=@{int(released())}"
    owner = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]
    _run(["tar", *owner, stamp, "-C", stage.parent, "-cJf", target, name], {"XZ_OPT": "-6 -T0"})
    _done(target)
    shutil.rmtree(stage.parent)


def appimage(root: Path, dist: Path, version: str) -> None:
    """``dist/Trimtab-VERSION-MACHINE.AppImage``; ``appimagetool`` must be there, it isn't fetched."""
    bundle, icons = _inputs(root, dist, "appimagetool")
    stage = _fresh(root / "build" / "Trimtab.AppDir")
    shutil.copytree(bundle, stage / "opt" / "trimtab", symlinks=True)
    shared_files(root, icons, stage / "usr" / "share", version)
    shutil.copyfile(root / "packaging" / "linux" / "trimtab.desktop", stage / "trimtab.desktop")
    shutil.copyfile(icons / "trimtab-256.png", stage / "trimtab.png")
    (stage / ".DirIcon").symlink_to("trimtab.png")
    (stage / "AppRun").symlink_to("opt/trimtab/trimtab")
    target = dist / f"Trimtab-{version}-{platform.machine()}.AppImage"
    _run(["appimagetool", "--no-appstream", stage, target], {"ARCH": platform.machine(), "VERSION": version})
    _done(target)
    shutil.rmtree(stage)


def _inputs(root: Path, dist: Path, tool: str) -> tuple[Path, Path]:
    bundle, icons = dist / "trimtab", root / "build" / "bundle" / "icons"
    if not (bundle / "trimtab").exists() or not icons.is_dir():
        raise SetupError("There is no bundle yet: python3 packaging/build.py bundle")
    if not shutil.which(tool):
        raise SetupError(f"{tool} is not on this machine; install it and start this command again.")
    return bundle, icons


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _plain_rights(folder: Path) -> None:
    """Readable by all, writable by the owner, whatever the umask of who builds; programs may be run."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def _run(command: list[str | Path], extra: dict[str, str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | extra)
    if done.returncode != 0:
        raise SetupError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")


def _done(target: Path, note: str = "") -> None:
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(target.name + ".sha256").write_text(f"{digest}  {target.name}\n", "utf-8")
    say(f"Wrote {target.name}: {target.stat().st_size / 1e6:.1f} MB{', ' + note if note else ''}")
