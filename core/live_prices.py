"""Live prices of securities that a household doesn't hold, so that they may be bought."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from core.classify.core_table import find
from core.classify.live_findings import fault_findings, identity_findings
from core.classify.refresh import symbol_to_ask
from core.household import Household, Security, SecurityType
from core.prices import PriceRow, with_prices
from core.providers.pace import never
from core.providers.queue import ProgressCall, silent

if TYPE_CHECKING:
    from core.providers.queue import LiveData
    from core.tilt.target import Target


def buyable(target: Target) -> tuple[str, ...]:
    """The symbols that a plan for a target could buy though nobody holds them, once each.

    Those of its universe, or the program's candidates where it names none, and those of its model.
    """
    from core.classify.candidates import candidate_symbols

    lines = [symbol for line in target.model for symbol in (line.symbol, *line.alternates)]
    return tuple(dict.fromkeys([*(candidate_symbols() if target.universe is None else target.universe), *lines]))


def with_live_prices(
    household: Household,
    symbols: Iterable[str],
    providers: LiveData,
    progress: ProgressCall = silent,
    cancelled: Callable[[], bool] = never,
) -> Household:
    """The household with these symbols priced where they have no price yet; those it doesn't know are added at the end.

    A price that the household has stays, so that its values still tie. What cannot be priced is a finding. Raises
    CancelledError.
    """
    known = household.security_by_id
    wanted: dict[str, Security] = {}
    for symbol in symbols:
        security = known.get(symbol) or _listed(symbol)
        ticker = symbol_to_ask(security)
        if ticker is not None and security.price is None:
            wanted.setdefault(ticker, security)
    found = providers.quotes(list(wanted), progress, cancelled)
    findings = [*identity_findings(wanted, found.values, {}), *fault_findings(found.failures)]
    strangers = {finding.where for finding in findings if finding.code == "live-other-security"}
    rows = [
        PriceRow(
            0, wanted[symbol].id, quote.price, quote.name or wanted[symbol].name, _type(wanted[symbol], quote.type)
        )
        for symbol, quote in found.values.items()
        if symbol in wanted and symbol not in strangers
    ]
    return with_prices(household, rows, "live prices").with_findings(findings)


def _listed(symbol: str) -> Security:
    row = find(symbol)
    name, type_ = (row.name, row.type) if row else (symbol, SecurityType.OTHER)
    return Security(symbol, symbol, None, name, type_, None)


def _type(security: Security, said: SecurityType | None) -> SecurityType | None:
    return said if security.type is SecurityType.OTHER else security.type
