"""The chain of records: each carries the hash of the one before, so that a later change shows.

    hash = SHA-256("trimtab/record/1" newline JSON [number, at, kind, household, SHA-256 of the body, hash before])

The chain proves that nothing *before* a hash you noted elsewhere was changed. Whoever holds the key can write a whole
new chain; so note the newest hash now and then (each export prints it) and give it to ``verify``.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum

import attrs

from core.book.codec import packed, unpacked
from core.book.connection import Database
from core.book.errors import BookError, Trouble

#: What the first record carries as the hash before it.
START = bytes(32)


class RecordKind(StrEnum):
    """What a record holds."""

    IMPORT = "import"
    PROPOSAL = "proposal"
    APPROVAL = "approval"
    RETENTION = "retention"


@attrs.frozen
class Record:
    """One record without its body. ``household`` is the uuid, "" for the whole book; ``at`` ISO, UTC."""

    number: int
    at: str
    kind: RecordKind
    household: str
    body_sha256: bytes
    previous: bytes
    hash: bytes


@attrs.frozen
class Verification:
    """What a look at the whole chain found. ``faults`` is empty where all is well."""

    records: int
    bodies: int
    erased: int
    head: bytes
    faults: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing was changed."""
        return not self.faults


def record_hash(number: int, at: str, kind: str, household: str, body_sha256: bytes, previous: bytes) -> bytes:
    """The hash of a record."""
    text = json.dumps([number, at, kind, household, body_sha256.hex(), previous.hex()], ensure_ascii=True)
    return hashlib.sha256(b"trimtab/record/1\n" + text.encode("ascii")).digest()


def sha256_of(body: bytes) -> bytes:
    """The hash of a body."""
    return hashlib.sha256(body).digest()


def timestamp(moment: datetime) -> str:
    """A moment as records carry it: UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def append(database: Database, kind: RecordKind, household: str, body: bytes, at: str) -> Record:
    """Put a record at the end of the chain."""
    with database.transaction():
        last = database.row("SELECT number, hash FROM record ORDER BY number DESC LIMIT 1")
        number, previous = (last[0] + 1, last[1]) if last else (1, START)
        body_sha256 = hashlib.sha256(body).digest()
        record = Record(
            number,
            at,
            kind,
            household,
            body_sha256,
            previous,
            record_hash(number, at, kind.value, household, body_sha256, previous),
        )
        database.run(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, at, kind.value, household, body_sha256, previous, record.hash),
        )
        database.run("INSERT INTO record_body VALUES (?, ?)", (number, packed(body)))
    return record


def records(database: Database, household: str | None = None, kind: RecordKind | None = None) -> Iterator[Record]:
    """Records in order, of one household or kind where given."""
    where = ["1"]
    values: list[str] = []
    if household is not None:
        where.append("household = ?")
        values.append(household)
    if kind is not None:
        where.append("kind = ?")
        values.append(kind.value)
    columns = "number, at, kind, household, body_sha256, previous, hash"
    query = f"SELECT {columns} FROM record WHERE {' AND '.join(where)} ORDER BY number"  # noqa: S608 - our own words
    for number, at, name, uuid, body_sha256, previous, digest in database.stream(query, values):
        yield Record(number, at, RecordKind(name), uuid, body_sha256, previous, digest)


def body_of(database: Database, number: int) -> bytes:
    """A record's body. Raises BookError where its time is over and it is gone, or where it never was."""
    row = database.row("SELECT body FROM record_body WHERE number = ?", (number,))
    if row is None:
        raise BookError(Trouble.NO_SUCH, f"Record {number} is not in the book, or its body went after its time.")
    return unpacked(row[0])


def head(database: Database) -> bytes:
    """The hash of the newest record; START for an empty chain."""
    row = database.row("SELECT hash FROM record ORDER BY number DESC LIMIT 1")
    return bytes(row[0]) if row else START


def verify(database: Database, noted: bytes | None = None) -> Verification:
    """Follow the whole chain and look at each body. ``noted`` is a hash noted earlier, which must be in the chain."""
    faults: list[str] = []
    erased_by = dict(database.rows("SELECT number, erased_by FROM erasure"))
    named_by_retention: set[int] = set()
    count = bodies = 0
    last, previous, met = 0, START, noted in (None, START)
    query = (
        "SELECT r.number, r.at, r.kind, r.household, r.body_sha256, r.previous, r.hash, b.body "
        "FROM record r LEFT JOIN record_body b USING (number) ORDER BY r.number"
    )
    for number, at, kind, household, body_sha256, before, digest, packed_body in database.stream(query):
        count += 1
        if number != last + 1:
            faults.append(f"record {last + 1} is missing")
        if before != previous:
            faults.append(f"record {number} does not follow the one before it")
        if record_hash(number, at, kind, household, body_sha256, before) != digest:
            faults.append(f"record {number} was changed")
        if packed_body is None:
            if number not in erased_by:
                faults.append(f"the body of record {number} is missing")
        else:
            bodies += 1
            body = _body_or_none(packed_body)
            if body is None or hashlib.sha256(body).digest() != body_sha256:
                faults.append(f"the body of record {number} was changed")
            elif kind == RecordKind.RETENTION:
                named_by_retention.update(json.loads(body)["erased"])
        last, previous, met = number, digest, met or digest == noted
    faults += [
        f"the body of record {number} went without a record of it"
        for number in sorted(set(erased_by) - named_by_retention)
    ]
    if not met:
        faults.append(
            "the hash you noted is not in this chain: records were changed or removed since, or it is of another book"
        )
    return Verification(count, bodies, len(erased_by), previous, tuple(faults))


def _body_or_none(packed_body: bytes) -> bytes | None:
    try:
        return unpacked(packed_body)
    except (zlib.error, BookError):
        return None
