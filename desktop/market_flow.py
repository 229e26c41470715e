"""Keeping the market case between two starts, and refreshing it: the work behind the Market page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.edits import Changes, Part
from core.household import Severity
from core.market.edits import AddObservations
from desktop.workbench import Workbench

if TYPE_CHECKING:
    from core.market.evidence import Evidence
    from core.market.refresh import Refreshed, Sources

_REFRESH, _SAVE, _READ = "market-refresh", "market-save", "market-returns"


class MarketFlow(QObject):
    """evidence_changed(Evidence) : monthly returns were read. refreshing_changed(bool) : a refresh began or ended.

    folder : where the adviser's own case and newer returns are kept; None keeps nothing. open_sources : makes the
    providers, given a function that says whether to stop; for tests another.
    """

    evidence_changed = Signal(object)
    refreshing_changed = Signal(bool)

    def __init__(self, bench: Workbench, today: Callable[[], date], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._today = today
        self._stop = threading.Event()
        self.folder: Path | None = None
        self.open_sources: Callable[[Callable[[], bool]], Sources] = _live_sources
        self.evidence: Evidence | None = None
        self.refreshing = False
        bench.session.changed.connect(self._on_changed)

    # --- monthly returns ------------------------------------------------------------------------------------------

    def read_evidence(self) -> None:
        """Read the monthly returns, unless they are there."""
        if self.evidence is None:
            folder = self.folder
            self._bench.tasks.run(_READ, "Reading monthly returns", lambda: _evidence(folder), self._have, self._failed)

    def _have(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.evidence_changed.emit(evidence)

    # --- refresh --------------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Ask the providers for newer figures. Names of funds and series are sent, nothing of the household."""
        self._stop.set()
        stop = self._stop = threading.Event()
        folder, day, make = self.folder, self._today(), self.open_sources
        self._say_refreshing(True)

        def work() -> Refreshed | None:
            return _refreshed(make, stop, day, folder)

        self._bench.tasks.run(_REFRESH, "Asking for newer market figures", work, self._done, self._failed)

    @Slot()
    def cancel(self) -> None:
        """Stop the refresh; what was there stays."""
        self._stop.set()
        self._bench.tasks.forget(_REFRESH)
        self._say_refreshing(False)

    def _done(self, found: Refreshed | None) -> None:
        self._say_refreshing(False)
        if found is None:
            return
        if found.observations:
            self._bench.session.push(AddObservations(found.observations, text="Refresh market figures"), self)
        if found.factors is not None:
            self.evidence = None
            if self.folder is not None:
                self.read_evidence()
            else:
                from core.market.evidence import Evidence

                self._have(Evidence(found.factors, found.portfolios))
        count = len(found.observations)
        words = (
            f"{count} market figures are new." if count else "No market figure is new; all keep their value and age."
        )
        if found.failures:
            words += " Not to be had: " + " ".join(_sentence(failure) for failure in found.failures[:3])
            rest = len(found.failures) - 3
            words += f" And {rest} more." if rest > 0 else ""
        self._bench.say(Severity.WARNING if found.failures else Severity.INFO, words)

    def _failed(self, words: str) -> None:
        self._say_refreshing(False)
        if words:
            self._bench.say(Severity.WARNING, words)

    def _say_refreshing(self, on: bool) -> None:
        if on != self.refreshing:
            self.refreshing = on
            self.refreshing_changed.emit(on)

    # --- keeping --------------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if self.folder is not None and Part.MARKET in changes.parts:
            case, folder = self._bench.document.market, self.folder

            def save() -> None:
                from core.market.store import save_case

                save_case(case, folder)

            self._bench.tasks.run(_SAVE, "Keeping market observations", save, _nothing, self._failed)


def _nothing(_result: object) -> None:
    """Nothing follows."""


def _sentence(words: str) -> str:
    return words if words.endswith(".") else words + "."


def _live_sources(cancelled: Callable[[], bool]) -> Sources:
    from core.market.sources import open_sources

    return open_sources(cancelled)


def _evidence(folder: Path | None) -> Evidence:
    from core.market.evidence import Evidence
    from core.market.series import embedded
    from core.market.store import load_returns

    return Evidence(*load_returns(folder)) if folder is not None else Evidence(embedded(), None)


def _refreshed(
    make: Callable[[Callable[[], bool]], Sources], stop: threading.Event, day: date, folder: Path | None
) -> Refreshed | None:
    """What the providers say; None where it was stopped."""
    from core.market.refresh import refresh
    from core.market.store import save_returns
    from core.providers.protocols import CancelledError

    try:
        found = refresh(make(stop.is_set), day)
    except CancelledError:
        return None
    if folder is not None:
        save_returns(found.factors, found.portfolios, folder)
    return found
