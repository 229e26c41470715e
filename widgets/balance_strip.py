"""The balance strip: what the tilt costs and brings, before, as wanted and after, and what state the plan is in."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal
from widgets.labels import rule_label
from widgets.numbers import NONE, money, number, percent, plural
from widgets.painted import Painted, draw_arrow, draw_text, hair, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, font, paint_icon, text_width, tokens

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@attrs.frozen
class _Figure:
    """A figure of the strip. ``target`` and ``before`` are "" where they have no meaning."""

    before: str = ""
    target: str = ""
    after: str = "\u2013"
    better: bool | None = None  # None: neither better nor worse


_METRICS = (
    ("misfit", "Out of place", "Share of the household that is not where the target wants it", 0),
    ("small", "Small", "Share of the equity of known style in small companies", 0),
    ("value", "Value", "Share of the equity of known style in value companies", 0),
    ("tax", "Tax", "Tax on the gains realised in taxable accounts at the flat rates; negative: losses worth that", 0),
    ("costs", "Costs", "Half spreads (an estimate) and tickets", 2),
    ("trades", "Trades", "Number of orders", 1),
    ("turnover", "Turnover", "(Bought + sold) / 2, as a share of the household's value", 3),
)


@speaks_as(Spoken.StaticText)
class _Tile(Painted):
    """One figure: its name, then before -> target -> after."""

    def __init__(self, key: str, title: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.key, self.title, self.hint = key, title, hint
        self.figure = _Figure()
        self.dimmed = False
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.set_figure(self.figure)

    def set_figure(self, figure: _Figure, *, dimmed: bool = False) -> None:
        grew = len(figure.after) != len(self.figure.after)
        self.figure, self.dimmed = figure, dimmed
        words = []
        if figure.before:
            words.append(f"before {figure.before}")
        if figure.target:
            words.append(f"target {figure.target}")
        words.append(f"after {figure.after}" if words else figure.after)
        self.setAccessibleDescription(", ".join(words))
        self.setToolTip(f"{self.title}: {', '.join(words)}\n{self.hint}")
        if grew:
            self.updateGeometry()
        self.update()

    def wanted_width(self) -> float:
        width = text_width(self.figure.after, "figure_large")
        if self.figure.before:
            width += max(text_width("00.0 %", "small"), text_width(self.figure.before, "small")) + 22
        title = text_width(self.title, "label")
        if self.figure.target:
            title += text_width(f"target {self.figure.target}", "small") + S.sm
        return max(width, title) + 2 * S.md

    def sizeHint(self) -> QSize:
        return QSize(round(self.wanted_width()), round(line_height("label") * 1.3 + line_height("figure_large") * 1.3))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paint(self, painter: QPainter) -> None:
        theme = tokens()
        painter.setPen(hair(theme.border))
        painter.drawLine(QPointF(0.5, 6), QPointF(0.5, self.height() - 6))
        figure = self.figure
        head = line_height("label") * 1.3
        top = (self.height() - self.sizeHint().height()) / 2
        x = float(S.md)
        draw_text(painter, QRectF(x, top, self.width() - x, head), self.title, theme.text_muted, "label", _LEFT)
        if figure.target:
            offset = text_width(self.title, "label") + S.sm
            area = QRectF(x + offset, top, self.width() - x - offset, head)
            draw_text(painter, area, f"target {figure.target}", theme.target, "small", _LEFT)
        line = QRectF(x, top + head, self.width() - x, line_height("figure_large") * 1.3)
        if figure.before:
            draw_text(painter, line, figure.before, theme.text_muted, "small", _LEFT)
            x += text_width(figure.before, "small") + 6
            draw_arrow(painter, QPointF(x, line.center().y()), 9, theme.text_muted)
            x += 16
        ink = theme.text_muted if self.dimmed else theme.text
        line.setLeft(x)
        draw_text(painter, line, figure.after, ink, font("figure_large"), _LEFT)


@speaks_as(Spoken.Button)
class _State(Painted):
    """What state the plan is in: a sign, a headline, a line below."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.sign, self.role, self.headline, self.detail = "info", "text_muted", "", ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def say(self, sign: str, role: str, headline: str, detail: str = "") -> None:
        self.sign, self.role, self.headline, self.detail = sign, role, headline, detail
        self.setAccessibleName(f"Plan: {headline}")
        self.setAccessibleDescription(detail)
        self.setToolTip(f"{headline}\n{detail}" if detail else headline)
        self.update()

    def wanted_width(self) -> float:
        return text_width("Within $000,000 of the best possible", "small") + 30 + S.lg

    def sizeHint(self) -> QSize:
        return QSize(round(self.wanted_width()), 44)

    def minimumSizeHint(self) -> QSize:
        return QSize(190, 44)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paint(self, painter: QPainter) -> None:
        theme = tokens()
        colour = getattr(theme, self.role)
        if self.hasFocus():
            painter.setPen(hair(theme.focus, 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -S.sm, -1), 4, 4)
        heading, small = line_height("heading") * 1.25, line_height("small") * 1.3
        height = heading + (small if self.detail else 0)
        top = (self.height() - height) / 2
        paint_icon(painter, self.sign, QRectF(0, top + heading / 2 - 9, 18, 18), colour)
        area = QRectF(26, top, self.width() - 30, heading)
        draw_text(
            painter,
            area,
            self.headline,
            colour if self.role != "text_muted" else theme.text,
            "heading",
            _LEFT,
            elide=True,
        )
        if self.detail:
            draw_text(
                painter,
                QRectF(26, top + heading, self.width() - 30, small),
                self.detail,
                theme.text_muted,
                "small",
                _LEFT,
                elide=True,
            )


class BalanceStrip(QWidget):
    """Always visible under the pages. ``detailsRequested`` by a click (or Enter) on the plan's state."""

    detailsRequested = Signal()

    #: A final plan is expected soon: the word "Working" only shows where it takes longer than this.
    busy_delay_ms = 200

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Balance strip")
        self.setAutoFillBackground(True)
        self._state = _State(self)
        self._state.clicked.connect(self.detailsRequested)
        self._tiles = {key: _Tile(key, title, hint, self) for key, title, hint, _ in _METRICS}
        self._rank = {key: rank for key, _, _, rank in _METRICS}
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(S.lg, S.sm, S.lg, S.sm)
        self._layout.setSpacing(0)
        self._layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)  # narrow: figures go, see _fit
        self._layout.addWidget(self._state)
        for key, tile in self._tiles.items():
            self._layout.addWidget(tile, 4 if key in ("misfit", "small", "value") else 3)
        self._idle: frozenset[str] = frozenset()  # figures that have no meaning in this state
        self._busy = QTimer(self, singleShot=True, interval=self.busy_delay_ms)
        self._busy.timeout.connect(self._on_still_busy)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_empty("Import a household to begin")

    # --- states -------------------------------------------------------------------------------------------------

    def state_text(self) -> str:
        """The plan's state in words, as shown."""
        state = self._state
        return f"{state.headline}. {state.detail}" if state.detail else state.headline

    def show_empty(self, text: str) -> None:
        """No household, or nothing asked for yet."""
        self._busy.stop()
        self._state.say("info", "text_muted", text)
        for tile in self._tiles.values():
            tile.set_figure(_Figure(), dimmed=True)
        self._idle = frozenset(self._tiles)
        self._fit()

    def show_live(self, plan: LivePlan, trade_count: int) -> None:
        """The estimate while a control is dragged; a conflict is shown as no plan."""
        if plan.conflict:
            self.show_no_plan("No plan keeps all the rules", plan.conflict)
            return
        self._busy.stop()
        self._state.say("refresh", "info", "Estimate", "Whole shares when you let go")
        self._figures(
            misfit=_Figure(percent(plan.misfit_before), "", percent(plan.misfit_after)),
            small=_three(plan.present_box, plan.target_box, plan.after_box, slice(6, 9)),
            value=_three(plan.present_box, plan.target_box, plan.after_box, slice(0, 9, 3)),
            tax=_Figure(after=money(plan.tax)),
            costs=_Figure(after=money(plan.spread)),
            trades=_Figure(after=f"\u2248\u202f{number(trade_count)}"),
            turnover=_Figure(after=percent(plan.turnover)),
            dimmed=True,
        )

    def show_final(self, proposal: Proposal) -> None:
        """The plan in whole shares."""
        self._busy.stop()
        self._state.say("check", "ok", *final_words(proposal))
        costs = proposal.costs.spread + proposal.costs.tickets
        boxes = proposal.before.style_box, proposal.target.style_box, proposal.after.style_box
        self._figures(
            misfit=_Figure(percent(proposal.misfit_before), "", percent(proposal.misfit_after)),
            small=_three(*boxes, slice(6, 9)),
            value=_three(*boxes, slice(0, 9, 3)),
            tax=_Figure(after=money(proposal.tax.tax)),
            costs=_Figure(after=money(costs)),
            trades=_Figure(after=number(len(proposal.trades))),
            turnover=_Figure(after=percent(proposal.turnover)),
        )

    def rules_named(self, rules: Sequence[str]) -> str:
        """Rules in words, by their keys; who knows the target says more."""
        return " and ".join(rule_label(rule, start=not number) for number, rule in enumerate(rules))

    def show_busy(self) -> None:
        """A final plan is being made: the figures stay, and after a moment the state says so."""
        self._busy.start()

    def show_no_plan(self, message: str, rules: Sequence[str] = ()) -> None:
        """No plan keeps all the rules; they are named."""
        self._busy.stop()
        named = self.rules_named(rules)
        self._state.say("warning", "warning", f"No plan: {named}" if named else "No plan", message)
        for key in ("tax", "costs", "trades", "turnover"):
            self._tiles[key].set_figure(_Figure(), dimmed=True)
        for key in ("misfit", "small", "value"):
            self._tiles[key].set_figure(attrs.evolve(self._tiles[key].figure, after="\u2013"), dimmed=True)
        self._idle = frozenset(key for key, tile in self._tiles.items() if not tile.figure.before)
        self._fit()

    @Slot()
    def _on_still_busy(self) -> None:
        self._state.say("refresh", "info", "Working", "Whole shares and lots")

    def _figures(self, *, dimmed: bool = False, **figures: _Figure) -> None:
        for key, figure in figures.items():
            self._tiles[key].set_figure(figure, dimmed=dimmed)
        self._idle = frozenset()
        self._fit()

    # --- fitting ------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the least important figures out where there is no room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        whole = self.width() - 2 * S.lg
        room = whole - self._state.minimumSizeHint().width()
        shown = [key for key in self._tiles if key not in self._idle]
        while shown and sum(self._tiles[key].wanted_width() for key in shown) > room:
            shown.remove(max(shown, key=lambda key: (self._rank[key], list(self._tiles).index(key))))
        left = whole - sum(self._tiles[key].wanted_width() for key in shown)
        self._state.setFixedWidth(round(left if self._idle else min(left, self._state.wanted_width())))
        for key, tile in self._tiles.items():
            if tile.isVisibleTo(self) != (key in shown):
                tile.setVisible(key in shown)

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(1100, round(line_height("label") * 1.3 + line_height("figure_large") * 1.3) + 2 * S.sm)

    def minimumSizeHint(self) -> QSize:
        """The state, and what fits beside it."""
        return QSize(360, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Raised ground with a line above."""
        theme = tokens()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.surface)
            painter.setPen(hair(theme.border))
            painter.drawLine(QPointF(0, 0.5), QPointF(self.width(), 0.5))


def _three(present: Sequence[float], target: Sequence[float], after: Sequence[float], part: slice) -> _Figure:
    """A part of the boxes; a dash where the style of nothing is known."""
    before, wanted, reached = (percent(sum(box[part])) if sum(box) > 0 else NONE for box in (present, target, after))
    return _Figure(before, wanted, reached)


def final_words(proposal: Proposal) -> tuple[str, str]:
    """Headline and detail for a final plan: how close it is to the best there can be."""
    gap = max(0.0, proposal.objective.plan - proposal.objective.lower_bound)
    near = f"Within {money(gap)} of the best possible" if gap >= 0.5 else "No better plan is possible"
    if not proposal.trades:
        return "Final: no trades", "Nothing is worth trading" if gap < 0.5 else near
    return f"Final: {plural(len(proposal.trades), 'trade')}", near
