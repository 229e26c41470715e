"""What an adviser is told when the file, the disk or the system refuse; and that nothing is lost by it."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.book import copies
from core.book.errors import BookError, Trouble, from_database, from_system
from core.book.session import BookSession, Saving
from core.book.store import Book
from core.edits import Document, SetPoint
from core.sample import sample_household, sample_target
from tests.book.practice import KEY, practice

START = Document(sample_household(), target=sample_target())
PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "b.trimtab"
    practice(path, 3).close()
    return path


def look(path: Path) -> None:
    with Book.open_with(path, KEY) as book:
        if copies.page_faults(book.database):
            copies.check_file(path, KEY)
        book.document(1)


def trouble(path: Path) -> Trouble:
    """What opening and checking a book says; the file must stay as it is."""
    before = path.read_bytes()
    with pytest.raises(BookError) as caught:
        look(path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before
    return caught.value.trouble


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_damaged(path: Path, share: float):
    with path.open("r+b") as stream:
        stream.truncate(int(path.stat().st_size * share))
    assert trouble(path) is Trouble.DAMAGED


def test_a_file_cut_within_its_first_page_cannot_be_opened(path: Path):
    for length in (0, 10, 16, 1000, PAGE - 1):
        with path.open("r+b") as stream:
            stream.truncate(length)
        assert trouble(path) is Trouble.CANNOT_OPEN


def test_a_flipped_bit_is_seen_on_every_page(path: Path):
    content = path.read_bytes()
    for start in range(0, len(content), PAGE):
        position = start + 17 + (start // PAGE * 997) % (PAGE - 17)
        path.write_bytes(content[:position] + bytes([content[position] ^ 0x10]) + content[position + 1 :])
        expected = Trouble.CANNOT_OPEN if start == 0 else Trouble.DAMAGED
        assert trouble(path) is expected, f"page {start // PAGE + 1}"
    path.write_bytes(content)
    copies.check_file(path, KEY)


def test_a_page_from_an_older_copy_is_seen(path: Path):
    """A half-synced copy: each page is sealed with its number, not with its time, so the structure must tell."""
    old = path.read_bytes()
    with Book.open_with(path, KEY) as book:
        for _ in range(4):
            book.add(START)
    mixed = bytearray(path.read_bytes())
    assert len(mixed) > len(old)
    mixed[: len(old) // PAGE // 2 * PAGE] = old[: len(old) // PAGE // 2 * PAGE]
    path.write_bytes(mixed)
    assert trouble(path) in (Trouble.DAMAGED, Trouble.CANNOT_OPEN)


def test_a_missing_file_a_folder_and_a_foreign_file(tmp_path: Path):
    with pytest.raises(BookError, match="is not there"):
        Book.open_with(tmp_path / "none.trimtab", KEY)
    with pytest.raises(BookError, match="is a folder"):
        Book.open_with(tmp_path, KEY)
    import sqlite3

    plain = tmp_path / "plain.db"
    with contextlib.closing(sqlite3.connect(plain)) as database:
        database.execute("CREATE TABLE t (x)")
    assert trouble(plain) is Trouble.CANNOT_OPEN


def test_a_folder_that_is_not_there(tmp_path: Path):
    with pytest.raises(BookError) as caught:
        Book.create(tmp_path / "none" / "b.trimtab", KEY)
    assert caught.value.trouble is Trouble.GONE


def test_a_book_of_a_newer_program(path: Path):
    with Book.open_with(path, KEY) as book:
        book.database.run("PRAGMA user_version = 99")
    assert trouble(path) is Trouble.NEWER


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, Trouble.DISK_FULL),
        (errno.EROFS, Trouble.READ_ONLY),
        (errno.EACCES, Trouble.READ_ONLY),
        (errno.EIO, Trouble.GONE),
        (errno.ESTALE if hasattr(errno, "ESTALE") else errno.EIO, Trouble.GONE),
    ],
)
def test_the_systems_refusals(number: int, expected: Trouble):
    error = from_system(OSError(number, os.strerror(number)), Path("b.trimtab"))
    assert error.trouble is expected
    assert str(error).startswith("b.trimtab")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (5, Trouble.LOCKED),
        (13, Trouble.DISK_FULL),
        (10 | 12 << 8, Trouble.GONE),
        (8 | 1 << 8, Trouble.READ_ONLY),
        (11, Trouble.DAMAGED),
    ],
)
def test_the_databases_refusals(code: int, expected: Trouble):
    error = ValueError("x")
    error.sqlite_errorcode = code  # type: ignore[attr-defined]
    told = from_database(error, Path("b.trimtab"))
    assert told is not None
    assert told.trouble is expected


def test_a_fault_of_sql_is_no_trouble_of_the_adviser():
    error = ValueError("x")
    error.sqlite_errorcode = 1  # type: ignore[attr-defined]
    assert from_database(error, Path("b.trimtab")) is None


# -- real disks: a small one in memory, filled up and made read-only ------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB; skipped where this user may not mount one."""
    if not sys.platform.startswith("linux") or shutil.which("mount") is None:
        pytest.skip("needs a Linux system that mounts")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"this user may not mount: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(4096))
    return ballast


def test_a_full_disk_loses_nothing(small_disk: Path):
    path = small_disk / "b.trimtab"
    with Book.create(path, KEY) as book:
        entry = book.add(START)
        session = BookSession(book, entry.id)
        ballast = fill(small_disk)
        document = START
        for n in range(1, 60):
            document = SetPoint(n / 100, 0.0).apply(document)[0]
            session.append_edit(document, "Move tilt")
        assert not session.flush()
        state = session.state
        assert state.saving is Saving.FAILED
        assert state.error is not None
        assert state.error.trouble is Trouble.DISK_FULL
        assert "the disk is full" in str(state.error)
        assert session.document == document
        ballast.unlink()
        assert session.retry()
        assert session.snapshot() == document
        assert session.state.saving is Saving.SAVED
        assert len(session.history().states) == 60
        session.close()
        assert copies.page_faults(book.database) == []


def test_a_full_disk_and_the_book_saved_elsewhere(small_disk: Path, tmp_path: Path):
    path = small_disk / "b.trimtab"
    other = tmp_path / "elsewhere.trimtab"
    with Book.create(path, KEY) as book:
        entry = book.add(START)
        session = BookSession(book, entry.id)
        fill(small_disk)
        document = START
        for n in range(1, 60):
            document = SetPoint(n / 100, 0.0).apply(document)[0]
            session.append_edit(document, "Move tilt")
        assert not session.flush()
        with session.save_as(other, KEY) as copy:
            assert session.snapshot() == document
            assert len(session.history().states) == 60
            assert copy.path == other
            session.close()
    with Book.open_with(other, KEY) as again:
        assert again.document(entry.id) == document


def test_no_copy_onto_a_full_disk(small_disk: Path, path: Path):
    fill(small_disk)
    with Book.open_with(path, KEY) as book, pytest.raises(BookError) as caught:
        copies.backup(book, small_disk / "copy.trimtab")
    assert caught.value.trouble is Trouble.DISK_FULL
    assert [file.name for file in small_disk.iterdir()] == ["ballast"]


def test_a_read_only_disk(small_disk: Path):
    path = small_disk / "b.trimtab"
    Book.create(path, KEY).close()
    with Book.open_with(path, KEY) as book:
        entry = book.add(START)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with Book.open_with(path, KEY) as book:
        assert not book.writable
        assert "read-only" in book.why_read_only
        assert book.document(entry.id) == START
        with pytest.raises(BookError) as caught:
            book.add(START)
        assert caught.value.trouble is Trouble.READ_ONLY
    with pytest.raises(BookError) as refused:
        Book.create(small_disk / "new.trimtab", KEY)
    assert refused.value.trouble is Trouble.READ_ONLY


def test_a_drive_that_goes_away(small_disk: Path):
    path = small_disk / "b.trimtab"
    with Book.create(path, KEY) as book:
        book.add(START)
    subprocess.run(["umount", small_disk], check=True)
    with pytest.raises(BookError) as caught:
        Book.open_with(path, KEY)
    assert caught.value.trouble is Trouble.GONE
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", small_disk], check=True)
