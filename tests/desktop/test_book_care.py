"""Looking after the book in the window: names, taking out, copies, verifying, passphrase, what is kept, the end."""

import contextlib
from pathlib import Path

import attrs
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMessageBox

from core.book import chain, copies
from core.book.errors import BookError, Trouble, book_error
from core.book.keys import new_key
from core.book.proposals import keep_import, kept_file
from core.book.session import Saving
from core.book.store import Book
from core.edits import SetPoint
from core.household import SourceFile
from desktop.book_care_dialogs import NameDialog, RecordsDialog, RemoveDialog, VerifyDialog, removal_words
from desktop.book_dialogs import NewPassphraseDialog, UnlockDialog
from desktop.workbench import Departure
from tests.book.practice import KEY, document, practice
from tests.book.test_keys import PASSPHRASE, Memory
from tests.desktop.test_book_page import flow_of, page_of, with_practice, workers_here
from tests.desktop.window_fixtures import OpenWindow
from tests.widgets.conftest import unnamed_controls

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def opened(qtbot, tmp_path):
    window = OpenWindow(tmp_path, real=True)
    flow = window.window.book_flow
    flow.store = Memory()
    flow._make_workers = workers_here
    window.start(qtbot, "book")
    yield window
    window.end()


def care_of(opened):
    return opened.window.book_care


def said(opened) -> str:
    return opened.window.message_bar._text.text()


def idle(qtbot, opened) -> None:
    qtbot.waitUntil(lambda: not opened.bench.tasks.busy, timeout=20_000)


def test_commands_of_the_book_wait_for_one(qtbot, opened, tmp_path):
    keys = ("save_book_as", "close_book", "back_up_book", "verify_book", "book_records", "book_passphrase")
    assert not any(opened.window.actions_[key].isEnabled() for key in keys)
    with_practice(qtbot, opened, tmp_path / "b.trimtab", 2)
    assert all(opened.window.actions_[key].isEnabled() for key in keys)
    flow_of(opened).show_household(1)
    opened.window.actions_["close_book"].trigger()
    assert flow_of(opened).book is None
    assert opened.settings.last_book is None
    assert not any(opened.window.actions_[key].isEnabled() for key in keys)
    assert opened.bench.document == document(0)  # it stays on the other pages, in no book
    assert page_of(opened).new_button.isVisible()


def test_another_name_is_a_step_and_the_household_stays_open(qtbot, opened, tmp_path):
    flow, page = with_practice(qtbot, opened, tmp_path / "b.trimtab"), page_of(opened)
    flow.show_household(1)
    opened.session.push(SetPoint(0.5, 0.2))
    page.list.selectRow(0)
    page.rename_action.trigger()
    dialog = care_of(opened).dialog
    assert isinstance(dialog, NameDialog)
    assert dialog.name.text() == "Household 0000"
    dialog.name.setText("household 0001")
    dialog.ok.click()
    assert "Another household is called" in dialog.trouble.text()
    dialog.name.setText(" Mellor  family ")
    dialog.ok.click()
    assert flow.book.entry(1).name == "Mellor family"
    assert opened.bench.document.household.name == "Mellor family"
    assert opened.window.windowTitle().startswith("Mellor family")
    # work goes on, and undo goes back through the name
    opened.session.push(SetPoint(0.1, 0.2))
    assert flow.session.snapshot() == opened.session.document
    for _ in range(2):
        opened.session.stack.undo()
    assert opened.bench.document.household.name == "Household 0000"
    opened.session.push(SetPoint(0.9, 0.0))
    qtbot.wait(1)
    assert flow.entry is not None
    assert flow.session.snapshot() == opened.session.document


def test_a_name_takes_no_plan_away(qtbot, opened, tmp_path):
    flow, page = with_practice(qtbot, opened, tmp_path / "b.trimtab", 2), page_of(opened)
    page.rebalance_button.click()
    qtbot.waitUntil(lambda: not flow.running, timeout=30_000)
    care_of(opened).rename(2, "Zeller")
    row = next(row for row in page._summary.rows if row.id == 2)
    assert row.name == "Zeller"
    assert row.plan.current
    from core.book.proposals import planned

    assert planned(flow.book, 2)[1].household == "Zeller"
    for wrong in ("", "   ", "x" * 201, "a\u202eb", "HOUSEHOLD 0000"):
        with pytest.raises(BookError):
            care_of(opened).rename(2, wrong)


def test_taking_out_says_what_goes_and_what_stays(qtbot, opened, tmp_path):
    flow, page = with_practice(qtbot, opened, tmp_path / "b.trimtab"), page_of(opened)
    entry = flow.book.entry(2)
    source = SourceFile("positions.csv", "0" * 64, "generic", None, 1, 1)
    keep_import(flow.book, entry.uuid, source, b"one,two")
    flow.show_household(2)
    page.list.selectRow(1)
    page.remove_action.trigger()
    dialog = care_of(opened).dialog
    assert isinstance(dialog, RemoveDialog)
    assert dialog.windowTitle() == "Remove Household 0001?"
    assert unnamed_controls(dialog) == []
    dialog.reject()
    assert len(flow.book.households()) == 4
    page.remove_action.trigger()
    care_of(opened).dialog.ok.click()
    assert [e.id for e in flow.book.households()] == [1, 3, 4]
    assert flow.entry is None
    assert opened.bench.document == document(1)  # still on the other pages, in no book
    assert page.list.shown() == [1, 3, 4]
    assert kept_file(flow.book, 1).content == b"one,two"
    assert chain.verify(flow.book.database).intact
    page.add_button.click()
    assert len(flow.book.households()) == 4


def test_the_words_before_taking_out():
    one = removal_words(["A"], 3, 5)
    assert "no undo brings them back" in one
    assert "3 kept records of imports and exported plans stay in the book" in one
    assert "5 years after" in one
    many = removal_words([f"H{n}" for n in range(9)], 0, 5)
    assert many.startswith("H0, H1, H2, H3, H4, H5 and 3 more.")
    assert "No import and no plan of them was kept." in many


def test_a_backup_is_written_and_restored(qtbot, opened, tmp_path):
    flow, care = with_practice(qtbot, opened, tmp_path / "b.trimtab"), care_of(opened)
    flow.show_household(1)
    opened.session.push(SetPoint(0.5, 0.2))
    edited = flow.session.snapshot()
    goal = tmp_path / "copy.trimtab"
    care.back_up(goal)
    idle(qtbot, opened)
    assert "every page checked" in said(opened)
    care.back_up(goal)
    idle(qtbot, opened)
    assert "exists already" in said(opened)
    opened.session.push(SetPoint(-0.5, 0.2))
    restored = tmp_path / "restored.trimtab"
    care.restore(goal, restored)
    qtbot.waitUntil(lambda: flow.book is not None and flow.book.path == restored, timeout=20_000)
    assert flow.book.document(1) == edited
    damaged = tmp_path / "damaged.trimtab"
    content = bytearray(goal.read_bytes())
    content[-300] ^= 1
    damaged.write_bytes(content)
    care.restore(damaged, tmp_path / "never.trimtab")
    idle(qtbot, opened)
    assert "is damaged" in said(opened)
    assert not (tmp_path / "never.trimtab").exists()
    assert flow.book.path == restored


def test_a_backup_with_a_passphrase_asks_for_it(qtbot, opened, tmp_path):
    saved, goal = tmp_path / "saved.trimtab", tmp_path / "goal.trimtab"
    Book.create(saved, new_key(PASSPHRASE)).close()
    care = care_of(opened)
    care.restore(saved, goal)
    qtbot.waitUntil(lambda: isinstance(care.dialog, UnlockDialog))
    care.dialog.passphrase.setText("quite another one")
    care.dialog.ok.click()
    qtbot.waitUntil(lambda: "not the right one" in care.dialog.trouble.text(), timeout=20_000)
    assert not goal.exists()
    care.dialog.passphrase.setText(PASSPHRASE)
    care.dialog.ok.click()
    qtbot.waitUntil(lambda: flow_of(opened).book is not None, timeout=20_000)
    assert flow_of(opened).book.path == goal


def test_verify_shows_the_newest_hash_and_finds_what_was_changed(qtbot, opened, tmp_path):
    flow, care = with_practice(qtbot, opened, tmp_path / "b.trimtab", 2), care_of(opened)
    for n in range(3):
        chain.append(flow.book.database, chain.RecordKind.IMPORT, "x", b"%d" % n, "2026-01-01")
    opened.window.actions_["verify_book"].trigger()
    dialog = care.dialog
    assert isinstance(dialog, VerifyDialog)
    qtbot.waitUntil(lambda: dialog.ok.isEnabled())
    assert dialog.verdict.text().startswith("Intact")
    assert dialog.head.text() == chain.head(flow.book.database).hex()
    assert dialog.counts.text() == "3 records."
    assert unnamed_controls(dialog) == []
    dialog.noted.setText("12")
    dialog.ok.click()
    assert "64 digits" in dialog.trouble.text()
    dialog.noted.setText("ab" * 32)
    dialog.ok.click()
    qtbot.waitUntil(lambda: dialog.ok.isEnabled())
    assert "not in this chain" in dialog.trouble.text()
    flow.book.database.run("DROP TRIGGER record_stays")
    flow.book.database.run("UPDATE record SET at = '2020' WHERE number = 2")
    dialog.noted.clear()
    dialog.ok.click()
    qtbot.waitUntil(lambda: dialog.ok.isEnabled())
    assert "Record 2 was changed." in dialog.trouble.text()
    assert "fault" in dialog.verdict.text()
    dialog.reject()


def test_another_passphrase_and_the_work_goes_on(qtbot, opened, tmp_path):
    path = tmp_path / "b.trimtab"
    flow, care = with_practice(qtbot, opened, path, 2), care_of(opened)
    flow.show_household(1)
    opened.session.push(SetPoint(0.5, 0.2))
    opened.window.actions_["book_passphrase"].trigger()
    dialog = care.dialog
    assert isinstance(dialog, NewPassphraseDialog)
    dialog.passphrase.setText(PASSPHRASE)
    dialog.again.setText(PASSPHRASE)
    dialog.ok.click()
    dialog.reject()  # not while it works
    assert dialog.isVisible()
    idle(qtbot, opened)
    assert "new passphrase" in said(opened)
    assert flow.entry.id == 1
    opened.session.push(SetPoint(0.1, 0.2))
    edited = flow.session.snapshot()
    assert list(flow.store.kept) == [flow.book.key.salt]  # the old key is gone from the key store
    flow.close()
    with Book.open(path, PASSPHRASE) as book:
        assert book.document(1) == edited
    with pytest.raises(BookError):
        Book.open_with(path, KEY)


def test_a_passphrase_that_cannot_be_changed_leaves_the_old_one(qtbot, opened, tmp_path, monkeypatch):
    path = tmp_path / "b.trimtab"
    flow, care = with_practice(qtbot, opened, path, 2), care_of(opened)
    flow.show_household(1)

    def refuse(book, _key):
        book.database.close()
        raise book_error(Trouble.DISK_FULL, path)

    monkeypatch.setattr(copies, "change_key", refuse)
    care.change_passphrase()
    care.dialog.passphrase.setText(PASSPHRASE)
    care.dialog.again.setText(PASSPHRASE)
    care.dialog.ok.click()
    idle(qtbot, opened)
    assert "The passphrase is the old one." in said(opened)
    opened.session.push(SetPoint(0.1, 0.2))
    assert flow.session.snapshot() == opened.session.document


def test_records_are_shown_taken_out_and_made_again(qtbot, opened, tmp_path):
    flow, care = with_practice(qtbot, opened, tmp_path / "b.trimtab", 2), care_of(opened)
    flow.show_household(1)
    opened.settle(qtbot)
    source = SourceFile("positions.csv", "0" * 64, "generic", None, 1, 1)
    keep_import(flow.book, flow.entry.uuid, source, b"one,two")
    bench = opened.bench
    bench.plan_left.emit(Departure(bench.document, bench.exposures, bench.proposal, (), "A. Adviser", "seen"))
    page = page_of(opened)
    page.list.selectRow(0)
    page.records_action.trigger()
    qtbot.waitUntil(lambda: isinstance(care.dialog, RecordsDialog))
    dialog = care.dialog
    assert unnamed_controls(dialog) == []
    kinds = [dialog.table.topLevelItem(n).text(2) for n in range(dialog.table.topLevelItemCount())]
    assert kinds == ["Approval", "Plan", "Import"]
    assert not dialog.again.isEnabled()
    dialog.table.setCurrentItem(dialog.table.topLevelItem(2))
    care.save_record(dialog, flow.book, 1, tmp_path / "again.csv")
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Wrote"))
    assert (tmp_path / "again.csv").read_bytes() == b"one,two"
    dialog.table.setCurrentItem(dialog.table.topLevelItem(1))
    assert dialog.again.isEnabled()
    dialog.again.click()
    qtbot.waitUntil(lambda: "the same plan to the last cent" in dialog.said.text(), timeout=20_000)
    care.save_record(dialog, flow.book, 2, tmp_path / "plan.xlsx")
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Wrote"), timeout=20_000)
    care.save_record(dialog, flow.book, 2, tmp_path / "plan.xlsx")
    qtbot.waitUntil(lambda: "exists already" in dialog.said.text(), timeout=20_000)
    dialog.reject()


@contextlib.contextmanager
def full_disk(monkeypatch, path: Path):
    def full(*_: object) -> None:
        raise book_error(Trouble.DISK_FULL, path)

    with monkeypatch.context() as patch:
        patch.setattr(Book, "append_step", full)
        yield


def test_the_window_does_not_close_over_what_is_not_saved(qtbot, opened, tmp_path, monkeypatch):
    flow, care = with_practice(qtbot, opened, tmp_path / "b.trimtab", 2), care_of(opened)
    flow.show_household(1)
    with full_disk(monkeypatch, flow.book.path):
        opened.session.push(SetPoint(0.5, 0.2))
        qtbot.waitUntil(lambda: flow.session.state.saving is Saving.FAILED)
        opened.window.close()
        assert opened.window.isVisible()
        box = care.dialog
        assert isinstance(box, QMessageBox)
        assert "1 change cannot be saved, and will be lost" in box.text()
        assert "disk is full" in box.text()
        assert [button.text() for button in box.buttons()][:1]
        box.reject()
        flow.book.path.stat()
    # the disk has room again: closing saves
    after = opened.session.document
    assert care.may_close(opened.window.close)
    assert flow.book.document(1) == after


def test_closing_without_saving_has_to_be_chosen(qtbot, opened, tmp_path, monkeypatch):
    flow, care = with_practice(qtbot, opened, tmp_path / "b.trimtab", 2), care_of(opened)
    flow.show_household(1)
    with full_disk(monkeypatch, flow.book.path):
        opened.session.push(SetPoint(0.5, 0.2))
        qtbot.waitUntil(lambda: flow.session.state.saving is Saving.FAILED)
        opened.window.close()
        without = next(b for b in care.dialog.buttons() if "without" in b.text())
        without.click()
        qtbot.waitUntil(lambda: not opened.window.isVisible())


def test_what_was_tried_on_a_read_only_book_goes_into_its_copy(qtbot, opened, tmp_path):
    path = tmp_path / "b.trimtab"
    with practice(path, 2):
        flow = flow_of(opened)
        flow.store.put(KEY.salt, KEY.secret)
        flow.open(path)
        qtbot.waitUntil(lambda: flow.book is not None)
        page = page_of(opened)
        page.list.selectRow(0)
        assert not page.rename_action.isEnabled()
        assert not page.remove_action.isEnabled()
        care_of(opened).change_passphrase()
        assert "open in another window" in said(opened)
        flow.show_household(1)
        opened.session.push(SetPoint(0.5, 0.2))
        tried = opened.session.document
        flow.save_as(tmp_path / "mine.trimtab")
        idle(qtbot, opened)
        assert flow.book.writable
        assert flow.session.snapshot() == attrs.evolve(tried, market=flow.book.document(1).market)
        assert opened.session.stack.canUndo()
        flow.close()


def test_the_lists_own_menu_and_keys(qtbot, opened, tmp_path):
    with_practice(qtbot, opened, tmp_path / "b.trimtab")
    page = page_of(opened)
    texts = [action.text() for action in page.list.actions() if not action.isSeparator()]
    assert texts == ["&Open", "Re&name…", "Re&cords…", "&Remove…"]
    assert not page.more_button.isEnabled()
    page.list.selectRow(2)
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_F2)
    assert isinstance(care_of(opened).dialog, NameDialog)
    care_of(opened).dialog.reject()
    page.list.selectAll()
    assert not page.rename_action.isEnabled()
    assert page.remove_action.isEnabled()
    assert page.list.viewport().rect().contains(QPoint(5, 5))
