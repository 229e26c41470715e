"""Kills a program that works on a book, again and again, and looks at what is left.

    python -m tests.book.killing 1000 [SEED]

The worker's n-th action is a function of n alone, so a model can say which document, undo steps and records the book
must hold after n actions. Whatever the moment of the kill, it must hold those of the actions that were acknowledged,
or of one more.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import attrs

from core.book import chain, copies
from core.book.keys import Key
from core.book.proposals import keep_import
from core.book.session import BookSession
from core.book.store import Book
from core.edits import Document
from core.household import AccountKind, SourceFile
from core.sample import sample_household, sample_target

KEY = Key(bytes(range(1, 33)), bytes([1]) + bytes(range(50, 65)))
START = Document(sample_household(), target=sample_target())


def act(n: int, document: Document) -> Document:
    """The document after the n-th action, where that is an edit: it carries n."""
    trading = attrs.evolve(document.target.trading, eagerness=n / 1e6)
    changed = attrs.evolve(document, target=attrs.evolve(document.target, trading=trading))
    if n % 4 == 0:  # the heavy part too
        kind = (AccountKind.ROTH, AccountKind.TAXABLE)[n // 4 % 2]
        first, *others = document.household.accounts
        accounts = (attrs.evolve(first, kind=kind, kind_source="user"), *others)
        changed = attrs.evolve(changed, household=attrs.evolve(document.household, accounts=accounts))
    return changed


@attrs.define
class Model:
    """What the book must hold: a plain list of states. It shares nothing with the store."""

    states: list[Document] = attrs.field(factory=lambda: [START])
    position: int = 0
    records: int = 0
    done: int = 0

    def step(self) -> None:
        self.done += 1
        n = self.done
        what = action(n, self.position, len(self.states))
        if what == "undo":
            self.position -= 1
        elif what == "redo":
            self.position += 1
        elif what == "record":
            self.records += 1
        else:
            del self.states[self.position + 1 :]
            new = act(n, self.states[self.position])
            if what == "merge":
                self.states[self.position] = new
            else:
                self.states.append(new)
                self.position += 1


def action(n: int, position: int, states: int) -> str:
    if n % 5 == 0:
        return "record"
    if n % 11 == 0 and position > 0:
        return "undo"
    if n % 11 == 1 and position + 1 < states:
        return "redo"
    if n % 7 == 0 and position > 0:
        return "merge"
    return "edit"


def work(path: Path, done: int, pipe: multiprocessing.connection.Connection) -> None:
    """Open the book, go on after ``done`` actions, say each number once its action is on the disk."""
    book = Book.open_with(path, KEY)
    entry = book.households()[0]
    session = BookSession(book, entry.id)
    history = session.history()
    states = [past.document for past in history.states]
    position = history.present
    pipe.send(-1)
    n = done
    while True:
        n += 1
        what = action(n, position, len(states))
        if what == "record":
            source = SourceFile("positions.csv", f"{n:064d}", "generic", None, 1, 1)
            keep_import(book, entry.uuid, source, f"action {n}".encode())
        elif what in ("undo", "redo"):
            position += 1 if what == "redo" else -1
            session.move_to(position, states[position])
        else:
            del states[position + 1 :]
            new = act(n, states[position])
            session.append_edit(new, "Change trading", merge=what == "merge")
            if what == "merge":
                states[position] = new
            else:
                states.append(new)
                position += 1
        session.flush()
        if n % 97 == 0:
            copies.backup(book, path.with_name(f"backup-{n}-{os.getpid()}.trimtab"))
        pipe.send(n)


def holds(book: Book, model: Model) -> bool:
    """Whether the book holds exactly what the model says."""
    entry = book.households()[0]
    position, steps = book.steps(entry.id)
    if position != model.position or len(steps) != len(model.states):
        return False
    if sum(1 for _ in chain.records(book.database)) != model.records:
        return False
    if book.document(entry.id) != model.states[position]:
        return False
    # the newest states are all compared; older ones were, when they were new
    from core.book.codec import document_of

    newest = range(max(0, len(steps) - 4), len(steps))
    return all(document_of(book.parts(entry.id, number)) == model.states[number] for number in newest)


@attrs.define
class Tally:
    """What happened."""

    kills: int = 0
    actions: int = 0
    in_flight_kept: int = 0
    in_flight_lost: int = 0
    while_opening: int = 0
    logs_recovered: int = 0


def kill_again_and_again(folder: Path, times: int, seed: int = 1) -> Tally:
    """Kill a worker ``times`` times. Raises AssertionError where a book is not as it must be."""
    chance = random.Random(seed)
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
    path = folder / "book.trimtab"
    tally = Tally()
    model = Model()

    def fresh() -> None:
        for file in folder.iterdir():
            file.unlink()
        with Book.create(path, KEY) as book:
            book.add(START)

    fresh()
    for _ in range(times):
        if len(model.states) > 150:  # before the undo log is cut, which is no part of the model
            fresh()
            model = Model()
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=work, args=(path, model.done, theirs))
        worker.start()
        theirs.close()
        opening = chance.random() < 0.1
        if not opening:
            ours.recv()
        time.sleep(chance.random() * (0.04 if opening else 0.08))
        worker.kill()
        worker.join()
        acknowledged = model.done
        opened = not opening
        while True:
            try:
                said = ours.recv()
            except EOFError:
                break
            opened = True
            acknowledged = max(acknowledged, said)
        ours.close()
        tally.kills += 1
        tally.while_opening += not opened
        tally.actions += acknowledged - model.done
        wal = path.with_name(path.name + "-wal")
        tally.logs_recovered += wal.exists() and wal.stat().st_size > 0
        while model.done < acknowledged:
            model.step()
        with Book.open_with(path, KEY) as book:
            assert book.writable, "the dead worker's lock is still there"
            assert copies.page_faults(book.database) == []
            assert chain.verify(book.database).intact
            if holds(book, model):
                tally.in_flight_lost += 1
            else:
                model.step()
                assert holds(book, model), f"after {acknowledged} acknowledged actions the book holds something else"
                tally.in_flight_kept += 1
        for copy in folder.glob("backup-*.trimtab"):  # a copy is whole or not there
            copies.check_file(copy, KEY)
            copy.unlink()
    return tally


if __name__ == "__main__":
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        chosen = int(sys.argv[2]) if len(sys.argv) > 2 else 1
        print(kill_again_and_again(Path(name), int(sys.argv[1]), chosen), f"{time.perf_counter() - started:.0f} s")
