"""From dropped files to an open household: read beside the window, shown for a look, then accepted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from core.edits import Edit, ImportHousehold, SetOverrides, SetTarget
from core.errors import InputError
from core.household import Household, Severity
from desktop.mapping_store import default_folder, load_mappings, save_mapping
from desktop.settings import Settings
from desktop.tasks import Watch
from desktop.workbench import Workbench
from widgets.drop_area import SUFFIXES

if TYPE_CHECKING:
    from core.importing.compare import Difference
    from core.importing.mapping import TableMapping
    from core.importing.sheets import Sheet
    from desktop.import_dialog import ImportDialog
    from desktop.mapping_dialog import MappingDialog

#: For the file dialog; the reader itself looks at contents, not at names.
_FILTER = f"Brokerage files ({' '.join(f'*{suffix}' for suffix in SUFFIXES)});;All files (*)"


class ImportFlow(QObject):
    """One import at a time; a newer one replaces an older one.

    reading(str or empty) : what is being read. failed(str, paths) : the files cannot be used.
    """

    reading = Signal(str)
    failed = Signal(str, list)

    def __init__(self, bench: Workbench, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._settings = settings
        self._window = window
        self.dialog: ImportDialog | None = None
        self.mapping_dialog: MappingDialog | None = None
        #: Asks, where the household shown would be lost, before another one is opened.
        self.before_another: Callable[[Callable[[], object]], object] = lambda act: act()
        #: Where columns named by the user are remembered.
        self.mappings_folder = default_folder()

    def choose(self) -> None:
        """Ask for files."""
        dialog = QFileDialog(self._window, "Import brokerage files", str(self._settings.last_folder), _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.read([Path(name) for name in names]))
        dialog.open()

    def choose_target(self) -> None:
        """Ask for a target file."""
        self._choose_one("Open target", "Targets (*.toml);;All files (*)", self.read_target)

    def choose_prices(self) -> None:
        """Ask for a table of prices."""
        self._choose_one("Add prices", "Tables (*.csv *.xlsx *.xls);;All files (*)", self.read_prices)

    def choose_overrides(self) -> None:
        """Ask for the user's classifications."""
        self._choose_one("Open classifications", "Tables (*.csv);;All files (*)", self.read_overrides)

    def _choose_one(self, title: str, filters: str, then: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._window, title, str(self._settings.last_folder), filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()

    def read(self, paths: Sequence[Path]) -> None:
        """Read files and show what was found. A single TOML file is a target."""
        paths = list(paths)
        if not paths:
            return
        self._settings.last_folder = paths[0].parent
        if len(paths) == 1 and paths[0].suffix.lower() == ".toml":
            self.read_target(paths[0])
            return
        words = f"Reading {paths[0].name}…" if len(paths) == 1 else f"Reading {len(paths)} files…"
        self.reading.emit(words)
        folder, document = self.mappings_folder, self._bench.document
        self._bench.tasks.run(
            "import",
            words,
            lambda watch: _read(paths, folder, document.household, watch),
            lambda found: self._show(found, paths),
            lambda message: self._fail(message, paths),
            watched=True,
        )

    def ask_columns(self, path: Path, paths: Sequence[Path], over: ImportDialog | None = None) -> None:
        """Let the user say what the columns of one file mean, then read all of ``paths`` again.

        The preview ``over`` which that is asked stays as it is until the columns are decided.
        """

        def show(sheets: Sequence[Sheet]) -> None:
            if over is not None and not isValid(over):  # closed meanwhile
                return
            from desktop.mapping_dialog import MappingDialog

            self.mapping_dialog = MappingDialog(path, sheets, parent=over or self._window)
            self.mapping_dialog.decided.connect(decided)
            self.mapping_dialog.open()

        def decided(mapping: TableMapping) -> None:
            self._remember(mapping, paths)
            if over is not None:
                over.reject()

        def failed(words: str) -> None:
            if over is None:
                self._bench.say_error(words)
            elif isValid(over):
                over.say(words)

        self._bench.tasks.run("columns", f"Opening {path.name}…", lambda: _sheets(path), show, failed)

    def _remember(self, mapping: TableMapping, paths: Sequence[Path]) -> None:
        try:
            save_mapping(self.mappings_folder, mapping)
        except (OSError, InputError) as error:
            self._bench.say(Severity.WARNING, f"The columns could not be remembered: {error}")
            return
        self.read(paths)

    def open_files(self) -> list[Path]:
        """The files of the household that is open, as far as they are still there."""
        found = [Path(source.path) for source in self._bench.document.household.files]
        return [path for path in dict.fromkeys(found) if path.is_file()]

    def read_with_open(self, paths: Sequence[Path]) -> None:
        """Read files together with those that are open: lot details that belong to positions, a second broker."""
        self.read([*self.open_files(), *paths])

    def read_target(self, path: Path) -> None:
        """Read a target file and put it in force."""
        self._read_one(path, lambda: _read_target(path), lambda target: SetTarget(target))

    def read_prices(self, path: Path) -> None:
        """Read prices; securities that are new to the household may then be bought."""
        household = self._bench.document.household

        def edit(priced: Household) -> ImportHousehold | None:
            if self._bench.document.household is not household:
                self._bench.say(Severity.WARNING, "The household has changed meanwhile; add the prices again.")
                return None
            return ImportHousehold(priced, text="Add prices")

        self._read_one(path, lambda: _read_prices(path, household), edit)

    def read_overrides(self, path: Path) -> None:
        """Read the user's own classifications and put them in force."""
        self._read_one(path, lambda: _read_overrides(path), lambda overrides: SetOverrides(overrides))

    def _read_one(self, path: Path, work: Callable[[], Any], edit: Callable[[Any], Edit | None]) -> None:
        self._settings.last_folder = path.parent

        def done(result: Any) -> None:
            change = edit(result)
            if change is not None:
                self._bench.session.push(change, self)

        def failed(words: str) -> None:
            if words:
                self._bench.say(Severity.ERROR, words)

        self._bench.tasks.run("read", f"Reading {path.name}…", work, done, failed)

    def _show(self, found: tuple[Household, Difference | None] | None, paths: Sequence[Path]) -> None:
        self.reading.emit("")
        if found is None:  # cancelled
            return
        from desktop.import_dialog import ImportDialog

        household, difference = found
        others = [path for path in self.open_files() if path not in paths]
        self.dialog = ImportDialog(
            household, len(others), self._window, difference=difference, before=self._bench.document.household
        )
        self.dialog.opened.connect(lambda opened: self._open(opened, paths, another=difference is None))
        self.dialog.addRequested.connect(lambda: self.read_with_open(paths))
        asked = self.dialog
        asked.columnsRequested.connect(lambda path: self.ask_columns(Path(path), paths, asked))
        self.dialog.open()

    def _open(self, household: Household, paths: Sequence[Path], *, another: bool) -> None:
        def go() -> None:
            self._settings.opened(paths)
            self._bench.session.push(ImportHousehold(household), self)

        if another:
            self.before_another(go)
        else:
            go()

    def _fail(self, message: str, paths: Sequence[Path]) -> None:
        self.reading.emit("")
        if message:
            self.failed.emit(message, [str(path) for path in paths])


def _read(
    paths: Sequence[Path], folder: Path, open_household: Household, watch: Watch
) -> tuple[Household, Difference | None] | None:
    """The household in the files, and what differs from the open one where the two have an account in common."""
    from core.importing.compare import compare
    from core.importing.read import read_files
    from core.importing.watch import ImportCancelledError

    try:
        household = read_files(
            paths,
            today=datetime.now().astimezone().date(),
            collect_errors=True,
            mappings=load_mappings(folder),
            cancelled=watch.cancelled,
        )
    except ImportCancelledError:
        return None
    difference = compare(open_household, household)
    if len(difference.accounts_gone) == len(open_household.accounts):
        return household, None  # another household altogether
    return household, difference


def _sheets(path: Path) -> Sequence[Sheet]:
    """The sheets of a file as they are read: numbers with decimal commas written with points."""
    from core.importing.decimal_commas import with_points
    from core.importing.read import load, open_sheets

    return [with_points(sheet) or sheet for sheet in open_sheets(path.name, load(path))]


def _read_prices(path: Path, household: Household) -> Household:
    from core.prices import read_prices, with_prices

    return with_prices(household, read_prices(path), path.name)


def _read_overrides(path: Path) -> object:
    from core.classify.overrides import read_overrides

    return read_overrides(path)


def _read_target(path: Path) -> object:
    from core.tilt.target_toml import read_target

    return read_target(path)
