"""The main window: header, rail, pages, inspector and the balance strip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from core.edits import Changes, ImportHousehold, Part
from core.household import Household
from desktop.actions import Actions
from desktop.drop_overlay import DropOverlay, dropped_files
from desktop.frame import MessageRow, Rule
from desktop.handlers import handlers_of
from desktop.header import Header
from desktop.import_flow import ImportFlow
from desktop.inspector import Inspector
from desktop.market_flow import MarketFlow
from desktop.messages import Messages
from desktop.out_of_reach import OutOfReach
from desktop.plan_flow import PlanFlow
from desktop.rail import Rail
from desktop.recent import RecentMenu
from desktop.refresh_flow import RefreshFlow
from desktop.settings import Settings
from desktop.strip import Strip
from desktop.style_flow import StyleFlow
from desktop.undo_actions import UndoActions
from desktop.unsaved import Unsaved
from desktop.window_pages import PAGES, WindowPages
from desktop.workbench import Picked, Workbench
from widgets.message_bar import MessageBar
from widgets.theme import apply_theme, set_icon, tokens
from widgets.theme.apply import Mode

if TYPE_CHECKING:
    from desktop.book_care import BookCare
    from desktop.book_flow import BookFlow
    from desktop.export_flow import ExportFlow
    from desktop.pages.book_page import BookPage
    from desktop.pages.household_page import HouseholdPage
    from desktop.pages.market_page import MarketPage
    from desktop.pages.target_page import TargetPage
    from desktop.pages.trades_page import TradesPage

#: Commands that need a book.
BOOK_ACTIONS = ("save_book_as", "close_book", "back_up_book", "verify_book", "book_records", "book_passphrase")
#: Below this width of the window the inspector makes room for the page.
INSPECTOR_ROOM = 1180


class MainWindow(QMainWindow):
    """Shows one workbench. ``today`` is for the age of the data only."""

    def __init__(
        self,
        bench: Workbench,
        settings: Settings,
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
    ) -> None:
        super().__init__()
        self.bench = bench
        self.settings = settings
        self._today = _this_day if today is None else today
        self._closing = False
        self.setWindowTitle("Trimtab")
        self.setAcceptDrops(True)
        self.resize(1440, 900)
        self.setMinimumSize(900, 600)
        self.import_flow = ImportFlow(bench, settings, self)
        self.refresh_flow = RefreshFlow(bench, self, self._today)
        self.refresh_flow.add_prices = self.import_flow.choose_prices
        self.market_flow = MarketFlow(bench, self._today, self)
        self.style_flow = StyleFlow(bench, self)
        self.plan_flow = PlanFlow(bench, self)
        self.unsaved = Unsaved(bench, settings, lambda: self.book_flow, self)
        self.import_flow.before_another = self.unsaved.before_import
        self.actions_ = Actions(self, handlers_of(self))
        self.actions_.fill(self.menuBar())
        self.undo_actions = UndoActions(bench.session.stack, self.actions_, self)
        self.recent = RecentMenu(settings, self.import_flow, self.actions_)
        self._build()
        self._connect()
        self._restore()
        self._show_household()
        for key in BOOK_ACTIONS:
            self.actions_[key].setEnabled(False)  # until there is a book
        self._on_plan_changed()

    # --- construction ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.header = Header(self.actions_)
        self.rail = Rail(self.actions_, tuple(f"page_{page}" for page in PAGES))
        self.message_bar = MessageBar()
        self.messages = Messages(self.bench, self.message_bar, self.import_flow, self)
        self.out_of_reach = OutOfReach(self.bench, self.message_bar, self.refresh_flow.refresh, self)
        self.pages = WindowPages(self, self._today)
        self.stack = self.pages.stack
        self.inspector = Inspector(self.bench)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self.inspector)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([1050, 300])
        self.strip = Strip(self.bench)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(Rule(upright=True))
        pages = QVBoxLayout()
        pages.setSpacing(0)
        pages.addWidget(MessageRow(self.message_bar))
        pages.addWidget(self.splitter, 1)
        middle.addLayout(pages, 1)
        self._central = central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(Rule(upright=False))
        column.addLayout(middle, 1)
        column.addWidget(self.strip)
        self.setCentralWidget(central)
        self._overlay = DropOverlay(central)

    # --- flows whose parts are heavy, made when they are first needed -------------------------------------------------

    @cached_property
    def export_flow(self) -> ExportFlow:
        """Takes the plan out of the program."""
        from desktop.export_flow import ExportFlow

        return ExportFlow(self.bench, self.settings, self, self._today)

    @cached_property
    def book_flow(self) -> BookFlow:
        """Keeps the book of households."""
        from desktop.book_flow import BookFlow

        flow = BookFlow(self.bench, self.settings, self, self._today)
        flow.before = self.unsaved.before
        flow.book_changed.connect(self._show_book)
        return flow

    @cached_property
    def book_care(self) -> BookCare:
        """Looks after the book: copies, passphrase, records, names."""
        from desktop.book_care import BookCare

        return BookCare(self.book_flow, self.bench, self.settings, self)

    # --- the pages, for those who know the window -------------------------------------------------------------------

    @property
    def household_page(self) -> HouseholdPage:
        """What is held."""
        return self.pages.household

    @property
    def target_page(self) -> TargetPage:
        """What is wanted."""
        return self.pages.target

    @property
    def trades_page(self) -> TradesPage:
        """What to trade."""
        return self.pages.trades

    @property
    def market_page(self) -> MarketPage:
        """What speaks for and against the tilt."""
        return self.pages.market

    @property
    def book_page(self) -> BookPage:
        """Every household of the practice."""
        return self.pages.book

    def _connect(self) -> None:
        bench = self.bench
        bench.session.changed.connect(self._on_changed)
        bench.busy_changed.connect(self._on_busy)
        self.header.cancelRequested.connect(bench.tasks.cancel)
        bench.plan_changed.connect(self._on_plan_changed)
        bench.plan_failed.connect(self._on_plan_changed)
        bench.picked.connect(self._on_picked)
        self._overlay.filesDropped.connect(self.open_dropped)
        # What comes next in the window must not be next for the keys.
        self.message_bar.keyboardLeft.connect(self.pages.rest_focus)

    def _restore(self) -> None:
        if not self.settings.geometry.isEmpty():
            self.restoreGeometry(self.settings.geometry)
        if not self.settings.splitter("inspector").isEmpty():
            self.splitter.restoreState(self.settings.splitter("inspector"))
        self.actions_["inspector"].setChecked(self.settings.inspector)
        self._place_inspector()
        self.actions_[f"theme_{self.settings.theme}"].setChecked(True)
        self._dress_theme_action()
        self.show_page("target")

    # --- pages and inspector --------------------------------------------------------------------------------------

    def show_page(self, name: str) -> None:
        """Go to a page: household, target, trades or market."""
        self.pages.show_page(name)
        self.actions_[f"page_{name}"].setChecked(True)
        if name == "household":
            self.messages.clear_offer(self.import_flow.choose)  # the welcome; this page asks for files itself

    def page(self) -> str:
        """The page shown."""
        return self.pages.current()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The overlay covers all; in a narrow window the inspector makes room."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place_inspector()

    def showEvent(self, event: QShowEvent) -> None:
        """No control has the focus until one is chosen: a stray key or wheel must not move a target."""
        super().showEvent(event)
        self._central.setFocus()

    def _place_inspector(self) -> None:
        shown = self.settings.inspector and self.width() >= INSPECTOR_ROOM
        self.inspector.setVisible(shown)
        self.actions_["inspector"].setChecked(shown)  # the button says what is, so that one press brings it

    def toggle_inspector(self) -> None:
        """Show or hide the inspector, as its switch says."""
        on = self.actions_["inspector"].isChecked()
        self.settings.inspector = on
        # Asked for by hand it comes whatever the width.
        self.inspector.setVisible(on)

    @Slot(object)
    def _on_picked(self, _picked: Picked | None) -> None:
        if self.inspector.isHidden():  # one that was asked for in a narrow window stays
            self._place_inspector()

    # --- what is shown --------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        kept = self._is_kept(self.bench.document.household)
        if changes.parts & {Part.HOUSEHOLD, Part.ACCOUNT_KINDS} or kept != self.header.kept:
            self._show_household()
        if Part.HOUSEHOLD in changes.parts:
            self.bench.pick(None)
            self.message_bar.clear()

    def _show_household(self) -> None:
        household = self.bench.document.household
        self.header.show_household(household, self._today(), kept=self._is_kept(household))
        self.setWindowTitle(f"{household.name} – Trimtab")

    def _is_kept(self, household: Household) -> bool:
        """Whether a book has it, or nobody will miss it."""
        from core.sample import sample_household

        return self.bench.session.journal is not None or household is sample_household()

    @Slot()
    def _show_book(self) -> None:
        """A book that was opened is looked at first."""
        self._show_household()
        for key in BOOK_ACTIONS:
            self.actions_[key].setEnabled(self.book_flow.book is not None)
        if self.book_flow.book is not None and self.isVisible():
            self.show_page("book")

    @Slot()
    def _on_plan_changed(self) -> None:
        for key in ("export", "export_orders", "report", "copy_trades", "prove", "fewer_trades"):
            self.actions_[key].setEnabled(self.bench.proposal is not None)

    @Slot(str)
    def _on_busy(self, text: str) -> None:
        self.header.show_busy(text, stoppable=self.bench.tasks.busy)

    # --- files ----------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files over the window: cover it with the drop area, which says whether it takes them."""
        if not event.mimeData().hasUrls():
            event.ignore()
            return
        self._overlay.cover()
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files let go before the overlay was up."""
        self._overlay.dropEvent(event)

    @Slot(list)
    def open_dropped(self, paths: list[str]) -> None:
        """Files, and those of folders; a book is opened, what cannot be used is refused by the reader with a reason."""
        self._overlay.hide()
        found = dropped_files(paths)
        books = [path for path in found if path.suffix.lower() == ".trimtab"]
        if books:
            self.book_flow.open(books[0])
        self.import_flow.read([path for path in found if path not in books])

    def open_sample(self) -> None:
        """The invented household again; undo takes it back."""
        from core.sample import sample_household

        edit = ImportHousehold(sample_household(), text="Open sample household")
        self.unsaved.before_import(lambda: self.bench.session.push(edit, self))

    def welcome(self) -> None:
        """On the first start: what is on screen, and what to do."""
        self.messages.welcome()

    def open_settings(self) -> None:
        """Ask for the program's settings."""
        from desktop.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self.settings, self)
        dialog.themeChosen.connect(self.set_theme)
        dialog.open()

    # --- theme and end --------------------------------------------------------------------------------------------

    def set_theme(self, mode: Mode) -> None:
        """Light, dark or the system's."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.settings.theme = mode
        self.actions_[f"theme_{mode}"].setChecked(True)
        apply_theme(app, mode)
        self._dress_theme_action()

    def changeEvent(self, event: QEvent) -> None:
        """The switch shows the theme it leads to."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "actions_"):
            self._dress_theme_action()

    def _dress_theme_action(self) -> None:
        set_icon(self.actions_["switch_theme"], "light" if tokens().dark else "dark")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember places, end all work; not while something would be lost, until asked."""
        if not self._closing and not self._may_close():
            event.ignore()
            return
        self.settings.geometry = self.saveGeometry()
        self.settings.set_splitter("inspector", self.splitter.saveState())
        for page in self.pages.made():
            if hasattr(page, "save"):
                page.save(self.settings)
        self.settings.save()
        if "book_flow" in self.__dict__:
            self.book_flow.close()
        self.plan_flow.shutdown()
        self.bench.shutdown()
        super().closeEvent(event)

    def _may_close(self) -> bool:
        """Whether all is saved, or nobody can be asked; else it is being asked."""
        if "book_flow" in self.__dict__ and not self.book_care.may_close(self.close_anyway):
            return False
        if self.isVisible() and self.unsaved.would_be_lost:
            self.unsaved.ask(self.close_anyway, "the window closes")
            return False
        return True

    @Slot()
    def close_anyway(self) -> None:
        """Close although something is lost by it: the user said so, or there is no user."""
        self._closing = True
        self.close()


def _this_day() -> date:
    return datetime.now().astimezone().date()
