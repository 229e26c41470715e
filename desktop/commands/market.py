"""``trimtab market``: the observations for the tilt and against it, the signals, and what they suggest."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.errors import UsageError
from desktop.commands.base import STDOUT, Command, add_json, json_option, write_json
from desktop.console import Column, Console, share

if TYPE_CHECKING:
    from core.market.observations import MarketCase, Observation
    from core.market.signals import Verdict


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--live", action="store_true", help="ask for newer figures first: names of funds and series are sent, no more"
    )
    parser.add_argument("--as-of", metavar="DATE", help="weigh the observations on this day, YYYY-MM-DD; else today")
    add_json(parser)


def _run(options: argparse.Namespace, console: Console) -> int:
    from core.market.market_json import market_document
    from core.market.signals import evaluate
    from core.market.store import load_case

    target = json_option(options, [])
    on = _day(options.as_of)
    case = load_case()
    failures: tuple[str, ...] = ()
    if options.live:
        case, failures = _refreshed(case, console)
    verdict = evaluate(case, on)
    if target is not None:
        write_json(market_document(case, verdict, failures), target, console)
    if target != STDOUT:
        _show(case, verdict, console)
    return 0


def _today() -> date:
    return datetime.now().astimezone().date()


def _day(text: str | None) -> date:
    if text is None:
        return _today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text}: write the day as YYYY-MM-DD, such as 2025-12-31") from error


def _refreshed(case: MarketCase, console: Console) -> tuple[MarketCase, tuple[str, ...]]:
    """The case with what could be had, kept for next time."""
    from core.market.refresh import refresh
    from core.market.sources import open_sources
    from core.market.store import save_case, save_returns

    found = refresh(open_sources(), _today(), console.note)
    for words in found.failures:
        console.note(f"not refreshed: {words}")
    newer = case.adding(found.observations)
    if newer != case:
        save_case(newer)
    save_returns(found.factors, found.portfolios)
    console.note(f"{len(found.observations)} figures are new; all others keep their value and age.")
    return newer, found.failures


def _show(case: MarketCase, verdict: Verdict, console: Console) -> None:
    from core.market.observations import Direction, Side, contradictions, snapshot_name
    from core.market.signals import pointings
    from core.market.suggestion import conviction_words, suggestion_of

    suggestion = suggestion_of(case, verdict)
    console.line(f"Market observations on {verdict.on}; the snapshot is of {snapshot_name()}")
    columns = (Column("observation", elastic=True), Column("value"), Column("as of"), Column("published by"))
    listed = case.newest()
    pointed = {o.id: {p.direction for p in pointings(o, verdict)} for o in listed}
    sides = (Direction.FOR, Direction.AGAINST)
    for heading, rows_of in (
        ("For the tilt", [o for o in listed if Direction.FOR in pointed[o.id]]),
        ("Against the tilt", [o for o in listed if Direction.AGAINST in pointed[o.id]]),
        ("Context, risks and sectors", [o for o in listed if pointed[o.id].isdisjoint(sides)]),
    ):
        console.heading(heading)
        console.table(columns, [_row(case, o, verdict) for o in rows_of])
    for each in contradictions():
        if set(each.observations) <= set(case.ids()):
            console.paragraph(f"Note: {each.about}", hanging=8)
    console.heading("Signals, from -1 (against) to +1 (for)")
    rows = []
    for size, value in zip(verdict.size.signals, verdict.value.signals, strict=True):
        rows.append(
            (size.spec.title, _figure(size.score), share(size.weight), _figure(value.score), share(value.weight))
        )
    total = ("conviction", _figure(verdict.size.score), "", _figure(verdict.value.score), "")
    heads = [Column("signal")] + [Column(name, True) for name in ("size", "weight", "value", "weight")]
    console.table(heads, rows, total=total)
    for side in Side:
        found = verdict.of(side)
        console.line(f"  {conviction_words(found.score, side)}; confidence {share(found.confidence)}")
    console.heading("Suggestion")
    point, strongest = suggestion.point, suggestion.maximum
    console.line(
        f"  size {point.size:+.2f}, value {point.value:+.2f}  (market +0.60, +0.00; strongest tilt "
        f"{strongest.size:+.2f}, {strongest.value:+.2f})"
    )
    for sector, (low, high) in suggestion.sectors.items():
        console.line(f"  {sector.replace('_', ' ')} {100 * low:+.0f} to {100 * high:+.0f} points of the equity")
    console.paragraph('To use it in a target: [style] preset = "signals".')


def _row(case: MarketCase, observation: Observation, verdict: Verdict) -> tuple[str, str, str, str]:
    from core.market.observations import STALE_MONTHS

    age = observation.age(verdict.on)
    aside = " (set aside)" if observation.id in case.set_aside else ""
    old = f", {age:.0f} months old" if age > STALE_MONTHS else ""
    return observation.title + aside, observation.text, observation.as_of + old, observation.published_by


def _figure(score: float | None) -> str:
    return "no figure" if score is None else f"{score + 0.0:+.2f}"


MARKET = Command(
    "market", "show what speaks for the tilt and against it, and what the signals suggest", _add_options, _run
)
