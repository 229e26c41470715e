"""How the tilt pad looks: background with rings, markers with labels that keep clear of each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from core.tilt.box import MARKET_BOX, SIZE_SCORES, VALUE_SCORES, point_of
from widgets.labels import SIZES, STYLES
from widgets.orientation import columns, value_side
from widgets.painted import draw_text, hair, line_height
from widgets.theme import Tokens, mix, text_width, tokens, with_alpha

MARKER_RADIUS: Final = 9.0
_PLACES: Final = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
#: Width of a ring, in active share.
_RING: Final = 0.10
_INSET: Final = 7.0
_RING_COUNT: Final = 8
_RAYS: Final = 72
_RAY_SAMPLES: Final = 16


def paint_background(painter: QPainter, square: QRectF) -> None:
    """Rings, the grid of nine boxes with their names, and the words on the four sides."""
    theme = tokens()
    frame = QPainterPath()
    frame.addRoundedRect(square, 8, 8)
    painter.save()
    painter.setClipPath(frame)
    _paint_rings(painter, square, theme)
    painter.setPen(hair(theme.grid))
    for third in (1, 2):
        x = square.left() + square.width() * third / 3
        y = square.top() + square.height() * third / 3
        painter.drawLine(QLineF(x, square.top(), x, square.bottom()))
        painter.drawLine(QLineF(square.left(), y, square.right(), y))
    painter.restore()
    painter.setPen(hair(theme.border_strong))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(frame)
    _paint_names(painter, square, theme)


def _named(side: float) -> bool:
    """Whether the names of the nine boxes fit; where they don't, the words on the four sides say enough."""
    widest = max(text_width(f"{size} {style.lower()}", "small") for size in SIZES for style in STYLES)
    return widest <= side - 2 * _INSET


def _paint_names(painter: QPainter, square: QRectF, theme: Tokens) -> None:
    side = square.width() / 3
    for row in range(3) if _named(side) else ():
        for place, column in enumerate(columns()):
            cell = QRectF(square.left() + place * side, square.top() + row * side, side, side)
            words = f"{SIZES[row]} {STYLES[column].lower()}"
            draw_text(
                painter,
                cell.adjusted(_INSET, _INSET, -_INSET, -_INSET),
                words,
                with_alpha(theme.text_muted, 0.85),
                "small",
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop,
            )
    margin = line_height("label") * 1.5
    strip = QRectF(square.left(), square.top() - margin, square.width(), margin)
    draw_text(painter, strip, "Large", theme.text_muted, "label")
    draw_text(painter, strip.translated(0, square.height() + margin), "Small", theme.text_muted, "label")
    sides = ("Growth", "Value") if value_side() == "right" else ("Value", "Growth")
    for text, centre, angle in (
        (sides[0], QPointF(square.left() - margin / 2, square.center().y()), -90),
        (sides[1], QPointF(square.right() + margin / 2, square.center().y()), 90),
    ):
        painter.save()
        painter.translate(centre)
        painter.rotate(angle)
        area = QRectF(-square.height() / 2, -margin / 2, square.height(), margin)
        draw_text(painter, area, text, theme.text_muted, "label")
        painter.restore()


@cache
def _ring_outlines() -> tuple[tuple[tuple[float, float], ...], ...]:
    """Where active share against the market is 0.1, 0.2, ...: closed lines of (size, value), innermost first.

    Along a ray from the market the active share rises, so each ring is crossed once; it is found between samples by
    interpolation. Rays that leave the square before they reach a ring go on outside it, where nothing is painted.
    """
    rows_market, cols_market = _marginal(SIZE_SCORES), _marginal(VALUE_SCORES)
    market = [r * c for r in rows_market for c in cols_market]
    start = point_of(MARKET_BOX)

    def active(size: float, value: float) -> float:
        rows, cols = _tilted_three(rows_market, size), _tilted_three(cols_market, value)
        box = [r * c for r in rows for c in cols]
        return sum(abs(share - other) for share, other in zip(box, market, strict=True)) / 2

    rings: list[list[tuple[float, float]]] = [[] for _ in range(_RING_COUNT)]
    for ray in range(_RAYS):
        up, across = math.sin(2 * math.pi * ray / _RAYS), math.cos(2 * math.pi * ray / _RAYS)
        reach = min(
            ((1 if step > 0 else -1) - at) / step
            for at, step in ((start.size, up), (start.value, across))
            if abs(step) > 1e-12
        )
        places = [reach * k / _RAY_SAMPLES for k in range(_RAY_SAMPLES + 1)]
        shares = [active(start.size + t * up, start.value + t * across) for t in places]
        for k in range(_RING_COUNT):
            level = (k + 1) * _RING
            beyond = next((i for i, share in enumerate(shares) if share >= level), None)
            if beyond is None:
                t = reach * 2
            else:
                low, high = shares[beyond - 1], shares[beyond]
                t = places[beyond - 1] + (places[beyond] - places[beyond - 1]) * (level - low) / (high - low)
            rings[k].append((start.size + t * up, start.value + t * across))
    return tuple(tuple(ring) for ring in rings)


def _paint_rings(painter: QPainter, square: QRectF, theme: Tokens) -> None:
    """Places equally far from the market, measured by active share, darker in steps of a tenth."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(square, mix(theme.pad_low, theme.pad_high, 1.0))
    side = 1.0 if value_side() == "right" else -1.0
    for k, ring in reversed(list(enumerate(_ring_outlines()))):
        painter.setBrush(mix(theme.pad_low, theme.pad_high, k / _RING_COUNT))
        corners = [
            QPointF(
                square.left() + (side * value + 1) / 2 * square.width(), square.top() + (1 - size) / 2 * square.height()
            )
            for size, value in ring
        ]
        painter.drawPolygon(QPolygonF(corners))


def _marginal(scores: tuple[float, ...]) -> tuple[float, float, float]:
    """The market's shares at scores +1, 0, -1."""
    plus, zero, minus = (
        math.fsum(m for m, s in zip(MARKET_BOX, scores, strict=True) if s == score) for score in (1.0, 0.0, -1.0)
    )
    return plus, zero, minus


def _tilted_three(shares: tuple[float, float, float], mean: float) -> tuple[float, float, float]:
    """Shares at +1, 0, -1, tilted exponentially to a mean: with x = exp(a), (1 - m) p x^2 - m q x - (1 + m) r = 0."""
    p, q, r = shares
    m = max(-0.999, min(0.999, mean))
    x = (m * q + math.sqrt(m * m * q * q + 4 * (1 - m * m) * p * r)) / (2 * (1 - m) * p)
    total = p * x + q + r / x
    return p * x / total, q / total, r / x / total


def paint_reach(painter: QPainter, square: QRectF, points: Sequence[QPointF]) -> None:
    """A line through the points that plans of rising cost come to, with a dot at its end."""
    if len(points) < 2:
        return
    theme = tokens()
    painter.save()
    painter.setClipRect(square)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(with_alpha(theme.after, 0.55), 2.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(list(points)))
    painter.setBrush(with_alpha(theme.after, 0.8))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(points[-1], 3.0, 3.0)
    painter.restore()


def paint_markers(
    painter: QPainter,
    square: QRectF,
    *,
    market: QPointF,
    present: QPointF | None,
    after: QPointF | None,
    target: QPointF,
    held: bool,
    focused: bool,
) -> None:
    """The trail, then market, present, after and target; each has its own shape and its name beside it."""
    theme = tokens()
    if present is not None:
        _paint_trail(painter, present, target, theme)
    _diamond(painter, market, 5.5, theme)
    if present is not None:
        painter.setPen(hair(theme.surface, 4))
        painter.setBrush(theme.surface)
        painter.drawEllipse(present, 6.5, 6.5)
        painter.setPen(hair(theme.present, 2))
        painter.drawEllipse(present, 6.5, 6.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.present)
        painter.drawEllipse(present, 2.2, 2.2)
    radius = MARKER_RADIUS + (1.5 if held else 0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(theme.target, 0.28 if held else 0.18))
    painter.drawEllipse(target, radius * 1.9, radius * 1.9)
    # A ring, so that "after" can be seen inside it where the plan reaches the target.
    painter.setBrush(theme.surface)
    painter.setPen(hair(theme.surface, 7))
    painter.drawEllipse(target, radius - 1.5, radius - 1.5)
    painter.setPen(hair(theme.target, 3.4))
    painter.drawEllipse(target, radius - 1.5, radius - 1.5)
    if after is None or QLineF(after, target).length() > radius:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.target)
        painter.drawEllipse(target, 2.2, 2.2)
    if focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(hair(theme.focus, 2))
        painter.drawEllipse(target, radius + 4.5, radius + 4.5)
    if after is not None:
        _square(painter, after, 4.5, theme)

    placed = [_around(p, r) for p, r in ((target, radius + 3), (market, 8.0)) if p is not None]
    placed += [_around(p, 9.0) for p in (present, after) if p is not None]
    labels: list[tuple[str, QPointF, QColor, float]] = [("Target", target, theme.target, radius + 4)]
    if after is not None:
        labels.append(("After", after, theme.after, 9.0))
    if present is not None:
        labels.append(("Today", present, theme.present, 10.0))
    labels.append(("Market", market, theme.market, 9.0))
    names = _name_areas(square)
    for text, centre, colour, gap in labels:
        _paint_label(painter, square, text, centre, colour, gap, placed, names)


def _paint_trail(painter: QPainter, start: QPointF, end: QPointF, theme: Tokens) -> None:
    line = QLineF(start, end)
    gap = 9.0 + MARKER_RADIUS + 8.0
    if line.length() < gap + 6:
        return
    direction = QPointF(line.dx() / line.length(), line.dy() / line.length())
    first = start + direction * 9.0
    last = end - direction * (MARKER_RADIUS + 5.0)
    # Dots one by one: a dashed line costs several times as much, and this is drawn with every move of the hand.
    pen = hair(with_alpha(theme.target, 0.9), 1.9)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    length = QLineF(first, last).length()
    painter.drawPoints(QPolygonF([first + direction * (4.8 * k) for k in range(int(length / 4.8) + 1)]))
    across = QPointF(-direction.y(), direction.x())
    back = last - direction * 7.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.target)
    painter.drawPolygon(QPolygonF([last, back + across * 4.0, back - across * 4.0]))


def _diamond(painter: QPainter, centre: QPointF, radius: float, theme: Tokens) -> None:
    shape = QPolygonF([centre + QPointF(*p) for p in ((0, -radius), (radius, 0), (0, radius), (-radius, 0))])
    painter.setBrush(theme.surface)
    painter.setPen(hair(theme.surface, 4))
    painter.drawPolygon(shape)
    painter.setPen(hair(theme.market, 1.8))
    painter.drawPolygon(shape)


def _square(painter: QPainter, centre: QPointF, radius: float, theme: Tokens) -> None:
    painter.setBrush(theme.after)
    painter.setPen(hair(theme.surface, 2))
    painter.drawRoundedRect(_around(centre, radius), 1.5, 1.5)


def _around(centre: QPointF, radius: float) -> QRectF:
    return QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)


def _paint_label(
    painter: QPainter,
    square: QRectF,
    text: str,
    centre: QPointF,
    colour: QColor,
    gap: float,
    placed: list[QRectF],
    names: list[QRectF],
) -> None:
    """A name on a pill at the first place around it that overlaps nothing; none free: left out (the tooltip says)."""
    width, height = text_width(text, "label") + 10, line_height("label") + 2
    own = _around(centre, gap - 2)
    room = square.adjusted(3, 3, -3, -3)
    # Better clear of the boxes' names; over one of them where there is no other place.
    for obstacles, far, (dx, dy) in product(([*placed, *names], placed), (1.0, 2.4), _PLACES):
        x = centre.x() + dx * (far * gap + width / 2)
        y = centre.y() + dy * (far * gap + height / 2)
        pill = QRectF(x - width / 2, y - height / 2, width, height)
        if room.contains(pill) and not any(
            pill.intersects(other) for other in obstacles if not own.contains(other.center())
        ):
            placed.append(pill)
            theme = tokens()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(with_alpha(mix(theme.surface, theme.pad_low, 0.3), 0.88))
            painter.drawRoundedRect(pill, height / 2, height / 2)
            draw_text(painter, pill, text, colour, "label")
            return


def _name_areas(square: QRectF) -> list[QRectF]:
    """Where the names of the nine boxes stand."""
    side, height = square.width() / 3, line_height("small")
    areas: list[QRectF] = []
    if not _named(side):
        return areas
    for row in range(3):
        for place, column in enumerate(columns()):
            width = min(side - 2 * _INSET, text_width(f"{SIZES[row]} {STYLES[column].lower()}", "small"))
            left, top = square.left() + place * side + _INSET, square.top() + row * side + _INSET
            areas.append(QRectF(left, top, width, height))
    return areas


def paint_read_out(painter: QPainter, area: QRectF, text: str, *, emphasised: bool) -> None:
    """The line of words under the pad."""
    theme = tokens()
    parts = text.split(" · ")
    while len(parts) > 1 and text_width(" · ".join(parts), "small") > area.width():
        parts.pop()  # whole figures only, the less telling ones first to go
    draw_text(painter, area, " · ".join(parts), theme.text if emphasised else theme.text_muted, "small", elide=True)
