"""``trimtab demo``: the main job on the embedded sample household."""

from __future__ import annotations

import argparse
from pathlib import Path

import attrs

from core.errors import InputError
from desktop.commands.base import STDOUT, Command, add_json, json_option, write_json
from desktop.commands.plan_words import show_proposal
from desktop.commands.rebalance import Stopwatch, export_trades, finished, plan_trades
from desktop.console import Console

FOLDER = "trimtab-demo"


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def _run(options: argparse.Namespace, console: Console) -> int:
    from core.household_json import household_to_json
    from core.rebalance.proposal_json import proposal_json
    from core.sample import sample_household, sample_target

    json_name = json_option(options, ())
    folder = Path(FOLDER)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {folder.resolve()} can't be made: {error.strerror or error}") from error
    clock = Stopwatch()
    household = sample_household()
    clock.lap("import")
    job = plan_trades(household, sample_target(), clock)
    export_trades(job, folder / "trades.xlsx", clock)
    proposal = finished(job, clock)
    write_json(household_to_json(household), str(folder / "household.json"), console)
    write_json(proposal_json(proposal), str(folder / "proposal.json"), console)
    if json_name is not None:
        write_json(proposal_json(proposal), json_name, console)
    if json_name != STDOUT:
        show_proposal(attrs.evolve(job, proposal=proposal), console)
    console.note(f"Wrote trades.xlsx, proposal.json and household.json into {folder.resolve()}")
    return 0


DEMO = Command("demo", f"do the main job on the sample household, into ./{FOLDER}/", _add_options, _run)
