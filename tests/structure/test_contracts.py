"""The layers of the program, kept by the import contracts of pyproject.toml and by what is loaded at run time."""

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import core

ROOT = Path(__file__).resolve().parents[2]
QT = ("PySide6", "shiboken6", "pyqtgraph", "superqt", "qtpy")
CORE_MODULES = sorted(module.name for module in pkgutil.walk_packages(core.__path__, "core."))


def python(code: str, *arguments: str) -> str:
    """Run code in a fresh interpreter, in the checkout, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_contracts_hold():
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_core_has_modules_to_check():
    assert {"core.household", "core.money", "core.tilt.target"} <= set(CORE_MODULES)


def test_every_core_module_works_where_qt_cannot_be_imported():
    code = """
import importlib, json, sys
blocked, modules = json.loads(sys.argv[1])
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in blocked:
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocker())
for name in modules:
    importlib.import_module(name)
"""
    python(code, json.dumps([QT, CORE_MODULES]))


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("core.household", (*QT, "pandas", "numpy", "scipy", "openpyxl", "yfinance")),
        ("desktop.cli", (*QT, "pandas", "scipy", "openpyxl", "yfinance", "curl_cffi", "cvxpy")),
    ],
)
def test_starting_does_not_load_what_it_does_not_need(module: str, absent: tuple[str, ...]):
    loaded = json.loads(python(f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"))
    assert module in loaded
    assert not set(absent) & set(loaded)
