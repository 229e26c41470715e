"""What each command of the window does, by the keys of ``desktop.actions``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.help import ShortcutsDialog, show_about
from widgets.theme import tokens

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def handlers_of(window: MainWindow) -> dict[str, Callable[..., object]]:
    """The handlers of every command; flows that are made late are asked for only when a command is given."""
    stack = window.bench.session.stack
    return {
        "import": window.import_flow.choose,
        "open_target": window.import_flow.choose_target,
        "open_prices": window.import_flow.choose_prices,
        "open_overrides": window.import_flow.choose_overrides,
        "sample": window.open_sample,
        "refresh": window.refresh_flow.refresh,
        "settings": window.open_settings,
        "export": lambda: window.export_flow.choose(),
        "export_orders": lambda: window.export_flow.choose_orders(),
        "order_formats": lambda: window.export_flow.choose_formats(),
        "report": lambda: window.export_flow.choose_report(),
        "copy_trades": lambda: window.export_flow.copy(),
        "new_book": lambda: window.book_flow.choose_new(),
        "open_book": lambda: window.book_flow.choose_open(),
        "save_book_as": lambda: window.book_flow.choose_save_as(),
        "close_book": lambda: window.book_flow.leave(),
        "back_up_book": lambda: window.book_care.choose_backup(),
        "restore_book": lambda: window.book_care.choose_restore(),
        "verify_book": lambda: window.book_care.verify(),
        "book_records": lambda: window.book_care.show_records(),
        "book_passphrase": lambda: window.book_care.change_passphrase(),
        "quit": window.close,
        "undo": stack.undo,
        "redo": stack.redo,
        "page_household": lambda: window.show_page("household"),
        "page_target": lambda: window.show_page("target"),
        "page_trades": lambda: window.show_page("trades"),
        "page_market": lambda: window.show_page("market"),
        "page_book": lambda: window.show_page("book"),
        "inspector": window.toggle_inspector,
        "theme_system": lambda: window.set_theme("system"),
        "theme_light": lambda: window.set_theme("light"),
        "theme_dark": lambda: window.set_theme("dark"),
        "switch_theme": lambda: window.set_theme("light" if tokens().dark else "dark"),
        "prove": window.plan_flow.prove,
        "fewer_trades": window.plan_flow.show_fewer_trades,
        "help": lambda: ShortcutsDialog(window).open(),
        "about": lambda: show_about(window),
    }
