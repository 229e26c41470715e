"""The Market page: what speaks for the tilt and against it, what the signals make of it, and what it has been worth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.edits import Changes, Part
from core.household import Severity
from core.market.edits import (
    AddObservations,
    RemoveObservation,
    SetAside,
    SetMarket,
    SetMaximum,
    SetSignalWeight,
    UseSuggestion,
)
from core.market.observations import (
    Direction,
    MarketCase,
    Observation,
    Pointing,
    contradictions,
    kinds,
    snapshot,
    snapshot_name,
)
from core.market.quote import cited
from core.market.signals import Verdict, evaluate, pointings
from core.market.suggestion import Suggestion, suggestion_of
from core.tilt.box import PadPoint, point_of
from desktop.market_flow import MarketFlow
from desktop.pages.market_dialog import ObservationDialog
from desktop.pages.market_evidence import EvidenceCards
from desktop.pages.market_observations import ObservationsCard
from desktop.pages.market_signals import SignalsCard, SuggestionCard
from desktop.workbench import Workbench
from widgets.numbers import plural
from widgets.theme import S, theme_events

#: Below this width of the page the cards stand in one column.
TWO_COLUMNS = 900


class MarketPage(QScrollArea):
    """Nothing is hidden: each observation is in the column it points to, in both where it points both ways."""

    def __init__(
        self, bench: Workbench, flow: MarketFlow, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench, self._flow, self._today = bench, flow, today
        self._columns = 0
        self._verdict: Verdict | None = None
        self._suggestion: Suggestion | None = None
        self._stale = True
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Market")
        body = QWidget()
        outer = QVBoxLayout(body)
        outer.setContentsMargins(S.lg, S.md, S.lg, S.lg)
        outer.setSpacing(S.md)
        self.suggestion = SuggestionCard()
        self.arguments_for = ObservationsCard("For the tilt")
        self.arguments_against = ObservationsCard("Against the tilt")
        self.beside = ObservationsCard("Context, risks and sectors")
        self.signals = SignalsCard()
        self.evidence = EvidenceCards(lambda words: bench.say(Severity.WARNING, words))
        outer.addWidget(self.suggestion)
        self._grid = QGridLayout()
        self._grid.setSpacing(S.md)
        outer.addLayout(self._grid)
        outer.addWidget(self.signals)
        outer.addWidget(self.evidence)
        outer.addLayout(self._build_foot())
        outer.addStretch(1)
        self._place(2)
        self.setWidget(body)
        self._connect()

    def _build_foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.foot = QLabel(f"Snapshot of {snapshot_name()}; signals are judgements and may be wrong.", wordWrap=True)
        self.foot.setProperty("muted", True)
        self.missing = QComboBox()
        self.missing.setAccessibleName("Enter an observation that is not there yet")
        self.missing.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.missing.setMinimumContentsLength(20)
        self.missing.activated.connect(self._on_missing)
        self.reset = QPushButton("Back to the snapshot")
        self.reset.setToolTip(
            "Take back all of your own and refreshed values, weights and settings; Undo brings them back"
        )
        self.reset.clicked.connect(self._on_reset)
        row.addWidget(self.foot, 1)
        row.addWidget(self.missing)
        row.addWidget(self.reset)
        return row

    def _connect(self) -> None:
        for card in (self.arguments_for, self.arguments_against, self.beside):
            card.editRequested.connect(self.edit_observation)
            card.asideToggled.connect(self._on_aside)
        self.suggestion.useRequested.connect(self._on_use)
        self.suggestion.maximumChosen.connect(self._on_maximum)
        self.suggestion.refreshRequested.connect(self._on_refresh)
        self.signals.weightEdited.connect(self._on_weight)
        self._flow.evidence_changed.connect(self.evidence.set_evidence)
        self._flow.refreshing_changed.connect(self.suggestion.set_refreshing)
        self._bench.session.changed.connect(self._on_changed)
        self._bench.live_changed.connect(self._on_live)

    # --- layout ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where two would be cramped."""
        super().resizeEvent(event)
        self._place(2 if event.size().width() >= TWO_COLUMNS * theme_events().text_size else 1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        self._grid.addWidget(self.arguments_for, 0, 0)
        self._grid.addWidget(self.arguments_against, 0 if columns == 2 else 1, columns - 1)
        self._grid.addWidget(self.beside, 2, 0, 1, columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self.evidence.place(columns)

    def showEvent(self, event: QShowEvent) -> None:
        """What is out of date is made when it is looked at."""
        super().showEvent(event)
        if self._stale:
            self.show_case()
        self._flow.read_evidence()
        self._show_point()

    # --- what is shown --------------------------------------------------------------------------------------------

    def show_case(self) -> None:
        """Show the document's observations, signals and suggestion."""
        self._stale = False
        document = self._bench.document
        case, today = document.market, self._today()
        verdict = self._verdict = evaluate(case, document.household.as_of)
        self._suggestion = suggestion_of(case, verdict)
        pointed = [(o, pointings(o, verdict)) for o in case.newest()]
        for card, direction in ((self.arguments_for, Direction.FOR), (self.arguments_against, Direction.AGAINST)):
            card.set_observations(_toward(pointed, direction), case, today)
            card.set_subtitle(plural(len(card.rows), "observation") if card.rows else "")
        main = {Direction.FOR, Direction.AGAINST}
        beside = [(o, None) for o, ways in pointed if not main & {w.direction for w in ways}]
        self.beside.set_observations(beside, case, today)
        there = set(case.ids())
        notes = [c.about for c in contradictions() if set(c.observations) <= there]
        self.arguments_against.set_notes([f"Where both can be true: {notes[0]}", *notes[1:]] if notes else [])
        self.signals.show_verdict(verdict, case)
        self.suggestion.show_suggestion(self._suggestion, verdict, document.followed)
        self.reset.setEnabled(case != snapshot())
        self.evidence.set_claim(_claim(case))
        self.missing.clear()
        self.missing.addItem("Enter another observation…")
        for key, kind in kinds().items():
            if key not in there:
                self.missing.addItem(kind.title, key)

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if changes.parts & {Part.MARKET, Part.HOUSEHOLD, Part.STYLE}:
            self._stale = True
            if self.isVisible():
                self.show_case()
        if Part.STYLE in changes.parts:
            self._show_point()

    @Slot(object)
    def _on_live(self, _plan: object) -> None:
        self._show_point()

    def _show_point(self) -> None:
        if self.isVisible():
            self.evidence.set_point(self._target_point())

    def _target_point(self) -> PadPoint | None:
        live = self._bench.live
        present = live.present_box if live is not None else (0.0,) * 9
        box = self._bench.document.target.style.target_box(present)
        return point_of(box) if sum(box) > 0 else None

    # --- edits ----------------------------------------------------------------------------------------------------

    @Slot(str)
    def edit_observation(self, key: str) -> None:
        """Open the dialog for an observation."""
        dialog = ObservationDialog(kinds()[key], self._bench.document.market.history(key), self._today(), self)
        dialog.entered.connect(self._on_entered)
        dialog.removed.connect(self._on_removed)
        dialog.open()

    @Slot(object)
    def _on_entered(self, observation: Observation) -> None:
        self._bench.session.push(AddObservations((observation,)), self)

    @Slot(object)
    def _on_removed(self, observation: Observation) -> None:
        self._bench.session.push(RemoveObservation(observation), self)

    @Slot(int)
    def _on_missing(self, index: int) -> None:
        key = self.missing.itemData(index)
        self.missing.setCurrentIndex(0)
        if key:
            self.edit_observation(str(key))

    @Slot(str, bool)
    def _on_aside(self, key: str, aside: bool) -> None:
        self._bench.session.push(SetAside(key, aside), self)

    @Slot(str, float, float)
    def _on_weight(self, key: str, size: float, value: float) -> None:
        self._bench.session.push(SetSignalWeight(key, size, value), self)

    @Slot(object)
    def _on_maximum(self, maximum: PadPoint | None) -> None:
        self._bench.session.push(SetMaximum(maximum), self)

    @Slot()
    def _on_reset(self) -> None:
        self._bench.session.push(SetMarket(snapshot(), text="Go back to the snapshot"), self)

    @Slot(bool)
    def _on_use(self, sectors: bool) -> None:
        if self._suggestion is not None:
            self._bench.session.push(UseSuggestion(self._suggestion, sectors), self)

    @Slot()
    def _on_refresh(self) -> None:
        if self._flow.refreshing:
            self._flow.cancel()
        else:
            self._flow.refresh()


def _claim(case: MarketCase) -> str:
    """What is published about the leadership of large caps, beside what the data say."""
    found = [case.current(key) for key in ("leadership_cycle_average", "leadership_cycle_current")]
    said = [f"{o.title.lower()} {cited(o)}" for o in found if o is not None]
    return f"Published: {'; '.join(said)}." if said else ""


def _toward(
    pointed: list[tuple[Observation, tuple[Pointing, ...]]], direction: Direction
) -> list[tuple[Observation, Pointing | None]]:
    """Observations that point a way, once each, with the side they speak of where it is one side only."""
    found: list[tuple[Observation, Pointing | None]] = []
    for observation, ways in pointed:
        here = [way for way in ways if way.direction is direction]
        if here:
            found.append((observation, here[0] if len(here) == 1 else None))
    return found
