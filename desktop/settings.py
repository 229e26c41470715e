"""What the program remembers between two starts: places and looks, never client data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from widgets.orientation import Side
from widgets.theme.apply import Mode

#: Per cent of the system's own size of text.
TEXT_SIZES = (90, 100, 110, 125, 150)
#: Groups of files that were opened together, kept at most.
MOST_RECENT = 8
_MODES: tuple[Mode, ...] = ("system", "light", "dark")


class Settings:
    """A typed face on QSettings. What is missing or unreadable has its default; nothing here can fail a start."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = QSettings("Trimtab", "Trimtab") if store is None else store

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    @property
    def geometry(self) -> QByteArray:
        """Place and size of the window; empty on the first start."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    def splitter(self, name: str) -> QByteArray:
        """State of a splitter; empty where it was never moved."""
        return self._bytes(f"splitters/{name}")

    def set_splitter(self, name: str, value: QByteArray) -> None:
        """Remember a splitter."""
        self._store.setValue(f"splitters/{name}", value)

    def header(self, name: str) -> QByteArray:
        """Order and widths of a table's columns."""
        return self._bytes(f"columns/{name}")

    def set_header(self, name: str, value: QByteArray) -> None:
        """Remember a table's columns."""
        self._store.setValue(f"columns/{name}", value)

    @property
    def theme(self) -> Mode:
        """The theme chosen, or the system's."""
        value = self._store.value("theme")
        return next((mode for mode in _MODES if mode == value), "system")

    @theme.setter
    def theme(self, value: Mode) -> None:
        self._store.setValue("theme", value)

    @property
    def inspector(self) -> bool:
        """Whether the inspector is open."""
        return str(self._store.value("inspector", "true")).lower() == "true"

    @inspector.setter
    def inspector(self, value: bool) -> None:
        self._store.setValue("inspector", "true" if value else "false")

    @property
    def last_folder(self) -> Path:
        """The folder files were last taken from or saved to; where browsers put files to begin with."""
        value = self._store.value("last_folder")
        if isinstance(value, str) and value and Path(value).is_dir():
            return Path(value)
        places = (QStandardPaths.StandardLocation.DownloadLocation, QStandardPaths.StandardLocation.DocumentsLocation)
        found = [Path(QStandardPaths.writableLocation(place)) for place in places]
        return next((place for place in found if place.is_dir()), Path.home())

    @last_folder.setter
    def last_folder(self, value: Path) -> None:
        self._store.setValue("last_folder", str(value))

    @property
    def last_book(self) -> Path | None:
        """The book that was open last; None where there was none."""
        value = self._store.value("last_book")
        return Path(value) if isinstance(value, str) and value else None

    @last_book.setter
    def last_book(self, value: Path | None) -> None:
        self._store.setValue("last_book", "" if value is None else str(value))

    @property
    def order_formats(self) -> Path | None:
        """The file that says how each custodian takes orders; None where none was chosen."""
        value = self._store.value("orders/formats")
        return Path(value) if isinstance(value, str) and value else None

    @order_formats.setter
    def order_formats(self, value: Path) -> None:
        self._store.setValue("orders/formats", str(value))

    @property
    def approver(self) -> str:
        """Who approved orders last."""
        return str(self._store.value("orders/approver", "") or "")

    @approver.setter
    def approver(self, value: str) -> None:
        self._store.setValue("orders/approver", value)

    @property
    def adviser(self) -> str:
        """The name on client reports."""
        return str(self._store.value("report/adviser", "") or "")

    @adviser.setter
    def adviser(self, value: str) -> None:
        self._store.setValue("report/adviser", value)

    @property
    def logo(self) -> Path | None:
        """The picture on client reports; None where there is none, or where it is gone."""
        value = self._store.value("report/logo")
        return Path(value) if isinstance(value, str) and value and Path(value).is_file() else None

    @logo.setter
    def logo(self, value: Path | None) -> None:
        self._store.setValue("report/logo", "" if value is None else str(value))

    @property
    def text_size(self) -> int:
        """Size of the text, per cent of the system's."""
        value = str(self._store.value("text_size", "100"))
        return int(value) if value.isdigit() and int(value) in TEXT_SIZES else 100

    @text_size.setter
    def text_size(self, value: int) -> None:
        self._store.setValue("text_size", str(value))

    @property
    def value_side(self) -> Side:
        """The side on which value stands."""
        return "left" if self._store.value("value_side") == "left" else "right"

    @value_side.setter
    def value_side(self, value: Side) -> None:
        self._store.setValue("value_side", value)

    @property
    def remember_files(self) -> bool:
        """Whether files opened lately are remembered."""
        return str(self._store.value("remember_files", "true")).lower() == "true"

    @remember_files.setter
    def remember_files(self, value: bool) -> None:
        self._store.setValue("remember_files", "true" if value else "false")

    @property
    def recent_files(self) -> tuple[tuple[Path, ...], ...]:
        """Files that were opened together, the newest group first; groups of which a file is gone are left out."""
        try:
            groups = json.loads(str(self._store.value("recent_files", "[]")))
            found = tuple(tuple(Path(name) for name in group) for group in groups if group)
        except (ValueError, TypeError):
            return ()
        return tuple(group for group in found if all(path.is_file() for path in group))[:MOST_RECENT]

    @recent_files.setter
    def recent_files(self, groups: Sequence[Sequence[Path]]) -> None:
        self._store.setValue("recent_files", json.dumps([[str(path) for path in group] for group in groups]))

    def opened(self, paths: Sequence[Path]) -> None:
        """Remember files as opened just now, unless the user wants none remembered."""
        group = tuple(path.resolve() for path in paths)
        if self.remember_files and group:
            self.recent_files = (group, *(old for old in self.recent_files if set(old) != set(group)))[:MOST_RECENT]

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()
