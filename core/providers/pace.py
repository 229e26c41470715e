"""Pace of requests: a least time between two, and a pause where a provider asks for one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from core.providers.protocols import CancelledError

#: At most two requests a second.
INTERVAL = 0.5
#: After "too many requests".
PAUSE = timedelta(minutes=15)

#: Longest sleep between two looks at ``cancelled``, seconds.
_SLICE = 0.05


def never() -> bool:
    """The ``cancelled`` of a caller who does not stop."""
    return False


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


class PausedError(Exception):
    """The provider must not be asked before ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"paused until {until:%H:%M} UTC")
        self.until = until


class Pace:
    """Lets one request through at a time, none sooner than ``interval`` seconds after the last.

    interval : seconds. now : the wall clock, for pauses. clock, sleep : the clock between requests. Safe to share
    between threads.
    """

    def __init__(
        self,
        interval: float = INTERVAL,
        *,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval = interval
        self.now = now
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._next = clock()
        self._until: datetime | None = None
        self.cancelled: Callable[[], bool] = never

    @property
    def paused_until(self) -> datetime | None:
        """End of the pause, or None where there is none."""
        until = self._until
        return until if until is not None and until > self.now() else None

    def pause(self, until: datetime | None = None) -> datetime:
        """Pause, by `PAUSE` from now unless told until when. Returns the end of the pause."""
        self._until = until or self.now() + PAUSE
        return self._until

    def resume(self) -> None:
        """End a pause."""
        self._until = None

    def wait(self) -> None:
        """Return when a request may be made. Raises PausedError in a pause, CancelledError where cancelled."""
        with self._lock:
            self._check()
            start = max(self._next, self._clock())
            self._next = start + self.interval
        self.sleep_until(start)

    def sleep_until(self, moment: float) -> None:
        """Sleep until a moment of the clock. Raises PausedError and CancelledError like `wait`."""
        while (left := moment - self._clock()) > 0:
            self._check()
            self._sleep(min(left, _SLICE))
        self._check()

    def rest(self, seconds: float) -> None:
        """Sleep for some seconds, waking where cancelled."""
        self.sleep_until(self._clock() + seconds)

    def _check(self) -> None:
        if self.cancelled():
            raise CancelledError
        if (until := self.paused_until) is not None:
            raise PausedError(until)
