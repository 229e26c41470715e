"""LibreOffice as the spreadsheet that calculates a workbook anew."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile

import pytest


def without_values(path, goal):
    """A copy of the workbook without any stored formula value, so that nothing but a calculation can give one."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(goal, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.startswith("xl/worksheets/"):
                text, count = re.subn(r"</f><v>[^<]*</v>", "</f>", re.sub(r' t="str"(><f>)', r"\1", content.decode()))
                assert count == text.count("<f>")
                content = text.encode()
            new.writestr(part, content)


def recalculated(path, folder):
    """The workbook after LibreOffice has calculated it from nothing; skips where LibreOffice is not installed."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    bare = folder / "bare.xlsx"
    without_values(path, bare)
    goal = folder / "recalculated"
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir", goal, bare],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return goal / "bare.xlsx"
