"""What a screen reader hears: on every page, in every dialog and in the states without data, each control has a name
and a role, and each of them can be reached by the keyboard."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from tests.desktop.window_fixtures import OpenWindow
from tests.visual import gallery
from tests.visual.states.waiting import rest, show
from widgets.theme import apply_theme

sys.path.append(str(Path(__file__).resolve().parents[2] / "packaging"))
import make_screenshots as guide

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QAbstractSlider, QLineEdit, QTabBar)
#: Roles that say nothing of what a control is for; an area that scrolls holds others, and needs its name alone.
MUTE = (QAccessible.Role.NoRole, QAccessible.Role.Client)


#: States with another household than the stand-in for the engine knows.
REAL = ("after-import", "import-again", "records")


@pytest.fixture
def opened(request, qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path, real=request.node.callspec.params["name"] in REAL).start(qtbot)
    yield opened
    opened.end()


def is_part(widget):
    """What Qt keeps inside its own widgets, and what hands the keys on to another."""
    name = widget.objectName()
    inside = isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QLineEdit | QTabBar)
    return inside or name.startswith("qt_") or isinstance(widget, QScrollBar) or widget.focusProxy() is not None


def mute_controls(root):
    """Controls inside that have no name, no role, or no way to them by the keyboard; and how many there are in all."""
    wrong, seen = [], 0
    for widget in [root, *root.findChildren(QWidget)]:
        takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if is_part(widget) or not widget.isVisible() or not (takes_keys or isinstance(widget, CONTROLS)):
            continue
        seen += 1
        spoken = QAccessible.queryAccessibleInterface(widget)
        what = f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parent()).__name__}"
        if not spoken.text(QAccessible.Text.Name):
            wrong.append(f"{what}: no name")
        if spoken.role() in MUTE and not isinstance(widget, QAbstractScrollArea):
            wrong.append(f"{what}: {spoken.role()}")
        if not takes_keys:
            wrong.append(f"{what}: no key leads to it")
    return wrong, seen


def _page(name):
    return lambda _app, window, _folder: window.show_page(name)


def _tab(key):
    def show(_app, window, _folder):
        window.show_page("target")
        window.target_page.tabs.show_tab(key)

    return show


def _household_tab(number):
    def show(_app, window, _folder):
        window.show_page("household")
        window.household_page.tabs.setCurrentIndex(number)

    return show


def _guide(name):
    return lambda app, window, _folder: guide.STATES[name](app, window)


def _style(_app, window, _folder):
    from desktop.style_dialog import StyleDialog

    return show(StyleDialog(window.bench.document.household.securities[0], None))


def _passphrase(_app, _window, folder):
    from desktop.book_dialogs import NewPassphraseDialog

    return show(NewPassphraseDialog(folder / "Clients.trimtab"))


def _name(_app, _window, _folder):
    from desktop.book_care_dialogs import NameDialog

    return show(NameDialog("Harper household"))


def _verify(_app, _window, folder):
    from desktop.book_care_dialogs import VerifyDialog

    return show(VerifyDialog(folder / "Clients.trimtab"))


def _picked(kind):
    def show(_app, window, _folder):
        from desktop.workbench import CellPicked, SecurityPicked, TradePicked

        household = window.bench.document.household
        picked = {
            "holding": SecurityPicked(household.securities[0].id),
            "trade": TradePicked(window.bench.proposal.trades[0]),
            "cell": CellPicked(6),
        }
        window.bench.pick(picked[kind])

    return show


def _nothing_held(_app, window, _folder):
    from core.edits import ImportHousehold
    from core.household import Household

    today = window.bench.document.household.as_of + timedelta(days=1)
    window.bench.session.push(ImportHousehold(Household("Nobody", today, (), (), ())))


def _by_hand(_app, window, _folder):
    window.show_page("trades")
    trade = window.bench.proposal.trades[0]
    window.trades_page.table.select_trade(trade.account, trade.security)
    window.trades_page.table.deeds["lock"].trigger()


STATES = {
    "trades-by-hand": _by_hand,
    **{name: _page(name) for name in ("household", "target", "trades", "market", "book")},
    **{f"target-{key}": _tab(key) for key in ("costs", "mix", "trading", "ranges", "rules", "model")},
    **{f"household-{number}": _household_tab(number) for number in range(4)},
    **{f"inspector-{kind}": _picked(kind) for kind in ("holding", "trade", "cell")},
    **{name: _guide(name) for name in ("import", "columns", "classify", "settings", "shortcuts", "target-rules")},
    **{
        name: gallery.STATES[name]
        for name in (
            "welcome",
            "drop",
            "market-empty",
            "market-evidence",
            "message-error",
            "after-import",
            "book",
            "book-run",
            "import-findings",
            "import-again",
            "release",
            "release-red",
            "report",
            "substitute",
            "fewer",
            "crash",
            "about",
            "unlock",
            "new-book",
            "remove",
            "verify",
            "records",
            "observation",
            "refresh",
        )
    },
    "style": _style,
    "passphrase": _passphrase,
    "name": _name,
    "verify-none": _verify,
}


@pytest.mark.parametrize("name", STATES)
def test_each_control_has_a_name_a_role_and_a_key(opened, name, tmp_path, qapp):
    shown = STATES[name](qapp, opened.window, tmp_path)
    rest(60)
    wrong, seen = mute_controls(shown or opened.window)
    if shown is not None:
        shown.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert seen
    assert not wrong, "\n".join(wrong)
