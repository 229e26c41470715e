"""How much of the household's value is classified, and what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.classify.exposure import ASSET_CLASSES, Exposure
from core.household import Household
from core.money import ZERO
from widgets.numbers import money, percent, plural
from widgets.painted import Painted, draw_text, hair, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import paint_icon, text_width, tokens

_UNCLASSIFIED = ASSET_CLASSES.index("unclassified")
#: Below this share the meter warns: the style box speaks of too little.
ENOUGH = 0.95
_BAR: Final = 6


@speaks_as(Spoken.Chart)
class CoverageMeter(Painted):
    """A bar with words; ``detailsRequested`` by click or Enter."""

    detailsRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self._missing: tuple[tuple[str, float], ...] = ()
        self._known = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Classified share of the value")
        self._describe()

    def set_coverage(self, share: float, unclassified: Sequence[tuple[str, float]] = ()) -> None:
        """Show the classified share (0..1) and what is missing as (name, dollars), the largest first."""
        self._known, self._share = True, max(0.0, min(1.0, share))
        self._missing = tuple(sorted(unclassified, key=lambda pair: (-abs(pair[1]), pair[0])))
        self._describe()
        self.update()

    def set_household(self, household: Household, exposures: Mapping[str, Exposure]) -> None:
        """Work the coverage out: the part of each lot's value that is not unclassified; cash is known."""
        missing: dict[str, Decimal] = {}
        for lot in household.lots:
            exposure = exposures.get(lot.security)
            part = 1.0 if exposure is None else exposure.mix[_UNCLASSIFIED]
            if part > 0:
                missing[lot.security] = missing.get(lot.security, ZERO) + lot.market_value * Decimal(repr(part))
        whole = household.value
        names = household.security_by_id
        rows = [(names[key].symbol or names[key].name, float(value)) for key, value in missing.items()]
        lost = float(sum(missing.values(), ZERO) / whole) if whole else 0.0
        self.set_coverage(1.0 - lost, rows)

    def words(self) -> str:
        """The line above the bar, where there is room for it."""
        if not self._known:
            return "Nothing to classify yet"
        digits = 0 if self._share in (0.0, 1.0) else 1
        text = f"{percent(self._share, digits)} of the value classified"
        if not self._missing:
            return text
        if len(self._missing) > 1:
            return f"{text} \u00b7 {plural(len(self._missing), 'holding')} not"
        return f"{text} \u00b7 {self._missing[0][0]} not"

    def words_for(self, width: float) -> str:
        """The longest of the words that are whole in a width; the share at the least."""
        share = percent(self._share, 0 if self._share in (0.0, 1.0) else 1)
        choices = (self.words(), f"{share} classified", share) if self._known else (self.words(),)
        return next((words for words in choices if text_width(words) <= width), choices[-1])

    def _describe(self) -> None:
        self.setAccessibleDescription(self.words())
        lines = [f"{name}: {money(value)}" for name, value in self._missing[:12]]
        if len(self._missing) > 12:
            lines.append(f"and {len(self._missing) - 12} more")
        self.setToolTip("\n".join(["Not classified:", *lines, "Click to see them"]) if lines else self.words())

    def sizeHint(self) -> QSize:
        """A line of words and a bar."""
        return QSize(320, round(line_height() * 1.3) + _BAR + 2)

    def minimumSizeHint(self) -> QSize:
        """The same, narrower and close together."""
        return QSize(90, round(line_height()) + _BAR + 1)

    def paint(self, painter: QPainter) -> None:
        """Words, then the bar; the unclassified end is hatched."""
        theme = tokens()
        line = min(line_height() * 1.3, self.height() - _BAR - 1.0)
        good = self._share >= ENOUGH
        colour = theme.ok if good else theme.warning
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        area = QRectF(2, 0, self.width() - 4, line)
        if self._known:
            paint_icon(painter, "check" if good else "warning", QRectF(2, line / 2 - 8, 16, 16), colour)
            area.setLeft(24)
        ink = theme.text if self._known else theme.text_muted
        draw_text(painter, area, self.words_for(area.width()), ink, "body", left, elide=True)
        bar = QRectF(2, self.height() - _BAR - 0.5, self.width() - 4, _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.sunken)
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        if self._known:
            painter.setBrush(colour)
            done = QRectF(bar.left(), bar.top(), bar.width() * self._share, bar.height())
            painter.drawRoundedRect(done, _BAR / 2, _BAR / 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(hair(theme.focus, 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for details."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.detailsRequested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space ask for details."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.detailsRequested.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()
