"""Work that no book keeps: asked about before it would be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from core.edits import Document
from desktop.settings import Settings
from desktop.workbench import Workbench

if TYPE_CHECKING:
    from desktop.book_flow import BookFlow


class Unsaved(QObject):
    """Knows whether the household shown would be lost, and asks: into a book with it, let go of it, or stay.

    ``book_flow`` brings the flow of books, which is made when it is first needed.
    """

    def __init__(
        self, bench: Workbench, settings: Settings, book_flow: Callable[[], BookFlow], window: QWidget
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._settings = settings
        self._book_flow = book_flow
        self._window = window
        self.box: QMessageBox | None = None
        self.dialog: QFileDialog | None = None

    @property
    def would_be_lost(self) -> bool:
        """Whether no book keeps the household shown, and something was done with it since it was last kept.

        The sample household as the program brings it is no loss; one that was imported is from the first.
        """
        session = self._bench.session
        return session.journal is None and _work(session.document) != _work(session.kept)

    def before(self, act: Callable[[], object], when: str = "another household is opened") -> None:
        """``act``, after which the household shown is gone: at once, or where the user says so."""
        if self.would_be_lost:
            self.ask(act, when)
        else:
            act()

    def before_import(self, act: Callable[[], object]) -> None:
        """As ``before``, for what can be undone: the sample with all that was tried on it comes back that way."""
        if self._is_sample():
            act()
        else:
            self.before(act)

    def ask(self, act: Callable[[], object], when: str) -> None:
        """Ask what becomes of the household shown; ``when`` ends the sentence on what would be lost."""
        flow = self._book_flow()
        book = flow.book if flow.book is not None and flow.book.writable else None
        household = self._bench.document.household
        box = self.box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Not saved")
        box.setTextFormat(Qt.TextFormat.PlainText)
        if self._is_sample():
            box.setText("The sample household has been changed")
            box.setInformativeText(f"It is in no book: the target and every change are lost when {when}.")
        else:
            box.setText(f"{household.name} is in no book")
            box.setInformativeText(f"The household, its target and every change are lost when {when}.")
        save = box.addButton(
            "Save to a book…" if book is None else f"Add to {book.path.name}", QMessageBox.ButtonRole.AcceptRole
        )
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(save)
        box.setEscapeButton(QMessageBox.StandardButton.Cancel)
        save.clicked.connect(lambda: self.keep(act))
        discard.clicked.connect(lambda: act())
        box.open()

    def keep(self, then: Callable[[], object]) -> None:
        """Put the household into the open book, or one that is chosen or made now; then ``then``."""
        flow = self._book_flow()
        if flow.book is not None and flow.book.writable:
            self._add(then)
            return
        suggested = str(self._settings.last_folder / "Clients.trimtab")
        dialog = self.dialog = QFileDialog(self._window, "Save to a book, or a new one", suggested, _filter())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a book that is there is opened, and added to
        dialog.setDefaultSuffix("trimtab")
        dialog.fileSelected.connect(lambda name: self._keep_in(Path(name), then))
        dialog.open()

    def _keep_in(self, path: Path, then: Callable[[], object]) -> None:
        flow = self._book_flow()
        if path.exists():
            flow.open(path, lambda: self._add(then))
        else:
            flow.ask_new(path, lambda: self._add(then))

    def _add(self, then: Callable[[], object]) -> None:
        if self._book_flow().add_open():
            then()

    def _is_sample(self) -> bool:
        from core.sample import sample_household

        return self._bench.document.household is sample_household()


def _work(document: Document | None) -> tuple[object, ...] | None:
    """What of a document is the user's work: the market is kept elsewhere, refreshed profiles can be fetched again."""
    if document is None:
        return None
    return document.household, document.overrides, document.target, document.pins


def _filter() -> str:
    from desktop.book_flow import FILTER

    return FILTER
