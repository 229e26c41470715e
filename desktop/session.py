"""The open document and its undo stack.

Widgets never change a document: a page builds an edit from ``core.edits`` and pushes it here. The session applies it,
keeps its inverse, and says what changed and who asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import attrs
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.edits import Changes, Document, Edit, Replace, changes_between
from core.errors import TrimtabError


class Journal(Protocol):
    """Where every step is written down as it happens: the book."""

    def append_edit(self, after: Document, text: str, *, merge: bool) -> object:
        """A new state; with ``merge`` in the place of the newest one."""

    def move_to(self, index: int, document: Document) -> object:
        """Undo and redo: the state at this index, 0 for the first of ``Session.open``, is the present one."""


class Session(QObject):
    """One document. Edits of one gesture (between ``begin_gesture`` and ``end_gesture``) merge into one step.

    changed(Changes, initiator) : after each edit, undo and redo; ``initiator`` is the object that pushed the edit
        (None for undo and redo), so that a widget may leave its own change alone.
    refused(str) : an edit made no sense; the words say why. The document is as it was.
    """

    changed = Signal(object, object)
    refused = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._revision = 0
        self._gesture = 0
        self._in_gesture = False
        self._quiet = False  # the stack is being filled or pushed to: its moves are no undo
        self.journal: Journal | None = None
        #: The document as it was when it was last kept or needed no keeping; None where nothing of it is kept.
        self.kept: Document | None = document
        self.stack = QUndoStack(self)
        self.stack.indexChanged.connect(self._on_index)

    @property
    def document(self) -> Document:
        """The document as it is now; a frozen value, safe to hand to a worker."""
        return self._document

    @property
    def revision(self) -> int:
        """Rises with every change; results of a worker carry the revision they were made for."""
        return self._revision

    @property
    def in_gesture(self) -> bool:
        """Whether a drag is under way: then only estimates are wanted."""
        return self._in_gesture

    def begin_gesture(self) -> None:
        """A drag begins."""
        self._gesture += 1
        self._in_gesture = True

    def end_gesture(self) -> None:
        """The drag is over; the next edit is a step of its own."""
        self._gesture += 1
        self._in_gesture = False

    def push(self, edit: Edit, initiator: QObject | None = None) -> bool:
        """Apply an edit. An edit that changes nothing leaves no step; a senseless one is refused aloud."""
        try:
            after, changes, inverse = edit.apply(self._document)
        except TrimtabError as error:
            self.refused.emit(str(error))
            return False
        if not changes:
            return False
        done = Replace({name: getattr(after, name) for name in inverse.values}, inverse.text)
        key = edit.merge_key() if self._in_gesture else None
        command = _Command(self, done, inverse, (key, self._gesture) if key else None)
        self._adopt(after, changes, initiator)
        command.applied = True
        steps = self.stack.index()
        self._quiet = True
        self.stack.push(command)
        self._quiet = False
        if self.journal is not None:
            self.journal.append_edit(after, inverse.text, merge=self.stack.index() == steps)
        return True

    def open(self, states: Sequence[tuple[str, Document]], present: int, journal: Journal | None) -> None:
        """Open another document with the steps it went through, so that they can be undone and redone.

        ``states`` are the documents, oldest first, each with the words of the step that led to it; ``present`` is the
        index of the one to show.
        """
        before = self._document
        self.journal = None
        self._quiet = True
        self.stack.clear()
        self._document = states[0][1]
        for text, after in states[1:]:
            names = [name for name in _FIELDS if getattr(self._document, name) is not getattr(after, name)]
            done = Replace({name: getattr(after, name) for name in names}, text)
            inverse = Replace({name: getattr(self._document, name) for name in names}, text)
            command = _Command(self, done, inverse, None)
            command.applied = True
            self._document = after
            self.stack.push(command)
        self.stack.setIndex(present)
        self._quiet = False
        self.journal = journal
        self._adopt(self._document, changes_between(before, self._document), None)

    @Slot(int)
    def _on_index(self, index: int) -> None:
        if not self._quiet and self.journal is not None:
            self.journal.move_to(index, self._document)

    def _adopt(self, document: Document, changes: Changes, initiator: QObject | None) -> None:
        self._document = document
        self._revision += 1
        self.changed.emit(changes, initiator)

    def _replace(self, edit: Replace) -> None:
        """Undo and redo: put values back, exactly."""
        before = self._document
        after = edit.apply(before)[0]
        if self._quiet:
            self._document = after
            return
        self._adopt(after, changes_between(before, after), None)


_FIELDS = tuple(field.name for field in attrs.fields(Document))

#: QUndoStack asks a command to merge only with one of the same id; -1 never merges.
_MERGING = 1


class _Command(QUndoCommand):
    """One step: the values to put in and the values to put back."""

    def __init__(self, session: Session, done: Replace, inverse: Replace, merge: tuple[str, int] | None) -> None:
        super().__init__(inverse.text)
        self._session = session
        self._done = done
        self._inverse = inverse
        self._merge = merge
        self.applied = False  # the first redo is QUndoStack.push itself, after the session has applied the edit

    def redo(self) -> None:
        if self.applied:
            self.applied = False
            return
        self._session._replace(self._done)

    def undo(self) -> None:
        self._session._replace(self._inverse)

    def id(self) -> int:
        return _MERGING if self._merge is not None else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Command) or self._merge is None or other._merge != self._merge:
            return False
        self._done = other._done.over(self._done)
        self._inverse = self._inverse.over(other._inverse)
        return True
