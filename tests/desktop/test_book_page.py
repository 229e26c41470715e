"""The book in the window: made, opened, worked on with everything saved, and run over."""

import contextlib
import hashlib
from pathlib import Path

import attrs
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLineEdit

from core.book import chain
from core.book.job import Job
from core.book.keys import new_key
from core.book.proposals import kept_proposal, reproduces
from core.book.session import Saving
from core.book.store import Book
from core.book.summary import Tile
from core.book.workers import Workers
from core.edits import Document, ImportHousehold, SetPoint
from desktop.book_dialogs import NewBookDialog, UnlockDialog
from desktop.settings import Settings
from desktop.workbench import Departure
from tests.book.practice import KEY, document, practice
from tests.book.test_batch import Here
from tests.book.test_keys import PASSPHRASE, Memory
from tests.desktop.small_household import small_household
from tests.desktop.window_fixtures import OpenWindow
from tests.widgets.conftest import unnamed_controls
from widgets.theme import apply_theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@contextlib.contextmanager
def workers_here():
    yield Workers(Here, 1)


@pytest.fixture
def opened(qtbot, tmp_path):
    window = OpenWindow(tmp_path, real=True)
    flow = window.window.book_flow
    flow.store = Memory()
    flow._make_workers = workers_here
    window.start(qtbot, "book")
    yield window
    window.end()


def flow_of(opened):
    return opened.window.book_flow


def page_of(opened):
    return opened.window.book_page


def with_practice(qtbot, opened, path: Path, count: int = 4):
    practice(path, count).close()
    flow = flow_of(opened)
    flow.store.put(KEY.salt, KEY.secret)
    flow.open(path)
    qtbot.waitUntil(lambda: flow.book is not None and not opened.bench.tasks.busy)
    return flow


def test_without_a_book_the_page_offers_one(opened):
    page = page_of(opened)
    assert page.new_button.isVisible()
    assert page.open_button.isVisible()
    assert not page.list.isVisible()
    assert unnamed_controls(page) == []


def test_a_new_book_takes_the_household_that_is_open(qtbot, opened, tmp_path):
    path, flow = tmp_path / "New.trimtab", flow_of(opened)
    flow.ask_new(path)
    dialog = flow.dialog
    assert isinstance(dialog, NewBookDialog)
    assert dialog.passphrase.echoMode() is QLineEdit.EchoMode.Password
    dialog.passphrase.setText("short")
    dialog.ok.click()
    assert "10 characters" in dialog.trouble.text()
    dialog.passphrase.setText(PASSPHRASE)
    dialog.again.setText(PASSPHRASE + "x")
    dialog.ok.click()
    assert "differ" in dialog.trouble.text()
    assert not path.exists()
    dialog.again.setText(PASSPHRASE)
    dialog.ok.click()
    qtbot.waitUntil(lambda: flow.book is not None, timeout=20_000)
    assert opened.settings.last_book == path
    page = page_of(opened)
    assert "empty" in page.empty.text()
    page.add_button.click()
    assert page.list.shown() == [1]
    assert flow.book.document(1) == opened.bench.document
    assert "without the imported files" in opened.window.message_bar._text.text()  # they are invented
    assert not page.add_button.isEnabled()
    flow.close()
    with Book.open(path, PASSPHRASE) as book:
        assert [entry.name for entry in book.households()] == [small_household().name]


def test_a_wrong_passphrase_says_so_in_the_dialog_and_the_right_one_opens(qtbot, opened, tmp_path):
    path, flow = tmp_path / "b.trimtab", flow_of(opened)
    Book.create(path, new_key(PASSPHRASE)).close()
    flow.open(path)
    qtbot.waitUntil(lambda: flow.dialog is not None)
    dialog = flow.dialog
    assert isinstance(dialog, UnlockDialog)
    dialog.passphrase.setText("not the right one")
    dialog.ok.click()
    qtbot.waitUntil(lambda: "not the right one" in dialog.trouble.text(), timeout=20_000)
    assert flow.book is None
    dialog.passphrase.setText(PASSPHRASE)
    dialog.ok.click()
    qtbot.waitUntil(lambda: flow.book is not None, timeout=20_000)
    assert flow.store.kept  # the key is there the next time


def test_edits_are_saved_and_can_be_undone_after_a_restart(qtbot, opened, tmp_path):
    path = tmp_path / "b.trimtab"
    flow = with_practice(qtbot, opened, path)
    session = opened.session
    flow.show_household(2)
    assert opened.bench.document == document(1)
    states = [opened.bench.document]
    for size in (0.5, 0.3):
        session.push(SetPoint(size, 0.2))
        states.append(session.document)
    session.begin_gesture()
    for size in (0.2, 0.1, 0.0):
        session.push(SetPoint(size, 0.2))
    session.end_gesture()
    states.append(session.document)
    session.stack.undo()
    session.stack.undo()
    session.stack.redo()
    assert flow.session.snapshot() == states[2]
    flow.close()
    assert session.journal is None
    flow.open(path)
    qtbot.waitUntil(lambda: flow.book is not None)
    flow.show_household(2)
    assert session.stack.count() == 3
    assert session.stack.index() == 2
    assert session.document == states[2]
    session.stack.redo()
    assert session.document == states[3]
    for state in reversed(states[:3]):
        session.stack.undo()
        assert session.document == state
    assert not session.stack.canUndo()
    assert flow.session.snapshot() == states[0]


def test_opening_one_household_leaves_the_others_alone(qtbot, opened, tmp_path):
    flow = with_practice(qtbot, opened, tmp_path / "b.trimtab")
    flow.show_household(1)
    opened.session.push(SetPoint(0.5, 0.2))
    edited = opened.session.document
    flow.show_household(3)
    assert not opened.session.stack.canUndo()
    opened.session.push(SetPoint(-0.5, 0.2))
    flow.session.flush()
    assert flow.book.document(1) == edited
    assert flow.book.document(2) == document(1)
    assert flow.book.document(3) == opened.session.document


def test_newer_holdings_of_the_household_are_a_step_of_it(qtbot, opened, tmp_path):
    flow = with_practice(qtbot, opened, tmp_path / "b.trimtab")
    flow.show_household(1)
    newer = attrs.evolve(document(0).household, lots=document(0).household.lots[1:])
    opened.session.push(ImportHousehold(newer))
    assert flow.session.snapshot().household == newer


def test_another_households_files_never_overwrite_the_one_that_is_open(qtbot, opened, tmp_path):
    flow = with_practice(qtbot, opened, tmp_path / "b.trimtab")
    flow.show_household(1)
    other = attrs.evolve(small_household(), name="Somebody else")
    opened.session.push(ImportHousehold(other))
    qtbot.waitUntil(lambda: flow.entry is None)
    assert flow.book.document(1) == document(0)
    assert opened.bench.document.household == other
    assert not opened.session.stack.canUndo()
    opened.window.message_bar.remedyTriggered.emit()  # "Add to the book"
    assert flow.entry.name == "Somebody else"
    assert len(flow.book.households()) == 5


def test_a_run_fills_the_list_and_the_tiles_filter_it(qtbot, opened, tmp_path):
    flow, page = with_practice(qtbot, opened, tmp_path / "b.trimtab"), page_of(opened)
    assert page.tiles.buttons[Tile.NEVER_RUN]._count == 4
    page.tiles.buttons[Tile.NEVER_RUN].click()
    assert len(page.list.shown()) == 4
    assert page.rebalance_button.text() == "Rebalance all 4"
    page.list.selectRow(0)
    page.list.clearSelection()  # whatever key a test before this one has left pressed
    page.list.selectRow(1)
    page.rebalance_button.click()
    qtbot.waitUntil(lambda: not flow.running, timeout=30_000)
    assert page.tiles.buttons[Tile.NEVER_RUN]._count == 0
    assert page.list.shown() == []
    assert "No household has all of these" in page.empty.text()
    page.tiles.buttons[Tile.NEVER_RUN].click()
    assert len(page.list.shown()) == 4
    assert "4 households done" in opened.window.message_bar._text.text()


def test_a_selection_is_run_alone_and_a_run_can_be_cancelled(qtbot, opened, tmp_path):
    flow, page = with_practice(qtbot, opened, tmp_path / "b.trimtab", 6), page_of(opened)
    page.list.selectAll()
    assert page.rebalance_button.text() == "Rebalance 6 selected"
    flow.run_changed.connect(lambda done, _total, _words: flow.cancel() if done == 1 else None)
    flow.run(Job.PLAN, [1, 2, 3])
    qtbot.waitUntil(lambda: not flow.running, timeout=30_000)
    rows = [page.list.households.index(row, 0).data(0x100 + 1) for row in range(6)]
    assert len(rows) == 6
    summary = page._summary
    assert all(row.plan is None for row in summary.rows if row.id > 3)
    assert any(row.plan is not None for row in summary.rows)


def test_an_exported_plan_is_kept_with_what_it_was_made_from(qtbot, opened, tmp_path):
    flow = with_practice(qtbot, opened, tmp_path / "b.trimtab")
    flow.show_household(1)
    opened.settle(qtbot)
    bench = opened.bench
    assert bench.proposal.household == document(0).household.name
    file = tmp_path / "orders.csv"
    file.write_text("one order")
    bench.plan_left.emit(Departure(bench.document, bench.exposures, bench.proposal, (file,), "A. Adviser", "seen"))
    first, second = chain.records(flow.book.database)
    assert (first.kind, second.kind) == (chain.RecordKind.PROPOSAL, chain.RecordKind.APPROVAL)
    kept = kept_proposal(flow.book, first.number)
    assert kept.document == attrs.evolve(bench.document, market=kept.document.market)
    assert kept.exported == (("orders.csv", hashlib.sha256(b"one order").hexdigest()),)
    assert reproduces(kept)
    assert page_of(opened)._summary.rows[0].proposed
    flow.close()
    bench.plan_left.emit(Departure(bench.document, bench.exposures, bench.proposal, (file,)))  # no book: nothing to do


def test_a_book_that_is_open_elsewhere_is_read_only_here(qtbot, opened, tmp_path):
    path = tmp_path / "b.trimtab"
    with practice(path, 2):
        flow = flow_of(opened)
        flow.store.put(KEY.salt, KEY.secret)
        flow.open(path)
        qtbot.waitUntil(lambda: flow.book is not None)
        page = page_of(opened)
        assert "Read-only" in page.saved.text()
        assert not page.rebalance_button.isEnabled()
        flow.show_household(1)
        assert opened.bench.document == document(0)
        opened.session.push(SetPoint(0.5, 0.2))  # may be tried, is not kept
        assert flow.book.document(1) == document(0)
        flow.close()


def test_a_damaged_book_says_so_in_the_message_bar(qtbot, opened, tmp_path):
    path = tmp_path / "b.trimtab"
    practice(path, 2).close()
    with path.open("r+b") as stream:
        stream.truncate(8192)
    flow = flow_of(opened)
    flow.store.put(KEY.salt, KEY.secret)
    flow.open(path)
    qtbot.waitUntil(lambda: "is damaged" in opened.window.message_bar._text.text())
    assert flow.book is None


def test_what_cannot_be_saved_is_kept_and_saved_elsewhere(qtbot, opened, tmp_path, monkeypatch):
    from core.book.errors import Trouble, book_error

    flow = with_practice(qtbot, opened, tmp_path / "b.trimtab")
    flow.show_household(1)

    def full(*_: object) -> None:
        raise book_error(Trouble.DISK_FULL, tmp_path / "b.trimtab")

    with monkeypatch.context() as patch:
        patch.setattr(Book, "append_step", full)
        opened.session.push(SetPoint(0.5, 0.2))
        qtbot.waitUntil(lambda: flow.session.state.saving is Saving.FAILED)
        qtbot.waitUntil(lambda: "disk is full" in opened.window.message_bar._text.text())
        assert "1 change not saved" in page_of(opened).saved.text()
    flow.save_as(tmp_path / "other.trimtab")
    qtbot.waitUntil(lambda: not opened.bench.tasks.busy)
    assert flow.book.path == tmp_path / "other.trimtab"
    assert flow.session.snapshot() == opened.session.document
    assert opened.session.document.target.style.size == 0.5


def test_the_last_book_opens_by_itself_where_it_needs_no_question(qtbot, opened, tmp_path):
    path = tmp_path / "b.trimtab"
    practice(path, 1).close()
    flow = flow_of(opened)
    opened.settings.last_book = path
    flow.open_last()
    qtbot.waitUntil(lambda: not opened.bench.tasks.busy)
    assert flow.book is None
    flow.store.put(KEY.salt, KEY.secret)
    flow.open_last()
    qtbot.waitUntil(lambda: flow.book is not None)


def test_the_settings_hold_a_place_and_no_clients(tmp_path):
    settings = Settings(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    assert settings.last_book is None
    settings.last_book = tmp_path / "b.trimtab"
    assert settings.last_book == tmp_path / "b.trimtab"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_control_of_the_page_has_a_name_and_room(qtbot, qapp, opened, tmp_path, mode):
    with_practice(qtbot, opened, tmp_path / "b.trimtab")
    apply_theme(qapp, mode)
    page = page_of(opened)
    assert unnamed_controls(page) == []
    for button in page.tiles.buttons.values():
        assert button.width() >= button.sizeHint().width()
        assert button.accessibleName()


def test_a_session_opened_with_its_past_equals_the_session_that_made_it(opened):
    session = opened.session
    first = session.document
    states = [("", first)]
    for size in (0.5, 0.2, -0.4):
        states.append((f"Move {size}", SetPoint(size, 0.1).apply(states[-1][1])[0]))
    heard = []
    session.changed.connect(lambda changes, initiator: heard.append((changes, initiator)))
    session.open(states, 1, None)
    assert len(heard) == 1
    assert session.document == states[1][1]
    assert (session.stack.count(), session.stack.index()) == (3, 1)
    assert session.stack.undoText() == "Move 0.5"
    assert session.stack.redoText() == "Move 0.2"
    session.stack.redo()
    session.stack.redo()
    assert session.document == states[3][1]
    session.open([("", Document(small_household()))], 0, None)
    assert session.stack.count() == 0
