"""``--live``: what sub-commands share that ask a provider, on the user's request only."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from desktop.console import Console, one_line

if TYPE_CHECKING:
    from core.classify.overrides import Override
    from core.classify.refresh import Refreshed
    from core.household import Finding, Household, Security
    from core.providers.queue import LiveData, ProgressCall
    from core.tilt.target import Target

_WHAT = {"quote": "prices", "profile": "profiles", "history": "three years of prices"}
#: A line of progress at least every so many symbols.
_STEP = 10


def add_live(parser: argparse.ArgumentParser, what: str) -> None:
    """The option ``--live``; ``what`` says what is asked for."""
    parser.add_argument("--live", action="store_true", help=f"ask Yahoo for {what}: ticker symbols are sent, no more")


def open_live() -> LiveData:
    """Live data with the cache in the user's cache folder."""
    from core.providers.queue import yahoo_live

    return yahoo_live()


def told(console: Console) -> ProgressCall:
    """Progress in lines on standard error: the first symbol of each queue, then every tenth."""
    from core.providers.queue import Progress

    def tell(progress: Progress) -> None:
        if progress.symbol and progress.done % _STEP == 0:
            console.note(f"{_WHAT[progress.kind]}: {progress.done + 1} of {progress.total}, {progress.symbol}")

    return tell


def refresh_symbols(symbols: Sequence[str], overrides: Mapping[str, Override], console: Console) -> Refreshed:
    """Refresh securities that are known by symbol alone. Faults are findings, told on standard error."""
    from core.classify.core_table import find
    from core.classify.refresh import refresh_securities
    from core.household import Security, SecurityType

    def named(symbol: str) -> Security:
        row = find(symbol)
        return Security(symbol, symbol, None, symbol, row.type if row else SecurityType.OTHER, None)

    live = open_live()
    try:
        found = refresh_securities(
            [named(symbol) for symbol in dict.fromkeys(symbols)], live, told(console), overrides=overrides, prices=False
        )
    finally:
        live.close()
    tell_findings(found.findings, console)
    return found


def refresh_household(
    household: Household, target: Target, overrides: Mapping[str, Override], console: Console
) -> tuple[Household, Refreshed]:
    """Profiles of what a household holds, and prices of the candidates without one; findings join the household's."""
    from core.classify.refresh import refresh_securities
    from core.live_prices import buyable, with_live_prices

    held = {lot.security for lot in household.lots}
    live = open_live()
    try:
        found = refresh_securities(
            [security for security in household.securities if security.id in held],
            live,
            told(console),
            overrides=overrides,
            prices=False,
        )
        priced = with_live_prices(household, buyable(target), live, told(console))
    finally:
        live.close()
    new = [finding for finding in (*found.findings, *priced.findings) if finding not in household.findings]
    tell_findings(new, console)
    return priced.with_findings(found.findings), found


def tell_findings(findings: Sequence[Finding], console: Console) -> None:
    """Findings in lines on standard error."""
    for finding in findings:
        console.note(f"{finding.severity.value}: {one_line(finding.message)}")
