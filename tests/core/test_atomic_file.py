"""Files written whole or not at all."""

import os
import sys

import pytest

from core.atomic_file import write_atomically
from core.errors import InputError


def test_new_and_replaced(tmp_path):
    path = tmp_path / "a.bin"
    write_atomically(path, b"one", overwrite=False)
    write_atomically(path, b"two", overwrite=True)
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_never_over_a_file_unasked(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match="exists already"):
        write_atomically(path, b"other", overwrite=False)
    assert path.read_bytes() == b"mine"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        write_atomically(path, b"new", overwrite=True)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_folders_and_missing_folders(tmp_path):
    with pytest.raises(InputError, match="folder"):
        write_atomically(tmp_path, b"", overwrite=True)
    with pytest.raises(InputError, match="does not exist"):
        write_atomically(tmp_path / "no" / "a", b"", overwrite=True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_new_file_is_as_readable_as_any_and_an_old_one_stays_so(tmp_path):
    path, plain = tmp_path / "a.bin", tmp_path / "b.bin"
    plain.write_bytes(b"")
    write_atomically(path, b"", overwrite=False)
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o600)
    write_atomically(path, b"x", overwrite=True)
    assert path.stat().st_mode & 0o777 == 0o600
