"""Live refresh, on the adviser's request: newer observations beside the old ones, and newer monthly returns.

What can't be had leaves what was there, and is said in words. Providers are told ticker symbols and names of series,
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

import attrs

from core.market.observations import Observation, Origin, observe
from core.market.series import LEAST_MONTHS, Factors, Portfolios, from_monthly, portfolios_from_monthly
from core.providers.protocols import PROVIDER_FAULTS, Failure, PriceHistory, Profile

if TYPE_CHECKING:
    from core.household import SecurityType
    from core.providers.fred import Series
    from core.providers.french import Monthly

#: P/E of the first over P/E of the second.
PE_PAIRS = {
    "small_large_pe_ratio": ("IWM", "SPY"),
    "value_growth_pe_ratio": ("VUG", "VTV"),
    "small_value_growth_pe_ratio": ("IWO", "IWN"),
}
#: Relative strength: the first minus the second.
STRENGTH_PAIRS = {"relative_small": ("IWM", "SPY"), "relative_value": ("VTV", "VUG")}
_SPANS = {"3m": 13, "6m": 26, "12m": 52}
#: FRED series of Treasury yields: what the symbols ^IRX, ^FVX and ^TNX quote, without the detour.
_RATES = {"rate_3m": "DTB3", "rate_5y": "DGS5", "rate_10y": "DGS10"}
_RECENT = timedelta(days=45)
_BALANCE_SPAN = timedelta(weeks=13)


class Market(Protocol):
    """What of a market provider is asked for (core/providers/yahoo.py)."""

    def profile(self, symbol: str, type_: SecurityType | None = None) -> Profile | Failure:
        """What a fund's holdings cost."""
        ...

    def weekly(self, symbol: str, years: int = 3) -> PriceHistory | Failure:
        """Weekly adjusted closes."""
        ...


class SeriesSource(Protocol):
    """FRED (core/providers/fred.py)."""

    def series(self, name: str, since: date, until: date) -> Series | Failure:
        """A series between two days."""
        ...


class ReturnsSource(Protocol):
    """Kenneth French's library (core/providers/french.py)."""

    def factors(self) -> Monthly | Failure:
        """Monthly factor returns."""
        ...

    def portfolios(self) -> Monthly | Failure:
        """Monthly returns of six portfolios."""
        ...


@attrs.frozen
class Sources:
    """The providers of a refresh; None leaves one out."""

    market: Market | None
    series: SeriesSource | None
    returns: ReturnsSource | None


@attrs.frozen
class Refreshed:
    """What a refresh brought. ``failures`` are sentences, one for each value that could not be had."""

    observations: tuple[Observation, ...]
    factors: Factors | None
    portfolios: Portfolios | None
    failures: tuple[str, ...]


def refresh(sources: Sources, on: date, progress: Callable[[str], None] = lambda _words: None) -> Refreshed:
    """Ask every provider. ``on`` is today. Raises CancelledError where a provider's pace says so."""
    found: list[Observation] = []
    failures: list[str] = []
    if sources.market is not None:
        progress("Asking for valuations and prices of funds")
        _collect(_from_market(sources.market, on), found, failures)
    if sources.series is not None:
        progress("Asking for rates")
        _collect(_from_series(sources.series, on), found, failures)
    factors = portfolios = None
    if sources.returns is not None:
        progress("Asking for monthly returns")
        factors, portfolios = _returns(sources.returns, failures)
        if factors is not None:
            found += leadership(factors)
    return Refreshed(tuple(found), factors, portfolios, tuple(dict.fromkeys(failures)))


def _collect(results: Iterator[Observation | str], found: list[Observation], failures: list[str]) -> None:
    for result in results:
        if isinstance(result, str):
            failures.append(result)
        else:
            found.append(result)


# -- funds ------------------------------------------------------------------------------------------------------------


def _from_market(market: Market, on: date) -> Iterator[Observation | str]:
    profiles: dict[str, Profile | Failure] = {}
    down: Failure | None = None
    for symbol in dict.fromkeys(s for pair in PE_PAIRS.values() for s in pair):
        # a provider that is down is not asked again for every symbol
        answer = attrs.evolve(down, symbol=symbol) if down is not None else market.profile(symbol)
        profiles[symbol] = answer
        if isinstance(answer, Failure) and answer.reason in PROVIDER_FAULTS:
            down = answer
    for key, (first, second) in PE_PAIRS.items():
        yield _pe_ratio(key, profiles[first], profiles[second], on)
    histories: dict[str, PriceHistory | Failure] = {}
    for symbol in dict.fromkeys(s for pair in STRENGTH_PAIRS.values() for s in pair):
        price = attrs.evolve(down, symbol=symbol) if down is not None else market.weekly(symbol, 2)
        histories[symbol] = price
        if isinstance(price, Failure) and price.reason in PROVIDER_FAULTS:
            down = price
    for key, (first, second) in STRENGTH_PAIRS.items():
        yield from _strength(key, histories[first], histories[second], on)


def _pe_ratio(key: str, first: Profile | Failure, second: Profile | Failure, on: date) -> Observation | str:
    for answer in (first, second):
        if isinstance(answer, Failure):
            return answer.message
    assert isinstance(first, Profile)
    assert isinstance(second, Profile)
    for answer in (first, second):
        if answer.price_earnings is None or answer.price_earnings <= 0:
            return f"Yahoo gives no P/E of {answer.symbol}."
    assert first.price_earnings is not None
    assert second.price_earnings is not None
    return observe(
        key,
        as_of=min(first.as_of, second.as_of, on).isoformat(),
        published_by=f"Yahoo Finance, {first.symbol} {first.price_earnings:.1f} and {second.symbol} "
        f"{second.price_earnings:.1f}",
        values=[round(first.price_earnings / second.price_earnings, 4)],
        origin=Origin.LIVE,
    )


def _strength(
    key: str, first: PriceHistory | Failure, second: PriceHistory | Failure, on: date
) -> Iterator[Observation | str]:
    for answer in (first, second):
        if isinstance(answer, Failure):
            yield answer.message
            return
    assert isinstance(first, PriceHistory)
    assert isinstance(second, PriceHistory)
    ours, theirs = (
        dict(zip(first.dates, first.closes, strict=True)),
        dict(zip(second.dates, second.closes, strict=True)),
    )
    weeks = sorted(ours.keys() & theirs.keys())
    if not weeks or on - weeks[-1] > _RECENT:
        yield f"The prices of {first.symbol} and {second.symbol} have no recent week in common."
        return
    last = weeks[-1]
    for name, span in _SPANS.items():
        start = last - timedelta(weeks=span)
        if start not in ours or start not in theirs:
            yield f"The prices of {first.symbol} and {second.symbol} don't go back {span} weeks."
            continue
        difference = ours[last] / ours[start] - theirs[last] / theirs[start]
        yield observe(
            f"{key}_{name}",
            as_of=last.isoformat(),
            published_by=f"Yahoo Finance, {first.symbol} and {second.symbol}",
            values=[round(difference, 4)],
            origin=Origin.LIVE,
        )


# -- rates ------------------------------------------------------------------------------------------------------------


def _from_series(source: SeriesSource, on: date) -> Iterator[Observation | str]:
    since = on - timedelta(days=460)
    answers: dict[str, Series | Failure] = {}
    down: Failure | None = None
    for name in ("DFEDTARL", "DFEDTARU", "FEDFUNDS", "WALCL", "T10Y2Y", *_RATES.values()):
        answer = attrs.evolve(down, symbol=name) if down is not None else source.series(name, since, on)
        answers[name] = answer
        if isinstance(answer, Failure) and answer.reason in PROVIDER_FAULTS:
            down = answer
    yield from _range(answers["DFEDTARL"], answers["DFEDTARU"])
    shares = {"fed_funds_effective": "FEDFUNDS", "yield_curve": "T10Y2Y", **_RATES}
    for key, name in shares.items():
        yield _last(key, answers[name])
    yield _balance(answers["WALCL"])


def _live(key: str, day: date, name: str, values: list[float]) -> Observation:
    return observe(
        key,
        as_of=day.isoformat(),
        published_by=f"FRED, {name}",
        values=[round(value, 6) for value in values],
        origin=Origin.LIVE,
    )


def _last(key: str, series: Series | Failure) -> Observation | str:
    if isinstance(series, Failure):
        return series.message
    return _live(key, series.dates[-1], series.name, [series.values[-1] / 100])


def _range(low: Series | Failure, high: Series | Failure) -> Iterator[Observation | str]:
    """The target range now and a year before, which the direction is measured from."""
    for answer in (low, high):
        if isinstance(answer, Failure):
            yield answer.message
            return
    assert not isinstance(low, Failure)
    assert not isinstance(high, Failure)
    newest = min(low.dates[-1], high.dates[-1])
    for day in (newest - timedelta(days=365), newest):
        bounds = [low.before(day), high.before(day)]
        if None not in bounds:
            yield _live("fed_funds_range", day, "DFEDTARL and DFEDTARU", [b / 100 for b in bounds if b is not None])


def _balance(series: Series | Failure) -> Observation | str:
    if isinstance(series, Failure):
        return series.message
    last = series.dates[-1]
    before = series.before(last - _BALANCE_SPAN)
    if before is None or before <= 0:
        return "FRED: WALCL does not go back 13 weeks."
    return _live("fed_balance_sheet", last, series.name, [series.values[-1] / before - 1])


# -- monthly returns --------------------------------------------------------------------------------------------------


def _returns(source: ReturnsSource, failures: list[str]) -> tuple[Factors | None, Portfolios | None]:
    table = _long_enough(source.factors(), failures)
    if table is None:
        return None, None
    six = _long_enough(source.portfolios(), failures)
    return from_monthly(table), None if six is None else portfolios_from_monthly(six)


def _long_enough(table: Monthly | Failure, failures: list[str]) -> Monthly | None:
    """The table, or None where there is none or it has too few months, and why among the failures."""
    if isinstance(table, Failure):
        failures.append(table.message)
    elif len(table.rows) < LEAST_MONTHS:
        failures.append(f"Kenneth French's data library: {table.name} has {len(table.rows)} months only.")
    else:
        return table
    return None


def leadership(factors: Factors) -> list[Observation]:
    """The present run of growth stocks, where value does not lead: years since value's highest relative wealth."""
    from core.market.evidence import leadership_cycles

    runs = leadership_cycles(factors.hml)
    if not runs or runs[-1].leader != "second":
        return []
    years = runs[-1].years
    return [
        observe(
            "growth_leadership_current",
            as_of=factors.month(factors.months - 1),
            published_by=f"computed from HML, {factors.source}",
            values=[round(max(years, 1 / 12), 2)],
            origin=Origin.LIVE,
        )
    ]
