"""The frontier: how much of the household stays out of place against what it costs to bring it in.

Each point is the best plan at one eagerness. The point that is dragged along the curve is the eagerness itself.
pyqtgraph is imported when the chart is first shown: it must not make the program slow to start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import Any, Final, Protocol

import attrs
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.numbers import locale, money, money_short, number, percent
from widgets.painted import line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, font, text_width, theme_events, tokens, with_alpha

_NEARER: Final = 1e-5  # of the household: what counts as nearer to the target
_GRIP: Final = 22.0  # pixels around the point that take hold of it
#: Where the knee's word lies: which place of it, in parts of its size, is on the knee.
_ABOVE: Final = (-0.15, 1.1)
_ABOVE_LEFT: Final = (1.15, 1.1)
_BELOW: Final = (0.7, -0.5)


class FrontierPointLike(Protocol):
    """What the chart needs of ``core.rebalance.frontier.FrontierPoint``."""

    @property
    def eagerness(self) -> float:
        """Dollars of cost accepted to move one dollar."""

    @property
    def misfit(self) -> float:
        """Share of the household out of place."""

    @property
    def cost(self) -> float:
        """Tax and spreads, dollars."""

    @property
    def tax(self) -> float:
        """Tax, dollars."""

    @property
    def knee(self) -> bool:
        """Where more cost begins to buy little."""


@attrs.frozen
class _Here:
    """The plan at the eagerness that is set, between two points of the frontier or on one."""

    eagerness: float
    misfit: float
    cost: float
    tax: float
    knee: bool = False


def _worth_choosing(points: Iterable[FrontierPointLike]) -> Iterator[FrontierPointLike]:
    nearest = inf
    for point in sorted(points, key=lambda point: (point.cost, point.misfit)):
        if point.misfit < nearest - _NEARER:
            nearest = point.misfit
            yield point


@speaks_as(Spoken.Chart)
class FrontierChart(QWidget):
    """``eagernessDragged(e)`` with each move of the point, ``eagernessReleased(e)`` when it is let go."""

    eagernessDragged = Signal(float)
    eagernessReleased = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Frontier: out of place against cost")
        self.setToolTip("Drag the point along the curve, or use the arrow keys; End goes to the knee")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._points: tuple[FrontierPointLike, ...] = ()
        self._at: int | None = None
        self._eagerness = 0.0
        self._here: _Here | None = None
        self._held = False
        self._by_key = False
        self._hover: int | None = None
        self._message = "The frontier is being computed."
        self._plot: Any = None
        self._items: dict[str, Any] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S.xs)
        self._layout = layout
        self._empty = QLabel(self._message, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("muted", True)
        layout.addWidget(self._empty, 1)
        self.words = QLabel()
        self.words.setFont(font("small"))
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.words)
        theme_events().themeChanged.connect(self._dress)

    # --- values -------------------------------------------------------------------------------------------------

    def set_points(self, points: Sequence[FrontierPointLike]) -> None:
        """Show a frontier, cheapest point first; emits nothing.

        Left out is what costs more than another point and is no nearer to the target: nobody would choose it.
        """
        self._points = tuple(_worth_choosing(points))
        self._hover = None
        self._message = "Nothing to trade off: no plan changes with the eagerness." if not self._points else ""
        if len(points) > 1 and len(self._points) == 1:
            self._points = ()
            self._message = "Nothing to trade off: a higher cost brings the household no nearer to the target."
        self._fit_words()
        self._place()

    def set_message(self, text: str) -> None:
        """Words instead of a curve."""
        self._points, self._at, self._message = (), None, text
        self._place()

    def set_eagerness(self, eagerness: float) -> None:
        """Move the point to the plan of an eagerness; emits nothing."""
        if eagerness != self._eagerness:
            self._eagerness, self._here = eagerness, None
        if not self._held:
            self._place()

    def set_here(self, misfit: float, cost: float, tax: float) -> None:
        """Show the plan of the eagerness that is set where it is, not at the nearest point; emits nothing."""
        self._here = _Here(self._eagerness, misfit, cost, tax)
        if not self._held and self._plot is not None and self._points:
            self._items["point"].setData([cost], [misfit])
            self._frame()
            self._say()

    def set_stale(self, stale: bool) -> None:
        """Show the curve pale: it is of a target that has moved since."""
        for key in ("curve", "dots", "knee", "knee_words"):
            if key in self._items:
                self._items[key].setOpacity(0.35 if stale else 1.0)

    def points(self) -> tuple[FrontierPointLike, ...]:
        """The points shown, cheapest first."""
        return self._points

    def is_dragging(self) -> bool:
        """Whether the point is held."""
        return self._held

    def _nearest(self) -> int | None:
        if not self._points:
            return None
        return min(range(len(self._points)), key=lambda k: (abs(self._points[k].eagerness - self._eagerness), k))

    # --- the plot -----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """The plot is made when the chart is first seen."""
        if event.type() == QEvent.Type.Show and self._plot is None and self._points:
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
        plot.setAccessibleName("Frontier")
        item = plot.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setStyle(tickFont=font("small"), tickTextOffset=6, tickLength=-4)
            axis.enableAutoSIPrefix(False)
        item.getAxis("left").tickStrings = lambda values, _scale, _spacing: [
            percent(v, 0 if max(values, default=0) >= 0.05 else 1) for v in values
        ]
        item.getAxis("bottom").tickStrings = lambda values, _scale, _spacing: _dollars(values)
        sharp = {"useCache": False, "antialias": True}  # drawn, not stamped: paper is finer than the screen
        self._items = {
            "curve": pg.PlotDataItem(antialias=True),
            "dots": pg.ScatterPlotItem(size=5, **sharp),
            "knee": pg.ScatterPlotItem(size=13, symbol="d", **sharp),
            "point": pg.ScatterPlotItem(size=17, symbol="o", **sharp),
            "knee_words": pg.TextItem(anchor=_ABOVE),
        }
        for value in self._items.values():
            item.addItem(value)
        plot.viewport().setMouseTracking(True)
        plot.viewport().installEventFilter(self)
        item.vb.sigResized.connect(self._place_knee_words)
        self._plot = plot
        self._layout.insertWidget(0, plot, 1)
        self._dress()
        self._place()

    @Slot()
    def _dress(self) -> None:
        self._fit_words()
        if self._plot is None:
            return
        import pyqtgraph as pg

        theme = tokens()
        self._plot.setBackground(theme.surface)
        for side, words in (("left", "Out of place"), ("bottom", "Tax and costs")):
            axis = self._plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.border_strong))
            axis.setTextPen(pg.mkPen(theme.text_muted))
            axis.setLabel(words, color=theme.text_muted.name(), **{"font-size": f"{font('small').pointSizeF():.1f}pt"})
        self._plot.showGrid(x=True, y=True, alpha=0.12)
        self._items["curve"].setPen(pg.mkPen(theme.after, width=1))
        self._items["dots"].setBrush(pg.mkBrush(theme.after))
        self._items["dots"].setPen(pg.mkPen(None))
        self._items["knee"].setBrush(pg.mkBrush(theme.surface))
        self._items["knee"].setPen(pg.mkPen(theme.present, width=1.5))
        self._items["point"].setBrush(pg.mkBrush(with_alpha(theme.target, 0.95)))
        self._items["point"].setPen(pg.mkPen(theme.surface, width=2))
        self._items["knee_words"].setColor(theme.text)
        self._items["knee_words"].setFont(font("small"))

    def _place(self) -> None:
        """Put everything where the values say."""
        self._at = self._nearest()
        if self._points and self._plot is None and self.isVisible():
            self._make_plot()  # comes back here
            return
        shown = bool(self._points) and self._plot is not None
        self._empty.setText(self._message)
        self._empty.setVisible(not shown)
        if self._plot is not None:
            self._plot.setVisible(shown)
        if shown:
            costs = [point.cost for point in self._points]
            misfits = [point.misfit for point in self._points]
            self._items["curve"].setData(costs, misfits)
            self._items["dots"].setData(costs, misfits)
            knees = [point for point in self._points if point.knee]
            self._items["knee"].setData([p.cost for p in knees], [p.misfit for p in knees])
            self._items["knee_words"].setText("Knee" if knees else "")
            if knees:
                self._items["knee_words"].setPos(knees[0].cost, knees[0].misfit)
            at = self._shown()
            self._items["point"].setData([at.cost], [at.misfit])
            self._frame()
        self._say()

    def _frame(self) -> None:
        """Room for the curve, for whole points, the knee's word, and the plan, which may cost more than any of them."""
        shown = (*self._points, self._shown())
        # Costs may be negative: harvested losses.
        costs, high = [point.cost for point in shown], max(point.misfit for point in shown) or 0.01
        room = max(costs) - min(costs) or max(1.0, abs(costs[0]))
        self._plot.setXRange(min(costs) - 0.05 * room, max(costs) + 0.06 * room, padding=0)
        self._plot.setYRange(-0.06 * high, high * 1.2, padding=0)
        self._place_knee_words()

    @Slot()
    def _place_knee_words(self) -> None:
        """The knee's word above it on the right, or below it where the point that can be dragged would be under it."""
        knees = [point for point in self._points if point.knee]
        if not knees or self._plot is None:
            return
        box, at = self._plot.getPlotItem().vb, self._shown()
        knee = box.mapViewToScene(QPointF(knees[0].cost, knees[0].misfit))
        gap = box.mapViewToScene(QPointF(at.cost, at.misfit)) - knee
        near = -_GRIP < gap.x() < 2.5 * _GRIP and abs(gap.y()) < 1.5 * _GRIP and (gap.x(), gap.y()) != (0.0, 0.0)
        room = box.mapViewToScene(QPointF(0.0, box.viewRange()[1][0])).y() - knee.y()
        words = self._items["knee_words"]
        across, height = words.boundingRect().width(), words.boundingRect().height()
        if near and room > height * (1 - _BELOW[1]):
            left = knee.x() - box.sceneBoundingRect().left()
            words.setAnchor((min(_BELOW[0], left / across), _BELOW[1]))
        else:
            room = box.sceneBoundingRect().right() - knee.x()
            words.setAnchor(_ABOVE if room > across * (1 - _ABOVE[0]) else _ABOVE_LEFT)

    def _fit_words(self) -> None:
        """As many lines as the longest words of any point take, so that the chart doesn't move under the pointer."""
        longest = max((text_width(f"Here: {point_words(point)}", "small") for point in self._points), default=0.0)
        lines = 1 if longest < self.width() - S.sm else 2
        self.words.setFixedHeight(round(line_height("small") * (lines + 0.3)))

    def _say(self) -> None:
        k = self._hover if self._hover is not None and not self._held else self._at
        if k is None or not self._points:
            self.words.setText("")
            self.setAccessibleDescription(self._message)
            return
        hovering = self._hover is not None and not self._held
        text = point_words(self._points[k]) if hovering else point_words(self._shown())
        self.words.setText(f"Here: {text}" if hovering else text)
        self.setAccessibleDescription(point_words(self._shown()))

    def _shown(self) -> FrontierPointLike:
        """The plan that the point stands for: the point of the curve while it is held, else what has come of it."""
        point = self._points[self._at or 0]
        if self._here is None or self._held:
            return point
        return attrs.evolve(self._here, knee=point.knee and point.eagerness == self._eagerness)

    # --- mouse and keys -----------------------------------------------------------------------------------------

    def _positions(self) -> list[QPointF]:
        box = self._plot.getPlotItem().vb
        return [
            QPointF(self._plot.mapFromScene(box.mapViewToScene(QPointF(point.cost, point.misfit))))
            for point in self._points
        ]

    def position_of(self, number_: int) -> QPointF:
        """Where a point lies, in the chart's coordinates."""
        return QPointF(self._plot.viewport().mapTo(self, self._positions()[number_].toPoint()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The plot's mouse moves the point."""
        if self._plot is None or watched is not self._plot.viewport() or not self._points:
            return super().eventFilter(watched, event)
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            if event.button() == Qt.MouseButton.LeftButton:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self._held = True
                self._plot.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
                self._move_to(self._under(event.position()))
            return True
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            near = self._under(event.position())
            if self._held:
                self._move_to(near)
            else:
                self._hover = near
                gap = self._positions()[self._at or 0] - event.position()
                over = gap.x() ** 2 + gap.y() ** 2 <= _GRIP**2
                shape = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.CrossCursor
                self._plot.viewport().setCursor(shape)
                self._say()
            return True
        if kind == QEvent.Type.MouseButtonRelease and self._held:
            self._plot.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            self._let_go()
            return True
        if kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel):
            event.ignore()
            return kind != QEvent.Type.Wheel
        if kind == QEvent.Type.Leave:
            self._hover = None
            self._say()
        return super().eventFilter(watched, event)

    def _under(self, position: QPointF) -> int:
        """The point nearest to a place on the plot, across and up counting alike."""
        places = self._positions()
        gaps = [(p.x() - position.x()) ** 2 + (p.y() - position.y()) ** 2 for p in places]
        return gaps.index(min(gaps))

    def _move_to(self, number_: int) -> None:
        point = self._points[number_]
        if point.eagerness == self._eagerness:
            return
        self._eagerness, self._here = point.eagerness, None
        self._at = number_
        self._items["point"].setData([point.cost], [point.misfit])
        self._place_knee_words()
        self._say()
        self.eagernessDragged.emit(point.eagerness)

    def _let_go(self) -> None:
        self._held = False
        self.eagernessReleased.emit(self._eagerness)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step along the curve, Home and End go to its ends of interest: nothing, and the knee."""
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1}
        key = Qt.Key(event.key())
        if not self._points or self._at is None or self._plot is None:
            super().keyPressEvent(event)
        elif key in steps:
            self._by_key = True
            self._move_to(max(0, min(len(self._points) - 1, self._at + steps[key])))
        elif key == Qt.Key.Key_Home:
            self._by_key = True
            self._move_to(0)
        elif key == Qt.Key.Key_End:
            self._by_key = True
            knees = [k for k, point in enumerate(self._points) if point.knee]
            self._move_to(knees[0] if knees else len(self._points) - 1)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A key let go ends its move."""
        if self._by_key and not event.isAutoRepeat():
            self._by_key = False
            self._let_go()
        else:
            super().keyReleaseEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Forget the point under the mouse."""
        super().resizeEvent(event)
        self._hover = None
        self._fit_words()

    def sizeHint(self) -> QSize:
        """A readable chart."""
        return QSize(420, 260)

    def minimumSizeHint(self) -> QSize:
        """The least that can be read."""
        return QSize(240, 140)


def _dollars(values: Sequence[float]) -> list[str]:
    """Marks of the cost axis, with no more decimals than one of a unit needs: $0, $10K, $20K; $8M, $9M, $10M."""
    point = locale().decimalPoint()
    pattern = re.compile(rf"(?P<whole>.*?)(?:{re.escape(point)}(?P<digits>\d+))?(?P<unit>[KMB]?)")
    parts = [pattern.fullmatch(money_short(value)) for value in values]
    cut = [(m["whole"], (m["digits"] or "").rstrip("0"), m["unit"]) for m in parts if m is not None]
    most = {unit: max(len(digits) for _, digits, of in cut if of == unit) for _, _, unit in cut}
    return [
        whole + (point + digits.ljust(most[unit], "0") if most[unit] and unit else "") + unit
        for whole, digits, unit in cut
    ]


def point_words(point: FrontierPointLike) -> str:
    """A point in words: what it takes, what it leaves."""
    return (
        f"Up to ${number(100 * point.eagerness, 2)} to move $100: {percent(point.misfit)} out of place, "
        f"{money(point.cost)} of tax and costs" + (" · the knee" if point.knee else "")
    )
