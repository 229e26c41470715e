"""The cache: what goes in comes out, damaged files do no harm, and no symbol is lost between programs."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classify.stocks import Fundamentals
from core.household import SecurityType
from core.providers.cache import ProviderCache, is_fresh
from core.providers.protocols import Failure, PriceHistory, Profile, Quote, Reason
from core.providers.stored import from_json, to_json

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def test_round_trip_and_replacement(tmp_path: Path) -> None:
    cache = ProviderCache(tmp_path / "deep" / "live.sqlite")
    assert cache.get("Yahoo", "quote", "VTI") is None
    cache.put("Yahoo", "quote", "VTI", {"a": 1}, NOW)
    cache.put("Yahoo", "quote", "VTI", {"a": 2}, NOW + timedelta(hours=1))
    cache.put("Other", "quote", "VTI", {"a": 3}, NOW)
    cache.close()
    again = ProviderCache(tmp_path / "deep" / "live.sqlite")
    assert again.get("Yahoo", "quote", "VTI") == (NOW + timedelta(hours=1), {"a": 2})
    again.forget("Yahoo", "quote", "VTI")
    assert again.get("Yahoo", "quote", "VTI") is None
    again.prune(NOW + timedelta(days=1))
    assert again.get("Other", "quote", "VTI") is None
    assert again.problem == ""
    again.close()


def test_a_pause_outlives_the_program(tmp_path: Path) -> None:
    cache = ProviderCache(tmp_path / "live.sqlite")
    cache.pause("Yahoo", NOW)
    cache.close()
    again = ProviderCache(tmp_path / "live.sqlite")
    assert again.paused_until("Yahoo") == NOW
    again.pause("Yahoo", None)
    assert again.paused_until("Yahoo") is None
    again.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be looked at", b"SQLite format 3\0" + b"x" * 200]
)
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "live.sqlite"
    path.write_bytes(content)
    cache = ProviderCache(path)
    cache.put("Yahoo", "quote", "VTI", {"a": 1}, NOW)
    assert cache.get("Yahoo", "quote", "VTI") == (NOW, {"a": 1})
    assert "damaged" in cache.problem
    assert (tmp_path / "live.sqlite.damaged").read_bytes() == content
    cache.close()


def test_another_version_or_another_programs_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "live.sqlite"
    db = sqlite3.connect(path)
    db.execute("create table answers (something text)")
    db.execute("pragma user_version = 99")
    db.close()
    cache = ProviderCache(path)
    cache.put("Yahoo", "quote", "VTI", 1, NOW)
    assert cache.get("Yahoo", "quote", "VTI") == (NOW, 1)
    assert cache.problem
    cache.close()


def test_where_no_file_can_be_written_memory_serves(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = ProviderCache(tmp_path / "file" / "live.sqlite")
    cache.put("Yahoo", "quote", "VTI", 1, NOW)
    assert cache.get("Yahoo", "quote", "VTI") == (NOW, 1)
    assert "cannot be used" in cache.problem
    cache.close()


def test_two_caches_and_many_threads_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "live.sqlite"
    caches = [ProviderCache(path), ProviderCache(path)]

    def fill(cache: ProviderCache, letter: str) -> None:
        for number in range(20):
            cache.put("Yahoo", "quote", f"{letter}{number}", number, NOW)

    threads = [
        threading.Thread(target=fill, args=(cache, letter)) for cache, letter in zip(caches * 2, "ABCD", strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for letter in "ABCD":
        assert caches[0].get("Yahoo", "quote", f"{letter}19") == (NOW, 19)
    for cache in caches:
        cache.close()


def test_freshness() -> None:
    assert is_fresh(NOW - timedelta(hours=23), timedelta(hours=24), NOW)
    assert not is_fresh(NOW - timedelta(hours=25), timedelta(hours=24), NOW)
    assert not is_fresh(NOW + timedelta(days=2), timedelta(hours=24), NOW)


_TEXT = st.text(max_size=12)
_SHARE = st.floats(-1, 2)
_TYPE = st.none() | st.sampled_from(list(SecurityType))
_DAY = st.dates(date(2000, 1, 1), date(2100, 1, 1))
_ANSWERS = st.one_of(
    st.builds(Quote, _TEXT, st.decimals("0.0001", "99999", places=4), _DAY, _TEXT, _TYPE),
    st.builds(Failure, _TEXT, st.sampled_from(list(Reason)), _TEXT),
    st.lists(st.tuples(_DAY, st.floats(0.01, 1e6)), max_size=9).map(
        lambda rows: PriceHistory("X", tuple(r[0] for r in rows), tuple(r[1] for r in rows))
    ),
    st.builds(
        Profile, _TEXT, _DAY, name=_TEXT, type=_TYPE, category=st.none() | _TEXT,
        asset_classes=st.dictionaries(_TEXT, _SHARE, max_size=3), sectors=st.dictionaries(_TEXT, _SHARE, max_size=3),
        fundamentals=st.none() | st.builds(Fundamentals, st.none() | st.floats(1, 1e13), earnings=st.none() | _SHARE),
        sector=st.none() | _TEXT, country=st.none() | _TEXT, price_earnings=st.none() | st.floats(1, 90),
    ),
)  # fmt: skip


@given(_ANSWERS)
def test_answers_survive_the_cache(answer: Quote | Failure | Profile | PriceHistory) -> None:
    import json

    assert from_json(json.loads(json.dumps(to_json(answer)))) == answer


def test_money_stays_exact() -> None:
    quote = Quote("VTI", Decimal("330.1"), date(2026, 11, 25))
    assert to_json(quote)["price"] == "330.1"
