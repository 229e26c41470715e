"""The parts of the client report, drawn one below the other."""

from __future__ import annotations

from PySide6.QtGui import QImage

from core.export.case_points import CasePoint
from core.export.report import AccountOrders, Bar, Report
from core.export.report_words import per_cent
from widgets.orientation import columns
from widgets.report.canvas import (
    AFTER,
    BEFORE,
    CENTRE,
    INK,
    LEFT,
    LINE,
    MARGIN,
    PALE,
    QUIET,
    RIGHT,
    TARGET,
    WIDTH,
    Canvas,
)

_SIZES = ("Large", "Medium", "Small")
_STYLES = ("Value", "Blend", "Growth")
#: The share at which a style box is darkest.
_FULL = 0.40
_ROW = 14.5
#: Widths of the columns of sides, and of dates and sources, in the case for the tilt and against it.
_LABEL, _SOURCE = 66.0, 128.0
#: Left edges of the columns of orders (action, quantity, symbol, name, amount, why), points from the margin.
_COLUMNS = (0.0, 44.0, 98.0, 154.0, 310.0, 372.0)


def draw_report(canvas: Canvas, report: Report, logo: QImage | None) -> None:
    """Draw everything, in its order."""
    _head(canvas, report, logo)
    _tiles(canvas, report)
    for text in report.summary:
        canvas.paragraph(text, 10.5)
    _boxes(canvas, report)
    _mix(canvas, report)
    canvas.heading("What changes, and why")
    for text in report.why:
        canvas.paragraph(text)
    if report.accounts:
        canvas.heading("The orders", keep=70)
        for account in report.accounts:
            _orders(canvas, account)
    _tax(canvas, report)
    if report.given_up:
        canvas.heading("What your rules keep in place")
        for text in report.given_up:
            canvas.paragraph(text, mark="\u2022", after=3)
    if report.case:
        canvas.heading("The case for this tilt, and against it", keep=60)
        for text in report.case_words:
            canvas.paragraph(text)
        for point in report.case:
            _point(canvas, point)
    canvas.heading("What this report does not claim")
    for text in report.limits:
        canvas.paragraph(text, mark="\u2022", after=3)


def _head(canvas: Canvas, report: Report, logo: QImage | None) -> None:
    top, room = canvas.y, WIDTH
    if logo is not None:
        height = 40.0
        width = min(140.0, height * logo.width() / logo.height())
        height = width * logo.height() / logo.width()
        canvas.picture(logo, MARGIN + WIDTH - width, top, width, height)
        room = WIDTH - width - 12
    if report.letterhead.adviser:
        canvas.y += canvas.text(report.letterhead.adviser, MARGIN, canvas.y, room, 10, colour=QUIET) + 2
    canvas.y += canvas.text(report.title, MARGIN, canvas.y, room, 18, bold=True, wrap=True) + 3
    canvas.y += canvas.text(report.household, MARGIN, canvas.y, room, 12, bold=True, colour=AFTER) + 2
    canvas.y += canvas.text(report.dated, MARGIN, canvas.y, WIDTH, 9.5, colour=QUIET) + 10
    canvas.y = max(canvas.y, top + 48)


def _tiles(canvas: Canvas, report: Report) -> None:
    gap, height = 8.0, 56.0
    width = (WIDTH - gap * (len(report.tiles) - 1)) / len(report.tiles)
    for i, tile in enumerate(report.tiles):
        x = MARGIN + i * (width + gap)
        canvas.box(x, canvas.y, width, height, PALE)
        canvas.text(tile.label, x + 8, canvas.y + 6, width - 16, 8.5, colour=QUIET)
        canvas.text(tile.figure, x + 8, canvas.y + 17, width - 16, 15, bold=True)
        canvas.text(tile.note, x + 8, canvas.y + 39, width - 12, 7.2, colour=QUIET)
    canvas.y += height + 10


def _boxes(canvas: Canvas, report: Report) -> None:
    """Three style boxes side by side."""
    gap, label, cell_height = 14.0, 36.0, 27.0
    width = (WIDTH - label - 2 * gap) / 3
    canvas.heading(f"Your {report.scope} by size and style", keep=150)
    cell = width / 3
    shots = (("Today", report.before), ("Wanted", report.target), ("After the orders", report.after))
    for i, (name, box) in enumerate(shots):
        left = MARGIN + label + i * (width + gap)
        canvas.text(name, left, canvas.y, width, 9.5, bold=True, align=CENTRE)
        for column, style in enumerate(columns()):
            canvas.text(_STYLES[style], left + column * cell, canvas.y + 14, cell, 8, colour=QUIET, align=CENTRE)
        for line in range(3):
            top = canvas.y + 26 + line * cell_height
            if i == 0:
                canvas.text(_SIZES[line], MARGIN, top + 9, label, 8, colour=QUIET)
            for column, style in enumerate(columns()):
                share = box[3 * line + style]
                canvas.box(left + column * cell, top, cell - 1.2, cell_height - 1.2, _shade(share))
                dark = share > 0.6 * _FULL
                canvas.text(
                    per_cent(share),
                    left + column * cell,
                    top + 8,
                    cell - 1.2,
                    9,
                    colour="#ffffff" if dark else INK,
                    align=CENTRE,
                )
    canvas.y += 26 + 3 * cell_height + 2
    note = f"Each figure is a share of your {report.scope} whose style is known."
    canvas.y += canvas.text(note, MARGIN, canvas.y, WIDTH, 8, colour=QUIET) + 2


def _shade(share: float) -> str:
    """From pale to the dark of "after", by the share."""
    part = min(share / _FULL, 1.0)
    low, high = (237, 243, 248), (31, 93, 132)
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(low, high, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _mix(canvas: Canvas, report: Report) -> None:
    """Asset classes as bars: today, wanted and after."""
    if not report.mix:
        return
    row, label, figures = 24.0, 106.0, 118.0
    canvas.heading("The whole household by kind of investment", keep=row * len(report.mix) + 16)
    room = WIDTH - label - figures
    most = max(max(bar.before, bar.target, bar.after) for bar in report.mix)
    x = MARGIN + label
    for i, (name, colour) in enumerate((("today", BEFORE), ("wanted", TARGET), ("after", AFTER))):
        canvas.box(x + i * 62, canvas.y + 2, 8, 8, colour)
        canvas.text(name, x + i * 62 + 12, canvas.y, 48, 8, colour=QUIET)
    canvas.text("today \u2192 after", x + room, canvas.y, figures, 8, colour=QUIET, align=RIGHT)
    canvas.y += 14
    for bar in report.mix:
        _bar(canvas, bar, label, room, figures, most)
        canvas.y += row


def _bar(canvas: Canvas, bar: Bar, label: float, room: float, figures: float, most: float) -> None:
    canvas.text(bar.name, MARGIN, canvas.y + 4, label - 6, 9)
    for i, (share, colour) in enumerate(((bar.before, BEFORE), (bar.target, TARGET), (bar.after, AFTER))):
        length = max(0.0, share) / most * (room - 10) if most > 0 else 0.0
        canvas.box(MARGIN + label, canvas.y + 1 + 6.4 * i, length, 5.6, colour)
    words = f"{per_cent(bar.before)} \u2192 {per_cent(bar.after)}"
    canvas.text(words, MARGIN + label + room, canvas.y + 4, figures, 9, align=RIGHT)


def _orders(canvas: Canvas, account: AccountOrders) -> None:
    def head(title: str) -> None:
        canvas.need(3 * _ROW + 22)
        canvas.y += canvas.text(title, MARGIN, canvas.y, WIDTH, 10, bold=True) + 3
        canvas.box(MARGIN, canvas.y, WIDTH, _ROW, PALE)
        cells = ("Order", "Quantity", "Symbol", "Name", "Amount", "Purpose")
        _order_row(canvas, cells, canvas.y + 2, colour=QUIET)
        canvas.y += _ROW + 1

    if account.orders:
        head(account.title)
    page = canvas.page
    for order in account.orders:
        canvas.need(_ROW)
        if canvas.page != page:
            page = canvas.page
            head(f"{account.title}, continued")
        _order_row(
            canvas,
            (order.action, order.quantity, order.symbol, order.name, order.amount, order.why),
            canvas.y + 2,
            bold_first=True,
        )
        canvas.line(MARGIN, canvas.y + _ROW - 0.5, MARGIN + WIDTH, canvas.y + _ROW - 0.5, LINE, 0.3)
        canvas.y += _ROW
    if account.rest:
        canvas.paragraph(account.rest, 9, colour=QUIET, after=0)
    canvas.y += 8


def _order_row(
    canvas: Canvas, cells: tuple[str, ...], y: float, *, colour: str = INK, bold_first: bool = False
) -> None:
    for i, text in enumerate(cells):
        end = _COLUMNS[i + 1] if i + 1 < len(_COLUMNS) else WIDTH
        right = i in (1, 4)
        left, room = MARGIN + _COLUMNS[i] + (0 if right else 4), end - _COLUMNS[i] - (6 if right else 8)
        align = RIGHT if right else LEFT
        canvas.text(text, left, y, room, 8.5, bold=bold_first and i == 0, colour=colour, align=align)


def _tax(canvas: Canvas, report: Report) -> None:
    canvas.heading("What it means for your taxes", keep=20 * len(report.tax_lines) + 30)
    for i, (label, amount) in enumerate(report.tax_lines):
        strong = i == 2
        canvas.need(16)
        canvas.text(label, MARGIN, canvas.y, 300, 10, bold=strong)
        canvas.text(amount, MARGIN + 300, canvas.y, 110, 10, bold=strong, align=RIGHT)
        canvas.y += 15
    canvas.y += 4
    for text in report.tax_words:
        canvas.paragraph(text)


def _point(canvas: Canvas, point: CasePoint) -> None:
    """One line: for or against, what, and on the right when and by whom."""
    label = {True: "For", False: "Against", None: "Beside"}[point.speaks_for] + (f" {point.side}" if point.side else "")
    room = WIDTH - _LABEL - _SOURCE - 10
    source = f"{point.source}, {point.as_of}"
    height = max(canvas.height_of(point.text, room, 8.5), canvas.height_of(source, _SOURCE, 8)) + 3
    canvas.need(height)
    canvas.text(label, MARGIN, canvas.y, _LABEL, 8.5, bold=True, colour=QUIET if point.speaks_for is None else INK)
    canvas.text(point.text, MARGIN + _LABEL, canvas.y, room, 8.5, wrap=True)
    canvas.text(source, MARGIN + WIDTH - _SOURCE, canvas.y + 0.4, _SOURCE, 8, colour=QUIET, wrap=True)
    canvas.y += height
