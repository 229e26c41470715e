"""The tilt pad: one point says how small and how much value the household should be.

Left is growth and right value (see orientation.py), top large and bottom small. The rings are places equally far from
the market, measured by active share: half the sum of the differences between the box there and the market's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.tilt.box import EDGE, MARKET_BOX, PadPoint, box_at, point_of
from widgets.numbers import number, percent
from widgets.orientation import value_side
from widgets.painted import Painted, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.tilt_pad_paint import MARKER_RADIUS, paint_background, paint_markers, paint_reach, paint_read_out

STEP: Final = 0.02
FINE_STEP: Final = 0.005
_WHEEL_RELEASE_MS: Final = 250
#: Pixels within which the mouse is on the line of what is in reach.
_NEAR: Final = 6.0
_ARROWS: Final = {
    Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Left: (0, -1),
}


@speaks_as(Spoken.Chart)
class TiltPad(Painted):
    """A square on which the target is dragged.

    ``targetDragged(size, value)`` comes with each move, ``targetReleased(size, value)`` when the move is over: the
    button or key is let go, or the wheel rests. Setters emit nothing.
    """

    targetDragged = Signal(float, float)
    targetReleased = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._market = point_of(MARKET_BOX)
        self._present: PadPoint | None = None
        self._after: PadPoint | None = None
        self._reach: tuple[PadPoint, ...] = ()
        self._target = self._market
        self._hover: PadPoint | None = None
        self._grip: QPointF | None = None  # where the marker is held, relative to its centre; None: not dragging
        self._grabbed_at: PadPoint | None = None
        self._moved_by_key = False
        self._wheel_rest = QTimer(self, singleShot=True, interval=_WHEEL_RELEASE_MS)
        self._wheel_rest.timeout.connect(self._on_wheel_rested)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Tilt pad")
        self.setToolTip(
            "Drag the target, or use the arrow keys (Shift for fine steps). Home goes to the market, "
            "Escape gives a drag up."
        )
        self._describe()

    # --- values -------------------------------------------------------------------------------------------------

    def target(self) -> PadPoint:
        """The target point shown."""
        return self._target

    def set_target(self, point: PadPoint, notify: bool = False) -> None:
        """Move the target; with ``notify`` as if the user had done so."""
        self._target = _clamped(point)
        self._describe()
        self.update()
        if notify:
            self.targetDragged.emit(self._target.size, self._target.value)
            self.targetReleased.emit(self._target.size, self._target.value)

    def set_present(self, point: PadPoint | None) -> None:
        """Show where the household is today; None where it holds no equity of known style."""
        if point != self._present:
            self._present = point
            self._describe()
            self.update()

    def set_after(self, point: PadPoint | None) -> None:
        """Show where the plan leads; None where there is no plan."""
        if point != self._after:
            self._after = point
            self._describe()
            self.update()

    def set_reach(self, points: Sequence[PadPoint]) -> None:
        """Show how far plans of rising cost come, as a line; empty hides it."""
        if tuple(points) != self._reach:
            self._reach = tuple(points)
            self.update()

    def set_market(self, point: PadPoint) -> None:
        """Show the market elsewhere than at the standard box's point."""
        self._market = point
        self.update()

    def is_dragging(self) -> bool:
        """Whether the user holds the target."""
        return self._grip is not None

    # --- geometry -----------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """A comfortable square."""
        return QSize(400, 400 + self._foot())

    def minimumSizeHint(self) -> QSize:
        """The least that can be read."""
        return QSize(240, 240 + self._foot())

    def hasHeightForWidth(self) -> bool:
        """The pad asks to be square, unless its size policy has been told otherwise."""
        return self.sizePolicy().hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """As high as wide, and the read-out below."""
        return width + self._foot()

    def _foot(self) -> int:
        return round(line_height("small") * 1.6)

    def square(self) -> QRectF:
        """The square of the pad itself, in widget coordinates."""
        margin = round(line_height("label") * 1.55)
        side = max(60.0, min(self.width() - 2 * margin, self.height() - 2 * margin - self._foot()))
        left = (self.width() - side) / 2
        top = margin + max(0.0, (self.height() - self._foot() - 2 * margin - side) / 2)
        return QRectF(round(left), round(top), round(side), round(side))

    def position_of(self, point: PadPoint) -> QPointF:
        """Where a point lies, in widget coordinates."""
        square = self.square()
        across = point.value if value_side() == "right" else -point.value
        return QPointF(
            square.left() + (across + 1) / 2 * square.width(), square.top() + (1 - point.size) / 2 * square.height()
        )

    def point_at(self, position: QPointF) -> PadPoint:
        """The point under a position, clamped to what can be reached."""
        square = self.square()
        across = 2 * (position.x() - square.left()) / square.width() - 1
        size = 1 - 2 * (position.y() - square.top()) / square.height()
        return _clamped(PadPoint(size, across if value_side() == "right" else -across))

    # --- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """The cached background, then the markers."""
        self.draw_background(painter, lambda p: paint_background(p, self.square()))
        square = self.square()
        if self._grip is None:  # the line is that of the last final plan, not of the point under way
            paint_reach(painter, square, [self.position_of(point) for point in self._reach])
        paint_markers(
            painter,
            square,
            market=self.position_of(self._market),
            present=None if self._present is None else self.position_of(self._present),
            after=None if self._after is None else self.position_of(self._after),
            target=self.position_of(self._target),
            held=self._grip is not None,
            focused=self.hasFocus(),
        )
        foot = QRectF(0, square.bottom() + line_height("label") * 1.5, self.width(), float(self._foot()))
        pointing = self._hover is not None and self._grip is None
        paint_read_out(painter, foot, self.read_out(), emphasised=not pointing)

    def read_out(self) -> str:
        """The words under the pad: the point under the mouse, else the target."""
        if self._hover is not None and self._grip is None:
            if self._is_on_reach(self._hover):
                return f"In reach at a cost: {describe_point(self._hover)}"
            return f"Here: {describe_point(self._hover)}"
        return f"Target: {describe_point(self._target)}"

    def _is_on_reach(self, point: PadPoint) -> bool:
        where = self.position_of(point)
        return any((where - self.position_of(other)).manhattanLength() <= _NEAR for other in self._reach)

    def _describe(self) -> None:
        parts = [f"Target {_spoken(self._target)}"]
        if self._present is not None:
            parts.append(f"today {_spoken(self._present)}")
        if self._after is not None:
            parts.append(f"after the plan {_spoken(self._after)}")
        self.setAccessibleDescription("; ".join(parts))

    # --- mouse --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the target; a press elsewhere on the square brings it there."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        position = event.position()
        centre = self.position_of(self._target)
        gap = position - centre
        if gap.x() ** 2 + gap.y() ** 2 <= (MARKER_RADIUS * 1.8) ** 2:
            self._grip = gap
        elif self.square().adjusted(-6, -6, 6, 6).contains(position):
            self._grip = QPointF(0, 0)
        else:
            event.ignore()
            return
        self._grabbed_at = self._target
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._grip.isNull():
            self._move_to(self.point_at(position))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or read the point under the mouse."""
        position = event.position()
        if self._grip is not None:
            wanted = self.point_at(position - self._grip)
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                # A quarter of the way keeps the hand steady for fine steps; the grip follows.
                wanted = PadPoint(
                    self._target.size + (wanted.size - self._target.size) / 4,
                    self._target.value + (wanted.value - self._target.value) / 4,
                )
                self._grip = position - self.position_of(_clamped(wanted))
            self._move_to(wanted)
            return
        inside = self.square().contains(position)
        gap = position - self.position_of(self._target)
        over = gap.x() ** 2 + gap.y() ** 2 <= (MARKER_RADIUS * 1.8) ** 2
        self._hover = self.point_at(position) if inside and not over else None
        shape = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.CrossCursor
        self.setCursor(shape if inside or over else Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the target."""
        if event.button() == Qt.MouseButton.LeftButton and self._grip is not None:
            self._let_go()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the point under the mouse."""
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def _let_go(self) -> None:
        self._grip = self._grabbed_at = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.update()
        self.targetReleased.emit(self._target.size, self._target.value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Up and down changes size, sideways (or with Ctrl) value; only with the focus, so that pages scroll."""
        if not self.hasFocus() or self._grip is not None:
            event.ignore()
            return
        delta = event.angleDelta()
        notches_up, notches_across = delta.y() / 120, -delta.x() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches_up, notches_across = 0.0, notches_up
        step = FINE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        self._step(notches_up * step, notches_across * step)
        self._wheel_rest.start()
        event.accept()

    @Slot()
    def _on_wheel_rested(self) -> None:
        self.targetReleased.emit(self._target.size, self._target.value)

    # --- keyboard -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Home goes to the market, Escape gives a drag up."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            up, across = _ARROWS[key]
            step = FINE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
            self._moved_by_key = True
            self._step(up * step, across * step)
        elif key == Qt.Key.Key_Home:
            self._moved_by_key = True
            self._move_to(self._market)
        elif key == Qt.Key.Key_Escape and self._grabbed_at is not None:
            back = self._grabbed_at
            self._move_to(back)
            self._let_go()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A key let go ends its move."""
        if not event.isAutoRepeat() and self._moved_by_key:
            self._moved_by_key = False
            self.targetReleased.emit(self._target.size, self._target.value)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A move by keys ends with the focus."""
        super().focusOutEvent(event)
        if self._moved_by_key:
            self._moved_by_key = False
            self.targetReleased.emit(self._target.size, self._target.value)
        self.update()

    def _step(self, up: float, across: float) -> None:
        value = across if value_side() == "right" else -across
        self._move_to(PadPoint(self._target.size + up, self._target.value + value))

    def _move_to(self, point: PadPoint) -> None:
        point = _clamped(point)
        if point == self._target:
            return
        self._target = point
        self._describe()
        self.update()
        self.targetDragged.emit(point.size, point.value)


def _clamped(point: PadPoint) -> PadPoint:
    # Steps of the keyboard accumulate binary noise; a ten-thousandth is far below what can be seen or meant.
    def one(score: float) -> float:
        return round(max(-EDGE, min(EDGE, score)), 4)

    return PadPoint(one(point.size), one(point.value))


def describe_point(point: PadPoint) -> str:
    """A point in the adviser's words: small, value and growth in its box, and its active share against the market."""
    box = box_at(point.size, point.value).box
    small, value, growth = sum(box[6:]), sum(box[0::3]), sum(box[2::3])
    active = sum(abs(share - other) for share, other in zip(box, MARKET_BOX, strict=True)) / 2
    return (
        f"{percent(small, 0)} small · {percent(value, 0)} value · {percent(growth, 0)} growth · "
        f"{percent(active, 0)} off market"
    )


def _spoken(point: PadPoint) -> str:
    return f"size {number(point.size, 2, sign=True)}, value {number(point.value, 2, sign=True)}"
