"""The tilt price list: every rule with the tilt it costs, and a switch to do without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from widgets.numbers import NONE, money, number
from widgets.painted import Painted, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, font, pixmap, set_mark, text_width, theme_events, tokens

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
#: Below these a cost would show as nothing, and is said to be nothing.
LEAST_POINTS = 0.05
LEAST_DOLLARS = 0.5


@attrs.frozen
class PriceRow:
    """One rule. ``points`` and ``dollars`` are what it costs, None where that is not known (the rule is off)."""

    rule: str
    words: str
    on: bool = True
    switchable: bool = True
    points: float | None = None
    dollars: float | None = None
    hint: str = ""

    def spoken(self) -> str:
        """The costs in words."""
        if not self.on:
            return "switched off"
        if self.points is None or self.dollars is None:
            return "cost not known yet"
        return f"costs {number(self.points, 1)} points of tilt, worth {money(self.dollars)}"


@speaks_as(Spoken.Graphic)
class _Bar(Painted):
    """The tilt lost, on the list's scale."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.share = 0.0
        self.known = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(40)
        self.setMaximumWidth(220)

    def sizeHint(self) -> QSize:
        return QSize(90, round(line_height() * 1.2))

    def paint(self, painter: QPainter) -> None:
        if not self.known:
            return  # an empty track would say that it costs nothing
        theme = tokens()
        track = QRectF(0, self.height() / 2 - 4, self.width(), 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.sunken)
        painter.drawRoundedRect(track, 3, 3)
        if self.share > 0:
            painter.setBrush(theme.target)
            painter.drawRoundedRect(QRectF(0, track.top(), max(3.0, self.share * track.width()), 8), 3, 3)


class _Line:
    """The widgets of one rule; kept while the rule is listed, so that the focus stays where it is."""

    def __init__(self, parent: QWidget) -> None:
        self.switch = QCheckBox(parent)
        self.fixed = QLabel(parent)
        self.fixed.setToolTip("Not a matter of choice: there is no switch")
        self.words = QLabel(parent)
        self.words.setWordWrap(True)
        self.words.setMinimumWidth(96)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = _Bar(parent)
        self.points = QLabel(parent)
        self.dollars = QLabel(parent)
        for label in (self.points, self.dollars):
            label.setAlignment(_RIGHT)
            label.setFont(font("figure"))
        self.points.setMinimumWidth(round(text_width("00.0 pt")))
        self.dollars.setMinimumWidth(round(text_width("$000,000")))

    def parts(self) -> tuple[QWidget, ...]:
        return self.switch, self.fixed, self.words, self.bar, self.points, self.dollars

    def show_row(self, row: PriceRow, most: float) -> None:
        self.switch.blockSignals(True)
        self.switch.setChecked(row.on)
        self.switch.blockSignals(False)
        self.switch.setVisible(row.switchable)
        self.fixed.setVisible(not row.switchable)
        if not row.switchable:
            self.fixed.setPixmap(pixmap("lock", 15, tokens().text_muted, self.fixed.devicePixelRatioF()))
            self.fixed.setContentsMargins(4, 0, 0, 0)
            self.fixed.setAccessibleName(f"{row.words}: {row.spoken()}")
        self.switch.setAccessibleName(row.words)
        self.switch.setAccessibleDescription(row.spoken())
        action = "Switch this rule off: the plan is made without it" if row.on else "Switch this rule on again"
        self.switch.setToolTip(action)
        self.words.setText(row.words)
        self.words.setToolTip(row.hint or row.words)
        set_mark(self.words, "muted", not row.on)
        points = row.points if row.on and row.points is not None else 0.0
        known = row.on and row.points is not None
        self.bar.known, self.bar.share = known, points / most if most > 0 else 0.0
        self.bar.update()
        self.points.setText(f"{number(points, 1)}\u202fpt" if points >= LEAST_POINTS else (NONE if known else ""))
        worth = row.dollars if known and row.dollars is not None else 0.0
        text = money(worth) if worth >= LEAST_DOLLARS else (NONE if known else "")
        self.dollars.setText(text if row.on else "off")


class PriceList(QWidget):
    """``ruleSwitched(rule, on)`` when the user moves a switch."""

    ruleSwitched = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Rules and the tilt they cost")
        self._lines: dict[str, _Line] = {}
        self._rows: tuple[PriceRow, ...] = ()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(S.xs)
        self._body = QWidget()
        self._body.setObjectName("prices")
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, S.sm, 0)
        self._grid.setHorizontalSpacing(S.sm)
        self._grid.setVerticalSpacing(S.xs)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 2)
        for column, (words, tip) in enumerate(
            (
                ("Rule", "Each rule in force; a switch makes the plan without it"),
                ("", ""),
                ("Tilt it costs", "Points of the household that would come into place without the rule"),
                ("", ""),
                ("Worth", "What the plan would gain without the rule, in dollars of the objective"),
            )
        ):
            label = QLabel(words)
            label.setFont(font("label"))
            label.setProperty("muted", True)
            label.setToolTip(tip)
            if column == 4:
                label.setAlignment(_RIGHT)
            if words:
                self._grid.addWidget(label, 0, column, 1, 2 if column in (0, 2) else 1)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Rules with their prices")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setStyleSheet("QScrollArea, QWidget#prices { background: transparent; }")
        self._scroll.setWidget(self._body)
        outer.addWidget(self._scroll, 1)
        theme_events().themeChanged.connect(self._on_theme)

    @Slot()
    def _on_theme(self) -> None:
        rows, self._rows = self._rows, ()
        self.set_rows(rows)

    def rows(self) -> tuple[PriceRow, ...]:
        """What is shown, in order."""
        return self._rows

    def switch_of(self, rule: str) -> QCheckBox:
        """The switch of a rule. Raises KeyError."""
        return self._lines[rule].switch

    def set_rows(self, rows: Iterable[PriceRow]) -> None:
        """Show rules, in the order given; emits nothing."""
        rows = tuple(rows)
        if rows == self._rows:
            return
        moved = [row.rule for row in rows] != [row.rule for row in self._rows]
        self._rows = rows
        if moved:
            self._arrange(rows)
        most = max((row.points or 0.0 for row in rows if row.on), default=0.0)
        for row in rows:
            self._lines[row.rule].show_row(row, max(most, LEAST_POINTS))

    def _arrange(self, rows: Sequence[PriceRow]) -> None:
        wanted = {row.rule for row in rows}
        for rule in [rule for rule in self._lines if rule not in wanted]:
            for part in self._lines.pop(rule).parts():
                self._grid.removeWidget(part)
                part.deleteLater()
        previous: QWidget | None = None
        for number_, row in enumerate(rows, start=1):
            line = self._lines.get(row.rule)
            if line is None:
                line = self._lines[row.rule] = _Line(self._body)
                line.switch.setProperty("rule", row.rule)
                line.switch.toggled.connect(self._on_toggled)
            for column, part in enumerate(line.parts()):
                self._grid.addWidget(part, number_, max(0, column - 1))
                if part not in (line.switch, line.fixed):
                    part.show()
            self._grid.setRowStretch(number_, 0)
            if previous is not None:
                QWidget.setTabOrder(previous, line.switch)
            previous = line.switch
        for number_ in range(len(rows) + 1, self._grid.rowCount()):
            self._grid.setRowStretch(number_, 0)
        self._grid.setRowStretch(len(rows) + 1, 1)

    @Slot(bool)
    def _on_toggled(self, on: bool) -> None:
        self.ruleSwitched.emit(str(self.sender().property("rule")), on)

    def sizeHint(self) -> QSize:
        """Some eight lines; more where there is room."""
        return QSize(420, round(line_height() * 12))

    def minimumSizeHint(self) -> QSize:
        """A few lines, as wide as they need: they scroll down, never across."""
        wide = self._body.minimumSizeHint().width() + self._scroll.verticalScrollBar().sizeHint().width()
        return QSize(max(300, wide), round(line_height() * 5))
