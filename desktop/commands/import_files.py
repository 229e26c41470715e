"""``trimtab import``: brokerage files to one household, with findings and control totals."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.commands.base import (
    Command,
    add_files,
    add_json,
    input_paths,
    json_option,
    kinds_by_account,
    show_findings,
    write_json,
)
from desktop.console import Column, Console, money

if TYPE_CHECKING:
    from core.household import Household


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    add_json(parser)


def _run(options: argparse.Namespace, console: Console) -> int:
    from core.household_json import household_to_json

    paths = input_paths(options.files)
    target = json_option(options, paths)
    household = read_household(paths, options)
    if target is not None:
        write_json(household_to_json(household), target, console)
        if target == "-":
            return 0
    show_household(household, console)
    return 0


def read_household(paths: Sequence[Path], options: argparse.Namespace) -> Household:
    """The household of the files, by the options of the command line."""
    from datetime import datetime

    from core.importing.read import read_files

    # Only for files that state no date of their own.
    today = datetime.now().astimezone().date()
    return read_files(paths, layout=options.layout, kinds=kinds_by_account(options.kind), today=today)


def show_household(household: Household, console: Console) -> None:
    """The household for reading: accounts, files with control totals, findings."""
    from core.money import ZERO

    console.line(f"{household.name}, as of {household.as_of.isoformat()}: {money(household.value)} dollars")
    console.heading("Accounts")
    holdings = {
        account.id: sum((lot.market_value for lot in household.lots if lot.account == account.id), ZERO)
        for account in household.accounts
    }
    kinds = {
        a.id: a.kind.value + {"guess": " (guess)", "user": " (yours)"}.get(a.kind_source, "")
        for a in household.accounts
    }
    accounts = household.accounts
    console.table(
        (
            Column("Account"),
            Column("Name", elastic=True),
            Column("Custodian"),
            Column("Kind"),
            Column("Lots", right=True),
            Column("Holdings", right=True),
            Column("Cash", right=True),
            Column("Pending", right=True),
            Column("Value", right=True),
        ),
        [
            (
                account.id,
                account.name,
                account.custodian or "–",
                kinds[account.id],
                str(sum(lot.account == account.id for lot in household.lots)),
                money(holdings[account.id]),
                money(account.cash),
                money(account.pending),
                money(account.market_value),
            )
            for account in accounts
        ],
        total=(
            "Household",
            "",
            "",
            "",
            str(len(household.lots)),
            money(sum(holdings.values(), ZERO)),
            money(sum((a.cash for a in accounts), ZERO)),
            money(sum((a.pending for a in accounts), ZERO)),
            money(sum((a.market_value for a in accounts), ZERO)),
        ),
    )
    if household.files:
        _show_files(household, console)
    show_findings(household.findings, console, household)


def _show_files(household: Household, console: Console) -> None:
    from core.money import CENT

    console.heading("Files")
    console.table(
        (
            Column("File", elastic=True),
            Column("Layout"),
            Column("As of"),
            Column("Rows", right=True),
            Column("Used", right=True),
            Column("Skipped", right=True),
        ),
        [
            (
                Path(file.path).name,
                file.layout,
                "–" if file.as_of is None else file.as_of.isoformat(),
                str(file.rows),
                str(file.used),
                str(len(file.skipped)),
            )
            for file in household.files
        ],
    )
    totals = [(file, total) for file in household.files for total in file.control_totals]
    if not totals:
        return
    console.heading("Totals that the files state, against what was read")
    console.table(
        (
            Column("File", elastic=True),
            Column("Total of", elastic=True),
            Column("Stated", right=True),
            Column("Read", right=True),
            Column("Difference", right=True),
            Column(""),
        ),
        [
            (
                Path(file.path).name,
                total.scope,
                money(total.stated),
                money(total.read),
                money(total.difference),
                "✓" if abs(total.difference) <= CENT else "✗ differs",
            )
            for file, total in totals
        ],
    )


IMPORT = Command("import", "read brokerage exports into one household and check its totals", _add_options, _run)
