"""The pinned requirement files: complete, hashed, layered, in step with pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dev_lock
from dev_system import SetupError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging" / "requirements"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAMES = ("run", "test", "bench", "lock", "build")


def pins(name: str) -> list[Requirement]:
    """Read a file's pins with a parser that shares nothing with the writer's."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    joined = re.sub(r"\\\n", " ", text)
    lines = [line.split("#")[0].split("--hash")[0].strip() for line in joined.splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-r ")]


def environments() -> list[dict[str, str]]:
    """Return the marker environments that are supported."""
    found = []
    for system, platform, os_name in (
        ("Linux", "linux", "posix"),
        ("Darwin", "darwin", "posix"),
        ("Windows", "win32", "nt"),
    ):
        for minor in (11, 12, 13):
            found.append(
                dict(default_environment())
                | {"platform_system": system, "sys_platform": platform, "os_name": os_name}
                | {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.7", "extra": ""}
            )
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_is_one_exact_version_with_hashes(name):
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    entries = dev_lock.entries(text)
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==[^\s*]+( ;|\s+\\)", entry), entry.splitlines()[0]
        hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}(?![0-9a-f])", entry)
        assert hashes
        assert len(hashes) == entry.count("--hash")


@pytest.mark.parametrize("name", NAMES[1:])
def test_each_file_builds_on_run(name):
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("-")] == ["-r run.txt"]
    assert not {pin.name for pin in pins(name)} & {pin.name for pin in pins("run")}


@pytest.mark.parametrize("name", NAMES)
def test_what_pyproject_asks_for_is_pinned_and_fits_on_every_platform(name):
    asked = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["build-system"]["requires"]]
    if name != "run":
        asked += PYPROJECT["project"]["optional-dependencies"][name]
    pinned = pins("run") + (pins(name) if name != "run" else [])
    for environment in environments():
        versions: dict[str, str] = {}
        for pin in pinned:
            if pin.marker is None or pin.marker.evaluate(environment):
                key = canonicalize_name(pin.name)
                assert key not in versions, f"{key} is pinned twice"
                versions[key] = str(pin.specifier).removeprefix("==")
        for text in asked:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate(environment):
                assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)], prereleases=True)


def test_entries_are_split_with_their_hashes():
    text = (
        "# made by\n-r run.txt\na==1 \\\n    --hash=sha256:00\n    # via b\nb==2 ; x < '3' \\\n    --hash=sha256:11\n"
    )
    first, second = dev_lock.entries(text)
    assert first == "a==1 \\\n    --hash=sha256:00\n    # via b\n"
    assert second == "b==2 ; x < '3' \\\n    --hash=sha256:11\n"
    assert dev_lock.entries("# nothing\n") == []


def test_a_layer_holds_only_what_it_adds():
    compiled = {"run": ["a==1 \\\n    h\n"], "test": ["a==1 \\\n    h\n", "t==3 \\\n    h\n"]}
    assert dev_lock.layered("test", compiled) == dev_lock.HEADER + "-r run.txt\nt==3 \\\n    h\n"
    assert dev_lock.layered("run", compiled) == dev_lock.HEADER + "a==1 \\\n    h\n"


def test_a_layer_that_disagrees_with_its_base_is_refused():
    compiled = {"run": ["a==1 \\\n    h\n"], "test": ["a==2 \\\n    h\n"]}
    with pytest.raises(SetupError, match="a==2"):
        dev_lock.layered("test", compiled)


def test_build_requirements_are_those_of_the_build_system():
    assert dev_lock.build_requirements("[build-system]\nrequires = ['setuptools>=77']\n") == ["setuptools>=77"]
