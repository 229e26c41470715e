"""What the checkout as a whole must and must not hold."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
VERSION = PYPROJECT["project"]["version"]

# Addresses of package registries and mirrors: which one to use is for each machine to say, never for the project.
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|archive\.ubuntu\.com|proxy\.golang"
    r"|--?(?:extra-)?index-url[ =]|--find-links[ =]|https?://[^\s/]+/simple\b",
)
# Absolute paths of one build machine, and those of whoever runs the tests. Invented ones in samples are fine.
OURS = "|".join(re.escape(str(path)) for path in (ROOT, Path.home()) if len(path.parts) > 1)
MACHINE_PATH = re.compile(rf"(?<![\w.~-])(?:/(?:root|work|workspace|builds|mnt)/[\w.-]|(?:{OURS or '(?!)'})\b)")


def tracked() -> list[Path]:
    """Return the files under version control that still exist."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in listing.stdout.decode("utf-8").split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts() -> dict[Path, str]:
    """Return the tracked text files with their text, except this one, which holds the patterns."""
    found = {}
    for path in tracked():
        if path == Path(__file__).resolve():
            continue
        try:
            found[path] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_packaging_folder_does_not_shadow_the_library_of_that_name():
    assert not (ROOT / "packaging" / "__init__.py").exists()
    import packaging.version

    assert ROOT not in Path(packaging.version.__file__).parents or ".venv" in packaging.version.__file__


def test_no_registry_addresses():
    assert hits(REGISTRY) == []


def test_no_paths_of_one_machine():
    assert hits(MACHINE_PATH) == []


@pytest.mark.parametrize(
    "line", ["pip install --index-url x", "https://packages.example/simple", "https://mirror.example/simple/attrs"]
)
def test_registry_pattern_finds(line: str):
    assert REGISTRY.search(line)


@pytest.mark.parametrize("line", [f"open('{ROOT / 'x.csv'}')", f"HOME = {Path.home()}", "cd /builds/3/src"])
def test_machine_path_pattern_finds(line: str):
    assert MACHINE_PATH.search(line)


def test_version_is_in_one_place():
    literal = re.compile(rf"""["']{re.escape(VERSION)}["']""")
    places = [str(path.relative_to(ROOT)) for path, text in texts().items() if literal.search(text)]
    assert places == ["pyproject.toml"]


def test_changelog_knows_this_version():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert any(VERSION in heading.split() for heading in headings), headings


def test_every_python_package_of_the_program_is_packaged():
    patterns = PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    names = {pattern.rstrip("*") for pattern in patterns}
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders == names


def test_tests_are_a_namespace_package():
    assert [str(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_readme_links_lead_somewhere():
    for name in ("README.md", "CHANGELOG.md", "docs/architecture.md"):
        text = (ROOT / name).read_text("utf-8")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (ROOT / name).parent.joinpath(target).exists(), f"{name} links to {target}"
