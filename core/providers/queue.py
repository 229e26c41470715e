"""The queue in which providers are asked: cache first, then one request after another, with progress and cancel.

A fault of the connection or the provider is tried again after a while, and where it lasts the rest of the queue is not
asked. "Too many requests" ends the queue at once and is remembered in the cache, also for the next program start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

import attrs

from core.classify.symbols import normalise_symbol
from core.household import SecurityType
from core.providers.cache import ProviderCache, default_path, is_fresh
from core.providers.pace import Pace, PausedError, never
from core.providers.protocols import (
    PROVIDER_FAULTS,
    CancelledError,
    Failure,
    PriceHistory,
    PriceHistoryProvider,
    Profile,
    ProfileProvider,
    Provider,
    Quote,
    QuoteProvider,
    Reason,
)
from core.providers.stored import from_json, to_json

T = TypeVar("T", Quote, Profile, PriceHistory)


class Kind(StrEnum):
    """What is asked for."""

    QUOTE = "quote"
    PROFILE = "profile"
    HISTORY = "history"


#: How long an answer is good for.
AGES: Mapping[Kind, timedelta] = {
    Kind.QUOTE: timedelta(hours=24),
    Kind.PROFILE: timedelta(days=30),
    Kind.HISTORY: timedelta(days=7),
}
#: How long "unknown symbol" and "another currency" are believed.
NOTHING_AGE = timedelta(hours=24)
#: Answers older than this are dropped from the cache.
KEPT = timedelta(days=400)
#: Seconds before a fault that may pass is tried again.
BACK_OFF: tuple[float, ...] = (1.0, 3.0)
#: Symbols in a row whose requests failed for the provider's sake, after which the rest is not asked.
GIVE_UP_AFTER = 2

_MAY_PASS = frozenset({Reason.OFFLINE, Reason.UNAVAILABLE})
_REMEMBERED = frozenset({Reason.UNKNOWN, Reason.CURRENCY})


@attrs.frozen
class Progress:
    """How far a queue is: ``done`` of ``total`` symbols, and the one being asked (``""`` at the end)."""

    kind: Kind
    done: int
    total: int
    symbol: str


ProgressCall = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """The ``progress`` of a caller who does not look."""


@attrs.define
class Fetched(Generic[T]):
    """What a queue brought, by normalised symbol.

    values : answers, fresh from the provider or the cache. stale : those of ``values`` that are older than they should
    be, because asking again failed. failures : why there is no (fresh) answer. from_cache : how many were not asked.
    """

    values: dict[str, T] = attrs.field(factory=dict)
    stale: set[str] = attrs.field(factory=set)
    failures: dict[str, Failure] = attrs.field(factory=dict)
    from_cache: int = 0


class LiveData:
    """Providers, their pace and their cache. One queue runs at a time; call it from a worker thread.

    back_off : seconds of the waits, for tests.
    """

    def __init__(
        self,
        quotes: QuoteProvider,
        profiles: ProfileProvider,
        histories: PriceHistoryProvider,
        *,
        pace: Pace,
        cache: ProviderCache,
        back_off: Sequence[float] = BACK_OFF,
    ) -> None:
        self._quotes, self._profiles, self._histories = quotes, profiles, histories
        self.pace, self.cache = pace, cache
        self._back_off = tuple(back_off)

    @property
    def profile_source(self) -> str:
        """Name of the provider of profiles."""
        return self._profiles.name

    def quotes(
        self, symbols: Sequence[str], progress: ProgressCall = silent, cancelled: Callable[[], bool] = never
    ) -> Fetched[Quote]:
        """Prices, at most 24 hours old. Raises CancelledError; what was fetched until then is in the cache."""
        return self._fetch(Kind.QUOTE, self._quotes, symbols, self._quotes.quote, Quote, progress, cancelled)

    def profiles(
        self,
        symbols: Mapping[str, SecurityType | None],
        progress: ProgressCall = silent,
        cancelled: Callable[[], bool] = never,
    ) -> Fetched[Profile]:
        """Profiles, at most 30 days old, of symbols with their types where known. Raises CancelledError."""
        types = {normalise_symbol(symbol): type_ for symbol, type_ in symbols.items()}

        def ask(symbol: str) -> Profile | Failure:
            return self._profiles.profile(symbol, types[symbol])

        return self._fetch(Kind.PROFILE, self._profiles, list(symbols), ask, Profile, progress, cancelled)

    def histories(
        self, symbols: Sequence[str], progress: ProgressCall = silent, cancelled: Callable[[], bool] = never
    ) -> Fetched[PriceHistory]:
        """Three years of weekly prices, fetched at most 7 days ago. Raises CancelledError."""
        ask = self._histories.weekly
        return self._fetch(Kind.HISTORY, self._histories, symbols, ask, PriceHistory, progress, cancelled)

    def kept_histories(self, symbols: Sequence[str]) -> Fetched[PriceHistory]:
        """Weekly prices that the cache holds, however old; nothing is asked. What it lacks is in neither dictionary."""
        found: Fetched[PriceHistory] = Fetched()
        for symbol in dict.fromkeys(normalise_symbol(symbol) for symbol in symbols):
            fresh, kept = self._kept(self._histories.name, Kind.HISTORY, symbol, found, PriceHistory)
            if kept is not None and not fresh:
                found.values[symbol] = kept
                found.stale.add(symbol)
        return found

    def _fetch(
        self,
        kind: Kind,
        provider: Provider,
        symbols: Sequence[str],
        ask: Callable[[str], T | Failure],
        wanted: type[T],
        progress: ProgressCall,
        cancelled: Callable[[], bool],
    ) -> Fetched[T]:
        queue = list(dict.fromkeys(normalise_symbol(symbol) for symbol in symbols))
        found: Fetched[T] = Fetched()
        self._remember_pause(provider.name)
        self.pace.cancelled = cancelled
        faults: list[Failure] = []
        try:
            for done, symbol in enumerate(queue):
                progress(Progress(kind, done, len(queue), symbol))
                if cancelled():
                    raise CancelledError
                fresh, kept = self._kept(provider.name, kind, symbol, found, wanted)
                if fresh:
                    continue
                if len(faults) >= GIVE_UP_AFTER or (faults and faults[-1].reason is Reason.RATE_LIMITED):
                    failure = attrs.evolve(faults[-1], symbol=symbol)
                else:
                    answer = self._ask(symbol, ask)
                    if not isinstance(answer, Failure):
                        faults.clear()
                        found.values[symbol] = answer
                        self._store(provider.name, kind, symbol, answer)
                        continue
                    failure = answer
                    if failure.reason in PROVIDER_FAULTS:
                        faults.append(failure)
                    else:
                        faults.clear()
                        if failure.reason in _REMEMBERED and kept is None:
                            self._store(provider.name, kind, symbol, failure)
                found.failures[symbol] = failure
                if kept is not None:
                    found.values[symbol] = kept
                    found.stale.add(symbol)
        finally:
            self.pace.cancelled = never
            if (until := self.pace.paused_until) is not None:
                self.cache.pause(provider.name, until)
        progress(Progress(kind, len(queue), len(queue), ""))
        return found

    def _ask(self, symbol: str, ask: Callable[[str], T | Failure]) -> T | Failure:
        """Ask, and again after a while where the fault may pass."""
        answer = ask(symbol)
        for seconds in self._back_off:
            if not isinstance(answer, Failure) or answer.reason not in _MAY_PASS:
                break
            try:
                self.pace.rest(seconds)
            except PausedError:
                break
            answer = ask(symbol)
        return answer

    def _remember_pause(self, provider: str) -> None:
        until = self.cache.paused_until(provider)
        if until is not None and until > self.pace.now():
            self.pace.pause(until)
        elif until is not None:
            self.cache.pause(provider, None)

    def _store(self, provider: str, kind: Kind, symbol: str, answer: T | Failure) -> None:
        self.cache.put(provider, kind.value, symbol, to_json(answer), self.pace.now())

    def _kept(
        self, provider: str, kind: Kind, symbol: str, found: Fetched[T], wanted: type[T]
    ) -> tuple[bool, T | None]:
        """Whether the cached answer is fresh enough (it is then in ``found``), and an older one where there is one."""
        row = self.cache.get(provider, kind.value, symbol)
        if row is None:
            return False, None
        fetched, body = row
        try:
            answer = from_json(body)
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
            self.cache.forget(provider, kind.value, symbol)
            return False, None
        age = NOTHING_AGE if isinstance(answer, Failure) else AGES[kind]
        fresh = is_fresh(fetched, age, self.pace.now())
        if isinstance(answer, Failure):
            if not fresh:
                return False, None
            found.failures[symbol] = answer
        elif isinstance(answer, wanted):
            if not fresh:
                return False, answer
            found.values[symbol] = answer
        else:
            return False, None
        found.from_cache += 1
        return True, None

    def close(self) -> None:
        """Close the cache's file."""
        self.cache.close()


def yahoo_live(cache_path: Path | None = None) -> LiveData:
    """Live data from Yahoo, cached in the user's cache folder (or at a path)."""
    from core.providers.yahoo import YahooProvider

    path = cache_path or default_path()
    pace = Pace()
    cache = ProviderCache(path)
    cache.prune(pace.now() - KEPT)
    yahoo = YahooProvider(pace, path.parent / "yfinance")
    return LiveData(yahoo, yahoo, yahoo, pace=pace, cache=cache)
