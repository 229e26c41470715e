"""Qt objects in Python's garbage die on the window's thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.garbage import WindowCollector


class Knot(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def collector(qapp: object) -> Iterator[WindowCollector]:
    made = WindowCollector()
    yield made
    made.stop()


def many_knots() -> None:
    """Enough garbage for the interpreter's own collector to run many times."""
    for _ in range(20_000):
        knot: list[object] = []
        knot.append(knot)


def test_a_worker_never_destroys_what_the_window_made(qtbot: QtBot, collector: WindowCollector):
    died_on: list[int] = []
    knot = Knot()
    weakref.finalize(knot, lambda: died_on.append(threading.get_ident()))
    del knot
    worker = threading.Thread(target=many_knots)
    worker.start()
    worker.join()
    assert died_on == []
    qtbot.waitUntil(lambda: died_on == [threading.get_ident()], timeout=5000)


def test_the_interpreter_collects_again_afterwards(qapp: object):
    made = WindowCollector()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()


def test_nothing_is_collected_while_it_is_held(collector: WindowCollector):
    held = [True]
    collector.held = lambda: held[0]
    knot = Knot()
    alive = weakref.ref(knot)
    del knot
    many = [[] for _ in range(20_000)]  # by the thresholds it is due many times over
    collector.collect_what_is_due()
    assert alive() is not None
    held[0] = False
    collector.collect_what_is_due()
    assert alive() is None
    assert len(many) == 20_000


def test_what_is_settled_is_not_looked_at_again_and_what_comes_later_is(collector: WindowCollector):
    kept = [[] for _ in range(1_000)]
    collector.settle()
    assert gc.get_freeze_count() > 1_000
    knot = Knot()
    alive = weakref.ref(knot)
    del knot
    gc.collect()
    assert alive() is None
    collector.stop()
    assert gc.get_freeze_count() == 0
    assert len(kept) == 1_000


def test_nothing_is_collected_before_it_is_due(collector: WindowCollector):
    gc.collect()
    knot = Knot()
    alive = weakref.ref(knot)
    del knot
    collector.collect_what_is_due()
    assert alive() is not None
