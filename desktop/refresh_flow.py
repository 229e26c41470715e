"""Asking the market-data provider for prices and profiles: on request only, away from the window, told before used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.edits import UseRefresh
from core.household import Household, Severity
from desktop.tasks import Watch
from desktop.workbench import Workbench

if TYPE_CHECKING:
    from core.classify.refresh import Refreshed
    from core.providers.queue import LiveData
    from desktop.refresh_dialog import RefreshDialog

_KEY = "refresh"


class RefreshFlow(QObject):
    """One refresh at a time. ``open_live`` makes the providers; tests give others."""

    def __init__(self, bench: Workbench, window: QWidget, today: Callable[[], date]) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self._today = today
        self.open_live: Callable[[], LiveData] = _yahoo
        self.dialog: RefreshDialog | None = None

    def refresh(self) -> None:
        """Ask; the answer is shown with what it would change."""
        document, today, make = self._bench.document, self._today(), self.open_live

        def work(watch: Watch) -> Refreshed | None:
            return _refreshed(make, document.household, document.overrides, today, watch)

        self._bench.tasks.run(
            _KEY,
            "Asking for prices and profiles…",
            work,
            lambda found: self._show(found, document.household),
            self._failed,
            watched=True,
        )

    def _show(self, found: Refreshed | None, household: Household) -> None:
        if found is None:
            return
        if household is not self._bench.document.household:
            self._bench.say(Severity.WARNING, "The household has changed meanwhile; refresh again.")
            return
        from desktop.refresh_dialog import RefreshDialog

        self.dialog = RefreshDialog(found, household, self._window)
        self.dialog.accepted.connect(lambda: self._use(found, household))
        self.dialog.open()

    def _use(self, found: Refreshed, household: Household) -> None:
        from core.reprice import repriced

        prices = {key: quote.price for key, quote in found.prices.items()}
        newer = repriced(household, prices, found.as_of) if prices else household
        self._bench.session.push(UseRefresh(newer.with_findings(list(found.findings)), found.sources), self)

    def _failed(self, words: str) -> None:
        if words:
            self._bench.say(Severity.ERROR, f"Nothing was refreshed. {words}")


def _refreshed(
    make: Callable[[], LiveData], household: Household, overrides: Any, today: date, watch: Watch
) -> Refreshed | None:
    from core.classify.refresh import refresh
    from core.providers.protocols import CancelledError

    live = make()
    words = {"quote": "prices", "profile": "profiles", "history": "returns"}
    try:
        return refresh(
            household,
            live,
            lambda step: watch.say(f"Asking for {words.get(step.kind.value, 'data')}: {step.done} of {step.total}"),
            watch.cancelled,
            overrides=overrides,
            today=today,
        )
    except CancelledError:
        return None
    finally:
        live.close()


def _yahoo() -> LiveData:
    from core.providers.queue import yahoo_live

    return yahoo_live()
