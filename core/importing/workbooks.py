"""Excel and OpenDocument workbooks through python-calamine, guarded against bombs. Formulas are never evaluated."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from xml.parsers import expat

from core.errors import InputError, TrimtabError
from core.importing import sheets
from core.importing.grid import Row
from core.importing.memo import Memo
from core.importing.sheets import Sheet
from core.importing.spans import ods_span, xls_span, xlsb_span
from core.importing.watch import UNWATCHED, Watch

MAX_UNPACKED = 1024 * 1024 * 1024
MAX_RATIO = 200
_SMALL = 8 * 1024 * 1024  # below this an entry may be packed as tightly as it likes
# A reader keeps the rectangle around all cells in memory; two far cells make it huge.
MAX_AREA = 30_000_000
_ALWAYS = 2_000_000
_MAX_ENTRIES = 20_000
_MANY = 2000  # rows from which on a sheet is kept as it was read
# Rows and cells name their own places. Few sheets need to be looked at closely: those with places of six digits or of
# three letters, those with both five digits and two letters, and those written in any way that no program writes.
_ODD = (
    re.compile(rb""" r=(?!["'][A-Za-z]{0,2}[0-9]{1,5}["'])"""),
    re.compile(rb""" r\s+="""),
    *(re.compile(mark + rb"""r\s*=""") for mark in (b"\t", b"\n", b"\r")),
)
_FIVE_DIGITS = re.compile(rb""" r=["'][A-Za-z]{0,2}[0-9]{5}["']""")
_TWO_LETTERS = re.compile(rb""" r=["'][A-Za-z]{2}[0-9]""")
_PLACE = re.compile(rb"""\sr\s*=\s*(?:"([^"<>]{0,60})"|'([^'<>]{0,60})'|(.{0,60}))""")
_GOOD_PLACE = re.compile(rb"([A-Za-z]{0,3})([0-9]{0,7})")
_OVERLAP = 128  # a place may lie across two pieces


def read_zip(name: str, data: bytes, watch: Watch = UNWATCHED) -> list[Sheet]:
    """Sheets of an XLSX, XLSM, XLSB or ODS file.

    Raises
    ------
    InputError
        Where the archive is damaged, protected, no workbook, or unpacks beyond 1 GB or 200 times its size.
    """
    _check_archive(name, data, watch)
    return _read_workbook(name, data, watch)


def _check_archive(name: str, data: bytes, watch: Watch) -> None:
    """Unpack every entry once without keeping it: the sizes an archive declares may lie."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, UnicodeError):
        raise InputError(f"{name}: the workbook is damaged or cut off. Export it again.") from None
    names = {entry.filename for entry in entries}
    if not names & {"[Content_Types].xml", "content.xml", "mimetype"} or len(entries) > _MAX_ENTRIES:
        raise InputError(f"{name}: this is a zip archive, not a workbook. Unpack it and add the files inside.")
    opendocument = "content.xml" in names
    total = 0
    for entry in entries:
        total += _check_entry(name, archive, entry, len(data), total)
        watch.check()
        if opendocument and entry.filename.endswith(".xml"):
            _check_markup(name, archive, entry)


def _check_markup(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse a part whose elements do not close: the reader of OpenDocument sheets would look for the end for ever."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise InputError(f"{name}: the workbook declares a document type; such files are not read. Save it as XLSX.")

    parser.StartDoctypeDeclHandler = refuse
    try:
        for piece in _pieces(name, archive, entry):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError, UnicodeError) as error:
        raise InputError(f"{name}: the workbook is damaged ({error}). Export it again.") from None


def _check_entry(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, packed: int, before: int) -> int:
    if entry.flag_bits & 1:
        raise InputError(f"{name}: the workbook is protected by a password. Save a copy without it.")
    sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    whole = entry.filename == "content.xml" or (
        entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".bin")
    )
    size, far_row, far_column = 0, 1, 1
    far = long = wide = False
    kept: list[bytes] = []
    tail = last = b""
    for chunk in _pieces(name, archive, entry):
        size += len(chunk)
        if size + before > MAX_UNPACKED or (size > _SMALL and size > MAX_RATIO * packed):
            raise InputError(f"{name}: the workbook unpacks to more than {size / 1048576:,.0f} MB. It is not read.")
        if sheet and not far:
            window = tail + chunk
            tail = window[-_OVERLAP:]
            long = long or _FIVE_DIGITS.search(window) is not None
            wide = wide or _TWO_LETTERS.search(window) is not None
            # A place that is cut off at the end is whole in the next window.
            odd = (match.start() for pattern in _ODD if (match := pattern.search(window)) is not None)
            far = (long and wide) or any(start < len(window) - _OVERLAP // 2 for start in odd)
            last = window
        elif whole:
            kept.append(chunk)
    if far or any(pattern.search(last) for pattern in _ODD):
        far_row, far_column = _farthest(name, _pieces(name, archive, entry))
    if whole:
        content = b"".join(kept)
        far_row, far_column = ods_span(content) if entry.filename == "content.xml" else xlsb_span(content)
    # OpenDocument repeats cells with their texts; elsewhere what lies between is blank and costs less.
    check_span(name, far_row, far_column, size // 8 if entry.filename == "content.xml" else size // 2)
    return size


def _farthest(name: str, pieces: Iterator[bytes]) -> tuple[int, int]:
    """Row and column of the farthest cell of a sheet; a place that is none makes the sheet damaged."""
    row, column, tail = 1, 1, b""
    for piece in itertools.chain(pieces, [b""]):
        window = tail + piece
        # What starts at the end may go on in the next piece; it is looked at with that.
        end = len(window) - _OVERLAP // 2 if piece else len(window)
        for found in {match.groups(b"") for match in _PLACE.finditer(window) if match.start() < end}:
            text = found[0] or found[1] or found[2]
            place = _GOOD_PLACE.fullmatch(text)
            if place is None:
                shown = text[:20].decode("ascii", "replace")
                raise InputError(f"{name}: the workbook is damaged (a cell at {shown!r}). Export it again.")
            row = max(row, int(place[2] or 0))
            column = max(column, _column_number(place[1].upper()))
        tail = window[-_OVERLAP:]
    return row, column


def check_span(name: str, rows: int, columns: int, filled: int) -> None:
    """Refuse a sheet whose farthest cells make a rectangle that no table fills.

    ``filled`` is what the size of the sheet lets expect; two million cells may always be laid out.
    """
    if rows > sheets.MAX_ROWS:
        sheets.check_shape(name, rows, columns)
    if rows * columns > min(MAX_AREA, max(_ALWAYS, filled)):
        raise InputError(
            f"{name}: a sheet spans {rows:,} rows by {columns:,} columns. Delete the cells far from the table."
        )


def _pieces(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry in pieces of at most a megabyte, whatever sizes the archive declares."""
    stored = _entry_start(archive, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        for at in range(0, len(stored), 1 << 20):
            yield stored[at : at + (1 << 20)]
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise InputError(f"{name}: the workbook is packed in an unusual way. Save it again as XLSX or CSV.")
    unpacker = zlib.decompressobj(-15)
    while stored or not unpacker.eof:
        try:
            chunk = unpacker.decompress(stored, 1 << 20)
        except zlib.error as error:
            raise InputError(f"{name}: the workbook is damaged ({error}). Export it again.") from None
        stored = unpacker.unconsumed_tail
        if not chunk and not stored:
            return
        yield chunk


def _entry_start(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The packed bytes of an entry; none where its header is damaged."""
    assert archive.fp is not None
    if entry.header_offset < 0:
        return b""
    archive.fp.seek(entry.header_offset)
    header = archive.fp.read(30)
    if len(header) < 30:
        return b""
    skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    archive.fp.seek(skip, io.SEEK_CUR)
    return archive.fp.read(max(entry.compress_size, 0))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def read_binary(name: str, data: bytes, watch: Watch = UNWATCHED) -> list[Sheet]:
    """Sheets of an XLS file.

    Raises
    ------
    InputError
        Where the workbook is damaged, protected, or its cells lie too far apart.
    """
    check_span(name, *xls_span(data), len(data) // 2)
    return _read_workbook(name, data, watch)


def _read_workbook(name: str, data: bytes, watch: Watch) -> list[Sheet]:
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
            watch.check()
            sheet = workbook.get_sheet_by_name(title)
            _check_area(name, title, sheet.total_height * sheet.total_width)
            result.append(Sheet(title, _table(sheet.to_python(skip_empty_area=False))))
    except TrimtabError:
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


def _table(rows: list[list[Any]]) -> Sequence[Row]:
    """The cells of a sheet as texts; of a large one when they are asked for."""
    width = len(rows[0]) if rows else 0
    if len(rows) < _MANY or any(len(row) != width for row in rows):
        floats = Memo[float, str](_text)
        return [_texts(row, floats) for row in rows]
    from core.importing.value_table import ValueTable

    columns = list(zip(*rows, strict=True))
    return ValueTable(columns, range(len(rows)), lambda cell: cell if type(cell) is str else _text(cell))


def _texts(row: list[Any], floats: Memo[float, str]) -> list[str]:
    return [cell if type(cell) is str else floats[cell] if type(cell) is float else _text(cell) for cell in row]


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
