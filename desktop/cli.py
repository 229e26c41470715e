"""The command line: ``trimtab`` opens the window, ``trimtab COMMAND`` does one job without Qt and without a screen.

Exit status: 0 done; 1 the input cannot be used; 2 wrong usage; 3 no plan satisfies the rules. 130 after Ctrl+C and
141 where the reader of the output went away, as shells expect.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from core.errors import NoPlanError, TrimtabError, UsageError
from desktop.commands import COMMANDS
from desktop.console import Console

INTERRUPTED = 130
READER_GONE = 141
#: Set in the environment, a fault of the program shows where it happened.
DEBUG_SWITCH = "TRIMTAB_DEBUG"
#: Tries the whole program once (desktop/smoke.py): for builds, and for machines on which something seems wrong.
SMOKE = "--smoke"
FAULT = "this is a fault of the program, not of your input"

_DESCRIPTION = """\
Tilts client portfolios toward small-cap and value stocks: brokerage files in, whole-share and tax-lot aware trades
out. Without a command it opens the window, on FILE where given."""

_EPILOG = """\
exit status: 0 done, 1 the input cannot be used, 2 wrong usage, 3 no plan satisfies the rules
examples:
  trimtab import Positions.csv Lot-Details.csv
  trimtab rebalance Positions.csv --target small-value.toml --out trades.xlsx
  trimtab demo"""


class _Parser(argparse.ArgumentParser):
    """Reports wrong usage like every other error: in one place, with the same words."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See: {self.prog} --help")


def build_parser() -> argparse.ArgumentParser:
    """The parser of every sub-command."""
    from core import __version__

    parser = _Parser(
        prog="trimtab",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"trimtab {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for command in COMMANDS:
        sub = commands.add_parser(
            command.name, help=command.summary, description=command.summary.capitalize() + ".", allow_abbrev=False
        )
        command.add_options(sub)
        sub.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    console = Console()
    try:
        if arguments[:1] == [SMOKE]:
            from desktop.smoke import run_smoke

            return run_smoke(arguments[1:])
        if _wants_window(arguments):
            return _open_window(arguments)
        status = _run(arguments, console)
        console.out.flush()
    except KeyboardInterrupt:
        console.note("trimtab: stopped; nothing is left half written.")
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return READER_GONE
    except NoPlanError as error:
        console.note(f"trimtab: {error}")
        if error.rules:
            console.note(f"Conflicting rules: {', '.join(error.rules)}")
        return error.exit_status
    except TrimtabError as error:
        console.note(f"trimtab: {error}")
        return error.exit_status
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        console.note(f"trimtab: {place}{error.strerror or error}")
        return 1
    except MemoryError:
        console.note("trimtab: the computer's memory is not enough for this input. Split the file, or close programs.")
        return 1
    except Exception as error:
        if os.environ.get(DEBUG_SWITCH):
            raise
        console.note(
            f"trimtab: {FAULT} ({type(error).__name__}: {error}). Nothing was written. Please report it, with what "
            f"{DEBUG_SWITCH}=1 in the environment shows."
        )
        return 1
    return status


def _run(arguments: list[str], console: Console) -> int:
    parser = build_parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:  # --help and --version have written what they say
        return int(end.code or 0)
    if getattr(options, "run", None) is None:
        raise UsageError("give a command. See: trimtab --help")
    status: int = options.run(options, console)
    return status


def _wants_window(arguments: list[str]) -> bool:
    """Whether the words mean the window: none at all, an option of the window, or a file that exists."""
    if not arguments:
        return True
    first = arguments[0]
    if first in {command.name for command in COMMANDS} or first in ("-h", "--help", "--version"):
        return False
    return first.startswith("--") or Path(first).exists()


def _open_window(arguments: list[str]) -> int:
    try:
        from desktop.app import run_window
    except ImportError as error:
        raise UsageError(
            f"the window cannot be opened: {error}. The commands work without it; see: trimtab --help"
        ) from error
    return run_window(arguments)


def _drop_output() -> None:
    """Point standard output nowhere, so that closing it at the end raises no second error."""
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
