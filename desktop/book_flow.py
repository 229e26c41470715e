"""The open book of the window: opening and making one, autosave of the household shown, runs over many."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from core.book.batch import Progress, rebalance_all
from core.book.copies import copy_book
from core.book.errors import BookError, Trouble
from core.book.intake import take_in
from core.book.job import Job, Status
from core.book.keys import Key, KeyStore, SystemKeyStore, derived_key, key_of, new_key, read_salt
from core.book.proposals import approve, keep_proposal
from core.book.session import BookSession, SaveState, Saving
from core.book.store import SUFFIX, Book, Entry
from core.book.summary import BookSummary, summarise
from core.book.workers import Workers, process_workers
from core.errors import TrimtabError
from core.household import Severity
from desktop.book_dialogs import BookDialog, NewBookDialog, UnlockDialog
from desktop.book_journal import Journal, keep_tried
from desktop.settings import Settings
from desktop.workbench import Departure, Workbench
from widgets.numbers import plural

FILTER = f"Books (*{SUFFIX});;All files (*)"
#: Milliseconds between two looks at the book while results stream in.
_REFRESH_MS = 400
#: Seconds that closing the window waits for the last edits before it asks.
_LAST_TRY_SECONDS = 10.0


def _nothing() -> None:
    """What follows where nothing does."""


class BookFlow(QObject):
    """One book at a time.

    book_changed() : another book is open, or none. summary_changed(BookSummary) : its households.
    saving_changed(SaveState) : where the newest edit is. run_changed(done, total, words) : a run; total 0 at its end.
    """

    book_changed = Signal()
    summary_changed = Signal(object)
    saving_changed = Signal(object)
    run_changed = Signal(int, int, str)
    _saved = Signal(object)
    _came = Signal(object, str)
    _ended = Signal(str)

    def __init__(
        self,
        bench: Workbench,
        settings: Settings,
        window: QWidget,
        today: Callable[[], date],
        store: KeyStore | None = None,
        make_workers: Callable[[], Any] = process_workers,
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._settings = settings
        self._window = window
        self.today = today
        self.store: KeyStore = store or SystemKeyStore()
        self._make_workers = make_workers
        #: Asks, where the household shown would be lost, before something else is shown.
        self.before: Callable[[Callable[[], object]], object] = lambda act: act()
        self.book: Book | None = None
        self.entry: Entry | None = None
        self.session: BookSession | None = None
        self.dialog: QDialog | None = None
        self._journal: Journal | None = None
        self._cancel = threading.Event()
        self._runner: threading.Thread | None = None
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(_REFRESH_MS)
        self._refresh.timeout.connect(self.refresh)
        bench.plan_left.connect(self._on_plan_left)
        self._saved.connect(self._on_saved, Qt.ConnectionType.QueuedConnection)
        self._came.connect(self._on_came, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    # -- opening and making -----------------------------------------------------------------------------------

    def choose_new(self) -> None:
        """Ask where the new book goes, then for its passphrase."""
        dialog = QFileDialog(self._window, "New book", str(self._settings.last_folder / f"Clients{SUFFIX}"), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.fileSelected.connect(lambda name: self.ask_new(Path(name)))
        dialog.open()

    def choose_open(self) -> None:
        """Ask for a book."""
        dialog = QFileDialog(self._window, "Open book", str(self._settings.last_folder), FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def ask_new(self, path: Path, then: Callable[[], object] = _nothing) -> None:
        """Ask for the passphrase of a new book; ``then`` once it is open."""
        if path.exists():
            self._bench.say(Severity.ERROR, f"{path.name} exists already. Choose another name for the new book.")
            return
        dialog = NewBookDialog(path, self._window)
        dialog.given.connect(lambda passphrase, keep: self._make(dialog, path, passphrase, keep, then))
        self._show(dialog)

    def _make(self, dialog: NewBookDialog, path: Path, passphrase: str, keep: bool, then: Callable[[], object]) -> None:
        def work() -> Book:
            key = new_key(passphrase)
            book = Book.create(path, key)
            if keep:
                self.store.put(key.salt, key.secret)
            return book

        self.run_dialog(dialog, "Making the book", work, lambda book: self._adopt(book, then))

    def open(self, path: Path, then: Callable[[], object] = _nothing) -> None:
        """Open a book: with the key of this machine, else ask for the passphrase; ``then`` once it is open."""
        self._settings.last_folder = path.parent

        def work() -> Book | None:
            try:
                return self._open_with(path, key_of(path, None, self.store))
            except BookError as error:
                if error.trouble is not Trouble.KEY_NEEDED:
                    raise
                return None

        def done(book: Book | None) -> None:
            if book is not None:
                self._adopt(book, then)
                return
            dialog = UnlockDialog(path, self._window)
            dialog.given.connect(lambda passphrase, keep: self._unlock(dialog, path, passphrase, keep, then))
            self._show(dialog)

        self._bench.tasks.run("book", f"Opening {path.name}", work, done, self._say_error)

    def open_last(self) -> None:
        """Open the book of the last time where it opens without asking; say nothing where it doesn't."""
        path = self._settings.last_book
        if path is None or not path.is_file():
            return

        def work() -> Book | None:
            try:
                return self._open_with(path, key_of(path, None, self.store))
            except BookError:
                return None

        def done(book: Book | None) -> None:
            if book is not None:
                self._adopt(book)

        self._bench.tasks.run("book", f"Opening {path.name}", work, done, lambda _words: None)

    def _unlock(
        self, dialog: UnlockDialog, path: Path, passphrase: str, keep: bool, then: Callable[[], object]
    ) -> None:
        def work() -> Book:
            key = derived_key(passphrase, read_salt(path))
            book = self._open_with(path, key)
            if keep:
                self.store.put(key.salt, key.secret)
            return book

        self.run_dialog(dialog, f"Opening {path.name}", work, lambda book: self._adopt(book, then))

    def run_dialog(self, dialog: BookDialog, text: str, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do what a dialog asked for; what goes wrong is said in it, and it stays open."""
        dialog.set_working(True)
        dialog.say("")

        def done(answer: Any) -> None:
            dialog.set_working(False)
            dialog.accept()
            then(answer)

        def failed(words: str) -> None:
            dialog.set_working(False)
            dialog.say(words or "An error of the program.")

        self._bench.tasks.run("book", text, work, done, failed)

    def _open_with(self, path: Path, key: Key) -> Book:
        return Book.open_with(path, key)

    def _say_error(self, words: str) -> None:
        if words:
            self._bench.say(Severity.ERROR, words)

    def _show(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _adopt(self, book: Book, then: Callable[[], object] = _nothing) -> None:
        self.close()
        self.book = book
        self._settings.last_book = book.path
        if not book.writable:
            self._bench.say(Severity.WARNING, book.why_read_only.replace(str(book.path), book.path.name))
        self.book_changed.emit()
        self.refresh()
        then()

    # -- households -------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Look at the book again."""
        if self.book is None:
            return
        try:
            summary: BookSummary = summarise(self.book, self.today())
        except BookError as error:
            self._bench.say(Severity.ERROR, str(error))
            return
        self.summary_changed.emit(summary)

    def add_open(self) -> bool:
        """Put the household on the other pages into the book; from now on its edits are saved. Whether it is in."""
        if self.book is None:
            return False
        document = self._bench.document
        try:
            lost: list[str] = []
            entry = take_in(self.book, document, lost=lost)
        except TrimtabError as error:
            self._bench.say(Severity.ERROR, str(error))
            return False
        self._attach(entry)
        if lost:
            self._bench.say(Severity.WARNING, f"In the book, but without the imported files: {' '.join(lost)}")
        return True

    def show_household(self, household: int) -> None:
        """Open a household on the other pages, with the steps that can be undone."""
        if self.book is not None:
            self.before(lambda: self._show_household(household))

    def _show_household(self, household: int) -> None:
        if self.book is None:
            return
        try:
            self._attach(self.book.entry(household))
        except BookError as error:
            self._bench.say(Severity.ERROR, str(error))

    def _attach(self, entry: Entry) -> None:
        book = self.book
        assert book is not None
        self._detach()
        if not book.writable:
            self.entry = entry
            document = attrs.evolve(book.document(entry.id), market=self._bench.document.market)
            self._bench.session.open([("", document)], 0, None)
            self._bench.session.kept = document
            self.refresh()
            return
        self.session = BookSession(book, entry.id, self._saved.emit)
        history = self.session.history()
        first = history.states[0].number
        self.entry = entry
        # A household that was renamed is the same under each of its names.
        names = {past.document.household.name for past in history.states}
        self._journal = Journal(self.session, first, names, self._on_another)
        # The market is the adviser's, not the household's: it stays as it is.
        market = self._bench.document.market
        states = [(past.text, attrs.evolve(past.document, market=market)) for past in history.states]
        self._bench.session.open(states, history.present - first, self._journal)
        self.saving_changed.emit(self.session.state)
        self.refresh()

    def _on_another(self) -> None:
        """Another household was imported over the one shown: it is no edit of that one."""
        name = self._bench.document.household.name
        self._detach()
        self._bench.session.open([("", self._bench.document)], 0, None)
        self._bench.session.kept = None
        self._bench.say(
            Severity.INFO,
            f"{name} is not in the book yet, so its changes are not saved.",
            "Add to the book",
            self.add_open,
        )
        self.refresh()

    def _detach(self) -> None:
        session, self.session, self.entry, self._journal = self.session, None, None, None
        self._bench.session.journal = None
        if session is not None and session.close():
            self._bench.session.kept = self._bench.document
        elif session is not None:
            self._say_unsaved(session.state)

    @Slot(object)
    def _on_saved(self, state: SaveState) -> None:
        if self.session is None:
            return
        self.saving_changed.emit(state)
        if state.saving is Saving.FAILED:
            self._say_unsaved(state)
        elif state.saving is Saving.SAVED and not self._refresh.isActive():
            self._refresh.start()

    def _say_unsaved(self, state: SaveState) -> None:
        words = str(state.error) if state.error is not None else "The last changes are not saved."
        self._bench.say(Severity.ERROR, words, "Save the book elsewhere…", self.choose_save_as)

    def choose_save_as(self) -> None:
        """Ask where a whole copy of the book goes, and go on there."""
        if self.book is None:
            return
        dialog = QFileDialog(self._window, "Save the book as", str(self._settings.last_folder), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.fileSelected.connect(lambda name: self.save_as(Path(name)))
        dialog.open()

    def save_as(self, path: Path) -> None:
        """Go on in a copy of the book, with whatever is not written yet."""
        book, session, entry = self.book, self.session, self.entry
        if book is None or self.running:
            return
        tried = self._bench.document if entry is not None and session is None else None

        def work() -> Book:
            if session is not None:
                return session.save_as(path, book.key)
            copy_book(book.path, book.key, path, book.key)
            copy = Book.open_with(path, book.key)
            if entry is not None and tried is not None:
                keep_tried(copy, entry, tried)
            return copy

        def done(copy: Book) -> None:
            self.book = copy
            book.close()
            self._settings.last_book = path
            if tried is not None and entry is not None:
                self._attach(entry)
            self.book_changed.emit()
            if self.session is not None:
                self.saving_changed.emit(self.session.state)
            self.refresh()
            self._bench.say(Severity.INFO, f"The book is now {path}.")

        self._bench.tasks.run("book", f"Saving {path.name}", work, done, self._say_error)

    @Slot(object)
    def _on_plan_left(self, plan: Departure) -> None:
        """A plan of the book's household was exported: it is kept for good, with what it was made from."""
        entry, book = self.entry, self.book
        if entry is None or book is None or not book.writable or self._journal is None or self._journal.over:
            return
        try:
            files = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in plan.files]
            record = keep_proposal(
                book, entry.uuid, plan.document, plan.exposures, plan.proposal, reason=plan.reason, exported=files
            )
            if plan.approved_by:
                approve(book, record.number, plan.approved_by, plan.reason)
        except (TrimtabError, OSError) as error:
            self._bench.say(Severity.ERROR, f"Exported, but not kept in the book: {error}")
        self.refresh()

    # -- runs -------------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._runner is not None

    def run(self, job: Job, households: Sequence[int] | None = None, *, again: bool = False) -> None:
        """Plan for or review households (all where None), beside the window."""
        book = self.book
        if book is None or self.running:
            return
        self._cancel.clear()
        self._runner = threading.Thread(
            target=self._work, args=(book, job, households, again), name="book run", daemon=True
        )
        self.run_changed.emit(0, 1, "Starting")
        self._runner.start()

    def cancel(self) -> None:
        """Begin nothing new; what is finished stays."""
        self._cancel.set()
        self.run_changed.emit(0, 1, "Ending what has begun")

    def _work(self, book: Book, job: Job, households: Sequence[int] | None, again: bool) -> None:
        words = ""
        try:
            names = {entry.id: entry.name for entry in book.households()}
            failed = done = 0
            with self._make_workers() as workers:
                assert isinstance(workers, Workers)
                for progress in rebalance_all(
                    book, workers, households=households, job=job, again=again, cancelled=self._cancel.is_set
                ):
                    done += 1
                    failed += progress.outcome.status is not Status.DONE
                    self._came.emit(progress, names.get(progress.outcome.household, ""))
            answers = f"{plural(done, 'household')} done" if done else "Everything was up to date"
            words = f"{answers}, {failed} without a plan; see the tile Failed." if failed else f"{answers}."
        except TrimtabError as error:
            words = str(error)
        except Exception as error:  # shown where a person can see it, never lost in a thread
            words = f"The run ended by an error of the program ({type(error).__name__}). What is finished is kept."
        self._ended.emit(words)

    @Slot(object, str)
    def _on_came(self, progress: Progress, name: str) -> None:
        if self.running:
            self.run_changed.emit(progress.done, progress.total, name)
        if not self._refresh.isActive():
            self._refresh.start()

    @Slot(str)
    def _on_ended(self, words: str) -> None:
        runner, self._runner = self._runner, None
        if runner is None:
            return
        runner.join()
        self.run_changed.emit(0, 0, "")
        self.refresh()
        self._bench.say(Severity.INFO, words)

    # -- what looks after the book (book_care) --------------------------------------------------------------

    def set_aside(self) -> Entry | None:
        """End the autosave of the household shown, all written, before the book is changed under it."""
        entry = self.entry
        self._detach()
        return entry

    def take_up(self, book: Book, entry: Entry | None) -> None:
        """Go on with a book, or with the same one that was changed; ``entry`` is shown where it is still there."""
        if self.book is not book:
            if self.book is not None:
                self.book.close()
            self.book = book
            self._settings.last_book = book.path
            self.book_changed.emit()
        there = {known.id for known in book.households()}
        if entry is not None and entry.id in there:
            self._attach(book.entry(entry.id))
            return
        if entry is not None:  # taken out: it stays on the other pages, in no book
            self._bench.session.open([("", self._bench.document)], 0, None)
            self._bench.session.kept = None
        self.refresh()

    # -- end --------------------------------------------------------------------------------------------------

    @property
    def unsaved(self) -> SaveState | None:
        """What the disk refuses to take, after one more try; None where all is saved."""
        if self.session is None or self.session.flush(_LAST_TRY_SECONDS) or self.session.retry():
            return None
        return self.session.state

    def leave(self) -> None:
        """Close the book; the household shown stays on the other pages, in no book."""
        if self.book is None or self.running:
            return
        self.close()
        self._settings.last_book = None
        self._bench.session.open([("", self._bench.document)], 0, None)
        self.book_changed.emit()

    def close(self) -> None:
        """End runs, save what waits, close the book."""
        self._cancel.set()
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.join()
        self._detach()
        if self.book is not None:
            self.book.close()
            self.book = None
