"""Many households: the same answers whoever works, failures apart, interruptions survived."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from core.book import batch
from core.book.batch import rebalance_all, waiting
from core.book.codec import unpacked
from core.book.errors import BookError
from core.book.job import Job, Outcome, Status
from core.book.proposals import planned
from core.book.store import Book
from core.book.summary import Thresholds, Tile, summarise
from core.book.workers import process_workers
from core.classify.truth import Classifier
from core.edits import Document
from core.errors import InputError
from core.household import Finding, SecurityType, Severity
from core.rebalance.engine import Engine
from core.tilt.target import RuleKey, Rules, Style, Target
from tests.book import hazards
from tests.book.practice import KEY, document, practice

COUNT = 8
TODAY = date(2026, 11, 25)
ROOT = Path(__file__).resolve().parents[2]


class Here(Executor):
    """Does each task at once, in this thread."""

    _max_workers = 1

    def __init__(self) -> None:
        self.done = 0

    def submit(self, work, task):  # type: ignore[no-untyped-def,override]
        future: Future[Outcome] = Future()
        future.set_result(work(task))
        self.done += 1
        return future


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with practice(tmp_path / "b.trimtab", COUNT) as book:
        yield book


def outcomes(stream) -> dict[int, Outcome]:
    return {progress.outcome.household: progress.outcome for progress in stream}


def same(one: dict[int, Outcome], other: dict[int, Outcome]) -> bool:
    return one.keys() == other.keys() and all(one[key].same_answer(other[key]) for key in one)


def test_a_plan_from_a_run_is_the_engines_own(book: Book):
    found = outcomes(rebalance_all(book, Here()))
    assert {outcome.status for outcome in found.values()} == {Status.DONE}
    for household in found:
        opened, proposal = planned(book, household)  # type: ignore[misc]
        exposures = Classifier(opened.overrides).classify_household(opened.household)
        own = Engine(opened.household, exposures).final(opened.target)
        assert attrs.evolve(own, timing_ms={}, findings=()) == attrs.evolve(proposal, findings=())


def test_results_stream_and_finished_ones_are_not_redone(book: Book):
    workers = Here()
    stream = rebalance_all(book, workers)
    first = next(stream)
    assert (first.done, first.total) == (1, COUNT)
    stream.close()
    done = workers.done
    assert done < COUNT
    kept = COUNT - len(waiting(book, job=Job.PLAN))
    assert kept == 1  # the others in hand came to nothing, and are done again
    rest = outcomes(rebalance_all(book, workers))
    assert len(rest) == COUNT - 1
    assert list(rebalance_all(book, workers)) == []
    assert len(outcomes(rebalance_all(book, workers, again=True))) == COUNT


def test_a_changed_household_is_done_again(book: Book):
    list(rebalance_all(book, Here()))
    after = attrs.evolve(book.document(3), target=Target())
    book.append_step(3, 1, after, "Open target")
    assert waiting(book, job=Job.PLAN) == [3]
    assert planned(book, 3) is None
    book.move(3, 0, book.document(3))
    assert waiting(book, job=Job.PLAN) == []


def test_a_run_survives_the_program(tmp_path: Path):
    path = tmp_path / "b.trimtab"
    book = practice(path, COUNT)
    stream = rebalance_all(book, Here())
    seen = [next(stream).outcome.household for _ in range(3)]
    stream.close()
    book.close()
    with Book.open_with(path, KEY) as again:
        rest = outcomes(rebalance_all(again, Here()))
    assert len(rest) == COUNT - 3
    assert not set(rest) & set(seen)


def test_cancelled_it_begins_nothing_new(book: Book):
    seen: list[int] = []
    for progress in rebalance_all(book, Here(), cancelled=lambda: bool(seen)):
        seen.append(progress.outcome.household)
    assert 1 <= len(seen) < COUNT
    assert len(waiting(book, job=Job.PLAN)) == COUNT - len(seen)


def test_failures_are_their_own(book: Book):
    wrong = attrs.evolve(document(91).household, findings=(Finding(Severity.ERROR, "x", "row 3", "Two totals."),))
    refused = book.add(Document(wrong)).id
    base = document(92)
    held = base.household.lots[0].security
    rules = Rules(sell_all=(RuleKey(held),), no_sell=(RuleKey(held),))
    impossible = book.add(attrs.evolve(base, target=Target(rules=rules))).id
    unresolved = book.add(attrs.evolve(base, target=Target(style=Style(preset="signals")))).id
    found = outcomes(rebalance_all(book, Here()))
    assert found[refused].status is Status.REFUSED
    assert "Two totals." in found[refused].message
    assert found[impossible].status is Status.NO_PLAN
    assert held in found[impossible].message
    assert found[unresolved].status in (Status.REFUSED, Status.FAILED)
    assert sum(outcome.status is Status.DONE for outcome in found.values()) == COUNT
    tiles = {row.id: row.tiles for row in summarise(book, TODAY).rows}
    assert {household for household in tiles if Tile.FAILED in tiles[household]} == {refused, impossible, unresolved}


def test_a_fault_of_the_program_is_reported_and_tried_again(book: Book, monkeypatch: pytest.MonkeyPatch):
    def broken(self: Engine, target: Target, **_: object) -> None:
        raise ZeroDivisionError("by accident")

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "final", broken)
        found = outcomes(rebalance_all(book, Here()))
    assert {outcome.status for outcome in found.values()} == {Status.FAILED}
    assert found[1].message == "ZeroDivisionError: by accident"
    assert len(waiting(book, job=Job.PLAN)) == COUNT
    assert {o.status for o in outcomes(rebalance_all(book, Here())).values()} == {Status.DONE}


def test_a_household_removed_meanwhile_is_no_trouble(book: Book):
    stream = rebalance_all(book, Here())
    first = next(stream).outcome.household
    other = next(key for key in range(1, COUNT + 1) if key != first)
    book.remove(other)
    with pytest.raises(BookError, match="no such household"):
        book.document(other)
    assert len(list(stream)) >= COUNT - 2


def test_a_reader_cannot_run(book: Book):
    with Book.open_with(book.path, KEY) as reader, pytest.raises(BookError, match="read-only"):
        list(rebalance_all(reader, Here()))


def test_processes_give_the_same_answers(book: Book):
    """They are given documents with names and findings, others without: the answers are the same to the last digit."""
    wrong = attrs.evolve(document(91).household, findings=(Finding(Severity.ERROR, "x", "row 3", "Two totals."),))
    refused = book.add(Document(wrong)).id
    here = outcomes(rebalance_all(book, Here()))
    with process_workers(2) as workers:
        there = outcomes(rebalance_all(book, workers, again=True))
    assert same(here, there)
    assert there[refused].status is Status.REFUSED
    name = book.entry(1).name.encode()
    assert all(name not in unpacked(o.body) for o in (*here.values(), *there.values()) if o.body is not None)


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_killed_workers_lose_nothing_but_their_own(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    here = outcomes(rebalance_all(book, Here()))
    mark = tmp_path / "mark"
    monkeypatch.setattr(batch, "do", hazards.do)
    monkeypatch.setenv("TRIMTAB_TEST_HAZARD", f"2=once={mark} 5=kill")
    with process_workers(2) as workers:
        found = outcomes(rebalance_all(book, workers, again=True))
    assert mark.exists()
    assert found[5].status is Status.LOST
    assert "memory" in found[5].message
    del found[5], here[5]
    assert same(here, found)
    assert waiting(book, job=Job.PLAN) == [5]


class Hopeless(Executor):
    """Breaks at whatever it is given."""

    _max_workers = 2

    def submit(self, work, task):  # type: ignore[no-untyped-def,override]
        future: Future[Outcome] = Future()
        future.set_exception(BrokenExecutor("ended"))
        return future


def test_workers_that_cannot_even_begin_end_the_run(book: Book, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch, "_HOPELESS", 3)
    with pytest.raises(InputError, match="end as soon as they begin"):
        list(rebalance_all(book, Hopeless()))
    assert len(waiting(book, job=Job.PLAN)) == COUNT


def run_apart(*arguments: str | Path) -> str:
    """What a program of its own prints."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_cluster_gives_the_same_answers_also_when_a_worker_dies(tmp_path: Path):
    pytest.importorskip("distributed")
    path = tmp_path / "b.trimtab"
    practice(path, COUNT).close()
    found = json.loads(run_apart("-m", "tests.book.cluster", path).splitlines()[-1])
    assert found["same"]
    assert found["same_after_kill"]
    assert found["statuses"] == ["done"]


def test_a_cluster_that_is_not_there():
    pytest.importorskip("distributed")
    code = """
from core.book import workers
from core.errors import InputError
workers._PATIENCE = 1
try:
    with workers.cluster_workers("tcp://127.0.0.1:9"):
        pass
except InputError as error:
    print(error)
"""
    assert "tcp://127.0.0.1:9 does not answer" in run_apart("-c", code)


def test_the_review_measures_what_the_plan_starts_from(book: Book):
    reviews = outcomes(rebalance_all(book, Here(), job=Job.REVIEW))
    plans = outcomes(rebalance_all(book, Here()))
    for household, review in reviews.items():
        for name in ("drift", "out_of_band", "size", "value_tilt", "coverage"):
            assert review.figures[name] == pytest.approx(plans[household].figures[name], abs=1e-9)


def test_tiles_say_what_the_lots_say(tmp_path: Path):
    base = document(1)
    household = base.household
    taxable = {a.id for a in household.accounts if a.kind.is_taxable}
    funds = {s.id for s in household.securities if s.type is SecurityType.MONEY_MARKET}
    lots = [attrs.evolve(lot, cost_basis=lot.market_value) for lot in household.lots if lot.security not in funds]
    at = next(i for i, lot in enumerate(lots) if lot.account in taxable)
    with Book.create(tmp_path / "b.trimtab", KEY) as book:

        def tiles(lots, cash="2000", **changes) -> frozenset[Tile]:
            accounts = tuple(
                attrs.evolve(a, cash=Decimal(cash), pending=Decimal(0), market_value=Decimal(10000))
                for a in household.accounts
            )
            changed = attrs.evolve(household, lots=tuple(lots), accounts=accounts, as_of=TODAY, **changes)
            entry = book.add(attrs.evolve(base, household=changed))
            return next(row.tiles for row in summarise(book, TODAY).rows if row.id == entry.id)

        plain = tiles(lots)
        assert plain == {Tile.NEVER_RUN}
        loss = [*lots]
        loss[at] = attrs.evolve(lots[at], cost_basis=lots[at].market_value + 5000)
        assert tiles(loss) - plain == {Tile.LOSSES}
        unknown = [*lots]
        unknown[at] = attrs.evolve(lots[at], cost_basis=None)
        assert tiles(unknown) - plain == {Tile.MISSING_BASIS}
        assert tiles(lots, cash="0") - plain == {Tile.LOW_CASH}
        assert tiles(lots, cash="900000") - plain == {Tile.HIGH_CASH}
        summary = summarise(book, date(2027, 3, 1), Thresholds(stale_days=30))
        assert summary.counts[Tile.STALE] == len(summary.rows) == 5
        assert len(summary.filtered(frozenset({Tile.STALE, Tile.LOSSES}))) == 1
