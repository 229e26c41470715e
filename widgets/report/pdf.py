"""The client report as a PDF file; equal input gives equal bytes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from core.atomic_file import write_atomically
from core.errors import InputError
from core.export.report import Report
from widgets.report.canvas import MARGIN, PAGE_HEIGHT, QUIET, RIGHT, WIDTH, Canvas
from widgets.report.pages import draw_report

#: Pixels of a logo's longer side in the file; larger pictures are made smaller.
_LOGO_PIXELS = 900
_DATE = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}[^)]*\)")
_XMP_DATE = re.compile(rb'(xmp:\w+Date=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?"')


def report_pdf(report: Report, dated: date) -> bytes:
    """The file. ``dated`` becomes its date of creation. Needs a QGuiApplication; raises InputError for a bad logo."""
    logo = None if report.letterhead.logo is None else read_logo(report.letterhead.logo)
    _content, pages = _drawn(report, logo, 0)
    content, _pages = _drawn(report, logo, pages)
    return _dated(content, dated)


def write_report(report: Report, dated: date, path: Path, *, overwrite: bool) -> None:
    """Write the file, whole or not at all. Raises InputError where it can't be, or exists and may not be replaced."""
    write_atomically(path, report_pdf(report, dated), overwrite=overwrite)


def read_logo(path: Path) -> QImage:
    """A picture, not larger than needed. Raises InputError where it is none."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    longer = max(size.width(), size.height())
    if longer > _LOGO_PIXELS:
        reader.setScaledSize(size.scaled(QSize(_LOGO_PIXELS, _LOGO_PIXELS), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull() or not image.height():
        raise InputError(f"{path} is no picture that can be read ({reader.errorString()}). Give a PNG or JPEG file.")
    return image


def _drawn(report: Report, logo: QImage | None, pages: int) -> tuple[bytes, int]:
    """The document and its number of pages; ``pages`` is the number in the footers (0: not known yet)."""

    def footer(canvas: Canvas) -> None:
        y = PAGE_HEIGHT - MARGIN + 16
        adviser = f"{report.letterhead.adviser} \u00b7 " if report.letterhead.adviser else ""
        canvas.text(f"{adviser}{report.household} \u00b7 {report.made_with}", MARGIN, y, WIDTH - 90, 7.5, colour=QUIET)
        of = f"Page {canvas.page} of {pages}" if pages else ""
        canvas.text(of, MARGIN + WIDTH - 80, y, 80, 7.5, colour=QUIET, align=RIGHT)

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    canvas = Canvas(buffer, f"{report.household}: {report.title}", repr(report), footer)
    draw_report(canvas, report, logo)
    canvas.finish()
    count = canvas.page
    del canvas
    return bytes(buffer.data().data()), count


def _dated(content: bytes, dated: date) -> bytes:
    """The moments of writing made one day; nothing changes its length, so that the offsets in the file hold."""

    def put(found: re.Match[bytes]) -> bytes:
        stamp = f"{dated:%Y%m%d}000000Z".encode()
        return found[1] + stamp + b" " * (len(found[0]) - len(found[1]) - len(stamp) - 1) + b")"

    def put_xmp(found: re.Match[bytes]) -> bytes:
        zone = found[2] or b""
        return found[1] + f"{dated:%Y-%m-%d}T00:00:00".encode() + (b"+00:00" if len(zone) == 6 else zone) + b'"'

    return _XMP_DATE.sub(put_xmp, _DATE.sub(put, content))
