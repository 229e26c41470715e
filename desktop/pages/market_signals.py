"""The signals on the Market page: scores, weights, formulas, and the suggestion they lead to."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from core.market.observations import MarketCase, Side
from core.market.quote import cited
from core.market.signals import InputScore, SignalScore, SignalSpec, Verdict, shipped_maximum, signal_specs
from core.market.suggestion import Suggestion, conviction_words
from core.tilt.box import PadPoint
from core.tilt.presets import presets
from desktop.pages.market_observations import shown_text
from widgets.card import Card
from widgets.forms import PercentField
from widgets.labels import sector_label
from widgets.numbers import MINUS, date_text, number, percent, points
from widgets.score_bar import ScoreBar
from widgets.theme import S, font
from widgets.tilt_pad import describe_point

_HEADS = ("Signal", "Small caps", "Weight", "Value stocks", "Weight")


class SuggestionCard(Card):
    """What the signals suggest, with the button that puts it into the target.

    useRequested(bool) : with sector ranges or without. maximumChosen(PadPoint or None). refreshRequested().
    """

    useRequested = Signal(bool)
    maximumChosen = Signal(object)
    refreshRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What the signals suggest", " ", parent)
        self.bars: dict[Side, ScoreBar] = {}
        self.says: dict[Side, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(S.lg)
        grid.setVerticalSpacing(S.xs)
        for row, (side, name) in enumerate(((Side.SIZE, "Small caps"), (Side.VALUE, "Value stocks"))):
            caption = QLabel(name)
            caption.setFont(font("strong"))
            bar = self.bars[side] = ScoreBar(f"Conviction, {name.lower()}")
            says = self.says[side] = QLabel()
            grid.addWidget(caption, row, 0)
            grid.addWidget(bar, row, 1)
            grid.addWidget(says, row, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 2)
        self.body.addLayout(grid)
        self.point = QLabel(wordWrap=True)
        self.sectors_words = QLabel(wordWrap=True)
        for label in (self.point, self.sectors_words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            self.body.addWidget(label)
        self.sectors_words.setProperty("muted", True)
        self.body.addLayout(self._controls())
        self.used = QLabel(wordWrap=True)
        self.used.setProperty("muted", True)
        self.used.setTextFormat(Qt.TextFormat.PlainText)
        self.body.addWidget(self.used)
        self.refresh = QPushButton("Refresh")
        self.refresh.setToolTip("Ask Yahoo Finance, FRED and Kenneth French's library; only names of series are sent")
        self.refresh.clicked.connect(self.refreshRequested)
        self.add_header_widget(self.refresh)

    def _controls(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S.sm)
        caption = QLabel("Strongest tilt")
        self.maximum = QComboBox()
        self.maximum.setAccessibleName("Strongest tilt you would take")
        self.maximum.setToolTip("Where full conviction would lead")
        market, *others = presets().values()
        del market
        for preset in others:
            self.maximum.addItem(preset.title, preset.point)
        self.maximum.activated.connect(self._on_maximum)
        caption.setBuddy(self.maximum)
        self.sectors = QCheckBox("With sector ranges")
        self.use = QPushButton("Use suggestion")
        self.use.setProperty("primary", True)
        self.use.setToolTip("Put the suggested point into the target; Undo takes it back")
        self.use.clicked.connect(lambda: self.useRequested.emit(self.sectors.isChecked()))
        row.addWidget(caption)
        row.addWidget(self.maximum)
        row.addWidget(self.sectors)
        row.addStretch(1)
        row.addWidget(self.use)
        return row

    def show_suggestion(self, suggestion: Suggestion, verdict: Verdict, followed: Suggestion | None) -> None:
        """Show a suggestion; ``followed`` is the one the target is at."""
        self.set_subtitle(f"weighed on {date_text(suggestion.on)}, the day of the household's data")
        for side in Side:
            conviction = verdict.of(side)
            self.bars[side].set_score(conviction.score, conviction.confidence)
            words = conviction_words(conviction.score, side)
            self.says[side].setText(f"{words}; confidence {percent(conviction.confidence, 0)}")
        point = suggestion.point
        self.point.setText(f"Suggested target: {describe_point(point)}. A suggestion, not a forecast of return.")
        self.point.setToolTip(
            f"On the pad: size {number(point.size, 2, sign=True)}, value {number(point.value, 2, sign=True)}; "
            f"the market lies at size {number(0.6, 2, sign=True)}, value {number(0)}"
        )
        ranges = suggestion.sectors.items()
        said = [f"{sector_label(k)} {points(low, 0)} to {points(high, 0)}" for k, (low, high) in ranges]
        self.sectors_words.setText(f"Sector ranges: {', '.join(said)}." if said else "No sector range is suggested.")
        self.sectors.setEnabled(bool(said))
        maximum = suggestion.maximum
        index = next((k for k in range(self.maximum.count()) if self.maximum.itemData(k) == maximum), -1)
        self.maximum.setCurrentIndex(index)
        self.used.setVisible(followed is not None)
        if followed is not None:
            if followed.point == point:
                self.used.setText(f"The target follows the suggestion of {date_text(followed.on)}.")
            else:
                at = describe_point(followed.point)
                self.used.setText(f"The target follows an earlier suggestion ({at}); use the new one, or leave it.")

    def set_refreshing(self, on: bool) -> None:
        """The button stops the refresh while it is under way."""
        self.refresh.setText("Stop" if on else "Refresh")

    @Slot(int)
    def _on_maximum(self, _index: int) -> None:
        point: PadPoint = self.maximum.currentData()
        self.maximumChosen.emit(None if point == shipped_maximum() else point)


class SignalsCard(Card):
    """Six rows with weights; the formulas and what goes in unfold. ``weightEdited(key, size, value)``."""

    weightEdited = Signal(str, float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Signals", f"each from {MINUS}1 (against) to +1 (for); old observations weigh less", parent)
        self.weights: dict[tuple[str, Side], PercentField] = {}
        self.bars: dict[tuple[str, Side], ScoreBar] = {}
        self._inputs: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(S.md)
        grid.setVerticalSpacing(S.xs)
        for column, words in enumerate(_HEADS):
            head = QLabel(words)
            head.setFont(font("label"))
            head.setProperty("muted", True)
            grid.addWidget(head, 0, column)
        for number_, spec in enumerate(signal_specs()):
            self._add_signal(grid, 1 + 2 * number_, spec)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.body.addLayout(grid)
        self.unfold = QCheckBox("Show formulas and what goes in")
        self.unfold.toggled.connect(self._on_unfold)
        self.body.addWidget(self.unfold)
        self._on_unfold(False)

    def _add_signal(self, grid: QGridLayout, row: int, spec: SignalSpec) -> None:
        name = QLabel(spec.title)
        name.setFont(font("strong"))
        name.setToolTip(
            f"{spec.about} Half of the weight of an observation is gone in {spec.half_life_months:g} months."
        )
        grid.addWidget(name, row, 0)
        for column, side in ((1, Side.SIZE), (3, Side.VALUE)):
            words = "small caps" if side is Side.SIZE else "value stocks"
            bar = self.bars[spec.key, side] = ScoreBar(f"{spec.title}, {words}")
            field = self.weights[spec.key, side] = PercentField(f"Weight of {spec.title.lower()} for {words}", digits=0)
            field.fractionEdited.connect(lambda _share, key=spec.key: self._on_weight(key))
            grid.addWidget(bar, row, column)
            grid.addWidget(field, row, column + 1)
        inputs = QLabel(wordWrap=True)
        inputs.setFont(font("small"))
        inputs.setProperty("muted", True)
        inputs.setTextFormat(Qt.TextFormat.PlainText)
        inputs.setContentsMargins(S.md, 0, 0, S.sm)
        self._inputs[spec.key] = inputs
        grid.addWidget(inputs, row + 1, 0, 1, len(_HEADS))

    def show_verdict(self, verdict: Verdict, case: MarketCase) -> None:
        """Show scores and weights."""
        for side in Side:
            for signal in verdict.of(side).signals:
                key = signal.spec.key
                there = [part for part in signal.inputs if part.score is not None]
                fresh = max((part.freshness for part in there), default=0.0)
                self.bars[key, side].set_score(signal.score, fresh)
                self.weights[key, side].set_fraction(signal.weight)
        for size, value in zip(verdict.size.signals, verdict.value.signals, strict=True):
            self._inputs[size.spec.key].setText(_formulas(size, value, case))

    def _on_weight(self, key: str) -> None:
        size, value = (self.weights[key, side].fraction() for side in Side)
        self.weightEdited.emit(key, size, value)

    @Slot(bool)
    def _on_unfold(self, on: bool) -> None:
        for label in self._inputs.values():
            label.setVisible(on)


def _formulas(size: SignalScore, value: SignalScore, case: MarketCase) -> str:
    lines = [f"{size.spec.about} Half-life of an observation: {size.spec.half_life_months:g} months."]
    for word, signal in (("Small caps", size), ("Value", value)):
        lines += [f"{word}: {_input(part, case)}" for part in signal.inputs]
    return "\n".join(lines)


def _input(part: InputScore, case: MarketCase) -> str:
    spec = part.spec
    if part.score is None:
        aside = [key for key in spec.observations if key in case.set_aside]
        return f"{spec.about} {'Set aside.' if aside else 'No observation yet; it lowers the confidence only.'}"
    seen = shown_text(" and ".join(cited(o) for o in part.observations))
    score = number(part.score, 2, sign=True)
    return f"{spec.about} {_formula(part)} {seen} → {score}; counts\u00a0{percent(part.share, 0)}."


def _formula(part: InputScore) -> str:
    spec = part.spec
    words = {
        "linear": f"{_over('x' if not spec.neutral else f'(x − {spec.neutral:g})', spec.scale)}:",
        "log": f"−ln(x / {spec.neutral:g}) / ln {spec.scale:g}:",
        "log_against": f"−ln(x / y) / ln {spec.scale:g}:",
        "log_ratio": f"ln(x / y / {spec.neutral:g}) / ln {spec.scale:g}:",
        "change": f"{_over('(x − a year before)', spec.scale)}:",
        "runs": "2 × share of completed runs that were shorter − 1:",
        "state": "By table:",
    }
    return words[spec.formula]


def _over(upper: str, scale: float) -> str:
    """A quotient with its sign in front: −x / 0.3."""
    return f"{MINUS if scale < 0 else ''}{upper}{'' if abs(scale) == 1 else f' / {abs(scale):g}'}"
