"""The commands of dev.py: what each starts, in which order, and what it answers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dev_commands
from dev_system import SetupError

PACKAGING = Path(dev_commands.__file__).parent


class Recorder:
    """An environment that is always ready; keeps what was asked of it and what was started."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.venv, self.python = root, root / ".venv", root / "python"
        self.events: list[str] = []
        self.failing: set[str] = set()
        self.variables: list[dict[str, str]] = []
        monkeypatch.setattr(dev_commands, "_start", self.start)
        monkeypatch.setattr(dev_commands, "Environment", lambda: self)
        monkeypatch.setattr(dev_commands.system, "ensure_qt", lambda *, x11: self.events.append(f"qt x11={x11}"))
        monkeypatch.setattr(dev_commands.system, "ensure_test_tools", lambda: self.events.append("tools"))

    def ensure(self, profile: str) -> None:
        self.events.append(f"ensure {profile}")

    def start(self, _: object, command: list[object], extra: dict[str, str] | None = None) -> int:
        parts = [Path(str(part)).stem if isinstance(part, Path) else str(part) for part in command]
        self.events.append(" ".join(parts))
        self.variables.append(extra or {})
        return int(any(word in self.failing for word in parts))


@pytest.fixture
def recorder(tmp_path, monkeypatch) -> Recorder:
    return Recorder(tmp_path, monkeypatch)


def test_run_opens_the_window_where_there_is_a_screen(recorder, monkeypatch):
    monkeypatch.setattr(dev_commands.system, "has_screen", lambda _: True)
    assert dev_commands.main(["run", "my book.trimtab"]) == 0
    assert recorder.events == ["qt x11=True", "ensure run", "python -m desktop my book.trimtab"]


def test_built_runs_the_tests_from_outside_on_the_program_named(recorder, tmp_path, capsys):
    assert dev_commands.main(["built"]) == 1
    assert "build.py bundle" in capsys.readouterr().err
    program = tmp_path / "somewhere"
    program.write_text("")
    assert dev_commands.main(["built", str(program), "-k", "doctor"]) == 0
    assert recorder.events[:3] == ["qt x11=True", "tools", "ensure test"]
    assert recorder.events[3] == " ".join(["python -m pytest", *dev_commands.OF_WHAT_IS_BUILT, "-k doctor"])
    assert recorder.variables[0]["TRIMTAB_PROGRAM"] == str(program)
    root = PACKAGING.parent
    assert all((root / place).exists() for place in dev_commands.OF_WHAT_IS_BUILT)


@pytest.mark.parametrize(("screen", "arguments"), [(False, []), (True, ["--no-screen"])])
def test_run_without_a_screen_says_so_and_leaves_workbook_and_picture(screen, arguments, recorder, monkeypatch, capsys):
    monkeypatch.setattr(dev_commands.system, "has_screen", lambda _: screen)
    assert dev_commands.main(["run", *arguments]) == 0
    assert recorder.events[:3] == ["qt x11=False", "ensure run", "python -m desktop demo"]
    assert recorder.events[3:] == ["python -m desktop --picture window"]
    assert all(variables == {"QT_QPA_PLATFORM": "offscreen"} for variables in recorder.variables)
    told = capsys.readouterr().out
    assert "no screen" in told
    assert str(recorder.root / "trimtab-demo" / "trades.xlsx") in told
    assert str(recorder.root / "trimtab-demo" / "window.png") in told


def test_a_failing_demo_is_told_by_the_exit_status_and_no_picture_is_promised(recorder, monkeypatch, capsys):
    monkeypatch.setattr(dev_commands.system, "has_screen", lambda _: False)
    recorder.failing = {"demo"}
    assert dev_commands.main(["run"]) == 1
    assert "window.png" not in capsys.readouterr().out


def test_test_runs_every_check_and_then_pytest(recorder):
    assert dev_commands.main(["test", "-k", "lots"]) == 0
    assert recorder.events == [
        "qt x11=True",
        "tools",
        "ensure test",
        "ruff check --quiet",
        "mypy",
        "lint-imports --no-logo",
        "python -m pytest -n 2 -k lots",
    ]
    assert recorder.variables[-1] == {"QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.parametrize("failing", ["ruff", "mypy", "lint-imports", "pytest"])
def test_one_failure_fails_all_but_stops_nothing(failing, recorder):
    recorder.failing = {failing}
    assert dev_commands.main(["test"]) == 1
    assert recorder.events[-1].startswith("python -m pytest")


def test_set_up_that_cannot_go_on_is_one_message_without_a_traceback(recorder, monkeypatch, capsys):
    def refuse(*, x11: bool) -> None:
        raise SetupError("Please install libegl1.")

    monkeypatch.setattr(dev_commands.system, "ensure_qt", refuse)
    assert dev_commands.main(["test"]) == 1
    assert capsys.readouterr().err.strip() == "Please install libegl1."
    assert recorder.events == []


def test_wrong_usage_shows_the_commands(capsys):
    assert dev_commands.main(["fly"]) == 2
    assert "no command 'fly'" in capsys.readouterr().err
    assert dev_commands.main([]) == 0
    assert dev_commands.main(["--help"]) == 0
    assert "packaging/dev.py COMMAND" in capsys.readouterr().out


def test_dev_py_needs_nothing_newer_than_python_2_7_to_tell_what_is_wrong():
    source = (PACKAGING / "dev.py").read_text("ascii")
    tree = ast.parse(source, feature_version=(3, 4))
    banned = (ast.JoinedStr, ast.AnnAssign, ast.FunctionDef, ast.NamedExpr, ast.Match)
    assert not [node for node in ast.walk(tree) if isinstance(node, banned)]
    code = "import sys; sys.version_info = (3, 10, 1); exec(compile(open(sys.argv[1]).read(), 'dev.py', 'exec'))"
    done = subprocess.run(
        [sys.executable, "-c", code, PACKAGING / "dev.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.10" in done.stderr


def test_dev_py_works_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, PACKAGING / "dev.py", "help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout == dev_commands.HELP


def test_set_up_uses_the_standard_library_only():
    ours = {path.stem for path in PACKAGING.glob("*.py")}
    for path in PACKAGING.glob("dev*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names | ours, f"{path.name} imports {name}"
