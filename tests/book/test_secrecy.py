"""Nothing of a client is readable: in the book, its log, its temporary files, its copies, or in messages."""

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from core.book import chain, copies, proposals
from core.book.batch import rebalance_all
from core.book.codec import part_bytes, part_value
from core.book.errors import BookError
from core.book.session import BookSession
from core.book.store import Book
from core.classify.truth import Classifier
from core.edits import Document, SetPoint
from core.rebalance.engine import Engine
from core.sample import sample_household, sample_target
from tests.book.practice import KEY

START = Document(sample_household(), target=sample_target())
ROOT = Path(__file__).resolve().parents[2]


def secrets_of(document: Document) -> set[bytes]:
    """Names, symbols and amounts of a household that must stand nowhere; those too short to mean anything left out."""
    household = document.household
    words = {household.name, *(a.name for a in household.accounts), *(a.id for a in household.accounts)}
    words |= {s.name for s in household.securities} | {s.id for s in household.securities if len(s.id) > 3}
    words |= {str(lot.market_value) for lot in household.lots if lot.market_value > 1000}
    words |= {str(lot.cost_basis) for lot in household.lots if lot.cost_basis and lot.cost_basis > 1000}
    return {form for word in words if len(word) > 3 for form in (word.encode(), word.encode("utf-16-le"))}


def readable(folder: Path, words: set[bytes]) -> list[tuple[str, bytes]]:
    """Which of the words stand in which files."""
    pattern = re.compile(b"|".join(map(re.escape, sorted(words))), re.IGNORECASE)
    return [
        (file.name, found.group())
        for file in folder.rglob("*")
        if file.is_file() and (found := pattern.search(file.read_bytes()))
    ]


def test_the_search_finds_what_is_there(tmp_path: Path):
    (tmp_path / "x").write_text(f"... {START.household.name} ...")
    assert readable(tmp_path, secrets_of(START))
    assert len(secrets_of(START)) > 300


def test_no_file_of_a_book_tells_anything(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in ("TMPDIR", "TMP", "TEMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(temporary))
    words = secrets_of(START) | {b"CREATE TABLE", b"SQLite format 3"}
    seen: set[str] = set()

    def look() -> None:
        seen.update(file.name for file in tmp_path.rglob("*"))
        assert readable(tmp_path, words) == []

    with caplog.at_level(logging.DEBUG), Book.create(tmp_path / "b.trimtab", KEY) as book:
        entry = book.add(START)
        look()
        session = BookSession(book, entry.id)
        document = START
        for n in range(12):
            document = SetPoint(n / 20, 0.3).apply(document)[0]
            session.append_edit(document, "Move tilt")
            session.flush()
            look()
        exposures = Classifier().classify_household(document.household)
        proposal = Engine(document.household, exposures).final(document.target)
        proposals.keep_proposal(book, entry.uuid, document, exposures, proposal)
        look()
        copies.backup(book, tmp_path / "copy.trimtab")
        book.remove(book.add(attrs.evolve(START, household=attrs.evolve(START.household, name="Gone Again"))).id)
        look()
        session.close()
    look()
    assert {"b.trimtab", "b.trimtab-wal", "b.trimtab-shm", "copy.trimtab"} <= seen
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


def test_a_killed_program_leaves_nothing_readable(tmp_path: Path):
    code = """
import os, sys
from pathlib import Path
from core.book import copies
from core.book.store import Book
from core.edits import SetPoint
from tests.book.practice import KEY
from tests.book.test_secrecy import START
path = Path(sys.argv[1])
book = Book.create(path, KEY)
entry = book.add(START)
for n in range(1, 6):
    book.append_step(entry.id, n, SetPoint(n / 10, 0.1).apply(START)[0], "Move tilt")
copies._export(path, KEY, path.with_name("half.part"), KEY) if (path.with_name("half.part").touch(), 1)[1] else None
os.kill(os.getpid(), 9)
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path), "SQLITE_TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "b.trimtab"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    names = {file.name for file in tmp_path.iterdir()}
    assert {"b.trimtab", "b.trimtab-wal", "half.part"} <= names
    assert readable(tmp_path, secrets_of(START) | {b"CREATE TABLE"}) == []


def test_what_goes_to_workers_names_nobody(tmp_path: Path):
    """A cluster's machines see holdings and account ids, but no names of clients, accounts, files."""
    from concurrent.futures import Executor, Future

    sent: list[bytes] = []

    class Spy(Executor):
        _max_workers = 1

        def submit(self, work, task):  # type: ignore[no-untyped-def,override]
            from core.book.codec import unpacked

            sent.extend(unpacked(part) for part in task.parts.values())
            future: Future = Future()
            future.set_result(work(task))
            return future

    with Book.create(tmp_path / "b.trimtab", KEY) as book:
        book.add(START)
        outcomes = [progress.outcome for progress in rebalance_all(book, Spy())]
        planned = proposals.planned(book, 1)
    assert len(outcomes) == 1
    assert planned is not None
    assert planned[1].household == START.household.name
    everything = b"".join(sent)
    names = [START.household.name, *(account.name for account in START.household.accounts)]
    assert [name for name in names if name.encode() in everything] == []
    assert START.household.accounts[0].id.encode() in everything


def test_a_part_that_cannot_be_read_is_not_quoted(tmp_path: Path):
    """Neither in the words nor in the traceback that a crash report would show."""
    import json
    import traceback

    content = json.loads(part_bytes(START, "household"))
    content["lots"] = {"wrong": content["lots"]}
    with pytest.raises(BookError) as caught:
        part_value("household", json.dumps(content).encode())
    shown = "".join(traceback.format_exception(caught.value)).encode()
    assert not [word for word in secrets_of(START) if word in shown]


def test_messages_name_the_file_and_nothing_in_it(tmp_path: Path):
    path = tmp_path / "b.trimtab"
    with Book.create(path, KEY) as book:
        book.add(START)
        chain.append(book.database, chain.RecordKind.IMPORT, "", START.household.name.encode(), "2026")
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start + 50] ^= 1
    path.write_bytes(content)
    try:
        with Book.open_with(path, KEY) as book:
            book.document(1)
    except Exception as error:  # whatever it is, it must not tell
        text = f"{error} {error.__cause__} {error!r}"
        assert not [word for word in secrets_of(START) if word in text.encode()]
    else:
        pytest.fail("the damage was not seen")
