"""The five pages of the main window, made when they are first shown or asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QWidget

from desktop.pages.lazy import LazyPages

if TYPE_CHECKING:
    from desktop.main_window import MainWindow
    from desktop.pages.book_page import BookPage
    from desktop.pages.household_page import HouseholdPage
    from desktop.pages.market_page import MarketPage
    from desktop.pages.target_page import TargetPage
    from desktop.pages.trades_page import TradesPage

PAGES = ("household", "target", "trades", "market", "book")


class WindowPages(LazyPages):
    """Pages by name, in the order of ``PAGES``, tied to the window's flows."""

    def __init__(self, window: MainWindow, today: Callable[[], date]) -> None:
        self._window = window
        self._today = today
        super().__init__({name: getattr(self, f"_make_{name}") for name in PAGES})

    def _make_household(self) -> QWidget:
        from desktop.pages.household_page import HouseholdPage

        window = self._window
        page = HouseholdPage(window.bench)
        page.restore(window.settings)
        page.filesDropped.connect(window.open_dropped)
        page.browseRequested.connect(window.import_flow.choose)
        window.import_flow.reading.connect(page.show_reading)
        return page

    def _make_target(self) -> QWidget:
        from desktop.pages.target_page import TargetPage

        page = TargetPage(self._window.bench)
        page.restore(self._window.settings)
        return page

    def _make_trades(self) -> QWidget:
        from desktop.pages.trades_page import TradesPage

        page = TradesPage(self._window.bench, self._today)
        page.restore(self._window.settings)
        return page

    def _make_market(self) -> QWidget:
        from desktop.pages.market_page import MarketPage

        return MarketPage(self._window.bench, self._window.market_flow, self._today)

    def _make_book(self) -> QWidget:
        from desktop.pages.book_page import BookPage

        window = self._window
        page = BookPage(window.book_flow, window.book_care, lambda: window.show_page("target"))
        page.restore(window.settings)
        return page

    @property
    def household(self) -> HouseholdPage:
        """What is held."""
        return cast("HouseholdPage", self.page("household"))

    @property
    def target(self) -> TargetPage:
        """What is wanted."""
        return cast("TargetPage", self.page("target"))

    @property
    def trades(self) -> TradesPage:
        """What to trade."""
        return cast("TradesPage", self.page("trades"))

    @property
    def market(self) -> MarketPage:
        """What speaks for and against the tilt."""
        return cast("MarketPage", self.page("market"))

    @property
    def book(self) -> BookPage:
        """Every household of the practice."""
        return cast("BookPage", self.page("book"))
