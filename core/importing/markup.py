"""Spreadsheets that are markup under an .xls name: HTML tables and SpreadsheetML 2003. No entity is ever expanded."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.parsers import expat

from core.errors import InputError
from core.importing import sheets
from core.importing.grid import Row
from core.importing.sections import flex_rows
from core.importing.sheets import Sheet
from core.importing.watch import UNWATCHED, ImportCancelledError, Watch

_MAX_SPAN = 1000
_PIECE = 1 << 18


class _Tables(HTMLParser):
    """Collects the rows of all tables of a page as one sheet; a cell over several columns is padded with blanks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self._row: Row | None = None
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            if self._row is None:
                self._row = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), _MAX_SPAN) if span.isascii() and span.isdigit() and len(span) < 6 else 1
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            self._row.append("".join(self._cell).replace("\xa0", " ").strip())
            self._row.extend([""] * (self._span - 1))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self.rows.append(self._row)
        self._row = None

    def close(self) -> None:
        super().close()
        self._end_row()


def read_html(name: str, data: bytes, watch: Watch = UNWATCHED) -> list[Sheet]:
    """All tables of an HTML page, one after the other, as one sheet.

    Raises
    ------
    InputError
        Where the page holds no table.
    """
    parser = _Tables()
    try:
        text = sheets.decode(name, data)
        for at in range(0, len(text), _PIECE):
            parser.feed(text[at : at + _PIECE])
            sheets.check_shape(name, len(parser.rows), 0)
            watch.check()
        parser.close()
    except (AssertionError, ValueError) as error:
        raise InputError(f"{name}: the page cannot be read ({error}). Export the positions as CSV.") from None
    if not parser.rows:
        raise InputError(f"{name}: this is a web page without a table. Export the positions as CSV or Excel.")
    return [Sheet("", parser.rows)]


class _Workbook:
    """Event handlers for SpreadsheetML 2003. Names carry their namespace prefix as written; it is dropped."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._rows: list[Row] = []
        self._row: Row | None = None
        self._cell: list[str] | None = None
        self._in_data = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if local == "Worksheet":
            self._rows = []
            self.sheets.append(Sheet(values.get("Name", ""), self._rows))
        elif local == "Row" and self.sheets:
            rows = self._rows
            rows.extend([] for _ in range(_place(values.get("Index"), sheets.MAX_ROWS) - len(rows)))
            self._row = []
        elif local == "Cell" and self._row is not None:
            self._row.extend([""] * (_place(values.get("Index"), sheets.MAX_COLUMNS) - len(self._row)))
            self._cell = []
        elif local == "Data":
            self._in_data = self._cell is not None

    def end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local == "Row" and self._row is not None:
            self._rows.append(self._row)
            self._row = None
        elif local == "Cell" and self._cell is not None and self._row is not None:
            self._row.append("".join(self._cell))
            self._cell = None
        elif local == "Data":
            self._in_data = False

    def text(self, data: str) -> None:
        if self._in_data and self._cell is not None:
            self._cell.append(data)


def _place(index: str | None, limit: int) -> int:
    """Items that must stand before a row or cell which gives its own 1-based index; 0 where it gives none."""
    if index is None or not index.isascii() or not index.isdigit() or len(index) > 9:
        return 0
    if int(index) - 1 > limit:
        raise InputError(f"a cell stands at place {index}, beyond the limit of {limit:,}")
    return int(index) - 1


_FLEX_ELEMENTS = frozenset({"OpenPosition", "CashReportCurrency", "AccountInformation"})


def read_flex(name: str, data: bytes, watch: Watch = UNWATCHED) -> list[Sheet]:
    """An Interactive Brokers Flex query as one table of positions, lots and cash; rows count its elements.

    Raises
    ------
    InputError
        Where the XML is damaged or declares a document type (entities are refused).
    """
    items: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag in _FLEX_ELEMENTS:
            items.append((tag, attributes))
            if len(items) > sheets.MAX_ROWS:
                sheets.check_shape(name, len(items), 0)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    _parse(name, data, parser, watch)
    return [Sheet("", flex_rows(items))]


def _parse(name: str, data: bytes, parser: expat.XMLParserType, watch: Watch) -> None:
    """Feed a parser piece by piece; document types, and with them all entities, are refused."""

    def refuse(*_: object) -> None:
        raise InputError(f"{name}: the XML declares a document type; such files are not read. Export as CSV or XLSX.")

    parser.StartDoctypeDeclHandler = refuse
    try:
        for at in range(0, len(data), _PIECE):
            parser.Parse(data[at : at + _PIECE], False)
            watch.check()
        parser.Parse(b"", True)
    except (InputError, ImportCancelledError) as error:
        text = str(error)
        if isinstance(error, ImportCancelledError) or text.startswith(name):
            raise
        raise InputError(f"{name}: {text}.") from None
    except (expat.ExpatError, ValueError, LookupError, UnicodeError) as error:
        raise InputError(f"{name}: the XML is damaged ({error}). Export the positions as CSV or XLSX.") from None


def read_spreadsheetml(name: str, data: bytes, watch: Watch = UNWATCHED) -> list[Sheet]:
    """Sheets of an Excel 2003 XML workbook.

    Raises
    ------
    InputError
        Where the XML is damaged, declares a document type (entities are refused), or is no workbook.
    """
    workbook = _Workbook()
    parser = expat.ParserCreate()
    parser.StartElementHandler = workbook.start
    parser.EndElementHandler = workbook.end
    parser.CharacterDataHandler = workbook.text
    _parse(name, data, parser, watch)
    if not any(sheet.rows for sheet in workbook.sheets):
        raise InputError(f"{name}: this XML file is no workbook. Export the positions as CSV or XLSX.")
    return workbook.sheets
