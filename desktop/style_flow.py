"""From a holding to its returns-based style: kept prices first, the provider only when the adviser asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from core.edits import OverrideExposure
from core.household import Security
from desktop.refresh_flow import open_yahoo
from desktop.tasks import Watch
from desktop.workbench import Workbench

if TYPE_CHECKING:
    from core.classify.overrides import Override
    from core.classify.style_request import StyleAnswer
    from core.providers.queue import LiveData
    from desktop.style_dialog import StyleDialog

_KEY = "style from returns"


class StyleFlow(QObject):
    """One dialog at a time. ``open_live`` makes the providers; tests give others."""

    _said = Signal(str)

    def __init__(self, bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self.open_live: Callable[[], LiveData] = open_yahoo
        self.dialog: StyleDialog | None = None
        self._said.connect(self._on_said)
        bench.style_wanted.connect(self.show)

    @Slot(str)
    def show(self, key: str) -> None:
        """Open the dialog for a security of the household; what kept prices say is shown at once."""
        from desktop.style_dialog import StyleDialog

        security = self._bench.document.household.security_by_id.get(key)
        if security is None:
            return
        dialog = StyleDialog(security, self._bench.exposures.get(key), self._window)
        self.dialog = dialog
        dialog.asked.connect(lambda: self._run(security, ask=True))
        dialog.stopped.connect(self._stop)
        dialog.decided.connect(lambda override: self._use(security, override))
        dialog.failed.connect(self._bench.say_error)
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()
        self._run(security, ask=False)

    def _run(self, security: Security, *, ask: bool) -> None:
        make, tell = self.open_live, self._said.emit

        def work(watch: Watch) -> StyleAnswer | None:
            return _answer(make, security, watch, tell, ask=ask)

        def failed(words: str) -> None:
            if self.dialog is not None:
                self.dialog.show_failure(f"Nothing came. {words}".strip())

        self._bench.tasks.run(_KEY, "Asking for prices…" if ask else "", work, self._show, failed, watched=True)

    def _show(self, answer: StyleAnswer | None) -> None:
        if answer is not None and self.dialog is not None and self.dialog.security.id == answer.security:
            self.dialog.show_answer(answer)

    def _use(self, security: Security, override: Override) -> None:
        text = f"Classify {security.symbol or security.id} by its returns"
        self._bench.session.push(OverrideExposure(security.id, override, text=text), self)

    @Slot()
    def _stop(self) -> None:
        self._bench.tasks.forget(_KEY)

    def _forget(self, dialog: StyleDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None

    @Slot(str)
    def _on_said(self, text: str) -> None:
        if self.dialog is not None:
            self.dialog.show_progress(text)


def _answer(
    make: Callable[[], LiveData], security: Security, watch: Watch, tell: Callable[[str], None], *, ask: bool
) -> StyleAnswer | None:
    from core.classify.style_request import style_from_returns
    from core.providers.protocols import CancelledError
    from core.providers.queue import Progress

    def progress(step: Progress) -> None:
        if step.symbol:
            words = f"Asking for prices: {step.symbol}, {step.done + 1} of {step.total}"
            watch.say(words)
            tell(words)

    live = make()
    try:
        return style_from_returns(security, live, progress, watch.cancelled, ask=ask)
    except CancelledError:
        return None
    finally:
        live.close()
