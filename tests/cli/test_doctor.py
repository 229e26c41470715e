"""``trimtab doctor``: what it finds on a machine that has everything, and on machines that lack something."""

import errno
import json
import sys
from pathlib import Path

import pytest

from desktop.commands import doctor, doctor_screen
from desktop.commands.doctor_findings import State, package_of
from tests.cli.program import run_program

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems keep these elsewhere")


def by_name(findings):
    found = {}
    for finding in findings:
        found.setdefault(finding.name, []).append(finding)
    return found


def run_doctor(tmp_path, *arguments, **environment):
    """The checks of the program as a process without a screen, by name; and the exit status."""
    if sys.platform.startswith("linux"):
        environment = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "", **environment}
    done = run_program("doctor", "--json", "-", *arguments, cwd=tmp_path, **environment)
    answer = json.loads(done.stdout)
    assert answer["schema"] == "trimtab/doctor/1"
    return done.returncode, {row["name"]: row for row in answer["checks"]}


@LINUX
def test_a_machine_without_a_screen_works_but_for_the_window(tmp_path):
    status, checks = run_doctor(tmp_path)
    assert status == 0, checks
    assert {name for name, row in checks.items() if row["state"] == "good"} >= {
        "program", "libraries", "data", "books", "write access", "fonts",
    }  # fmt: skip
    assert checks["screen"]["state"] == "note"
    assert checks["screen"]["remedy"]
    assert "SQLCipher" in checks["books"]["text"]


@LINUX
def test_a_screen_that_does_not_answer_is_told_with_a_remedy(tmp_path):
    status, checks = run_doctor(tmp_path, DISPLAY=":4711")
    assert status == 1
    assert checks["screen"]["state"] == "bad"
    assert "4711" in checks["screen"]["text"]
    assert "cursor" not in checks["screen"]["text"]  # Qt's guess, whatever the reason
    assert "DISPLAY" in checks["screen"]["remedy"]


@LINUX
def test_a_platform_that_qt_does_not_know_is_told_by_its_variable(tmp_path):
    status, checks = run_doctor(tmp_path, QT_QPA_PLATFORM="paper", DISPLAY=":4711")
    assert status == 1
    assert "QT_QPA_PLATFORM: 'paper'" in checks["screen"]["remedy"]


@LINUX
def test_a_library_that_several_parts_lack_is_told_once():
    def load(name):
        if name != "PySide6.QtCore":
            raise ImportError("libGLdispatch.so.0: cannot open shared object file: No such file or directory")

    (finding,) = doctor_screen.check_screen(load)
    assert finding.text.startswith("PySide6.QtGui, PySide6.QtWidgets, PySide6.QtSvg, pyqtgraph can't be loaded: libGLd")
    assert "apt install libglvnd0" in finding.remedy


@LINUX
def test_a_built_programs_general_words_are_led_back_to_the_loaders(monkeypatch):
    def load(path):
        loaders = OSError("libwayland-client.so.0: cannot open shared object file: No such file or directory")
        raise OSError(f"Failed to load dynlib/dll {path!r}") from loaders

    monkeypatch.setattr("ctypes.CDLL", load)
    remedy = doctor_screen._remedy('Could not load the Qt platform plugin "wayland"')
    assert remedy.startswith("libwayland-client.so.0: cannot open")
    assert "apt install libwayland-client0" in remedy


def test_words_for_people_end_with_a_verdict(tmp_path):
    done = run_program("doctor", cwd=tmp_path, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().rstrip().endswith("Everything the program needs is here.")


def test_a_library_that_cannot_be_loaded_names_the_package_that_brings_it():
    def load(name):
        if name == "highspy":
            raise ImportError("libfontconfig.so.1: cannot open shared object file: No such file or directory")

    (finding,) = doctor.check_libraries(load)
    assert finding.state is State.BAD
    assert "needed for planning" in finding.text
    assert "apt install libfontconfig1" in finding.remedy


def test_the_package_of_a_library_is_told_by_whole_names():
    assert package_of("libxkbcommon-x11.so.0: cannot open") == "libxkbcommon-x11-0"
    assert package_of("libxkbcommon.so.0: cannot open") == "libxkbcommon0"
    assert package_of("libc.so.6: version `GLIBC_2.34' not found") is None


def test_a_folder_that_is_not_there_yet_is_judged_by_the_one_it_will_lie_in(tmp_path):
    (finding,) = doctor.check_places([("data", tmp_path / "a" / "b")])
    assert finding.state is State.GOOD
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_bad(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    (finding,) = doctor.check_places([("data", file)])
    assert finding.state is State.BAD
    assert str(file) in finding.remedy


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Make room on that disk."),
        (OSError(errno.EROFS, "Read-only file system"), "mount it for writing"),
        (OSError(errno.EACCES, "Permission denied"), "Give yourself the right to write to"),
    ],
)
def test_the_remedy_is_that_of_the_reason(error, remedy, tmp_path, monkeypatch):
    def refuse(**_):
        raise error

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(doctor.Path, "home", lambda: tmp_path)
    (finding,) = doctor.check_places([("data", tmp_path / "data")])
    assert remedy in finding.remedy


def test_a_home_that_is_not_there_is_told(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(doctor.Path, "home", lambda: tmp_path / "gone")
    (finding,) = doctor.check_places([("data", tmp_path / "gone" / "data")])
    assert "set HOME" in finding.remedy


def test_a_full_disk_is_bad(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "_FREE", 10**18)
    (finding,) = doctor.check_places([("data", tmp_path)])
    assert finding.state is State.BAD
    assert "free" in finding.text


@pytest.fixture
def remembered(tmp_path):
    """Settings, a cache, and a book that someone put among the data."""
    from PySide6.QtCore import QSettings

    settings = QSettings("Trimtab", "Trimtab")
    settings.setValue("theme", "dark")
    settings.sync()
    data, cache = tmp_path / "data", tmp_path / "cache"
    (cache / "deeper").mkdir(parents=True)
    (cache / "deeper" / "live.sqlite").write_text("x")
    data.mkdir()
    (data / "market.json").write_text("{}")
    (data / "Clients.trimtab").write_text("a book")
    yield [("figures", data), ("cache", cache)]
    settings.clear()
    settings.sync()


def test_forgetting_says_first_what_it_would_take(remembered, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    told = doctor.forget(remembered, really=False)
    assert len(told) == 3
    assert sorted(tmp_path.rglob("*")) == before


def test_forgetting_takes_everything_but_books(remembered, tmp_path):
    from PySide6.QtCore import QSettings

    doctor.forget(remembered, really=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "data" / "Clients.trimtab"]
    assert not (tmp_path / "cache").exists()
    assert QSettings("Trimtab", "Trimtab").allKeys() == []
    assert doctor.forget([remembered[1]], really=True) == []


def test_yes_alone_is_wrong_usage(tmp_path):
    assert run_program("doctor", "--yes", cwd=tmp_path).returncode == 2


def test_the_key_store_is_left_as_it_was(monkeypatch):
    kept = {}

    class Store:
        def put(self, salt, secret):
            kept[salt] = secret
            return True

        def get(self, salt):
            return kept.get(salt)

        def drop(self, salt):
            kept.pop(salt, None)

    monkeypatch.setattr("core.book.keys.SystemKeyStore", Store)
    (finding,) = doctor.check_key_store()
    assert finding.state is State.GOOD
    assert kept == {}


def test_version_is_that_of_the_project(tmp_path):
    import tomllib

    root = Path(doctor.__file__).resolve().parents[2]
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    done = run_program("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode().split()) == (0, ["trimtab", version])
