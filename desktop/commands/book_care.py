"""``trimtab book rename``, ``remove``, ``records`` and ``record``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.errors import InputError
from desktop.commands.base import STDOUT, add_json, json_option, write_json
from desktop.commands.book_options import add_book, open_book
from desktop.console import Column, Console


def add_rename(parser: argparse.ArgumentParser) -> None:
    """Options of ``rename``."""
    add_book(parser)
    parser.add_argument("name", metavar="NAME", help="what the household is called")
    parser.add_argument("new", metavar="NEW", help="what it is called from now on")


def rename(options: argparse.Namespace, console: Console) -> int:
    """Give a household another name."""
    from core.book import care
    from core.book.intake import known

    with open_book(options, write=True) as book:
        entry = care.rename(book, known(book, options.name).id, options.new)
        console.note(f"{options.name} is now called {entry.name}.")
    return 0


def add_remove(parser: argparse.ArgumentParser) -> None:
    """Options of ``remove``."""
    add_book(parser)
    parser.add_argument("names", metavar="NAME", nargs="+", help="what the household is called")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def remove(options: argparse.Namespace, console: Console) -> int:
    """Take households out; their records stay for their time."""
    from core.book import care
    from core.book.intake import known

    with open_book(options, write=True) as book:
        chosen = [known(book, name) for name in dict.fromkeys(options.names)]
        ids = [entry.id for entry in chosen]
        kept = care.kept_records(book, ids)
        words = (
            f"{', '.join(entry.name for entry in chosen)}: holdings, target and every step go and cannot be brought "
            f"back except from a backup. {kept} record{'' if kept == 1 else 's'} (imported files, plans that left) "
            f"stay, as the law asks, until {book.retention_years} years after the one they are of."
        )
        console.note(words)
        if not options.yes and not _sure():
            raise InputError("nothing was taken out. To do it without being asked: --yes")
        care.remove_all(book, ids)
        console.note(f"{len(ids)} household{'' if len(ids) == 1 else 's'} taken out.")
    return 0


def _sure() -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("Take out? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def add_records(parser: argparse.ArgumentParser) -> None:
    """Options of ``records``."""
    add_book(parser)
    parser.add_argument("--household", metavar="NAME", help="only those of one household")
    add_json(parser)


def records(options: argparse.Namespace, console: Console) -> int:
    """List what is kept."""
    from core.book.intake import known
    from core.book.records import lines

    name = json_option(options, [options.book])
    with open_book(options, write=False) as book:
        found = lines(book, known(book, options.household).uuid if options.household else None)
    if name is not None:
        plain = [
            {
                "number": line.record.number,
                "at": line.record.at,
                "kind": line.record.kind.value,
                "household": line.name or None,
                "household_id": line.record.household,
                "holds": line.words,
                "hash": line.record.hash.hex(),
            }
            for line in found
        ]
        write_json({"schema": "trimtab/records/1", "records": plain}, name, console)
    if name != STDOUT:
        columns = (
            Column("No.", True),
            Column("Day"),
            Column("Kind"),
            Column("Household", elastic=True),
            Column("Holds", elastic=True),
        )
        rows = [(str(x.record.number), x.record.at[:10], x.record.kind.value, x.name or "–", x.words) for x in found]
        console.table(columns, rows)
        console.line(f"{len(found)} record{'' if len(found) == 1 else 's'}.")
    return 0


def add_record(parser: argparse.ArgumentParser) -> None:
    """Options of ``record``."""
    add_book(parser)
    parser.add_argument("number", metavar="NUMBER", type=int, help="its number (see: trimtab book records)")
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="write what it holds: an imported file as it was, a plan as .xlsx or .json; nothing is overwritten",
    )
    parser.add_argument("--again", action="store_true", help="make the plan again from what was kept, and compare")


def record(options: argparse.Namespace, console: Console) -> int:
    """Show one record, take its content out, make its plan again."""
    from core.book.records import made_again, record_of, words_of, write_record

    with open_book(options, write=False) as book:
        found = record_of(book, options.number)
        console.line(f"Record {found.number}, {found.kind.value}, {found.at}")
        console.line(words_of(book, found))
        console.line(f"Hash: {found.hash.hex()}")
        if options.out is not None:
            write_record(book, found, options.out)
            console.note(f"Wrote {options.out}")
        if options.again:
            console.line(made_again(book, found))
    return 0
