"""Version 2: figures of each household for the list, reviews, and the newest plan of each with the run it came from."""

from __future__ import annotations

from core.book.connection import Database

SCHEMA = """
-- What the list of households shows without opening them; money as decimal text.
CREATE TABLE figures (
    household INTEGER PRIMARY KEY REFERENCES household ON DELETE CASCADE,
    state BLOB NOT NULL,
    as_of TEXT NOT NULL,
    value TEXT NOT NULL,
    cash TEXT NOT NULL,
    reserve_short TEXT NOT NULL,
    losses TEXT NOT NULL,
    missing_basis TEXT NOT NULL,
    accounts INTEGER NOT NULL,
    lots INTEGER NOT NULL,
    errors INTEGER NOT NULL
) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    program TEXT NOT NULL
) STRICT;

-- The newest review and the newest plan of each household, and of which state of its document they are.
CREATE TABLE outcome (
    household INTEGER NOT NULL REFERENCES household ON DELETE CASCADE,
    job TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run,
    state BLOB NOT NULL,
    at TEXT NOT NULL,
    status TEXT NOT NULL,
    message TEXT NOT NULL,
    figures TEXT NOT NULL,
    body BLOB,
    PRIMARY KEY (household, job)
) STRICT;
"""


def migrate(database: Database) -> None:
    """Make the tables, and the figures of the households that are there."""
    # Imported here: the store imports this package.
    from core.book.codec import document_of, unpacked
    from core.book.figures import figures_of, write_figures

    database.script(SCHEMA)
    for household, position in database.rows("SELECT id, position FROM household"):
        rows = database.rows(
            "SELECT s.kind, p.body FROM step_part s JOIN part p ON p.id = s.part "
            "WHERE s.household = ? AND s.number = ?",
            (household, position),
        )
        parts = {kind: unpacked(body) for kind, body in rows}
        if parts:
            write_figures(database, household, figures_of(document_of(parts)))
