"""Takes the symbols out of a bundle's libraries, where that leaves them loadable (Linux).

Wheels are patched to find their own libraries; older versions of ``strip`` leave some of those with segments that no
longer lie where their addresses say, and the loader refuses them ("not page-aligned"). So each file is stripped aside,
looked at, and only taken when its segments are sound.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

_LOAD = 1


def is_elf(path: Path) -> bool:
    """Whether a file is a 64-bit little-endian ELF file, the only kind that is built here."""
    with path.open("rb") as file:
        return file.read(6) == b"\x7fELF\x02\x01"


def is_loadable(content: bytes) -> bool:
    """Whether every loaded segment lies at an offset that agrees with its address (gABI: congruent modulo alignment).

    Raises ValueError where the content is no 64-bit little-endian ELF file.
    """
    if content[:6] != b"\x7fELF\x02\x01":
        raise ValueError("not a 64-bit little-endian ELF file")
    (table,) = struct.unpack_from("<Q", content, 0x20)
    size, count = struct.unpack_from("<HH", content, 0x36)
    for number in range(count):
        kind, _, offset, address, _, in_file, _, alignment = struct.unpack_from(
            "<IIQQQQQQ", content, table + number * size
        )
        if kind != _LOAD:
            continue
        page = max(alignment, 4096)
        if offset % page != address % page or offset + in_file > len(content):
            return False
    return True


def strip_libraries(folder: Path) -> tuple[int, list[Path]]:
    """Strip every shared library of a folder; returns the bytes saved, and the files that had to stay as they were."""
    saved, left = 0, []
    for path in sorted(folder.rglob("*.so*")):
        if path.is_symlink() or not path.is_file() or not is_elf(path):
            continue
        aside = path.with_name(path.name + ".stripped")
        done = subprocess.run(
            ["strip", "--strip-unneeded", "-o", aside, path], capture_output=True, text=True, check=False
        )
        if done.returncode == 0 and is_loadable(aside.read_bytes()):
            saved += path.stat().st_size - aside.stat().st_size
            shutil.copymode(path, aside)
            aside.replace(path)
        else:
            aside.unlink(missing_ok=True)
            left.append(path)
    return saved, left
