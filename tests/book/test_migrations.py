"""Books that earlier versions wrote: one real file for each version of the schema, made by the program of its time."""

import shutil
from pathlib import Path

import pytest

from core.book import chain, copies
from core.book.errors import BookError, Trouble
from core.book.figures import figures_of
from core.book.keys import Key
from core.book.migrations import STEPS, VERSION, version_of
from core.book.store import Book
from core.edits import Document
from core.household import AccountKind
from core.sample import sample_household, sample_target
from core.tilt.box import box_with_pins

FOLDER = Path(__file__).parent / "fixtures"
KEY = Key(bytes(range(32)), bytes([1]) + bytes(range(100, 115)))
OLD = sorted(FOLDER.glob("book-v*.trimtab"))


def test_there_is_a_file_of_every_earlier_version():
    assert [path.stem for path in OLD] == [f"book-v{n}" for n in range(1, VERSION)]
    assert len(STEPS) == VERSION


@pytest.mark.parametrize("original", OLD, ids=lambda path: path.stem)
def test_an_old_book_opens_with_everything_in_it(original: Path, tmp_path: Path):
    path = tmp_path / "book.trimtab"
    shutil.copy(original, path)
    with Book.open_with(path, KEY) as book:
        assert version_of(book.database) == VERSION
        first, second = book.households()
        assert (first.name, second.name) == ("Rivera-Holt household", "Second household")
        position, steps = book.steps(first.id)
        assert (position, [step.text for step in steps]) == (1, ["", "Move tilt", "Change account kind"])
        document = book.document(first.id)
        assert document.target.style.box == box_with_pins(-0.3, 0.4, {2: 0.25}).box
        assert document.pins == {2: 0.25}
        assert [step.number for step in steps] == [0, 1, 2]
        found = chain.verify(book.database)
        assert found.intact
        assert found.records == 1
        assert chain.body_of(book.database, 1) == b'{"name":"positions.csv"}'
        rows = book.database.rows("SELECT household, value, lots FROM figures ORDER BY 1")
        figures = figures_of(document)
        assert rows[0] == (first.id, str(figures.value), figures.lots)
        assert len(rows) == 2
        assert copies.page_faults(book.database) == []
        # and it is worked on as any other
        from core.book.codec import document_of

        redone = document_of(book.parts(first.id, 2))
        assert redone.household.accounts[0].kind is AccountKind.ROTH
        book.move(first.id, 2, redone)
        book.add(Document(sample_household(), target=sample_target()))


@pytest.mark.parametrize("original", OLD, ids=lambda path: path.stem)
def test_an_old_book_that_may_not_be_written_stays_old(original: Path, tmp_path: Path):
    path = tmp_path / "book.trimtab"
    shutil.copy(original, path)
    before = path.read_bytes()
    with pytest.raises(BookError, match="older version") as caught:
        Book.open_with(path, KEY, read_only=True)
    assert caught.value.trouble is Trouble.READ_ONLY
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_the_old_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "book.trimtab"
    shutil.copy(OLD[0], path)

    def fail(database: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("core.book.migrations.STEPS", (*STEPS[:1], STEPS[1], fail))
    monkeypatch.setattr("core.book.migrations.VERSION", 3)
    with pytest.raises(RuntimeError):
        Book.open_with(path, KEY)
    monkeypatch.undo()
    with Book.open_with(path, KEY) as book:
        assert version_of(book.database) == VERSION
        assert len(book.households()) == 2
