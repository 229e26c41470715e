"""The window's steps as the book's: what is saved of the household that is shown."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from PySide6.QtCore import QTimer

from core.book.session import BookSession
from core.book.store import Book, Entry
from core.edits import Document


def keep_tried(book: Book, entry: Entry, document: Document) -> None:
    """A copy of a book that was read-only takes what was tried on it, as one step."""
    number, _ = book.steps(entry.id)
    before = book.document(entry.id)
    after = attrs.evolve(document, market=before.market)
    if after != before and after.household.name == before.household.name:
        book.append_step(entry.id, number + 1, after, "Changes made while read-only")


class Journal:
    """Turns the window's steps into the book's; another household's name means that this one was left."""

    def __init__(self, session: BookSession, first: int, names: set[str], left: Callable[[], None]) -> None:
        self._session = session
        self._first = first
        self._names = names
        self._left = left
        self.over = False

    def append_edit(self, after: Document, text: str, *, merge: bool) -> None:
        """A new state, or the newest one again."""
        if self.over:
            return
        if after.household.name not in self._names:
            self.over = True
            QTimer.singleShot(0, self._left)
            return
        self._session.append_edit(after, text, merge=merge)

    def move_to(self, index: int, document: Document) -> None:
        """Undo and redo."""
        if not self.over:
            self._session.move_to(self._first + index, document)
