"""Killed at any moment, the program loses at most the edit in flight."""

from pathlib import Path

from tests.book.killing import kill_again_and_again


def test_killed_at_random_moments_a_book_holds_what_was_acknowledged(tmp_path: Path):
    tally = kill_again_and_again(tmp_path, 12)
    assert tally.kills == 12
    assert tally.actions > 0
