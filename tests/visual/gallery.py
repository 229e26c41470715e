"""Every page, dialog and state of the program as pictures, to be looked at: ``python tests/visual/gallery.py FOLDER``.

``--theme light dark`` (each into its folder where there are two), ``--scale 2``, ``--size 1440x900`` and ``--language
en_US`` choose the look, ``--only NAME...`` the states. The states that the guide shows are those of
packaging/make_screenshots.py; here are the rarer ones beside them.
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
    window._overlay.setGeometry(window._central.rect())
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


def market_part(part):
    """The page scrolled to its signals or to its end."""

    def go(app, window, _folder):
        from PySide6.QtWidgets import QCheckBox

        window.show_page("market")
        page = window.market_page
        until(lambda: window.market_flow.evidence is not None)
        if part == "formulas":
            page.signals.findChild(QCheckBox).click()
        rest(300)
        bar = page.verticalScrollBar()
        where = {"signals": page.signals.y() - 40, "formulas": page.signals.y() - 40, "evidence": page.evidence.y()}
        bar.setValue(where.get(part, bar.maximum()))
        rest(200)

    return go


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
        red = Light.RED if "red" in lights else None
        day = bench.document.household.as_of
        checkup = checkup_of(bench.document, bench.proposal, day, bench.exposures, numbers)
        kept = [issue for issue in checkup.issues if issue.severity in {Light(light) for light in lights}]
        if red is not None and kept:
            kept.insert(0, attrs.evolve(kept[0], severity=red))
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
    book_full(app, window, folder)
    after_import("book")(app, window, folder)
    window.book_flow.add_open()
    until(lambda: not window.bench.tasks.busy)
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
        s.id: Quote(s.symbol or s.id, round(s.price * Decimal("1.031"), 2), day)
        for s in household.securities[:9]
        if s.price
    }
    return show(RefreshDialog(Refreshed(prices, {}, {}, (), {}, (), (), day), household))


# --- households of every kind -----------------------------------------------------------------------------------------


def household_of(folder, name, lines):
    from core.edits import ImportHousehold
    from core.importing.read import read_files

    path = folder / f"{name} {TODAY.isoformat()}.csv"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return ImportHousehold(read_files([path], today=TODAY, collect_errors=True))


LONG = "The Alexandrina Featherstonehaugh-Cholmondeley Irrevocable Grantor Retained Annuity Trust"
KINDS = ("Joint brokerage", "Rollover IRA", "Roth IRA", "401(k)", "Family trust", "HSA", "Inherited IRA", "SEP IRA")


def many_accounts():
    lines = []
    for n in range(25):
        name = LONG if n == 3 else f"{KINDS[n % len(KINDS)]} {n + 1}"
        for symbol, words, price in (("VTI", "Vanguard Total Stock Market ETF", 325), ("AAPL", "Apple Inc.", 281)):
            lines.append(
                f"{7000 + n},{name},{symbol},{words},{40 + n},{price}.00,{(40 + n) * price}.00,9000.00,03/15/2021"
            )
        lines.append(f"{7000 + n},{name},,Cash,,,{500 + 37 * n}.25,,")
    return lines


def one_account():
    return [
        "1,Individual,VOO,Vanguard S&P 500 ETF,30,600.00,18000.00,9500.00,03/15/2021",
        "1,Individual,,Cash,,,250.00,,",
    ]


def tiny():
    return [
        "1,Individual,VOO,Vanguard S&P 500 ETF,0.4127,600.00,247.62,201.10,03/15/2021",
        "1,Individual,,Cash,,,3.12,,",
    ]


def huge():
    return [
        "1,Foundation,BRK.B,Berkshire Hathaway Class B,9400000,512.40,4816560000.00,310200000.00,03/15/2011",
        "1,Foundation,VOO,Vanguard S&P 500 ETF,3100000,600.00,1860000000.00,950000000.00,03/15/2018",
        "2,Foundation IRA,VTV,Vanguard Value ETF,1200000,190.15,228180000.00,140000000.00,03/15/2018",
        "1,Foundation,,Cash,,,31250000.00,,",
    ]


def negative_cash():
    return [
        "1,Margin account,VOO,Vanguard S&P 500 ETF,300,600.00,180000.00,95000.00,03/15/2021",
        "1,Margin account,,Cash,,,-24310.55,,",
        "2,Roth IRA,VBR,Vanguard Small-Cap Value ETF,150,200.00,30000.00,24000.00,03/15/2021",
    ]


def unknown_holdings():
    lines = [
        f"1,{LONG},,Private Placement Fund Series {chr(65 + n)} of the Long-Named Partners II,{100 + n},97.50,"
        f"{(100 + n) * 97.5:.2f},,"
        for n in range(6)
    ]
    return [*lines, "1,Individual,QZXW,Quartz Exploration Warrants 2031,1200,3.10,3720.00,,", *one_account()]


def of(make, page, tab=None):
    def go(_app, window, folder):
        window.bench.session.push(household_of(folder, "Positions", make()))
        window.show_page(page)
        if tab is not None:
            window.household_page.tabs.setCurrentIndex(tab)

    return go


def eight_files(_app, window, folder):
    """Good ones of several kinds, and each sort of trouble."""
    found = files_of(folder)
    for name, text in (
        ("empty.csv", ""),
        ("statement.pdf", "%PDF-1.7 invented"),
        ("broken.csv", HEAD + "902,Trust,VTI,Vanguard Total Stock Market ETF,n/a,325.00,oops,1000.00,13/45/2021\n"),
        ("joint copy.csv", found[0].read_text()),
    ):
        (folder / name).write_text(text)
        found.append(folder / name)
    window.import_flow.read(found)
    until(lambda: window.import_flow.dialog is not None)
    return window.import_flow.dialog


def unknown_columns(_app, window, folder):
    path = folder / "ledger of the family office.csv"
    path.write_text(
        "Depot;Paper;Short;Pieces;Last;Worth\nRoth;Vanguard Total Stock Market;VTI;40;325,10;13004,00\n" * 2
    )
    window.import_flow.ask_columns(path, [path])
    until(lambda: window.import_flow.mapping_dialog is not None)
    return window.import_flow.mapping_dialog


# --- what comes and goes ----------------------------------------------------------------------------------------------


def tip(find):
    """The words that hovering shows."""

    def go(app, window, _folder):
        from PySide6.QtWidgets import QApplication, QLabel, QToolTip

        words = find(window)
        QToolTip.showText(window.mapToGlobal(window.rect().center()), words, window)
        rest(100)
        shown = next(w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel") and w.isVisible())
        picture = QLabel()  # a tip goes by itself
        picture.setPixmap(shown.grab())
        return show(picture)

    return go


def menu(name):
    def go(_app, window, _folder):
        from PySide6.QtCore import QPoint

        shown = next(a.menu() for a in window.menuBar().actions() if a.text().replace("&", "") == name)
        shown.popup(window.mapToGlobal(QPoint(40, 40)))
        rest(100)
        return shown

    return go


def reading(_app, window, _folder):
    window.show_page("household")
    window.import_flow.reading.emit("Reading 5 files…")


def proving(_app, window, _folder):
    window.show_page("target")
    window.plan_flow.prove()
    rest(300)


def no_network(_app, window, _folder):
    window.show_page("household")
    window.refresh_flow._failed(
        "query1.finance.yahoo.com cannot be reached. Check the connection; what is known stays in use."
    )


def nothing_found(_app, window, _folder):
    window.show_page("trades")
    window.trades_page.table._filter.setText("nothing like this")
    rest(300)


def at_target(_app, window, folder):
    """A household that needs no trades."""
    import attrs

    from core.edits import SetTarget
    from core.tilt.target import Style, Target

    window.bench.session.push(household_of(folder, "Positions", one_account()))
    target = Target(style=Style(preset="market"))
    trading = attrs.evolve(target.trading, cash_reserve=0.0, eagerness=0.0)
    window.bench.session.push(SetTarget(attrs.evolve(target, trading=trading)))
    window.show_page("trades")


def book_of(count):
    def go(_app, window, folder):
        from core.book.keys import new_key
        from core.book.store import Book
        from tests.book.practice import document

        book = Book.create(folder / "Practice.trimtab", new_key(PASSPHRASE))
        for seed in range(count):
            book.add(document(seed, securities=6, lots=8))
        window.book_flow._adopt(book)
        window.show_page("book")
        until(lambda: not window.book_flow.running)
        rest(300)

    return go


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
    "market-signals": market_part("signals"),
    "market-formulas": market_part("formulas"),
    "market-evidence": market_part("evidence"),
    "market-end": market_part("end"),
    "accounts-25": of(many_accounts, "household"),
    "accounts-25-trades": of(many_accounts, "trades"),
    "accounts-25-bars": of(many_accounts, "household", 1),
    "account-1": of(one_account, "household"),
    "tiny": of(tiny, "trades"),
    "huge": of(huge, "household"),
    "huge-trades": of(huge, "trades"),
    "huge-target": of(huge, "target"),
    "negative-cash": of(negative_cash, "household"),
    "negative-cash-trades": of(negative_cash, "trades"),
    "unknown-holdings": of(unknown_holdings, "household"),
    "unknown-holdings-target": of(unknown_holdings, "target"),
    "import-eight": eight_files,
    "columns-unknown": unknown_columns,
    "tip-cell": tip(lambda w: w.target_page.boxes.cells[6].toolTip()),
    "tip-strip": tip(lambda w: w.strip._tiles["misfit"].toolTip()),
    "menu-file": menu("File"),
    "menu-plan": menu("Plan"),
    "menu-book": menu("Book"),
    "menu-help": menu("Help"),
    "reading": reading,
    "proving": proving,
    "no-network": no_network,
    "trades-no-match": nothing_found,
    "trades-at-target": at_target,
    "book-1000": book_of(1_000),
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


def make(name, folder_of, themes, size):
    """One state as a picture in each theme."""
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings

    import make_screenshots as guide
    from desktop.app import WindowOptions, _application, _open
    from desktop.settings import Settings
    from widgets.theme.apply import apply_theme, set_text_size

    app = _application(dialogs=False)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(QSettings(str(Path(folder) / "s.ini"), QSettings.Format.IniFormat))
        window = _open(app, WindowOptions(picture=Path("unused"), theme=themes[0]), settings)
        window.resize(*size)
        window.show()
        window.bench.start()
        guide._settle(window)
        shown = STATES[name](app, window, Path(folder)) if name in STATES else guide.STATES[name](app, window)
        if name != "dragging":
            guide._settle(window)
        for theme in themes:
            if theme != themes[0]:
                apply_theme(app, theme)
            rest(150)
            (shown or window).grab().save(str(folder_of[theme] / f"{name}.png"))
        if shown is not None:
            shown.close()
        window.close()
        window.deleteLater()
        set_text_size(app, 1.0)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"), nargs="+", default=["light"])
    parser.add_argument("--language", default="en_US")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--only", nargs="*", default=[])
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = chosen.scale
    from PySide6.QtCore import QLocale

    import make_screenshots as guide

    QLocale.setDefault(QLocale(chosen.language))
    several = len(chosen.theme) > 1
    folders = {theme: chosen.folder / theme if several else chosen.folder for theme in chosen.theme}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in chosen.only or [*guide.STATES, *STATES]:
        try:
            make(name, folders, chosen.theme, tuple(map(int, chosen.size.split("x"))))
        except (Exception, SystemExit) as error:  # look at the others all the same
            failed.append(name)
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
