"""Imported households into the book: new ones, newer holdings of known ones, and the files themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from core.book.errors import BookError, Trouble
from core.book.proposals import keep_import
from core.book.store import Book, Entry
from core.edits import Document, ImportHousehold
from core.errors import InputError
from core.household import Household, SourceFile

_LARGEST_FILE = 64 * 1024 * 1024


def find(book: Book, name: str) -> Entry | None:
    """The household of a name, in any letter case. Raises BookError where several have it."""
    found = [entry for entry in book.households() if entry.name.casefold() == name.strip().casefold()]
    if len(found) > 1:
        raise BookError(Trouble.NO_SUCH, f"{len(found)} households are called {name}. Rename one in the window first.")
    return found[0] if found else None


def known(book: Book, name: str) -> Entry:
    """The household of a name. Raises BookError where there is none."""
    entry = find(book, name)
    if entry is None:
        raise BookError(Trouble.NO_SUCH, f"{book.path} holds no household called {name}. See: trimtab book list")
    return entry


def take_in(
    book: Book,
    document: Document,
    *,
    update: bool = False,
    paths: Sequence[Path] = (),
    lost: list[str] | None = None,
) -> Entry:
    """Put a document into the book with the files it was read from.

    ``update`` gives the household of that name its new holdings, as a step that can be undone: account kinds, target
    and classifications stay. ``paths`` are the files that were read, for those that the household doesn't list (a
    household JSON). A file that changed or went since is refused (InputError); with a list ``lost`` it is left out
    and the words about it are put there. Without it a name that is there already is refused (BookError).
    """
    household = document.household
    # A household JSON lists the files it was once made from; those need not be here any more.
    given = {path.absolute() for path in paths}
    listed = [source for source in household.files if not paths or Path(source.path).absolute() in given]
    sources = [*listed, *_unlisted(household, paths)]
    kept = _with_bytes(sources, lost)
    entry = find(book, household.name)
    if entry is not None and not update:
        raise BookError(
            Trouble.EXISTS,
            f"{book.path} holds a household called {household.name} already. Give another name (--name), or replace "
            "its holdings (--update).",
        )
    with book.database.transaction():
        if entry is None:
            entry = book.add(document)
        else:
            number, _ = book.steps(entry.id)
            after, changes, _ = ImportHousehold(household).apply(book.document(entry.id))
            if changes:
                book.append_step(entry.id, number + 1, after, "Import household")
        for source, data in kept:
            keep_import(book, entry.uuid, source, data)
    return entry


def _unlisted(household: Household, paths: Sequence[Path]) -> list[SourceFile]:
    """Files that were read but that the household names others for: it was itself written by a program."""
    listed = {source.sha256 for source in household.files}
    found = []
    for path in paths:
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"{path} cannot be read again for the book ({error.strerror}).") from error
        if digest not in listed:
            found.append(SourceFile(str(path), digest, "household-json", household.as_of, 0, 0))
    return found


def _with_bytes(sources: Sequence[SourceFile], lost: list[str] | None) -> list[tuple[SourceFile, bytes]]:
    kept = []
    for source in sources:
        try:
            kept.append((source, source_bytes(source)))
        except InputError as error:
            if lost is None:
                raise
            lost.append(str(error))
    return kept


def source_bytes(source: SourceFile) -> bytes:
    """A file that was read, as it was then. Raises InputError where it changed or went since."""
    path = Path(source.path)
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError(f"{path} is larger than {_LARGEST_FILE // 2**20} MB and is not kept in a book.")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read again for the book ({error.strerror}). Import it again.") from error
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise InputError(f"{path} was changed since it was imported. Import it again.")
    return data
