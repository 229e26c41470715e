"""The program works from a folder whose name has spaces, accents and quotes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_window_is_drawn_without_a_complaint(tmp_path: Path):
    folder = tmp_path / "Zoë's (old) files"
    for name in ("core", "desktop", "resources", "widgets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONPATH", None)
    picture = folder / "window.png"
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "--picture", picture],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (done.returncode, complaints) == (0, [])
    assert picture.read_bytes().startswith(b"\x89PNG")
