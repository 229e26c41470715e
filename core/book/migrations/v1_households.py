"""Version 1: households with every step of their documents, facts with dates, and the chain of records."""

from __future__ import annotations

import uuid

from core.book.connection import Database

SCHEMA = """
CREATE TABLE book (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Parts of documents, by their content: a part that didn't change between two steps is kept once.
CREATE TABLE part (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;

CREATE TABLE household (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    added TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

-- The states a document went through; household.position is the one that is shown, later ones can be redone.
CREATE TABLE step (
    household INTEGER NOT NULL REFERENCES household ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (household, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE step_part (
    household INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    part INTEGER NOT NULL REFERENCES part,
    PRIMARY KEY (household, number, kind),
    FOREIGN KEY (household, number) REFERENCES step ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX step_part_part ON step_part (part);

CREATE TABLE target_history (
    household INTEGER NOT NULL REFERENCES household ON DELETE CASCADE,
    at TEXT NOT NULL,
    part INTEGER NOT NULL REFERENCES part,
    PRIMARY KEY (household, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX target_history_part ON target_history (part);

-- Quotes, profiles, observations, column mappings: what was learnt, of what, as of when.
CREATE TABLE fact (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    as_of TEXT NOT NULL,
    learnt TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, key, as_of)
) STRICT, WITHOUT ROWID;

-- The chain: nothing in it is ever changed; a body may go once its time is over, and a record says so.
CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    household TEXT NOT NULL,
    body_sha256 BLOB NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX record_household ON record (household, kind);
CREATE TABLE record_body (number INTEGER PRIMARY KEY REFERENCES record, body BLOB NOT NULL) STRICT;
CREATE TABLE erasure (
    number INTEGER PRIMARY KEY REFERENCES record,
    erased_by INTEGER NOT NULL REFERENCES record
) STRICT;
CREATE TRIGGER record_stays BEFORE UPDATE ON record BEGIN
    SELECT RAISE(ABORT, 'records are never changed');
END;
CREATE TRIGGER record_stays_there BEFORE DELETE ON record BEGIN
    SELECT RAISE(ABORT, 'records are never removed');
END;
CREATE TRIGGER body_stays BEFORE UPDATE ON record_body BEGIN
    SELECT RAISE(ABORT, 'records are never changed');
END;
CREATE TRIGGER body_stays_there BEFORE DELETE ON record_body
WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE number = OLD.number) BEGIN
    SELECT RAISE(ABORT, 'records are kept until their time is over');
END;
CREATE TRIGGER erasure_stays BEFORE DELETE ON erasure BEGIN
    SELECT RAISE(ABORT, 'records are never removed');
END;
"""


def migrate(database: Database) -> None:
    """Make the tables of a new book."""
    database.script(SCHEMA)
    database.run("INSERT INTO book VALUES ('uuid', ?)", (str(uuid.uuid4()),))
    database.run("INSERT INTO book VALUES ('retention_years', '5')")
