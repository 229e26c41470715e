"""Looking after the households of a book: other names, and taking one out."""

from __future__ import annotations

import unicodedata

import attrs

from core.book.errors import BookError, Trouble
from core.book.store import Book, Entry

LONGEST_NAME = 200


def rename(book: Book, household: int, name: str) -> Entry:
    """Give a household another name, as a step that can be undone; its plan stays a plan of it.

    Raises BookError where the name is empty, too long, or another household's (in any letter case).
    """
    entry = book.entry(household)
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME:
        raise BookError(Trouble.NO_SUCH, f"A household's name has from 1 to {LONGEST_NAME} characters.")
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in clean):
        raise BookError(Trouble.NO_SUCH, "A household's name holds letters, figures and signs that can be seen only.")
    if any(other.id != household and other.name.casefold() == clean.casefold() for other in book.households()):
        raise BookError(Trouble.EXISTS, f"Another household is called {clean} already. Choose another name.")
    if clean == entry.name:
        return entry
    with book.database.transaction():
        document = book.document(household)
        before = book.state(household)
        number, _ = book.steps(household)
        renamed = attrs.evolve(document, household=attrs.evolve(document.household, name=clean))
        book.append_step(household, number + 1, renamed, "Rename household", {"household"})
        # A plan depends on no name (core.book.job), so those made before are of this document too.
        book.database.run(
            "UPDATE outcome SET state = ? WHERE household = ? AND state = ?", (book.state(household), household, before)
        )
    return book.entry(household)


def kept_records(book: Book, households: list[int]) -> int:
    """How many records of these stay in the book when they are taken out."""
    uuids = [book.entry(household).uuid for household in households]
    counts = dict(book.database.rows("SELECT household, count(*) FROM record GROUP BY household"))
    return sum(int(counts.get(uuid, 0)) for uuid in uuids)


def remove_all(book: Book, households: list[int]) -> None:
    """Take households out, all or none; their records stay until their time is over."""
    with book.database.transaction():
        for household in households:
            book.remove(household)
