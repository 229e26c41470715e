"""Versions of the book's schema: each module brings a book from the version before to its own, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from core.book.connection import APPLICATION_ID, Database
from core.book.errors import Trouble, book_error
from core.book.migrations import v1_households, v2_plans

#: In order: the step at index i makes version i + 1.
STEPS: tuple[Callable[[Database], None], ...] = (v1_households.migrate, v2_plans.migrate)
VERSION = len(STEPS)


def version_of(database: Database) -> int:
    """The schema version of a book, 0 for a new file. Raises BookError where it is no book of ours."""
    (version,) = database.row("PRAGMA user_version") or (0,)
    (application,) = database.row("PRAGMA application_id") or (0,)
    if version and application != APPLICATION_ID:
        raise book_error(Trouble.CANNOT_OPEN, database.path)
    return int(version)


def migrate(database: Database) -> None:
    """Bring a book up to this program's version: all of it or nothing. Raises BookError for a newer one."""
    version = version_of(database)
    if version > VERSION:
        raise book_error(Trouble.NEWER, database.path)
    if version == VERSION:
        return
    with database.transaction():
        for step in STEPS[version:]:
            step(database)
        database.run(f"PRAGMA application_id = {APPLICATION_ID}")
        database.run(f"PRAGMA user_version = {VERSION}")
