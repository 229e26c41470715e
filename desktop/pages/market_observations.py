"""The observations on the Market page: cards for, against and beside, and the dialog that changes one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.market.observations import STALE_MONTHS, MarketCase, Observation, Origin, Pointing, Side, Unit
from core.words import period_words
from widgets.card import Card
from widgets.labels import sector_label
from widgets.numbers import MINUS
from widgets.theme import S, font, set_icon, theme_events, tokens

_SIDES = {Side.SIZE: "Small caps", Side.VALUE: "Value"}


def age_words(observation: Observation, today: date) -> str:
    """How old an observation is: ``this month``, ``11 months old``, ``2 years old``."""
    months = observation.age(today)
    if months < 1.5:
        return "new" if months < 1 else "1\u00a0month\u00a0old"
    return f"{months:.0f}\u00a0months\u00a0old" if months < 23.5 else f"{months / 12:.0f}\u00a0years\u00a0old"


def shown_text(text: str) -> str:
    """A value as it is read: a true minus sign, and a dash between two figures."""
    text = re.sub(r"(?<=\d)-(?=\d)", "\u2013", text)
    return text.replace(" -", f" {MINUS}") if not text.startswith("-") else MINUS + text[1:]


class ObservationRow(QFrame):
    """One observation: what, how much, from when and whom. ``editRequested(id)``, ``asideToggled(id, aside)``."""

    editRequested = Signal(str)
    asideToggled = Signal(str, bool)

    def __init__(self, observation: Observation, pointing: Pointing | None, *, aside: bool, today: date) -> None:
        super().__init__()
        self.observation = observation
        self._aside = aside
        self._stale = observation.age(today) > STALE_MONTHS
        self.setProperty("observation", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, S.xs, 0, S.xs)
        row.setSpacing(S.sm)
        words = QVBoxLayout()
        words.setSpacing(1)
        self.title = _label(_title(observation, pointing), "body")
        source = f"{period_words(observation.as_of)} · {observation.published_by} · {age_words(observation, today)}"
        if pointing is not None and pointing.side is not None:
            source = f"{_SIDES[pointing.side]} · {source}"
        if observation.origin is not Origin.SNAPSHOT:
            source += " · refreshed" if observation.origin is Origin.LIVE else " · yours"
        if aside:
            source += " · set aside, does not count"
        self.source = _label(source, "small", muted=True)
        words.addWidget(self.title)
        words.addWidget(self.source)
        self.value = _label(shown_text(observation.text), "heading")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.value.setWordWrap(False)
        self.edit = _button("edit", f"Change {observation.title}", self._on_edit)
        self.aside = _button(
            "add" if aside else "exclude",
            f"Count {observation.title} again" if aside else f"Set {observation.title} aside: shown, not counted",
            self._on_aside,
        )
        row.addLayout(words, 1)
        row.addWidget(self.value)
        row.addWidget(self.edit)
        row.addWidget(self.aside)
        self.setAccessibleName(f"{observation.title}: {observation.text}, {source}")
        self._dress()
        theme_events().themeChanged.connect(self._dress)

    @property
    def faded(self) -> bool:
        """Whether it is shown pale: stale, or set aside."""
        return self._stale or self._aside

    @Slot()
    def _dress(self) -> None:
        theme = tokens()
        # The muted colour still reads at 4.5:1: a stale figure is quieter, not hidden.
        colour = theme.text_muted if self.faded else theme.text
        self.title.setStyleSheet(f"color: {(theme.text_muted if self._aside else theme.text).name()};")
        struck = "text-decoration: line-through;" if self._aside else ""
        self.value.setStyleSheet(f"color: {colour.name()}; {struck}")

    @Slot()
    def _on_edit(self) -> None:
        self.editRequested.emit(self.observation.id)

    @Slot()
    def _on_aside(self) -> None:
        self.asideToggled.emit(self.observation.id, not self._aside)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """A double click changes it."""
        self._on_edit()


def _title(observation: Observation, pointing: Pointing | None) -> str:
    title = observation.title
    if observation.sectors:
        title += f": {', '.join(sector_label(sector) for sector in observation.sectors)}"
    return f"{title} ({pointing.note})" if pointing is not None and pointing.note else title


class ObservationsCard(Card):
    """Observations that point one way. ``editRequested(id)``, ``asideToggled(id, aside)``."""

    editRequested = Signal(str)
    asideToggled = Signal(str, bool)

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, subtitle, parent)
        self.rows: list[ObservationRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addLayout(self._list)
        self.empty = _label("", "body", muted=True)
        self.body.addWidget(self.empty)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(S.sm)
        self.body.addLayout(self._notes)
        self.body.addStretch(1)

    def set_observations(
        self, shown: Sequence[tuple[Observation, Pointing | None]], case: MarketCase, today: date
    ) -> None:
        """Show observations with the way each points."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for observation, pointing in shown:
            row = ObservationRow(observation, pointing, aside=observation.id in case.set_aside, today=today)
            row.editRequested.connect(self.editRequested)
            row.asideToggled.connect(self.asideToggled)
            self._list.addWidget(row)
            self.rows.append(row)
        self.empty.setVisible(not shown)
        self.empty.setText(
            "No observation is of this kind."
            if case.observations
            else "No observation yet: refresh, enter one at the end of the page, or go back to the snapshot."
        )

    def set_notes(self, notes: Sequence[str]) -> None:
        """Sentences under the list."""
        while self._notes.count():
            old = self._notes.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for text in notes:
            self._notes.addWidget(_label(text, "small", muted=True))


def _label(text: str, role: str, *, muted: bool = False) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setFont(font(role))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("muted", muted)
    return label


def _button(icon: str, name: str, act: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setProperty("quiet", True)
    set_icon(button, icon, "text_muted")
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(act)
    return button


def unit_suffix(unit: Unit) -> str:
    """What stands behind a figure of a unit in a field."""
    return {
        Unit.SHARE: "\u202f%",
        Unit.POINTS: " points",
        Unit.POINTS_A_YEAR: " points a year",
        Unit.PERCENTILE: " th percentile",
        Unit.YEARS: " years",
    }.get(unit, "")


def unit_factor(unit: Unit) -> float:
    """What a value is multiplied with for a field."""
    return 100.0 if unit in (Unit.SHARE, Unit.POINTS, Unit.POINTS_A_YEAR) else 1.0
