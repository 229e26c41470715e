"""Any widget as a picture: PNG at twice the screen's resolution, PDF in vectors, paper, or the clipboard.

Drawing goes through the widget's own painting (not pyqtgraph's exporters), so that a file looks like the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QPoint, QSize, QStandardPaths, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter, QPixmap, QRegion
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from core.errors import InputError
from widgets.theme import set_icon, tokens

_SCALE = 2.0
_MARGIN_MM = 15.0
#: Where pictures were last saved, until the program ends.
_last_folder: list[Path] = []


def picture_of(widget: QWidget, scale: float = _SCALE) -> QPixmap:
    """The widget on the theme's surface, ``scale`` times as fine as on an ordinary screen."""
    picture = QPixmap(round(widget.width() * scale), round(widget.height() * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(tokens().surface)
    with QPainter(picture) as painter:
        _render(widget, painter)
    return picture


def save_picture(widget: QWidget, path: Path) -> None:
    """Write a PNG or, where the name ends so, a PDF. Raises InputError where the file can't be written."""
    if path.suffix.lower() == ".pdf":
        writer = QPdfWriter(str(path))
        writer.setCreator("Trimtab")
        writer.setTitle(widget.accessibleName() or "Trimtab")
        writer.setPageLayout(_page(widget))
        writer.setResolution(300)
        painter = QPainter()
        if not painter.begin(writer):
            raise InputError(f"{path} cannot be written; choose another place.")
        _on_paper(widget, painter, QSize(writer.width(), writer.height()))
        painter.end()
        return
    if not picture_of(widget).save(str(path), "PNG"):
        raise InputError(f"{path} cannot be written; choose another place.")


def copy_picture(widget: QWidget) -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setPixmap(picture_of(widget))


def print_picture(widget: QWidget) -> None:
    """Ask for a printer and print the widget on one page."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(_page(widget))
    dialog = QPrintDialog(printer, widget.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # The printer must live as long as the dialog.
    dialog.accepted.connect(lambda: _print(widget, printer))
    dialog.setModal(True)
    dialog.show()  # its own open() wants a slot


def _print(widget: QWidget, printer: object) -> None:
    from PySide6.QtPrintSupport import QPrinter

    assert isinstance(printer, QPrinter)
    with QPainter(printer) as painter:
        _on_paper(widget, painter, QSize(printer.width(), printer.height()))


def _page(widget: QWidget) -> QPageLayout:
    wide = widget.width() > widget.height()
    # Letter where the locale measures in inches, A4 elsewhere.
    inches = QGuiApplication.inputMethod().locale().measurementSystem().name != "MetricSystem"
    size = QPageSize(QPageSize.PageSizeId.Letter if inches else QPageSize.PageSizeId.A4)
    side = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    return QPageLayout(size, side, margins, QPageLayout.Unit.Millimeter)


def _on_paper(widget: QWidget, painter: QPainter, room: QSize) -> None:
    scale = min(room.width() / max(1, widget.width()), room.height() / max(1, widget.height()))
    painter.scale(scale, scale)
    _render(widget, painter)


def _render(widget: QWidget, painter: QPainter) -> None:
    flags = QWidget.RenderFlag.DrawChildren
    widget.render(painter, QPoint(0, 0), QRegion(), flags)


def picture_button(widget: QWidget, name: str, failed: Callable[[str], object]) -> QToolButton:
    """A quiet button with a menu: save as PNG or PDF, print, copy. ``failed(words)`` where a file can't be written."""
    button = QToolButton()
    button.setProperty("quiet", True)
    button.setAutoRaise(True)
    button.setAccessibleName(f"Picture of {name.lower()}")
    button.setToolTip("Save as a picture or PDF, print, copy")
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    set_icon(button, "print", "text_muted")
    menu = QMenu(button)
    menu.setAccessibleName(f"Picture of {name.lower()}")

    def add(words: str, act: Callable[[], object]) -> None:
        action = QAction(words, menu)
        action.triggered.connect(lambda: act())
        menu.addAction(action)

    add("Save as PNG…", lambda: _choose(widget, name, "png", failed))
    add("Save as PDF…", lambda: _choose(widget, name, "pdf", failed))
    add("Print…", lambda: print_picture(widget))
    add("Copy", lambda: copy_picture(widget))
    button.setMenu(menu)
    return button


def _choose(widget: QWidget, name: str, kind: str, failed: Callable[[str], object]) -> None:
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    folder = _last_folder[0] if _last_folder else Path(pictures or Path.home())
    dialog = QFileDialog(widget.window(), f"Save {name.lower()}", str(folder / f"{name}.{kind}"), f"*.{kind}")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(kind)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def save(chosen: str) -> None:
        _last_folder[:] = [Path(chosen).parent]
        try:
            save_picture(widget, Path(chosen))
        except InputError as error:
            failed(str(error))

    dialog.fileSelected.connect(save)
    dialog.open()
