"""A page to draw on in points, from the top down; text that wraps, breaks over pages, and never runs out of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QIODevice, QMarginsF, QRectF, Qt, QUuid
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from core.export.text import cell_text

#: US letter, in points.
PAGE_WIDTH, PAGE_HEIGHT = 612.0, 792.0
MARGIN = 54.0
WIDTH = PAGE_WIDTH - 2 * MARGIN
_BOTTOM = PAGE_HEIGHT - MARGIN
_DPI = 1200
_UNIT = _DPI / 72

INK, QUIET, LINE, PALE = "#1f2933", "#5f6b76", "#d5dbe1", "#f1f4f7"
#: As in the workbook's charts: today grey, wanted light, after dark.
BEFORE, TARGET, AFTER = "#a9b4bd", "#8fc1dd", "#1f5d84"
#: Fonts of one width on the three systems; the first that is there is used.
_FAMILIES = ("Liberation Sans", "Arial", "Helvetica Neue", "Segoe UI", "DejaVu Sans")

LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignHCenter


class Canvas:
    """Draws into a PDF. ``y`` is where the next thing goes, points from the top; ``on_page_end`` draws the footer."""

    def __init__(self, device: QIODevice, title: str, identity: str, on_page_end: Callable[[Canvas], None]) -> None:
        self._writer = QPdfWriter(device)
        self._writer.setPageLayout(
            QPageLayout(
                QPageSize(QPageSize.PageSizeId.Letter),
                QPageLayout.Orientation.Portrait,
                QMarginsF(0, 0, 0, 0),
                QPageLayout.Unit.Point,
            )
        )
        self._writer.setResolution(_DPI)
        self._writer.setTitle(clean(title))
        self._writer.setCreator("Trimtab")
        # Of what it says, not of the moment: Qt would draw an id at random.
        self._writer.setDocumentId(QUuid.createUuidV5(QUuid(), clean(identity).encode()))
        self._painter = QPainter(self._writer)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._on_page_end = on_page_end
        self._fonts: dict[tuple[float, bool], QFont] = {}
        self.page = 1
        self.y = MARGIN

    def finish(self) -> None:
        """End the last page and the document."""
        self._on_page_end(self)
        self._painter.end()

    def need(self, height: float) -> None:
        """Go to a new page where ``height`` points are not left on this one."""
        if self.y + height > _BOTTOM:
            self.new_page()

    def new_page(self) -> None:
        """End this page and begin the next."""
        self._on_page_end(self)
        self._writer.newPage()
        self.page += 1
        self.y = MARGIN

    def font(self, size: float, bold: bool = False) -> QFont:
        """The report's font at a size in points."""
        key = (size, bold)
        if key not in self._fonts:
            font = QFont(list(_FAMILIES))
            font.setPointSizeF(size)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
            self._fonts[key] = font
        return self._fonts[key]

    def height_of(self, text: str, width: float, size: float, *, bold: bool = False) -> float:
        """Height in points of wrapped text."""
        metrics = QFontMetricsF(self.font(size, bold), self._writer)
        flags = int(Qt.TextFlag.TextWordWrap)
        return metrics.boundingRect(QRectF(0, 0, width * _UNIT, 1e9), flags, clean(text)).height() / _UNIT

    def line_height(self, size: float) -> float:
        """Height in points of one line."""
        return QFontMetricsF(self.font(size), self._writer).height() / _UNIT

    def text(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: Qt.AlignmentFlag = LEFT,
        wrap: bool = False,
    ) -> float:
        """Draw text with its top at ``y``; one line is cut with an ellipsis. Returns the height taken, points."""
        font, flags = self.font(size, bold), align | Qt.AlignmentFlag.AlignTop
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        shown = clean(text)
        if wrap:
            height = self.height_of(text, width, size, bold=bold)
            self._painter.drawText(self._rect(x, y, width, height + size), int(flags | Qt.TextFlag.TextWordWrap), shown)
            return height
        metrics = QFontMetricsF(font, self._writer)
        shown = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, width * _UNIT)
        self._painter.drawText(self._rect(x, y, width, size * 2), int(flags | Qt.TextFlag.TextSingleLine), shown)
        return metrics.height() / _UNIT

    def paragraph(self, text: str, size: float = 10, *, after: float = 5, colour: str = INK, mark: str = "") -> None:
        """A paragraph over the width of the page; ``mark`` hangs before it, as in lists."""
        indent = 14.0 if mark else 0.0
        self.need(self.height_of(text, WIDTH - indent, size))
        if mark:
            self.text(mark, MARGIN, self.y, indent, size, colour=QUIET)
        self.y += self.text(text, MARGIN + indent, self.y, WIDTH - indent, size, colour=colour, wrap=True) + after

    def heading(self, text: str, keep: float = 40) -> None:
        """A heading that stays with the ``keep`` points after it."""
        self.need(30 + keep)
        self.y += 10
        self.y += self.text(text, MARGIN, self.y, WIDTH, 13, bold=True, colour=AFTER) + 2
        self.line(MARGIN, self.y, MARGIN + WIDTH, self.y)
        self.y += 6

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle."""
        self._painter.fillRect(self._rect(x, y, width, height), QColor(fill))

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = LINE, width: float = 0.6) -> None:
        """A line."""
        self._painter.setPen(QPen(QColor(colour), width * _UNIT))
        self._painter.drawLine(self._rect(x1, y1, 0, 0).topLeft(), self._rect(x2, y2, 0, 0).topLeft())

    def picture(self, image: object, x: float, y: float, width: float, height: float) -> None:
        """A QImage in a rectangle."""
        self._painter.drawImage(self._rect(x, y, width, height), image)  # type: ignore[call-overload]

    @staticmethod
    def _rect(x: float, y: float, width: float, height: float) -> QRectF:
        return QRectF(x * _UNIT, y * _UNIT, width * _UNIT, height * _UNIT)


def clean(text: str) -> str:
    """One line of characters that a page can show."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in cell_text(text)).split())
