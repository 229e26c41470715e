"""Files dragged over the window: what covers it meanwhile, and what they are once let go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from widgets.drop_area import DropArea


class DropOverlay(DropArea):
    """Covers the window while files are dragged over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(suffixes=(), parent=parent)
        self.button.hide()  # the pointer has its hands full
        self.hide()

    def cover(self) -> None:
        """Come up over everything else."""
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Gone elsewhere."""
        super().dragLeaveEvent(event)
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Let go."""
        super().dropEvent(event)
        self.hide()


def dropped_files(paths: Sequence[str]) -> list[Path]:
    """Files, and those that lie in folders, hidden ones left out."""
    return [file for path in paths for file in _files_of(Path(path))]


def _files_of(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(inner for inner in path.iterdir() if inner.is_file() and not inner.name.startswith("."))
