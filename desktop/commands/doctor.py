"""``trimtab doctor``: does this machine have what the program needs, and what to do where it doesn't.

Nothing is sent and nothing of any client is read. ``--forget`` takes away what the program remembers outside of books.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import json
import platform
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs

from core.errors import UsageError
from desktop.commands.base import STDOUT, Command, add_json, json_option, write_json
from desktop.commands.doctor_findings import Finding, State, to_install
from desktop.commands.doctor_screen import LOOK, NAME, check_screen, look
from desktop.console import Console

#: Bytes that must be free where data goes.
_FREE = 200_000_000
#: What is loaded late: the import name, and what fails without it.
_LIBRARIES = (
    ("numpy", "planning"),
    ("highspy", "planning"),
    ("clarabel", "planning with a limit on risk"),
    ("pandas", "market data"),
    ("openpyxl", "Excel workbooks"),
    ("python_calamine", "reading Excel files"),
    ("rapidfuzz.fuzz", "recognising columns"),
    ("sqlcipher3.dbapi2", "books"),
    ("argon2.low_level", "passphrases of books"),
    ("yfinance", "live data"),
)


def check_versions() -> Iterator[Finding]:
    """The program, its Python and the system."""
    from core import __version__

    where = "installed" if getattr(sys, "frozen", False) else "from source"
    python = f"Python {platform.python_version()}, {platform.python_implementation()}"
    yield Finding("program", State.GOOD, f"Trimtab {__version__}, {where}; {python}; {platform.platform()}")


def check_libraries(load: Callable[[str], object] = importlib.import_module) -> Iterator[Finding]:
    """Each library the program is made of can be loaded."""
    failed = 0
    for name, use in _LIBRARIES:
        try:
            load(name)
        except Exception as error:  # a library that can't be loaded raises what it likes
            failed += 1
            words = f"{name} can't be loaded, which is needed for {use}: {type(error).__name__}: {error}"
            yield Finding("libraries", State.BAD, words, to_install(str(error)))
    if not failed:
        yield Finding("libraries", State.GOOD, f"all {len(_LIBRARIES)} that are loaded when needed can be loaded")


def check_encryption() -> Iterator[Finding]:
    """Books are really encrypted by the SQLite at hand."""
    try:
        from sqlcipher3 import dbapi2

        database = dbapi2.connect(":memory:")
        row = database.execute("pragma cipher_version").fetchone()
        database.close()
    except Exception as error:
        yield Finding("books", State.BAD, f"the encrypted database does not work: {error}", to_install(str(error)))
        return
    if row and row[0]:
        yield Finding("books", State.GOOD, f"encrypted by SQLCipher {row[0]}")
    else:
        yield Finding(
            "books", State.BAD, "the database at hand can't encrypt", "Install the program again; books stay closed."
        )


def check_key_store() -> Iterator[Finding]:
    """A key can be kept, read and dropped. A random one is used; nothing is left behind."""
    from core.book.keys import KEY_BYTES, SALT_BYTES, SystemKeyStore

    store, salt, secret = SystemKeyStore(), secrets.token_bytes(SALT_BYTES), secrets.token_bytes(KEY_BYTES)
    try:
        works = store.put(salt, secret) and store.get(salt) == secret
        name = _key_store_name()
    except Exception as error:
        works, name = False, f"{type(error).__name__}: {error}"
    finally:
        store.drop(salt)
    if works:
        yield Finding("key store", State.GOOD, name)
    else:
        remedy = {
            "Linux": "install gnome-keyring or KWallet, and log in to the desktop so that it is unlocked.",
            "Darwin": "unlock the login keychain (Keychain Access).",
            "Windows": "check that the service Credential Manager runs.",
        }.get(platform.system(), "install one that the library keyring knows.")
        text = f"none that can be used ({name}): books ask for their passphrase each time"
        yield Finding("key store", State.NOTE, text, f"To have it remembered, {remedy}")


def _key_store_name() -> str:
    import keyring

    return str(keyring.get_keyring().name)


def check_places(places: Sequence[tuple[str, Path]] | None = None) -> Iterator[Finding]:
    """The folders of settings, data and caches can be written to, and have room."""
    for name, place in user_places() if places is None else places:
        folder = place
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"x")
            free = shutil.disk_usage(folder).free
        except OSError as error:
            words = f"{name} can't be written to {place}: {error.strerror or error}"
            yield Finding("write access", State.BAD, words, _to_write(folder, error))
            continue
        if free < _FREE:
            words = f"{name}: only {free / 1e6:.0f} MB are free on the disk of {place}"
            yield Finding("write access", State.BAD, words, "Make room on that disk.")
        else:
            yield Finding("write access", State.GOOD, f"{name} in {place}")


def _to_write(folder: Path, error: OSError) -> str:
    """What to do where nothing can be written to a folder."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "Make room on that disk."
    if error.errno == errno.EROFS:
        return f"The disk of {folder} is read-only: mount it for writing, or set HOME to a folder on another one."
    home = Path.home()
    if not home.exists():
        return f"Your home folder {home} is not there: have it made, or set HOME to one that is."
    return f"Give yourself the right to write to {folder}."


def user_places() -> list[tuple[str, Path]]:
    """What the program keeps outside of books, by name."""
    from core.market.store import default_folder
    from core.providers.cache import default_path

    return [("market figures", default_folder()), ("answers of live data", default_path().parent)]


def check_data() -> Iterator[Finding]:
    """The data that comes with the program can be read."""
    try:
        from core.market.observations import snapshot
        from core.sample import sample_household
        from core.tax.tables import available_years

        years = ", ".join(str(year) for year in available_years())
        words = f"sample household with {len(sample_household().lots)} lots, tax tables of {years}, "
        words += f"{len(snapshot().observations)} market observations"
    except Exception as error:
        yield Finding("data", State.BAD, f"{type(error).__name__}: {error}", "Install the program again.")
        return
    yield Finding("data", State.GOOD, words)


_CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_versions,
    check_libraries,
    check_data,
    check_encryption,
    check_key_store,
    check_places,
    check_screen,
)


def examine() -> list[Finding]:
    """Every check, in order."""
    return [finding for check in _CHECKS for finding in check()]


def forget(places: Sequence[tuple[str, Path]], *, really: bool) -> list[str]:
    """Take away settings, figures and caches (or only say what would go). Returns a line for each that is there."""
    from PySide6.QtCore import QSettings

    told = []
    settings = QSettings("Trimtab", "Trimtab")
    if settings.allKeys():
        told.append(f"settings in {settings.fileName()}")
        if really:
            settings.clear()
            settings.sync()
            file = Path(settings.fileName())
            file.unlink(missing_ok=True)
            _remove_empty(file.parent)
    for name, folder in places:
        if not folder.is_dir():
            continue
        books = sorted(folder.rglob("*.trimtab"))
        kept = f", but not {len(books)} books in it" if books else ""
        told.append(f"{name} in {folder}{kept}")
        if really:
            for path in sorted(folder.rglob("*"), reverse=True):
                if path.is_dir():
                    _remove_empty(path)
                elif path.suffix != ".trimtab":
                    path.unlink(missing_ok=True)
            _remove_empty(folder)
    return told


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_json(parser)
    parser.add_argument("--forget", action="store_true", help="say what the program remembers outside of books")
    parser.add_argument("--yes", action="store_true", help="with --forget: take it away; books stay")
    parser.add_argument(LOOK, action="store_true", help=argparse.SUPPRESS)


def _run(options: argparse.Namespace, console: Console) -> int:
    if options.look:
        console.out.write(json.dumps(look()) + "\n")
        return 0
    if options.yes and not options.forget:
        raise UsageError("--yes goes with --forget")
    if options.forget:
        told = forget(user_places(), really=options.yes)
        for line in told or ["nothing is remembered"]:
            console.line(f"{'Removed' if options.yes and told else 'There is' if told else 'Done:'} {line}")
        if told and not options.yes:
            console.note("Nothing was removed. To remove it: trimtab doctor --forget --yes")
        return 0
    target = json_option(options, ())
    findings = examine()
    if target is not None:
        rows = [attrs.asdict(finding) for finding in findings]
        write_json({"schema": "trimtab/doctor/1", "checks": rows}, target, console)
    if target != STDOUT:
        _show(findings, console)
    return int(any(finding.state is State.BAD for finding in findings))


def _show(findings: Sequence[Finding], console: Console) -> None:
    signs = {State.GOOD: "✓", State.NOTE: "·", State.BAD: "✗"}
    for finding in findings:
        console.paragraph(f"{signs[finding.state]} {finding.name}: {finding.text}", hanging=4)
        if finding.remedy:
            console.paragraph(f"  {finding.remedy}", hanging=4)
    bad = sum(finding.state is State.BAD for finding in findings)
    console.line()
    console.line(f"{bad} of {len(findings)} checks failed." if bad else "Everything the program needs is here.")


DOCTOR = Command(NAME, "check that this machine has what the program needs", _add_options, _run)
