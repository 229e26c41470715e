"""One writer a book: a lock held by the operating system, so that it is let go of however the program ends."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


def lock_path(book: Path) -> Path:
    """The empty file beside a book whose lock stands for the right to write."""
    return book.with_name(f".{book.name}.lock")


class WriterLock:
    """The right to write a book. ``take`` says whether it was free; ``release`` gives it back."""

    def __init__(self, book: Path) -> None:
        self._path = lock_path(book)
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object has the right."""
        return self._descriptor is not None

    def take(self) -> bool:
        """Take the right where it is free; raises OSError where the folder allows no lock at all."""
        for _ in range(3):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            if not _lock(descriptor):
                os.close(descriptor)
                return False
            # The last holder may have removed the file between our opening and locking it.
            if _same_file(descriptor, self._path):
                self._descriptor = descriptor
                return True
            os.close(descriptor)
        return False

    def release(self) -> None:
        """Give the right back, and remove the file."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if sys.platform != "win32":  # Windows doesn't remove open files; there the empty file stays
            with contextlib.suppress(OSError):
                self._path.unlink()
        os.close(descriptor)


def _same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import errno
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return False
            raise
        return True
