"""What providers said, kept with its time in one SQLite file: symbols and answers, nothing of any client.

The file may be deleted at any time. One that is damaged, or of another version, is set aside and begun anew; where no
file can be written the cache lives in memory and `ProviderCache.problem` says why.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

VERSION = 1
_SCHEMA = """
create table answers (
    provider text not null, kind text not null, symbol text not null, fetched text not null, body text not null,
    primary key (provider, kind, symbol)
) without rowid;
create table pauses (provider text primary key, until text not null) without rowid;
"""


def default_path() -> Path:
    """Where the cache lies unless told otherwise: the user's cache folder of the program."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("trimtab", appauthor=False)) / "live.sqlite"


class ProviderCache:
    """The cache. Safe to share between threads; several programs may use one file.

    path : the file, created on first use; None keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        #: Why the file is not used, or what was set aside; "" where all is well.
        self.problem = ""
        self._lock = threading.RLock()
        self._open: sqlite3.Connection | None = None

    def get(self, provider: str, kind: str, symbol: str) -> tuple[datetime, Any] | None:
        """When an answer was fetched and what it was (a JSON value), however old; None where there is none."""
        row = self._run(
            lambda db: db.execute(
                "select fetched, body from answers where provider = ? and kind = ? and symbol = ?",
                (provider, kind, symbol),
            ).fetchone()
        )
        if row is None:
            return None
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(row[0]), json.loads(row[1])
        return None

    def put(self, provider: str, kind: str, symbol: str, body: Any, fetched: datetime) -> None:
        """Keep an answer (a JSON value)."""
        row = (provider, kind, symbol, fetched.astimezone(UTC).isoformat(), json.dumps(body, allow_nan=False))
        self._run(lambda db: db.execute("insert or replace into answers values (?, ?, ?, ?, ?)", row))

    def forget(self, provider: str, kind: str, symbol: str) -> None:
        """Drop an answer."""
        where = (provider, kind, symbol)
        self._run(lambda db: db.execute("delete from answers where provider = ? and kind = ? and symbol = ?", where))

    def prune(self, older_than: datetime) -> None:
        """Drop answers fetched before a time."""
        limit = older_than.astimezone(UTC).isoformat()
        self._run(lambda db: db.execute("delete from answers where fetched < ?", (limit,)))

    def pause(self, provider: str, until: datetime | None) -> None:
        """Remember until when a provider must not be asked; None forgets it."""
        if until is None:
            self._run(lambda db: db.execute("delete from pauses where provider = ?", (provider,)))
        else:
            row = (provider, until.astimezone(UTC).isoformat())
            self._run(lambda db: db.execute("insert or replace into pauses values (?, ?)", row))

    def paused_until(self, provider: str) -> datetime | None:
        """The pause remembered for a provider, past or not."""
        row = self._run(lambda db: db.execute("select until from pauses where provider = ?", (provider,)).fetchone())
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(row[0]) if row else None
        return None

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _run(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        with self._lock:
            for last in (False, True):
                try:
                    with self._connection() as db:
                        return work(db)
                except sqlite3.DatabaseError as error:
                    if last:
                        raise
                    self._give_up_file(error)
        return None

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            try:
                self._open = self._connect(self.path)
            except (OSError, sqlite3.DatabaseError) as error:
                self._give_up_file(error)
                self._open = self._connect(self.path)
        return self._open

    def _connect(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path or ":memory:", timeout=5, check_same_thread=False)
        try:
            _prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _give_up_file(self, error: Exception) -> None:
        """Set a damaged file aside; go on in memory where that does not help."""
        self.close()
        if self.path is None:
            raise error
        if "locked" in str(error) or isinstance(error, OSError) or not self._set_aside():
            self.problem = f"{self.path} cannot be used ({error}); live data is kept until the program ends"
            self.path = None
        else:
            self.problem = f"{self.path} was damaged ({error}); it was set aside and begun anew"

    def _set_aside(self) -> bool:
        assert self.path is not None
        try:
            self.path.replace(self.path.with_name(self.path.name + ".damaged"))
        except OSError:
            return False
        return True


def _prepare(db: sqlite3.Connection) -> None:
    """Make the tables where there are none, and look that they are ours. Raises sqlite3.DatabaseError."""
    (version,) = db.execute("pragma user_version").fetchone()
    if version == 0:
        with db:
            db.execute("begin immediate")
            # another program may have made the tables while this one waited
            (version,) = db.execute("pragma user_version").fetchone()
            if version == 0:
                for statement in filter(str.strip, _SCHEMA.split(";\n")):
                    db.execute(statement)
                db.execute(f"pragma user_version = {VERSION}")
                version = VERSION
    if version != VERSION:
        raise sqlite3.DatabaseError(f"version {version}, {VERSION} expected")
    db.execute("select provider, kind, symbol, fetched, body from answers limit 1")
    db.execute("select provider, until from pauses limit 1")


def is_fresh(fetched: datetime, age: timedelta, now: datetime) -> bool:
    """Whether something fetched then is not older than ``age``, and not of the future (a clock that was set back)."""
    return timedelta(minutes=-5) <= now - fetched <= age
