"""Households in a book: exact to the last digit, undo as a plain list would do it, and two programs on one file."""

import shutil
import subprocess
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.book.codec import PARTS, document_of, part_bytes, part_value
from core.book.errors import BookError, Trouble
from core.book.keys import random_key
from core.book.session import BookSession, Saving
from core.book.store import Book
from core.classify.answer import Answer, Query
from core.classify.exposure import Confidence
from core.classify.truth import Classifier
from core.edits import Document, SetAccountKind, SetPoint
from core.household import AccountKind, Finding, SecurityType, Severity
from core.market.observations import snapshot
from core.market.suggestion import suggest
from core.sample import sample_household, sample_target
from core.tilt.risk import Risk, covariance_of
from tests.book.practice import KEY, document, practice
from tests.households import households

START = Document(sample_household(), target=sample_target(), pins={2: 0.25})


@given(case=households())
@settings(max_examples=40)
def test_any_document_comes_back_equal(case):
    household, _, target = case
    given_ = Document(household, document(1).overrides, target, {0: 0.1, 8: 1 / 3})
    parts = {kind: part_bytes(given_, kind) for kind in PARTS}
    assert document_of(parts) == given_
    assert {kind: part_bytes(document_of(parts), kind) for kind in PARTS} == parts


def test_digits_that_a_float_would_lose_stay():
    lot = attrs.evolve(START.household.lots[0], quantity=Decimal("1234567890.123456789012345"))
    finding = Finding(Severity.INFO, "x", "Zeile 3", "Grüße – \u202e\n\0 1e400")
    household = attrs.evolve(START.household, lots=(lot,), findings=(finding,), name="Ærø \U0001f9ed")
    back = document_of({kind: part_bytes(Document(household), kind) for kind in PARTS})
    assert back.household == household
    assert str(back.household.lots[0].quantity) == "1234567890.123456789012345"


def test_a_target_with_a_covariance_comes_back_equal():
    covariance = covariance_of(["VTI", "VBR"], [[0.04, 0.01], [0.01, 1 / 11]], "test")
    target = attrs.evolve(START.target, risk=Risk(covariance, 0.02, 3.0))
    assert part_value("target", part_bytes(attrs.evolve(START, target=target), "target")) == target


class Says:
    """A source of live profiles."""

    def __init__(self, symbol: str, answer: Answer) -> None:
        self._symbol, self._answer = symbol, answer

    def answer(self, query: Query) -> Answer | None:
        return self._answer if query.symbol == self._symbol else None


def test_what_a_refresh_found_out_classifies_the_same_after_a_restart(tmp_path: Path):
    household = START.household
    first, second, *_ = (s for s in household.securities if s.symbol and s.type is SecurityType.ETF)
    box = (0.0,) * 8 + (1.0,)
    live = (
        Says(first.symbol or "", Answer("live, Test 2026-11-20", "2026-11-20", Confidence.MEDIUM, style_box=box)),
        Says(second.symbol or "", Answer("returns", None, Confidence.LOW, mix=(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0))),
        Says("ELSEWHERE", Answer("x", None, Confidence.LOW, style_box=box)),
    )
    opened = attrs.evolve(START, live=live, suggestion=suggest(snapshot(), date(2026, 11, 25)))
    with Book.create(tmp_path / "b.trimtab", KEY) as book:
        entry = book.add(opened)
        back = book.document(entry.id)
        assert len(back.live) == 2
        assert back.suggestion == opened.suggestion
        before = Classifier(opened.overrides, opened.live).classify_household(household)
        assert Classifier(back.overrides, back.live).classify_household(back.household) == before
        assert before != Classifier(opened.overrides).classify_household(household)
        assert {k: part_bytes(back, k) for k in PARTS} == {k: part_bytes(opened, k) for k in PARTS}
        session = BookSession(book, entry.id)  # and each edit keeps them
        after = SetPoint(0.1, 0.1).apply(back)[0]
        session.append_edit(after, "Move tilt")
        assert session.snapshot() == after
        session.close()


def test_a_part_that_only_a_newer_program_knows_is_refused():
    parts = {kind: part_bytes(START, kind) for kind in PARTS}
    with pytest.raises(BookError, match="Update the program"):
        document_of({**parts, "horoscope": b"{}"})
    assert document_of({kind: parts[kind] for kind in ("household", "target", "overrides", "pins")}) == START


def test_what_a_newer_program_wrote_is_refused_not_dropped():
    parts = {kind: part_bytes(START, kind) for kind in PARTS}
    parts["target"] = parts["target"].replace(b'{"', b'{"something_new":1,"', 1)
    with pytest.raises(BookError, match="Update the program") as caught:
        document_of(parts)
    assert caught.value.trouble is Trouble.NEWER


class UndoMachine(RuleBasedStateMachine):
    """A session beside a plain list; now and then the program ends and starts again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.book = Book.create(self.folder / "b.trimtab", KEY)
        self.entry = self.book.add(START)
        self.session = BookSession(self.book, self.entry.id)
        self.states = [START]
        self.at = 0

    @rule(size=st.floats(-1, 1), merge=st.booleans())
    def point(self, size: float, merge: bool) -> None:
        self._edit(SetPoint(size, 0.1).apply(self.states[self.at])[0], merge)

    @rule(kind=st.sampled_from(list(AccountKind)))
    def kind(self, kind: AccountKind) -> None:
        first = START.household.accounts[0].id
        self._edit(SetAccountKind(first, kind).apply(self.states[self.at])[0], False)

    def _edit(self, after: Document, merge: bool) -> None:
        self.session.append_edit(after, "Edit", merge=merge)
        del self.states[self.at + 1 :]
        if merge and self.at > 0:
            self.states[self.at] = after
        else:
            self.states.append(after)
            self.at += 1

    @rule(to=st.integers(0, 30))
    def move(self, to: int) -> None:
        self.at = min(to, len(self.states) - 1)
        self.session.move_to(self.at, self.states[self.at])

    @rule()
    def restart(self) -> None:
        assert self.session.close()
        self.book.close()
        self.book = Book.open_with(self.folder / "b.trimtab", KEY)
        self.session = BookSession(self.book, self.entry.id)

    @invariant()
    def the_book_holds_the_list(self) -> None:
        history = self.session.history()
        assert [past.document for past in history.states] == self.states
        assert history.present == self.at == self.session.number
        assert self.session.document == self.session.snapshot() == self.states[self.at]

    def teardown(self) -> None:
        self.session.close()
        self.book.close()
        shutil.rmtree(self.folder)


UndoMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
TestUndo = UndoMachine.TestCase


def test_parts_that_nothing_needs_are_gone(tmp_path: Path):
    with Book.create(tmp_path / "b.trimtab", KEY) as book:
        entry = book.add(START)
        for n in range(1, 6):
            after = SetAccountKind(START.household.accounts[0].id, list(AccountKind)[n]).apply(START)[0]
            book.append_step(entry.id, n, after, "kind")
        assert book.database.row("SELECT count(*) FROM part") == (11,)
        book.move(entry.id, 0, START)
        book.append_step(entry.id, 1, START, "back")
        assert book.database.row("SELECT count(*) FROM part") == (6,)
        book.remove(entry.id)
        assert book.database.row("SELECT count(*) FROM part") == (0,)


def test_old_steps_are_forgotten_at_the_next_start_and_new_ones_go_on(tmp_path: Path):
    with Book.create(tmp_path / "b.trimtab", KEY) as book:
        entry = book.add(START)
        document = START
        for n in range(1, 261):
            document = SetPoint(n / 1000, 0.0).apply(document)[0]
            book.append_step(entry.id, n, document, "Move tilt", ["target"])
        session = BookSession(book, entry.id)
        history = session.history()
        assert [past.number for past in history.states] == list(range(60, 261))
        after = SetPoint(0.9, 0.0).apply(document)[0]
        assert session.append_edit(after, "Move tilt", merge=True) == 260
        session.move_to(60, history.states[0].document)
        assert session.append_edit(after, "Move tilt", merge=True) == 61  # the oldest is never merged into
        assert session.snapshot() == after
        session.close()
        assert len(list(book.targets(entry.id))) == 261  # the history of targets is whole


def test_targets_are_remembered_in_order(tmp_path: Path):
    with Book.create(tmp_path / "b.trimtab", KEY) as book:
        entry = book.add(START)
        after = SetPoint(0.5, 0.0).apply(START)[0]
        book.append_step(entry.id, 1, after, "Move tilt")
        book.move(entry.id, 0, START)
        assert [content for _, content in book.targets(entry.id)] == [part_bytes(d, "target") for d in (START, after)]


def test_facts_are_kept_by_date(tmp_path: Path):
    with Book.create(tmp_path / "b.trimtab", KEY) as book:
        book.learn("quote", "VBR", "2026-11-20", b"new")
        book.learn("quote", "VBR", "2026-10-20", b"old")
        assert book.fact("quote", "VBR") == ("2026-11-20", b"new")
        assert book.fact("quote", "VTI") is None


def test_the_second_program_reads_and_the_first_writes(tmp_path: Path):
    path = tmp_path / "b.trimtab"
    with practice(path, 1) as first, Book.open_with(path, KEY) as second:
        assert first.writable
        assert not second.writable
        assert "open in another window" in second.why_read_only
        with pytest.raises(BookError) as caught:
            second.add(START)
        assert caught.value.trouble is Trouble.LOCKED
        first.add(START)
        assert [entry.name for entry in second.households()] == [entry.name for entry in first.households()]
    with Book.open_with(path, KEY) as third:
        assert third.writable
        assert len(third.households()) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["b.trimtab"]


def test_the_lock_of_another_process_counts(tmp_path: Path):
    path = tmp_path / "b.trimtab"
    practice(path, 1).close()
    code = (
        "import sys; from pathlib import Path; from core.book.store import Book; from tests.book.practice import KEY;"
        "book = Book.open_with(Path(sys.argv[1]), KEY); print(book.writable, flush=True); sys.stdin.read()"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, path], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with Book.open_with(path, KEY) as here:
            assert not here.writable
        other.kill()
    with Book.open_with(path, KEY) as here:
        assert here.writable


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_book_is_its_owners_alone(tmp_path: Path):
    with Book.create(tmp_path / "b.trimtab", KEY) as book:
        book.add(START)
        assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_nothing_is_overwritten(tmp_path: Path):
    path = tmp_path / "b.trimtab"
    path.write_text("mine")
    with pytest.raises(BookError) as caught:
        Book.create(path, random_key())
    assert caught.value.trouble is Trouble.EXISTS
    assert path.read_text() == "mine"


def test_a_session_says_when_all_is_saved(tmp_path: Path):
    said = []
    with Book.create(tmp_path / "b.trimtab", KEY) as book:
        entry = book.add(START)
        session = BookSession(book, entry.id, said.append)
        session.append_edit(SetPoint(0.5, 0.0).apply(START)[0], "Move tilt")
        assert session.flush()
        assert session.close()
    assert [state.saving for state in said] == [Saving.SAVING, Saving.SAVED]


def test_today_is_no_part_of_a_book(tmp_path: Path):
    with practice(tmp_path / "b.trimtab", 1) as book:
        assert date.fromisoformat(book.entry(1).added[:10])
        assert book.document(1) == document(0)
