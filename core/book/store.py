"""A book: opened by one writer, read by any number; households with every step their documents went through."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import attrs

from core.book import chain
from core.book.codec import EMPTY_PARTS, PARTS, document_of, packed, part_bytes, sha256, unpacked
from core.book.connection import Database, reading_mode
from core.book.errors import BookError, Trouble, book_error, from_system
from core.book.figures import figures_of, state_of, write_figures
from core.book.keys import Key, KeyStore, NoKeyStore, key_of, read_salt
from core.book.lock import WriterLock
from core.book.migrations import VERSION, migrate, version_of
from core.edits import Document

SUFFIX = ".trimtab"
#: Steps of undo kept for each household from one opening to the next.
KEPT_STEPS = 200
Clock = Callable[[], datetime]


def now() -> datetime:
    """The moment it is asked."""
    return datetime.now(UTC)


@attrs.frozen
class Entry:
    """One household of the book. ``id`` is good while the book is open, ``uuid`` for ever."""

    id: int
    uuid: str
    name: str
    added: str


@attrs.frozen
class Step:
    """One step of a document: its words for the Undo menu, and the document after it."""

    number: int
    text: str
    at: str


class Book:
    """An open book. Every method may be called from any thread; each change is on the disk when it returns.

    Raises BookError wherever the file, the disk or the system refuse.
    """

    def __init__(self, path: Path, database: Database, key: Key, lock: WriterLock, clock: Clock = now) -> None:
        self.path = path
        self.database = database
        self.key = key
        self.clock = clock
        self._lock = lock

    # -- opening and closing ----------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, key: Key, *, clock: Clock = now) -> Book:
        """A new, empty book; nothing is overwritten."""
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600))
        except OSError as error:
            raise from_system(error, path) from error
        try:
            return cls._open(path, key, clock, new=True)
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise

    @classmethod
    def open(
        cls,
        path: Path,
        passphrase: str | None = None,
        store: KeyStore | None = None,
        *,
        read_only: bool = False,
        clock: Clock = now,
    ) -> Book:
        """Open a book with its passphrase, else with the key in ``store``.

        Where another program has it open, or it may not be written, it opens read-only (see ``why_read_only``).
        A wrong key, a wrong passphrase and a file that is no book all get the same answer.
        """
        key = key_of(path, passphrase, store or NoKeyStore())
        return cls._open(path, key, clock, read_only=read_only)

    @classmethod
    def open_with(cls, path: Path, key: Key, *, read_only: bool = False, clock: Clock = now) -> Book:
        """Open a book with a key at hand."""
        return cls._open(path, Key(key.secret, read_salt(path)), clock, read_only=read_only)

    @classmethod
    def _open(cls, path: Path, key: Key, clock: Clock, *, new: bool = False, read_only: bool = False) -> Book:
        lock = WriterLock(path)
        mode = "look" if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) else "ro"
        if not read_only and mode == "look":
            try:
                mode = "rw" if lock.take() else "look"
            except OSError as error:
                if new:
                    raise from_system(error, path) from error
                mode = "ro"
        if mode == "ro":
            mode = reading_mode(path)
        database = None
        try:
            database = Database(path, key, mode=mode)
            if not lock.held and not read_only and not os.access(path, os.W_OK):
                database.refusal = Trouble.READ_ONLY
            book = cls(path, database, key, lock, clock)
            book._begin(new=new)
        except BaseException:
            if database is not None:
                database.close()
            lock.release()
            raise
        return book

    def _begin(self, *, new: bool) -> None:
        _check_length(self.database)
        if self.writable:
            if not new and version_of(self.database) == 0:
                raise book_error(Trouble.CANNOT_OPEN, self.path)
            migrate(self.database)
            return
        version = version_of(self.database)
        if version > VERSION:
            raise book_error(Trouble.NEWER, self.path)
        if version < VERSION:
            raise BookError(
                Trouble.READ_ONLY,
                f"{self.path} was written by an older version and must be brought up to date first, which needs the "
                "right to write it. Open a copy in a folder of your own.",
            )

    @property
    def writable(self) -> bool:
        """Whether this is the one writer."""
        return self._lock.held

    @property
    def why_read_only(self) -> str:
        """Why the book can't be changed here, in words; empty where it can."""
        return "" if self.writable else str(book_error(self.database.refusal, self.path))

    def close(self) -> None:
        """Close the file; the write-ahead log goes into it, so that the one file is the whole book."""
        self.database.close()
        self._lock.release()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- households -------------------------------------------------------------------------------------------

    def households(self) -> list[Entry]:
        """Every household, by name."""
        rows = self.database.rows("SELECT id, uuid, name, added FROM household ORDER BY name COLLATE NOCASE, id")
        return [Entry(*row) for row in rows]

    def entry(self, household: int) -> Entry:
        """One household. Raises BookError where it isn't there."""
        row = self.database.row("SELECT id, uuid, name, added FROM household WHERE id = ?", (household,))
        if row is None:
            raise BookError(Trouble.NO_SUCH, f"{self.path} holds no such household any more.")
        return Entry(*row)

    def add(self, document: Document) -> Entry:
        """Put a household into the book."""
        identity = str(uuid.uuid4())
        at = self._at()
        with self.database.transaction():
            key = self.database.run(
                "INSERT INTO household (uuid, name, added, position) VALUES (?, ?, ?, 0)",
                (identity, document.household.name, at),
            )
            self._write_step(key, 0, "", at, self._parts(document))
            write_figures(self.database, key, figures_of(document))
        return Entry(key, identity, document.household.name, at)

    def remove(self, household: int) -> None:
        """Take a household and its steps out; its records stay until their time is over."""
        self.entry(household)
        with self.database.transaction():
            parts = self.database.rows("SELECT DISTINCT part FROM step_part WHERE household = ?", (household,))
            parts += self.database.rows("SELECT part FROM target_history WHERE household = ?", (household,))
            self.database.run("DELETE FROM household WHERE id = ?", (household,))
            self._drop_unused({part for (part,) in parts})

    def document(self, household: int) -> Document:
        """The document of a household as it is."""
        return document_of(self.parts(household))

    def parts(self, household: int, number: int | None = None) -> dict[str, bytes]:
        """The parts of a document, as bytes: of the present state, or of a step."""
        bodies = self.packed_parts(household, number)
        parts = {**EMPTY_PARTS, **{kind: unpacked(body) for kind, body in bodies.items()}}
        if not set(PARTS) <= set(parts):
            raise book_error(Trouble.DAMAGED, self.path)
        return parts

    def packed_parts(self, household: int, number: int | None = None) -> dict[str, bytes]:
        """The parts of a document as they lie in the book; those that its version didn't know are not there."""
        self.entry(household)
        rows = self.database.rows(
            "SELECT s.kind, p.body FROM household h JOIN step_part s ON s.household = h.id "
            "JOIN part p ON p.id = s.part WHERE h.id = ? AND s.number = ifnull(?, h.position)",
            (household, number),
        )
        return dict(rows)

    def state(self, household: int) -> bytes:
        """A hash of the household's present document: another state, another hash."""
        return state_of(self.database, household)

    # -- steps ------------------------------------------------------------------------------------------------

    def steps(self, household: int) -> tuple[int, list[Step]]:
        """The number of the present state, and every state that is kept, oldest first."""
        row = self.database.row("SELECT position FROM household WHERE id = ?", (household,))
        if row is None:
            self.entry(household)
            raise AssertionError
        rows = self.database.rows("SELECT number, text, at FROM step WHERE household = ? ORDER BY number", (household,))
        return int(row[0]), [Step(*step) for step in rows]

    def append_step(
        self, household: int, number: int, document: Document, text: str, changed: Collection[str] = PARTS
    ) -> None:
        """A new state after the present one, or in its place; what could be redone is gone.

        ``number`` is the present state's or the next; ``changed`` names the parts that may differ from the present.
        """
        parts = {kind: part_bytes(document, kind) for kind in changed}
        at = self._at()
        with self.database.transaction():
            position, _ = self._position(household)
            if number not in (position, position + 1):
                raise ValueError(f"state {number} cannot follow state {position}")
            kept = dict(
                self.database.rows(
                    "SELECT kind, part FROM step_part WHERE household = ? AND number = ?", (household, position)
                )
            )
            every = {**kept, **self._stored(parts)}
            if number == position:  # one gesture: its targets on the way are no history
                self.database.run(
                    "DELETE FROM target_history WHERE household = ?1 "
                    "AND at >= (SELECT at FROM step WHERE household = ?1 AND number = ?2)",
                    (household, number),
                )
            gone = self._delete_steps(household, "number >= ?", number)
            self._write_step(household, number, text, at, every)
            self._drop_unused(gone)
            self._show(household, number, document)

    def move(self, household: int, number: int, document: Document) -> None:
        """Undo and redo: another kept state, which is ``document``, is the present one."""
        with self.database.transaction():
            if not self.database.row("SELECT 1 FROM step WHERE household = ? AND number = ?", (household, number)):
                raise BookError(Trouble.NO_SUCH, f"{self.path}: there is no step {number} to go to.")
            self._show(household, number, document)

    def _show(self, household: int, number: int, document: Document) -> None:
        self.database.run(
            "UPDATE household SET position = ?, name = ? WHERE id = ?", (number, document.household.name, household)
        )
        write_figures(self.database, household, figures_of(document))

    def prune(self, household: int, kept: int = KEPT_STEPS) -> None:
        """Forget the oldest states beyond ``kept`` before the present one."""
        with self.database.transaction():
            position, first = self._position(household)
            if position - first > kept:
                self._drop_unused(self._delete_steps(household, "number < ?", position - kept))

    def made_of(self, household: int) -> dict[int, dict[str, int]]:
        """Of each step, by number: the id of each of its parts, by kind."""
        found: dict[int, dict[str, int]] = {}
        for number, kind, part in self.database.rows(
            "SELECT number, kind, part FROM step_part WHERE household = ?", (household,)
        ):
            found.setdefault(number, {})[kind] = part
        return found

    def every_part(self, household: int) -> dict[tuple[str, int], bytes]:
        """Every part of every step, once: its bytes by kind and id."""
        rows = self.database.rows(
            "SELECT DISTINCT p.id, s.kind, p.body FROM step_part s JOIN part p ON p.id = s.part WHERE s.household = ?",
            (household,),
        )
        return {(kind, part): unpacked(body) for part, kind, body in rows}

    def targets(self, household: int) -> Iterator[tuple[str, bytes]]:
        """Every target the household had: since when, and its bytes; oldest first."""
        rows = self.database.rows(
            "SELECT t.at, p.body FROM target_history t JOIN part p ON p.id = t.part "
            "WHERE t.household = ? ORDER BY t.at",
            (household,),
        )
        return ((at, unpacked(body)) for at, body in rows)

    def _position(self, household: int) -> tuple[int, int]:
        row = self.database.row(
            "SELECT position, (SELECT min(number) FROM step WHERE household = id) FROM household WHERE id = ?",
            (household,),
        )
        if row is None:
            self.entry(household)
            raise AssertionError
        return row[0], row[1]

    def _parts(self, document: Document) -> dict[str, int]:
        return self._stored({kind: part_bytes(document, kind) for kind in PARTS})

    def _stored(self, parts: Mapping[str, bytes]) -> dict[str, int]:
        """Ids of parts, put in where they are new."""
        found = {}
        for kind, content in parts.items():
            digest = sha256(content)
            row = self.database.row("SELECT id FROM part WHERE sha256 = ?", (digest,))
            found[kind] = (
                row[0]
                if row
                else self.database.run("INSERT INTO part (sha256, body) VALUES (?, ?)", (digest, packed(content)))
            )
        return found

    def _write_step(self, household: int, number: int, text: str, at: str, parts: Mapping[str, int]) -> None:
        self.database.run("INSERT INTO step VALUES (?, ?, ?, ?)", (household, number, at, text))
        for kind, part in parts.items():
            self.database.run("INSERT INTO step_part VALUES (?, ?, ?, ?)", (household, number, kind, part))
        last = self.database.row(
            "SELECT part FROM target_history WHERE household = ? ORDER BY at DESC LIMIT 1", (household,)
        )
        if last is None or last[0] != parts["target"]:
            self.database.run(
                "INSERT OR REPLACE INTO target_history VALUES (?, ?, ?)", (household, at, parts["target"])
            )

    def _delete_steps(self, household: int, which: str, bound: int) -> set[int]:
        """Delete steps; the parts they were made of, which may be needed no more."""
        where = f"household = ? AND {which}"
        rows = self.database.rows(f"SELECT DISTINCT part FROM step_part WHERE {where}", (household, bound))  # noqa: S608
        self.database.run(f"DELETE FROM step WHERE {where}", (household, bound))  # noqa: S608
        return {part for (part,) in rows}

    def _drop_unused(self, parts: set[int]) -> None:
        for part in parts:
            self.database.run(
                "DELETE FROM part WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM step_part WHERE part = ?1) "
                "AND NOT EXISTS (SELECT 1 FROM target_history WHERE part = ?1)",
                (part,),
            )

    def _at(self) -> str:
        return chain.timestamp(self.clock())

    # -- facts and settings -----------------------------------------------------------------------------------

    def learn(self, kind: str, key: str, as_of: str, body: bytes) -> None:
        """Keep a fact (a quote, a profile, an observation, a column mapping), in place of an older one of its date."""
        with self.database.transaction():
            self.database.run(
                "INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?, ?)", (kind, key, as_of, self._at(), packed(body))
            )

    def fact(self, kind: str, key: str) -> tuple[str, bytes] | None:
        """The newest fact of a kind and key: its date and body."""
        row = self.database.row(
            "SELECT as_of, body FROM fact WHERE kind = ? AND key = ? ORDER BY as_of DESC LIMIT 1", (kind, key)
        )
        return None if row is None else (row[0], unpacked(row[1]))

    @property
    def retention_years(self) -> int:
        """Years that records are kept after the one they were made in."""
        row = self.database.row("SELECT value FROM book WHERE key = 'retention_years'")
        return int(row[0]) if row else 5

    def set_retention_years(self, years: int) -> None:
        """Keep records longer or shorter from now on; at least one year."""
        if years < 1:
            raise BookError(Trouble.NO_SUCH, "Records are kept for one year at least.")
        with self.database.transaction():
            self.database.run("UPDATE book SET value = ? WHERE key = 'retention_years'", (str(years),))

    @property
    def uuid(self) -> str:
        """What the book is known by, wherever it is copied."""
        row = self.database.row("SELECT value FROM book WHERE key = 'uuid'")
        return str(row[0]) if row else ""


def _check_length(database: Database) -> None:
    """A file shorter than it says of itself was cut; seen before anything is read or written."""
    path = database.path
    if path.with_name(path.name + "-wal").exists():
        return  # the newest pages may be in the log alone
    pages = database.row("PRAGMA page_count") or (0,)
    size = database.row("PRAGMA page_size") or (0,)
    if path.stat().st_size < int(pages[0]) * int(size[0]):
        raise book_error(Trouble.DAMAGED, path)
