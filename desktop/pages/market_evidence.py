"""The evidence on the Market page: what the tilt has been worth, and what this target's tilt means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from core.tilt.box import PadPoint
from core.words import period_words
from widgets.card import Card
from widgets.evidence_charts import Band, Bar, BarChart, Level, Line, LineChart, RangeBars, RangeRow, Role
from widgets.numbers import money, number, percent, plural
from widgets.pictures import picture_button
from widgets.theme import S, font
from widgets.tilt_pad import describe_point

if TYPE_CHECKING:
    from core.market.evidence import Cycle, Drawdown, Evidence, TargetRange, Window

_SIDES = {
    "small_value": ("Small value", "Large growth"),
    "size": ("Small caps", "Large caps"),
    "value": ("Value", "Growth"),
}


class EvidenceCards(QWidget):
    """All charts. ``set_evidence`` first; they compute nothing until then.

    failed : called with words where a picture of a chart can't be written.
    """

    def __init__(self, failed: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.evidence: Evidence | None = None
        self._point: PadPoint | None = None
        self._claim = ""
        self._steps: list[Callable[[], None]] = []
        self.premium = QComboBox()
        self.premium.setAccessibleName("Premium shown")
        for key, (first, second) in _SIDES.items():
            self.premium.addItem(f"{first} minus {second.lower()}", key)
        self.premium.activated.connect(self._show_premium)
        self.leaders = QComboBox()
        self.leaders.setAccessibleName("Sides whose leadership is shown")
        for key, (first, second) in _SIDES.items():
            self.leaders.addItem(f"{first} and {second.lower()}", key)
        self.leaders.setCurrentIndex(self.leaders.findData("size"))
        self.leaders.activated.connect(self._show_cycles)
        self.decades = BarChart("Premium by decade")
        self.drawdown = LineChart("Drawdowns of the premium")
        self.cycles = LineChart("Leadership cycles", values="ratio")
        self.growth = LineChart("Growth of a dollar", values="dollar")
        self.growth.setMinimumHeight(380)  # nine names beside the lines
        self.ranges = RangeBars("Premium over rolling windows")
        self.target = LineChart("This target over rolling decades")
        self.target_words, self.cycle_words, self.range_words = _words(), _words(), _words(muted=True)
        self.cycle_list = _words(muted=True)
        self.cards = {
            "target": _card("What this target's tilt has meant", self.target_words, self.target),
            "decades": _card("Premium by decade", self.decades),
            "ranges": _card("Premium over rolling windows", self.ranges, self.range_words),
            "drawdown": _card("Time under water", self.drawdown),
            "cycles": _card("Leadership cycles", self.cycles, self.cycle_words, self.cycle_list),
            "growth": _card("Growth of a dollar", self.growth),
        }
        self.cards["cycles"].add_header_widget(self.leaders)
        for key, chart in (
            ("target", self.target),
            ("decades", self.decades),
            ("ranges", self.ranges),
            ("drawdown", self.drawdown),
            ("cycles", self.cycles),
            ("growth", self.growth),
        ):
            self.cards[key].add_header_widget(picture_button(chart, chart.accessibleName(), failed))
        head = QGridLayout()
        title = QLabel("Evidence")
        title.setFont(font("title"))
        self.source = _words(muted=True)
        head.addWidget(title, 0, 0)
        head.addWidget(self.source, 0, 1)
        head.addWidget(self.premium, 0, 2)
        head.setColumnStretch(1, 1)
        head.setHorizontalSpacing(S.md)
        self._grid = QGridLayout()
        self._grid.setSpacing(S.md)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(S.md)
        outer.addLayout(head)
        outer.addLayout(self._grid)
        self.place(2)

    def place(self, columns: int) -> None:
        """The cards side by side, or one under the other."""
        for k, card in enumerate(self.cards.values()):
            self._grid.addWidget(card, k // columns, k % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def set_evidence(self, evidence: Evidence) -> None:
        """Show monthly returns."""
        self.evidence = evidence
        self.source.setText(f"{evidence.source}. Past returns, before costs and taxes; no forecast.")
        # One chart a turn of the event loop: the window answers in between.
        self._steps = [self._show_target, self._show_premium, self._show_cycles, self._show_growth]
        QTimer.singleShot(0, self, self._step)

    @property
    def ready(self) -> bool:
        """Whether every chart is drawn."""
        return self.evidence is not None and not self._steps

    @Slot()
    def _step(self) -> None:
        if self._steps:
            self._steps.pop(0)()
            QTimer.singleShot(0, self, self._step)

    def set_point(self, point: PadPoint | None) -> None:
        """Where the target lies on the pad; None where it asks for nothing and nothing is held."""
        if point != self._point:
            self._point = point
            self._show_target()

    def set_claim(self, text: str) -> None:
        """What is published about the leadership of large caps: shown beside what the data say."""
        self._claim = text
        self._show_cycles()

    # --- the premium ----------------------------------------------------------------------------------------------

    @Slot()
    def _show_premium(self) -> None:
        evidence = self.evidence
        if evidence is None:
            return
        from core.market import evidence as figures

        key = str(self.premium.currentData())
        returns = evidence.premium(key)
        first, second = _SIDES[key]
        decades = figures.by_decade(returns, evidence.factors.first)
        bars = [
            Bar(
                f"{d.start}s",
                d.annual,
                d.whole,
                f"{d.start}s: {first.lower()} minus {second.lower()} {percent(d.annual)} a year"
                + ("" if d.whole else " (not the whole decade)"),
            )
            for d in decades
        ]
        lost = sum(d.annual < 0 for d in decades if d.whole)
        whole = sum(d.whole for d in decades)
        average = figures.annual_premium(returns)
        self.decades.set_bars(
            bars,
            f"{percent(average)} a year over all {evidence.factors.months // 12} years; negative in {lost} of "
            f"{whole} whole decades. Pale: not the whole decade.",
        )
        self._show_windows(figures.windows(returns))
        self._show_drawdown(figures.drawdowns(returns), [float(x) for x in figures.underwater(returns)])

    def _show_windows(self, found: Sequence[Window]) -> None:
        self.ranges.set_rows(
            [
                RangeRow(
                    plural(w.years, "year"),
                    w.worst,
                    w.low,
                    w.median,
                    w.high,
                    w.best,
                    f"negative {percent(w.negative, 0)}",
                )
                for w in found
            ]
        )
        if found:
            last = found[-1]
            self.range_words.setText(
                "Bar: 18 of 20 windows; tick: the middle one; line: worst to best. Windows overlap: only "
                f"{plural(last.apart, 'window')} of {last.years} years lie side by side."
            )

    def _month(self, index: int) -> str:
        assert self.evidence is not None
        return period_words(self.evidence.factors.month(index - 1))

    def _show_drawdown(self, found: Sequence[Drawdown], below: list[float]) -> None:
        assert self.evidence is not None
        if not found:
            self.drawdown.set_lines(
                self.evidence.years(),
                [Line("below the highest", below, "loss")],
                self._month,
                "Never below its highest.",
            )
            return
        worst, longest = found[0], max(found, key=lambda d: d.months)
        over = "not over yet" if longest.recovered is None else f"to {self._month(longest.recovered)}"
        self.drawdown.set_lines(
            self.evidence.years(),
            [Line("below the highest", below, "loss", fill=True)],
            lambda k: f"{self._month(k)}: {percent(below[k])} below the highest so far",
            f"Worst: {percent(worst.depth)} from {self._month(worst.peak)} to {self._month(worst.trough)}. Longest: "
            f"{longest.months / 12:.1f} years from {self._month(longest.peak)}, {over}.",
        )

    @Slot()
    def _show_cycles(self) -> None:
        if self.evidence is None:
            return
        from core.market.evidence import leadership_cycles, log_wealth

        key = str(self.leaders.currentData())
        returns = self.evidence.premium(key)
        runs, wealth = leadership_cycles(returns), [float(x) for x in log_wealth(returns)]
        names = dict(zip(("first", "second"), _SIDES[key], strict=True))
        roles: dict[str, Role] = {"first": "target", "second": "after"}
        years = self.evidence.years()

        def speak(k: int) -> str:
            run = next((r for r in runs if r.start <= k <= r.end), None)
            if run is None:
                return self._month(k)
            return f"{self._month(k)}: {names[run.leader].lower()} lead {self._run(run)}"

        done = [run for run in runs if run.complete]
        said = []
        for leader in ("second", "first"):
            lengths = [run.years for run in done if run.leader == leader]
            if lengths:
                mean = number(sum(lengths) / len(lengths), 1)
                span = f"{number(min(lengths), 1)} to {number(max(lengths), 1)}"
                said.append(
                    f"{names[leader]}: {plural(len(lengths), 'completed run')}, {mean} years on average ({span})"
                )
        self.cycles.set_lines(
            years,
            [Line(f"{names['first']} against {names['second'].lower()}, log scale", wealth, "present")],
            speak,
            f"Rising, shaded orange: {names['first'].lower()} lead; falling, blue: {names['second'].lower()}. "
            "A lead has changed when 30 % of it is given back.",
            bands=[Band(years[r.start], years[r.end], roles[r.leader]) for r in runs],
        )
        words = ". ".join(said) + "." if said else "No run has been completed."
        self.cycle_words.setText(f"{words} {self._claim}" if key == "size" and self._claim else words)
        self.cycle_list.setText("\n".join(f"{names[r.leader]} {self._run(r)}" for r in runs))

    def _run(self, run: Cycle) -> str:
        open_ = "" if run.complete else ", begun before the data" if run.start == 0 else ", not ended by a full turn"
        return (
            f"{self._month(run.start)} to {self._month(run.end)}: {number(run.years, 1)} years, ahead by "
            f"{percent(run.gap, 0)}{open_}"
        )

    # --- growth and the target ------------------------------------------------------------------------------------

    def _show_growth(self) -> None:
        assert self.evidence is not None
        lines, note, years = _growth(self.evidence)

        def speak(k: int) -> str:
            year, month = divmod(round(years[k] * 12) - 1, 12)  # the month that ends there
            when = period_words(f"{year}-{month + 1:02}") if k else "Start"
            return f"{when}: " + ", ".join(f"{line.name.lower()} {money(line.values[k])}" for line in lines)

        self.growth.set_lines(years, lines, speak, note)

    def _show_target(self) -> None:
        evidence, point = self.evidence, self._point
        if evidence is None:
            return
        if point is None:
            self.target_words.setText("The target asks for no style yet.")
            return
        from core.market.evidence import rolling, target_range

        found = target_range(evidence.factors, point)
        decade = [float(x) for x in rolling(found.series, 10)]
        ends = evidence.years()[120:]
        self.target_words.setText(_target_words(found, point))
        window = found.decades
        levels = [] if window is None else [Level(window.low, "loss", "1 in 20 below"), Level(0.0, "muted", "market")]
        self.target.set_lines(
            ends,
            [Line("ten years to then, a year, against the market", decade, "target")],
            lambda k: f"Ten years to {self._month(k + 120)}: {percent(decade[k])} a year against the market",
            "Each point: the ten years before it, a year, against the market; estimated from the factors' loadings.",
            levels=levels,
        )


def _target_words(found: TargetRange, point: PadPoint) -> str:
    where = ", ".join(describe_point(point).split(" · ")[:2])
    small, value = number(found.loadings.smb, 2), number(found.loadings.hml, 2)
    loads = f"{small} of the size premium (SMB) and {value} of the value premium (HML)"
    words = [
        f"A target of {where} carries {loads}. Tracking error against the market "
        f"{percent(found.tracking_error)} a year "
        f"({percent(found.recent)} in the last 20 years)."
    ]
    if found.decades is not None:
        window = found.decades
        words.append(
            f"Over ten years it was between {percent(window.low)} and {percent(window.high)} a year in 18 of 20 "
            f"cases, middle {percent(window.median)}, worst {percent(window.worst)}; negative in "
            f"{percent(window.negative, 0)}."
        )
    if found.worst is not None and found.longest is not None:
        words.append(
            f"Worst fall behind the market {percent(found.worst.depth)}; longest time behind "
            f"{number(found.longest.months / 12, 1)} years."
        )
    words.append("Of the equity the tilt speaks of, before costs and taxes.")
    return " ".join(words)


def _growth(evidence: Evidence) -> tuple[list[Line], str, list[float]]:
    """The six portfolios where they are there, else the nine boxes by their loadings."""
    import numpy as np

    from core.classify.exposure import STYLE_BOXES
    from core.market.evidence import cell_growth, log_wealth
    from core.market.series import SIX

    patterns = {"value": "solid", "blend": "dash", "growth": "dot"}
    roles: dict[str, Role] = {"large": "after", "mid": "present", "small": "target"}
    lines = []
    if evidence.portfolios is not None:
        six = evidence.portfolios
        for k, name in enumerate(SIX):
            size, style = name.lower().split()
            values = np.exp(log_wealth(six.returns[:, k]))
            lines.append(Line(name, values, roles[size], patterns[style]))  # type: ignore[arg-type]
        years = [(six.first + k) / 12 for k in range(six.months + 1)]
        return lines, f"Six portfolios by size and book-to-market, value-weighted. {six.source}.", years
    for name, values in zip(STYLE_BOXES, cell_growth(evidence.factors), strict=True):
        size, style = name.replace("-", " ").split()[:2]
        lines.append(Line(name.capitalize(), values, roles[size], patterns[style]))  # type: ignore[arg-type]
    note = (
        "Nine boxes by their loadings on the factors (an estimate); refresh brings the returns of portfolios "
        "themselves. Without costs, taxes and fees."
    )
    return lines, note, evidence.years()


def _card(title: str, *widgets: QWidget) -> Card:
    card = Card(title)
    for widget in widgets:
        card.body.addWidget(widget, 1 if isinstance(widget, BarChart | LineChart) else 0)
    return card


def _words(*, muted: bool = False) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(font("small" if muted else "body"))
    label.setProperty("muted", muted)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
