"""What can go wrong with a book, in words that say what to do."""

from __future__ import annotations

import errno
from enum import StrEnum
from pathlib import Path

from core.errors import InputError


class Trouble(StrEnum):
    """Kinds of trouble with a book; a window may offer a different remedy for each."""

    CANNOT_OPEN = "cannot open"
    KEY_NEEDED = "key needed"
    DAMAGED = "damaged"
    DISK_FULL = "disk full"
    READ_ONLY = "read-only"
    LOCKED = "locked"
    GONE = "gone"
    NEWER = "newer"
    EXISTS = "exists"
    NO_SUCH = "no such household"
    KEY_STORE = "key store"


class BookError(InputError):
    """The book cannot be used as wanted; ``trouble`` says which kind, ``str()`` says it to the adviser."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


_WORDS = {
    Trouble.CANNOT_OPEN: (
        "{path} cannot be opened: the passphrase or key is not the right one, or the file is damaged or not a book. "
        "Try the passphrase again, or restore a backup (trimtab book restore)."
    ),
    Trouble.KEY_NEEDED: "{path} asks for its passphrase: this machine's key store holds no key for it.",
    Trouble.DAMAGED: (
        "{path} is damaged: a part of it is missing or was changed from outside. Nothing was written to it. Keep the "
        "file as it is, and restore a backup (trimtab book restore); a half-synced cloud copy may become whole later."
    ),
    Trouble.DISK_FULL: (
        "{path}: the disk is full. Nothing that was saved is lost, and what is not saved yet is kept in memory. Free "
        "some space, or save the book in another place."
    ),
    Trouble.READ_ONLY: (
        "{path} may not be written: the file or its folder is read-only. The work is kept in memory; save the book in "
        "another place."
    ),
    Trouble.LOCKED: (
        "{path} is open in another window or program; here it is read-only. Close it there to make changes."
    ),
    Trouble.GONE: (
        "{path} cannot be reached: the drive or network folder is gone, or it failed. The work is kept in memory; "
        "connect it again, or save the book in another place."
    ),
    Trouble.NEWER: "{path} was written by a newer version of Trimtab. Update this one to open it.",
    Trouble.EXISTS: "{path} exists already. Choose another name.",
    Trouble.KEY_STORE: (
        "{path}: the system's key store refused to keep the key, so the book could not be opened again. Give a "
        "passphrase."
    ),
}


def book_error(trouble: Trouble, path: Path) -> BookError:
    """The error of one kind, for one file."""
    return BookError(trouble, _WORDS[trouble].format(path=path))


_OS_TROUBLES = {
    errno.ENOSPC: Trouble.DISK_FULL,
    errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC: Trouble.DISK_FULL,
    errno.EROFS: Trouble.READ_ONLY,
    errno.EACCES: Trouble.READ_ONLY,
    errno.EPERM: Trouble.READ_ONLY,
    errno.EEXIST: Trouble.EXISTS,
}
# https://sqlite.org/rescode.html; primary codes, the low byte of the extended ones
_SQLITE_TROUBLES = {
    5: Trouble.LOCKED,  # BUSY
    6: Trouble.LOCKED,  # LOCKED
    8: Trouble.READ_ONLY,  # READONLY
    10: Trouble.GONE,  # IOERR
    11: Trouble.DAMAGED,  # CORRUPT
    13: Trouble.DISK_FULL,  # FULL
    14: Trouble.GONE,  # CANTOPEN
    23: Trouble.READ_ONLY,  # AUTH
    26: Trouble.DAMAGED,  # NOTADB, after the key was found right
}


def from_system(error: OSError, path: Path) -> BookError:
    """An operating system's refusal."""
    return book_error(_OS_TROUBLES.get(error.errno or 0, Trouble.GONE), path)


def from_database(error: Exception, path: Path) -> BookError | None:
    """The database's refusal, or None where the error is a fault of the program."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    trouble = _SQLITE_TROUBLES.get(code & 0xFF)
    return None if trouble is None else book_error(trouble, path)
