"""Copies of a book: backup, restore, save as, another passphrase. Each is checked before it is put in its place."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from core.book import chain
from core.book.connection import APPLICATION_ID, Database, reading_mode
from core.book.errors import BookError, Trouble, book_error, from_system
from core.book.keys import Key, read_salt

if TYPE_CHECKING:
    from core.book.store import Book


def copy_book(source: Path, source_key: Key, goal: Path, key: Key, *, replace: bool = False) -> chain.Verification:
    """A whole copy of a book under a key of its own (or the same), checked page by page.

    What is wrong with the chain of records is in the answer: a copy of a book that somebody tampered with is still
    better than none.

    The source is only read, and may be open elsewhere. The goal appears complete or not at all; an existing file is
    replaced only where ``replace`` says so. Raises BookError.
    """
    if goal.exists() and not replace:
        raise book_error(Trouble.EXISTS, goal)
    part = goal.with_name(f".{goal.name[:80]}.{secrets.token_hex(6)}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600))
    except OSError as error:
        raise from_system(error, goal) from error
    try:
        _export(source, source_key, part, key)
        verification = check_file(part, key, called=source)
        try:
            _into_place(part, goal, replace=replace)
        except OSError as error:
            raise from_system(error, goal) from error
    except BookError as error:
        raise BookError(error.trouble, str(error).replace(str(part), str(goal))) from error
    finally:
        for left in (part, part.with_name(part.name + "-journal"), part.with_name(part.name + "-wal")):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
    return verification


def _export(source: Path, source_key: Key, part: Path, key: Key) -> None:
    # A reader of the source, in no need of its lock: what is committed is copied, as of one moment.
    mode = reading_mode(source)
    query = "mode=ro" if mode == "ro" else "mode=ro&immutable=1"
    address = f"{source.absolute().as_uri()}?{query}"
    reader = Database(source, Key(source_key.secret, read_salt(source)), mode=mode)
    try:
        if page_faults(reader):
            raise book_error(Trouble.DAMAGED, source)
        version = (reader.row("PRAGMA user_version") or (0,))[0]
    finally:
        reader.close()
    copy = Database(part, key, mode="rw")
    try:
        copy.row("PRAGMA journal_mode = DELETE")
        copy.run("PRAGMA foreign_keys = OFF")
        copy.run(f"ATTACH ? AS source KEY \"x'{source_key.secret.hex()}'\"", (address,))
        copy.rows("SELECT sqlcipher_export('main', 'source')")
        copy.run(f"PRAGMA main.application_id = {APPLICATION_ID}")
        copy.run(f"PRAGMA main.user_version = {int(version)}")
        copy.run("DETACH source")
    finally:
        copy.close()


def check_file(path: Path, key: Key, *, called: Path | None = None) -> chain.Verification:
    """Check every page of a closed book and its structure, then its chain.

    Raises BookError (DAMAGED) for a faulty page; what is wrong with the chain is in the answer.
    """
    name = called or path
    reader = Database(path, Key(key.secret, read_salt(path)), mode=reading_mode(path))
    try:
        faults = page_faults(reader)
        found = chain.verify(reader) if not faults else None
    except BookError as error:
        raise BookError(error.trouble, str(error).replace(str(path), str(name))) from error
    finally:
        reader.close()
    if found is None or faults:
        raise book_error(Trouble.DAMAGED, name)
    return found


def page_faults(database: Database) -> list[str]:
    """What is wrong with the pages (each has its own seal) and with the structure made of them; empty where nothing."""
    seals = [str(row[0]) for row in database.rows("PRAGMA cipher_integrity_check")]
    if seals:
        return seals
    words = [str(row[0]) for row in database.rows("PRAGMA integrity_check(20)")]
    loose = database.rows("PRAGMA foreign_key_check")
    return [word for word in words if word != "ok"] + [f"a loose reference in {row[0]}" for row in loose]


def _into_place(part: Path, goal: Path, *, replace: bool) -> None:
    descriptor = os.open(part, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if replace:
        part.replace(goal)
    else:
        try:
            os.link(part, goal)  # fails where the goal came into being meanwhile
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if goal.exists():
                raise FileExistsError(17, "exists", str(goal)) from None
            part.rename(goal)
    if os.name == "posix":
        folder = os.open(goal.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def backup(book: Book, goal: Path) -> chain.Verification:
    """A copy under the same key and passphrase."""
    return copy_book(book.path, book.key, goal, Key(book.key.secret, read_salt(book.path)))


def restore(saved: Path, key: Key, goal: Path) -> chain.Verification:
    """A book from a backup; nothing is overwritten. Raises BookError where the backup is damaged or the key wrong."""
    salt = read_salt(saved)
    return copy_book(saved, Key(key.secret, salt), goal, Key(key.secret, salt))


def change_key(book: Book, key: Key) -> Book:
    """The same book under another key or passphrase; old copies and backups keep the one they have.

    The book must be the writer's. Returns it open again.
    """
    from core.book.store import Book

    if not book.writable:
        raise book_error(book.database.refusal, book.path)
    path, clock = book.path, book.clock
    book.database.tidy()
    fresh = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.rekeyed")
    copy_book(path, book.key, fresh, key)
    book.database.close()  # the writer's lock is held until the new file is in place
    try:
        # A log left beside the file belongs to the old key; it is empty after the close.
        for left in ("-wal", "-shm"):
            path.with_name(path.name + left).unlink(missing_ok=True)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise from_system(error, path) from error
    finally:
        book.close()
    return Book.open_with(path, key, clock=clock)
