"""Ranges of sectors: how far each sector's share of equity may move against today."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.classify.exposure import SECTORS
from widgets.forms import PercentField
from widgets.labels import sector_label
from widgets.numbers import percent, points
from widgets.painted import Painted, draw_mark, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, font, text_width, tokens, with_alpha

_FIRST_RANGE = 0.02


@speaks_as(Spoken.Graphic)
class _Range(Painted):
    """Today's share, the range around it, and where the plan leads, on one scale."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.before = self.after = 0.0
        self.limits: tuple[float, float] | None = None
        self.scale = 0.5
        self.setMinimumWidth(40)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(140, round(line_height() * 1.6))

    def paint(self, painter: QPainter) -> None:
        theme = tokens()
        track = QRectF(2, self.height() / 2 - 3, self.width() - 4, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.sunken)
        painter.drawRoundedRect(track, 3, 3)
        if self.limits is not None:
            low, high = (max(0.0, self.before + change) / self.scale for change in self.limits)
            band = QRectF(track.left() + low * track.width(), track.top() - 3, (high - low) * track.width(), 12)
            painter.setBrush(with_alpha(theme.target, 0.28))
            painter.drawRoundedRect(band.intersected(QRectF(self.rect())), 2, 2)
        draw_mark(painter, track, min(1.0, self.before / self.scale), theme.present, above=True, gap=3)
        draw_mark(painter, track, min(1.0, self.after / self.scale), theme.after, above=False, gap=3)


class SectorRanges(QWidget):
    """``rangesEdited(dict)``: (lowest, highest) change by sector, for the sectors that are limited."""

    rangesEdited = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Ranges of sectors")
        self._ranges: dict[str, tuple[float, float]] = {}
        self._switches: dict[str, QCheckBox] = {}
        self._tracks: dict[str, _Range] = {}
        self._shares: dict[str, QLabel] = {}
        self._fields: dict[tuple[str, str], PercentField] = {}
        body = QWidget()
        body.setObjectName("sectors")
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, S.sm, 0)
        grid.setHorizontalSpacing(S.sm)
        grid.setVerticalSpacing(S.xs)
        grid.setColumnStretch(2, 1)
        for row, key in enumerate(SECTORS[:-1]):
            self._add_row(grid, row, key)
        grid.setRowStretch(len(SECTORS), 1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Ranges of sectors")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setStyleSheet("QScrollArea, QWidget#sectors { background: transparent; }")
        scroll.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self._body, self._scroll = body, scroll
        self._show()
        self._widen()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text needs wider fields."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_scroll"):
            self._widen()

    def _widen(self) -> None:
        for field in self._fields.values():
            field.setFixedWidth(round(text_width("+00.0 pt")) + 34)
        # It scrolls down, never across: what it needs in width it says.
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(self._body.minimumSizeHint().width() + bar + S.xs)

    def _add_row(self, grid: QGridLayout, row: int, key: str) -> None:
        name = sector_label(key)
        switch = QCheckBox(name)
        switch.setProperty("key", key)
        switch.setToolTip(f"Keep {name.lower()} within a range around today's share")
        switch.clicked.connect(self._on_switched)
        share = QLabel()
        share.setFont(font("figure"))
        share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        share.setMinimumWidth(round(text_width("00.0 %")))
        share.setToolTip("Share of the equity today")
        track = _Range(self)
        self._switches[key], self._shares[key], self._tracks[key] = switch, share, track
        parts: list[QWidget] = [switch, share, track]
        for side, low, high in (("low", -1.0, 0.0), ("high", 0.0, 1.0)):
            words = "lowest" if side == "low" else "highest"
            field = PercentField(f"{name}, {words} change", minimum=low, maximum=high, step=0.005)
            field.setSuffix("\u202fpt")
            field.setProperty("key", key)
            if side == "high":
                field.setPrefix("+")
            field.fractionEdited.connect(self._on_typed)
            self._fields[key, side] = field
            parts.append(field)
        for column, part in enumerate(parts):
            grid.addWidget(part, row, column)

    # --- values -------------------------------------------------------------------------------------------------

    def set_ranges(self, ranges: Mapping[str, tuple[float, float]]) -> None:
        """Show ranges; emits nothing."""
        if dict(ranges) != self._ranges:
            self._ranges = dict(ranges)
            self._show()

    def set_shares(self, before: Mapping[str, float], after: Mapping[str, float] | None) -> None:
        """Show today's shares of equity and those after the plan."""
        scale = max([*before.values(), *(after or {}).values(), 0.1]) * 1.15
        for key, track in self._tracks.items():
            track.scale = scale
            track.before = before.get(key, 0.0)
            track.after = (after or before).get(key, 0.0)
            self._shares[key].setText(percent(track.before))
            track.setToolTip(f"After the plan {percent(track.after)}, {points(track.after - track.before)}")
            track.update()

    def ranges(self) -> dict[str, tuple[float, float]]:
        """The ranges shown."""
        return dict(self._ranges)

    def _show(self) -> None:
        for key, switch in self._switches.items():
            limits = self._ranges.get(key)
            switch.setChecked(limits is not None)
            self._tracks[key].limits = limits
            self._tracks[key].update()
            for k, side in enumerate(("low", "high")):
                field = self._fields[key, side]
                field.setEnabled(limits is not None)
                field.set_fraction(limits[k] if limits is not None else (-_FIRST_RANGE, _FIRST_RANGE)[k])

    @Slot(bool)
    def _on_switched(self, on: bool) -> None:
        key = str(self.sender().property("key"))
        if on:
            self._ranges[key] = (self._fields[key, "low"].fraction(), self._fields[key, "high"].fraction())
        else:
            self._ranges.pop(key, None)
        self._show()
        self.rangesEdited.emit(dict(self._ranges))

    @Slot(float)
    def _on_typed(self, _share: float) -> None:
        key = str(self.sender().property("key"))
        self._ranges[key] = (self._fields[key, "low"].fraction(), self._fields[key, "high"].fraction())
        self._tracks[key].limits = self._ranges[key]
        self._tracks[key].update()
        self.rangesEdited.emit(dict(self._ranges))

    def minimumSizeHint(self) -> QSize:
        """Four rows."""
        return QSize(430, round(line_height() * 8))
