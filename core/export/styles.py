"""The looks of the workbook's cells: one name each, built once."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from openpyxl.styles import Alignment, Border, Font, PatternFill

#: On every system, or with a twin of the same widths (Liberation Sans), so that lines break alike.
FONT = "Arial"
INK = "1F2933"
QUIET = "5F6B76"
BAND = "1F3A4D"
PALE = "EEF2F5"
LINE = "D5DBE1"
BUY = "1B6E53"
SELL = "9A3412"

MONEY = "#,##0.00;[Red]-#,##0.00"
PRICE = "#,##0.00##"
WHOLE = "#,##0"
FRACTION = "#,##0.000#"
#: The same with a dash for nothing: columns where most rows have nothing.
MONEY_OR_DASH = '#,##0.00;[Red]-#,##0.00;"–"'
WHOLE_OR_DASH = '#,##0;-#,##0;"–"'
FRACTION_OR_DASH = '#,##0.000#;-#,##0.000#;"–"'
SHARE = "0.0%"
SHARE_CHANGE = "+0.0%;-0.0%;0.0%"
DATE = "mmm d, yyyy"


@attrs.frozen
class Look:
    """How a cell looks; colours are RGB in hexadecimal."""

    number_format: str = "General"
    bold: bool = False
    size: int = 10
    colour: str = INK
    fill: str | None = None
    horizontal: str | None = None
    wrap: bool = False
    line_below: bool = False
    line_above: bool = False
    vertical: str = "top"
    indent: int = 0

    def font(self) -> Font:
        """Its font."""
        from openpyxl.styles import Font

        return Font(name=FONT, size=self.size, bold=self.bold, color=self.colour)

    def pattern(self) -> PatternFill:
        """Its fill."""
        from openpyxl.styles import PatternFill

        return PatternFill() if self.fill is None else PatternFill("solid", fgColor=self.fill)

    def alignment(self) -> Alignment:
        """Its alignment."""
        from openpyxl.styles import Alignment

        # Spreadsheets indent only text that is aligned expressly.
        horizontal = "left" if self.indent and self.horizontal is None else self.horizontal
        return Alignment(horizontal=horizontal, vertical=self.vertical, wrap_text=self.wrap, indent=self.indent)

    def border(self) -> Border:
        """Its lines."""
        from openpyxl.styles import Border, Side

        return Border(
            bottom=Side("thin", color=LINE) if self.line_below else None,
            top=Side("thin", color=BAND) if self.line_above else None,
        )


def _number(number_format: str, **more: object) -> Look:
    return Look(number_format=number_format, horizontal="right", **more)  # type: ignore[arg-type]


#: Every look by name. ``head`` is a table's heading row; ``total_*`` a totals row.
LOOKS: dict[str, Look] = {
    "title": Look(bold=True, size=16),
    "subtitle": Look(colour=QUIET),
    "section": Look(bold=True, size=11, colour="FFFFFF", fill=BAND, vertical="center", indent=1),
    "head": Look(bold=True, colour="FFFFFF", fill=BAND, wrap=True, vertical="center", indent=1),
    "head_number": Look(bold=True, colour="FFFFFF", fill=BAND, wrap=True, vertical="center", horizontal="right"),
    "subhead": Look(bold=True, fill=PALE, indent=1),
    "subhead_number": Look(bold=True, fill=PALE, horizontal="right"),
    "subhead_centre": Look(bold=True, fill=PALE, horizontal="center"),
    "box_label": Look(colour=QUIET, vertical="center", indent=1),
    "label": Look(colour=QUIET, indent=1),
    "text": Look(indent=1),
    "strong": Look(bold=True, indent=1),
    "wrapped": Look(wrap=True, indent=1),
    "buy": Look(bold=True, colour=BUY, indent=1),
    "red": Look(bold=True, colour="FFFFFF", fill="B42318", indent=1),
    "amber": Look(bold=True, fill="FFD58A", indent=1),
    "sell": Look(bold=True, colour=SELL, indent=1),
    "centre": Look(horizontal="center"),
    "right_text": Look(horizontal="right", colour=QUIET),
    "money": _number(MONEY),
    "money_strong": _number(MONEY, bold=True),
    "price": _number(PRICE),
    "whole": _number(WHOLE),
    "fraction": _number(FRACTION),
    "money_or_dash": _number(MONEY_OR_DASH),
    "whole_or_dash": _number(WHOLE_OR_DASH),
    "fraction_or_dash": _number(FRACTION_OR_DASH),
    "multiplier": _number("General"),
    "share": _number(SHARE),
    "setting_share": Look("0.00##%", horizontal="left", indent=1),
    "setting_money": Look(MONEY, horizontal="left", indent=1),
    "share_change": _number(SHARE_CHANGE),
    "points": _number("0.00"),
    "date": Look(number_format=DATE, horizontal="center"),
    "box": Look(number_format=SHARE, horizontal="center", vertical="center"),
    "total_text": Look(bold=True, line_above=True, indent=1),
    "total_money": _number(MONEY, bold=True, line_above=True),
    "total_share": _number(SHARE, bold=True, line_above=True),
    "total_points": _number("0.00", bold=True, line_above=True),
    "total_whole": _number(WHOLE, bold=True, line_above=True),
}


def quantity_look(quantity: Decimal) -> str:
    """The look of a quantity: whole shares without decimals, parts of a share with up to four."""
    return "whole" if quantity == quantity.to_integral_value() else "fraction"
