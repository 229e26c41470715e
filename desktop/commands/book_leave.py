"""Plans of a book that leave it: checked as any plan that leaves, each on its own, and kept for good with what left."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from core.errors import InputError, TrimtabError
from desktop.commands.leave import add_order_options, approved, checked, leaving, release_of, write_orders
from desktop.console import Console, one_line

if TYPE_CHECKING:
    from core.book.store import Book, Entry
    from desktop.commands.leave import Leaving


@attrs.frozen
class Left:
    """What left: how many plans, which households were refused and why, the chain's newest hash ("" for none)."""

    written: int
    refused: tuple[tuple[str, str], ...]
    head: str


def add_leave(parser: argparse.ArgumentParser) -> None:
    """Options of ``book rebalance`` for what is written."""
    parser.add_argument("--out", metavar="DIR", type=Path, help="write a workbook for each plan with trades")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, kept with each plan that is written")
    add_order_options(parser, "write order files into a folder of DIR for each household, one for each custodian")


def leaving_of(options: argparse.Namespace) -> Leaving | None:
    """What is to leave, looked through before any work; None where nothing is. Raises InputError, UsageError."""
    plan = leaving(options, [options.book])
    for name, folder in (("--out", options.out), ("--orders", plan.folder)):
        if folder is not None and not folder.is_dir():
            raise InputError(f"{name} {folder} is not a folder. Make it first.")
    return plan if options.out is not None or plan.folder is not None else None


def write_plans(
    book: Book, households: Sequence[int], plan: Leaving, options: argparse.Namespace, console: Console
) -> Left:
    """Every present plan with trades, workbook first. One household's refusal is its own; the others go on."""
    refused = []
    written, head = 0, ""
    for household in households:
        entry = book.entry(household)
        try:
            record = _write_plan(book, entry, plan, options, console)
        except TrimtabError as error:
            refused.append((entry.name, str(error)))
            continue
        if record:
            written, head = written + 1, record
    return Left(written, tuple(refused), head)


def _write_plan(book: Book, entry: Entry, plan: Leaving, options: argparse.Namespace, console: Console) -> str:
    """Write one household's plan; the hash of its record, "" where there is nothing to write."""
    from core.book.proposals import approve, keep_proposal, planned
    from core.classify.truth import Classifier
    from core.export.workbook import write_workbook
    from desktop.commands.rebalance import Job
    from desktop.commands.signals import market_view

    found = planned(book, entry.id)
    if found is None or not found[1].trades:
        return ""
    document, proposal = found
    exposures = Classifier(document.overrides, document.live).classify_household(document.household)
    job = Job(document.household, exposures, document.target, proposal)
    stem = stem_of(entry)
    own = attrs.evolve(plan, folder=None if plan.folder is None else plan.folder / stem)
    checkup = checked(job, own)
    release = release_of(job, own, checkup)  # refuses an approval that a red check forbids, before anything is written
    files: list[Path] = []
    failure: TrimtabError | None = None
    if own.folder is not None:
        files += write_orders(job, own, checkup, console)
    if options.out is not None:
        path = options.out / f"{stem}.xlsx"
        market = market_view(document.target, document.household, console)
        inputs = (proposal, document.household, exposures, document.target)
        try:
            write_workbook(*inputs, path, overwrite=True, release=release, market=market)
        except TrimtabError as error:
            failure = error
            if not files:
                raise
        else:
            files.append(path)
            console.note(f"Wrote {path}")
    exported = [(path.name, _digest(path)) for path in files]
    reasons = "; ".join(filter(None, [options.reason, *(f"{item.check}: {item.reason}" for item in plan.overrides)]))
    record = keep_proposal(book, entry.uuid, document, exposures, proposal, reason=reasons, exported=exported)
    stamp = approved(job, own, checkup)
    if stamp is not None:
        record = approve(book, record.number, stamp.by, options.reason)
    if failure is not None:  # order files left all the same, so the book keeps what they were
        raise failure
    return record.hash.hex()


def stem_of(entry: Entry) -> str:
    """The name of a household's files: readable, and its own whatever others are called."""
    stem = re.sub(r"[^\w.-]+", "-", entry.name).strip("-.") or "household"
    return f"{stem[:60]}-{entry.uuid[:8]}"


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path} was written but can't be read again ({error.strerror}).") from error


def show_left(left: Left, console: Console) -> None:
    """The refusals with their words, and the hash to note."""
    for name, words in left.refused:
        console.note(f"not written  {name}: {one_line(words)}")
    if left.written:
        console.note(
            f"{left.written} plan{'' if left.written == 1 else 's'} written, each kept in the book. Hash to note "
            f"(trimtab book verify --head): {left.head}"
        )
