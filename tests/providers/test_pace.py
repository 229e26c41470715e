"""The pace of requests on a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.providers.pace import PAUSE, Pace, PausedError
from core.providers.protocols import CancelledError


class Clock:
    """A clock that only sleep moves."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.slept = 0.0

    def read(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.slept += seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=self.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(now=clock.now, clock=clock.read, sleep=clock.sleep)


def test_at_most_two_requests_a_second(pace: Pace, clock: Clock) -> None:
    moments = []
    for _ in range(9):
        pace.wait()
        moments.append(clock.seconds)
    assert moments[0] == 100
    for first in range(len(moments) - 2):
        assert moments[first + 2] - moments[first] >= 1 - 1e-9


def test_a_slow_caller_does_not_wait(pace: Pace, clock: Clock) -> None:
    pace.wait()
    clock.seconds += 10
    pace.wait()
    assert clock.slept == 0


def test_a_pause_refuses_requests_until_it_is_over(pace: Pace, clock: Clock) -> None:
    until = pace.pause()
    assert until - clock.now() == PAUSE == timedelta(minutes=15)
    with pytest.raises(PausedError) as caught:
        pace.wait()
    assert caught.value.until == until
    clock.seconds += PAUSE.total_seconds() + 1
    assert pace.paused_until is None
    pace.wait()


def test_cancelling_ends_a_wait(pace: Pace, clock: Clock) -> None:
    pace.cancelled = lambda: clock.seconds > 102
    with pytest.raises(CancelledError):
        pace.rest(3600)
    assert clock.seconds < 103
