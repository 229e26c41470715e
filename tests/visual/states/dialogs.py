"""Dialogs of import, of what leaves the program, and of single choices."""

from tests.visual.states.households import HEAD, TODAY, files_of
from tests.visual.states.waiting import show, until


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


STATES = {
    "import-eight": eight_files,
    "columns-unknown": unknown_columns,
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
    "observation": observation,
    "refresh": refresh,
}
