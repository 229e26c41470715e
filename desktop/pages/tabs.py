"""Tabs inside a page: words with a line under the one shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from widgets.theme import S

#: palette() follows the theme.
TAB_STYLE = """
QTabBar::tab { padding: 8px 12px; margin-right: 4px; border: 0; border-bottom: 2px solid transparent;
    color: palette(placeholder-text); }
QTabBar::tab:selected { border-bottom-color: palette(highlight); color: palette(text); font-weight: 600; }
QTabBar::tab:hover { color: palette(text); }
QTabBar::tab:focus { color: palette(highlight); }
QTabWidget::pane { border: 0; }
"""


class PageTabs(QTabWidget):
    """Tabs whose contents are made when they are first shown (or asked for with ``content``)."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setAccessibleName(name)
        self.tabBar().setDrawBase(False)
        self.tabBar().setAccessibleName(name)
        self.tabBar().setUsesScrollButtons(True)
        self.setStyleSheet(TAB_STYLE)
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._pages: dict[str, QWidget] = {}
        self._keys: list[str] = []
        self.currentChanged.connect(self._on_current)

    def add(self, key: str, title: str, make: Callable[[], QWidget]) -> None:
        """Add a tab; ``make`` gives its contents."""
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, S.sm, 0, 0)
        self._makers[key] = make
        self._pages[key] = holder
        self._keys.append(key)
        self.addTab(holder, title)
        if self.count() == 1:
            self._on_current(0)

    def content(self, key: str) -> QWidget:
        """The contents of a tab, made now if need be."""
        holder = self._pages[key]
        make = self._makers.pop(key, None)
        layout = holder.layout()
        assert layout is not None
        if make is not None:
            layout.addWidget(make())
        item = layout.itemAt(0)
        assert item is not None
        widget = item.widget()
        assert widget is not None
        return widget

    def show_tab(self, key: str) -> None:
        """Go to a tab."""
        self.setCurrentIndex(self._keys.index(key))

    def current_key(self) -> str:
        """The tab shown."""
        return self._keys[self.currentIndex()]

    def _on_current(self, index: int) -> None:
        if 0 <= index < len(self._keys):
            self.content(self._keys[index])
