"""What sub-commands share: their form, files named on the command line, JSON output, findings."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs

from core.atomic_file import write_atomically
from core.errors import UsageError
from core.household import Finding, Household, Severity
from desktop.console import Console, one_line

STDOUT = "-"


@attrs.frozen
class Command:
    """A sub-command: its name, a line of help, its options and what it does (returning the exit status)."""

    name: str
    summary: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Console], int]


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option ``--json``."""
    parser.add_argument(
        "--json", metavar="FILE", help="write the result as JSON to FILE; - for standard output, and nothing else there"
    )


def add_files(parser: argparse.ArgumentParser) -> None:
    """Files and how to read them."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="brokerage export (CSV, XLSX, ...) or household JSON")
    parser.add_argument("--layout", metavar="NAME", help="read the files by this layout (see: trimtab layouts)")
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="ACCT=KIND",
        help="tax kind of an account: taxable, traditional, roth, hsa, 529, trust, other; may be repeated",
    )


def input_paths(names: Sequence[str]) -> list[Path]:
    """The files named; patterns such as ``*.csv`` are filled in where the shell has not done it (Windows)."""
    paths: list[Path] = []
    for name in names:
        path = Path(name)
        pattern = any(sign in path.name for sign in "*?[")
        paths += (sorted(path.parent.glob(path.name)) if pattern and not path.exists() else []) or [path]
    return paths


def kinds_by_account(settings: Sequence[str]) -> dict[str, str]:
    """``ACCT=KIND`` settings as a mapping. Raises UsageError where one has no equals sign or is given twice."""
    kinds: dict[str, str] = {}
    for setting in settings:
        account, equals, kind = setting.rpartition("=")
        if not equals or not account or not kind:
            raise UsageError(f"--kind {setting}: write the account, an equals sign and the kind, as in 1234=taxable")
        if kinds.get(account, kind) != kind:
            raise UsageError(f"--kind names account {account} twice, as {kinds[account]} and as {kind}")
        kinds[account] = kind
    return kinds


def check_output(path: Path, option: str, suffix: str, inputs: Iterable[Path]) -> None:
    """Refuse to write over an input, or over a file of another kind. Raises UsageError."""
    for source in inputs:
        if path == source or (path.exists() and source.exists() and path.samefile(source)):
            raise UsageError(f"{option} {path} would write over the input {source}. Give another name")
    if path.suffix.lower() != suffix and path.exists() and not path.is_dir():
        raise UsageError(f"{option} {path}: this file exists and is not a {suffix} file. Give another name")


def json_option(options: argparse.Namespace, inputs: Iterable[Path]) -> str | None:
    """The value of ``--json``, checked before any work is done."""
    name: str | None = options.json
    if name is not None and name != STDOUT:
        check_output(Path(name), "--json", ".json", inputs)
    return name


def json_text(document: Any) -> str:
    """JSON in plain ASCII, so that no console's encoding can spoil it; NaN and infinity are refused."""
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def write_json(document: Any, name: str, console: Console) -> None:
    """Write to standard output (``-``) or to a file, whole or not at all."""
    text = json_text(document)
    if name == STDOUT:
        console.out.write(text)
        console.out.flush()
        return
    write_atomically(Path(name), text.encode("ascii"), overwrite=True)


def show_findings(findings: Sequence[Finding], console: Console, household: Household) -> None:
    """Findings with the most serious first, each on lines of its own, those that say the same of several places as one;
    files are called by their names alone.
    """
    from core.findings import grouped
    from core.words import count_words

    if not findings:
        return
    rows = grouped(findings, household)
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    counts = {severity: sum(row.severity is severity for row in rows) for severity in Severity}
    counted = ", ".join(count_words(count, names[severity]) for severity, count in counts.items() if count)
    console.heading(f"Findings: {counted}")
    for severity in Severity:
        for row in rows:
            if row.severity is not severity:
                continue
            once = len(row.findings) > 1 or row.place in ("", "Household") or row.place in row.message
            text = one_line(row.message if once else f"{row.place}: {row.message}")
            for file in household.files:
                text = text.replace(file.path, Path(file.path).name)
            console.paragraph(f"{names[severity]:<7}  {text}", hanging=11)
