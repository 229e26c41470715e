"""Native charts for spreadsheets: bars over cells of the workbook, so that they follow when figures change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from core.export.cells import quoted
from core.export.styles import INK, LINE, QUIET

#: Today is grey, the goal light, the plan dark; the same in every chart.
BEFORE, TARGET, AFTER = "A9B4BD", "8FC1DD", "1F5D84"


@attrs.frozen
class Series:
    """One set of bars: column letter of its values, colour; its name is the cell above the first value."""

    column: str
    colour: str


@attrs.frozen
class Bars:
    """A bar chart over a block of one sheet: names in ``names`` (a column letter), rows ``first`` to ``last``.

    width, height in centimetres; ``value_format`` a number format of the axis; ``lying``: bars from the left.
    """

    title: str
    sheet: str
    names: str
    series: Sequence[Series]
    first: int
    last: int
    value_format: str
    width: float
    height: float
    lying: bool = False
    labels: bool = False


def bar_chart(bars: Bars) -> Any:
    """The chart, an openpyxl ``BarChart``."""
    from openpyxl.chart import BarChart
    from openpyxl.chart import Series as Values
    from openpyxl.chart.data_source import AxDataSource, StrRef
    from openpyxl.chart.label import DataLabelList
    from openpyxl.chart.layout import Layout
    from openpyxl.chart.series import SeriesLabel
    from openpyxl.chart.shapes import GraphicalProperties

    chart: Any = BarChart()
    chart.type = "bar" if bars.lying else "col"
    chart.grouping = "clustered"
    chart.title = bars.title
    chart.title.tx.rich.p[0].pPr = _paragraph(1100, INK, bold=True)
    chart.title.overlay = False
    chart.title.layout = Layout()
    chart.width, chart.height = bars.width, bars.height
    chart.gapWidth = 60
    chart.roundedCorners = False
    for part in bars.series:
        place = f"{quoted(bars.sheet)}!${part.column}"
        one = Values(values=_numbers(f"{place}${bars.first}:${part.column}${bars.last}"))
        one.tx = SeriesLabel(strRef=StrRef(f"{place}${bars.first - 1}"))
        names = f"{quoted(bars.sheet)}!${bars.names}${bars.first}:${bars.names}${bars.last}"
        one.cat = AxDataSource(strRef=StrRef(names))
        one.graphicalProperties = GraphicalProperties(solidFill=part.colour)
        one.graphicalProperties.line.noFill = True
        # A negative bar keeps its colour; Excel would else paint it white.
        one.invertIfNegative = False
        if bars.labels:
            one.dLbls = DataLabelList()
            one.dLbls.showVal = True
            one.dLbls.numFmt = bars.value_format
            one.dLbls.txPr = _text(900, INK)
            for name in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
                setattr(one.dLbls, name, False)
        chart.series.append(one)
    _dress_axes(chart, bars)
    if len(bars.series) > 1:
        chart.legend.position = "b"
        chart.legend.txPr = _text(900, INK)
    else:
        chart.legend = None
    return chart


def _dress_axes(chart: Any, bars: Bars) -> None:
    from openpyxl.chart.axis import ChartLines
    from openpyxl.chart.shapes import GraphicalProperties

    names, values = chart.x_axis, chart.y_axis
    # Files without this flag open without axes in newer spreadsheets.
    names.delete = values.delete = False
    names.txPr = values.txPr = _text(900, QUIET)
    names.tickLblPos = "low"
    names.majorTickMark = values.majorTickMark = "none"
    values.number_format = bars.value_format
    values.numFmt.sourceLinked = False
    if bars.value_format == "0%":
        values.majorUnit = 0.1  # left to itself a low chart has marks that it has no room to name
    values.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=_line(LINE)))
    values.spPr = GraphicalProperties(ln=_no_line())
    names.spPr = GraphicalProperties(ln=_line(QUIET))
    if bars.lying:
        # The first row at the top, as in the table.
        names.scaling.orientation = "maxMin"
        values.crosses = "max"


def _numbers(place: str) -> Any:
    from openpyxl.chart import Reference

    reference: Any = Reference(range_string=place)
    return reference


def _line(colour: str) -> Any:
    from openpyxl.drawing.line import LineProperties

    return LineProperties(solidFill=colour, w=6350)


def _no_line() -> Any:
    from openpyxl.drawing.line import LineProperties

    return LineProperties(noFill=True)


def _paragraph(size: int, colour: str, *, bold: bool = False) -> Any:
    from openpyxl.drawing.text import CharacterProperties, ParagraphProperties

    return ParagraphProperties(defRPr=CharacterProperties(sz=size, b=bold, solidFill=colour))


def _text(size: int, colour: str) -> Any:
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import CharacterProperties, Paragraph, RichTextProperties

    properties = _paragraph(size, colour)
    return RichText(
        bodyPr=RichTextProperties(),
        p=[Paragraph(pPr=properties, endParaRPr=CharacterProperties(sz=size))],
    )
