"""The commands of ``dev.py``: each makes sure of what it needs, then starts the program or the checks."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import dev_system as system
from dev_lock import lock
from dev_system import SetupError, say
from dev_venv import Environment, child_environment, program

HELP = """\
python3 packaging/dev.py COMMAND [ARGUMENTS]

  run [--no-screen] [ARGUMENTS]   set up, then open the window on the sample household; without a screen, or with
                                  --no-screen, do the whole job on it and leave workbook and picture in trimtab-demo/
  test [ARGUMENTS]                set up, then lint, type check, import contract and all tests; ARGUMENTS go to pytest
  lint                            the checks of `test` without the tests
  built [PROGRAM] [ARGUMENTS]     the tests that need no source, on a built program (dist/trimtab/trimtab): the command
                                  line, and the journeys at a real screen; ARGUMENTS go to pytest
  bench [ARGUMENTS]               set up with the peers, then the benchmarks of tests/bench
  lock [--upgrade]                write packaging/requirements/*.txt from pyproject.toml
  help                            this text
"""

#: The tests that see the program from outside: its command line, what lies beside it, its window by pointer and keys.
OF_WHAT_IS_BUILT = (
    "tests/cli",
    "tests/packaging/test_built.py",
    "tests/journeys/test_as_delivered.py",
    "tests/journeys/test_mixed_files_as_delivered.py",
)
CHECKS = (
    ("ruff", "check", "--quiet"),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status: 0 done, 1 failed or set-up impossible, 2 wrong usage."""
    commands = {"run": run, "test": test, "lint": lint, "built": built, "bench": bench, "lock": lock_requirements}
    name, *rest = arguments or ["help"]
    if name in {"help", "-h", "--help"}:
        print(HELP, end="")
        return 0
    if name not in commands:
        print(f"There is no command {name!r}.\n\n{HELP}", end="", file=sys.stderr)
        return 2
    try:
        system.check_python()
        return commands[name](Environment(), rest)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(environment: Environment, arguments: list[str]) -> int:
    """Open the window; without a screen run the demo and draw the window into a picture."""
    screen = "--no-screen" not in arguments and system.has_screen(os.environ)
    system.ensure_qt(x11=screen)
    environment.ensure("run")
    if screen:
        return _start(environment, [environment.python, "-m", "desktop", *arguments])
    folder = environment.root / "trimtab-demo"
    say("There is no screen to open the window on: running the demo instead.")
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    status = _start(environment, [environment.python, "-m", "desktop", "demo"], offscreen)
    if status == 0:
        picture = folder / "window.png"
        status = _start(environment, [environment.python, "-m", "desktop", "--picture", picture], offscreen)
    if status == 0:
        say(f"The trades: {folder / 'trades.xlsx'}\nA picture of the window: {folder / 'window.png'}")
    return status


def test(environment: Environment, arguments: list[str]) -> int:
    """Run every check and then every test; fail if any failed."""
    system.ensure_qt(x11=True)
    system.ensure_test_tools()
    environment.ensure("test")
    failed = _checks(environment)
    say("pytest")
    command: list[str | Path] = [environment.python, "-m", "pytest", "-n", "2", *arguments]
    # Tests draw offscreen; those that need a real window start a virtual screen of their own.
    status = _start(environment, command, {"QT_QPA_PLATFORM": "offscreen"})
    if failed:
        say(f"Not clean, see above: {', '.join(failed)}")
    return status or int(bool(failed))


def lint(environment: Environment, arguments: list[str]) -> int:
    """Run the checks without the tests."""
    if arguments:
        raise SetupError("lint takes no arguments.")
    environment.ensure("test")
    return int(bool(_checks(environment)))


def built(environment: Environment, arguments: list[str]) -> int:
    """Run the tests that hold for a built program as for the source. Raises SetupError where it is not there."""
    named = bool(arguments) and not arguments[0].startswith("-")
    folder = environment.root / "dist" / "trimtab"
    chosen = Path(arguments[0]) if named else folder / ("trimtab.exe" if os.name == "nt" else "trimtab")
    if not chosen.is_file():
        raise SetupError(f"There is no program {chosen}. To build it: python3 packaging/build.py bundle")
    system.ensure_qt(x11=True)
    system.ensure_test_tools()
    environment.ensure("test")
    command: list[str | Path] = [environment.python, "-m", "pytest", *OF_WHAT_IS_BUILT, *arguments[int(named) :]]
    settings = {"QT_QPA_PLATFORM": "offscreen", "TRIMTAB_PROGRAM": str(chosen.resolve())}
    return _start(environment, command, settings)


def bench(environment: Environment, arguments: list[str]) -> int:
    """Run the benchmarks, with the libraries that they compare against."""
    environment.ensure("bench")
    return _start(environment, [environment.python, "-m", "tests.bench", *arguments])


def lock_requirements(environment: Environment, arguments: list[str]) -> int:
    """Write the pinned requirement files."""
    if set(arguments) - {"--upgrade"}:
        raise SetupError("lock takes no arguments but --upgrade.")
    environment.ensure("lock")
    lock(environment, arguments)
    return 0


def _checks(environment: Environment) -> list[str]:
    failed = []
    for check in CHECKS:
        say(" ".join(check))
        if _start(environment, [program(environment.venv, check[0]), *check[1:]]):
            failed.append(check[0])
    return failed


def _start(environment: Environment, command: list[str | Path], extra: Mapping[str, str] | None = None) -> int:
    """Run a program of the environment in the checkout, whatever folder we were called from."""
    settings = child_environment(environment.venv, os.environ) | dict(extra or {})
    sys.stdout.flush()
    return subprocess.run(command, check=False, cwd=environment.root, env=settings).returncode
