"""Charts leave the program: as pictures in the screen's theme, on paper in the light one, under their name."""

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPageLayout
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from core.errors import InputError
from widgets.evidence_charts import Line, LineChart
from widgets.paper import draw_on_paper, page_layout
from widgets.pictures import picture_of, print_picture, save_picture
from widgets.theme import apply_theme, tokens
from widgets.tilt_pad import TiltPad

#: What differs between two files of the same drawing.
MOMENT = re.compile(rb"(D:\d{14}[^)]*|\d{4}-\d\d-\d\dT[\d:Z+-]*|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|/ID.*)")


@pytest.fixture
def pad(qtbot, qapp):
    apply_theme(qapp, "light")
    pad = TiltPad()
    pad.resize(420, 340)
    qtbot.addWidget(pad)
    pad.show()
    yield pad
    apply_theme(qapp, "light")


def pdf(widget, path, title="Tilt"):
    save_picture(widget, path, title)
    return MOMENT.sub(b"", path.read_bytes())


def test_paper_is_light_whatever_the_screen(pad, qapp, tmp_path):
    light = pdf(pad, tmp_path / "light.pdf")
    assert light == pdf(pad, tmp_path / "again.pdf")
    apply_theme(qapp, "dark")
    assert pdf(pad, tmp_path / "dark.pdf") == light
    assert tokens().name == "dark"
    save_picture(pad, tmp_path / "dark.png")
    corner = QImage(str(tmp_path / "dark.png")).pixelColor(1, 1)
    assert corner.lightness() < 60  # a picture is of the screen


def test_the_page_says_what_it_shows(pad, tmp_path):
    assert pdf(pad, tmp_path / "a.pdf", "Tilt") != pdf(pad, tmp_path / "b.pdf", "Style box")
    wide = QLabel("wide")
    wide.resize(QSize(300, 100))
    assert page_layout(wide).orientation() == QPageLayout.Orientation.Landscape
    wide.resize(QSize(100, 300))
    assert page_layout(wide).orientation() == QPageLayout.Orientation.Portrait


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_place_that_takes_nothing_is_said(pad, tmp_path):
    for name in ("a.pdf", "a.png"):
        with pytest.raises(InputError, match="another place"):
            save_picture(pad, tmp_path / "nowhere" / name)


@pytest.fixture
def file_printer(monkeypatch, tmp_path):
    """The printer of the dialog writes into a file, so that no queue is needed; said where the file goes."""
    path = [tmp_path / "printed.pdf"]
    asked = []

    def show(dialog):
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(path[0]))
        asked.append(dialog)

    monkeypatch.setattr(QPrintDialog, "show", show)
    return path, asked


def test_printing_goes_through_the_dialog(pad, file_printer):
    path, asked = file_printer
    told = []
    print_picture(pad, "Tilt", told.append)
    (dialog,) = asked
    assert dialog.printer().docName() == "Tilt"
    assert not path[0].exists()
    dialog.accepted.emit(dialog.printer())
    assert path[0].read_bytes().startswith(b"%PDF")
    assert told == []
    dialog.deleteLater()


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_that_takes_nothing_is_said(pad, file_printer, tmp_path):
    path, asked = file_printer
    path[0] = tmp_path / "nowhere" / "printed.pdf"
    told = []
    print_picture(pad, "Tilt", told.append)
    asked[0].accepted.emit(asked[0].printer())
    assert len(told) == 1
    assert "Nothing was printed" in told[0]
    asked[0].deleteLater()


def test_lines_are_as_heavy_as_on_the_screen(pad, tmp_path):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "a.pdf"))
    printer.setPageLayout(page_layout(pad))
    assert draw_on_paper(pad, "Tilt", printer)
    assert printer.resolution() == 96  # a line one dot wide of 1,200 an inch could not be seen


def test_a_picture_does_not_enlarge_what_is_kept_for_the_screen(pad, tmp_path, monkeypatch):
    kept = []
    drawn = pad.background
    monkeypatch.setattr(pad, "background", lambda draw: kept.append(draw) or drawn(draw))
    pad.grab()
    assert len(kept) == 1
    picture_of(pad, 2 * pad.devicePixelRatioF())
    pdf(pad, tmp_path / "a.pdf")
    assert len(kept) == 1


def test_marks_of_a_chart_that_was_never_seen_are_whole(qtbot, qapp):
    """Its axis is as wide as its widest mark, though nothing was painted before."""
    apply_theme(qapp, "light")
    chart = LineChart("Growth", values="dollar")
    chart.set_lines(
        [2000 + k / 12 for k in range(1001)], [Line("one", [1.012**k for k in range(1001)], "loss")], str, ""
    )
    page, area = QWidget(), QScrollArea()
    qtbot.addWidget(area)
    room = QVBoxLayout(page)
    room.addSpacing(3000)
    room.addWidget(chart)
    area.setWidget(page)
    area.show()
    qtbot.waitExposed(area)
    assert chart._plot is not None
    axis = chart._plot.getPlotItem().getAxis("left")
    before = axis.geometry().width()
    picture_of(chart)
    assert axis.geometry().width() == axis.width() > before
