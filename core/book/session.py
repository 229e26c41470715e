"""One household of a book while it is worked on: every edit is saved behind the scenes, undo survives a restart.

    session = BookSession(book, household)
    session.append_edit(document, "Move tilt")     # returns at once; a thread of its own writes
    session.move_to(number)                        # undo, redo
    session.flush()                                # wait until all is on the disk

No Qt here. ``on_state`` is called from the writing thread, or from ``flush`` and ``close``.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import attrs

from core.book.codec import EMPTY_PARTS, PARTS, part_value
from core.book.copies import copy_book
from core.book.errors import BookError
from core.book.keys import Key
from core.book.store import Book
from core.edits import Document


class Saving(StrEnum):
    """Where the newest edit is."""

    SAVED = "saved"
    SAVING = "saving"
    FAILED = "failed"


@attrs.frozen
class SaveState:
    """For the window: is all on the disk, and if not, why not. ``pending`` counts edits kept in memory."""

    saving: Saving
    pending: int = 0
    error: BookError | None = None


@attrs.frozen
class Past:
    """One state of a document: its number, the words for the Undo menu, the document."""

    number: int
    text: str
    document: Document


@attrs.frozen
class History:
    """Every state that is kept, oldest first, and the number of the present one."""

    states: tuple[Past, ...]
    present: int


@attrs.define
class _Job:
    """One thing to write: a new state (``document``), or a move to ``number``."""

    number: int
    text: str
    document: Document
    append: bool


#: Seconds after which a write that failed is tried again.
PATIENCE = 5.0


class BookSession:
    """Saves the edits of one household in order. Nothing is lost while the program lives: what can't be written waits.

    The number of a state counts from 0, the document as it came into the book.
    """

    def __init__(self, book: Book, household: int, on_state: Callable[[SaveState], None] = lambda _state: None) -> None:
        self._book = book
        self.household = household
        self._on_state = on_state
        if book.writable:
            book.prune(household)
        self._number, steps = book.steps(household)
        self._first = steps[0].number
        self._last_number = steps[-1].number
        self._document = book.document(household)
        self._saved = self._document
        self._jobs: deque[_Job] = deque()
        self._error: BookError | None = None
        self._fault: BaseException | None = None
        self._changed = threading.Condition()
        self._ended = False
        self._working = False
        self._thread = threading.Thread(target=self._write, name="book writer", daemon=True)
        self._thread.start()

    # -- what the window calls --------------------------------------------------------------------------------

    @property
    def book(self) -> Book:
        """The book that edits go to; another one after ``save_as``."""
        return self._book

    @property
    def document(self) -> Document:
        """The newest document, saved or not."""
        return self._document

    @property
    def number(self) -> int:
        """The number of the present state."""
        return self._number

    @property
    def state(self) -> SaveState:
        """Whether all is on the disk."""
        with self._changed:
            return self._state()

    def append_edit(self, after: Document, text: str, *, merge: bool = False) -> int:
        """A new state; with ``merge`` it takes the place of the present one (one gesture, one step).

        Returns its number at once; the writing is done elsewhere.
        """
        with self._changed:
            merged = merge and self._number > self._first
            if not merged:
                self._number += 1
            self._last_number = self._number
            self._document = after
            waiting = self._jobs[-1] if self._jobs else None
            unbegun = waiting is not None and not (self._working and len(self._jobs) == 1)
            if merged and waiting is not None and unbegun and waiting.append and waiting.number == self._number:
                waiting.document, waiting.text = after, text
            else:
                self._jobs.append(_Job(self._number, text, after, append=True))
            self._changed.notify_all()
            return self._number

    def move_to(self, number: int, document: Document) -> None:
        """Undo or redo: the state of this number, which is ``document``, is the present one."""
        with self._changed:
            if not self._first <= number <= self._last_number:
                raise ValueError(f"there is no state {number}")
            self._number, self._document = number, document
            self._jobs.append(_Job(number, "", document, append=False))
            self._changed.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything is on the disk or something refuses; whether all is on the disk."""
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs or self._error or self._fault, timeout)
            self._raise_fault()
            return not self._jobs

    def retry(self) -> bool:
        """Try again now what could not be written; whether all is on the disk."""
        with self._changed:
            self._error = None
            self._changed.notify_all()
        return self.flush()

    def snapshot(self) -> Document:
        """The document as the book holds it, read back from the disk after everything is written."""
        self.flush()
        return self._book.document(self.household)

    def history(self) -> History:
        """Every state that is kept, to build an undo stack from."""
        self.flush()
        present, steps = self._book.steps(self.household)
        # Parts that are the same are read once and are one object, so that looking for changes is quick.
        values = {key: part_value(key[0], content) for key, content in self._book.every_part(self.household).items()}
        empty = {kind: part_value(kind, content) for kind, content in EMPTY_PARTS.items()}
        made_of = self._book.made_of(self.household)
        states = []
        for step in steps:
            parts = made_of[step.number]
            document = Document(**empty | {kind: values[kind, part] for kind, part in parts.items()})
            states.append(Past(step.number, step.text, document))
        return History(tuple(states), present)

    def save_as(self, path: Path, key: Key) -> Book:
        """A copy of the book elsewhere, with what is not written yet; from now on edits go there.

        The way out where the book's own place can't be written any more. Raises BookError where the copy can't be
        made; then all is as it was. The old book stays open; closing it is the caller's business.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._working)
            copy_book(self._book.path, self._book.key, path, key)
            self._book = Book.open_with(path, key, clock=self._book.clock)
            self._error = None
            self._changed.notify_all()
        self.flush()
        return self._book

    def close(self) -> bool:
        """Write what waits and end the thread; whether all is on the disk."""
        saved = self.flush()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()
        self._raise_fault()
        return saved

    # -- the writing thread -----------------------------------------------------------------------------------

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._jobs)
                if self._error is not None:
                    self._changed.wait_for(lambda: self._ended or self._error is None, PATIENCE)
                if self._ended:
                    return
                job, self._working = self._jobs[0], True
                state = SaveState(Saving.SAVING, len(self._jobs))
            if self._error is None:
                self._tell(state)
            error: BookError | None = None
            try:
                self._save(job)
            except BookError as refusal:
                error = refusal
            except BaseException as fault:  # a fault of the program: shown where somebody waits
                with self._changed:
                    self._fault, self._working = fault, False
                    self._changed.notify_all()
                return
            with self._changed:
                self._working = False
                if error is None:
                    self._jobs.popleft()
                self._error = error
                state = self._state()
                self._changed.notify_all()
            self._tell(state)

    def _save(self, job: _Job) -> None:
        if job.append:
            changed = {k for k in PARTS if getattr(job.document, k) is not getattr(self._saved, k)}
            if "household" in changed:  # what is kept of the live sources is their answers for its securities
                changed.add("live")
            self._book.append_step(self.household, job.number, job.document, job.text, changed)
        else:
            self._book.move(self.household, job.number, job.document)
        self._saved = job.document

    def _state(self) -> SaveState:
        if self._error is not None:
            return SaveState(Saving.FAILED, len(self._jobs), self._error)
        return SaveState(Saving.SAVING if self._jobs else Saving.SAVED, len(self._jobs))

    def _tell(self, state: SaveState) -> None:
        self._on_state(state)

    def _raise_fault(self) -> None:
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault
