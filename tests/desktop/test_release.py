"""Order files, client report and clipboard from the window; the checks on screen, failing and passing."""

import json
import shutil
import subprocess
import threading
from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from core.edits import ImportHousehold
from core.export.checks import CHECKS, Checkup, Override
from core.export.issue import Issue, Light
from core.export.report import Letterhead
from core.household import Severity
from core.market.edits import AddObservations, UseSuggestion
from core.market.observations import observe
from core.market.suggestion import suggest
from desktop.checks import passed_titles
from desktop.export_flow import market_view
from desktop.pages.checks_list import ChecksList
from desktop.release_dialog import ReleaseDialog
from desktop.report_dialog import ReportDialog
from tests.desktop.window_fixtures import OpenWindow

# The offscreen platform says this of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def opened(qtbot, tmp_path):
    window = OpenWindow(tmp_path).start(qtbot, "trades")
    yield window
    window.end()


def texts(checks):
    return [checks.item(row).toolTip() for row in range(checks.count())]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.key)
def test_every_check_is_shown_failing_and_passing(qtbot, check):
    view = ChecksList("checks")
    qtbot.addWidget(view)
    whole = Checkup(())
    view.set_passed(passed_titles(whole))
    sentence = f"{check.title[:1].upper()}{check.title[1:]}."
    assert f"Passed: {sentence}" in texts(view)
    for light in Light:
        broken = Checkup((Issue(check.key, light, "Joint", "It is so.", "Mend it."),))
        dialog = ReleaseDialog(broken, "Ada")
        qtbot.addWidget(dialog)
        shown = texts(dialog.found)
        assert shown[0].endswith("Joint: It is so. Mend it.")
        assert shown[0].startswith("Error" if light is Light.RED else "Warning")
        assert f"Passed: {sentence}" not in shown
        assert dialog.approve.isEnabled() == (light is Light.AMBER)


def test_the_page_lists_what_passed_below_what_was_found(opened):
    shown = texts(opened.window.trades_page.findings)
    assert sum(text.startswith("Passed: ") for text in shown) >= 14
    assert shown[0].startswith("Warning")
    assert "checks passed" in opened.window.trades_page.passed.text()


def test_approval_waits_for_a_name_and_every_reason(qtbot):
    red = [Issue(key, Light.RED, "Joint", "Wrong.", "Mend it.") for key in ("cash", "prices")]
    dialog = ReleaseDialog(Checkup(tuple(red)), "")
    qtbot.addWidget(dialog)
    assert not dialog.approve.isEnabled()
    dialog.approver.setText("Ada Keel")
    dialog.reasons["cash"].setText("settles today")
    assert not dialog.approve.isEnabled()
    dialog.reasons["prices"].setText("   ")
    assert not dialog.approve.isEnabled()
    dialog.reasons["prices"].setText("compared by telephone")
    with qtbot.waitSignal(dialog.released) as released:
        qtbot.mouseClick(dialog.approve, Qt.MouseButton.LeftButton)
    assert released.args == [
        "Ada Keel",
        (Override("cash", "settles today"), Override("prices", "compared by telephone")),
    ]


def test_order_files_are_written_and_said(opened, qtbot, tmp_path):
    folder = tmp_path / "orders"
    opened.window.export_flow.write_orders(folder, "Ada Keel", ())
    opened.settle(qtbot)
    sheet = json.loads((folder / "orders-control.json").read_text())
    assert sheet["approval"]["by"] == "Ada Keel"
    assert sum(file["orders"] for file in sheet["files"]) == len(opened.bench.proposal.trades)
    assert "Saved 1 order file" in opened.window.message_bar.text()
    opened.window.export_flow.write_orders(folder, "Ada Keel", ())
    opened.settle(qtbot)
    assert "already holds order files" in opened.window.message_bar.text()


def test_red_orders_do_not_leave_without_a_reason(opened, qtbot, tmp_path):
    household = opened.session.document.household
    old = attrs.evolve(household, as_of=household.as_of - timedelta(days=90))
    opened.session.push(ImportHousehold(old))
    opened.settle(qtbot)
    dialog = opened.window.export_flow.choose_orders()
    assert list(dialog.reasons) == ["prices"]
    assert dialog.found.count_of(Severity.ERROR) == 1
    assert not dialog.approve.isEnabled()
    dialog.reject()
    opened.window.export_flow.write_orders(tmp_path / "orders", "Ada", ())
    opened.settle(qtbot)
    assert "[prices]" in opened.window.message_bar.text()
    assert not (tmp_path / "orders").exists()
    # The workbook may leave: it places no orders.
    assert opened.window.trades_page.findings.count_of(Severity.ERROR) == 0
    opened.window.export_flow.write_orders(tmp_path / "orders", "Ada", (Override("prices", "compared"),))
    opened.settle(qtbot)
    assert (tmp_path / "orders" / "orders-control.json").exists()


def test_formats_are_remembered_and_bad_ones_change_nothing(opened, qtbot, tmp_path):
    custodian = opened.session.document.household.accounts[2].custodian or "Nobody"
    good, bad = tmp_path / "formats.toml", tmp_path / "bad.toml"
    good.write_text(f'[custodians."{custodian}"]\ntemplate = "schwab"\n')
    bad.write_text("custodians = 3\n")
    opened.window.export_flow.use_formats(good)
    opened.window.export_flow.use_formats(bad)
    assert "must be tables" in opened.window.message_bar.text()
    assert opened.settings.order_formats == good
    good.unlink()
    assert opened.window.export_flow.choose_orders() is None
    assert "cannot be read" in opened.window.message_bar.text()


def test_the_report_is_written_with_name_and_remembers_it(opened, qtbot, tmp_path):
    dialog = opened.window.export_flow.choose_report()
    assert isinstance(dialog, ReportDialog)
    dialog.adviser.setText(" Ada Keel ")
    assert dialog.letterhead() == Letterhead("Ada Keel", None)
    dialog.reject()
    path = tmp_path / "report.pdf"
    opened.window.export_flow.write_report(path, Letterhead("Ada Keel"))
    opened.settle(qtbot)
    assert path.read_bytes().startswith(b"%PDF")
    assert "Saved report.pdf" in opened.window.message_bar.text()


@pytest.mark.parametrize("follows", [True, False])
def test_workbook_and_report_say_whether_the_target_follows_the_signals(opened, qtbot, tmp_path, follows):
    import openpyxl

    document = opened.session.document
    mine = observe("value_forward_pe", as_of="2026-01-15", published_by="My own desk", values=[19.25])
    opened.session.push(AddObservations((mine,)))
    if follows:
        opened.session.push(UseSuggestion(suggest(opened.session.document.market, document.household.as_of)))
    opened.settle(qtbot)
    view = market_view(opened.session.document)
    assert (view.suggestion is not None) is follows
    opened.window.export_flow.write(tmp_path / "t.xlsx")
    opened.settle(qtbot)
    rows = openpyxl.load_workbook(tmp_path / "t.xlsx")["Market case"].iter_rows(values_only=True)
    texts = [str(cell) for row in rows for cell in row if cell is not None]
    assert any(text.startswith("The target follows the suggestion") for text in texts) is follows
    assert any("the target was not taken from it" in text for text in texts) is not follows
    assert "My own desk" in texts
    opened.window.export_flow.write_report(tmp_path / "r.pdf", Letterhead("Ada Keel"))
    opened.settle(qtbot)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(["pdftotext", "-raw", tmp_path / "r.pdf", "-"], check=True, capture_output=True, timeout=60)
    said = " ".join(done.stdout.decode().split())
    assert ("The tilt proposed follows what these observations suggested" in said) is follows
    assert ("For your information: the tilt proposed was not taken" in said) is not follows
    assert "Value stocks forward P/E: 19.25 My own desk, Jan 15, 2026" in said


def test_all_trades_on_the_clipboard(opened):
    opened.window.actions_["copy_trades"].trigger()
    lines = QGuiApplication.clipboard().text().rstrip("\n").split("\n")
    assert len(lines) == 1 + len(opened.bench.proposal.trades)
    assert lines[1].split("\t")[:2] == ["3333", "VUG"]
    assert Decimal(lines[1].split("\t")[4]) == 50
    assert "copied" in opened.window.message_bar.text()


@pytest.mark.parametrize("what", ["workbook", "report"])
def test_an_export_that_is_cancelled_leaves_no_file_and_no_record(opened, qtbot, tmp_path, monkeypatch, what):
    import core.export.workbook
    import widgets.report.pdf

    begun, gate, left = threading.Event(), threading.Event(), []

    def slow(*_inputs):
        begun.set()
        gate.wait(20)
        return b"whole"

    monkeypatch.setattr(core.export.workbook, "workbook_bytes", slow)
    monkeypatch.setattr(widgets.report.pdf, "report_pdf", slow)
    opened.bench.plan_left.connect(left.append)
    path = tmp_path / "out"
    if what == "workbook":
        opened.window.export_flow.write(path)
    else:
        opened.window.export_flow.write_report(path, Letterhead("Ada Keel"))
    qtbot.waitUntil(begun.is_set, timeout=20_000)
    opened.window.header.cancelRequested.emit()
    gate.set()
    opened.bench.tasks.shutdown()
    assert (path.exists(), left) == (False, [])
