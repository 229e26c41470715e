"""The program as a subprocess, as users run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_program(*arguments, cwd, stdin=None, check=False, **environment):
    """Run ``python -m desktop`` with arguments in a folder; returns what it wrote as bytes."""
    return subprocess.run(
        [sys.executable, "-m", "desktop", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        check=check,
        input=stdin,
        timeout=240,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
