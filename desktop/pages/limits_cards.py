"""Ranges: how far sectors may move, and how far a style cell may be off its target before it is traded."""

from __future__ import annotations

from typing import Any

import attrs
from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from core.classify.exposure import ASSET_CLASSES
from core.edits import Changes, Part, SetBands
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal
from core.tilt.edits import SetSectors
from core.tilt.target import Destination, Scope
from core.tilt.target_words import DESTINATIONS
from desktop.workbench import Workbench
from widgets.card import Card
from widgets.forms import FormGrid, PercentField
from widgets.labels import box_label
from widgets.numbers import percent
from widgets.sector_ranges import SectorRanges
from widgets.theme import S


class SectorsCard(Card):
    """The range of each sector's share of equity against today."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("Sectors", "may move by, in points of equity; \u25bc today \u25b2 after", parent)
        self._bench = bench
        self.ranges = SectorRanges()
        self.body.addWidget(self.ranges, 1)
        self.ranges.rangesEdited.connect(self._on_edited)
        bench.session.changed.connect(self._show)
        bench.live_changed.connect(self._show_live)
        bench.plan_changed.connect(self._show_plan)
        self._show()

    @Slot()
    def _show(self) -> None:
        self.ranges.set_ranges(self._bench.document.target.sectors)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while hidden."""
        super().showEvent(event)
        if self._bench.proposal is not None:
            self._show_plan(self._bench.proposal)
        elif self._bench.live is not None:
            self._show_live(self._bench.live)

    @Slot(object)
    def _show_live(self, plan: LivePlan) -> None:
        if self.isVisible():  # a hidden card need not follow a drag
            self.ranges.set_shares(plan.sectors_before, plan.sectors_after)

    @Slot(object)
    def _show_plan(self, proposal: Proposal | None) -> None:
        if proposal is not None and self.isVisible():
            self.ranges.set_shares(proposal.before.sectors, proposal.after.sectors)

    @Slot(dict)
    def _on_edited(self, ranges: dict[str, tuple[float, float]]) -> None:
        self._bench.session.push(SetSectors(ranges), self)


class BandsCard(Card):
    """Width of the bands, with what they mean for the largest cell."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("Bands", "how far off a cell may be", parent)
        self._bench = bench
        self.relative = PercentField("Width of a band, of the target", digits=0, step=0.05)
        self.floor = PercentField("Narrowest band", maximum=0.5, step=0.005)
        self.cap = PercentField("Widest band", maximum=0.5, step=0.005)
        self.destination = QComboBox()
        for key, words in DESTINATIONS.items():
            self.destination.addItem(words, key)
        form = FormGrid()
        form.setVerticalSpacing(S.xs)
        form.add_field("Width, of the target", self.relative)
        form.add_field("At least", self.floor)
        form.add_field("At most", self.cap)
        form.add_field("A cell outside is brought", self.destination)
        self.body.addLayout(form)
        self.example = QLabel(wordWrap=True)
        self.example.setProperty("muted", True)
        self.example.setMinimumWidth(250)  # else its least height is that of a very narrow column
        self.body.addWidget(self.example)
        self.body.addStretch(1)
        self.relative.fractionEdited.connect(lambda share: self._set(relative=share))
        self.floor.fractionEdited.connect(lambda share: self._set(floor=share))
        self.cap.fractionEdited.connect(lambda share: self._set(cap=share))
        self.destination.activated.connect(lambda _: self._set(destination=Destination(self.destination.currentData())))
        bench.session.changed.connect(self._on_changed)
        bench.live_changed.connect(self._on_live)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while hidden."""
        super().showEvent(event)
        self._show()

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if Part.BANDS in changes.parts:
            self._show()

    @Slot()
    def _on_live(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        bands = self._bench.document.target.bands
        self.relative.set_fraction(bands.relative)
        self.floor.set_fraction(bands.floor)
        self.cap.set_fraction(bands.cap)
        self.destination.setCurrentIndex(self.destination.findData(bands.destination))
        live = self._bench.live
        if live is None or sum(live.target_box) <= 0:
            self.example.clear()
            return
        cell = max(range(9), key=lambda k: live.target_box[k])
        classes = ASSET_CLASSES[:1] if self._bench.document.target.style.scope is Scope.US_EQUITY else ASSET_CLASSES[:3]
        equity = sum(live.target_mix.get(key, 0.0) for key in classes)
        share = live.target_box[cell] * equity
        half = bands.half_width(share)
        self.example.setText(
            f"{box_label(cell)}, wanted at {percent(share)} of the household, is left alone between "
            f"{percent(max(0.0, share - half))} and {percent(share + half)}."
        )

    def _set(self, **fields: Any) -> None:
        self._bench.session.push(SetBands(attrs.evolve(self._bench.document.target.bands, **fields)), self)
