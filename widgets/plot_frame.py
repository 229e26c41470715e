"""A chart with a read-out under it: pyqtgraph inside, loaded when the chart is first seen.

The mouse, or the arrow keys while the chart has the focus, move a line along the horizontal axis; the words under the
chart say what is there.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.painted import line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, font, theme_events, tokens

#: The least height of the plot itself, without the words.
PLOT_HEIGHT: Final = 190
_PAGE: Final = 12  # steps of Page Up and Page Down


@speaks_as(Spoken.Chart)
class PlotFrame(QWidget):
    """Base of the charts. A subclass keeps the places in ``_x``, fills the plot and says what is at a place."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._x: Sequence[float] = ()
        self._at: int | None = None
        self._rest = ""
        self._plot: Any = None
        self._cursor: Any = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S.xs)
        self._layout = layout
        self.words = QLabel(wordWrap=True)
        self.words.setFont(font("small"))
        self.words.setProperty("muted", True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setMinimumHeight(round(line_height("small") * 2.2))
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.words)
        theme_events().themeChanged.connect(self._dress)

    # --- for subclasses -----------------------------------------------------------------------------------------

    @abstractmethod
    def _fill(self, pg: Any, item: Any) -> None:
        """Put the items into the empty plot."""

    @abstractmethod
    def _place(self, pg: Any, item: Any) -> None:
        """Give the items their values and colours, and the axes their range."""

    @abstractmethod
    def spoken(self, index: int) -> str:
        """What is at a place, in words."""

    def _show_values(self, rest: str) -> None:
        """New values are there; ``rest`` is said while nothing is pointed at."""
        self._rest = rest
        self._at = None
        self.setAccessibleDescription(rest)
        if self._plot is not None:
            self._dress()
        elif self.isVisible() and self._x:
            self._make_plot()
        self._say()

    # --- the plot -----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """The plot is made when the chart is first seen."""
        if event.type() == QEvent.Type.Show and self._plot is None and len(self._x):
            self._make_plot()
        return super().event(event)

    def _make_plot(self) -> None:
        import pyqtgraph as pg

        plot = pg.PlotWidget(parent=self)
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAccessibleName(self.accessibleName())
        item = plot.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setStyle(tickFont=font("small"), tickTextOffset=6, tickLength=-4)
            axis.enableAutoSIPrefix(False)
        self._fill(pg, item)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setVisible(False)
        item.addItem(self._cursor)
        plot.viewport().setMouseTracking(True)
        plot.viewport().installEventFilter(self)
        self._plot = plot
        plot.setMinimumHeight(PLOT_HEIGHT)
        self._layout.insertWidget(0, plot, 1)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        if self._plot is None:
            return
        import pyqtgraph as pg

        theme = tokens()
        self._plot.setBackground(theme.surface)
        item = self._plot.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(pg.mkPen(theme.border_strong))
            axis.setTextPen(pg.mkPen(theme.text_muted))
        self._plot.showGrid(x=False, y=True, alpha=0.15)
        self._cursor.setPen(pg.mkPen(theme.text_muted, style=Qt.PenStyle.DashLine))
        self._place(pg, item)

    def _say(self) -> None:
        if self._at is None or not len(self._x):
            self.words.setText(self._rest)
        else:
            self.words.setText(self.spoken(self._at))
        if self._cursor is not None:
            self._cursor.setVisible(self._at is not None)
            if self._at is not None:
                self._cursor.setPos(float(self._x[self._at]))

    def look_at(self, index: int | None) -> None:
        """Point at a place; None at none."""
        self._at = None if index is None or not len(self._x) else max(0, min(len(self._x) - 1, index))
        self._say()

    # --- mouse and keys -----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse over the plot moves the line."""
        if self._plot is None or watched is not self._plot.viewport() or not len(self._x):
            return super().eventFilter(watched, event)
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self.look_at(self._under(event.position()))
            return True
        if kind == QEvent.Type.Leave and not self.hasFocus():
            self.look_at(None)
        if kind == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _under(self, position: QPointF) -> int:
        """The place nearest to a point of the plot; places rise."""
        from bisect import bisect_left

        box = self._plot.getPlotItem().vb
        x = float(box.mapSceneToView(self._plot.mapToScene(position.toPoint())).x())
        right = bisect_left(self._x, x)
        near = [k for k in (right - 1, right) if 0 <= k < len(self._x)]
        return min(near, key=lambda k: abs(float(self._x[k]) - x))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Page keys, Home and End move the line; Escape takes it away."""
        last = len(self._x) - 1
        at = last if self._at is None else self._at
        places = {
            Qt.Key.Key_Left: at - 1,
            Qt.Key.Key_Right: at + 1,
            Qt.Key.Key_PageUp: at - _PAGE,
            Qt.Key.Key_PageDown: at + _PAGE,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in places and last >= 0:
            self.look_at(places[key])
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self.look_at(None)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """A readable chart."""
        return QSize(460, PLOT_HEIGHT + 60)

    def minimumSizeHint(self) -> QSize:
        """The least that can be read."""
        return QSize(260, PLOT_HEIGHT + 40)
