"""Bytes to sheets: the content decides what a file is."""

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.importing import sheets, workbooks
from core.importing.sheets import read_sheets, read_text

ROWS = [["Symbol", "Name", "Quantity"], ["AAA", "Alpha, Beta & Co", "1"], ["BBB", 'the "best"', "2.5"]]


def rows(data: bytes, name: str = "x") -> list[list[str]]:
    (sheet,) = read_sheets(name, data)
    return sheet.rows


def delimited(delimiter: str) -> str:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in ROWS]
    return "\n".join(delimiter.join(row) for row in quoted)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text(delimiter, encoding):
    assert rows(delimited(delimiter).encode(encoding)) == ROWS


def test_cells_are_not_trimmed_and_rows_keep_their_place():
    assert rows(b"a,b\n\n  x , -y\n") == [["a", "b"], [], ["  x ", " -y"]]


def test_marks_at_the_start_of_later_lines_and_an_old_end_of_file():
    assert rows("\ufeffa,b\n\ufeffc,d\n\x1a".encode())[:2] == [["a", "b"], ["c", "d"]]


def test_windows_characters():
    assert rows("Amount Invested (†),x\n".encode("cp1252")) == [["Amount Invested (†)", "x"]]


def test_line_breaks_inside_quotes():
    assert rows(b'a,"one\ntwo",c\r\nd,e,f') == [["a", "one\ntwo", "c"], ["d", "e", "f"]]


def test_a_quote_that_never_closes_is_named():
    text = 'a,b\nc,"d\n' + "\n".join(f"{i},{i}" for i in range(100))
    with pytest.raises(InputError, match="row 2, column 2: a quote is opened"):
        rows(text.encode())


def workbook(cells: list[list[object]], **sheets_: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in cells:
        book.active.append(row)
    for title, content in sheets_.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_workbook_cells_become_the_text_a_csv_would_hold():
    day, moment = dt.datetime(2026, 3, 4), dt.datetime(2026, 3, 4, 5, 6)  # noqa: DTZ001 - workbooks know no zones
    data = workbook([[], ["a", 1, 2.5, day, moment, True, 0.1, "007"]])
    found = rows(data, "anything.csv")
    assert found[1] == ["a", "1", "2.5", "2026-03-04", "2026-03-04 05:06:00", "TRUE", "0.1", "007"]
    assert not any(found[0])


def test_every_visible_sheet_is_read():
    found = read_sheets("book.xls", workbook([["a", "b"]], Second=[["c", "d"]]))
    assert [(sheet.name, sheet.rows) for sheet in found] == [("Sheet", [["a", "b"]]), ("Second", [["c", "d"]])]


def test_html_under_an_excel_name():
    page = b"""<html><body><table><tr><th colspan=2>T&amp;C</th></tr>
    <tr><td>a</td><td>b&nbsp;c</td></tr></table></body></html>"""
    assert rows(page, "holdings.xls") == [["T&C", ""], ["a", "b c"]]


def test_excel_2003_xml():
    page = b"""<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>
     <Row><Cell><Data ss:Type="String">a</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">2</Data></Cell></Row>
     <Row ss:Index="3"><Cell><Data ss:Type="String">x &amp; y</Data></Cell></Row></Table></Worksheet></Workbook>"""
    assert rows(page) == [["a", "", "2"], [], ["x & y"]]


def test_entities_are_never_expanded():
    page = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
    <Workbook><Worksheet><Table><Row><Cell><Data>&b;</Data></Cell></Row></Table></Worksheet></Workbook>"""
    with pytest.raises(InputError, match="document type"):
        rows(page)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n\0\0", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0", "not text"),
        (b"PK\x03\x04 nothing of a zip", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "cannot be read"),
        (b"<html><body>Please log in</body></html>", "without a table"),
        (b"<?xml version='1.0'?><Workbook><Worksheet>", "damaged"),
    ],
)
def test_what_cannot_be_read_says_so(data, words):
    with pytest.raises(InputError, match=words):
        read_sheets("file.csv", data)


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def test_an_archive_that_is_no_workbook():
    with pytest.raises(InputError, match="zip archive"):
        read_sheets("x.zip", zipped(a_dot_csv=b"Symbol,Quantity"))


def test_a_workbook_that_unpacks_without_end():
    bomb = zipped(mimetype=b"", xl__worksheets__sheet1_dot_xml=b"0" * (30 * 1024 * 1024))
    with pytest.raises(InputError, match="unpacks to more than"):
        read_sheets("x.xlsx", bomb)


def test_a_workbook_with_two_cells_far_apart():
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active["XFD1048576"] = 2
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(InputError, match="spans 1,048,576 rows"):
        read_sheets("x.xlsx", stream.getvalue())


def test_limits(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    monkeypatch.setattr(sheets, "MAX_COLUMNS", 3)
    monkeypatch.setattr(sheets, "MAX_BYTES", 100)
    assert rows(b"a,b,c\n" * 3)
    with pytest.raises(InputError, match="4 rows"):
        rows(b"a,b,c\n" * 4)
    with pytest.raises(InputError, match="4 columns"):
        rows(b"a,b,c,d\n")
    with pytest.raises(InputError, match="200 MB"):
        rows(b"a" * 101)


def outcome(reader, data: bytes) -> str:
    """The error's message, or "file" where the bytes are read."""
    try:
        reader("file", data)
    except InputError as error:
        return str(error)
    return "file"


@given(st.binary(max_size=400))
def test_any_bytes_are_sheets_or_a_named_error(data):
    assert outcome(read_sheets, data).startswith("file")


@given(st.binary(max_size=60), st.integers(0, 4000))
def test_damaged_workbooks_are_sheets_or_a_named_error(noise, at):
    data = bytearray(workbook([["Symbol", "Quantity"], ["A", 1]]))
    at %= len(data)
    data[at : at + len(noise)] = noise
    for reader in (read_sheets, workbooks.read_binary):
        assert outcome(reader, bytes(data)).startswith("file")


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("name", ["EXAMPLE INC", 'EX"A INC', 'A,"A INC', "A, B; C | D\tINC"])
def test_quotes_and_thousands_do_not_hide_the_delimiter(delimiter, name):
    rows = [["Symbol", "Name", "Quantity", "Value"], ["A", name, "-1,000,000", "-1,010,000.00", ""]]
    for data in (rows, [*rows, rows[1]]):
        stream = io.StringIO()
        csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(data)
        (sheet,) = read_text("x.csv", stream.getvalue().encode())
        assert list(sheet.rows) == data
