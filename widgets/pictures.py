"""Any widget as a picture: PNG at twice the screen's resolution, the clipboard, and by ``paper.py`` PDF and printer.

Drawing goes through the widget's own painting (not pyqtgraph's exporters), so that a file looks like the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QStandardPaths, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QGraphicsWidget, QMenu, QToolButton, QWidget

from core.errors import InputError
from widgets.theme import S, set_icon, tokens

_SCALE = 2.0
#: Where pictures were last saved, until the program ends.
_last_folder: list[Path] = []


def picture_of(widget: QWidget, scale: float = _SCALE) -> QPixmap:
    """The widget on the theme's surface with a rim, ``scale`` times as fine as on an ordinary screen."""
    settle(widget)
    picture = QPixmap(round((widget.width() + 2 * S.md) * scale), round((widget.height() + 2 * S.md) * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(tokens().surface)
    with QPainter(picture) as painter:
        widget.render(painter, QPoint(S.md, S.md), QRegion(), QWidget.RenderFlag.DrawChildren)
    return picture


def settle(widget: QWidget) -> None:
    """Give the marks of a chart that was never seen the room they need: pyqtgraph measures them as it paints."""
    views = widget.findChildren(QGraphicsView)
    if views:
        widget.grab()
    for view in views:
        for item in view.scene().items():
            # pyqtgraph gives some of its items an attribute of the method's name.
            room = QGraphicsWidget.layout(item) if isinstance(item, QGraphicsWidget) else None
            if room is not None:
                room.activate()


def save_picture(widget: QWidget, path: Path, title: str = "") -> None:
    """Write a PNG or, where the name ends so, a PDF. Raises InputError where the file can't be written."""
    if path.suffix.lower() == ".pdf":
        from PySide6.QtGui import QPdfWriter

        from widgets.paper import draw_on_paper, page_layout

        settle(widget)
        writer = QPdfWriter(str(path))
        writer.setCreator("Trimtab")
        writer.setTitle(title or widget.accessibleName() or "Trimtab")
        writer.setPageLayout(page_layout(widget))
        written = draw_on_paper(widget, writer.title(), writer)
    else:
        written = picture_of(widget).save(str(path), "PNG")
    if not written:
        raise InputError(f"{path} cannot be written; choose another place.")


def copy_picture(widget: QWidget) -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setPixmap(picture_of(widget))


def print_picture(widget: QWidget, title: str, failed: Callable[[str], object]) -> None:
    """Ask for a printer and print the widget on one page; ``failed(words)`` where that is not possible."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    from widgets.paper import draw_on_paper, page_layout

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(page_layout(widget))
    printer.setDocName(title)
    printer.setCreator("Trimtab")
    dialog = QPrintDialog(printer, widget.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # One page: there is nothing to choose of it.
    for option in (QPrintDialog.PrintDialogOption.PrintPageRange, QPrintDialog.PrintDialogOption.PrintCollateCopies):
        dialog.setOption(option, False)

    def go() -> None:  # the printer lives as long as the dialog that holds this
        settle(widget)
        if not draw_on_paper(widget, title, printer):
            where = printer.outputFileName() or printer.printerName() or "the printer"
            failed(f"Nothing was printed: {where} takes nothing. Choose another printer, or save as PDF.")

    dialog.accepted.connect(go)
    dialog.setModal(True)
    dialog.show()  # its own open() wants a slot


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
    add("Print…", lambda: print_picture(widget, name, failed))
    add("Copy", lambda: copy_picture(widget))
    button.setMenu(menu)

    def leave() -> None:  # behind a dialog that the menu opens, the pointer would seem to stay on the button
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        button.update()

    menu.aboutToHide.connect(leave)
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
            save_picture(widget, Path(chosen), name)
        except InputError as error:
            failed(str(error))

    dialog.fileSelected.connect(save)
    dialog.open()
