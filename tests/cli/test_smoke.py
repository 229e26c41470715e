"""``trimtab --smoke``: the try-out that builds are held to does all it says, and fails where something fails."""

import json

from tests.cli.program import run_program

STEPS = ["painted", "planned", "picture", "pages", "workbook", "report", "import", "book", "libraries"]


def test_every_step_is_done_and_the_files_are_there(tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    places = {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    done = run_program("--smoke", tmp_path / "out", cwd=tmp_path, QT_QPA_PLATFORM="offscreen", **places)
    assert done.returncode == 0, done.stderr
    assert list(temporary.iterdir()) == []
    answer = json.loads(done.stdout)
    assert list(answer["at"]) == STEPS
    assert list(answer["at"].values()) == sorted(answer["at"].values())
    assert {"window.png", "trades.xlsx", "report.pdf", "book.trimtab"} <= set(answer["files"])
    assert all(answer["files"].values())


def test_a_step_that_fails_is_named(tmp_path):
    (tmp_path / "out" / "window.png").mkdir(parents=True)  # so that no file of that name can be written
    done = run_program("--smoke", tmp_path / "out", cwd=tmp_path, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 1
    assert "smoke test: picture" in done.stderr.decode()
    assert done.stdout == b""
