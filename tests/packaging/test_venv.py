"""The virtual environment's life: made, found ready, updated, remade when broken or moved."""

import json
import multiprocessing
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import dev_venv
from dev_system import SetupError
from dev_venv import Environment


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "Trimtab für Zoë"
    requirements = root / "packaging" / "requirements"
    requirements.mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\nname = 'trimtab'\n")
    for name in ("run", "test", "bench", "lock"):
        (requirements / f"{name}.txt").write_text(f"# {name}\n")
    return root


@pytest.fixture
def installs(monkeypatch) -> list[str]:
    """Let environments be made without pip and without installing; return the profiles that were installed."""
    done: list[str] = []
    this_python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    monkeypatch.setattr(Environment, "_install", lambda self, profile: done.append(profile))
    monkeypatch.setattr(dev_venv, "ensure_venv_module", lambda: None)

    def make(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        if command[1:3] == ["-m", "venv"]:
            venv.create(str(command[3]), with_pip=False)
            return subprocess.CompletedProcess(command, 0, "", "")
        ok = Path(str(command[0])).exists()  # the health question
        return subprocess.CompletedProcess(command, 0 if ok else 1, this_python, "")

    monkeypatch.setattr(dev_venv.subprocess, "run", make)
    return done


def test_windows_and_unix_places():
    folder = Path("x")
    assert dev_venv.program(folder, "python", system="win32") == folder / "Scripts" / "python.exe"
    assert dev_venv.program(folder, "ruff", system="linux") == folder / "bin" / "ruff"
    assert dev_venv.program(folder, "python", system="darwin") == folder / "bin" / "python"


def test_settings_that_would_leak_into_the_environment_are_left_out():
    base = {"PYTHONPATH": "a", "PYTHONHOME": "b", "pip_user": "1", "Path": "C:\\Windows", "LANG": "de"}
    child = dev_venv.child_environment(Path("v"), base, system="win32")
    scripts = Path("v") / "Scripts"
    assert child == {"Path": f"{scripts};C:\\Windows", "LANG": "de", "VIRTUAL_ENV": "v"}
    assert dev_venv.child_environment(Path("v"), {}, system="linux")["PATH"] == str(Path("v") / "bin")


def test_a_second_run_finds_everything_ready(checkout, installs, monkeypatch):
    Environment(checkout).ensure("run")
    assert installs == ["run"]
    monkeypatch.setattr(dev_venv.subprocess, "run", lambda *_, **__: pytest.fail("nothing may be started"))
    assert Environment(checkout).is_ready("run")
    Environment(checkout).ensure("run")
    assert installs == ["run"]


def test_test_set_up_makes_run_ready_but_not_the_other_way_round(checkout, installs):
    environment = Environment(checkout)
    environment.ensure("run")
    assert not environment.is_ready("test")
    environment.ensure("test")
    assert environment.is_ready("run")
    assert environment.is_ready("test")
    environment.ensure("bench")
    assert environment.is_ready("test")
    assert installs == ["run", "test", "bench"]


@pytest.mark.parametrize(
    ("file", "stale"),
    [
        ("pyproject.toml", {"run", "test"}),
        ("packaging/requirements/run.txt", {"run", "test"}),
        ("packaging/requirements/test.txt", {"test"}),
        ("packaging/requirements/bench.txt", set()),
    ],
)
def test_a_changed_input_makes_stale_what_it_is_part_of(file, stale, checkout, installs):
    environment = Environment(checkout)
    environment.ensure("test")
    with (checkout / file).open("a") as text:
        text.write("# changed\n")
    assert {name for name in ("run", "test") if not environment.is_ready(name)} == stale
    marker = environment.venv / "kept"
    marker.touch()
    environment.ensure("test")
    assert marker.exists(), "an update works in the environment that is there"


def remade(environment: Environment) -> bool:
    marker = environment.venv / "marker"
    marker.touch()
    environment.ensure("run")
    return not marker.exists()


def test_a_half_made_environment_is_made_again(checkout, installs):
    environment = Environment(checkout)
    environment.ensure("run")
    (environment.venv / "trimtab-setup.unfinished").touch()
    assert not environment.is_ready("run")
    assert remade(environment)
    assert environment.is_ready("run")


def test_an_environment_without_its_python_is_made_again(checkout, installs):
    environment = Environment(checkout)
    environment.ensure("run")
    environment.python.unlink()
    assert not environment.is_ready("run")
    assert remade(environment)


def test_a_moved_checkout_makes_its_environment_again(checkout, installs):
    Environment(checkout).ensure("run")
    moved = checkout.rename(checkout.parent / "elsewhere")
    environment = Environment(moved)
    assert not environment.is_ready("run")
    assert remade(environment)


def test_another_python_makes_the_environment_again(checkout, installs, monkeypatch):
    environment = Environment(checkout)
    environment.ensure("run")
    monkeypatch.setattr(sys, "version_info", (3, sys.version_info[1] + 1, 0))
    assert not environment.is_ready("run")
    assert remade(environment)


def test_an_environment_made_by_hand_is_built_upon(checkout, installs):
    environment = Environment(checkout)
    venv.create(environment.venv, with_pip=False)
    assert not remade(environment)
    assert environment.is_ready("run")


def test_a_failed_install_is_not_taken_for_a_finished_one(checkout, installs, monkeypatch):
    def fail(self: Environment, profile: str) -> None:
        raise SetupError("no network")

    environment = Environment(checkout)
    monkeypatch.setattr(Environment, "_install", fail)
    with pytest.raises(SetupError, match="no network"):
        environment.ensure("run")
    assert not environment.is_ready("run")


def test_an_interrupted_install_is_made_again(checkout, installs, monkeypatch):
    def interrupt(self: Environment, profile: str) -> None:
        raise KeyboardInterrupt

    environment = Environment(checkout)
    with monkeypatch.context() as patch:
        patch.setattr(Environment, "_install", interrupt)
        with pytest.raises(KeyboardInterrupt):
            environment.ensure("run")
    assert remade(environment)


@pytest.mark.parametrize("stamp", ["", "not json", "[]", '{"run": 3}', '{"run": null, "root": null}'])
def test_a_damaged_stamp_is_no_stamp(stamp, checkout, installs):
    environment = Environment(checkout)
    environment.ensure("run")
    (environment.venv / "trimtab-setup.json").write_text(stamp)
    assert not environment.is_ready("run")
    environment.ensure("run")
    assert environment.is_ready("run")
    assert json.loads((environment.venv / "trimtab-setup.json").read_text("utf-8"))["root"] == str(checkout)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("NewConnectionError('...: Failed to establish a new connection: [Errno -3]", "network connection"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one that was pinned"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: something else", "could not install"),
    ],
)
def test_a_failed_pip_is_explained(line, message):
    told = dev_venv.explain_pip(["Collecting attrs", line, ""])
    assert message in told.splitlines()[0]
    assert line in told


def _count_under_lock(path: str, lock: str) -> None:
    for _ in range(50):
        with dev_venv.exclusive(Path(lock)):
            number = int(Path(path).read_text())
            Path(path).write_text(str(number + 1))


def test_only_one_process_at_a_time_holds_the_lock(tmp_path: Path):
    counter = tmp_path / "counter"
    counter.write_text("0")
    context = multiprocessing.get_context("spawn")
    arguments = (str(counter), str(tmp_path / "lock"))
    workers = [context.Process(target=_count_under_lock, args=arguments) for _ in range(2)]
    for worker in workers:
        worker.start()
    _count_under_lock(*arguments)
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert counter.read_text() == "150"


def test_the_lock_of_a_dead_process_is_free(tmp_path: Path):
    code = """
import os, sys; sys.path.insert(0, sys.argv[1])
import dev_venv, pathlib
with dev_venv.exclusive(pathlib.Path(sys.argv[2])):
    os._exit(3)
"""
    folder = str(Path(dev_venv.__file__).parent)
    lock = tmp_path / "lock"
    died = subprocess.run([sys.executable, "-c", code, folder, lock], env=dict(os.environ), check=False)
    assert died.returncode == 3
    with dev_venv.exclusive(lock):
        pass
