"""Nothing is delivered that nobody has looked at, and nothing installed differs from what was pinned."""

import base64
import hashlib
import json
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import audit

TABLE = tomllib.loads(audit.LIST.read_text("utf-8"))
PINNED = audit.pins(audit.RUN.read_text("utf-8"))


def test_every_pinned_library_has_an_accepted_licence():
    assert list(audit.licence_faults(PINNED, TABLE["licences"], TABLE["conditions"])) == []


def test_a_library_without_a_line_and_a_licence_without_a_reason_are_found():
    faults = list(audit.licence_faults(["new"], {"old": "GPL-3.0-only", "fine": "MIT"}, {}))
    assert len(faults) == 2
    assert "new is pinned" in faults[0]
    assert "GPL-3.0-only" in faults[1]


def test_no_line_is_idle():
    cluster = set(audit.pins((audit.RUN.parent / "test.txt").read_text("utf-8")))
    assert set(TABLE["licences"]) - set(PINNED) - cluster == set()


@pytest.mark.parametrize("name", ["sqlcipher3", "argon2-cffi", "argon2-cffi-bindings", "keyring", "cffi"])
def test_what_keeps_the_book_safe_is_as_its_publisher_made_it(name: str):
    assert list(audit.installed_faults(name, PINNED[name], TABLE["licences"][name])) == []


def distribution(folder: Path, content: bytes, said: bytes) -> metadata.Distribution:
    digest = base64.urlsafe_b64encode(hashlib.sha256(said).digest()).rstrip(b"=").decode()
    info = folder / "thing-1.0.dist-info"
    info.mkdir()
    (folder / "thing.py").write_bytes(content)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\nLicense-Expression: MIT\n")
    (info / "RECORD").write_text(f"thing.py,sha256={digest},1\nthing-1.0.dist-info/METADATA,,\n")
    return metadata.PathDistribution(info)


def test_a_changed_file_is_found(tmp_path: Path):
    (tmp_path / "same").mkdir()
    (tmp_path / "other").mkdir()
    assert list(audit.changed_files(distribution(tmp_path / "same", b"x = 1\n", b"x = 1\n"))) == []
    changed = distribution(tmp_path / "other", b"x = 2\n", b"x = 1\n")
    assert list(audit.changed_files(changed)) == ["thing: thing.py was changed after it was installed"]
    (tmp_path / "other" / "thing.py").unlink()
    assert list(audit.changed_files(changed)) == ["thing: thing.py is missing"]


@pytest.mark.parametrize(
    ("said", "licence", "same"),
    [
        ("Apache-2.0 OR BSD-3-Clause", "Apache-2.0", True),
        ("LGPL-3.0-only OR GPL-2.0-only", "LGPL-3.0-only", True),
        ("BSD License", "BSD-3-Clause", True),
        ("MIT", "Apache-2.0", False),
        ("GPL-3.0-only", "MIT", False),
    ],
)
def test_words_of_metadata(said: str, licence: str, same: bool):
    assert audit.agrees(said, licence) is same


def test_an_advisory_is_matched_by_name_and_version(tmp_path: Path):
    affected = {"package": {"ecosystem": "PyPI", "name": "The_Thing"}, "versions": ["1.0", "1.1"]}
    advisory = {"id": "PYSEC-1", "summary": "bad", "affected": [affected]}
    (tmp_path / "one.json").write_text(json.dumps(advisory))
    (tmp_path / "gone.json").write_text(json.dumps({**advisory, "id": "PYSEC-2", "withdrawn": "2026-01-01"}))
    assert list(audit.advisory_faults(tmp_path, {"the-thing": {"1.1", "2.0"}})) == ["the-thing 1.1: PYSEC-1 bad"]
    assert list(audit.advisory_faults(tmp_path, {"the-thing": {"2.0"}})) == []
