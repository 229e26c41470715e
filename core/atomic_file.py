"""Files written whole or not at all: beside the goal, flushed to the disk, then put in its place."""

from __future__ import annotations

import contextlib
import os
import tempfile
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
    temporary: str | None = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # A temporary file is for its owner alone; the finished one is as readable as any new file.
        Path(temporary).chmod(_new_file_mode(path))
        if not overwrite and path.exists():
            raise InputError(f"{path} exists already. Choose another name, or remove it first.")
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"{path} cannot be written: {reason}. Close it in other programs, or choose another place."
        ) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _new_file_mode(path: Path) -> int:
    """The mode of the file to replace, else what the system gives a new file."""
    with contextlib.suppress(OSError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
