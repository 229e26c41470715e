"""What a book keeps by law, to be looked at and taken out again: imported files as they were, plans that left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from core.atomic_file import write_atomically
from core.book import chain
from core.book.chain import Record, RecordKind
from core.book.errors import BookError, Trouble
from core.book.proposals import KeptProposal, kept_file, kept_proposal
from core.book.store import Book
from core.errors import InputError, UsageError

#: What a record that is past its time says of itself.
GONE = "past its time; its hash stays"


@attrs.frozen
class Line:
    """One record in words. ``name`` is the household's now, "" where it was taken out or the record is of the book."""

    record: Record
    name: str
    words: str


def lines(book: Book, household: str | None = None) -> list[Line]:
    """Records of a household (its uuid), or of the whole book, oldest first. Bodies are read: for a household quick."""
    names = {entry.uuid: entry.name for entry in book.households()}
    return [
        Line(record, names.get(record.household, ""), words_of(book, record))
        for record in chain.records(book.database, household)
    ]


def words_of(book: Book, record: Record) -> str:
    """What a record holds, in a few words."""
    try:
        body = chain.body_of(book.database, record.number)
    except BookError as error:
        if error.trouble is not Trouble.NO_SUCH:
            raise
        return GONE
    if record.kind is RecordKind.IMPORT:
        file = kept_file(book, record.number)
        return f"{file.name}, {len(file.content):,} bytes"
    content: Mapping[str, Any] = json.loads(body)
    if record.kind is RecordKind.APPROVAL:
        note = f": {content['note']}" if content["note"] else ""
        return f"record {content['proposal']} approved by {content['by']}{note}"
    if record.kind is RecordKind.RETENTION:
        count = len(content["erased"])
        return f"{count} record{'' if count == 1 else 's'} past {content['years']} years let go"
    trades = len(content["proposal"]["trades"])
    files = ", ".join(name for name, _ in content["exported"])
    words = [f"{trades} trade{'' if trades == 1 else 's'}", files, content["reason"]]
    return "; ".join(word for word in words if word)


def record_of(book: Book, number: int) -> Record:
    """A record by its number. Raises BookError where there is none."""
    for record in chain.records(book.database):
        if record.number == number:
            return record
    raise BookError(Trouble.NO_SUCH, f"{book.path} has no record {number}. See: trimtab book records")


def suffix_of(book: Book, record: Record) -> str:
    """How the name of a file with the record's content ends."""
    if record.kind is RecordKind.PROPOSAL:
        return ".xlsx"
    return Path(kept_file(book, record.number).name).suffix if record.kind is RecordKind.IMPORT else ".json"


def write_record(book: Book, record: Record, path: Path) -> None:
    """Write what a record holds; nothing is overwritten.

    An imported file as it was, to the byte. A proposal as a workbook (.xlsx, from the figures that were kept) or as a
    document (.json). Others as JSON. Raises BookError where its body went after its time, UsageError for another
    ending, InputError where the file can't be written.
    """
    if record.kind is not RecordKind.PROPOSAL:
        body = chain.body_of(book.database, record.number)
        content = kept_file(book, record.number).content if record.kind is RecordKind.IMPORT else body
        write_atomically(path, content, overwrite=False)
        return
    if path.suffix.lower() not in (".xlsx", ".json"):
        raise UsageError(f"{path}: a plan is written as a workbook (.xlsx) or a document (.json)")
    write_atomically(path, _plan_bytes(kept_proposal(book, record.number), path.suffix.lower()), overwrite=False)


def _plan_bytes(kept: KeptProposal, suffix: str) -> bytes:
    if suffix == ".json":
        from core.rebalance.proposal_json import proposal_json

        text = json.dumps(proposal_json(kept.proposal), indent=2, ensure_ascii=True, allow_nan=False)
        return f"{text}\n".encode("ascii")
    from core.export.workbook import workbook_bytes

    return workbook_bytes(kept.proposal, kept.document.household, kept.exposures, kept.document.target)


def made_again(book: Book, record: Record) -> str:
    """Make a kept plan again from what was kept with it, and say how that went. Raises InputError for other kinds."""
    from core import __version__
    from core.book.proposals import reproduces

    if record.kind is not RecordKind.PROPOSAL:
        raise InputError(f"Record {record.number} is no plan.")
    kept = kept_proposal(book, record.number)
    if reproduces(kept):
        return f"Made again by Trimtab {__version__}: the same plan to the last cent."
    return (
        f"Trimtab {__version__} makes another plan from the same input; the one that was kept is of Trimtab "
        f"{kept.program}, which makes it again."
    )
