"""``trimtab book``: many households in one encrypted file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from core.errors import UsageError
from desktop.commands import book_care as care
from desktop.commands.base import STDOUT, Command, add_json, input_paths, json_option, write_json
from desktop.commands.book_leave import add_leave, leaving_of, show_left, write_plans
from desktop.commands.book_options import (
    add_book,
    add_passphrase,
    make_book,
    open_book,
    passphrase_of,
    read_passphrase,
)
from desktop.console import Console, counted

if TYPE_CHECKING:
    from core.book.chain import Verification
    from core.book.job import Job
    from desktop.commands.leave import Leaving

Run = Callable[[argparse.Namespace, Console], int]


def _add_options(parser: argparse.ArgumentParser) -> None:
    jobs = parser.add_subparsers(dest="job", metavar="JOB", parser_class=type(parser), required=True)

    def job(name: str, words: str, run: Run) -> argparse.ArgumentParser:
        sub = jobs.add_parser(name, help=words, description=words.capitalize() + ".", allow_abbrev=False)
        sub.set_defaults(do=run)
        return sub

    listed = job("list", "list the households with their figures", _list)
    add_book(listed)
    _add_filter(listed)
    add_json(listed)

    added = job("add", "put a household into the book; a book that isn't there is made", _add)
    add_book(added)
    added.add_argument("files", nargs="+", metavar="FILE", help="brokerage export, or household JSON")
    added.add_argument("--name", metavar="NAME", help="what the household is called")
    added.add_argument("--each", action="store_true", help="each file is a household of its own")
    added.add_argument("--update", action="store_true", help="new holdings for a household that is in the book")
    added.add_argument("--target", metavar="FILE", help="its target, TOML")
    added.add_argument("--overrides", metavar="FILE", help="the adviser's own classifications, CSV")
    added.add_argument("--layout", metavar="NAME", help="read the files by this layout (see: trimtab layouts)")
    added.add_argument("--kind", action="append", default=[], metavar="ACCT=KIND", help="tax kind of an account")
    added.add_argument(
        "--key-store-only", action="store_true", help="make the book without a passphrase, for this machine alone"
    )

    for name, words, run in (
        ("review", "say how far each household is from its target, and report the exceptions", _review),
        ("rebalance", "plan for every household, or those chosen", _rebalance),
    ):
        work = job(name, words, run)
        add_book(work)
        _add_filter(work)
        work.add_argument("--household", action="append", metavar="NAME", help="only this one; may be repeated")
        work.add_argument("--workers", type=int, metavar="N", help="processes of this machine (as many as processors)")
        work.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster instead, such as tls://host:8786")
        work.add_argument("--again", action="store_true", help="also those whose outcome is of their present document")
        add_json(work)
        if name == "rebalance":
            add_leave(work)

    care.add_rename(job("rename", "give a household another name", care.rename))
    care.add_remove(job("remove", "take households out; their records stay until their time is over", care.remove))
    care.add_records(job("records", "list the imported files and the plans that are kept", care.records))
    care.add_record(job("record", "show a record, take out what it holds, make its plan again", care.record))

    verified = job("verify", "check every page, and that no record was changed", _verify)
    add_book(verified)
    verified.add_argument("--head", metavar="HASH", help="a hash noted earlier that must be in the chain")
    add_json(verified)

    saved = job("backup", "write a checked copy under the same key", _backup)
    add_book(saved)
    saved.add_argument("goal", metavar="FILE", type=Path, help="where; an existing file is never overwritten")

    restored = job("restore", "make a book from a backup, after checking it", _restore)
    restored.add_argument("saved", metavar="BACKUP", type=Path, help="the backup")
    restored.add_argument("goal", metavar="BOOK", type=Path, help="the new book; an existing file is never overwritten")
    add_passphrase(restored)

    changed = job("passphrase", "give the book another passphrase", _passphrase)
    add_book(changed)
    changed.add_argument("--new-passphrase-file", metavar="FILE", required=True, help="the new one, in its first line")

    expired = job("expire", "let records go whose time is over", _expire)
    add_book(expired)
    expired.add_argument("--years", type=int, metavar="N", help="keep them N years from now on (5)")


def _add_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="TILE",
        help="only households that are: never-run, out-of-band, high-cash, low-cash, losses, stale, missing-basis, "
        "failed; may be repeated",
    )


def _run(options: argparse.Namespace, console: Console) -> int:
    run: Run = options.do
    return run(options, console)


def _list(options: argparse.Namespace, console: Console) -> int:
    from desktop.commands.book_words import show_book, summary_json, tiles_of, today

    tiles = tiles_of(options.only)
    name = json_option(options, [options.book])
    from core.book.summary import summarise

    with open_book(options, write=False) as book:
        summary = summarise(book, today())
    rows = summary.filtered(tiles)
    if name is not None:
        write_json(summary_json(summary, rows), name, console)
    if name != STDOUT:
        show_book(summary, rows, console)
    return 0


def _add(options: argparse.Namespace, console: Console) -> int:
    from core.book.intake import take_in
    from core.classify.overrides import read_overrides
    from core.edits import Document, SetOverrides
    from core.tilt.target import Target
    from core.tilt.target_toml import read_target
    from desktop.commands.import_files import read_household
    from desktop.commands.signals import with_signals

    if options.each and options.name:
        raise UsageError("--each and --name: a name is for one household")
    paths = input_paths(options.files)
    target = read_target(Path(options.target)) if options.target else Target()
    overrides = read_overrides(Path(options.overrides)) if options.overrides else {}
    documents = []
    for group in [[path] for path in paths] if options.each else [paths]:
        household = read_household(group, options)
        if options.name:
            household = attrs.evolve(household, name=options.name)
        document = Document(household, target=with_signals(target, household, console))
        documents.append((SetOverrides(overrides).apply(document)[0] if overrides else document, group))
    book = open_book(options, write=True) if options.book.exists() else make_book(options, console)
    with book:
        for document, group in documents:
            entry = take_in(book, document, update=options.update, paths=group)
            console.note(f"{entry.name}: {len(document.household.lots)} lots, as of {document.household.as_of}")
    return 0


def _review(options: argparse.Namespace, console: Console) -> int:
    from core.book.job import Job

    return _work(options, console, Job.REVIEW)


def _rebalance(options: argparse.Namespace, console: Console) -> int:
    from core.book.job import Job

    return _work(options, console, Job.PLAN, leaving_of(options))


def _work(options: argparse.Namespace, console: Console, job: Job, plan: Leaving | None = None) -> int:
    import contextlib
    import time

    from core.book.batch import rebalance_all, waiting
    from core.book.intake import known
    from core.book.summary import summarise
    from core.book.workers import cluster_workers, process_workers
    from desktop.commands.book_words import outcomes_json, show_exceptions, status_of, tiles_of, today

    tiles = tiles_of(options.only)
    json_name = json_option(options, [options.book])
    if options.scheduler and options.workers is not None:
        raise UsageError("--scheduler and --workers: give one of the two")
    with open_book(options, write=True) as book:
        rows = summarise(book, today()).filtered(tiles)
        chosen = {row.id for row in rows}
        if options.household:
            chosen &= {known(book, name).id for name in options.household}
        names = {row.id: row.name for row in rows}
        count = len(waiting(book, chosen, job=job, again=options.again))
        started = time.perf_counter()
        if count:
            make = cluster_workers(options.scheduler) if options.scheduler else process_workers(options.workers)
            with (
                make as workers,
                contextlib.closing(
                    rebalance_all(book, workers, households=chosen, job=job, again=options.again)
                ) as stream,
            ):
                for progress in stream:
                    words = progress.outcome.status.value
                    console.note(f"{progress.done}/{progress.total}  {names[progress.outcome.household]}: {words}")
        fresh = f", {len(chosen) - count} were up to date" if count < len(chosen) else ""
        console.note(f"{counted(count, 'household')} in {time.perf_counter() - started:.1f} s{fresh}.")
        left = None if plan is None else write_plans(book, sorted(chosen), plan, options, console)
        summary = summarise(book, today())
        rows = [row for row in summary.rows if row.id in chosen]
    if json_name is not None:
        write_json(outcomes_json(summary, rows, job), json_name, console)
    if json_name != STDOUT:
        show_exceptions(summary, rows, job, console)
    if left is not None:
        show_left(left, console)
    return 1 if left is not None and left.refused else status_of(rows, job)


def _verify(options: argparse.Namespace, console: Console) -> int:
    from core.book import chain
    from core.book.copies import page_faults

    try:
        noted = bytes.fromhex(options.head) if options.head else None
    except ValueError:
        raise UsageError(f"--head {options.head}: 64 hex digits are expected") from None
    name = json_option(options, [options.book])
    with open_book(options, write=False) as book:
        faults = page_faults(book.database)
        found = chain.verify(book.database, noted)
    faults += found.faults
    if name is not None:
        document = {
            "schema": "trimtab/verification/1",
            "intact": not faults,
            "records": found.records,
            "bodies": found.bodies,
            "expired": found.erased,
            "head": found.head.hex(),
            "faults": faults,
        }
        write_json(document, name, console)
    if name != STDOUT:
        console.line(
            f"{counted(found.records, 'record')}, {found.bodies} with their content, {found.erased} past their time."
        )
        console.line(f"Newest hash: {found.head.hex()}")
        for fault in faults:
            console.paragraph(f"error  {fault}", hanging=7)
        console.line("Not intact: see above." if faults else "Intact: nothing was changed, every page is sound.")
    return 1 if faults else 0


def _backup(options: argparse.Namespace, console: Console) -> int:
    from core.book.copies import backup

    with open_book(options, write=False) as book:
        found = backup(book, options.goal)
    return _say_copied(options.goal, found, console)


def _restore(options: argparse.Namespace, console: Console) -> int:
    from core.book.copies import restore

    found = restore(options.saved, passphrase_of(options, options.saved), options.goal)
    return _say_copied(options.goal, found, console)


def _say_copied(goal: Path, found: Verification, console: Console) -> int:
    console.note(
        f"Wrote {goal}: every page checked, {counted(found.records, 'record')}, newest hash {found.head.hex()}"
    )
    for fault in found.faults:
        console.note(f"error: {fault}")
    return 1 if found.faults else 0


def _passphrase(options: argparse.Namespace, console: Console) -> int:
    from core.book.copies import change_key
    from core.book.keys import SystemKeyStore, new_key

    fresh = read_passphrase(options.new_passphrase_file)
    assert fresh is not None
    book = open_book(options, write=True)
    old = book.key
    key = new_key(fresh)
    change_key(book, key).close()
    store = SystemKeyStore()
    store.put(key.salt, key.secret)
    store.drop(old.salt)
    console.note(f"{options.book} opens with the new passphrase. Backups made before keep the old one.")
    return 0


def _expire(options: argparse.Namespace, console: Console) -> int:
    from core.book.proposals import expire

    with open_book(options, write=True) as book:
        if options.years is not None:
            book.set_retention_years(options.years)
        count = expire(book)
        console.note(
            f"{counted(count, 'record')} went; kept are {book.retention_years} years after the one a record is of."
        )
    return 0


BOOK = Command("book", "keep, review and rebalance many households in one encrypted file", _add_options, _run)
