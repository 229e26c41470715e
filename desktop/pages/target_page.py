"""The Target page: the tilt pad and the nine boxes, the asset mix, and what trading may cost."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.edits import PinCell, SetBoxCell, SetMix, SetPoint, SetStyle, SetTarget, cell_limit
from core.rebalance.live_plan import LivePlan
from core.rebalance.proposal import Proposal
from core.tilt.box import Box, PadPoint, point_of
from core.tilt.target import Scope, Style
from desktop.pages.cost_card import FrontierCard, PriceCard
from desktop.pages.limits_cards import BandsCard, SectorsCard
from desktop.pages.model_card import ModelCard, UniverseCard
from desktop.pages.rules_cards import FlowsCard, RestrictionsCard
from desktop.pages.tabs import PageTabs
from desktop.pages.trading_card import TradingCard
from desktop.settings import Settings
from desktop.workbench import CellPicked, Workbench
from widgets.box_editor import BoxEditor
from widgets.card import Card
from widgets.mix_editor import MixEditor
from widgets.pictures import picture_button
from widgets.preset_bar import PresetBar
from widgets.theme import S, theme_events
from widgets.tilt_pad import TiltPad

#: Below this width of the page the cards stand in one column.
TWO_COLUMNS = 740
#: An estimate that is not there after this time is not waited for with showing what is asked.
LATE_MS = 25

_SCOPES = {Scope.US_EQUITY: "US equity", Scope.ALL_EQUITY: "all equity"}


class TargetPage(QWidget):
    """Every control is live: a drag asks for estimates, its end for the final plan.

    Above the pad and the nine boxes, below in tabs what the tilt costs and everything else that is asked for.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._columns = 0
        self._mix: MixEditor | None = None
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._show_wanted)
        self.setAccessibleName("Target")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(S.lg, S.md, S.lg, S.md)
        outer.setSpacing(S.md)
        outer.addLayout(self._build_top())
        self.pad = TiltPad()
        policy = self.pad.sizePolicy()
        policy.setHeightForWidth(False)  # it takes the room there is, and stays square inside
        self.pad.setSizePolicy(policy)
        self.boxes = BoxEditor()
        self._pad_card = Card("Tilt")
        self._pad_card.body.addWidget(self.pad)
        self._pad_card.add_header_widget(picture_button(self.pad, "Tilt", bench.say_error))
        self._box_card = Card("Style box")
        self._box_card.body.addWidget(self.boxes)
        self._box_card.add_header_widget(picture_button(self.boxes, "Style box", bench.say_error))
        above = QWidget()
        self._grid = QGridLayout(above)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(S.md)
        self._rows: list[Pair] = []
        self.tabs = PageTabs("Costs, mix and rules")
        for key, title, make in (
            ("costs", "What it costs", self._make_costs),
            ("mix", "Asset mix", self._make_mix),
            ("trading", "Taxes and trading", self._make_trading),
            ("ranges", "Sectors and bands", self._make_ranges),
            ("rules", "Restrictions and cash", self._make_rules),
            ("model", "Model", self._make_model),
        ):
            self.tabs.add(key, title, make)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(_scrolling(above, "Tilt and style boxes"))
        self.splitter.addWidget(self.tabs)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([414, 288])
        outer.addWidget(self.splitter, 1)
        self._place(2)
        self._connect()
        self._show_document()
        if bench.live is not None:
            self._show_live(bench.live)
        self._show_plan(bench.proposal)

    # --- tabs, made when first seen ---------------------------------------------------------------------------------

    def _make_costs(self) -> QWidget:
        self._prices = PriceCard(self._bench)
        self._frontier = FrontierCard(self._bench)
        return self._pair("What it costs", self._prices, self._frontier)

    def _make_mix(self) -> QWidget:
        editor = self._mix = MixEditor()
        card = Card()
        card.body.addWidget(editor)
        card.body.addStretch(1)
        editor.mixEdited.connect(self._on_mix)
        editor.editingFinished.connect(self._bench.end_gesture)
        editor.resetRequested.connect(self._on_mix_reset)
        live = self._bench.live
        if live is not None:
            proposal = self._bench.proposal
            self._show_mix(live, live.after_mix if proposal is None else proposal.after.mix)
        return _scrolling(card, "Asset mix")

    def _make_trading(self) -> QWidget:
        self._trading = TradingCard(self._bench)
        return _scrolling(self._trading, "Taxes and trading")

    def _make_ranges(self) -> QWidget:
        self._sectors = SectorsCard(self._bench)
        self._bands = BandsCard(self._bench)
        return self._pair("Sectors and bands", self._sectors, self._bands, (5, 4))

    def _make_rules(self) -> QWidget:
        self._restrictions = RestrictionsCard(self._bench)
        self._flows = FlowsCard(self._bench)
        return self._pair("Restrictions and cash", self._restrictions, self._flows, (5, 4))

    def _make_model(self) -> QWidget:
        return self._pair("Model", ModelCard(self._bench), UniverseCard(self._bench))

    def _pair(self, title: str, first: QWidget, second: QWidget, stretches: tuple[int, int] = (1, 1)) -> QWidget:
        pair = Pair(first, second, stretches)
        pair.place(self._columns_of(pair) if self._columns else 2)
        self._rows.append(pair)
        return _scrolling(pair, title)

    @property
    def mix(self) -> MixEditor:
        """The editor of the asset mix."""
        self.tabs.content("mix")
        assert self._mix is not None
        return self._mix

    @property
    def trading(self) -> TradingCard:
        """The settings of taxes and trading."""
        self.tabs.content("trading")
        return self._trading

    @property
    def prices(self) -> PriceCard:
        """The price list."""
        self.tabs.content("costs")
        return self._prices

    @property
    def frontier(self) -> FrontierCard:
        """The frontier."""
        self.tabs.content("costs")
        return self._frontier

    @property
    def sectors(self) -> SectorsCard:
        """The ranges of sectors."""
        self.tabs.content("ranges")
        return self._sectors

    @property
    def bands(self) -> BandsCard:
        """The bands."""
        self.tabs.content("ranges")
        return self._bands

    @property
    def restrictions(self) -> RestrictionsCard:
        """The restrictions."""
        self.tabs.content("rules")
        return self._restrictions

    @property
    def flows(self) -> FlowsCard:
        """The cash flows."""
        self.tabs.content("rules")
        return self._flows

    def restore(self, settings: Settings) -> None:
        """Put the splitter back where it was."""
        if not settings.splitter("target").isEmpty():
            self.splitter.restoreState(settings.splitter("target"))

    def save(self, settings: Settings) -> None:
        """Remember the splitter."""
        settings.set_splitter("target", self.splitter.saveState())

    def _build_top(self) -> QHBoxLayout:
        top = self._top = QHBoxLayout()
        top.setSpacing(S.sm)
        self.presets = PresetBar()
        caption = QLabel("Style of")
        self.scope = QComboBox()
        for scope, words in _SCOPES.items():
            self.scope.addItem(words, scope)
        self.scope.setAccessibleName("Equity the style box speaks of")
        self.scope.setToolTip("The equity that the tilt speaks of")
        caption.setBuddy(self.scope)
        scope = self._scope_row = QHBoxLayout()
        scope.setSpacing(S.sm)
        scope.addWidget(caption)
        scope.addWidget(self.scope)
        scope.addStretch(0)
        top.addWidget(self.presets, 1)
        top.addLayout(scope)
        return top

    def _connect(self) -> None:
        self._bench.frontier_changed.connect(self._show_reach)
        self.pad.targetDragged.connect(self._on_pad_dragged)
        self.pad.targetReleased.connect(self._on_pad_released)
        self.presets.presetChosen.connect(self._on_preset)
        self.boxes.cellEdited.connect(self._on_cell)
        self.boxes.pinToggled.connect(self._on_pin)
        self.boxes.cellChosen.connect(lambda cell: self._bench.pick(CellPicked(cell)))
        self.scope.activated.connect(self._on_scope)
        self._bench.session.changed.connect(self._show_document)
        self._bench.live_changed.connect(self._show_live)
        self._bench.plan_changed.connect(self._show_plan)
        self._bench.plan_failed.connect(self._show_no_plan)

    # --- layout ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where two would be cramped."""
        super().resizeEvent(event)
        self._place(2 if event.size().width() >= TWO_COLUMNS * theme_events().text_size else 1)
        for pair in self._rows:
            pair.place(self._columns_of(pair))

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        # In a narrow page the presets have a line of their own.
        self._top.setDirection(QHBoxLayout.Direction.LeftToRight if columns == 2 else QHBoxLayout.Direction.TopToBottom)
        self._scope_row.setStretch(2, 1 if columns == 1 else 0)
        for number, card in enumerate((self._pad_card, self._box_card)):
            self._grid.addWidget(card, number // columns, number % columns)
        for column, stretch in enumerate((5, 6)):
            self._grid.setColumnStretch(column, stretch if column < columns else 0)
        for pair in self._rows:
            pair.place(self._columns_of(pair))

    def _columns_of(self, pair: Pair) -> int:
        """One column too where the page is wide enough for two, but these cards need more."""
        return self._columns if pair.needed() <= self.width() - 2 * S.lg - 2 * S.md else 1

    def showEvent(self, event: QShowEvent) -> None:
        """The frontier is worth computing while somebody may look at it."""
        super().showEvent(event)
        self._bench.watch_frontier(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._bench.watch_frontier(False)

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
        if self._bench.session.in_gesture:
            self._late.start()  # the boxes are shown once a move, with the answer to it
        elif self._bench.live is not None:
            self._show_boxes(self._bench.live, None)
        if self._bench.live is not None and self._mix is not None:
            self._mix.set_mix(document.target.mix or self._bench.live.present_mix)

    @Slot()
    def _show_reach(self) -> None:
        """The line of what plans of rising cost come to, once the frontier is there."""
        places = [(getattr(point, "size", None), getattr(point, "value", None)) for point in self._bench.frontier or ()]
        self.pad.set_reach([PadPoint(size, value) for size, value in places if size is not None and value is not None])

    @Slot()
    def _show_wanted(self) -> None:
        """What is asked for while the answer lets itself be waited for; the last answer stays until the next."""
        if self._bench.live is not None:
            self._show_boxes(self._bench.live, self._bench.live.after_box)

    @Slot(object)
    def _show_live(self, plan: LivePlan) -> None:
        self._late.stop()
        self._show_boxes(plan, plan.after_box)
        self._show_mix(plan, plan.after_mix)

    @Slot(object)
    def _show_plan(self, proposal: Proposal | None) -> None:
        if proposal is None or self._bench.live is None:
            return
        self._show_boxes(self._bench.live, proposal.after.style_box)
        self._show_mix(self._bench.live, proposal.after.mix)

    @Slot()
    def _show_no_plan(self) -> None:
        """Where the rules leave no plan, nothing is said of what it comes to."""
        self.pad.set_after(None)
        self.boxes.set_after(None)
        if self._mix is not None:
            self._mix.set_after(None)

    def _show_mix(self, live: LivePlan, after: Mapping[str, float]) -> None:
        if self._mix is None:
            return
        # The document's mix is the newest there is; an estimate may be of a moment ago.
        self._mix.set_present(live.present_mix)
        self._mix.set_mix(self._bench.document.target.mix or live.target_mix)
        self._mix.set_after(after)

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


class Pair(QWidget):
    """Two cards side by side, or one above the other where there is little room."""

    def __init__(
        self, first: QWidget, second: QWidget, stretches: tuple[int, int] = (1, 1), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._cards = (first, second)
        self._stretches = stretches
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(S.md)
        self._columns = 0

    def needed(self) -> int:
        """The width in which both fit beside each other."""
        return sum(card.minimumSizeHint().width() for card in self._cards) + S.md

    def place(self, columns: int) -> None:
        """In one column or two."""
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)
        for column, stretch in enumerate(self._stretches):
            self._grid.setColumnStretch(column, stretch if column < columns else 0)


def _scrolling(widget: QWidget, name: str) -> QScrollArea:
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    return area
