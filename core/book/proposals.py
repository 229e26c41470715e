"""Imported files and proposals, kept as they were for as long as the law wants them, each a link of the chain.

A proposal is kept with everything it was made from, so that it can be made again: household with prices, the
adviser's classifications, exposures, target, program version. 17 CFR 275.204-2(e)(1) asks an adviser to keep such
records five years from the end of the year of the last entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from core import __version__
from core.book import chain
from core.book.chain import Record, RecordKind
from core.book.codec import PARTS, converter, document_of, part_bytes, same_but_time, unpacked
from core.book.errors import BookError, Trouble
from core.book.store import Book
from core.classify.exposure import Exposure
from core.edits import Document
from core.household import SourceFile
from core.rebalance.proposal import Proposal

SCHEMA = "trimtab/proposal-record/1"
_LENGTH_BYTES = 4


@attrs.frozen
class KeptFile:
    """An imported file as it was: name, what was made of it, and its bytes."""

    name: str
    source: SourceFile
    content: bytes


@attrs.frozen
class KeptProposal:
    """A proposal with all it was made from. ``reason`` is the adviser's, for overrides and the plan itself."""

    document: Document
    exposures: Mapping[str, Exposure]
    proposal: Proposal
    program: str
    reason: str = ""
    exported: tuple[tuple[str, str], ...] = ()  # name and SHA-256 of each file that left with it


@attrs.frozen
class Approval:
    """Who said yes to which proposal, when, with which words."""

    proposal: int
    proposal_hash: str
    by: str
    note: str = ""


def keep_import(book: Book, household: str, source: SourceFile, content: bytes) -> Record:
    """Keep an imported file; the same file of the same household is kept once."""
    name = Path(source.path).name
    header = json.dumps({"name": name, "source": converter().unstructure(source)}, ensure_ascii=False).encode()
    body = len(header).to_bytes(_LENGTH_BYTES, "big") + header + content
    digest = chain.sha256_of(body)
    for record in chain.records(book.database, household, RecordKind.IMPORT):
        if record.body_sha256 == digest:
            return record
    return chain.append(book.database, RecordKind.IMPORT, household, body, chain.timestamp(book.clock()))


def kept_file(book: Book, number: int) -> KeptFile:
    """An imported file as it was."""
    body = chain.body_of(book.database, number)
    end = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "big")
    header = json.loads(body[_LENGTH_BYTES:end])
    return KeptFile(header["name"], converter().structure(header["source"], SourceFile), body[end:])


def keep_proposal(
    book: Book,
    household: str,
    document: Document,
    exposures: Mapping[str, Exposure],
    proposal: Proposal,
    *,
    reason: str = "",
    exported: Sequence[tuple[str, str]] = (),
) -> Record:
    """Keep a proposal for good, with everything needed to make it again."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "program": __version__,
        "document": {kind: json.loads(part_bytes(document, kind)) for kind in PARTS},
        "exposures": converter().unstructure(dict(exposures), Mapping[str, Exposure]),
        "proposal": converter().unstructure(proposal),
        "reason": reason,
        "exported": [list(file) for file in exported],
    }
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return chain.append(book.database, RecordKind.PROPOSAL, household, body, chain.timestamp(book.clock()))


def kept_proposal(book: Book, number: int) -> KeptProposal:
    """A proposal as it was kept. Raises BookError where the record is none."""
    content = json.loads(chain.body_of(book.database, number))
    if content.get("schema") != SCHEMA:
        raise BookError(Trouble.NO_SUCH, f"Record {number} is not a proposal that this version of Trimtab knows.")
    document = document_of({kind: json.dumps(part).encode() for kind, part in content["document"].items()})
    return KeptProposal(
        document,
        converter().structure(content["exposures"], Mapping[str, Exposure]),  # type: ignore[type-abstract]
        converter().structure(content["proposal"], Proposal),
        content["program"],
        content["reason"],
        tuple((name, digest) for name, digest in content["exported"]),
    )


def reproduces(kept: KeptProposal) -> bool:
    """Whether this program makes the same proposal again from what was kept with it."""
    from core.rebalance.engine import Engine

    made = Engine(kept.document.household, kept.exposures).final(kept.document.target)
    return same_but_time(attrs.evolve(kept.proposal, findings=()), attrs.evolve(made, findings=()))


def approve(book: Book, number: int, by: str, note: str = "") -> Record:
    """Say who approved a proposal; a link of the chain of its own, bound to the proposal's hash."""
    if not by.strip():
        raise BookError(Trouble.NO_SUCH, "An approval needs a name.")
    row = book.database.row("SELECT household, hash FROM record WHERE number = ? AND kind = 'proposal'", (number,))
    if row is None:
        raise BookError(Trouble.NO_SUCH, f"Record {number} is not a proposal.")
    body = json.dumps(converter().unstructure(Approval(number, row[1].hex(), by.strip(), note)), ensure_ascii=False)
    return chain.append(book.database, RecordKind.APPROVAL, row[0], body.encode(), chain.timestamp(book.clock()))


def approvals(book: Book, household: str) -> Iterator[Approval]:
    """Approvals of a household's proposals, oldest first."""
    for record in chain.records(book.database, household, RecordKind.APPROVAL):
        yield converter().structure(json.loads(chain.body_of(book.database, record.number)), Approval)


def expire(book: Book) -> int:
    """Let the bodies go whose time is over; the chain keeps their hashes, and a record says what went.

    Kept are ``retention_years`` full calendar years after the one a record was made in. Returns how many went.
    """
    year = book.clock().year - book.retention_years
    rows = book.database.rows(
        "SELECT r.number, r.at FROM record r JOIN record_body b USING (number) WHERE r.kind != 'retention' "
        "ORDER BY r.number"
    )
    over = [number for number, at in rows if datetime.fromisoformat(at).year < year]
    if not over:
        return 0
    body = json.dumps({"erased": over, "years": book.retention_years}).encode()
    with book.database.transaction():
        record = chain.append(book.database, RecordKind.RETENTION, "", body, chain.timestamp(book.clock()))
        for number in over:
            book.database.run("INSERT INTO erasure VALUES (?, ?)", (number, record.number))
            book.database.run("DELETE FROM record_body WHERE number = ?", (number,))
    return len(over)


def planned(book: Book, household: int) -> tuple[Document, Proposal] | None:
    """The newest plan of a household's present document, with that document; None where there is none."""
    row = book.database.row(
        "SELECT state, body FROM outcome WHERE household = ? AND job = 'plan' AND status = 'done'", (household,)
    )
    if row is None or row[1] is None or row[0] != book.state(household):
        return None
    document = book.document(household)
    proposal = converter().structure(json.loads(unpacked(row[1])), Proposal)
    return document, attrs.evolve(proposal, household=document.household.name)
