"""Every page, dialog and state of the program as pictures, to be looked at: ``python tests/visual/gallery.py FOLDER``.

``--theme light|dark``, ``--scale 2`` and ``--size 1440x900`` choose the look, ``--only NAME...`` the states. The states
that the guide shows are those of packaging/make_screenshots.py; here are the rarer ones beside them.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

HEAD = "Account Number,Account Name,Symbol,Description,Quantity,Price,Market Value,Cost Basis,Date Acquired\n"
TODAY = date(2026, 3, 2)
PASSPHRASE = "an invented passphrase"


def rest(milliseconds):
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(done, seconds=60):
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise SystemExit("a state was not reached")
        rest(20)


def show(dialog):
    dialog.show()
    return dialog


# --- pages ------------------------------------------------------------------------------------------------------------


def welcome(_app, window, _folder):
    window.welcome()


def dragging(app, window, _folder):
    """With the button down: figures are estimates."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    pad = window.target_page.pad
    start = pad.position_of(pad.target()).toPoint()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 9):
        QTest.mouseMove(pad, start + QPoint(4 * step, 7 * step))
        rest(16)


def drop_over(_app, window, _folder):
    window._overlay.setGeometry(window._central.rect().adjusted(12, 12, -12, -12))
    window._overlay.show()
    window._overlay.raise_()


def household_tab(number):
    def go(_app, window, _folder):
        window.show_page("household")
        window.household_page.tabs.setCurrentIndex(number)

    return go


def target_tab(key):
    def go(_app, window, _folder):
        window.target_page.tabs.show_tab(key)

    return go


def no_trades(_app, window, _folder):
    import attrs

    from core.edits import SetTrading

    trading = attrs.evolve(window.bench.document.target.trading, eagerness=0.0)
    window.bench.session.push(SetTrading(trading))
    window.show_page("trades")


def trades_conflict(app, window, folder):
    conflict(app, window, folder)
    window.show_page("trades")


def conflict(_app, window, _folder):
    from core.tilt.edits import Restrict
    from core.tilt.target import RuleKey

    window.bench.session.push(Restrict("sell_all", RuleKey("VOO")))
    window.bench.session.push(Restrict("no_sell", RuleKey("VOO")))


def large(page):
    def go(_app, window, _folder):
        from core.edits import ImportHousehold
        from tests.bench.window_cases import large_household

        window.bench.session.push(ImportHousehold(large_household(3_000, accounts=14, securities=160)))
        window.show_page(page)

    return go


def narrow(page):
    def go(_app, window, _folder):
        window.resize(900, 600)
        window.show_page(page)

    return go


def large_text(page):
    def go(app, window, _folder):
        from widgets.theme.apply import set_text_size

        set_text_size(app, 1.5)
        window.show_page(page)

    return go


def market_empty(_app, window, _folder):
    from core.edits import Replace
    from core.market.observations import MarketCase

    window.bench.session.push(Replace({"market": MarketCase(())}, "Empty"))
    window.show_page("market")


def market_evidence(_app, window, _folder):
    window.show_page("market")
    until(lambda: window.market_flow.evidence is not None)
    from PySide6.QtWidgets import QScrollArea

    rest(200)
    for area in window.market_page.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def messages(severity):
    def go(_app, window, _folder):
        from core.household import Severity

        window.bench.say(
            Severity(severity),
            "Positions.csv, row 14, column Quantity: 'n/a' is not a quantity. Correct the cell, or export it again.",
            "Name the columns",
            lambda: None,
        )

    return go


# --- the book ---------------------------------------------------------------------------------------------------------


def book_empty(_app, window, _folder):
    window.show_page("book")


def book_full(_app, window, folder):
    from core.book.keys import new_key
    from core.book.store import Book
    from tests.book.practice import document

    book = Book.create(folder / "Practice.trimtab", new_key(PASSPHRASE))
    for seed in range(8):
        book.add(document(seed))
    window.book_flow._adopt(book)
    window.show_page("book")
    until(lambda: not window.book_flow.running)
    return


def book_planned(app, window, folder):
    book_full(app, window, folder)
    from tests.desktop.test_book_page import workers_here

    window.book_flow._make_workers = workers_here
    window.book_page.rebalance_button.click()
    until(lambda: not window.book_flow.running, 120)


def book_read_only(app, window, folder):
    from core.book.store import Book

    book_full(app, window, folder)
    held = window.book_flow.book
    window.book_flow._adopt_again = held
    window.book_flow._settings.last_book = None
    other = Book.open_with(held.path, held.key)
    window.book_flow.book = None
    window.book_flow._adopt(other)
    window.show_page("book")


def book_run(app, window, folder):
    book_full(app, window, folder)
    window.book_flow.run_changed.emit(3, 8, "3 of 8 planned, 1 with exceptions")


# --- dialogs ----------------------------------------------------------------------------------------------------------


def files_of(folder, *, broken=True):
    (folder / "joint.csv").write_text(
        HEAD + "900,Joint brokerage,VOO,Vanguard S&P 500 ETF,300,600.00,180000.00,95000.00,03/15/2021\n"
        "900,Joint brokerage,QQQZ,Quartz Growth Trust,120,45.00,5400.00,,\n"
    )
    (folder / "ira.csv").write_text(
        HEAD + "901,Rollover IRA,VBR,Vanguard Small-Cap Value ETF,150,200.00,30000.00,24000.00,03/15/2021\n"
    )
    found = [folder / "joint.csv", folder / "ira.csv"]
    if broken:
        (folder / "Realized_Gains.csv").write_text(
            "Symbol,Closed Date,Quantity,Proceeds,Cost Basis,Realized Gain\nVOO,01/12/2026,10,6000.00,3000.00,3000.00\n"
        )
        (folder / "notes.csv").write_text("Depot;Stück;Kurs\nA;12;3,50\n")
        found += [folder / "Realized_Gains.csv", folder / "notes.csv"]
    return found


def import_findings(_app, window, folder):
    window.import_flow.read(files_of(folder))
    until(lambda: window.import_flow.dialog is not None)
    return window.import_flow.dialog


def import_again(_app, window, folder):
    from core.edits import ImportHousehold
    from core.importing.read import read_files

    paths = files_of(folder, broken=False)
    window.bench.session.push(ImportHousehold(read_files(paths, today=TODAY, collect_errors=True)))
    paths[0].write_text(
        paths[0].read_text().replace("300,600.00,180000.00", "360,610.00,219600.00").replace("QQQZ", "VTV")
    )
    window.import_flow.read(paths)
    until(lambda: window.import_flow.dialog is not None)
    return window.import_flow.dialog


def after_import(page):
    def go(_app, window, folder):
        from core.edits import ImportHousehold
        from core.importing.read import read_files

        window.bench.session.push(ImportHousehold(read_files(files_of(folder), today=TODAY, collect_errors=True)))
        window.show_page(page)
        if page == "household":
            window.household_page.tabs.setCurrentIndex(2)

    return go


def release(_app, window, _folder):
    return window.export_flow.choose_orders()


def release_of(lights):
    """The export checks with the worst light asked for."""

    def go(_app, window, _folder):
        import attrs

        from core.export.issue import Light
        from desktop.checks import checkup_of
        from desktop.release_dialog import ReleaseDialog

        bench = window.bench
        numbers = {a.id: "12345678" for a in bench.document.household.accounts}
        day = bench.document.household.as_of
        checkup = checkup_of(bench.document, bench.proposal, day, bench.exposures, numbers)
        kept = [issue for issue in checkup.issues if issue.severity in {Light(light) for light in lights}]
        return show(ReleaseDialog(attrs.evolve(checkup, issues=tuple(kept)), "AB"))

    return go


def report(_app, _window, _folder):
    from core.export.report import Letterhead
    from desktop.report_dialog import ReportDialog

    return show(ReportDialog(Letterhead("Harbour Light Advisers", None)))


def substitute(_app, window, _folder):
    page = window.trades_page
    window.show_page("trades")
    trade = next(t for t in window.bench.proposal.trades if t.action.value == "buy")
    page._on_substitute(trade)
    return page.dialog


def fewer(_app, window, _folder):
    window.plan_flow.show_fewer_trades()
    until(lambda: not window.plan_flow.tasks.busy, 120)
    return window.plan_flow.dialog


def crash(_app, _window, _folder):
    from PySide6.QtWidgets import QApplication, QMessageBox

    from desktop.crash import _show_dialog, crash_details

    _show_dialog(crash_details(RuntimeError("an error that was made for this picture")))
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible())


def about(_app, window, _folder):
    from PySide6.QtWidgets import QMessageBox

    from desktop.help import show_about

    show_about(window)
    return window.findChild(QMessageBox)


def unlock(_app, _window, _folder):
    from desktop.book_dialogs import UnlockDialog

    dialog = show(UnlockDialog(Path("Clients.trimtab")))
    dialog.say("The passphrase does not open this book, or the file is damaged.")
    return dialog


def new_book(_app, _window, _folder):
    from desktop.book_dialogs import NewBookDialog

    return show(NewBookDialog(Path("Clients.trimtab")))


def remove(_app, _window, _folder):
    from desktop.book_care_dialogs import RemoveDialog

    return show(RemoveDialog(["Harper household", "Rivera family"], 5, 6))


def verify(app, window, folder):
    book_full(app, window, folder)
    care = window.book_care
    care.verify()
    until(lambda: not window.bench.tasks.busy)
    rest(300)
    return care.dialog


def records(app, window, folder):
    book_planned(app, window, folder)
    window.book_care.show_records()
    rest(100)
    return window.book_care.dialog


def observation(_app, window, _folder):
    window.show_page("market")
    window.market_page.edit_observation(window.bench.document.market.observations[0].id)
    from PySide6.QtWidgets import QDialog

    return next(d for d in window.findChildren(QDialog) if d.isVisible())


def refresh(_app, window, _folder):
    from datetime import timedelta
    from decimal import Decimal

    from core.classify.refresh import Refreshed
    from core.providers.protocols import Quote
    from desktop.refresh_dialog import RefreshDialog

    household = window.bench.document.household
    day = household.as_of + timedelta(days=9)
    prices = {
        s.id: Quote(s.symbol or s.id, s.price * Decimal("1.031"), day) for s in household.securities[:9] if s.price
    }
    return show(RefreshDialog(Refreshed(prices, {}, {}, (), {}, (), (), day), household))


STATES = {
    "welcome": welcome,
    "drop": drop_over,
    "dragging": dragging,
    "household-bars": household_tab(1),
    "household-findings": household_tab(2),
    "household-files": household_tab(3),
    "household-large": large("household"),
    "trades-large": large("trades"),
    "target-large": large("target"),
    "target-narrow": narrow("target"),
    "household-narrow": narrow("household"),
    "trades-narrow": narrow("trades"),
    "market-narrow": narrow("market"),
    "target-large-text": large_text("target"),
    "household-large-text": large_text("household"),
    "trades-none": no_trades,
    "trades-conflict": trades_conflict,
    "market-empty": market_empty,
    "market-evidence": market_evidence,
    "message-error": messages("error"),
    "message-warning": messages("warning"),
    "after-import": after_import("household"),
    "after-import-trades": after_import("trades"),
    "book-empty": book_empty,
    "book": book_full,
    "book-planned": book_planned,
    "book-run": book_run,
    "book-read-only": book_read_only,
    "import-findings": import_findings,
    "import-again": import_again,
    "release": release,
    "release-green": release_of(()),
    "release-amber": release_of(("amber",)),
    "release-red": release_of(("red", "amber")),
    "report": report,
    "substitute": substitute,
    "fewer": fewer,
    "crash": crash,
    "about": about,
    "unlock": unlock,
    "new-book": new_book,
    "remove": remove,
    "verify": verify,
    "records": records,
    "observation": observation,
    "refresh": refresh,
}


def make(name, path, theme, size):
    """One state as a picture."""
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings

    import make_screenshots as guide
    from desktop.app import WindowOptions, _application, _open
    from desktop.settings import Settings
    from widgets.theme.apply import set_text_size

    app = _application(dialogs=False)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(QSettings(str(Path(folder) / "s.ini"), QSettings.Format.IniFormat))
        window = _open(app, WindowOptions(picture=path, theme=theme), settings)
        window.resize(*size)
        window.show()
        window.bench.start()
        guide._settle(window)
        shown = STATES[name](app, window, Path(folder)) if name in STATES else guide.STATES[name](app, window)
        if name != "dragging":
            guide._settle(window)
        rest(150)
        (shown or window).grab().save(str(path))
        if shown is not None:
            shown.close()
        window.close()
        window.deleteLater()
        set_text_size(app, 1.0)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--only", nargs="*", default=[])
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = chosen.scale
    import make_screenshots as guide

    chosen.folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in chosen.only or [*guide.STATES, *STATES]:
        try:
            make(name, chosen.folder / f"{name}.png", chosen.theme, tuple(map(int, chosen.size.split("x"))))
        except (Exception, SystemExit) as error:  # look at the others all the same
            failed.append(name)
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
