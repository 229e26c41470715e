"""The message bar's words and what its button does; what is offered where files cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from core.household import Severity
from desktop.import_flow import ImportFlow
from desktop.workbench import Message, Workbench
from widgets.message_bar import MessageBar


class Messages(QObject):
    """Shows the workbench's messages in the bar, the newest only."""

    def __init__(self, bench: Workbench, bar: MessageBar, import_flow: ImportFlow, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._bar = bar
        self._import_flow = import_flow
        self._message: Message | None = None
        bench.message.connect(self.show_message)
        bar.remedyTriggered.connect(self._on_remedy)
        import_flow.failed.connect(self._on_import_failed)

    @Slot(object)
    def show_message(self, message: Message) -> None:
        """Show words in the message bar."""
        self._message = message
        self._bar.show_message(message.text, message.severity, message.remedy)

    def clear(self) -> None:
        """Take the message away."""
        self._bar.clear()

    def clear_offer(self, act: Callable[[], object]) -> None:
        """Take the message away where its button does this."""
        if self._message is not None and self._message.act == act:
            self._bar.clear()

    def welcome(self) -> None:
        """On the first start: what is on screen, and what to do."""
        self._bench.say(
            Severity.INFO,
            "This household is invented, to try things out. Drop your own brokerage exports anywhere on this window, "
            "or choose them.",
            "Choose files",
            self._import_flow.choose,
        )

    @Slot()
    def _on_remedy(self) -> None:
        message = self._message
        self._bar.clear()
        if message is not None and message.act is not None:
            message.act()

    @Slot(str, list)
    def _on_import_failed(self, words: str, paths: list[str]) -> None:
        flow = self._import_flow
        others = flow.open_files()
        if others and not {str(path) for path in others} >= set(paths):
            again = [Path(path) for path in paths]
            self._bench.say(Severity.ERROR, words, "Read with the open files", lambda: flow.read_with_open(again))
        elif len(paths) == 1 and Path(paths[0]).is_file():
            only = Path(paths[0])
            self._bench.say(Severity.ERROR, words, "Name the columns", lambda: flow.ask_columns(only, [only]))
        else:
            self._bench.say(Severity.ERROR, words)
