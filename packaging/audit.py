#!/usr/bin/env python3
"""Audit the libraries the program is delivered with, without a network: ``packaging/audit.py [--advisories DIR]``.

* every pinned library has a line in audit.toml with a licence that is accepted, and no line is idle;
* what is installed is the version that is pinned, under the licence the list says, and each of its files is as its
  publisher made it (the hashes of its RECORD);
* with ``--advisories DIR``: no pinned version stands in an advisory of that folder (JSON files of the OSV format, for
  example from https://osv.dev/data, fetched on another machine).

Run it with the Python of the environment (.venv). Exit status 1 where something was found.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "packaging" / "audit.toml"
RUN = ROOT / "packaging" / "requirements" / "run.txt"
#: Licences that ask for a notice and no more; others need a reason under [conditions].
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "PSF-2.0",
    "Zlib",
}
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
#: Words of old metadata for the licences of the list.
_OLD_WORDS = {
    "MIT": ("mit",),
    "BSD-2-Clause": ("bsd",),
    "BSD-3-Clause": ("bsd",),
    "Apache-2.0": ("apache",),
    "MPL-2.0": ("mozilla", "mpl"),
    "Zlib": ("zlib",),
    "PSF-2.0": ("python software", "psf"),
    "LGPL-3.0-only": ("lgpl",),
}


def pins(text: str) -> dict[str, set[str]]:
    """Versions by name; several where they differ by platform."""
    found: dict[str, set[str]] = {}
    for name, version in _PIN.findall(text):
        found.setdefault(name, set()).add(version)
    return found


def licence_faults(pinned: Iterable[str], listed: dict[str, str], conditions: dict[str, str]) -> Iterator[str]:
    """Pins without a line, and licences nobody has accepted."""
    for name in sorted(set(pinned) - set(listed)):
        yield f"{name} is pinned but not in audit.toml: look at its licence and its makers, then add a line"
    for name, licence in sorted(listed.items()):
        if licence not in PERMISSIVE and licence not in conditions:
            yield f"{name}: the licence {licence!r} is not accepted; give a reason under [conditions] or leave it out"


def installed_faults(name: str, versions: set[str], licence: str) -> Iterator[str]:
    """What is wrong with an installed library; nothing where it isn't installed (it may be of another platform)."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return
    if versions and distribution.version not in versions:
        yield f"{name}: {distribution.version} is installed, {' or '.join(sorted(versions))} is pinned"
    said = declared_licence(distribution)
    if said and not agrees(said, licence):
        yield f"{name}: its metadata say {said!r}, audit.toml says {licence!r}"
    yield from changed_files(distribution)


def declared_licence(distribution: metadata.Distribution) -> str:
    """What a library's metadata say of its licence; empty where they say nothing short."""
    content: Any = distribution.metadata  # the protocol of the type checker lacks get
    classifiers = [text.split("::")[-1].strip() for text in content.get_all("Classifier") or [] if "License ::" in text]
    for words in (content.get("License-Expression"), "; ".join(classifiers), content.get("License")):
        if words and len(words) < 120:
            return str(words)
    return ""


def agrees(said: str, licence: str) -> bool:
    """Whether the metadata's words and the list's licence are the same, as far as words go."""
    if licence in re.split(r"\s+(?:AND|OR)\s+|[()]", said):
        return True
    return any(word in said.lower() for word in _OLD_WORDS.get(licence, (licence.lower(),)))


def changed_files(distribution: metadata.Distribution) -> Iterator[str]:
    """Installed files that are not as their publisher made them."""
    for file in distribution.files or []:
        if file.hash is None or file.hash.mode != "sha256" or str(file).endswith((".pyc", "RECORD")):
            continue
        path = Path(str(file.locate()))
        if ".." in file.parts[:2] and file.parts[-2:-1] in (("bin",), ("Scripts",)):
            continue  # start scripts name the interpreter of their environment
        try:
            digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
        except OSError:
            yield f"{distribution.name}: {file} is missing"
            continue
        if digest != file.hash.value:
            yield f"{distribution.name}: {file} was changed after it was installed"


def advisory_faults(folder: Path, pinned: dict[str, set[str]]) -> Iterator[str]:
    """Pinned versions that stand in an advisory (https://ossf.github.io/osv-schema/)."""
    for path in sorted(folder.rglob("*.json")):
        advisory = json.loads(path.read_text("utf-8"))
        if "withdrawn" in advisory:
            continue
        for affected in advisory.get("affected", []):
            package = affected.get("package", {})
            name = re.sub(r"[-_.]+", "-", str(package.get("name", ""))).lower()
            if package.get("ecosystem") != "PyPI" or name not in pinned:
                continue
            for version in sorted(pinned[name] & set(affected.get("versions", []))):
                yield f"{name} {version}: {advisory.get('id', path.stem)} {advisory.get('summary', '')}".rstrip()


def main(arguments: list[str]) -> int:
    """Say what was found; 1 where anything was."""
    parser = argparse.ArgumentParser(prog="audit.py", description="Audit the pinned libraries without a network.")
    parser.add_argument("--advisories", type=Path, metavar="DIR", help="also look into a folder of OSV advisories")
    chosen = parser.parse_args(arguments)
    table = tomllib.loads(LIST.read_text("utf-8"))
    listed: dict[str, str] = table["licences"]
    pinned = pins(RUN.read_text("utf-8"))
    faults = list(licence_faults(pinned, listed, table.get("conditions", {})))
    for name, licence in listed.items():
        faults += installed_faults(name, pinned.get(name, set()), licence)
    if chosen.advisories is not None:
        faults += advisory_faults(chosen.advisories, pinned)
    for fault in faults:
        print(fault)
    print(f"{len(listed)} libraries, {len(faults)} fault{'' if len(faults) == 1 else 's'}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
