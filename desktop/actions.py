"""Every command of the window in one table; menus, shortcuts, buttons and the F1 list are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from widgets.theme import set_icon


@attrs.frozen
class ActionSpec:
    """One command: its key, menu, words, icon, shortcuts, and whether it is a switch (of an exclusive group)."""

    key: str
    menu: str
    text: str
    tip: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    separator_before: bool = False


#: Menus in order; ``&`` marks the letter for Alt.
MENUS: Mapping[str, str] = {
    "file": "&File",
    "edit": "&Edit",
    "view": "&View",
    "plan": "&Plan",
    "book": "&Book",
    "help": "&Help",
}

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("import", "file", "&Import…", "Read positions and lots from brokerage files", "import", ("Ctrl+O",)),
    ActionSpec("open_target", "file", "Open &target…", "Read a target from a TOML file", "target", ("Ctrl+Shift+O",)),
    ActionSpec("open_prices", "file", "Add &prices…", "Read prices of securities that may be bought (Symbol, Price)"),
    ActionSpec("open_overrides", "file", "Open &classifications…", "Read your own classifications from a CSV file"),
    ActionSpec("sample", "file", "Open &sample household", "Open the invented household that comes with the program"),
    ActionSpec(
        "export",
        "file",
        "&Export to Excel…",
        "Write trades and lots to an Excel workbook",
        "export",
        ("Ctrl+E",),
        separator_before=True,
    ),
    ActionSpec(
        "export_orders",
        "file",
        "&Write order files…",
        "Check and approve the plan, and write a file of orders for each custodian",
        "trades",
        ("Ctrl+Shift+E",),
    ),
    ActionSpec("order_formats", "file", "Order &formats…", "Choose how each custodian takes orders (TOML)"),
    ActionSpec("report", "file", "Client &report…", "Write a report for the client as a PDF", "print", ("Ctrl+R",)),
    ActionSpec(
        "refresh",
        "file",
        "&Refresh prices and profiles…",
        "Ask the market-data provider for today's prices and profiles; only ticker symbols are sent",
        "refresh",
        ("F5",),
        separator_before=True,
    ),
    ActionSpec(
        "settings",
        "edit",
        "Se&ttings…",
        "Theme, size of the text, side of value",
        "settings",
        ("Ctrl+,",),
        separator_before=True,
    ),
    ActionSpec("new_book", "book", "&New book…", "Make an encrypted file for many households"),
    ActionSpec("open_book", "book", "&Open book…", "Open a book of households", "book", ("Ctrl+B",)),
    ActionSpec("save_book_as", "book", "Save book &as…", "Go on in a whole copy of the book, in another place"),
    ActionSpec("close_book", "book", "&Close book", "Close the book; the household shown stays open"),
    ActionSpec(
        "back_up_book",
        "book",
        "&Back up…",
        "Write a copy of the book, every page checked, under the same passphrase",
        separator_before=True,
    ),
    ActionSpec("restore_book", "book", "&Restore a backup…", "Make a book from a backup, after checking it"),
    ActionSpec(
        "verify_book",
        "book",
        "&Verify…",
        "Check every page of the book, and that no record in it was changed",
        separator_before=True,
    ),
    ActionSpec("book_records", "book", "Re&cords…", "The imported files and exported plans that the book keeps"),
    ActionSpec("book_passphrase", "book", "&Passphrase…", "Give the book another passphrase"),
    ActionSpec("quit", "file", "&Quit", "Close the program", "", ("Ctrl+Q",), separator_before=True),
    ActionSpec("undo", "edit", "&Undo", "Take the last change back", "undo", ("Ctrl+Z",)),
    ActionSpec("redo", "edit", "&Redo", "Make the change again", "redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionSpec("copy_trades", "edit", "&Copy trades", "Copy all trades as a table", "copy", ("Ctrl+Shift+C",)),
    ActionSpec(
        "page_household",
        "view",
        "&Household",
        "What is held, and how it is classified",
        "household",
        ("Ctrl+1",),
        checkable=True,
        group="page",
    ),
    ActionSpec(
        "page_target",
        "view",
        "&Target",
        "The tilt, the mix and the rules",
        "target",
        ("Ctrl+2",),
        checkable=True,
        group="page",
    ),
    ActionSpec(
        "page_trades",
        "view",
        "T&rades",
        "What to buy and sell, and why",
        "trades",
        ("Ctrl+3",),
        checkable=True,
        group="page",
    ),
    ActionSpec(
        "page_market",
        "view",
        "&Market",
        "What speaks for the tilt and against it",
        "market",
        ("Ctrl+4",),
        checkable=True,
        group="page",
    ),
    ActionSpec(
        "page_book",
        "view",
        "&Book",
        "Every household of the practice",
        "book",
        ("Ctrl+5",),
        checkable=True,
        group="page",
    ),
    ActionSpec(
        "inspector",
        "view",
        "&Inspector",
        "Explain what is selected",
        "inspector",
        ("Ctrl+I",),
        checkable=True,
        separator_before=True,
    ),
    ActionSpec(
        "theme_system",
        "view",
        "Theme of the &system",
        "Light or dark, as the system says",
        checkable=True,
        group="theme",
        separator_before=True,
    ),
    ActionSpec("theme_light", "view", "&Light", "Dark on light", "light", checkable=True, group="theme"),
    ActionSpec("theme_dark", "view", "&Dark", "Light on dark", "dark", checkable=True, group="theme"),
    ActionSpec(
        "switch_theme", "view", "S&witch light and dark", "Switch between light and dark", "dark", ("Ctrl+Shift+D",)
    ),
    ActionSpec(
        "prove",
        "plan",
        "&Prove",
        "Look for a better plan and a tighter bound, beside everything else",
        "",
        ("Ctrl+Shift+B",),
    ),
    ActionSpec(
        "fewer_trades",
        "plan",
        "&Fewer orders…",
        "Plans that make do with fewer orders, and what each gives up",
        "",
        ("Ctrl+Shift+F",),
    ),
    ActionSpec("help", "help", "&Keyboard shortcuts", "List all commands and shortcuts", "help", ("F1",)),
    ActionSpec("about", "help", "&About Trimtab", "Version and licence", "info"),
)

#: Keys that parts of the window answer themselves, for the F1 list.
OTHER_KEYS: tuple[tuple[str, str], ...] = (
    ("Arrow keys on the tilt pad", "Move the target; with Shift in fine steps"),
    ("Tab in the nine boxes", "Go from cell to cell; type a share, or step it with the arrow keys"),
    ("Esc", "Give a drag up while the button is down; close a dialog"),
    ("Double-click a classification", "Say yourself what the holding is made of"),
    ("Arrow keys on a chart of the Market page", "Read it month by month; Page keys a year, Esc ends"),
    ("F2 on a holding", "Say yourself what it is made of"),
    ("Arrow keys on the frontier", "Move the eagerness; End goes to the knee"),
    ("F2 on a trade", "Change its quantity"),
    ("Ctrl+L, Ctrl+Shift+L", "Lock the chosen trades; give them back to the plan"),
    ("Delete on a trade", "Exclude it"),
    ("Ctrl+Shift+R on a trade", "Buy another security instead"),
    ("Ctrl+F in a table", "Filter its rows"),
    ("Ctrl+C in a table", "Copy the selected rows"),
)


class Actions:
    """The QActions of the table, by key."""

    def __init__(self, window: QWidget, handlers: Mapping[str, Callable[..., object]]) -> None:
        missing = {spec.key for spec in ACTIONS} ^ set(handlers)
        if missing:
            raise ValueError(f"actions without handler, or handlers without action: {sorted(missing)}")
        self._actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            action = QAction(spec.text, window)
            action.setObjectName(f"action_{spec.key}")
            action.setIconText(spec.text.replace("&", "").rstrip("…"))
            if spec.icon:
                set_icon(action, spec.icon)
            action.setShortcuts([QKeySequence(text) for text in spec.shortcuts])
            action.setToolTip(f"{spec.tip} ({shortcut_text(spec)})" if spec.shortcuts else spec.tip)
            action.setStatusTip(spec.tip)
            action.setCheckable(spec.checkable)
            if spec.group:
                groups.setdefault(spec.group, QActionGroup(window)).addAction(action)
            action.triggered.connect(handlers[spec.key])
            window.addAction(action)
            self._actions[spec.key] = action

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def fill(self, bar: QMenuBar) -> None:
        """Put the table's menus into a menu bar."""
        menus = self.menus
        menus.update({key: bar.addMenu(title) for key, title in MENUS.items()})
        for spec in ACTIONS:
            if spec.separator_before:
                menus[spec.menu].addSeparator()
            menus[spec.menu].addAction(self._actions[spec.key])


def shortcut_text(spec: ActionSpec) -> str:
    """The shortcuts of a command as the system writes them."""
    return ", ".join(QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText) for text in spec.shortcuts)
