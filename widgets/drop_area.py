"""A place to drop files on, with words for who has none yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from widgets.painted import hair
from widgets.theme import RADIUS, S, font, pixmap, tokens

_TEXT = (".csv", ".txt", ".tsv", ".xml", ".htm", ".html", ".json")
SUFFIXES = (*_TEXT, ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")


class DropArea(QWidget):
    """Files dropped here come as ``filesDropped(list of paths)``; ``browseRequested`` asks for a file dialog.

    suffixes : the kinds of files taken; none: all, for a reader that says itself what it cannot use.
    """

    filesDropped = Signal(list)
    browseRequested = Signal()

    def __init__(
        self,
        title: str = "Drop brokerage exports here",
        hint: str = "Positions and lot details as CSV or Excel, several files at once. Nothing leaves this computer.",
        suffixes: Sequence[str] = SUFFIXES,
        *,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._suffixes = tuple(suffix.lower() for suffix in suffixes)
        self._over: bool | None = None  # True: files we take are above us; False: others
        self._compact = compact
        self._words = (title, hint)
        self.setAcceptDrops(True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(hint)
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(title, wordWrap=True)
        self._title.setFont(font("heading" if compact else "title"))
        self._hint = QLabel(hint, wordWrap=True)
        self._hint.setProperty("muted", True)
        self._busy = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self._busy.setAccessibleName("Reading files")
        self._busy.setMaximumWidth(240)
        self._busy.setFixedHeight(6)
        self._busy.hide()
        self.button = QPushButton("Choose files\u2026")
        self.button.setProperty("primary", not compact)
        self.button.setToolTip("Choose files to import")
        self.button.clicked.connect(self.browseRequested)
        if compact:
            self._lay_out_line()
        else:
            self._lay_out_page()
        self._dress()

    def _lay_out_page(self) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.xl, S.xl, S.xl)
        layout.setSpacing(S.sm)
        layout.addStretch(1)
        layout.addWidget(self._icon, 0, centre)
        self._title.setAlignment(centre)
        self._hint.setAlignment(centre)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addSpacing(S.sm)
        layout.addWidget(self.button, 0, centre)
        layout.addWidget(self._busy, 0, centre)
        layout.addStretch(1)
        self.setMinimumHeight(220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _lay_out_line(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S.lg, S.sm, S.md, S.sm)
        layout.setSpacing(S.md)
        layout.addWidget(self._icon)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        self._hint.setFont(font("small"))
        words.addWidget(self._hint)
        layout.addLayout(words, 1)
        layout.addWidget(self._busy)
        layout.addWidget(self.button)
        layout.addStrut(self.button.sizeHint().height())  # the page keeps its place when the button goes
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def set_busy(self, text: str | None) -> None:
        """Say what is being read; None when it is done."""
        busy = text is not None
        self._busy.setVisible(busy)
        self.button.setVisible(not busy)
        self._title.setText(text if text is not None else self._words[0])
        self.setAccessibleName(self._title.text())

    def takes(self, mime: QMimeData) -> list[str]:
        """The local files of a drag that can be read here."""
        paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        return [path for path in paths if not self._suffixes or PurePath(path).suffix.lower() in self._suffixes]

    # --- drag and drop ------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show whether the files will be taken."""
        if not event.mimeData().hasUrls():
            event.ignore()
            return
        self._over = bool(self.takes(event.mimeData()))
        self._say_over()
        if self._over:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            # Accepted without an action: the leave event comes, the pointer says no.
            event.setDropAction(Qt.DropAction.IgnoreAction)
            event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Keep the answer given on entering."""
        event.setAccepted(bool(self._over))

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Back to rest."""
        self._over = None
        self._say_over()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the files over."""
        paths = self.takes(event.mimeData())
        self._over = None
        self._say_over()
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.filesDropped.emit(paths)
        else:
            event.ignore()

    def _say_over(self) -> None:
        if self._over is None:
            self._title.setText(self._words[0])
        elif self._over:
            self._title.setText("Let go to import")
        else:
            kinds = ", ".join(suffix[1:].upper() for suffix in self._suffixes)
            self._title.setText(f"Not a file that can be read here ({kinds})")
        self.update()

    # --- painting -----------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Recolour with the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        size = 24 if self._compact else 44
        self._icon.setPixmap(pixmap("drop", size, tokens().accent, self.devicePixelRatioF()))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dashed frame; solid and tinted while files are above it."""
        theme = tokens()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._over is None:
                pen = hair(theme.border_strong, 1.2)
                pen.setDashPattern([4, 4])
                painter.setBrush(theme.surface)
            else:
                pen = hair(theme.accent if self._over else theme.error, 2)
                painter.setBrush(theme.accent_soft if self._over else theme.error_soft)
            painter.setPen(pen)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), RADIUS + 2, RADIUS + 2)
