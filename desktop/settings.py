"""What the program remembers between two starts: places and looks, never client data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from widgets.theme.apply import Mode

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
        """The folder files were last taken from or saved to; the documents folder where it is gone."""
        value = self._store.value("last_folder")
        if isinstance(value, str) and value and Path(value).is_dir():
            return Path(value)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())

    @last_folder.setter
    def last_folder(self, value: Path) -> None:
        self._store.setValue("last_folder", str(value))

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

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()
