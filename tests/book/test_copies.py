"""Backup, restore, save as and another passphrase: whole and checked, or not there."""

from pathlib import Path

import pytest

from core.book import chain, copies
from core.book.errors import BookError, Trouble
from core.book.keys import Key, random_key
from core.book.store import Book
from tests.book.practice import KEY, document, practice


def contents(book: Book) -> list[tuple[object, ...]]:
    names = [name for (name,) in book.database.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    return [(name, *book.database.rows(f"SELECT * FROM {name} ORDER BY 1, 2")) for name in names]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "b.trimtab"
    with practice(path, 2) as book:
        book.append_step(1, 1, document(5), "Import household")
        for n in range(3):
            chain.append(book.database, chain.RecordKind.IMPORT, "x", b"%d" % n, "2026-01-01")
    return path


def test_a_backup_of_an_open_book_holds_all_of_it(path: Path, tmp_path: Path):
    goal = tmp_path / "backup.trimtab"
    with Book.open_with(path, KEY) as book:
        book.add(document(7))  # in the write-ahead log alone
        found = copies.backup(book, goal)
        assert found.head == chain.head(book.database)
        before = contents(book)
    with Book.open_with(goal, KEY) as copy:
        assert contents(copy) == before
        triggers = "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'index')"
        with Book.open_with(path, KEY) as book:
            assert copy.database.row(triggers) == book.database.row(triggers)
        assert copy.writable


def test_a_backup_opens_where_only_reading_is_allowed(path: Path, tmp_path: Path):
    goal = tmp_path / "backup.trimtab"
    with Book.open_with(path, KEY) as book:
        copies.backup(book, goal)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    copies.check_file(goal, KEY)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_nothing_is_overwritten(path: Path, tmp_path: Path):
    goal = tmp_path / "there"
    goal.write_text("mine")
    with Book.open_with(path, KEY) as book, pytest.raises(BookError) as caught:
        copies.backup(book, goal)
    assert caught.value.trouble is Trouble.EXISTS
    with pytest.raises(BookError):
        copies.restore(path, KEY, goal)
    assert goal.read_text() == "mine"


def test_a_damaged_backup_is_not_restored(path: Path, tmp_path: Path):
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    with pytest.raises(BookError) as caught:
        copies.restore(path, KEY, tmp_path / "new.trimtab")
    assert caught.value.trouble is Trouble.DAMAGED
    assert [file.name for file in tmp_path.iterdir()] == ["b.trimtab"]


def test_a_copy_says_that_a_record_was_forged(path: Path, tmp_path: Path):
    with Book.open_with(path, KEY) as book:
        book.database.run("DROP TRIGGER record_stays")
        book.database.run("UPDATE record SET at = '2020' WHERE number = 2")
    assert copies.restore(path, KEY, tmp_path / "new.trimtab").faults == ("record 2 was changed",)


def test_a_wrong_key_restores_nothing(path: Path, tmp_path: Path):
    with pytest.raises(BookError) as caught:
        copies.restore(path, Key(bytes(32), KEY.salt), tmp_path / "new.trimtab")
    assert caught.value.trouble is Trouble.CANNOT_OPEN
    assert [file.name for file in tmp_path.iterdir()] == ["b.trimtab"]


def test_another_key_opens_the_same_book_and_the_old_one_no_more(path: Path, tmp_path: Path):
    fresh = random_key()
    book = Book.open_with(path, KEY)
    before = contents(book)
    with copies.change_key(book, fresh) as changed:
        assert changed.writable
        assert contents(changed) == before
    with pytest.raises(BookError) as caught:
        Book.open_with(path, KEY)
    assert caught.value.trouble is Trouble.CANNOT_OPEN
    Book.open_with(path, fresh).close()
    assert [file.name for file in tmp_path.iterdir()] == ["b.trimtab"]


def test_only_the_writer_changes_the_key(path: Path):
    with Book.open_with(path, KEY), Book.open_with(path, KEY) as second, pytest.raises(BookError) as caught:
        copies.change_key(second, random_key())
    assert caught.value.trouble is Trouble.LOCKED


def test_a_copied_file_is_a_book(path: Path, tmp_path: Path):
    other = tmp_path / "folder" / "copy of my book 100% #1 é.trimtab"
    other.parent.mkdir()
    other.write_bytes(path.read_bytes())
    with Book.open_with(path, KEY) as book, Book.open_with(other, KEY) as copy:
        assert copy.writable
        assert contents(copy) == contents(book)
        assert copy.uuid == book.uuid
