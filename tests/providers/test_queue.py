"""The queue: cache first, faults tried again, an end where the provider is at fault, pauses remembered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.providers.cache import ProviderCache
from core.providers.pace import Pace, utc_now
from core.providers.protocols import CancelledError, Reason
from core.providers.queue import Kind, LiveData, Progress
from core.providers.session import new_session
from core.providers.yahoo import HOSTS, YahooProvider
from tests.providers.conftest import TODAY
from tests.providers.yahoo_server import Fault, YahooServer


class Clock:
    """A wall clock that the test moves."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.offset


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(server: YahooServer, tmp_path: Path, clock: Clock) -> Iterator[LiveData]:
    made = make(server, tmp_path, clock)
    yield made
    made.close()


def make(server: YahooServer, folder: Path, clock: Clock) -> LiveData:
    pace = Pace(0.0, now=clock)
    yahoo = YahooProvider(
        pace,
        folder / "library",
        session=new_session(pace, HOSTS, server.session_class(), trust_env=False),
        today=lambda: TODAY,
    )
    return LiveData(yahoo, yahoo, yahoo, pace=pace, cache=ProviderCache(folder / "live.sqlite"), back_off=(0.0, 0.0))


def test_the_second_time_nothing_is_asked(live: LiveData, server: YahooServer, clock: Clock) -> None:
    first = live.quotes(["VBR", "vbr", "BND", "XYZQ"])
    assert set(first.values) == {"VBR", "BND"}
    assert first.failures["XYZQ"].reason is Reason.UNKNOWN
    server.market.log.clear()
    second = live.quotes(["VBR", "BND", "XYZQ"])
    assert second.values == first.values
    assert second.from_cache == 3
    assert server.market.log == []
    clock.offset = timedelta(hours=25)
    live.quotes(["VBR"])
    assert server.market.asked("chart/VBR") > 0


def test_ages_of_profiles(live: LiveData, server: YahooServer, clock: Clock) -> None:
    live.profiles({"VBR": None})
    clock.offset = timedelta(days=29)
    server.market.log.clear()
    assert "VBR" in live.profiles({"VBR": None}).values
    assert server.market.log == []
    clock.offset = timedelta(days=31)
    live.profiles({"VBR": None})
    assert server.market.asked("quoteSummary/VBR") == 1


def test_an_old_answer_serves_where_the_provider_fails(live: LiveData, server: YahooServer, clock: Clock) -> None:
    before = live.profiles({"VBR": None}).values["VBR"]
    clock.offset = timedelta(days=40)
    server.market.faults = [Fault("quoteSummary", status=503)]
    found = live.profiles({"VBR": None})
    assert found.values["VBR"] == before
    assert found.stale == {"VBR"}
    assert found.failures["VBR"].reason is Reason.UNAVAILABLE


def test_a_passing_fault_is_tried_again(live: LiveData, server: YahooServer) -> None:
    server.market.faults = [Fault("chart/VBR", drop=True, times=2)]
    assert "VBR" in live.quotes(["VBR"]).values


def test_a_lasting_fault_ends_the_queue(live: LiveData, server: YahooServer) -> None:
    server.market.faults = [Fault("finance/chart", drop=True)]
    found = live.quotes(["VBR", "BND", "VTI", "AVUV", "VXUS"])
    assert {f.reason for f in found.failures.values()} == {Reason.OFFLINE}
    assert len(found.failures) == 5
    assert server.market.asked("chart/VTI") == 0
    assert found.failures["VTI"].symbol == "VTI"
    # nothing of it is remembered: the next time it works
    server.market.faults = []
    assert len(live.quotes(["VBR", "BND", "VTI"]).values) == 3


def test_one_bad_symbol_does_not_end_the_queue(live: LiveData, server: YahooServer) -> None:
    server.market.faults = [Fault("chart/BND", drop=True)]
    found = live.quotes(["VBR", "BND", "VTI", "AVUV"])
    assert set(found.values) == {"VBR", "VTI", "AVUV"}


def test_too_many_requests_end_the_queue_and_the_next_program_waits(
    live: LiveData, server: YahooServer, tmp_path: Path, clock: Clock
) -> None:
    server.market.faults = [Fault("chart/BND", status=429)]
    found = live.quotes(["VBR", "BND", "VTI"])
    assert set(found.values) == {"VBR"}
    assert found.failures["BND"].reason is found.failures["VTI"].reason is Reason.RATE_LIMITED
    assert server.market.asked("chart/VTI") == 0
    server.market.faults, server.market.log = [], []
    other = make(server, tmp_path, clock)
    again = other.quotes(["VBR", "VTI"])
    assert set(again.values) == {"VBR"}  # from the cache, which is as usable as before
    assert again.failures["VTI"].until is not None
    assert server.market.log == []
    clock.offset = timedelta(minutes=16)
    assert "VTI" in other.quotes(["VTI"]).values
    other.close()


def test_progress_and_cancel(live: LiveData, server: YahooServer) -> None:
    seen: list[Progress] = []
    live.quotes(["VBR", "BND"], seen.append)
    assert [(p.kind, p.done, p.total, p.symbol) for p in seen] == [
        (Kind.QUOTE, 0, 2, "VBR"),
        (Kind.QUOTE, 1, 2, "BND"),
        (Kind.QUOTE, 2, 2, ""),
    ]
    stop = False

    def progress(p: Progress) -> None:
        nonlocal stop
        stop = p.symbol == "VXUS"

    with pytest.raises(CancelledError):
        live.quotes(["VTI", "VXUS", "AVUV"], progress, lambda: stop)
    assert server.market.asked("chart/VXUS") == 0
    server.market.log.clear()
    assert "VTI" in live.quotes(["VTI"]).values  # what came before the stop is kept
    assert server.market.log == []


def test_histories(live: LiveData) -> None:
    assert len(live.histories(["VBR"]).values["VBR"].closes) > 150


def test_a_damaged_answer_in_the_cache_is_asked_again(live: LiveData, clock: Clock) -> None:
    live.cache.put("Yahoo", "quote", "VBR", {"is": "quote", "symbol": "VBR", "price": "much"}, clock())
    live.cache.put("Yahoo", "quote", "BND", ["what"], clock())
    live.cache.put("Yahoo", "quote", "VTI", {"is": "history", "symbol": "VTI", "dates": [], "closes": []}, clock())
    assert set(live.quotes(["VBR", "BND", "VTI"]).values) == {"VBR", "BND", "VTI"}
