"""Excel and OpenDocument workbooks through python-calamine, guarded against bombs. Formulas are never evaluated."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from typing import Any

from core.errors import InputError
from core.importing import sheets
from core.importing.sheets import Sheet

MAX_UNPACKED = 1024 * 1024 * 1024
MAX_RATIO = 200
_SMALL = 8 * 1024 * 1024  # below this an entry may be packed as tightly as it likes
# A reader keeps the rectangle around all cells in memory; two far cells make it huge.
MAX_AREA = 30_000_000
_MAX_ENTRIES = 20_000
_FAR_ROW = re.compile(rb"""\br=["'][A-Z]{0,3}([0-9]{5,9})["']""")
_FAR_COLUMN = re.compile(rb"""\br=["']([A-Z]{2,4})[0-9]+["']""")
_REPEATED = re.compile(rb"""number-(columns|rows)-repeated=["']([0-9]+)["']""")


def read_zip(name: str, data: bytes) -> list[Sheet]:
    """Sheets of an XLSX, XLSM, XLSB or ODS file.

    Raises
    ------
    InputError
        Where the archive is damaged, protected, no workbook, or unpacks beyond 1 GB or 200 times its size.
    """
    _check_archive(name, data)
    return read_binary(name, data)


def _check_archive(name: str, data: bytes) -> None:
    """Unpack every entry once without keeping it: the sizes an archive declares may lie."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, UnicodeError) as error:
        raise InputError(f"{name}: the workbook is damaged ({error}). Export it again.") from None
    names = {entry.filename for entry in entries}
    if not names & {"[Content_Types].xml", "content.xml", "mimetype"} or len(entries) > _MAX_ENTRIES:
        raise InputError(f"{name}: this is a zip archive, not a workbook. Unpack it and add the files inside.")
    total = 0
    for entry in entries:
        total += _check_entry(name, archive, entry, len(data), total)


def _check_entry(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, packed: int, before: int) -> int:
    if entry.flag_bits & 1:
        raise InputError(f"{name}: the workbook is protected by a password. Save a copy without it.")
    start = _entry_start(archive, entry)
    if entry.compress_type == zipfile.ZIP_STORED or start is None:
        return entry.file_size
    size, far_row, far_column = 0, 1, 1
    sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    opendocument = entry.filename == "content.xml"
    unpacker = zlib.decompressobj(-15)
    stored = start
    tail = b""
    while stored or not unpacker.eof:
        try:
            chunk = unpacker.decompress(stored, 1 << 20)
        except zlib.error as error:
            raise InputError(f"{name}: the workbook is damaged ({error}). Export it again.") from None
        stored = unpacker.unconsumed_tail
        if not chunk and not stored:
            break
        size += len(chunk)
        if size + before > MAX_UNPACKED or (size > _SMALL and size > MAX_RATIO * packed):
            raise InputError(f"{name}: the workbook unpacks to more than {size / 1048576:,.0f} MB. It is not read.")
        if sheet or opendocument:
            window = tail + chunk
            tail = chunk[-64:]
            if sheet:
                far_row = max([far_row, *map(int, _FAR_ROW.findall(window))])
                far_column = max([far_column, *map(_column_number, set(_FAR_COLUMN.findall(window)))])
            else:
                _check_repeats(name, window)
    if sheet and far_row > sheets.MAX_ROWS:
        sheets.check_shape(name, far_row, far_column)
    if far_row * far_column > MAX_AREA:
        raise InputError(
            f"{name}: a sheet spans {far_row:,} rows by {far_column:,} columns. Delete the cells far from the table."
        )
    return size


def _entry_start(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """The packed bytes of an entry, or None where it is not deflated."""
    if entry.compress_type != zipfile.ZIP_DEFLATED or archive.fp is None:
        return None
    archive.fp.seek(entry.header_offset)
    header = archive.fp.read(30)
    if len(header) < 30:
        return None
    skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    archive.fp.seek(skip, io.SEEK_CUR)
    return archive.fp.read(max(entry.compress_size, 0))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_repeats(name: str, window: bytes) -> None:
    """OpenDocument repeats a cell or row by a number; a reader would lay out all of them."""
    for which, count in set(_REPEATED.findall(window)):
        limit = 16_384 if which == b"columns" else 1_048_576
        if int(count[:12]) > limit:
            raise InputError(f"{name}: a sheet repeats {which.decode()} {int(count[:12]):,} times. It is not read.")


def read_binary(name: str, data: bytes) -> list[Sheet]:
    """Visible sheets of a workbook that python-calamine can read, cells as text.

    Raises
    ------
    InputError
        Where the workbook is damaged or protected.
    """
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            meta.name
            for meta in workbook.sheets_metadata
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            and meta.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        result = []
        for title in visible:
            sheet = workbook.get_sheet_by_name(title)
            _check_area(name, title, sheet.total_height * sheet.total_width)
            result.append(Sheet(title, [_texts(row) for row in sheet.to_python(skip_empty_area=False)]))
    except InputError:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the Rust reader is no Exception
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise InputError(f"{name}: the workbook is protected by a password. Save a copy without it.") from None
        raise InputError(
            f"{name}: the workbook cannot be read ({str(error)[:200]}). Save it again as XLSX or CSV."
        ) from None
    if not result:
        raise InputError(f"{name}: the workbook has no visible sheet.")
    return result


def _check_area(name: str, title: str, cells: int) -> None:
    if cells > sheets.MAX_CELLS:
        raise InputError(f"{name}: sheet {title!r} has more than {sheets.MAX_CELLS:,} cells.")


def _texts(row: list[Any]) -> list[str]:
    return [cell if type(cell) is str else _text(cell) for cell in row]


def _text(cell: Any) -> str:
    """A workbook's typed cell as the text a CSV would hold; a float by its shortest decimal form."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        text = repr(cell)
        return format(cell, ".15f").rstrip("0") if "e-" in text else text
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return "" if cell is None else str(cell)
