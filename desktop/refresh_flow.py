"""Asking the market-data provider for prices and profiles: on request only, away from the window, told before used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import attrs
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.edits import UseRefresh
from core.household import Household, Security, Severity
from desktop.tasks import Watch
from desktop.workbench import Workbench

if TYPE_CHECKING:
    from core.classify.refresh import Refreshed
    from core.edits import Document
    from core.providers.queue import LiveData, Progress
    from desktop.refresh_dialog import RefreshDialog

_KEY = "refresh"


@attrs.frozen
class Answer:
    """What a refresh brought: news of what the household has, and, with their prices, securities that it may buy."""

    found: Refreshed
    candidates: tuple[Security, ...] = ()


class RefreshFlow(QObject):
    """One refresh at a time. ``open_live`` makes the providers; tests give others."""

    def __init__(self, bench: Workbench, window: QWidget, today: Callable[[], date]) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self._today = today
        self.open_live: Callable[[], LiveData] = open_yahoo
        self.dialog: RefreshDialog | None = None
        #: Asks for a file of prices, the way that needs no network.
        self.add_prices: Callable[[], None] | None = None

    def refresh(self) -> None:
        """Ask; the answer is shown with what it would change."""
        document, today, make = self._bench.document, self._today(), self.open_live

        def work(watch: Watch) -> Answer | None:
            return _refreshed(make, document, today, watch)

        self._bench.tasks.run(
            _KEY,
            "Asking for prices and profiles…",
            work,
            lambda answer: self._show(answer, document.household),
            self._failed,
            watched=True,
        )

    def _show(self, answer: Answer | None, household: Household) -> None:
        if answer is None:
            return
        if household is not self._bench.document.household:
            self._bench.say(Severity.WARNING, "The household has changed meanwhile; refresh again.")
            return
        found = answer.found
        if found.findings and not (found.prices or found.differences or answer.candidates):
            self._failed(found.findings[0].message)
            return
        from desktop.refresh_dialog import RefreshDialog

        self.dialog = RefreshDialog(answer.found, household, answer.candidates, self._window)
        self.dialog.accepted.connect(lambda: self._use(answer, household))
        self.dialog.open()

    def _use(self, answer: Answer, household: Household) -> None:
        from core.reprice import repriced

        found = answer.found
        prices = {key: quote.price for key, quote in found.prices.items()}
        newer = repriced(household, prices, found.as_of) if prices else household
        if answer.candidates:
            newer = attrs.evolve(newer, securities=(*newer.securities, *answer.candidates))
        self._bench.session.push(UseRefresh(newer.with_findings(list(found.findings)), found.sources), self)

    def _failed(self, words: str) -> None:
        if words:
            file = ("Add prices…", self.add_prices) if self.add_prices is not None else ("", None)
            self._bench.say(Severity.ERROR, f"Nothing was refreshed. {words}", *file)


def _refreshed(make: Callable[[], LiveData], document: Document, today: date, watch: Watch) -> Answer | None:
    from core.classify.live_findings import FAULT_CODES
    from core.classify.refresh import refresh
    from core.live_prices import buyable, with_live_prices
    from core.providers.protocols import CancelledError

    household = document.household
    live = make()
    words = {"quote": "prices", "profile": "profiles", "history": "returns"}

    def tell(what: str) -> Callable[[Progress], None]:
        return lambda step: watch.say(f"Asking for {what or words[step.kind.value]}: {step.done} of {step.total}")

    try:
        found = refresh(household, live, tell(""), watch.cancelled, overrides=document.overrides, today=today)
        known = household.security_by_id
        broken = any(finding.code in FAULT_CODES for finding in found.findings)
        wanted = [] if broken else [symbol for symbol in buyable(document.target) if symbol not in known]
        priced = with_live_prices(household, wanted, live, tell("prices of what may be bought"), watch.cancelled)
        news = [finding for finding in priced.findings if finding not in (*household.findings, *found.findings)]
        return Answer(
            attrs.evolve(found, findings=(*found.findings, *news)),
            tuple(security for security in priced.securities if security.id not in known),
        )
    except CancelledError:
        return None
    finally:
        live.close()


def open_yahoo() -> LiveData:
    """Yahoo's answers, from the cache where they are fresh. Close it after use."""
    from core.providers.queue import yahoo_live

    return yahoo_live()
