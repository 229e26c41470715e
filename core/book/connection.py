"""The one way to a book's database: SQLCipher with a raw key, write-ahead log, full durability.

Nothing goes to temporary files, nothing to logs.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.book.errors import Trouble, book_error, from_database
from core.book.keys import Key

#: "TrMt", so that a decrypted book is known for what it is (https://sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID = 0x54724D74
#: Refusals that say nothing of the key: busy, locked, read-only, device, a file cut after its first page, full, gone.
_NOT_THE_KEY = (5, 6, 8, 10, 11, 13, 14)


class Database:
    """A connection shared by the threads of one program: one transaction at a time.

    Every refusal of the database leaves as a BookError; errors of SQL itself, which are ours, stay as they are.
    """

    def __init__(self, path: Path, key: Key, *, mode: str) -> None:
        """Open. Raises BookError.

        ``mode`` is "rw"; "look", which changes nothing but tidies the log when it is the last to close; "ro" for a
        file that may not be written; "immutable" for one that nobody is writing (a backup, a folder that takes no
        files).
        """
        from sqlcipher3 import dbapi2

        self.path = path
        self.read_only = mode != "rw"
        self.refusal = Trouble.READ_ONLY if mode == "immutable" else Trouble.LOCKED
        self._lock = threading.RLock()
        self._error = dbapi2.Error
        query = {"immutable": "mode=ro&immutable=1", "look": "mode=rw"}.get(mode, f"mode={mode}")
        uri = f"{path.absolute().as_uri()}?{query}"
        try:
            self._connection = dbapi2.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5)
        except dbapi2.Error as error:
            raise from_database(error, path) or book_error(Trouble.CANNOT_OPEN, path) from error
        try:
            self._unlock(key)
        except BaseException:
            self._connection.close()
            raise

    def _unlock(self, key: Key) -> None:
        execute = self._connection.execute
        try:
            execute("PRAGMA cipher_log_level = NONE")
            execute(f'PRAGMA key = "{key.spec}"')
            execute("PRAGMA cipher_compatibility = 4")
            execute("PRAGMA temp_store = MEMORY")
            execute("PRAGMA user_version").fetchone()  # reads the first page, and that alone
        except self._error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _NOT_THE_KEY:
                raise from_database(error, self.path) or error from error
            # One answer, whatever it is: the key, the file, or both.
            raise book_error(Trouble.CANNOT_OPEN, self.path) from None
        self._settle()

    def _settle(self) -> None:
        with self._told():
            execute = self._connection.execute
            execute("SELECT count(*) FROM sqlite_master").fetchone()
            execute("PRAGMA trusted_schema = OFF")
            execute("PRAGMA cell_size_check = ON")
            execute("PRAGMA foreign_keys = ON")
            if self.read_only:
                execute("PRAGMA query_only = ON")
                return
            execute("PRAGMA journal_mode = WAL")
            execute("PRAGMA synchronous = FULL")
            execute("PRAGMA secure_delete = ON")
            execute("PRAGMA wal_autocheckpoint = 500")
            if sys.platform == "darwin":  # there fsync alone does not reach the disk
                execute("PRAGMA fullfsync = ON")
                execute("PRAGMA checkpoint_fullfsync = ON")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Refusals as BookError."""
        try:
            yield
        except self._error as error:
            told = from_database(error, self.path)
            if told is None:
                raise
            raise told from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock, self._told():
            return list(self._connection.execute(sql, values))

    def row(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, None where there is none."""
        with self._lock, self._told():
            found: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
            return found

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows one at a time, each read when it is asked for, in batches so that the lock is never held between."""
        with self._lock, self._told():
            cursor = self._connection.execute(sql, values)
        while True:
            with self._lock, self._told():
                batch = cursor.fetchmany(64)
            if not batch:
                return
            yield from batch

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """One statement; the id of the row it put in."""
        with self._lock, self._told():
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def count(self, sql: str, values: Sequence[Any] = ()) -> int:
        """One statement; how many rows it changed."""
        with self._lock, self._told():
            return int(self._connection.execute(sql, values).rowcount)

    def script(self, sql: str) -> None:
        """Several statements without values, within the transaction that is open."""
        with self._lock, self._told():
            for statement in _statements(sql):
                self._connection.execute(statement)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested ones are part of the outermost."""
        if self.read_only:
            raise book_error(self.refusal, self.path)
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            with self._told():
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._roll_back()
                raise
            try:
                with self._told():
                    self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        # A full disk may have rolled back already.
        with contextlib.suppress(self._error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """No other thread uses the connection meanwhile; for statements that may stand in no transaction."""
        with self._lock:
            yield

    def tidy(self) -> None:
        """Move the write-ahead log into the file, so that the file alone is the book."""
        if not self.read_only:
            self.row("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close; the log is moved into the file where nobody else reads it. Never raises."""
        with self._lock, contextlib.suppress(self._error):
            self._connection.close()


def reading_mode(path: Path) -> str:
    """The mode to look at a book without writing beside it: one without a log is read as it is."""
    return "ro" if path.with_name(path.name + "-wal").exists() else "immutable"


def _statements(sql: str) -> Iterator[str]:
    """The statements of a script; a trigger's inner semicolons do not end it."""
    from sqlcipher3 import dbapi2

    part = ""
    for line in sql.splitlines(keepends=True):
        part += line
        if dbapi2.complete_statement(part):
            yield part
            part = ""
    if part.strip():
        raise ValueError(f"a statement is not complete: {part.strip()[:60]}")
