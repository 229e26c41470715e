"""Looking after the open book: verify, back up, restore, passphrase, other names, taking out, what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from core.book import care, chain, copies
from core.book.errors import BookError, Trouble
from core.book.keys import Key, KeyStore, derived_key, key_of, new_key, read_salt
from core.book.records import Line, lines, made_again, record_of, suffix_of, write_record
from core.book.store import SUFFIX, Book
from core.errors import TrimtabError
from core.household import Severity
from desktop.book_care_dialogs import NameDialog, RecordsDialog, RemoveDialog, VerifyDialog
from desktop.book_dialogs import NewPassphraseDialog, UnlockDialog
from desktop.book_flow import FILTER, BookFlow
from desktop.settings import Settings
from desktop.workbench import Workbench
from widgets.numbers import plural


class BookCare(QObject):
    """Each method is a command of the menu Book or of the list of households; without a book they do nothing."""

    def __init__(self, flow: BookFlow, bench: Workbench, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._flow = flow
        self._bench = bench
        self._settings = settings
        self._window = window
        #: The dialog that was opened last.
        self.dialog: QDialog | None = None

    @property
    def _store(self) -> KeyStore:
        return self._flow.store

    def _show(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _run(self, text: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._bench.tasks.run("book", text, work, done, self._bench.say_error)

    # -- verify -----------------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Check every page and the chain, and show what was found."""
        book = self._flow.book
        if book is None:
            return
        dialog = VerifyDialog(book.path, self._window)
        dialog.again.connect(lambda noted: self._verify(book, dialog, noted or None))
        dialog.finished.connect(self._forget)
        self._show(dialog)
        self._verify(book, dialog, None)

    def _verify(self, book: Book, dialog: VerifyDialog, noted: bytes | None) -> None:
        def work() -> tuple[list[str], chain.Verification]:
            return copies.page_faults(book.database), chain.verify(book.database, noted)

        def done(found: tuple[list[str], chain.Verification]) -> None:
            if self.dialog is dialog:
                dialog.show_found(found[1], found[0])

        def failed(words: str) -> None:
            if self.dialog is dialog:
                dialog.reject()
            self._bench.say_error(words)

        self._bench.tasks.run("book", f"Verifying {book.path.name}", work, done, failed)

    def _forget(self) -> None:
        self.dialog = None

    # -- copies -----------------------------------------------------------------------------------------------

    def choose_backup(self) -> None:
        """Ask where a backup goes."""
        book = self._flow.book
        if book is None:
            return
        name = f"{book.path.stem} {self._flow.today().isoformat()}{SUFFIX}"
        dialog = QFileDialog(self._window, "Back up the book", str(self._settings.last_folder / name), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # an older backup is never replaced: it is said
        dialog.fileSelected.connect(lambda path: self.back_up(Path(path)))
        dialog.open()

    def back_up(self, goal: Path) -> None:
        """Write a checked copy under the same key and passphrase."""
        book = self._flow.book
        if book is None:
            return

        def done(found: chain.Verification) -> None:
            words = f"Backed up to {goal}, every page checked"
            if found.faults:
                self._bench.say(
                    Severity.WARNING, f"{words}; but the records are not intact: {'; '.join(found.faults)}."
                )
                return
            newest = f", newest hash {found.head.hex()[:16]}…" if found.records else ""
            self._bench.say(Severity.INFO, f"{words}: {plural(found.records, 'record')}{newest}.")

        self._run(f"Backing up to {goal.name}", lambda: copies.backup(book, goal), done)

    def choose_restore(self) -> None:
        """Ask for a backup, then for the new book's place."""
        dialog = QFileDialog(self._window, "Restore a backup", str(self._settings.last_folder), FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.choose_restored(Path(name)))
        dialog.open()

    def choose_restored(self, saved: Path) -> None:
        """Ask where the book made from a backup goes; nothing is overwritten."""
        start = saved.with_name(f"{saved.stem} restored{SUFFIX}")
        dialog = QFileDialog(self._window, f"Restore {saved.name} as", str(start), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.fileSelected.connect(lambda name: self.restore(saved, Path(name)))
        dialog.open()

    def restore(self, saved: Path, goal: Path) -> None:
        """Make a book from a backup, with this machine's key or a passphrase, and open it."""

        def work() -> Key | None:
            try:
                key = key_of(saved, None, self._store)
            except BookError as error:
                if error.trouble is not Trouble.KEY_NEEDED:
                    raise
                return None
            copies.restore(saved, key, goal)
            return key

        def done(key: Key | None) -> None:
            if key is not None:
                self._flow.open(goal)
                return
            dialog = UnlockDialog(saved, self._window)
            dialog.given.connect(lambda passphrase, keep: self._unlock(dialog, saved, goal, passphrase, keep))
            self._show(dialog)

        self._run(f"Restoring {saved.name}", work, done)

    def _unlock(self, dialog: UnlockDialog, saved: Path, goal: Path, passphrase: str, keep: bool) -> None:
        def work() -> Book:
            key = derived_key(passphrase, read_salt(saved))
            copies.restore(saved, key, goal)
            if keep:
                self._store.put(key.salt, key.secret)
            return Book.open_with(goal, key)

        self._flow.run_dialog(dialog, f"Restoring {saved.name}", work, lambda book: self._flow.take_up(book, None))

    # -- passphrase -------------------------------------------------------------------------------------------

    def change_passphrase(self) -> None:
        """Ask for another passphrase and encrypt the book anew with it."""
        book = self._flow.book
        if book is None or not self._free():
            return
        if not book.writable:
            self._bench.say(Severity.WARNING, book.why_read_only)
            return
        dialog = NewPassphraseDialog(book.path, self._window)
        dialog.given.connect(lambda passphrase, keep: self._rekey(dialog, book, passphrase, keep))
        self._show(dialog)

    def _rekey(self, dialog: NewPassphraseDialog, book: Book, passphrase: str, keep: bool) -> None:
        entry = self._flow.set_aside()
        old = book.key

        def work() -> tuple[Book, str]:
            key = new_key(passphrase)
            try:
                fresh = copies.change_key(book, key)
            except BookError as error:
                book.close()  # it may be closed already, or not
                return Book.open_with(book.path, old), str(error)
            if keep:
                self._store.put(key.salt, key.secret)
            self._store.drop(old.salt)
            return fresh, ""

        def done(answer: tuple[Book, str]) -> None:
            fresh, trouble = answer
            self._flow.take_up(fresh, entry)
            if trouble:
                self._bench.say(Severity.ERROR, f"The passphrase is the old one. {trouble}")
            else:
                self._bench.say(
                    Severity.INFO,
                    f"{fresh.path.name} opens with the new passphrase. Backups made before keep the old one.",
                )

        self._flow.run_dialog(dialog, f"Encrypting {book.path.name}", work, done)

    # -- households -------------------------------------------------------------------------------------------

    def ask_name(self, household: int) -> None:
        """Ask for a household's new name."""
        book = self._flow.book
        if book is None or not self._free():
            return
        dialog = NameDialog(book.entry(household).name, self._window)
        dialog.named.connect(lambda name: self._rename(dialog, household, name))
        self._show(dialog)

    def _rename(self, dialog: NameDialog, household: int, name: str) -> None:
        try:
            self.rename(household, name)
        except BookError as error:
            dialog.say(str(error))
            return
        dialog.accept()

    def rename(self, household: int, name: str) -> None:
        """Give a household another name. Raises BookError where it can't have it."""
        book, shown = self._flow.book, self._flow.entry
        assert book is not None
        if shown is None or shown.id != household:
            care.rename(book, household, name)
            self._flow.refresh()
            return
        entry = self._flow.set_aside()
        try:
            care.rename(book, household, name)
        finally:
            self._flow.take_up(book, entry)

    def ask_remove(self, households: Sequence[int]) -> None:
        """Say what goes and what stays, then take households out."""
        book = self._flow.book
        if book is None or not households or not self._free():
            return
        chosen = list(households)
        names = [book.entry(household).name for household in chosen]
        dialog = RemoveDialog(names, care.kept_records(book, chosen), book.retention_years, self._window)
        dialog.accepted.connect(lambda: self.remove(chosen))
        self._show(dialog)

    def remove(self, households: Sequence[int]) -> None:
        """Take households out; one that is shown stays on the other pages, in no book."""
        book, shown = self._flow.book, self._flow.entry
        if book is None:
            return
        entry = self._flow.set_aside() if shown is not None and shown.id in households else None
        try:
            care.remove_all(book, list(households))
        except BookError as error:
            self._bench.say_error(str(error))
        else:
            kept = "what is kept by law stays"
            self._bench.say(Severity.INFO, f"{plural(len(households), 'household')} removed from the book; {kept}.")
        finally:
            if entry is not None:
                self._flow.take_up(book, entry)
            else:
                self._flow.refresh()

    # -- records ----------------------------------------------------------------------------------------------

    def show_records(self, household: int | None = None) -> None:
        """What is kept of a household, or of the whole book."""
        book = self._flow.book
        if book is None:
            return
        try:
            entry = None if household is None else book.entry(household)
        except BookError as error:
            self._bench.say_error(str(error))
            return
        title = f"Records of {book.path.stem if entry is None else entry.name}"

        def done(found: list[Line]) -> None:
            dialog = RecordsDialog(title, found, book.retention_years, self._window)
            dialog.wanted.connect(lambda number: self._choose_copy(dialog, book, number))
            dialog.remade.connect(lambda number: self._make_again(dialog, book, number))
            dialog.finished.connect(self._forget)
            self._show(dialog)

        self._run("Reading the records", lambda: lines(book, None if entry is None else entry.uuid), done)

    def _choose_copy(self, dialog: RecordsDialog, book: Book, number: int) -> None:
        record = record_of(book, number)
        name = f"Record {number}{suffix_of(book, record)}"
        chooser = QFileDialog(dialog, "Save a copy of the record", str(self._settings.last_folder / name))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setOption(QFileDialog.Option.DontConfirmOverwrite)
        chooser.fileSelected.connect(lambda goal: self.save_record(dialog, book, number, Path(goal)))
        chooser.open()

    def save_record(self, dialog: RecordsDialog, book: Book, number: int, goal: Path) -> None:
        """Write what a record holds."""

        def work() -> str:
            write_record(book, record_of(book, number), goal)
            return f"Wrote {goal}"

        self._run_record(dialog, f"Writing {goal.name}", work)

    def _make_again(self, dialog: RecordsDialog, book: Book, number: int) -> None:
        self._run_record(dialog, "Making the plan again", lambda: made_again(book, record_of(book, number)))

    def _run_record(self, dialog: RecordsDialog, text: str, work: Callable[[], str]) -> None:
        def say(words: str) -> None:
            if self.dialog is dialog:
                dialog.say(words or "An error of the program.")

        say(f"{text}…")
        self._bench.tasks.run("record", text, work, say, say)

    # -- the end ----------------------------------------------------------------------------------------------

    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether the window may close: all is saved. If not it asks, and calls ``close`` where that is wanted."""
        try:
            state = self._flow.unsaved
        except TrimtabError as error:
            self._bench.say_error(str(error))
            return False
        if state is None:
            return True
        why = "" if state.error is None else f"\n\n{state.error}"
        box = QMessageBox(
            QMessageBox.Icon.Warning,
            "Not saved",
            f"{plural(state.pending, 'change')} cannot be saved, and will be lost when the window closes.{why}",
            QMessageBox.StandardButton.Cancel,
            self._window,
        )
        elsewhere = box.addButton("Save the book elsewhere…", QMessageBox.ButtonRole.AcceptRole)
        without = box.addButton("Close without saving", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        elsewhere.clicked.connect(self._flow.choose_save_as)
        without.clicked.connect(close)
        self._show(box)
        return False

    def _free(self) -> bool:
        if self._flow.running:
            self._bench.say(Severity.WARNING, "A run is under way. Cancel it first, or wait until it has ended.")
            return False
        return True
