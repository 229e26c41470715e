"""The program as a subprocess, as users run it.

TRIMTAB_PROGRAM names a built program to run instead of the source: the same tests then hold for what is delivered.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


BUILT = os.environ.get("TRIMTAB_PROGRAM")
PROGRAM = [BUILT] if BUILT else [sys.executable, "-m", "desktop"]


def run_program(*arguments, cwd, stdin=None, check=False, **environment):
    """Run the program with arguments in a folder; returns what it wrote as bytes."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        check=check,
        input=stdin,
        timeout=240,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
