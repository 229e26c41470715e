"""Sheets written row by row, with the value of every formula kept beside it.

openpyxl writes formulas without their values; programs that don't calculate (previews, pandas, openpyxl itself)
would then see nothing. ``Book`` remembers what each formula gives and ``saved_bytes`` puts it into the file, so
that readers see the figures and spreadsheets still calculate them anew.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs

from core.export.package import finish_package
from core.export.styles import LOOKS
from core.export.text import cell_text, looks_like_formula

Value = str | int | float | Decimal | date | None


@attrs.frozen
class Cell:
    """A cell: its value, its look (a key of LOOKS) and, where it is calculated, the formula without ``=``."""

    value: Value
    look: str = "text"
    formula: str | None = None


def quoted(title: str) -> str:
    """A sheet's title as formulas write it."""
    return title if title.isalnum() else "'" + title.replace("'", "''") + "'"


def column_letter(number: int) -> str:
    """Letters of a column, from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def row_height(*texts: tuple[str, float]) -> float | None:
    """Height in points of a row of wrapped texts, each with the width of its column in characters.

    None for one line. Spreadsheets don't reliably fit the height of rows to wrapped text when they open a file, and
    never that of joined cells. Ten-point letters are a little narrower than the unit of column widths.
    """
    lines = max((sum(_lines(line, width) for line in text.split("\n")) for text, width in texts), default=1)
    return None if lines <= 1 else 12.75 * min(lines, 30) + 2


def _lines(text: str, width: float) -> int:
    room, used, lines = width * 1.3 - 1, 0.0, 1
    for word in text.split(" "):
        if used and used + len(word) > room:
            lines, used = lines + 1, 0.0
        lines += int(len(word) // room) if len(word) > room else 0
        used += len(word) + 1
    return lines


class Book:
    """A workbook being written; ``as_of`` dates it, so that the same input gives the same bytes."""

    def __init__(self, title: str, as_of: date) -> None:
        from openpyxl import Workbook

        self._book = Workbook(write_only=True)
        self._as_of = datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001 - the format keeps no zone
        self._book.properties.creator = "Trimtab"
        self._book.properties.title = cell_text(title)
        self._book.properties.created = self._as_of
        # Spreadsheets calculate everything anew when they open the file.
        if self._book.calculation is not None:
            self._book.calculation.fullCalcOnLoad = True
        self._sheets: list[SheetWriter] = []
        self._prototypes: dict[tuple[str, bool], Any] = {}

    def sheet(self, title: str, widths: Sequence[float]) -> SheetWriter:
        """A new sheet at the end; ``widths`` of its columns, in characters."""
        writer = SheetWriter(self, self._book.create_sheet(title), widths)
        self._sheets.append(writer)
        return writer

    def saved_bytes(self) -> bytes:
        """The finished file."""
        raw = io.BytesIO()
        self._book.save(raw)
        return finish_package(raw.getvalue(), [sheet.formula_values for sheet in self._sheets], self._as_of)

    def style_of(self, sheet: Any, look: str, quote: bool) -> Any:
        """The style record of a look, made once for the whole book."""
        key = (look, quote)
        if key not in self._prototypes:
            from openpyxl.cell import WriteOnlyCell

            cell: Any = WriteOnlyCell(sheet)
            described = LOOKS[look]
            cell.font, cell.fill = described.font(), described.pattern()
            cell.alignment, cell.border = described.alignment(), described.border()
            cell.number_format = described.number_format
            if quote:
                cell.quotePrefix = True
            self._prototypes[key] = cell._style
        return self._prototypes[key]


class SheetWriter:
    """One sheet: rows go in from the top; ``formula_values`` holds what each formula gives."""

    def __init__(self, book: Book, sheet: Any, widths: Sequence[float]) -> None:
        self._book = book
        self.sheet = sheet
        self.formula_values: dict[str, Value] = {}
        self.next_row = 1
        for number, width in enumerate(widths, start=1):
            self.sheet.column_dimensions[column_letter(number)].width = width

    def row(self, cells: Iterable[Cell | None], height: float | None = None) -> int:
        """Write a row and return its number; ``height`` in points where it isn't one line."""
        number = self.next_row
        if height is not None:
            self.sheet.row_dimensions[number].height = height
        self.sheet.append([None if c is None else self._made(c, number, i) for i, c in enumerate(cells, start=1)])
        self.next_row += 1
        return number

    def blank(self) -> None:
        """Leave a row empty."""
        self.sheet.append([])
        self.next_row += 1

    def note(self, text: str, columns: int, width: float, look: str = "wrapped") -> None:
        """A paragraph over the first ``columns`` columns, together ``width`` characters wide."""
        self.merge(f"A{self.next_row}", f"{column_letter(columns)}{self.next_row}")
        self.row([Cell(text, look)], height=row_height((text, width)))

    def chart(self, chart: Any, place: str) -> None:
        """Lay a chart over the sheet, its upper left corner in the cell ``place``."""
        self.sheet.add_chart(chart, place)

    def merge(self, first: str, last: str) -> None:
        """Join the cells from ``first`` to ``last`` into one."""
        self.sheet.merged_cells.add(f"{first}:{last}")

    def prepare(
        self,
        *,
        landscape: bool,
        freeze: str | None = None,
        filtered: str | None = None,
        repeat: str | None = None,
        repeat_columns: str | None = None,
        pages_wide: int = 1,
    ) -> None:
        """Set up scrolling, filters and printing: ``pages_wide`` pages, numbered, headings repeated.

        Call it before the first row. ``freeze`` is the first cell that scrolls, ``filtered`` the range with filter
        buttons, ``repeat`` the rows to repeat, as ``1:1``, ``repeat_columns`` the columns, as ``A:B``.
        """
        from openpyxl.worksheet.properties import PageSetupProperties

        sheet = self.sheet
        sheet.freeze_panes = freeze
        if filtered is not None:
            sheet.auto_filter.ref = filtered
        if repeat is not None:
            sheet.print_title_rows = repeat
        if repeat_columns is not None:
            sheet.print_title_cols = repeat_columns
        sheet.page_setup.orientation = "landscape" if landscape else "portrait"
        sheet.page_setup.paperSize = "1"  # US letter
        sheet.page_setup.fitToWidth = pages_wide
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top = sheet.page_margins.bottom = 0.6
        sheet.page_margins.header = sheet.page_margins.footer = 0.3
        sheet.oddFooter.left.text = "&A"
        sheet.oddFooter.right.text = "Page &P of &N"
        sheet.sheet_view.showGridLines = False

    def _made(self, cell: Cell, row: int, column: int) -> Any:
        from openpyxl.cell import WriteOnlyCell

        value: Any = cell.value
        if cell.formula is not None:
            made: Any = WriteOnlyCell(self.sheet, value="=" + cell.formula)
            self.formula_values[f"{column_letter(column)}{row}"] = value
            quote = False
        elif isinstance(value, str):
            text = cell_text(value)
            made = WriteOnlyCell(self.sheet, value=text)
            # Set after the value: text that starts with = would else have become a formula.
            made.data_type = "s"
            quote = looks_like_formula(text)
        else:
            made = WriteOnlyCell(self.sheet, value=value)
            quote = False
        # One style record shared by all cells of a look: setting font, fill, ... cell by cell takes ten times as long.
        made._style = self._book.style_of(self.sheet, cell.look, quote)
        return made
