"""What lies beside a built program: its bill of materials, its notices, and nothing that should not go out.

TRIMTAB_PROGRAM names the built program; without it there is nothing to look at.
"""

import json
import os
import re
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing

import build
import build_checks
import notices
import search_paths

PROGRAM = os.environ.get("TRIMTAB_PROGRAM")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="no built program is named")
FOLDER = Path(PROGRAM or ".").parent
#: Licences under which a part may not go with a program of ours.
REFUSED = re.compile(r"AGPL|SSPL|BUSL|\bGPL-[23]|CC-BY-NC")


@pytest.fixture(scope="module")
def bill():
    return json.loads((FOLDER / "licences" / "sbom.cdx.json").read_text("utf-8"))


def test_the_bill_of_materials_keeps_its_schema(bill):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    assert bill["metadata"]["component"]["version"] == build.version()
    names = {component["name"].lower() for component in bill["components"]}
    assert {"python", "pyside6_essentials", "numpy", "highspy", "sqlcipher3", "pyinstaller"} <= names


def test_every_part_has_a_licence_that_we_may_pass_on(bill):
    spdx = get_spdx_licensing()
    for component in bill["components"]:
        (licence,) = component["licenses"]
        stated = licence.get("expression") or licence["license"].get("id")
        assert stated, f"{component['name']} {licence}: look it up and add it to packaging/notices.toml"
        assert spdx.validate(stated).errors == [], component["name"]
        kept = [choice for choice in stated.split(" OR ") if not REFUSED.search(choice) or "-exception" in choice]
        assert kept, f"{component['name']}: {stated}"


def test_every_part_has_its_text(bill):
    text = (FOLDER / "licences" / "NOTICES.txt").read_text("utf-8")
    parts = text.split("=" * 100 + "\n")
    told = {heading.split()[0]: body for heading, body in zip(parts[1::2], parts[2::2], strict=True)}
    for component in bill["components"]:
        body = told[component["name"].split()[0]]
        assert "[" in body, component["name"]
        assert len(body.strip()) > 30, component["name"]
    for needed in ("GNU LESSER GENERAL PUBLIC LICENSE", "SQLCipher", "PYTHON SOFTWARE FOUNDATION LICENSE"):
        assert needed in text
    for name in ("Trimtab-LICENSE.txt", "Trimtab-NOTICE.txt"):
        assert (FOLDER / "licences" / name).stat().st_size > 100


def test_nothing_of_the_builders_machine_goes_out():
    assert build_checks.traces(FOLDER, build.ROOT) == []
    home = str(Path.home()).encode() + b"/"
    for path in FOLDER.rglob("*"):
        if path.is_file() and path.suffix in {".json", ".txt", ".toml", ".csv", ".md"} and home != b"//":
            assert home not in path.read_bytes(), path
    assert list(FOLDER.rglob("direct_url.json")) == []
    assert search_paths.that_search_elsewhere(FOLDER) == {}


def test_what_is_known_to_lie_inside_others_is_of_packages_that_there_are(bill):
    here = {notices.canonical(component["name"]) for component in bill["components"]}
    assert {one["package"] for one in notices.KNOWN["inside"]} <= here
