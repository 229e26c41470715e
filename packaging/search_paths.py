"""Takes out of a bundle's libraries the folders of the build machine in which they would look for others (Linux).

An interpreter that was built on a machine names its own folder in each of its libraries (``DT_RUNPATH``). On a user's
machine that folder is not there, or is somebody else's: whoever can write to it could slip a library in. The libraries
of a bundle find each other by folders that start with ``$ORIGIN`` (relative to the library itself) and by what the
program in front of ours sets; so all others go. Done in place, by the System V gABI, chapter 5 (dynamic section).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from strip_elf import is_elf

_PT_LOAD, _PT_DYNAMIC = 1, 2
_SHT_DYNSYM = 11
_DT_NULL, _DT_STRTAB, _DT_RPATH, _DT_RUNPATH = 0, 5, 15, 29
_ENTRY, _SYMBOL = 16, 24


def searched(content: bytes) -> list[str]:
    """The folders in which a library looks for others, as it names them; of 64-bit little-endian ELF files."""
    return [part for _, start, end in _paths(content) for part in content[start:end].decode().split(":") if part]


def foreign(content: bytes) -> list[str]:
    """Those that are not relative to the library."""
    return [part for part in searched(content) if not part.startswith("$ORIGIN")]


def own_only(content: bytes) -> bytes:
    """The library with the folders relative to itself alone, of the same size; unchanged where it has no others."""
    if not foreign(content):
        return content
    changed = bytearray(content)
    # The last one first: taking an entry out moves those behind it.
    for place, start, end in reversed(list(_paths(content))):
        parts = content[start:end].decode().split(":")
        kept = ":".join(part for part in parts if part.startswith("$ORIGIN")).encode()
        if not kept:
            _take_out(changed, place)
        if not _named(content, start, end):
            changed[start:end] = kept.ljust(end - start, b"\0")
    return bytes(changed)


def clean_libraries(folder: Path) -> int:
    """Leave every library of a folder with folders relative to itself; returns how many were changed."""
    count = 0
    for path in _libraries(folder):
        content = path.read_bytes()
        clean = own_only(content)
        if clean != content:
            path.write_bytes(clean)
            count += 1
    return count


def that_search_elsewhere(folder: Path) -> dict[str, str]:
    """Library -> the folders of another machine in which it looks for others."""
    found = ((path, foreign(path.read_bytes())) for path in _libraries(folder))
    return {path.relative_to(folder).as_posix(): ", ".join(parts) for path, parts in found if parts}


def _libraries(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and is_elf(path):
            yield path


def _paths(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each list of folders stands: its entry of the dynamic section, start and end of its text, in the file."""
    dynamic = list(_dynamic(content))
    table = next((value for _, tag, value in dynamic if tag == _DT_STRTAB), None)
    if table is None:
        return
    strings = _offset(content, table)
    for place, tag, value in dynamic:
        if tag in {_DT_RPATH, _DT_RUNPATH}:
            yield place, strings + value, content.index(b"\0", strings + value)


def _dynamic(content: bytes) -> Iterator[tuple[int, int, int]]:
    """The entries of the dynamic section up to its end: place in the file, tag, value."""
    for kind, offset, _, in_file in _segments(content):
        if kind == _PT_DYNAMIC:
            for place in range(offset, offset + in_file, _ENTRY):
                tag, value = struct.unpack_from("<qQ", content, place)
                if tag == _DT_NULL:
                    return
                yield place, tag, value


def _segments(content: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Kind, place in the file, address and size in the file of every segment."""
    (table,) = struct.unpack_from("<Q", content, 0x20)
    size, count = struct.unpack_from("<HH", content, 0x36)
    for number in range(count):
        kind, _, offset, address, _, in_file = struct.unpack_from("<IIQQQQ", content, table + number * size)
        yield kind, offset, address, in_file


def _offset(content: bytes, address: int) -> int:
    for kind, offset, start, in_file in _segments(content):
        if kind == _PT_LOAD and start <= address < start + in_file:
            return offset + address - start
    raise ValueError(f"nothing is loaded at address {address:#x}")


def _take_out(content: bytearray, place: int) -> None:
    """Take an entry out of the dynamic section: those behind it move up, up to the end of the list."""
    while True:
        tag, _ = struct.unpack_from("<qQ", content, place)
        if tag == _DT_NULL:
            return
        content[place : place + _ENTRY] = content[place + _ENTRY : place + 2 * _ENTRY]
        place += _ENTRY


def _named(content: bytes, start: int, end: int) -> bool:
    """Whether a symbol's name is the tail of a text: linkers let one end serve both. True where that can't be told."""
    (table,) = struct.unpack_from("<Q", content, 0x28)
    size, count = struct.unpack_from("<HH", content, 0x3A)
    dynamic = {tag: value for _, tag, value in _dynamic(content)}
    strings = _offset(content, dynamic[_DT_STRTAB])
    for number in range(count):
        kind, _, _, offset, length = struct.unpack_from("<IQQQQ", content, table + number * size + 4)
        if kind == _SHT_DYNSYM:
            names = (struct.unpack_from("<I", content, place)[0] for place in range(offset, offset + length, _SYMBOL))
            return any(start <= strings + name < end for name in names)
    return True
