"""Pictures of the window for the guide and the design page, made by the program itself so that they stay true.

``python packaging/make_screenshots.py`` writes docs/images/*.png. ``--out``, ``--theme``, ``--scale`` and ``--only``
make others, to look at every state in both themes and at other resolutions.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication, QWidget

    from core.household import Household
    from desktop.main_window import MainWindow

#: Pictures kept in the repository stay below this.
LARGEST = 300_000
_PATIENCE = 90.0


def main(arguments: list[str] | None = None) -> int:
    """Make the pictures; 1 where one could not be made or is too large."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--scale", type=float, default=1.0, help="pixels a unit, such as 2 for a fine screen")
    parser.add_argument("--size", default="1440x900", help="size of the window")
    parser.add_argument("--only", nargs="*", default=[], help=f"names: {', '.join(STATES)}")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = str(chosen.scale)
    from PySide6.QtCore import QLocale

    QLocale.setDefault(QLocale("en_US"))  # those who read the guide write dates so
    chosen.out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in chosen.size.split("x"))
    failed = False
    for name in chosen.only or STATES:
        started = time.monotonic()
        path = chosen.out / f"{name}.png"
        _make(name, path, chosen.theme, (width, height))
        size = path.stat().st_size
        print(f"{name:22} {size / 1000:6.0f} kB {time.monotonic() - started:5.1f} s")
        if size > LARGEST and chosen.scale == 1:
            print(f"{path} is larger than {LARGEST / 1000:.0f} kB", file=sys.stderr)
            failed = True
    return int(failed)


def _make(name: str, path: Path, theme: str, size: tuple[int, int]) -> None:
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings

    from desktop.app import WindowOptions, _application, _open
    from desktop.settings import Settings

    app = _application(dialogs=False)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(QSettings(str(Path(folder) / "s.ini"), QSettings.Format.IniFormat))
        options = WindowOptions(picture=path, page="target", theme="dark" if theme == "dark" else "light")
        window = _open(app, options, settings)
        window.resize(*size)
        window.show()
        window.bench.start()
        _settle(window)
        shown = STATES[name](app, window)
        _settle(window)
        _rest(120)
        widget = shown or window
        if shown is None:
            focus = app.focusWidget()
            if focus is not None and name not in _FOCUSED:
                focus.clearFocus()
                _rest(30)
        image = widget.grab().toImage()
        image = _few_colours(image)
        image.save(str(path), quality=0)
        if shown is not None:
            shown.close()
        window.close_anyway()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _few_colours(image: QImage) -> QImage:
    """The picture in its 256 most frequent colours, each other pixel in the nearest of them: a third of the bytes."""
    import attrs
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor

    from widgets.theme import tokens

    plain = image.convertToFormat(image.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint32).reshape(plain.height(), -1)[:, : plain.width()]
    # Shades that differ by a hair count as one, so that rare but distinct colours find a place.
    colours, counts = np.unique(pixels & 0x00FCFCFC, return_counts=True)
    theme = attrs.asdict(tokens(), recurse=False)
    roles = [*(c for c in theme.values() if isinstance(c, QColor)), *tokens().classes.values()]
    exact = list(dict.fromkeys(colour.rgb() for colour in roles))  # rare or not, they have a meaning
    frequent = colours[np.argsort(-counts)[: 256 - len(exact)]]
    exact += [int(pixels[pixels & 0x00FCFCFC == colour][0]) | 0xFF000000 for colour in frequent]
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return plain.convertToFormat(image.Format.Format_Indexed8, exact, flags)


def _rest(milliseconds: int) -> None:
    """The event loop for a while; QTest's own waiting keeps Python's lock, and the workers would hardly get on."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _settle(window: MainWindow) -> None:
    """Until the final plan and everything that follows it is there."""
    bench = window.bench
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        _rest(20)
        there = bench.proposal is not None or bench.failure is not None
        if there and not bench.service.busy and not bench.tasks.busy and not bench.quiet_tasks.busy:
            _rest(60)
            return
    raise SystemExit("the window did not come to rest")


# --- states ---------------------------------------------------------------------------------------------------------


def _household(_app: QApplication, window: MainWindow) -> None:
    window.show_page("household")


def _holding(_app: QApplication, window: MainWindow) -> None:
    window.show_page("household")
    tree = window.household_page.tree
    account = window.bench.document.household.accounts[0].id
    tree.select_position(account, "VOO")


def _target(_app: QApplication, window: MainWindow) -> None:
    window.target_page.tabs.show_tab("costs")


def _tab(key: str) -> Callable[[QApplication, MainWindow], None]:
    def show(_app: QApplication, window: MainWindow) -> None:
        window.target_page.tabs.show_tab(key)

    return show


def _rules(_app: QApplication, window: MainWindow) -> None:
    from core.tilt.edits import Restrict, SetFlow
    from core.tilt.target import RuleKey

    first = window.bench.document.household.accounts[0].id
    window.bench.session.push(Restrict("no_sell", RuleKey("AAPL")))
    window.bench.session.push(Restrict("hold", RuleKey("MSFT", first)))
    window.bench.session.push(SetFlow(first, -20_000.0))
    window.target_page.tabs.show_tab("rules")


def _rule_off(_app: QApplication, window: MainWindow) -> None:
    window.target_page.tabs.show_tab("costs")
    window.target_page.prices.list.switch_of("max_stock").click()


def _drag(app: QApplication, window: MainWindow) -> None:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    pad = window.target_page.pad
    start = pad.position_of(pad.target()).toPoint()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 9):
        QTest.mouseMove(pad, start + QPoint(4 * step, 7 * step))
        app.processEvents()
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(32, 56))


def _cell(_app: QApplication, window: MainWindow) -> None:
    from desktop.workbench import CellPicked

    window.bench.pick(CellPicked(6))


def _trades(_app: QApplication, window: MainWindow) -> None:
    window.show_page("trades")
    proposal = window.bench.proposal
    assert proposal is not None
    trade = next(trade for trade in proposal.trades if trade.lots)
    window.trades_page.table.select_trade(trade.account, trade.security)


def _by_hand(_app: QApplication, window: MainWindow) -> None:
    window.show_page("trades")
    page = window.trades_page
    proposal = window.bench.proposal
    assert proposal is not None
    first, second = [trade for trade in proposal.trades if trade.lots][:2]
    page.table.select_trade(first.account, first.security)
    page.table.deeds["lock"].trigger()
    _settle(window)
    page.table.select_trade(second.account, second.security)
    page.table.deeds["exclude"].trigger()


def _conflict(_app: QApplication, window: MainWindow) -> None:
    from core.tilt.edits import Restrict
    from core.tilt.target import RuleKey

    window.bench.session.push(Restrict("sell_all", RuleKey("VOO")))
    window.bench.session.push(Restrict("no_sell", RuleKey("VOO")))


def _market(_app: QApplication, window: MainWindow) -> None:
    window.show_page("market")


#: The practice in the picture of a book, all of it invented: name, which accounts of the sample household, how many
#: times what is in them, days older, preset of the target, planned for or not.
_PRACTICE = (
    ("Adeyemi family", (0, 1, 2), 1, 0, "small-value", True),
    ("Brandt family", (0, 2), 3, 0, "modest", True),
    ("Castellanos trust", (0,), 4, 45, "small-value", True),
    ("Duquesne family", (0, 1), 2, 0, "modest", True),
    ("Hallström family", (1, 2), 1, 0, "market", True),
    ("Okonkwo family", (0, 1, 2), 2, 0, "deep-small-value", True),
    ("Tanaka family", (0, 2), 1, 0, "small-value", False),
)
_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _book(_app: QApplication, window: MainWindow) -> None:
    import attrs

    from core.book.batch import rebalance_all
    from core.book.keys import new_key
    from core.book.store import Book
    from core.book.workers import process_workers
    from core.edits import Document
    from core.sample import sample_target
    from core.tilt.target import Style

    _KEPT.append(tempfile.TemporaryDirectory())  # goes with this process
    book = Book.create(Path(_KEPT[-1].name) / "Clients.trimtab", new_key("made for a picture"))
    planned = []
    for name, accounts, times, older, preset, plan in _PRACTICE:
        target = attrs.evolve(sample_target(), style=Style(preset=preset))
        entry = book.add(Document(_household_of(name, accounts, times, older), target=target))
        planned += [entry.id] if plan else []
    with process_workers(2) as workers:
        for _ in rebalance_all(book, workers, households=planned):
            pass
    window.book_flow._adopt(book)
    window.show_page("book")


def _household_of(name: str, accounts: tuple[int, ...], times: int, older: int) -> Household:
    """Some accounts of the sample household, with ``times`` as much in them, as they were ``older`` days ago."""
    from datetime import timedelta

    import attrs

    from core.sample import sample_household

    sample = sample_household()
    kept = tuple(
        attrs.evolve(one, cash=one.cash * times, pending=one.pending * times, market_value=one.market_value * times)
        for one in (sample.accounts[place] for place in accounts)
    )
    ids = {account.id for account in kept}
    lots = tuple(
        attrs.evolve(
            lot,
            quantity=lot.quantity * times,
            market_value=lot.market_value * times,
            cost_basis=None if lot.cost_basis is None else lot.cost_basis * times,
        )
        for lot in sample.lots
        if lot.account in ids
    )
    day = sample.as_of - timedelta(days=older)
    return attrs.evolve(sample, name=name, as_of=day, accounts=kept, lots=lots)


def _import(_app: QApplication, _window: MainWindow) -> QWidget:
    from datetime import date

    from core.importing.read import read_files
    from desktop.import_dialog import ImportDialog

    fixtures = ROOT / "tests" / "importing" / "fixtures"  # in their brokers' shapes, all of it invented
    names = ("schwab/All-Accounts-Positions-2026-02-24-205000.csv", "fidelity/Portfolio_Positions_2026.csv")
    # Not the window's child: a dialog is painted alone.
    dialog = ImportDialog(read_files([fixtures / name for name in names], today=date(2026, 3, 1)), 3)
    dialog.show()
    return dialog


def _columns(_app: QApplication, _window: MainWindow) -> QWidget:
    from core.importing.sheets import Sheet
    from desktop.mapping_dialog import MappingDialog

    rows = [
        ["Depot", "Paper", "Short", "Pieces", "Worth", "Paid"],
        ["A-1", "Vanguard Total Stock Market ETF", "VTI", "100", "30000.00", "21000.00"],
        ["A-1", "Apple Inc.", "AAPL", "10", "2800.00", "900.00"],
        ["A-2", "Vanguard Small-Cap Value ETF", "VBR", "50", "10000.00", "9500.00"],
    ]
    dialog = MappingDialog(Path("ledger.csv"), [Sheet("", rows)])
    for place, key in enumerate(("account", "description", "symbol", "quantity", "value", "cost")):
        dialog.choices[place].setCurrentIndex(dialog.choices[place].findData(key))
        dialog._on_choice(place)
    dialog.preview()
    dialog.show()
    return dialog


def _classify(_app: QApplication, window: MainWindow) -> QWidget:
    from desktop.override_dialog import OverrideDialog

    security = (
        window.bench.document.household.security_by_id["VTI"]
        if "VTI" in (window.bench.document.household.security_by_id)
        else window.bench.document.household.securities[0]
    )
    dialog = OverrideDialog(security, window.bench.exposures.get(security.id), None)
    dialog.style_box.setCurrentIndex(dialog.style_box.findData("several"))
    dialog.show()
    return dialog


def _settings(_app: QApplication, window: MainWindow) -> QWidget:
    from desktop.settings_dialog import SettingsDialog

    dialog = SettingsDialog(window.settings)
    dialog.show()
    return dialog


def _shortcuts(_app: QApplication, _window: MainWindow) -> QWidget:
    from desktop.help import ShortcutsDialog

    dialog = ShortcutsDialog()
    dialog.show()
    return dialog


STATES: dict[str, Callable[[QApplication, MainWindow], QWidget | None]] = {
    "household": _household,
    "holding": _holding,
    "target": _target,
    "target-mix": _tab("mix"),
    "target-trading": _tab("trading"),
    "target-ranges": _tab("ranges"),
    "target-rules": _rules,
    "target-model": _tab("model"),
    "target-rule-off": _rule_off,
    "target-dragged": _drag,
    "target-cell": _cell,
    "target-conflict": _conflict,
    "trades": _trades,
    "trades-by-hand": _by_hand,
    "market": _market,
    "book": _book,
    "import": _import,
    "columns": _columns,
    "classify": _classify,
    "settings": _settings,
    "shortcuts": _shortcuts,
}
_FOCUSED = frozenset({"target-dragged"})

if __name__ == "__main__":
    sys.exit(main())
