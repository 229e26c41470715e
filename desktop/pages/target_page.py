"""The Target page: the tilt pad and the nine boxes, the asset mix, and what trading may cost."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.edits import PinCell, SetBoxCell, SetMix, SetPoint, SetStyle, SetTarget, cell_limit
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal
from core.tilt.box import Box, point_of
from core.tilt.target import Scope, Style
from desktop.pages.trading_card import TradingCard
from desktop.workbench import CellPicked, Workbench
from widgets.box_editor import BoxEditor
from widgets.card import Card
from widgets.mix_editor import MixEditor
from widgets.preset_bar import PresetBar
from widgets.theme import S
from widgets.tilt_pad import TiltPad

#: Below this width of the page the cards stand in one column.
TWO_COLUMNS = 620

_SCOPES = {Scope.US_EQUITY: "US equity", Scope.ALL_EQUITY: "all equity"}


class TargetPage(QScrollArea):
    """Every control is live: a drag asks for estimates, its end for the final plan."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._columns = 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Target")
        body = QWidget()
        outer = QVBoxLayout(body)
        outer.setContentsMargins(S.lg, S.md, S.lg, S.lg)
        outer.setSpacing(S.md)
        outer.addLayout(self._build_top())
        self._grid = QGridLayout()
        self._grid.setSpacing(S.md)
        outer.addLayout(self._grid, 1)
        self.pad = TiltPad()
        self.boxes = BoxEditor()
        self.mix = MixEditor()
        self._pad_card = Card("Tilt")
        self._pad_card.body.addWidget(self.pad)
        self._box_card = Card("Style box")
        self._box_card.body.addWidget(self.boxes)
        self._mix_card = Card("Asset mix")
        self._mix_card.body.addWidget(self.mix)
        self.trading = TradingCard(bench)
        self._place(2)
        self.setWidget(body)
        self._connect()
        self._show_document()

    def _build_top(self) -> QHBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(S.sm)
        self.presets = PresetBar()
        caption = QLabel("Style of")
        self.scope = QComboBox()
        for scope, words in _SCOPES.items():
            self.scope.addItem(words, scope)
        self.scope.setAccessibleName("Equity the style box speaks of")
        self.scope.setToolTip("The equity that the tilt speaks of")
        caption.setBuddy(self.scope)
        top.addWidget(self.presets, 1)
        top.addWidget(caption)
        top.addWidget(self.scope)
        return top

    def _connect(self) -> None:
        self.pad.targetDragged.connect(self._on_pad_dragged)
        self.pad.targetReleased.connect(self._on_pad_released)
        self.presets.presetChosen.connect(self._on_preset)
        self.boxes.cellEdited.connect(self._on_cell)
        self.boxes.pinToggled.connect(self._on_pin)
        self.scope.activated.connect(self._on_scope)
        self.mix.mixEdited.connect(self._on_mix)
        self.mix.editingFinished.connect(self._bench.end_gesture)
        self.mix.resetRequested.connect(self._on_mix_reset)
        self._bench.session.changed.connect(self._show_document)
        self._bench.live_changed.connect(self._show_live)
        self._bench.plan_changed.connect(self._show_plan)

    # --- layout ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where two would be cramped."""
        super().resizeEvent(event)
        self._place(2 if event.size().width() >= TWO_COLUMNS else 1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        cards = (self._pad_card, self._box_card, self._mix_card, self.trading)
        for number, card in enumerate(cards):
            self._grid.addWidget(card, number // columns, number % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    # --- what is shown --------------------------------------------------------------------------------------------

    def target_box(self) -> Box:
        """The nine target shares as asked for now."""
        live = self._bench.live
        present = live.present_box if live is not None else (0.0,) * 9
        return self._bench.document.target.style.target_box(present)

    @Slot()
    def _show_document(self) -> None:
        document = self._bench.document
        style = document.target.style
        self.presets.set_current(style.preset)
        self.boxes.set_pins(document.pins)
        self.scope.setCurrentIndex(self.scope.findData(style.scope))
        if self._bench.live is not None:
            self._show_boxes(self._bench.live, None)
            self.mix.set_mix(document.target.mix or self._bench.live.present_mix)

    @Slot(object)
    def _show_live(self, plan: LivePlan) -> None:
        self._show_boxes(plan, plan.after_box)
        self._show_mix(plan, plan.after_mix)

    @Slot(object)
    def _show_plan(self, proposal: Proposal | None) -> None:
        if proposal is None or self._bench.live is None:
            return
        self._show_boxes(self._bench.live, proposal.after.style_box)
        self._show_mix(self._bench.live, proposal.after.mix)

    def _show_mix(self, live: LivePlan, after: Mapping[str, float]) -> None:
        # The document's mix is the newest there is; an estimate may be of a moment ago.
        self.mix.set_present(live.present_mix)
        self.mix.set_mix(self._bench.document.target.mix or live.target_mix)
        self.mix.set_after(after)

    def _show_boxes(self, live: LivePlan, after: Box | None) -> None:
        target = self.target_box()
        known = sum(live.present_box) > 0
        self.boxes.set_boxes(live.present_box, target, after)
        self.pad.set_present(point_of(live.present_box) if known else None)
        if after is not None:
            self.pad.set_after(point_of(after) if sum(after) > 0 else None)
        if not self.pad.is_dragging() and sum(target) > 0:
            self.pad.set_target(point_of(target))

    # --- edits ----------------------------------------------------------------------------------------------------

    @Slot(float, float)
    def _on_pad_dragged(self, size: float, value: float) -> None:
        if not self._bench.session.in_gesture:
            self._bench.begin_gesture()
        self._bench.session.push(SetPoint(size, value), self)

    @Slot(float, float)
    def _on_pad_released(self, _size: float, _value: float) -> None:
        self._bench.end_gesture()
        self._show_document()

    @Slot(str)
    def _on_preset(self, key: str) -> None:
        self._bench.session.push(SetStyle(Style(preset=key, scope=self._bench.document.target.style.scope)), self)
        self._show_document()

    @Slot(int, float)
    def _on_cell(self, cell: int, share: float) -> None:
        base, pins = self.target_box(), self._bench.document.pins
        share = min(share, cell_limit(cell, pins))
        self._bench.session.push(SetBoxCell(cell, share, base), self)
        self._show_document()
        self._bench.pick(CellPicked(cell))

    @Slot(int, bool)
    def _on_pin(self, cell: int, pinned: bool) -> None:
        self._bench.session.push(PinCell(cell, pinned, self.target_box()), self)
        self._show_document()
        self._bench.pick(CellPicked(cell))

    @Slot(int)
    def _on_scope(self, _index: int) -> None:
        target = self._bench.document.target
        style = attrs.evolve(target.style, scope=Scope(self.scope.currentData()))
        self._bench.session.push(SetTarget(attrs.evolve(target, style=style), text="Change scope"), self)

    @Slot(dict)
    def _on_mix(self, mix: dict[str, float]) -> None:
        if not self._bench.session.in_gesture:
            self._bench.begin_gesture()
        self._bench.session.push(SetMix(mix), self)

    @Slot()
    def _on_mix_reset(self) -> None:
        self._bench.session.push(SetMix(None), self)
