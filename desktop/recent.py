"""The menu of files opened lately."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenu

from desktop.actions import Actions
from desktop.import_flow import ImportFlow
from desktop.settings import Settings
from widgets.numbers import plural


class RecentMenu(QObject):
    """Under File, after Import; filled when it opens, so that files that are gone are not offered."""

    def __init__(self, settings: Settings, flow: ImportFlow, actions: Actions) -> None:
        super().__init__(flow)
        self._settings = settings
        self._flow = flow
        menu = actions.menus["file"]
        self.menu = QMenu("Open &recent", menu)
        menu.insertMenu(actions["open_target"], self.menu)
        menu.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        self.menu.clear()
        groups = self._settings.recent_files
        self.menu.setEnabled(bool(groups))
        for group in groups:
            first = group[0]
            more = f" and {plural(len(group) - 1, 'more file')}" if len(group) > 1 else ""
            action = self.menu.addAction(f"{first.name}{more}")
            action.setToolTip("\n".join(str(path) for path in group))
            action.triggered.connect(lambda _=False, paths=group: self._flow.read(paths))
        self.menu.setToolTipsVisible(True)
