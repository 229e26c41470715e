"""``trimtab rebalance``: the main job, from files to trades."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from core.errors import InputError, UsageError
from desktop.commands.base import (
    STDOUT,
    Command,
    add_files,
    add_json,
    check_output,
    input_paths,
    json_option,
    write_json,
)
from desktop.commands.import_files import read_household
from desktop.commands.leave import add_leave_options, checked, leaving, release_of, write_orders, write_report
from desktop.commands.live import add_live, refresh_household
from desktop.commands.plan_words import show_proposal
from desktop.commands.signals import market_view, with_signals
from desktop.console import Console

if TYPE_CHECKING:
    from core.classify.answer import Source
    from core.classify.exposure import Exposure
    from core.export.workbook import Release
    from core.household import Household
    from core.market.quote import MarketView
    from core.rebalance.proposal import Proposal
    from core.tilt.target import Target


class Stopwatch:
    """Milliseconds of each stage, in order."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """The time since the last lap belongs to ``stage``."""
        now = time.perf_counter()
        self.stages[stage] = round(1000 * (now - self._last), 3)
        self._last = now


@attrs.frozen
class Job:
    """One rebalance worked out: what went in, and the plan."""

    household: Household
    exposures: Mapping[str, Exposure]
    target: Target
    proposal: Proposal


def plan_trades(
    household: Household,
    target: Target,
    clock: Stopwatch,
    *,
    overrides: Path | None = None,
    live: Sequence[Source] = (),
) -> Job:
    """Classify (with live sources where given), plan live (for its time) and plan to whole shares.

    Raises InputError where the overrides or the target can't be used, NoPlanError where no plan keeps the rules.
    """
    from core.classify.overrides import read_overrides
    from core.classify.truth import Classifier
    from core.rebalance.engine import Engine

    exposures = Classifier(read_overrides(overrides) if overrides else {}, live).classify_household(household)
    clock.lap("classify")
    engine = Engine(household, exposures)
    engine.live(target)
    clock.lap("live_plan")
    proposal = engine.final(target)
    clock.lap("final_plan")
    return Job(household, exposures, target, proposal)


def export_trades(
    job: Job, path: Path, clock: Stopwatch, release: Release | None = None, market: MarketView | None = None
) -> None:
    """Write the workbook, over an older one of that name."""
    from core.export.workbook import write_workbook

    inputs = (job.proposal, job.household, job.exposures, job.target)
    write_workbook(*inputs, path, overwrite=True, release=release, market=market)
    clock.lap("export")


def export_table(job: Job, path: Path, clock: Stopwatch) -> None:
    """Write the trades as CSV, over an older file of that name."""
    from core.atomic_file import write_atomically
    from core.export.trade_table import csv_bytes

    write_atomically(path, csv_bytes(job.proposal, job.household), overwrite=True)
    clock.lap("export")


def finished(job: Job, clock: Stopwatch) -> Proposal:
    """The proposal as it is handed over: with the findings of the import, and the time of every stage.

    The time is 0 for an export that was not asked for.
    """
    return attrs.evolve(
        job.proposal,
        findings=(*job.household.findings, *job.proposal.findings),
        timing_ms={**clock.stages, "export": clock.stages.get("export", 0.0)},
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument(
        "--target", metavar="FILE", help="what is wanted, TOML; without it mix and style stay as they are"
    )
    parser.add_argument("--out", metavar="FILE", help="write the trades as an Excel workbook (.xlsx) or a table (.csv)")
    parser.add_argument("--prices", metavar="FILE", help="prices of candidates to buy: Symbol,Price[,Name,Type]")
    parser.add_argument("--overrides", metavar="FILE", help="the adviser's own classifications, CSV")
    add_live(parser, "profiles of holdings and prices of candidates")
    add_json(parser)
    add_leave_options(parser)


def _run(options: argparse.Namespace, console: Console) -> int:
    from core.classify.overrides import read_overrides
    from core.household import Severity
    from core.prices import read_prices, with_prices
    from core.tilt.target import Target
    from core.tilt.target_toml import read_target

    paths = input_paths(options.files)
    extra = [Path(name) for name in (options.target, options.prices, options.overrides, options.order_formats) if name]
    json_name = json_option(options, [*paths, *extra])
    out = _output_path(options.out, [*paths, *extra])
    plan = leaving(options, [*paths, *extra])

    target = read_target(Path(options.target)) if options.target else Target()
    clock = Stopwatch()
    household = read_household(paths, options)
    if options.prices:
        household = with_prices(household, read_prices(Path(options.prices)), options.prices)
    clock.lap("import")
    errors = [f.message for f in household.findings if f.severity is Severity.ERROR]
    if errors:
        raise InputError("the household can't be rebalanced as it was read:\n  " + "\n  ".join(errors))
    target = with_signals(target, household, console)
    own = Path(options.overrides) if options.overrides else None
    sources: Sequence[Source] = ()
    if options.live:
        household, found = refresh_household(household, target, read_overrides(own) if own else {}, console)
        sources = found.sources
    job = plan_trades(household, target, clock, overrides=own, live=sources)
    checkup = checked(job, plan)
    market = None
    if plan.report is not None or (out is not None and out.suffix.lower() == ".xlsx"):
        market = market_view(target, household, console)
    if out is not None:
        older = out.exists()
        if out.suffix.lower() == ".csv":
            export_table(job, out, clock)
        else:
            export_trades(job, out, clock, release_of(job, plan, checkup), market)
        console.note(f"Wrote {out}{' over an older file' if older else ''}")
    if plan.folder is not None:
        write_orders(job, plan, checkup, console)
    if plan.report is not None:
        write_report(job, plan, console, market)
    proposal = finished(job, clock)
    if json_name is not None:
        from core.rebalance.proposal_json import proposal_json

        write_json(proposal_json(proposal), json_name, console)
    if json_name != STDOUT:
        show_proposal(attrs.evolve(job, proposal=proposal), console)
    return 0


def _output_path(name: str | None, inputs: list[Path]) -> Path | None:
    if name is None:
        return None
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise UsageError(f"--out {name}: the name must end in .xlsx (workbook) or .csv (table of the trades)")
    check_output(path, "--out", suffix, inputs)
    return path


REBALANCE = Command("rebalance", "work out the trades that bring a household to its target", _add_options, _run)
