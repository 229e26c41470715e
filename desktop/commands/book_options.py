"""Opening a book from the command line: key store, file with the passphrase, or a question."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError, UsageError
from desktop.console import Console

if TYPE_CHECKING:
    from core.book.keys import Key
    from core.book.store import Book


def add_book(parser: argparse.ArgumentParser) -> None:
    """The book and how it is unlocked."""
    parser.add_argument("book", metavar="BOOK", type=Path, help="the book's file")
    add_passphrase(parser)


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    """How a book is unlocked."""
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help="read the passphrase from the first line of FILE (- for standard input); without it the key store of this "
        "machine is asked, then you",
    )


def open_book(options: argparse.Namespace, *, write: bool) -> Book:
    """The book, open. Raises BookError where it can't be opened, or written where that is needed."""
    from core.book.errors import BookError, Trouble
    from core.book.keys import SystemKeyStore
    from core.book.store import Book

    path: Path = options.book
    passphrase = _from_file(options)
    try:
        book = Book.open(path, passphrase, SystemKeyStore(), read_only=not write)
    except BookError as error:
        if error.trouble is not Trouble.KEY_NEEDED or passphrase is not None or not sys.stdin.isatty():
            if error.trouble is Trouble.KEY_NEEDED:
                raise InputError(f"{error} Give it with --passphrase-file.") from error
            raise
        book = Book.open(path, getpass.getpass(f"Passphrase of {path.name}: "), read_only=not write)
    if write and not book.writable:
        words = book.why_read_only
        book.close()
        raise InputError(words)
    return book


def passphrase_of(options: argparse.Namespace, path: Path) -> Key:
    """The key to try on a file that may be open elsewhere or lie in another place, such as a backup."""
    from core.book.errors import BookError
    from core.book.keys import SystemKeyStore, key_of

    passphrase = _from_file(options)
    try:
        return key_of(path, passphrase, SystemKeyStore())
    except BookError:
        if passphrase is not None or not sys.stdin.isatty():
            raise
        return key_of(path, getpass.getpass(f"Passphrase of {path.name}: "), SystemKeyStore())


def make_book(options: argparse.Namespace, console: Console) -> Book:
    """A new book: with a passphrase, or with a key that only this machine's key store knows."""
    from core.book.keys import SystemKeyStore, new_key, random_key
    from core.book.store import Book

    path: Path = options.book
    store = SystemKeyStore()
    passphrase = _from_file(options)
    if options.key_store_only:
        if passphrase is not None:
            raise UsageError("--key-store-only and --passphrase-file: give one of the two")
        key = random_key()
        if not store.put(key.salt, key.secret):
            raise InputError("this machine has no key store that can keep the key. Make the book with a passphrase.")
        console.note(
            f"The key of {path} is in this machine's key store and nowhere else: without this machine the book and its "
            "backups cannot be opened. Set a passphrase to change that (trimtab book passphrase)."
        )
    else:
        key = new_key(passphrase if passphrase is not None else _ask_new(path))
        kept = store.put(key.salt, key.secret)
        console.note(
            f"New book {path}. A forgotten passphrase cannot be recovered by anybody: what is in the book is then lost."
            + (" This machine's key store keeps the key, so that you are not asked here." if kept else "")
        )
    try:
        return Book.create(path, key)
    except BaseException:
        store.drop(key.salt)
        raise


def _ask_new(path: Path) -> str:
    if not sys.stdin.isatty():
        raise InputError(
            f"{path} is a new book and needs a passphrase: give it with --passphrase-file, or --key-store-only."
        )
    first = getpass.getpass(f"Passphrase for the new book {path.name}: ")
    if getpass.getpass("The same again: ") != first:
        raise InputError("the two passphrases differ. Nothing was made.")
    return first


def _from_file(options: argparse.Namespace) -> str | None:
    return read_passphrase(options.passphrase_file)


def read_passphrase(name: str | None) -> str | None:
    """The first line of a file, - for standard input; None where no file is named. Raises InputError."""
    if name is None:
        return None
    try:
        text = sys.stdin.readline() if name == "-" else Path(name).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: the passphrase can't be read ({error}).") from error
    lines = text.splitlines()
    if not lines or not lines[0]:
        raise InputError(f"{name}: the first line is empty; it must be the passphrase.")
    return lines[0]
