"""The chain of records: whatever is changed shows; what the law no longer asks for goes, and that shows too."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from core.book import chain, proposals
from core.book.chain import RecordKind
from core.book.errors import BookError
from core.book.intake import take_in
from core.book.store import Book
from core.classify.truth import Classifier
from core.edits import Document
from core.errors import InputError
from core.household import SourceFile
from core.rebalance.engine import Engine
from core.sample import sample_household, sample_target
from tests.book.practice import KEY

START = Document(sample_household(), target=sample_target())
TRIGGERS = ("record_stays", "record_stays_there", "body_stays", "body_stays_there", "erasure_stays")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock):
    with Book.create(tmp_path / "b.trimtab", KEY, clock=clock) as book:
        for n in range(1, 6):
            chain.append(book.database, RecordKind.IMPORT, "some household", f"body {n}".encode(), f"2026-0{n}-01")
        yield book


def forge(book: Book, sql: str, *values: object) -> None:
    """Change the tables as somebody with the key and a database program would."""
    for name in TRIGGERS:
        book.database.run(f"DROP TRIGGER IF EXISTS {name}")
    book.database.run("PRAGMA foreign_keys = OFF")
    book.database.run(sql, values)


def test_a_chain_as_it_was_made_is_intact(book: Book):
    found = chain.verify(book.database)
    assert found.intact
    assert (found.records, found.bodies, found.erased) == (5, 5, 0)
    assert found.head == chain.head(book.database)


def test_the_hash_is_what_the_documentation_says(book: Book):
    previous = bytes(32)
    for record in chain.records(book.database):
        body = hashlib.sha256(f"body {record.number}".encode()).hexdigest()
        line = json.dumps(
            [record.number, f"2026-0{record.number}-01", "import", "some household", body, previous.hex()]
        )
        previous = hashlib.sha256(b"trimtab/record/1\n" + line.encode()).digest()
        assert record.hash == previous


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE record SET at = '2020-01-01' WHERE number = 3",
        "UPDATE record SET household = 'another' WHERE number = 3",
        "UPDATE record SET kind = 'proposal' WHERE number = 3",
        "UPDATE record SET body_sha256 = zeroblob(32) WHERE number = 3",
        "UPDATE record SET hash = zeroblob(32) WHERE number = 3",
        "UPDATE record_body SET body = (SELECT body FROM record_body WHERE number = 2) WHERE number = 3",
        "UPDATE record_body SET body = x'00' WHERE number = 3",
        "DELETE FROM record WHERE number = 3",
        "DELETE FROM record WHERE number = 1",
        "DELETE FROM record_body WHERE number = 3",
        "INSERT INTO erasure VALUES (3, 4)",
        "UPDATE record SET number = 9 WHERE number = 3",
    ],
)
def test_any_change_shows(book: Book, change: str):
    forge(book, change)
    assert not chain.verify(book.database).intact


def test_records_cut_off_at_the_end_show_against_a_noted_hash(book: Book):
    noted = chain.head(book.database)
    assert chain.verify(book.database, noted).intact
    forge(book, "DELETE FROM record_body WHERE number = 5")
    forge(book, "DELETE FROM record WHERE number = 5")
    assert chain.verify(book.database).intact  # nothing inside tells
    assert "the hash you noted is not in this chain" in chain.verify(book.database, noted).faults[0]


def test_an_older_noted_hash_is_still_in_the_chain(book: Book):
    noted = chain.head(book.database)
    chain.append(book.database, RecordKind.IMPORT, "", b"more", "2026-09-01")
    assert chain.verify(book.database, noted).intact


@pytest.mark.parametrize("change", ["UPDATE record SET at = ''", "DELETE FROM record", "DELETE FROM record_body"])
def test_the_program_itself_cannot_change_a_record(book: Book, change: str):
    from sqlcipher3 import dbapi2

    with pytest.raises(dbapi2.IntegrityError, match="records are"):
        book.database.run(change)


def kept(book: Book) -> int:
    exposures = Classifier().classify_household(START.household)
    proposal = Engine(START.household, exposures).final(START.target)
    entry = book.add(START)
    files = [("trades.xlsx", "ab" * 32)]
    record = proposals.keep_proposal(
        book, entry.uuid, START, exposures, proposal, reason="client agreed", exported=files
    )
    again = proposals.kept_proposal(book, record.number)
    assert (again.document, again.proposal, dict(again.exposures)) == (START, proposal, exposures)
    assert (again.reason, again.exported) == ("client agreed", (("trades.xlsx", "ab" * 32),))
    return record.number


def test_a_kept_proposal_can_be_made_again(book: Book):
    again = proposals.kept_proposal(book, kept(book))
    assert proposals.reproduces(again)
    other = attrs.evolve(again.document.target, trading=attrs.evolve(again.document.target.trading, eagerness=0.5))
    assert not proposals.reproduces(attrs.evolve(again, document=attrs.evolve(again.document, target=other)))


def test_an_approval_is_bound_to_its_proposal(book: Book):
    number = kept(book)
    proposals.approve(book, number, " A. Adviser ", "seen")
    (approval,) = proposals.approvals(book, book.households()[0].uuid)
    assert (approval.proposal, approval.by, approval.note) == (number, "A. Adviser", "seen")
    assert bytes.fromhex(approval.proposal_hash) == list(chain.records(book.database))[number - 1].hash
    for wrong in (1, 99):
        with pytest.raises(BookError, match="not a proposal"):
            proposals.approve(book, wrong, "A. Adviser")
    with pytest.raises(BookError, match="needs a name"):
        proposals.approve(book, number, " ")


def test_bodies_go_after_five_full_years_and_the_chain_stays(book: Book, clock: Clock):
    assert proposals.expire(book) == 0
    clock.now = datetime(2031, 12, 31, tzinfo=UTC)
    assert proposals.expire(book) == 0
    clock.now = datetime(2032, 1, 1, tzinfo=UTC)
    noted = chain.head(book.database)
    assert proposals.expire(book) == 5
    found = chain.verify(book.database, noted)
    assert found.intact
    assert (found.records, found.bodies, found.erased) == (6, 1, 5)
    assert proposals.expire(book) == 0
    with pytest.raises(BookError, match="went after its time"):
        chain.body_of(book.database, 3)


def test_a_longer_time_is_kept(book: Book, clock: Clock):
    book.set_retention_years(7)
    clock.now = datetime(2032, 6, 1, tzinfo=UTC)
    assert proposals.expire(book) == 0
    with pytest.raises(BookError):
        book.set_retention_years(0)


def source(path: Path) -> SourceFile:
    return SourceFile(str(path), hashlib.sha256(path.read_bytes()).hexdigest(), "generic", None, 2, 2)


def test_an_imported_file_comes_back_as_it_was(book: Book, tmp_path: Path):
    path = tmp_path / "Pósitions.csv"
    path.write_bytes(b"Symbol,Quantity\r\n\xffVTI,1\r\n\x00")
    household = attrs.evolve(START.household, files=(source(path),))
    entry = take_in(book, Document(household))
    (record,) = chain.records(book.database, entry.uuid, RecordKind.IMPORT)
    again = proposals.kept_file(book, record.number)
    assert (again.name, again.content, again.source) == ("Pósitions.csv", path.read_bytes(), source(path))
    take_in(book, Document(household), update=True)  # the same file again is no new record
    assert len(list(chain.records(book.database, entry.uuid))) == 1


def test_a_file_that_changed_since_is_not_kept_as_if_it_had_not(book: Book, tmp_path: Path):
    path = tmp_path / "positions.csv"
    path.write_text("one")
    household = attrs.evolve(START.household, files=(source(path),))
    path.write_text("two")
    with pytest.raises(InputError, match="was changed since"):
        take_in(book, Document(household))
    path.unlink()
    with pytest.raises(InputError, match="cannot be read again"):
        take_in(book, Document(household))
    assert book.households() == []


def test_new_holdings_keep_target_and_kinds_and_can_be_undone(book: Book):
    entry = take_in(book, START)
    with pytest.raises(BookError, match="already"):
        take_in(book, START)
    lots = START.household.lots[:-1]
    newer = attrs.evolve(START.household, lots=lots, files=())
    assert take_in(book, Document(newer), update=True) == entry
    after = book.document(entry.id)
    assert (after.household.lots, after.target) == (lots, START.target)
    assert [step.text for step in book.steps(entry.id)[1]] == ["", "Import household"]
