"""How far the cells of a workbook reach, found without laying them out: a reader fills the rectangle around them all.

Each function walks the file's own records and stops nothing that is merely damaged: the reader says that better.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

Span = tuple[int, int]
"""(rows, columns) of the rectangle from the first cell to the farthest."""

# Binary workbooks (XLSB): records of cells start with the column; the row stands in a record of its own.
_XLSB_ROW = 0
_XLSB_CELLS = range(1, 12)
# BIFF records of cells, all of which start with row and column (MS-XLS 2.4).
_BIFF_CELLS = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E})
_FREE = 0xFFFFFFFA  # sector numbers from here on end a chain
_MOST_SECTORS = 1 << 20
_ODS = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)\b([^>]{0,4000}?)(/?)>")
_COLUMNS = re.compile(rb"""number-columns-repeated=["']([0-9]{1,12})["']""")
_ROWS = re.compile(rb"""number-rows-repeated=["']([0-9]{1,12})["']""")


def xlsb_span(sheet: bytes) -> Span:
    """Span of one sheet part of an XLSB file: records of a type (1-2 bytes), a size (1-4 bytes) and so much content."""
    at, end, row, rows, columns = 0, len(sheet), 0, 0, 0
    while at < end:
        kind = sheet[at]
        at += 1
        if kind & 0x80 and at < end:
            kind = (kind & 0x7F) | (sheet[at] << 7)
            at += 1
        size = shift = 0
        for _ in range(4):
            if at >= end:
                return rows, columns
            byte = sheet[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if kind == _XLSB_ROW and at + 4 <= end:
            row = int.from_bytes(sheet[at : at + 4], "little")
        elif kind in _XLSB_CELLS and at + 4 <= end:
            rows = max(rows, row + 1)
            columns = max(columns, int.from_bytes(sheet[at : at + 4], "little") + 1)
        at += size
    return rows, columns


def xls_span(data: bytes) -> Span:
    """Span of the widest and of the longest sheet of an XLS file (BIFF in an OLE compound file)."""
    rows = columns = 0
    for stream in _book_streams(data):
        at = 0
        while at + 4 <= len(stream):
            kind, size = struct.unpack_from("<HH", stream, at)
            at += 4
            if kind in _BIFF_CELLS and at + 4 <= len(stream):
                row, column = struct.unpack_from("<HH", stream, at)
                last = column
                if kind in (0x00BD, 0x00BE) and size >= 6 and at + size <= len(stream):
                    (last,) = struct.unpack_from("<H", stream, at + size - 2)  # a run of cells
                rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
            at += size
    return rows, columns


def _book_streams(data: bytes) -> Iterator[bytes]:
    """The workbook streams of an OLE compound file (MS-CFB), as far as its chains hold together."""
    if len(data) < 512:
        return
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if not 7 <= shift <= 16 or not 4 <= mini_shift <= 12:
        return
    size = 1 << shift
    _, directory_start, _, cutoff, mini_start, _, difat_start, difat_count = struct.unpack_from("<8I", data, 44)
    fat_sectors = [sector for sector in struct.unpack_from("<109I", data, 76) if sector < _FREE]
    sector = difat_start
    for _ in range(min(difat_count, 4096)):
        entries = _numbers(_sector(data, sector, size))
        fat_sectors += [entry for entry in entries[:-1] if entry < _FREE]
        if not entries or entries[-1] >= _FREE:
            break
        sector = entries[-1]
    fat = [entry for sector in fat_sectors[:_MOST_SECTORS] for entry in _numbers(_sector(data, sector, size))]
    directory = _chain(data, directory_start, fat, size)
    entries_found = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    root = next((entry for entry in entries_found if entry[66] == 5), b"")
    for entry in entries_found:
        length = min(int.from_bytes(entry[64:66], "little"), 64)
        name = entry[: max(length - 2, 0)].decode("utf-16-le", errors="replace").casefold()
        if entry[66] != 2 or name not in ("workbook", "book"):
            continue
        start, bytes_long = struct.unpack_from("<II", entry, 116)
        if bytes_long < cutoff and root:
            small = _chain(data, struct.unpack_from("<I", root, 116)[0], fat, size)
            mini_fat = _numbers(_chain(data, mini_start, fat, size))
            yield _mini_chain(small, start, mini_fat, 1 << mini_shift)[:bytes_long]
        else:
            yield _chain(data, start, fat, size)[:bytes_long]


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size] if number < _FREE else b""


def _numbers(block: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4]))


def _chain(data: bytes, start: int, fat: list[int], size: int) -> bytes:
    parts: list[bytes] = []
    seen: set[int] = set()
    sector = start
    while sector < len(fat) and sector not in seen and len(seen) < _MOST_SECTORS:
        seen.add(sector)
        parts.append(_sector(data, sector, size))
        sector = fat[sector]
    return b"".join(parts)


def _mini_chain(small: bytes, start: int, mini_fat: list[int], size: int) -> bytes:
    parts: list[bytes] = []
    seen: set[int] = set()
    sector = start
    while sector < len(mini_fat) and sector not in seen:
        seen.add(sector)
        parts.append(small[sector * size : (sector + 1) * size])
        sector = mini_fat[sector]
    return b"".join(parts)


def ods_span(content: bytes) -> Span:
    """Span of the longest and of the widest table of an OpenDocument sheet, repeated rows and cells counted.

    Blank cells and rows count only where something stands after them, as a reader lays them out.
    """
    rows = columns = row = place = repeat = width = 0
    for match in _ODS.finditer(content):
        tag, attributes, closed = match[1], match[2], match[3]
        if tag == b"table":
            row = repeat = width = place = 0
        elif tag == b"table-row":
            row += repeat
            found = _ROWS.search(attributes)
            repeat, place, width = int(found[1]) if found else 1, 0, 0
        else:
            found = _COLUMNS.search(attributes)
            place += int(found[1]) if found else 1
            if not closed or b"office:value" in attributes or b"office:string-value" in attributes:
                width = place
                rows, columns = max(rows, row + repeat), max(columns, width)
    return rows, columns
