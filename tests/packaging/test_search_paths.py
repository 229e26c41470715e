"""No library of a bundle looks for others in folders of the machine it was built on."""

import struct

import pytest

import search_paths

NULL, NEEDED, STRTAB, RPATH, RUNPATH = 0, 1, 5, 15, 29
BASE = 0x10000


def library(*paths: tuple[int, str], symbol: str = "") -> bytes:
    """A small ELF file: a segment that is loaded, a dynamic section, strings, one symbol, and the two as sections.

    ``symbol`` is the tail of the last path where it is one, as linkers have it.
    """
    strings, entries = b"\0libc.so.6\0", [(NEEDED, 1)]
    for tag, path in paths:
        entries.append((tag, len(strings)))
        strings += path.encode() + b"\0"
    tail = strings.rfind(symbol.encode() + b"\0") if symbol else 0
    dynamic_at = 64 + 2 * 56
    entries += [(STRTAB, 0), (NULL, 0)]
    strings_at = dynamic_at + 16 * len(entries)
    entries[-2] = (STRTAB, BASE + strings_at)
    symbols_at = strings_at + len(strings)
    table_at = symbols_at + 24
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, table_at, 0, 64, 56, 2, 64, 1, 0)
    loaded = struct.pack("<IIQQQQQQ", 1, 4, 0, BASE, BASE, table_at, table_at, 4096)
    dynamic = struct.pack("<IIQQQQQQ", 2, 4, dynamic_at, BASE + dynamic_at, 0, 16 * len(entries), 0, 8)
    body = b"".join(struct.pack("<qQ", *entry) for entry in entries)
    section = struct.pack("<IIQQQQIIQQ", 0, 11, 0, 0, symbols_at, 24, 0, 0, 8, 24)
    return header + loaded + dynamic + body + strings + struct.pack("<IBBHQQ", tail, 0, 0, 0, 0, 0) + section


def test_a_folder_of_the_builders_machine_is_taken_out():
    before = library((RUNPATH, "/home/someone/python/lib"))
    assert search_paths.foreign(before) == ["/home/someone/python/lib"]
    after = search_paths.own_only(before)
    assert len(after) == len(before)
    assert search_paths.searched(after) == []
    assert b"someone" not in after
    assert [tag for _, tag, _ in search_paths._dynamic(after)] == [NEEDED, STRTAB]
    assert search_paths.own_only(after) == after


@pytest.mark.parametrize("tag", [RPATH, RUNPATH])
def test_folders_relative_to_the_library_stay(tag):
    fine = library((tag, "$ORIGIN/../lib:$ORIGIN"))
    assert search_paths.own_only(fine) == fine
    mixed = library((tag, "/opt/build/lib:$ORIGIN/../lib:/usr/local/lib"))
    after = search_paths.own_only(mixed)
    assert search_paths.searched(after) == ["$ORIGIN/../lib"]
    assert b"/opt" not in after
    both = search_paths.own_only(library((RPATH, "/opt/a"), (RUNPATH, "/opt/b:$ORIGIN")))
    assert search_paths.searched(both) == ["$ORIGIN"]


def test_a_name_that_is_the_tail_of_a_folder_stays_readable():
    before = library((RUNPATH, "/opt/build/lib"), symbol="lib")
    after = search_paths.own_only(before)
    assert search_paths.searched(after) == []
    assert b"/opt/build/lib\0" in after  # nobody looks there any more, and the symbol has its name


def test_every_library_of_a_folder_is_seen_to(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "one.so").write_bytes(library((RUNPATH, "/opt/build/lib")))
    (tmp_path / "two.so.1").write_bytes(library((RUNPATH, "$ORIGIN")))
    (tmp_path / "text.so").write_text("no library")
    assert search_paths.that_search_elsewhere(tmp_path) == {"inner/one.so": "/opt/build/lib"}
    assert search_paths.clean_libraries(tmp_path) == 1
    assert search_paths.that_search_elsewhere(tmp_path) == {}
    assert search_paths.clean_libraries(tmp_path) == 0
