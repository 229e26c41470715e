"""The solve service: newest wins, cancellation, failures as results, a clean end."""

import threading
import time

import attrs
import pytest

from core.classify.overrides import Override
from core.errors import InputError
from core.tilt.target import Style, Target
from desktop.solve_service import SolveService
from tests.desktop.fake_engine import FakeEngine, classify
from tests.desktop.small_household import small_household

pytestmark = pytest.mark.usefixtures("qapp")


def target(size):
    return Target(style=Style(size=size, value=0.1))


@pytest.fixture
def made():
    return []


@pytest.fixture
def service(made):
    def make(household, exposures):
        made.append(FakeEngine(household, exposures))
        return made[-1]

    service = SolveService(classify, make)
    yield service
    for engine in made:
        engine.gate.set()
    service.shutdown()


def ready(service, qtbot, made):
    with qtbot.waitSignal(service.prepared):
        service.set_household(small_household(), {}, 0)
    qtbot.waitUntil(lambda: not service.busy)
    return made[-1]


def test_classifies_and_estimates_away_from_the_window(service, qtbot, made):
    with qtbot.waitSignal(service.prepared) as heard:
        service.set_household(small_household(), {}, 3)
    assert heard.args[0].revision == 3
    assert set(heard.args[0].exposures) >= {"VTI", "ZZQX"}
    with qtbot.waitSignal(service.live_ready) as heard:
        service.request_live(target(0.2), 4)
    assert heard.args[0].revision == 4
    assert threading.main_thread() not in made[-1].threads


def test_newest_request_wins(service, qtbot, made):
    engine = ready(service, qtbot, made)
    got = []
    service.live_ready.connect(lambda r: got.append(r.revision))
    for revision in range(1, 200):
        service.request_live(target(revision / 400), revision)
    qtbot.waitUntil(lambda: got[-1:] == [199])
    assert len(engine.lives) < 20
    assert got == sorted(got)


def test_an_estimate_for_the_household_before_is_not_told(service, qtbot, made):
    engine = ready(service, qtbot, made)
    told = []
    service.live_ready.connect(lambda result: told.append(result.revision))
    service.request_live(target(0.2), 1)
    while not engine.lives or service.busy:  # without the event loop: the answer waits
        time.sleep(0.005)
    service.set_household(small_household(), {}, 2)
    service.request_live(target(0.2), 3)
    qtbot.waitUntil(lambda: told != [])
    assert told == [3]


def test_a_newer_request_cancels_the_final_plan(service, qtbot, made):
    engine = ready(service, qtbot, made)
    finals = []
    service.final_ready.connect(finals.append)
    engine.gate.clear()
    service.request_final(target(0.2), 1)
    assert engine.started.wait(2)
    service.request_live(target(0.3), 2)
    qtbot.waitUntil(lambda: engine.cancelled_runs == 1)
    engine.gate.set()
    with qtbot.waitSignal(service.final_ready):
        service.request_final(target(0.3), 2)
    assert [result.revision for result in finals] == [2]


def test_cancel_drops_the_final_plan(service, qtbot, made):
    engine = ready(service, qtbot, made)
    engine.gate.clear()
    with qtbot.assertNotEmitted(service.final_ready):
        service.request_final(target(0.2), 1)
        assert engine.started.wait(2)
        service.cancel()
        qtbot.waitUntil(lambda: not service.busy)
    assert engine.cancelled_runs == 1


def test_no_plan_is_a_result(service, qtbot, made):
    engine = ready(service, qtbot, made)
    engine.conflict = ("sell_all VTI", "no_sell VTI")
    with qtbot.waitSignal(service.failed) as heard:
        service.request_final(target(0.2), 1)
    assert heard.args[0].rules == ("sell_all VTI", "no_sell VTI")
    engine.conflict = ()
    with qtbot.waitSignal(service.final_ready):
        service.request_final(target(0.2), 2)


def test_an_input_error_is_a_result_and_a_program_error_is_reported(service, qtbot, made):
    engine = ready(service, qtbot, made)
    engine.error = InputError("VTI has no price; give one in a price file.")
    with qtbot.waitSignal(service.failed) as heard:
        service.request_live(target(0.2), 1)
    assert "no price" in heard.args[0].message
    engine.error = ZeroDivisionError("a fault of the program")
    with qtbot.waitSignal(service.crashed) as heard:
        service.request_live(target(0.2), 2)
    assert isinstance(heard.args[0], ZeroDivisionError)
    engine.error = None
    with qtbot.waitSignal(service.live_ready):
        service.request_live(target(0.2), 3)


def test_only_what_changed_is_classified_again(qtbot):
    asked = []

    def recording(household, overrides, known, _live=()):
        asked.append(frozenset(known))
        return classify(household, overrides, known)

    service = SolveService(recording, FakeEngine)
    try:
        household = small_household()
        with qtbot.waitSignal(service.prepared):
            service.set_household(household, {}, 0)
        renamed = attrs.evolve(household, accounts=household.accounts[::-1])
        with qtbot.waitSignal(service.prepared):
            service.set_household(renamed, {}, 1)
        override = Override("VTI", note="mine")
        with qtbot.waitSignal(service.prepared) as heard:
            service.set_household(renamed, {"VTI": override}, 2)
        assert heard.args[0].exposures["VTI"].note == "mine"
        everything = frozenset(security.id for security in household.securities)
        assert asked == [frozenset(), everything, everything - {"VTI"}]
    finally:
        service.shutdown()


def test_shutdown_while_a_plan_is_under_way(qtbot):
    made = []

    def make(household, exposures):
        made.append(FakeEngine(household, exposures))
        made[-1].gate.clear()
        return made[-1]

    service = SolveService(classify, make)
    service.set_household(small_household(), {}, 0)
    service.request_final(target(0.2), 0)
    qtbot.waitUntil(lambda: bool(made) and made[-1].started.is_set())
    service.shutdown()
    service.shutdown()
    assert not any(thread.name == "plans" for thread in threading.enumerate())
    assert made[-1].cancelled_runs == 1


def test_busy_words_come_and_go(service, qtbot, made):
    said = []
    service.busy_changed.connect(said.append)
    ready(service, qtbot, made)
    with qtbot.waitSignal(service.final_ready):
        service.request_final(target(0.2), 1)
    qtbot.waitUntil(lambda: said[-1:] == [""])
    assert "final plan" in said[-2]
