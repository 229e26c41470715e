"""Background tasks and crash reports."""

import threading

import pytest

from core.errors import InputError
from desktop.crash import CrashReporter, crash_details
from desktop.tasks import Tasks

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def tasks():
    tasks = Tasks()
    yield tasks
    tasks.shutdown()


def run(tasks, function, key="work"):
    heard = []
    tasks.run(key, "Working…", function, lambda r: heard.append(("done", r)), lambda w: heard.append(("failed", w)))
    return heard


def test_result_arrives_on_the_windows_thread(tasks, qtbot):
    threads = []

    def work():
        threads.append(threading.current_thread())
        return 42

    heard = run(tasks, work)
    assert tasks.busy
    qtbot.waitUntil(lambda: heard == [("done", 42)])
    assert threads[0] is not threading.main_thread()
    assert not tasks.busy


def test_of_two_tasks_with_one_key_the_newer_counts(tasks, qtbot):
    gate = threading.Event()
    first = run(tasks, lambda: gate.wait(2))
    second = run(tasks, lambda: "second")
    gate.set()
    qtbot.waitUntil(lambda: second == [("done", "second")])
    assert first == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (InputError("positions.csv, row 3: no quantity."), "row 3"),
        (PermissionError(13, "denied", "trades.xlsx"), "close it in other programs"),
        (FileNotFoundError(2, "gone", "trades.xlsx"), "not there any more"),
        (OSError(28, "No space left on device"), "No space left"),
    ],
)
def test_errors_the_user_can_mend_become_words(tasks, qtbot, error, words):
    def work():
        raise error

    heard = run(tasks, work)
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert heard[0][0] == "failed"
    assert words in heard[0][1]


def test_the_programs_own_errors_are_reported(tasks, qtbot):
    heard = []
    with qtbot.waitSignal(tasks.crashed) as crash:
        heard = run(tasks, lambda: 1 / 0)
    assert isinstance(crash.args[0], ZeroDivisionError)
    assert heard == [("failed", "")]


def failing(secret):
    try:
        raise KeyError(secret)  # noqa: TRY301
    except KeyError as cause:
        raise RuntimeError(f"account {secret}") from cause


def test_crash_details_say_where_and_hold_no_values():
    with pytest.raises(RuntimeError) as caught:
        failing("4711-0815")
    details = crash_details(caught.value)
    assert "RuntimeError" in details
    assert "KeyError" in details
    assert "tests/desktop/test_tasks.py" in details
    assert "in failing" in details
    assert "4711" not in details


def test_one_error_is_shown_once_even_from_another_thread(qtbot, capsys):
    shown = []
    reporter = CrashReporter(show=shown.append)
    with pytest.raises(RuntimeError) as caught:
        failing("x")
    thread = threading.Thread(target=reporter.report, args=(caught.value,))
    thread.start()
    thread.join()
    reporter.report(caught.value)
    qtbot.waitUntil(lambda: len(shown) == 1)
    qtbot.wait(20)
    assert len(shown) == 1
    assert "RuntimeError" in capsys.readouterr().err
