"""The nine-box editor: today, target and after in every cell; type or scroll a share, pin a cell."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.tilt.box import MARKET_BOX
from widgets.forms import PercentField
from widgets.labels import SIZES, STYLES, box_label
from widgets.numbers import percent
from widgets.orientation import columns, orientation
from widgets.painted import Painted, draw_arrow, draw_mark, draw_text, hair, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.style_box import FULL_HEAT
from widgets.theme import S, font, mix, set_icon, text_width, theme_events, tokens
from widgets.theme.tokens import Tokens

#: How far the fullest cell goes toward the darkest shade, so that its figures can be read.
SHADE = 0.34


def after_ink(theme: Tokens) -> QColor:
    """The colour of what the plan reaches, near enough to the text's to be read on the darkest shade."""
    return mix(theme.after, theme.text, 0.5)


#: Ways in which the focus comes to a cell because the user wants it there.
_Reason = Qt.FocusReason
_CHOOSES = frozenset({_Reason.MouseFocusReason, _Reason.TabFocusReason, _Reason.BacktabFocusReason})
#: Below this width the sums of the rows are not shown.
_ROOMY = 440


@speaks_as(Spoken.Grouping)
class _Cell(Painted):
    """One box: the target as a field, a pin, and today and after as words and ticks on a small scale."""

    edited = Signal(int, float)
    pinned = Signal(int, bool)
    chosen = Signal(int)

    def __init__(self, cell: int, editor: BoxEditor) -> None:
        super().__init__(editor)
        self.cell = cell
        self._editor = editor
        self.present: float | None = 0.0
        self.after: float | None = None
        self._shown: tuple[float | None, float, float | None] | None = None
        name = box_label(cell)
        self.setAccessibleName(name)
        self.field = PercentField(f"{name}, target", step=0.005, parent=self)
        self.field.setProperty("plain", True)  # no step buttons: the style sheet breaks Qt's own NoButtons
        self.field.setFont(font("strong"))
        self.field.setToolTip(f"{name}: type the share of the equity it should have, or scroll")
        self.field.setMinimumWidth(round(text_width("100.0 %", "strong")) + 20)
        self.field.fractionEdited.connect(self._on_edited)
        self.field.installEventFilter(self)
        self.pin = QToolButton(self, checkable=True, autoRaise=True)
        self.pin.setProperty("quiet", True)
        self.pin.setIconSize(QSize(14, 14))
        self.pin.toggled.connect(self._on_toggled)
        self.pin.setAccessibleName(f"Pin {name.lower()}")
        self._dress_pin()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.sm, S.sm, S.xs, round(line_height("small") * 1.45) + S.sm)
        layout.setSpacing(S.xs)
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self.field, 1)
        line.addWidget(self.pin)
        layout.addLayout(line)
        layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the field chooses the cell as well."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.field.setFocus(Qt.FocusReason.MouseFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys or the pointer coming to the field choose the cell; the window coming to the front does not."""
        if event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent) and event.reason() in _CHOOSES:
            self.chosen.emit(self.cell)
        return super().eventFilter(watched, event)

    def show_shares(self, present: float | None, target: float, after: float | None) -> None:
        """``present`` is None where nothing is known of today."""
        if not self._typing():
            self.field.set_fraction(target)
        if (present, target, after) == self._shown:
            return
        self._shown = (present, target, after)
        self.present, self.after = present, after
        words = f"today {percent(present)}, target {percent(target)}"
        self.setAccessibleDescription(words + ("" if after is None else f", after {percent(after)}"))
        self.setToolTip(f"{box_label(self.cell)}: {self.accessibleDescription()}")
        self.update()

    def set_pinned(self, pinned: bool) -> None:
        if self.pin.isChecked() == pinned:
            return
        self.pin.blockSignals(True)
        self.pin.setChecked(pinned)
        self.pin.blockSignals(False)
        self._dress_pin()
        self.update()

    def _typing(self) -> bool:
        """Whether a number is half typed: it must not be written over by an answer to an earlier edit."""
        return self.field.lineEdit().isModified() and self.field.hasFocus()

    def _dress_pin(self) -> None:
        on = self.pin.isChecked()
        set_icon(self.pin, "pin" if on else "pin_off", "accent" if on else "text_muted")
        self.pin.setToolTip("Pinned: keeps its share while the target moves" if on else "Pin: keep this share")

    @Slot(float)
    def _on_edited(self, share: float) -> None:
        self.edited.emit(self.cell, share)

    @Slot(bool)
    def _on_toggled(self, on: bool) -> None:
        self._dress_pin()
        self.update()
        self.pinned.emit(self.cell, on)

    def _scale_top(self) -> float:
        line = line_height("small") * 1.45
        return (self.field.geometry().bottom() + self.height() - 0.5 - line - S.xs) / 2 - 2

    def has_scale(self) -> bool:
        """Whether there is room for the small scale between field and figures."""
        return self._scale_top() - self.field.geometry().bottom() > 8

    def paint(self, painter: QPainter) -> None:
        theme = tokens()
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shade = mix(theme.surface, theme.heat_high, SHADE * min(1.0, self.field.fraction() / FULL_HEAT) + 0.02)
        painter.setBrush(shade)
        pinned = self.pin.isChecked()
        painter.setPen(hair(theme.accent if pinned else theme.border, 1.5 if pinned else 1.0))
        painter.drawRoundedRect(rect, 5, 5)
        line = line_height("small") * 1.45
        scale = QRectF(rect.left() + S.md, self._scale_top(), rect.width() - 2 * S.md, 4)
        if self._editor.has_scales():
            self._paint_scale(painter, scale)
        words = rect.adjusted(S.sm, 0, -S.sm, -S.xs)
        words.setTop(words.bottom() - line)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, words, percent(self.present), theme.text, "small", left)
        if self.after is not None:
            draw_text(painter, words, percent(self.after), after_ink(theme), "small", right)
            centre = words.center()
            draw_arrow(painter, centre - QPointF(5, 0), 9, theme.text_muted)

    def _paint_scale(self, painter: QPainter, scale: QRectF) -> None:
        """The target as a bar, today and after as the marks that the mix has too."""
        theme = tokens()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.sunken)
        painter.drawRoundedRect(scale, 2, 2)
        painter.setBrush(theme.target)
        length = scale.width() * min(1.0, self.field.fraction() / FULL_HEAT)
        painter.drawRoundedRect(QRectF(scale.left(), scale.top(), length, scale.height()), 2, 2)
        if self.present is not None:
            draw_mark(painter, scale, self.present / FULL_HEAT, theme.present, above=True)
        if self.after is not None:
            draw_mark(painter, scale, self.after / FULL_HEAT, theme.after, above=False)


class BoxEditor(QWidget):
    """Nine cells to edit. ``cellEdited(cell, share)``, ``pinToggled(cell, on)`` and ``cellChosen(cell)`` (the keys or
    the pointer have come to it) come only from the user.

    The editor shows what it is given and rebalances nothing: its owner answers an edit with ``set_boxes``.
    """

    cellEdited = Signal(int, float)
    pinToggled = Signal(int, bool)
    cellChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Nine-box editor")
        self.setAccessibleDescription("Share of the equity of known style: today, target and after, by style box")
        self._present: tuple[float, ...] = MARKET_BOX
        self._target: tuple[float, ...] = MARKET_BOX
        self._after: tuple[float, ...] | None = None
        self.cells = [_Cell(cell, self) for cell in range(9)]
        self._rows = [self._word(size) for size in SIZES]
        self._columns = [self._word(style) for style in STYLES]
        self._row_sums = [self._word("") for _ in SIZES]
        self._column_sums = [self._word("") for _ in STYLES]
        self._key = _Key(self, self.has_scales, self.has_after)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(S.xs)
        for cell in self.cells:
            cell.edited.connect(self.cellEdited)
            cell.pinned.connect(self.pinToggled)
            cell.chosen.connect(self.cellChosen)
        self._place()
        orientation().changed.connect(self._place)
        self.set_boxes(MARKET_BOX, MARKET_BOX)

    def _word(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setFont(font("label"))
        label.setProperty("muted", True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return label

    @Slot()
    def _place(self) -> None:
        while self._grid.takeAt(0) is not None:
            pass
        for row in range(3):
            self._grid.addWidget(self._rows[row], row + 1, 0)
            self._grid.addWidget(self._row_sums[row], row + 1, 4)
            self._grid.setRowStretch(row + 1, 1)
        for place, column in enumerate(columns()):
            self._grid.addWidget(self._columns[column], 0, place + 1)
            self._grid.addWidget(self._column_sums[column], 4, place + 1)
            self._grid.setColumnStretch(place + 1, 1)
            for row in range(3):
                self._grid.addWidget(self.cells[3 * row + column], row + 1, place + 1)
        self._grid.addWidget(self._key, 5, 0, 1, 5)
        order = [self.cells[3 * row + column] for row in range(3) for column in columns()]
        chain = [*(cell.field for cell in order), *(cell.pin for cell in order)]  # shares first, then their pins
        for before, after in itertools.pairwise(chain):
            QWidget.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the sums go first: the pad's words say the most of them."""
        super().resizeEvent(event)
        roomy = event.size().width() >= _ROOMY * theme_events().text_size
        for label in self._row_sums:
            label.setVisible(roomy)
        for cell in self.cells:  # of one that keeps its size the scale may come or go with the others'
            cell.update()

    def has_scales(self) -> bool:
        """Whether there is room for the small scales: in all cells or in none, though rows differ by a pixel."""
        return all(cell.has_scale() for cell in self.cells)

    def set_boxes(
        self, present: Sequence[float], target: Sequence[float], after: Sequence[float] | None = None
    ) -> None:
        """Show nine shares each, in cell order."""
        self._present, self._target = tuple(present), tuple(target)
        self._after = None if after is None else tuple(after)
        self._show()

    def set_after(self, after: Sequence[float] | None) -> None:
        """Show what the plan reaches; None while there is no plan."""
        self._after = None if after is None else tuple(after)
        self._show()

    def set_pins(self, pins: Iterable[int]) -> None:
        """Show which cells are pinned."""
        pinned = set(pins)
        for cell in self.cells:
            cell.set_pinned(cell.cell in pinned)

    def pins(self) -> frozenset[int]:
        """The pinned cells."""
        return frozenset(cell.cell for cell in self.cells if cell.pin.isChecked())

    def has_after(self) -> bool:
        """Whether there is a plan whose boxes are known."""
        return self._after is not None and sum(self._after) > 0

    def _show(self) -> None:
        present = self._present if sum(self._present) > 0 else (None,) * 9
        after = self._after if self._after is not None and self.has_after() else (None,) * 9
        self._key.update()
        for k, cell in enumerate(self.cells):
            cell.show_shares(present[k], self._target[k], after[k])
        for row in range(3):
            self._row_sums[row].setText(percent(sum(self._target[3 * row : 3 * row + 3])))
            self._column_sums[row].setText(percent(sum(self._target[row::3])))


@speaks_as(Spoken.StaticText)
class _Key(Painted):
    """The key under the cells: the field is the target, today on the left, after on the right while there is a plan."""

    def __init__(self, parent: QWidget, scales: Callable[[], bool], after: Callable[[], bool]) -> None:
        super().__init__(parent)
        self._scales, self._after = scales, after
        self.setAccessibleName("Key")
        self.setAccessibleDescription(
            "In each cell: the field and the bar are the target, the marks and figures below today and after"
        )

    def words(self) -> str:
        """What the cells show, as there is room and a plan."""
        if self._scales():
            return "Field and bar: target.  \u25bc today" + ("  \u25b2 after the plan." if self._after() else ".")
        return "Field: target.  Below: today" + (" \u2192 after the plan." if self._after() else ".")

    def sizeHint(self) -> QSize:
        return QSize(240, round(line_height("small") * 1.4))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.updateGeometry()

    def paint(self, painter: QPainter) -> None:
        theme = tokens()
        area = QRectF(self.rect())
        draw_text(
            painter,
            area,
            self.words(),
            theme.text_muted,
            "small",
            elide=True,
        )
