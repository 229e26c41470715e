"""Hostile files end in words, and long work can be ended."""

import io
import itertools
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.importing import workbooks
from core.importing.read import read_bytes
from core.importing.spans import ods_span, xls_span, xlsb_span
from core.importing.watch import ImportCancelledError, Watch
from tests.fuzz import importing as fuzz
from tests.importing.reading import TODAY

LOTS = "Account,Symbol,Quantity,Price,Market Value\n" + "1,AAA,2,5.00,10.00\n" * 5000


def record(kind: int, content: bytes) -> bytes:
    """One record of a binary workbook: type and size in seven bits a byte."""

    def packed(number: int) -> bytes:
        return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + packed(number >> 7)

    return packed(kind) + packed(len(content)) + content


def number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def test_far_cells_of_a_binary_workbook():
    part = record(148, bytes(16)) + record(0, number(4) + bytes(20)) + record(2, number(7) + bytes(8))
    part += record(0, number(1_048_575) + bytes(20)) + record(5, number(16_383) + bytes(12))
    assert xlsb_span(part) == (1_048_576, 16_384)
    assert xlsb_span(part[:-3])[0] in (5, 1_048_576)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.bin", part)
    with pytest.raises(InputError, match="spans 1,048,576 rows by 16,384 columns"):
        read_bytes("x.xlsb", stream.getvalue(), today=TODAY)


def compound(book: bytes, shift: int = 9) -> bytes:
    """A compound file with one stream, Workbook, in sectors of 512 bytes (MS-CFB 2.2)."""
    size = 1 << shift
    sectors = -(-max(len(book), 4096) // size)
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    header[24:34] = b"\x3e\x00\x03\x00\xfe\xff" + shift.to_bytes(2, "little") + b"\x06\x00"
    fields = (1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header[44:76] = b"".join(number(field) for field in fields)
    header[76:512] = number(0) + number(0xFFFFFFFF) * 108
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    fat = b"".join(map(number, chain)).ljust(size, b"\xff")

    def entry(name: str, kind: int, start: int, length: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        head = text.ljust(64, b"\0") + len(text).to_bytes(2, "little") + bytes([kind, 1]) + b"\xff" * 12
        return head.ljust(116, b"\0") + number(start) + number(length) + bytes(4)

    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry("Workbook", 2, 2, max(len(book), 4096))
    return bytes(header) + fat + directory.ljust(size, b"\0") + book.ljust(sectors * size, b"\0")


def test_far_cells_of_an_old_workbook():
    def cell(kind: int, row: int, column: int, rest: bytes = b"") -> bytes:
        content = row.to_bytes(2, "little") + column.to_bytes(2, "little") + rest
        return kind.to_bytes(2, "little") + len(content).to_bytes(2, "little") + content

    near = cell(0x0203, 3, 2, bytes(10))
    assert xls_span(compound(near)) == (4, 3)
    far = near + cell(0x00BD, 65_535, 4, bytes(6) + (60_000).to_bytes(2, "little"))
    assert xls_span(compound(far)) == (65_536, 60_001)
    with pytest.raises(InputError, match="spans 65,536 rows by 60,001 columns"):
        read_bytes("x.xls", compound(far), today=TODAY)


def test_repeated_cells_of_an_opendocument_sheet():
    row = b'<table:table-row table:number-rows-repeated="%d">%b</table:table-row>'
    cell = b'<table:table-cell table:number-columns-repeated="%d" office:value="1"/>'
    blank = b'<table:table-cell table:number-columns-repeated="16384"/>'
    assert ods_span(b"<table:table>" + row % (3, cell % 4 + blank) + row % (1_048_573, blank)) == (3, 4)
    assert ods_span(row % (10**6, cell % 10**4)) == (10**6, 10**4)


def test_an_opendocument_sheet_whose_elements_do_not_close():
    good = next(data for name, data in fuzz.containers() if name == "a.ods")
    assert read_bytes("a.ods", good, today=TODAY).lots
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace(b"<table:table-row>", b"<tableVtable-row>", 2))
    with pytest.raises(InputError, match="damaged"):
        read_bytes("a.ods", stream.getvalue(), today=TODAY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b' r="A2"', b' r="BSymbolE134"'),
        (b' r="A2"', b' r="XFD1048576"'),
        (b' r="A2"', b' r="xfd1048576"'),
        (b' r="A2"', b" r='ABCDEFG2'"),
        (b' r="A2"', b'\tr = "ZZZ999999"'),
        (b' r="A2"', b' r="A99999999999"'),
        (b'<row r="2"', b'<row r="4000000000"'),
        (b'<row r="2"', b'<row\nr="400000000000"'),
    ],
)
def test_far_cells_of_a_workbook(old, new):
    # The reader would end the whole program at some of these.
    good = next(data for name, data in fuzz.containers() if name == "a.xlsx")
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as whole, zipfile.ZipFile(stream, "w") as copy:
        for part in whole.namelist():
            copy.writestr(part, whole.read(part).replace(old, new))
    with pytest.raises(InputError, match=r"spans|damaged|rows; up to"):
        read_bytes("a.xlsx", stream.getvalue(), today=TODAY)


@pytest.mark.parametrize("offset", range(0, 200, 7))
def test_a_long_and_wide_sheet_is_read_wherever_its_pieces_are_cut(offset):
    # Rows of five digits and columns of two letters make the program look at every place.
    cells = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="AB{n}"><v>2</v></c></row>' for n in range(12340, 12380)
    )
    content = cells.encode()

    def pieces(*_):
        for at in range(0, len(content), 200 + offset):
            yield content[at : at + 200 + offset]

    assert workbooks._farthest("x.xlsx", pieces()) == (12379, 28)


@given(st.binary(max_size=3000))
def test_spans_of_anything(data):
    for span in (xlsb_span, xls_span, ods_span):
        assert min(span(data)) >= 0
    assert min(xls_span(compound(data))) >= 0


def test_work_is_cancelled():
    asked = itertools.count()
    with pytest.raises(ImportCancelledError, match="nothing was taken over"):
        read_bytes("lots.csv", LOTS.encode(), today=TODAY, cancelled=lambda: next(asked) >= 2)
    assert next(asked) >= 3
    assert len(read_bytes("lots.csv", LOTS.encode(), today=TODAY, cancelled=lambda: False).lots) == 5000


def test_work_ends_when_its_time_is_over():
    with pytest.raises(InputError, match="takes more than 0 seconds"):
        read_bytes("lots.csv", LOTS.encode(), today=TODAY, seconds=0)
    Watch(seconds=60).check()


def test_the_fuzzer_finds_nothing(capsys):
    assert fuzz.main(["--inputs", "300", "--seed", "5"]) == 0, capsys.readouterr().out


def test_the_fuzzer_repeats_itself():
    assert list(fuzz.inputs(30, 9)) == list(fuzz.inputs(30, 9))
    assert list(fuzz.inputs(30, 9)) != list(fuzz.inputs(30, 10))
