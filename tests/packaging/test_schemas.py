"""What others read of us is as they define it: workflows, the bill of materials, shell scripts, property lists."""

import dataclasses
import json
import plistlib
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing

import build
import notices

WORKFLOWS = sorted((build.ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = sorted(build.PACKAGING.rglob("*.sh"))


def bill_of_materials() -> dict[str, object]:
    """Of a few packages as they are installed here."""
    parts = [notices.python_part(distribution(name)) for name in ("numpy", "pandas", "attrs")]
    within = {"component": "lapack", "licence": "BSD-3-Clause", "package": "numpy"}
    return notices.sbom("1.2.3", parts, [("numpy", within)])


def test_the_bill_of_materials_keeps_its_schema():
    text = json.dumps(bill_of_materials())
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_licences_are_told_by_their_identifiers_where_they_have_one():
    assert notices.as_licence("MIT") == {"license": {"id": "MIT"}}
    assert notices.as_licence("MIT OR Apache-2.0") == {"expression": "MIT OR Apache-2.0"}
    assert notices.as_licence("by its Debian copyright file: MIT") == {
        "license": {"name": "by its Debian copyright file: MIT"}
    }
    assert notices.as_licence("LicenseRef-scancode-public-domain") == {
        "expression": "LicenseRef-scancode-public-domain"
    }
    assert notices.as_licence("(MIT OR Zlib) AND X11") == {"expression": "(MIT OR Zlib) AND X11"}
    parts = [notices.python_part(distribution(name)) for name in ("peewee", "sqlcipher3", "protobuf")]
    assert [part.licence for part in parts] == ["MIT", "Zlib", "BSD-3-Clause"]


def test_identifiers_in_the_lists_are_those_of_spdx():
    spdx = get_spdx_licensing()
    reviewed = (
        *notices.REVIEWED.values(),
        *notices.SYSTEM.values(),
        *(one["licence"] for one in notices.KNOWN["inside"]),
    )
    assert [text for text in reviewed if spdx.validate(text).errors] == []
    part = notices.Part("library", "1", "", "pkg:generic/library@1")
    parts = [dataclasses.replace(part, purl=f"{part.purl}{at}", licence=text) for at, text in enumerate(set(reviewed))]
    text = json.dumps(notices.sbom("1.2.3", parts, []))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert '"name": "X11"' not in text


def test_a_bill_of_materials_that_does_not_is_told():
    document = bill_of_materials() | {"serialNumber": "1"}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document)) is not None


def test_workflows_keep_their_schema():
    assert WORKFLOWS
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="scripts of other systems")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_have_no_known_mistake(script: Path):
    shellcheck = Path(sys.executable).parent / "shellcheck"
    done = subprocess.run([shellcheck, "--shell=sh", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_workflows_use_actions_by_the_hash_of_what_was_looked_at():
    used = [use for path in WORKFLOWS for use in re.findall(r"uses: *(.+)", path.read_text("utf-8"))]
    assert used
    assert [use for use in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v[\d.]+", use)] == []


def test_property_lists_are_read():
    for path in build.PACKAGING.rglob("*.plist"):
        assert isinstance(plistlib.loads(path.read_bytes()), dict)
