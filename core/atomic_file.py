"""Files written whole or not at all: beside the goal, flushed to the disk, then put in its place."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from core.errors import InputError


def write_atomically(path: Path, content: bytes, *, overwrite: bool) -> None:
    """Write ``content`` to ``path`` so that a reader sees the old file or the new one, never a part.

    Raises InputError, in plain words, where the folder is missing, the place is a folder, the file exists and
    ``overwrite`` is false, or the system refuses.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder. Give the name of a file to write.")
    if not overwrite and path.exists():
        raise InputError(f"{path} exists already. Choose another name, or remove it first.")
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: the folder {path.parent} does not exist. Make it first.")
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.part")
    try:
        # Made with the rights that the system gives any new file; one that is replaced keeps its own.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            if not overwrite:
                raise InputError(f"{path} exists already. Choose another name, or remove it first.")
            temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"{path} cannot be written: {reason}. Close it in other programs, or choose another place."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
