"""Starting the program: options, pictures without a screen, what is loaded when, crash reports on screen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from desktop.app import parse_options
from desktop.crash import CrashReporter

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, folder, code=None):
    words = ["-c", code] if code else ["-m", "desktop", *map(str, arguments)]
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
            "XDG_CONFIG_HOME": str(folder),
            "HOME": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_options():
    options = parse_options(["a.csv", "--page", "trades", "--theme", "dark", "--size", "1100x700"])
    assert options.files == (Path("a.csv"),)
    assert (options.page, options.theme, options.size) == ("trades", "dark", (1100, 700))
    assert parse_options([]).picture is None


@pytest.mark.parametrize("words", [["--size", "big"], ["--size", "10x10"], ["--page", "nowhere"], ["--theme", "blue"]])
def test_wrong_usage(words, capsys):
    with pytest.raises(SystemExit) as end:
        parse_options(words)
    assert end.value.code == 2
    assert words[0] in capsys.readouterr().err


@pytest.mark.parametrize(("page", "theme"), [("target", "light"), ("household", "dark"), ("trades", "light")])
def test_picture_without_a_screen(tmp_path, page, theme):
    picture = tmp_path / "window.png"
    done = run("--picture", picture, "--page", page, "--theme", theme, "--size", "1200x800", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1200, 800)
    corner = image.pixelColor(600, 40)  # the header
    assert (corner.lightness() < 100) == (theme == "dark")
    assert not list(tmp_path.glob("**/*.conf")), "a picture leaves the settings alone"


def test_picture_that_cannot_be_written(tmp_path):
    done = run("--picture", tmp_path / "no" / "window.png", folder=tmp_path)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_window_paints_before_anything_heavy_is_loaded(tmp_path):
    code = """
import sys
from desktop.app import WindowOptions, _application, _open, _settings
app = _application()
window = _open(app, WindowOptions(), _settings(app, remember=False))
window.show()
app.processEvents()
heavy = ("pandas", "openpyxl", "yfinance", "highspy", "scipy", "superqt", "pyqtgraph", "python_calamine")
print(sorted(set(heavy) & set(sys.modules)))
window.close()
"""
    done = run(folder=tmp_path, code=code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
def test_crash_dialog_offers_details_to_copy(qtbot, qapp):
    reporter = CrashReporter()
    try:
        raise RuntimeError("account 4711")  # noqa: TRY301
    except RuntimeError as error:
        reporter.report(error)
    qtbot.waitUntil(lambda: any(isinstance(w, QMessageBox) for w in QApplication.topLevelWidgets()))
    box = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox))
    assert "RuntimeError" in box.detailedText()
    assert "4711" not in box.detailedText() + box.text() + box.informativeText()
    copy = next(button for button in box.findChildren(QPushButton) if button.text() == "Copy details")
    copy.click()
    assert qapp.clipboard().text() == box.detailedText()
    assert box.isVisible()
    box.close()
