"""The asset mix: a slider and a field for each class; what is moved is taken from or given to the unlocked others."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSlider, QToolButton, QWidget

from core.classify.exposure import ASSET_CLASSES
from widgets.forms import PercentField
from widgets.labels import class_label
from widgets.numbers import percent, points
from widgets.painted import draw_mark, hair
from widgets.theme import S, font, set_icon, text_width, tokens

#: Classes that can be asked for; the unclassified part keeps its share.
EDITABLE = tuple(key for key in ASSET_CLASSES if key != "unclassified")
_STEPS = 1000


class ShareSlider(QSlider):
    """0 to 100 % in tenths, with marks for today (above) and after (below); a click jumps there."""

    def __init__(self, name: str, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent, minimum=0, maximum=_STEPS, singleStep=5, pageStep=50)
        self._colour = colour
        self.present: float | None = None
        self.after: float | None = None
        self.setAccessibleName(f"{name}, target")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A track and its marks."""
        return QSize(180, 32)

    def minimumSizeHint(self) -> QSize:
        """The shortest usable track."""
        return QSize(90, 32)

    def _track(self) -> QRectF:
        return QRectF(9, self.height() / 2 - 3, self.width() - 18, 6)

    def _x(self, share: float) -> float:
        track = self._track()
        return track.left() + max(0.0, min(1.0, share)) * track.width()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, marks, knob."""
        theme = tokens()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            track = self._track()
            enabled = self.isEnabled()
            x = self._x(self.value() / _STEPS)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.sunken)
            painter.drawRoundedRect(track, 3, 3)
            filled = QRectF(track.left(), track.top(), x - track.left(), track.height())
            painter.setBrush(theme.classes[self._colour] if enabled else theme.text_disabled)
            painter.drawRoundedRect(filled, 3, 3)
            if self.present is not None:
                draw_mark(painter, track, self.present, theme.present, above=True, gap=5)
            if self.after is not None:
                draw_mark(painter, track, self.after, theme.after, above=False, gap=5)
            painter.setPen(hair(theme.focus if self.hasFocus() else theme.border_strong, 2 if self.hasFocus() else 1.2))
            painter.setBrush(theme.surface)
            painter.drawEllipse(QPointF(x, track.center().y()), 7, 7)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the place pressed and hold the knob."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._jump(event.position().x())
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self.isSliderDown():
            self._jump(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; ``sliderReleased`` is emitted."""
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)

    def _jump(self, x: float) -> None:
        track = self._track()
        self.setValue(round((x - track.left()) / track.width() * _STEPS))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus, so that the page scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def rebalanced(
    mix: Mapping[str, float], changed: str, share: float, locked: frozenset[str], total: float
) -> dict[str, float]:
    """The mix after ``changed`` was set to ``share``: the unlocked others share the rest in their proportion.

    Locked classes keep their shares; ``changed`` is held to what they leave. Where all unlocked others are at zero
    they share the rest evenly; where there are none ``changed`` takes exactly what is left. The sum is ``total``.
    """
    held = sum(mix[key] for key in EDITABLE if key in locked and key != changed)
    room = max(0.0, total - held)
    others = [key for key in EDITABLE if key not in locked and key != changed]
    value = max(0.0, min(room, share)) if others else room
    rest = room - value
    present = sum(mix[key] for key in others)
    result = {key: mix[key] for key in EDITABLE}
    result[changed] = value
    for key in others:
        result[key] = rest * (mix[key] / present if present > 0 else 1 / len(others))
    return result


class MixEditor(QWidget):
    """``mixEdited(dict)`` with each change by the user: the six classes' shares, summing to 1 less the unclassified
    part; ``editingFinished`` when a drag or a typed number is done; ``resetRequested`` to go back to today's mix.
    """

    mixEdited = Signal(dict)
    editingFinished = Signal()
    resetRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Asset mix")
        self._mix = dict.fromkeys(EDITABLE, 0.0)
        self._mix["cash"] = 1.0
        self._unclassified = 0.0
        self._locks: set[str] = set()
        self._sliders: dict[str, ShareSlider] = {}
        self._fields: dict[str, PercentField] = {}
        self._lock_buttons: dict[str, QToolButton] = {}
        self._changes: dict[str, QLabel] = {}
        self._after: Mapping[str, float] | None = None
        self._present: Mapping[str, float] | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(S.sm)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, key in enumerate(EDITABLE):
            self._add_row(grid, row, key)
        foot = QHBoxLayout()
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._note.setFont(font("small"))
        self._reset = QPushButton("Keep today's mix")
        self._reset.setToolTip("Ask for no change of the mix")
        self._reset.clicked.connect(self.resetRequested)
        foot.addWidget(self._note, 1)
        foot.addWidget(self._reset)
        grid.addLayout(foot, len(EDITABLE), 0, 1, 5)
        self._show()

    def _add_row(self, grid: QGridLayout, row: int, key: str) -> None:
        name = class_label(key)
        slider = ShareSlider(name, key)
        slider.setProperty("key", key)
        slider.valueChanged.connect(self._on_slid)
        slider.sliderReleased.connect(self.editingFinished)
        field = PercentField(f"{name}, target in per cent", step=0.005)
        field.setProperty("key", key)
        field.setMinimumWidth(round(text_width("100.0 %")) + 44)
        field.fractionEdited.connect(self._on_typed)
        lock = QToolButton(checkable=True, autoRaise=True)
        lock.setProperty("quiet", True)
        lock.setProperty("key", key)
        lock.setIconSize(QSize(16, 16))
        lock.setAccessibleName(f"Lock {name}")
        lock.toggled.connect(self._on_locked)
        caption = QLabel(name)
        caption.setBuddy(field)
        change = QLabel()
        change.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        change.setMinimumWidth(round(text_width("+100.0 pt", "small")) + 4)
        change.setFont(font("small"))
        change.setProperty("muted", True)
        for column, part in enumerate((caption, slider, field, lock, change)):
            grid.addWidget(part, row, column)
        self._sliders[key], self._fields[key], self._lock_buttons[key], self._changes[key] = slider, field, lock, change
        self._dress_lock(key)

    # --- values -------------------------------------------------------------------------------------------------

    def set_present(self, mix: Mapping[str, float]) -> None:
        """Show today's mix; its unclassified part is what the editor leaves alone."""
        self._present = dict(mix)
        self._unclassified = mix.get("unclassified", 0.0)
        self._show()

    def set_mix(self, mix: Mapping[str, float]) -> None:
        """Show the target mix."""
        self._mix = {key: mix.get(key, 0.0) for key in EDITABLE}
        self._show()

    def set_after(self, mix: Mapping[str, float] | None) -> None:
        """Show what the plan reaches; None while there is none."""
        self._after = mix
        self._show()

    def mix(self) -> dict[str, float]:
        """The target shares of the six classes."""
        return dict(self._mix)

    def locked(self) -> frozenset[str]:
        """Classes whose share is locked."""
        return frozenset(self._locks)

    def set_locked(self, keys: frozenset[str]) -> None:
        """Lock exactly these classes."""
        for key, button in self._lock_buttons.items():
            button.setChecked(key in keys)

    def _show(self) -> None:
        for key in EDITABLE:
            slider, field, share = self._sliders[key], self._fields[key], self._mix[key]
            slider.blockSignals(True)
            slider.setValue(round(share * _STEPS))
            slider.blockSignals(False)
            if not (field.hasFocus() and field.lineEdit().isModified()):
                field.set_fraction(share)
            slider.present = None if self._present is None else self._present.get(key, 0.0)
            slider.after = None if self._after is None else self._after.get(key, 0.0)
            slider.update()
            words = [f"target {percent(share)}"]
            if slider.present is not None:
                words.insert(0, f"today {percent(slider.present)}")
                self._changes[key].setText(points(share - slider.present))
            if slider.after is not None:
                words.append(f"after {percent(slider.after)}")
            slider.setAccessibleDescription(", ".join(words))
            slider.setToolTip(f"{class_label(key)}: {', '.join(words)}")
            self._changes[key].setToolTip("Target less today, in percentage points")
        kept = f" Unclassified {percent(self._unclassified)} stays." if self._unclassified > 0.0005 else ""
        self._note.setText(f"\u25bc today  \u25b2 after.  On the right: target less today.{kept}")

    # --- edits --------------------------------------------------------------------------------------------------

    def _edit(self, key: str, share: float) -> None:
        total = max(0.0, 1.0 - self._unclassified)
        self._mix = rebalanced(self._mix, key, share, frozenset(self._locks), total)
        self._show()
        self.mixEdited.emit(dict(self._mix))

    @Slot(int)
    def _on_slid(self, value: int) -> None:
        slider = self.sender()
        assert isinstance(slider, ShareSlider)
        self._edit(str(slider.property("key")), value / _STEPS)
        if not slider.isSliderDown():
            self.editingFinished.emit()

    @Slot(float)
    def _on_typed(self, share: float) -> None:
        field = self.sender()
        assert isinstance(field, PercentField)
        field.lineEdit().setModified(False)
        self._edit(str(field.property("key")), share)
        self.editingFinished.emit()

    @Slot(bool)
    def _on_locked(self, on: bool) -> None:
        key = str(self.sender().property("key"))
        self._locks.add(key) if on else self._locks.discard(key)
        self._sliders[key].setEnabled(not on)
        self._fields[key].setEnabled(not on)
        self._dress_lock(key)

    def _dress_lock(self, key: str) -> None:
        button = self._lock_buttons[key]
        on = button.isChecked()
        set_icon(button, "lock" if on else "unlock", "accent" if on else "text_muted")
        button.setToolTip("Locked: keeps its share while others move" if on else "Lock this share")
