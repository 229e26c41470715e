"""The Household page: what is held today, how sure that is, and how it was read."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSplitter, QTabWidget, QVBoxLayout, QWidget

from core.classify.exposure import ASSET_CLASSES
from core.edits import Changes, OverrideExposure, Part, SetAccountKind
from core.findings import still_open
from core.household import AccountKind
from core.rebalance.live_plan import LivePlan
from desktop.import_tables import FilesTable
from desktop.override_dialog import OverrideDialog
from desktop.pages.accounts_card import AccountsCard
from desktop.pages.tabs import TAB_STYLE
from desktop.settings import Settings
from desktop.workbench import AccountPicked, CellPicked, SecurityPicked, Workbench
from widgets.bars import AccountBars, SectorBars, account_bars
from widgets.card import Card
from widgets.control_totals import ControlTotalsTable
from widgets.coverage_meter import CoverageMeter
from widgets.drop_area import DropArea
from widgets.findings_panel import FindingsPanel
from widgets.holdings_tree import HoldingsTree
from widgets.labels import class_label, sector_label
from widgets.share_bars import ShareBar, ShareBars
from widgets.style_box import StyleBoxView
from widgets.theme import S, theme_events

_LEAST = 0.0005  # shares below this show as 0.0 % and say nothing


#: Least width of the page for all four cards at the top.
FOUR_CARDS = 960
#: Below this the sectors go too; they are on the page Before and after.
THREE_CARDS = 740


class HouseholdPage(QWidget):
    """filesDropped(list of paths) and browseRequested ask the window for an import."""

    filesDropped = Signal(list)
    browseRequested = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._today: object = None
        self._stale = True
        self.dialog: OverrideDialog | None = None
        self.setAccessibleName("Household")
        self.drop = DropArea("This is the invented sample. Drop your own brokerage exports here", compact=True)
        self.style_box = StyleBoxView()
        self.mix = ShareBars("Asset mix today")
        self.coverage = CoverageMeter()
        self.sectors = ShareBars("Sectors of the equity today")
        self.accounts = AccountsCard(bench)
        self.tree = HoldingsTree()
        self.account_bars = AccountBars()
        self.sector_bars = SectorBars()
        self.findings = FindingsPanel()
        self.files = FilesTable()
        self.totals = ControlTotalsTable()
        header = self.tree.view.header()
        header.moveSection(header.visualIndex(self.tree.model.column_of("class")), 2)
        self.tree.hide_columns("source", "gain_share")
        self._build()
        self._connect()
        self._show_household()
        if bench.live is not None:
            self._show_live(bench.live)
        self._show_plan()

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(S.lg, S.md, S.lg, S.md)
        outer.setSpacing(S.md)
        outer.addWidget(self.drop)
        summary = QWidget()
        row = QHBoxLayout(summary)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S.md)
        box = Card("Style box today")
        box.body.addWidget(self.style_box, 1)
        mix = self._mix_card = Card("Asset mix")
        mix.body.addWidget(self.mix)
        mix.body.addStretch(1)
        sectors = self._sectors_card = Card("Sectors of the equity")
        sectors.body.addWidget(self.sectors)
        sectors.body.addStretch(1)
        self._least_widths: dict[QWidget, int] = {box: 250, mix: 150, sectors: 230, self.accounts: 200}
        for card, stretch in ((box, 6), (mix, 4), (sectors, 6), (self.accounts, 5)):
            row.addWidget(card, stretch)
        split = QWidget()
        sides = QHBoxLayout(split)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(S.md)
        for title, bars in (("Accounts by asset class", self.account_bars), ("Sectors", self.sector_bars)):
            card = Card(title)
            card.body.addWidget(_scrolling(bars, title))
            sides.addWidget(card, 1)
        read = QWidget()
        column = QVBoxLayout(read)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S.md)
        column.addWidget(self.files)
        column.addWidget(self.totals, 1)
        words = "No file was read for this household. Import one: what was read of it and its totals stand here."
        self.no_files = QLabel(words, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.no_files.setProperty("muted", True)
        column.addWidget(self.no_files, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setStyleSheet(TAB_STYLE)
        corner = QWidget()
        line = QHBoxLayout(corner)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.coverage)
        self.tabs.setCornerWidget(corner)
        for widget, title in (
            (self.tree, "Holdings"),
            (split, "Before and after"),
            (self.findings, "Findings"),
            (read, "Files and totals"),
        ):
            self.tabs.addTab(_padded(widget), title)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(summary)
        self.splitter.addWidget(self.tabs)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(1, False)
        self.splitter.setSizes([232, 480])
        outer.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.drop.filesDropped.connect(self.filesDropped)
        self.drop.browseRequested.connect(self.browseRequested)
        self.tree.holdingSelected.connect(self._on_selected)
        self.tree.overrideRequested.connect(self.edit_override)
        self.tree.styleRequested.connect(self._bench.style_wanted)
        self.tree.kindChosen.connect(self._on_kind)
        self.coverage.detailsRequested.connect(self._show_unclassified)
        self.style_box.cellClicked.connect(lambda cell: self._bench.pick(CellPicked(cell)))
        self._bench.session.changed.connect(self._on_changed)
        self._bench.exposures_changed.connect(self._show_household)
        self._bench.live_changed.connect(self._show_live)
        self._bench.plan_changed.connect(self._on_plan)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where four cards would overlap the asset mix goes: the bars of the accounts say it too."""
        super().resizeEvent(event)
        scale = theme_events().text_size
        for card, least in self._least_widths.items():
            card.setMinimumWidth(round(least * scale))
        room = event.size().width() / scale
        self._mix_card.setVisible(room >= FOUR_CARDS)
        self._sectors_card.setVisible(room >= THREE_CARDS)
        beside = event.size().width() - 2 * S.lg - self.tabs.tabBar().sizeHint().width() - S.xl
        self.coverage.setFixedWidth(max(self.coverage.minimumSizeHint().width(), min(round(320 * scale), beside)))

    def restore(self, settings: Settings) -> None:
        """Put splitter and columns back where they were."""
        if not settings.splitter("household").isEmpty():
            self.splitter.restoreState(settings.splitter("household"))
        if not settings.header("holdings").isEmpty():
            self.tree.restore_state(settings.header("holdings"))

    def save(self, settings: Settings) -> None:
        """Remember splitter and columns."""
        settings.set_splitter("household", self.splitter.saveState())
        settings.set_header("holdings", self.tree.save_state())

    @Slot(str)
    def show_reading(self, text: str) -> None:
        """Say what is being read; empty when done."""
        self.drop.set_busy(text or None)
        self.drop.setVisible(bool(text) or self._is_sample())

    # --- what is shown --------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        # A new household is shown at once; its classification follows with ``exposures_changed``.
        if changes.parts & {Part.HOUSEHOLD, Part.ACCOUNT_KINDS}:
            self._show_household()

    @Slot()
    def _show_household(self) -> None:
        household, exposures = self._bench.document.household, self._bench.exposures
        self.tree.set_household(household, exposures)
        self.findings.set_findings(still_open(household), household)
        self.files.set_files(household.files)
        self.totals.set_files(household.files)
        self.files.setVisible(bool(household.files))
        self.totals.setVisible(bool(household.files))
        self.no_files.setVisible(not household.files)
        self.coverage.set_household(household, exposures)
        count = self.findings.count()
        self.tabs.setTabText(2, f"Findings ({count})" if count else "Findings")
        self.drop.setVisible(self._is_sample())

    @Slot(object)
    def _show_live(self, plan: LivePlan) -> None:
        today = (plan.present_box, plan.present_mix, plan.sectors_before)
        if today == self._today:  # a drag of the target moves nothing of this
            return
        self._today = today
        self.style_box.set_box(plan.present_box)
        self.mix.set_bars(
            [
                ShareBar(class_label(key, short=True), plan.present_mix[key], colour_class=key)
                for key in ASSET_CLASSES
                if abs(plan.present_mix.get(key, 0.0)) > _LEAST
            ]
        )
        ranked = sorted(plan.sectors_before.items(), key=lambda item: (item[0] == "unknown", -item[1]))
        self.sectors.set_bars([ShareBar(sector_label(key), share) for key, share in ranked if share > _LEAST])

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while the page was hidden."""
        super().showEvent(event)
        if self._bench.after_frame.waits(self):
            self._bench.after_frame.drop(self)
            self._show_plan()

    @Slot()
    def _on_plan(self) -> None:
        if self.isVisible():
            self._show_plan()
        else:
            self._bench.after_frame.run(self, self._show_plan)  # after the page that is looked at

    def _show_plan(self) -> None:
        proposal, household, exposures = self._bench.proposal, self._bench.document.household, self._bench.exposures
        trades = None if proposal is None else proposal.trades
        self.account_bars.set_accounts(account_bars(household, exposures, trades))
        if proposal is not None:
            self.sector_bars.set_sectors(proposal.before.sectors, proposal.after.sectors)

    def _is_sample(self) -> bool:
        from core.sample import sample_household

        return self._bench.document.household is sample_household()

    # --- edits ----------------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_selected(self, account: str | None, security: str | None) -> None:
        if security is not None and security in self._bench.document.household.security_by_id:
            self._bench.pick(SecurityPicked(security, account, self.tree.current_lot()))
        elif account is not None:  # its own row, or that of its cash
            self._bench.pick(AccountPicked(account))

    @Slot()
    def _show_unclassified(self) -> None:
        """Go to the largest holding of which something is not classified."""
        from core.classify.coverage import coverage

        missing = coverage(self._bench.document.household, self._bench.exposures).contributors
        positions = self._bench.document.household.lots_by_position
        self.tabs.setCurrentIndex(0)
        for part in missing:
            held = [account for account, security in positions if security == part.security]
            if part.unclassified > 0 and held and self.tree.select_position(held[0], part.security):
                return

    @Slot(str)
    def edit_override(self, security: str) -> None:
        """Open the dialog in which the user classifies a security."""
        document = self._bench.document
        self.dialog = OverrideDialog(
            document.household.security_by_id[security],
            self._bench.exposures.get(security),
            document.overrides.get(security),
            self,
        )
        self.dialog.decided.connect(
            lambda override: self._bench.session.push(OverrideExposure(security, override), self)
        )
        self.dialog.styleWanted.connect(lambda: self._bench.style_wanted.emit(security))
        self.dialog.open()

    @Slot(str, str)
    def _on_kind(self, account: str, kind: str) -> None:
        self._bench.session.push(SetAccountKind(account, AccountKind(kind)), self)


def _padded(widget: QWidget) -> QWidget:
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, S.sm, 0, 0)
    layout.addWidget(widget)
    return box


def _scrolling(widget: QWidget, name: str) -> QScrollArea:
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(widget)
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(False)
    return area
