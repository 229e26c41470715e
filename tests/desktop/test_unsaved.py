"""Work that no book keeps is asked about before it would be lost."""

import attrs
import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from core.book.keys import derived_key, read_salt
from core.book.store import Book
from core.edits import Document, ImportHousehold, SetPoint
from core.sample import sample_household
from desktop.book_dialogs import NewBookDialog
from tests.desktop.small_household import small_household
from tests.desktop.window_fixtures import OpenWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

PASSPHRASE = "a long enough passphrase"


class NoKeys:
    """A key store that keeps nothing."""

    def get(self, _salt):
        return None

    def put(self, _salt, _secret):
        raise AssertionError("nobody asked for it")


@pytest.fixture
def opened(qtbot, tmp_path):
    window = OpenWindow(tmp_path)
    yield window.start(qtbot)
    window.end()


@pytest.fixture
def sample(qtbot, tmp_path):
    window = OpenWindow(tmp_path, Document(sample_household()), real=True)
    yield window.start(qtbot)
    window.end()


def another():
    return attrs.evolve(small_household(), name="Okafor household")


def imported(opened, qtbot):
    opened.session.push(ImportHousehold(another()))
    opened.settle(qtbot)


def button(opened, words):
    return next(b for b in opened.window.unsaved.box.buttons() if b.text().replace("&", "") == words)


def closed(opened, qtbot):
    qtbot.waitUntil(lambda: not opened.window.isVisible(), timeout=20_000)


def test_nothing_done_is_nothing_lost(opened, qtbot):
    opened.window.close()
    closed(opened, qtbot)
    assert opened.window.unsaved.box is None


def test_the_sample_as_it_comes_is_nothing_lost_and_undone_it_is_as_it_came(sample, qtbot):
    assert not sample.window.unsaved.would_be_lost
    sample.session.push(SetPoint(-0.4, 0.5))
    assert sample.window.unsaved.would_be_lost
    sample.window.close()
    assert sample.window.isVisible()
    assert sample.window.unsaved.box.text() == "The sample household has been changed"
    sample.window.unsaved.box.reject()
    sample.window.actions_["undo"].trigger()
    sample.settle(qtbot)
    sample.window.close()
    closed(sample, qtbot)


def test_an_imported_household_is_asked_about_from_the_first(opened, qtbot):
    imported(opened, qtbot)
    opened.window.close()
    box = opened.window.unsaved.box
    assert opened.window.isVisible()
    assert box.text() == "Okafor household is in no book"
    assert "lost when the window closes" in box.informativeText()
    assert box.defaultButton().text() == "Save to a book…"
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert opened.window.isVisible()
    opened.window.close()
    button(opened, "Discard").click()
    closed(opened, qtbot)


def test_the_market_is_kept_elsewhere(opened):
    document = opened.session.document
    opened.session.open([("", attrs.evolve(document, market=attrs.evolve(document.market)))], 0, None)
    assert not opened.window.unsaved.would_be_lost


def test_saved_to_a_new_book_and_closed(opened, qtbot, tmp_path):
    imported(opened, qtbot)
    flow = opened.window.book_flow
    flow.store = NoKeys()
    opened.window.close()
    button(opened, "Save to a book…").click()
    dialog = opened.window.unsaved.dialog
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "Clients.trimtab"))
    dialog.reject()
    assert isinstance(flow.dialog, NewBookDialog)
    flow.dialog.given.emit(PASSPHRASE, False)
    closed(opened, qtbot)
    path = tmp_path / "Clients.trimtab"
    with Book.open_with(path, derived_key(PASSPHRASE, read_salt(path))) as book:
        assert [entry.name for entry in book.households()] == ["Okafor household"]


def test_a_file_dialog_that_is_left_saves_and_closes_nothing(opened, qtbot, tmp_path):
    imported(opened, qtbot)
    opened.window.close()
    button(opened, "Save to a book…").click()
    opened.window.unsaved.dialog.reject()
    assert opened.window.isVisible()
    assert opened.window.unsaved.would_be_lost
    flow = opened.window.book_flow
    flow.store = NoKeys()
    flow.ask_new(tmp_path / "Clients.trimtab")
    flow.dialog.given.emit(PASSPHRASE, False)
    qtbot.waitUntil(lambda: flow.book is not None, timeout=20_000)
    assert opened.window.isVisible(), "a book opened later is not an answer to the question"
    assert not flow.book.households()


def test_one_household_is_left_for_another_only_where_it_is_kept(opened, qtbot, tmp_path):
    imported(opened, qtbot)
    flow = opened.window.book_flow
    flow.store = NoKeys()
    flow.ask_new(tmp_path / "Clients.trimtab")
    flow.dialog.given.emit(PASSPHRASE, False)
    qtbot.waitUntil(lambda: flow.book is not None, timeout=20_000)
    assert flow.add_open()
    assert not opened.window.unsaved.would_be_lost
    opened.session.push(ImportHousehold(attrs.evolve(small_household(), name="Nilsson household")))
    qtbot.waitUntil(lambda: opened.session.journal is None, timeout=20_000)
    assert opened.window.unsaved.would_be_lost
    flow.show_household(1)
    assert opened.session.document.household.name == "Nilsson household"
    assert "another household is opened" in opened.window.unsaved.box.informativeText()
    button(opened, "Add to Clients.trimtab").click()
    assert opened.session.document.household.name == "Okafor household"
    assert sorted(entry.name for entry in flow.book.households()) == ["Nilsson household", "Okafor household"]
    flow.leave()
    assert not opened.window.unsaved.would_be_lost, "it is in the book that was closed"
    opened.session.push(SetPoint(0.3, 0.3))
    assert opened.window.unsaved.would_be_lost


def test_opening_the_sample_over_a_household_in_no_book_asks(sample, qtbot):
    imported(sample, qtbot)
    sample.window.actions_["sample"].trigger()
    assert sample.session.document.household.name == "Okafor household"
    button(sample, "Discard").click()
    assert sample.session.document.household is sample_household()
    sample.settle(qtbot)


def test_files_opened_over_the_changed_sample_do_not_ask(sample):
    sample.session.push(SetPoint(-0.4, 0.5))
    done = []
    sample.window.unsaved.before_import(lambda: done.append("opened"))
    assert done == ["opened"], "undo brings the sample back"
