"""Writes what a bundle is made of: ``licences/NOTICES.txt`` with every licence text, ``licences/sbom.cdx.json``.

    python packaging/notices.py CONTENTS.json BUNDLE

Run by the Python of the build environment. CONTENTS is the list that the recipe leaves: every file of the bundle with
the file it came from; from there each is led back to its Python package, to Python itself, or to a package of the
system. A file that leads nowhere, and a package without a licence text, fail the build.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
#: Licences by package, each looked up by a person: audit.py keeps the first list complete.
REVIEWED: dict[str, str] = tomllib.loads((HERE / "audit.toml").read_text("utf-8"))["licences"]
KNOWN: dict[str, Any] = tomllib.loads((HERE / "notices.toml").read_text("utf-8"))
SYSTEM: dict[str, str] = KNOWN["system"]
#: The identifiers of SPDX that those lists use, and Python's own.
IDENTIFIERS = {
    word
    for text in (*REVIEWED.values(), *SYSTEM.values(), *(one["licence"] for one in KNOWN["inside"]), "PSF-2.0")
    for word in re.split(r" (?:AND|OR|WITH) ", text)
    if not word.startswith("LicenseRef-")
}
LICENCE_FILE = re.compile(r"(?:^|/)(?:licen[cs]e|copying|notice|copyright|third_party)[^/]*$|/licen[cs]es/[^/]+$", re.I)


@dataclass
class Part:
    """One component of the bundle: name, version, licence, and the texts that must go with it."""

    name: str
    version: str
    licence: str
    purl: str = ""
    texts: list[tuple[str, str]] = field(default_factory=list)
    home: str = ""


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def file_owners(found: Iterable[Distribution]) -> dict[Path, Distribution]:
    """Installed file -> package."""
    owners: dict[Path, Distribution] = {}
    for one in found:
        for file in one.files or ():
            owners[Path(str(one.locate_file(file))).resolve()] = one
    return owners


def python_part(one: Distribution) -> Part:
    """A Python package with its texts and its licence: the one its metadata states in full, else the reviewed one."""
    classifiers = [value.split(" :: ")[-1] for value in stated(one, "Classifier") if value.startswith("License")]
    expression, old = [" ".join(stated(one, name)).strip() for name in ("License-Expression", "License")]
    old = "" if old.lower() in {"none", "unknown"} else old
    name = one.metadata["Name"]
    loose = (old if len(old) < 60 and "\n" not in old else "") or " / ".join(classifiers)
    licence = expression or REVIEWED.get(canonical(name), loose)
    texts = []
    for file in one.files or ():
        if ".dist-info/" in str(file) and LICENCE_FILE.search(str(file).replace("\\", "/")):
            path = Path(str(one.locate_file(file)))
            if path.is_file():
                texts.append((path.name, path.read_text("utf-8", "replace")))
    links = [url.split(",", 1)[1].strip() for url in stated(one, "Project-URL") if "," in url]
    home = next(iter([*stated(one, "Home-page"), *links]), "")
    return Part(name, one.version, licence, f"pkg:pypi/{canonical(name)}@{one.version}", texts, home)


def stated(one: Distribution, name: str) -> list[str]:
    """The values of a field of a package's metadata."""
    return [str(value) for value in one.metadata.get_all(name) or []]


def python_itself() -> Part:
    """The interpreter and its standard library."""
    folders = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix), Path("/usr/share/doc/python3"))
    names = ("LICENSE.txt", "LICENSE", "copyright")
    text = next((folder / name for folder in folders for name in names if (folder / name).is_file()), None)
    texts = [] if text is None else [(text.name, text.read_text("utf-8", "replace"))]
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Part("Python", version, "PSF-2.0", f"pkg:generic/python@{version}", texts, "https://www.python.org")


def freezer(found: Sequence[Distribution]) -> Part:
    """The small program in front of ours, whose licence lets it go with programs of any licence."""
    one = next(one for one in found if canonical(one.metadata["Name"]) == "pyinstaller")
    part = python_part(one)
    part.licence = "GPL-2.0-or-later WITH Bootloader-exception"
    return part


def system_package(path: Path) -> Part | None:
    """The Debian package of a library that came from the build machine; None where there is no such answer."""
    if not shutil.which("dpkg-query"):
        return None
    for candidate in {path, path.resolve(), Path("/usr") / path.relative_to("/")}:
        asked = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            name = asked.stdout.split(": ")[0].split(",")[0].strip()
            break
    else:
        return None
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}\n${Homepage}", name], capture_output=True, text=True, check=True
    )
    version, _, home = shown.stdout.partition("\n")
    bare = name.split(":")[0]
    notice = Path("/usr/share/doc") / bare / "copyright"
    text = notice.read_text("utf-8", "replace") if notice.is_file() else ""
    licences = sorted(set(re.findall(r"^License: *([^\s,]+)", text, re.MULTILINE)))
    texts = [("copyright", text)] if text else []
    purl = f"pkg:deb/debian/{bare}@{version}"
    # Debian lists every licence in a source package, its tests and build scripts included.
    told = f"by its Debian copyright file: {', '.join(licences)}" if licences else "see its text"
    licence = SYSTEM.get(bare.removesuffix("t64"), told)
    return Part(bare, version, licence, purl, texts, home.strip())


def parts_of(contents: Sequence[Sequence[str]]) -> list[Part]:
    """Everything that files of the bundle came from. Raises SystemExit where a file leads nowhere."""
    found = list(distributions())
    owners = file_owners(found)
    roots = {Path(sys.base_prefix).resolve(), Path(sysconfig.get_path("stdlib")).resolve()}
    used: dict[str, Part] = {}
    python, lost = python_itself(), []
    for _, source, kind in contents:
        path = Path(source)
        if not path.is_absolute() or kind in {"SYMLINK", "OPTION"}:
            continue
        owner = owners.get(path.resolve())
        if owner is not None:
            name = canonical(owner.metadata["Name"])
            used.setdefault(name, python_part(owner))
        elif HERE in path.parents or ("build" in path.parts and path.suffix in {".pyc", ".zip", ".py"}):
            continue  # our own entry, and what the freezer writes while it works
        elif any(root in path.resolve().parents for root in roots if root != Path("/usr")) or "lib-dynload" in source:
            used.setdefault("python", python)
        elif (package := system_package(path)) is not None:
            used.setdefault(package.name, package)
        else:
            lost.append(source)
    if lost:
        sys.exit("Of these files nobody knows where they are from:\n  " + "\n  ".join(sorted(lost)))
    # Ourselves; and the freezer, which is listed for what it adds to every program it makes.
    for name in ("trimtab", "pyinstaller", "pyinstaller-hooks-contrib"):
        used.pop(name, None)
    return sorted(used.values(), key=lambda part: part.name.lower())


def inside(parts: Sequence[Part]) -> list[tuple[str, dict[str, Any]]]:
    """Components inside packages of the bundle, from ``notices.toml``; their texts are added to the packages'."""
    known = KNOWN["inside"]
    here = {canonical(part.name): part for part in parts}
    listed = []
    for one in known:
        part = here.get(one["package"])
        if part is None:
            continue
        listed.append((part.name, one))
        part.texts.append((one["component"], one["note"]))
        for name in one["texts"]:
            part.texts.append((name, (HERE / "licences" / name).read_text("utf-8")))
        part.licence = part.licence or str(one["licence"])
    return listed


def notices(parts: Sequence[Part]) -> str:
    """The text that goes with the program; a text that several share is printed once. Raises SystemExit without one."""
    bare = [part.name for part in parts if not part.texts]
    if bare:
        sys.exit(f"Without a licence text: {', '.join(bare)}. Add them to packaging/notices.toml.")
    lines = ["Trimtab contains the work of others, used with thanks under these licences.", ""]
    lines += [f"  {part.name} {part.version}: {part.licence or 'see below'}" for part in parts]
    printed: dict[str, str] = {}
    for part in parts:
        lines += ["", "=" * 100, f"{part.name} {part.version}   {part.home}", "=" * 100]
        for title, text in part.texts:
            digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            if digest in printed:
                lines += ["", f"[{title}: the same text as of {printed[digest]}]"]
                continue
            printed[digest] = part.name
            lines += ["", f"[{title}]", text.strip()]
    return "\n".join(lines) + "\n"


def as_licence(text: str) -> dict[str, Any]:
    """A licence as CycloneDX has it: an identifier of SPDX, an expression of several, or words."""
    if re.fullmatch(r"LicenseRef-[\w.-]+|\(?[\w.+-]+(?: (?:AND|OR|WITH) \(?[\w.+-]+\)?)+", text):
        return {"expression": text}
    return {"license": {"id" if text in IDENTIFIERS else "name": text}}


def sbom(version: str, parts: Sequence[Part], nested: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """The bill of materials as CycloneDX 1.6 (ECMA-424)."""
    components: list[dict[str, Any]] = []
    for part in parts:
        component: dict[str, Any] = {
            "type": "library",
            "bom-ref": part.purl,
            "name": part.name,
            "version": part.version,
            "purl": part.purl,
        }
        if part.licence:
            component["licenses"] = [as_licence(part.licence)]
        if part.home.startswith("http"):
            component["externalReferences"] = [{"type": "website", "url": part.home}]
        within = [
            {"type": "library", "name": one["component"], "licenses": [as_licence(str(one["licence"]))]}
            for name, one in nested
            if name == part.name
        ]
        if within:
            component["components"] = within
        components.append(component)
    root = f"pkg:generic/trimtab@{version}"
    identity = hashlib.sha256("\n".join([root, *(part.purl for part in parts)]).encode()).digest()[:16]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # From what it lists: the same bundle has the same number.
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=identity, version=4)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "Trimtab",
                "version": version,
                "purl": root,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [part.purl for part in parts]}],
    }


def main(argv: list[str]) -> int:
    """Write both files into the bundle."""
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    contents = json.loads(Path(argv[0]).read_text("utf-8"))
    folder = Path(argv[1]) / "licences"
    folder.mkdir(exist_ok=True)
    parts = sorted([*parts_of(contents), freezer(list(distributions()))], key=lambda part: part.name.lower())
    nested = inside(parts)
    version = next(one.version for one in distributions() if canonical(one.metadata["Name"]) == "trimtab")
    (folder / "NOTICES.txt").write_text(notices(parts), "utf-8", newline="\n")
    document = json.dumps(sbom(version, parts, nested), indent=1) + "\n"
    (folder / "sbom.cdx.json").write_text(document, "utf-8", newline="\n")
    print(f"{len(parts)} components")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
