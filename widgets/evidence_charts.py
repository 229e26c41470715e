"""Charts of the evidence: bars by decade, lines over time with bands of leadership, and the ranges of windows.

They show values of ``core.market.evidence``; the horizontal axis is the year.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import attrs
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.numbers import number, percent
from widgets.painted import Painted, draw_text, hair, line_height
from widgets.plot_frame import PlotFrame
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, mix, text_width, tokens, with_alpha

Role = Literal["target", "after", "present", "market", "gain", "loss", "muted"]
Pattern = Literal["solid", "dash", "dot"]
Values = Literal["share", "number", "dollar", "ratio"]

_PATTERNS = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_DOUBLE = math.log(2)


def _colour(role: Role) -> Any:
    return tokens().text_muted if role == "muted" else getattr(tokens(), role)


# -- bars -------------------------------------------------------------------------------------------------------------


@attrs.frozen
class Bar:
    """One bar: its label under the axis, its value as a fraction, whether it is of a whole period, and its words."""

    label: str
    value: float
    whole: bool
    words: str


class BarChart(PlotFrame):
    """Bars above and below nothing, with their figures; a period that is not whole is drawn pale and outlined."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._bars: tuple[Bar, ...] = ()
        self._items: list[Any] = []

    def set_bars(self, bars: Sequence[Bar], rest: str) -> None:
        """Show bars from left to right; ``rest`` is said while none is pointed at."""
        self._bars = tuple(bars)
        self._x = tuple(float(k) for k in range(len(bars)))
        self._show_values(rest)

    def spoken(self, index: int) -> str:
        """A bar in words."""
        return self._bars[index].words

    def _fill(self, pg: Any, item: Any) -> None:
        del pg
        item.getAxis("left").tickStrings = lambda values, _scale, _spacing: [percent(v, 0) for v in values]

    def _place(self, pg: Any, item: Any) -> None:
        for old in self._items:
            item.removeItem(old)
        self._items = []
        theme = tokens()
        for k, bar in enumerate(self._bars):
            colour = theme.gain if bar.value >= 0 else theme.loss
            brush = colour if bar.whole else mix(theme.surface, colour, 0.25)
            graph = pg.BarGraphItem(
                x=[k], height=[bar.value], width=0.62, brush=pg.mkBrush(brush), pen=pg.mkPen(colour)
            )
            words = pg.TextItem(percent(bar.value), color=theme.text, anchor=(0.5, 1.0 if bar.value >= 0 else 0.0))
            words.setPos(k, bar.value)
            self._items += [graph, words]
        zero = pg.InfiniteLine(pos=0, angle=0, pen=pg.mkPen(theme.border_strong))
        self._items.append(zero)
        for each in self._items:
            item.addItem(each)
        item.getAxis("bottom").setTicks([[(k, bar.label) for k, bar in enumerate(self._bars)]])
        values = [bar.value for bar in self._bars]
        room = max(0.01, max(values, default=0.0) - min(values, default=0.0))
        item.setXRange(-0.8, len(self._bars) - 0.2, padding=0)  # a figure is wider than its bar
        item.setYRange(min(0.0, *values) - 0.16 * room, max(0.0, *values) + 0.16 * room, padding=0)


# -- lines ------------------------------------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Line:
    """One line: its name in the key, its values, how it is drawn; ``fill`` shades down to nothing."""

    name: str
    values: Sequence[float]
    role: Role
    pattern: Pattern = "solid"
    fill: bool = False
    faint: bool = False


@attrs.frozen
class Band:
    """A stretch of time, shaded behind the lines."""

    start: float
    end: float
    role: Role


@attrs.frozen
class Level:
    """A horizontal line with its name."""

    value: float
    role: Role
    name: str


class LineChart(PlotFrame):
    """Lines over the years. ``values``: a ``share``, growth of a ``dollar``, the natural logarithm of a ``ratio``."""

    def __init__(self, name: str, *, values: Values = "share", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._values = values
        self._lines: tuple[Line, ...] = ()
        self._bands: tuple[Band, ...] = ()
        self._levels: tuple[Level, ...] = ()
        self._speak: Callable[[int], str] = lambda _index: ""
        self._items: list[Any] = []
        self._key: Any = None

    def set_lines(
        self,
        years: Sequence[float],
        lines: Sequence[Line],
        speak: Callable[[int], str],
        rest: str,
        *,
        bands: Sequence[Band] = (),
        levels: Sequence[Level] = (),
    ) -> None:
        """Show lines over ``years`` (rising). ``speak(index)`` says what is at a place, ``rest`` what it all means."""
        self._x = years
        self._lines, self._bands, self._levels = tuple(lines), tuple(bands), tuple(levels)
        self._speak = speak
        self._show_values(rest)

    def spoken(self, index: int) -> str:
        """What is at a place."""
        return self._speak(index)

    def _fill(self, pg: Any, item: Any) -> None:
        del pg
        axis = item.getAxis("left")
        if self._values == "dollar":
            axis.tickStrings = lambda values, _scale, _spacing: [f"${number(10**v)}" for v in values]
            axis.setTickSpacing(1.0, 1.0)
        elif self._values == "ratio":
            axis.tickValues = lambda low, high, _size: [(_DOUBLE, _doublings(low, high))]
            axis.tickStrings = lambda values, _scale, _spacing: [_times(v) for v in values]
        elif self._values == "number":
            axis.tickStrings = lambda values, _scale, spacing: [number(v, _digits(spacing)) for v in values]
        else:
            axis.tickStrings = lambda values, _scale, spacing: [percent(v, 0 if spacing >= 0.01 else 1) for v in values]
        item.getAxis("bottom").tickStrings = lambda values, _scale, spacing: [_time(v, spacing) for v in values]

    def _place(self, pg: Any, item: Any) -> None:
        for old in self._items:
            item.removeItem(old)
        self._items = []
        if self._key is not None:
            self._key.scene().removeItem(self._key)
            item.legend = self._key = None
        import numpy as np

        from widgets.plot_curve import Across, Curve, Sample

        theme = tokens()
        for band in self._bands:
            region = pg.LinearRegionItem((band.start, band.end), movable=False, pen=pg.mkPen(None))
            region.setBrush(pg.mkBrush(with_alpha(_colour(band.role), 0.13)))
            region.setZValue(-20)
            self._items.append(region)
        curves = []
        for line in self._lines:
            colour = with_alpha(_colour(line.role), 0.55 if line.faint else 1.0)
            pen = QPen(colour)
            pen.setWidth(1)
            pen.setCosmetic(True)
            pen.setStyle(_PATTERNS[line.pattern])
            values = np.log10(line.values) if self._values == "dollar" else np.asarray(line.values)
            curve = Curve(np.asarray(self._x), values, pen=pen, antialias=True)
            if line.fill:
                curve.setFillLevel(0.0)
                curve.setBrush(pg.mkBrush(with_alpha(_colour(line.role), 0.18)))
            curves.append(curve)
        self._items += curves
        for level in self._levels:
            # the words stand clear of the line, away from the one next to it
            up = level.value == max(other.value for other in self._levels)
            anchors = [(0, 1), (0, 1)] if up else [(0, 0), (0, 0)]
            place = _clear_place([line.values for line in self._lines], level.value, above=up)
            label = {"position": place, "anchors": anchors, "color": theme.text_muted, "movable": False}
            pen = pg.mkPen(_colour(level.role), style=Qt.PenStyle.DashLine)
            self._items.append(Across(level.value, angle=0, pen=pen, label=level.name, labelOpts=label))
        for each in self._items:
            item.addItem(each)
        item.setXRange(float(self._x[0]), float(self._x[-1]), padding=0.01)
        item.enableAutoRange(axis="y")
        if len(self._lines) > 1:
            look = {"labelTextColor": theme.text, "labelTextSize": "8pt", "verSpacing": -4, "sampleType": Sample}
            self._key = item.addLegend(offset=(8, 4), **look)
            self._key.setBrush(pg.mkBrush(with_alpha(theme.surface, 0.8)))
            for line, curve in zip(self._lines, curves, strict=True):
                self._key.addItem(curve, line.name)


def _clear_place(lines: Sequence[Sequence[float]], level: float, *, above: bool) -> float:
    """Where along a level its name (a quarter of the width, a seventh of the height) lies on no line: 0.02 to 0.74."""
    import numpy as np

    values = [np.asarray(line, float) for line in lines]
    height = max(float(line.max()) for line in values) - min(float(line.min()) for line in values)
    low, high = (level, level + height / 7) if above else (level - height / 7, level)

    def covered(start: float) -> int:
        parts = [line[int(start * len(line)) : int((start + 0.25) * len(line)) + 1] for line in values]
        return sum(int(((part >= low) & (part <= high)).sum()) for part in parts)

    return min((0.02 + 0.08 * k for k in range(10)), key=covered)


def _digits(spacing: float) -> int:
    """Decimals that marks so far apart need."""
    return max(0, math.ceil(-math.log10(spacing) - 1e-9))


def _doublings(low: float, high: float) -> list[float]:
    """Logarithms of 1/4, 1/2, 1, 2, 4, ... within a range."""
    return [k * _DOUBLE for k in range(math.ceil(low / _DOUBLE), math.floor(high / _DOUBLE) + 1)]


def _times(logarithm: float) -> str:
    """A ratio on an axis: ``0.5x``, ``1x``, ``2x`` with a sign of multiplication."""
    ratio = math.exp(logarithm)
    return f"{number(ratio, 0 if ratio > 0.9 else 1 if ratio > 0.4 else 2)}\u202f\u00d7"


def _time(year: float, spacing: float) -> str:
    """A year, or a year and month where the marks stand closer than years."""
    if spacing >= 1:
        return f"{year:.0f}"
    months = round(year * 12)
    return f"{months // 12}-{months % 12 + 1:02}"


# -- ranges -----------------------------------------------------------------------------------------------------------


@attrs.frozen
class RangeRow:
    """Annualised returns of all windows of one length: the worst, 1 in 20, middle, 19 in 20 and best; and the words."""

    name: str
    worst: float
    low: float
    median: float
    high: float
    best: float
    note: str


@speaks_as(Spoken.Chart)
class RangeBars(Painted):
    """A row a window: a line from worst to best, a bar from the 5th to the 95th percentile, a tick at the middle."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[RangeRow, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_rows(self, rows: Sequence[RangeRow]) -> None:
        """Show windows, shortest first."""
        self._rows = tuple(rows)
        self.setAccessibleDescription("; ".join(self.spoken(k) for k in range(len(rows))))
        self.updateGeometry()
        self.update()

    def spoken(self, index: int) -> str:
        """A row in words."""
        row = self._rows[index]
        return (
            f"{row.name}: worst {percent(row.worst)}, 1 in 20 below {percent(row.low)}, middle {percent(row.median)}, "
            f"1 in 20 above {percent(row.high)}, best {percent(row.best)} a year; {row.note}"
        )

    def _row_height(self) -> float:
        return line_height() * 1.75

    def sizeHint(self) -> QSize:
        """All rows and the scale."""
        return QSize(460, round(self._row_height() * (len(self._rows) + 1)))

    def minimumSizeHint(self) -> QSize:
        """All rows, narrower."""
        return QSize(300, self.sizeHint().height())

    def paint(self, painter: QPainter) -> None:
        """Names, ranges, notes, scale."""
        if not self._rows:
            return
        theme = tokens()
        names = max(text_width(row.name) for row in self._rows) + S.md
        notes = max(text_width(row.note, "small") for row in self._rows) + S.md
        # Single years reach so far that decades would be a dot: the scale ends at what 1 in 20 reaches.
        low = min(-0.01, *(row.low for row in self._rows)) * 1.12
        high = max(0.01, *(row.high for row in self._rows)) * 1.12
        left, right = names, max(names + 60, self.width() - notes)

        def place(value: float) -> float:
            return left + (right - left) * (max(low, min(high, value)) - low) / (high - low)

        height = self._row_height()
        bottom = height * len(self._rows)
        for mark in _marks(low, high):
            x = place(mark)
            painter.setPen(hair(theme.border_strong if mark == 0 else theme.border))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom))
            area = QRectF(x - 30, bottom, 60, height * 0.8)
            draw_text(painter, area, percent(mark, 0), theme.text_muted, "small")
        for k, row in enumerate(self._rows):
            y = k * height
            middle = y + height / 2
            draw_text(painter, QRectF(0, y, names, height), row.name, theme.text, "body", _LEFT)
            painter.setPen(hair(theme.present))
            painter.drawLine(QPointF(place(row.worst), middle), QPointF(place(row.best), middle))
            painter.setPen(Qt.PenStyle.NoPen)
            split = max(place(row.low), min(place(row.high), place(0.0)))
            for start, end, colour in ((place(row.low), split, theme.loss), (split, place(row.high), theme.after)):
                painter.setBrush(QBrush(mix(theme.surface, colour, 0.75)))
                painter.drawRect(QRectF(start, middle - 5, max(0.0, end - start), 10))
            painter.setPen(hair(theme.surface, 4))
            painter.drawLine(QPointF(place(row.median), middle - 7), QPointF(place(row.median), middle + 7))
            painter.setPen(hair(theme.text, 2))
            painter.drawLine(QPointF(place(row.median), middle - 7), QPointF(place(row.median), middle + 7))
            area = QRectF(right, y, self.width() - right, height)
            draw_text(painter, area, row.note, theme.text_muted, "small", _RIGHT)


def _marks(low: float, high: float) -> list[float]:
    """Round values of a scale, nothing among them."""
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 10.0) if (high - low) / s <= 7)
    return [k * step for k in range(round(low / step), round(high / step) + 1) if low <= k * step <= high]
