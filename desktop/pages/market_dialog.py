"""The dialog that enters a newer value of an observation, with the history of its values."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import TrimtabError
from core.market.observations import Kind, Observation, Origin, Unit, observe
from core.words import period_words
from desktop.pages.market_observations import shown_text, unit_factor, unit_suffix
from widgets.evidence_charts import Line, LineChart
from widgets.forms import FormGrid, RealField
from widgets.theme import S, font

_RANGES = {"fed_funds_range": 2}


class ObservationDialog(QDialog):
    """``entered(Observation)`` a newer value; ``removed(Observation)`` takes one that was added out again."""

    entered = Signal(object)
    removed = Signal(object)

    def __init__(
        self, kind: Kind, history: tuple[Observation, ...], today: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._current = history[-1] if history else None
        self.setWindowTitle("Market observation")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        title = QLabel(kind.title, wordWrap=True)
        title.setFont(font("heading"))
        title.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(title)
        form = FormGrid()
        self.figures: list[QDoubleSpinBox] = []
        self.state: QComboBox | None = None
        if kind.unit is Unit.STATE:
            self._add_state(form)
        else:
            self._add_figures(form)
        self.as_of = QLineEdit(today.isoformat())
        self.as_of.setPlaceholderText("2026-03-31, 2026-03 or 2026-Q1")
        self.publisher = QLineEdit(self._current.published_by if self._current is not None else "")
        self.publisher.setPlaceholderText("Who says so")
        form.add_field("As of", self.as_of, "A day, a month or a quarter: the time the value speaks of.")
        form.add_field("Published by", self.publisher)
        form.setColumnStretch(0, 0)
        form.setColumnStretch(1, 1)
        layout.addLayout(form)
        self.problem = QLabel(wordWrap=True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.hide()
        layout.addWidget(self.problem)
        self._add_history(layout, history)
        self._add_buttons(layout)

    def _add_state(self, form: FormGrid) -> None:
        self.state = QComboBox()
        self.state.addItems(self._kind.states)
        if self._current is not None and self._current.state in self._kind.states:
            self.state.setCurrentText(self._current.state)
        form.add_field("Value", self.state)

    def _add_figures(self, form: FormGrid) -> None:
        count = _RANGES.get(self._kind.id, 1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setLayout(row)
        values = self._current.values if self._current is not None else ()
        for k in range(count):
            field = RealField(decimals=2, minimum=-100_000, maximum=100_000, suffix=unit_suffix(self._kind.unit))
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setAccessibleName("Value" if count == 1 else ("Lower end", "Upper end")[k])
            if k < len(values):
                field.setValue(values[k] * unit_factor(self._kind.unit))
            row.addWidget(field)
            self.figures.append(field)
        form.add_field("Value", holder)

    def _add_history(self, layout: QVBoxLayout, history: tuple[Observation, ...]) -> None:
        if not history:
            return
        heading = QLabel("Values so far")
        heading.setFont(font("label"))
        layout.addWidget(heading)
        numbers = [(o.day.year + (o.day.timetuple().tm_yday - 1) / 365.25, o) for o in history if o.number is not None]
        if len(numbers) >= 2:
            chart = LineChart("Values so far", values="share" if unit_factor(self._kind.unit) == 100.0 else "number")
            chart.set_lines(
                [when for when, _ in numbers],
                [Line("value", [o.number or 0.0 for _, o in numbers], "after")],
                lambda k: f"{period_words(numbers[k][1].as_of)}: {numbers[k][1].text}, {numbers[k][1].published_by}",
                "Point at the line for each value and its source.",
            )
            layout.addWidget(chart)
        lines = [f"{period_words(o.as_of)}   {shown_text(o.text)}   {o.published_by}" for o in reversed(history[-8:])]
        past = QLabel("\n".join(lines), wordWrap=True)
        past.setTextFormat(Qt.TextFormat.PlainText)
        past.setProperty("muted", True)
        past.setFont(font("small"))
        layout.addWidget(past)

    def _add_buttons(self, layout: QVBoxLayout) -> None:
        buttons = QDialogButtonBox()
        buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self.enter = QPushButton("Enter value")
        self.enter.setProperty("primary", True)
        self.enter.setDefault(True)
        buttons.addButton(self.enter, QDialogButtonBox.ButtonRole.AcceptRole)
        if self._current is not None and self._current.origin is not Origin.SNAPSHOT:
            remove = buttons.addButton("Remove newest value", QDialogButtonBox.ButtonRole.ResetRole)
            remove.clicked.connect(self._on_removed)
        buttons.accepted.connect(self._on_entered)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    @Slot()
    def _on_entered(self) -> None:
        publisher = self.publisher.text().strip()
        try:
            observation = observe(
                self._kind.id,
                as_of=self.as_of.text().strip(),
                published_by=publisher,
                values=[field.value() / unit_factor(self._kind.unit) for field in self.figures],
                state=self.state.currentText() if self.state is not None else None,
            )
        except TrimtabError as error:
            self._say(str(error))
            return
        if not publisher:
            self._say("Say who published it: a figure without a source is not shown to a client.")
            return
        self.entered.emit(observation)
        self.accept()

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()

    @Slot()
    def _on_removed(self) -> None:
        self.removed.emit(self._current)
        self.accept()
