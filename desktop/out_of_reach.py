"""Says once a household that no fund of a wanted style has a price, and how to get one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from core.household import Household, Severity
from desktop.workbench import Workbench
from widgets.message_bar import MessageBar


class OutOfReach(QObject):
    """Looks at each final plan; ``refresh`` gets prices. Nothing is said over another message."""

    def __init__(self, bench: Workbench, bar: MessageBar, refresh: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._bar = bar
        self._refresh = refresh
        self._told: Household | None = None
        bench.plan_changed.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Say it where it is so."""
        proposal, household = self._bench.proposal, self._bench.document.household
        if proposal is None or household is self._told or not self._bar.isHidden():
            return
        short = sorted((f.where for f in proposal.findings if f.code == "no_candidate"), key=_wanted_first)
        held = {lot.security for lot in household.lots}
        others = any(security.price is not None for security in household.securities if security.id not in held)
        if not short or others:
            return
        self._told = household
        self._bench.say(
            Severity.WARNING,
            f"The plan cannot buy {_either(short)}: only what is held here has a price. Get the prices of the usual "
            "funds (only their symbols are sent), or add a table of symbols and prices (File, Add prices).",
            "Get prices",
            self._refresh,
        )


def _wanted_first(name: str) -> tuple[bool, bool]:
    """What the tilt is toward is named first."""
    return "small" not in name, "value" not in name


def _either(names: list[str]) -> str:
    """Names of style boxes as a choice; of many the first ones."""
    few = [*names[:2], "other styles"] if len(names) > 3 else names
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} or {few[-1]}"
