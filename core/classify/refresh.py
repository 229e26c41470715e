"""A refresh of what is known of a household's securities: prices, profiles, and returns where names are not enough.

Runs on the adviser's request only, off the user interface's thread. Providers are told ticker symbols and nothing else.
The result is a value: nothing is changed until the caller applies it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs

from core.classify.answer import Source
from core.classify.boxes import main_box
from core.classify.core_table import find
from core.classify.exposure import Exposure
from core.classify.live import LiveProfiles, category_box
from core.classify.live_findings import fault_findings, identity_findings
from core.classify.name_rules import guess
from core.classify.returns_style import PROXIES, ReturnsStyles, StyleError, StyleFit, fit_style
from core.classify.rules import expand
from core.classify.symbols import normalise_symbol
from core.classify.truth import Classifier
from core.classify.wide_list import fund_name
from core.household import Finding, Household, Security, SecurityType, Severity
from core.providers.pace import never, utc_now
from core.providers.protocols import PROVIDER_FAULTS, PriceHistory, Profile, Quote
from core.providers.queue import Fetched, ProgressCall, silent
from core.providers.tickers import is_ticker
from core.words import day_words

if TYPE_CHECKING:
    from core.classify.overrides import Override
    from core.providers.queue import LiveData

#: Kinds whose class is certain and that have no ticker of their own.
_NOT_ASKED = (SecurityType.CASH, SecurityType.MONEY_MARKET, SecurityType.OPTION, SecurityType.BOND)
#: Changes of an exposure smaller than this (half the sum of absolute changes) are not worth telling.
_WORTH_TELLING = 0.005


@attrs.frozen
class Difference:
    """One field of one exposure that the refresh changes.

    field : mix, style_box or sectors. moved : how much of it, 0-1 (half the sum of absolute changes).
    """

    security: str
    name: str
    field: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    before_source: str
    after_source: str

    @property
    def moved(self) -> float:
        """Share of the security that moved to another class, box or sector; a part newly known counts whole."""
        changed = sum(abs(b - a) for a, b in zip(self.before, self.after, strict=True))
        return max(changed / 2, abs(sum(self.after) - sum(self.before)))


@attrs.frozen
class Refreshed:
    """What a refresh found, by security id.

    prices : of the securities that have one in US dollars. before, after : exposures without and with the live sources.
    fits : returns-based fits that were tried, also those that cannot tell, for their charts. sources : what to give a
    `Classifier` as ``live`` so that it answers as ``after`` does. as_of : the day of the refresh.
    """

    prices: Mapping[str, Quote]
    before: Mapping[str, Exposure]
    after: Mapping[str, Exposure]
    differences: tuple[Difference, ...]
    fits: Mapping[str, StyleFit]
    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]
    as_of: date


def refresh(
    household: Household,
    providers: LiveData,
    progress: ProgressCall = silent,
    cancelled: Callable[[], bool] = never,
    *,
    overrides: Mapping[str, Override] | Iterable[Override] = (),
    today: date | None = None,
) -> Refreshed:
    """Refresh a household's securities. See `refresh_securities`."""
    return refresh_securities(household.securities, providers, progress, cancelled, overrides=overrides, today=today)


def refresh_securities(
    securities: Sequence[Security],
    providers: LiveData,
    progress: ProgressCall = silent,
    cancelled: Callable[[], bool] = never,
    *,
    overrides: Mapping[str, Override] | Iterable[Override] = (),
    today: date | None = None,
    prices: bool = True,
) -> Refreshed:
    """Ask the providers for prices (unless ``prices`` is false), profiles and, where they decide, weekly returns.

    progress : called with each symbol asked. cancelled : asked often; yes raises CancelledError, with what was fetched
    kept in the cache. overrides : the adviser's own classifications, which stay first. today : the day of the refresh.

    Every fault is a finding; what could not be fetched keeps its offline classification.
    """
    asked = {security.id: symbol for security in securities if (symbol := symbol_to_ask(security))}
    by_symbol = {symbol: security for security in securities if (symbol := asked.get(security.id))}
    fixed = dict(overrides) if isinstance(overrides, Mapping) else tuple(overrides)
    offline = Classifier(fixed)
    before = {security.id: offline.classify_security(security) for security in securities}

    quotes: Fetched[Quote] = Fetched()
    if prices:
        quotes = providers.quotes(list(by_symbol), progress, cancelled)
    types = {symbol: _type_hint(security) for symbol, security in by_symbol.items()}
    profiles = providers.profiles(types, progress, cancelled)
    findings = list(identity_findings(by_symbol, quotes.values, profiles.values))
    strangers = {finding.where for finding in findings if finding.code == "live-other-security"}
    known = {symbol: profile for symbol, profile in profiles.values.items() if symbol not in strangers}

    live = LiveProfiles(known, providers.profile_source)
    disputed = {symbol for symbol, profile in known.items() if _disputed(by_symbol[symbol], profile)}
    after_profiles = Classifier(fixed, (live,))
    open_ones = {
        symbol
        for symbol, security in by_symbol.items()
        if symbol not in strangers and _style_is_open(security, after_profiles.classify_security(security))
    }
    histories: Fetched[PriceHistory] = Fetched()
    fits: dict[str, StyleFit] = {}
    wanted = sorted(disputed | open_ones)
    if wanted and not any(failure.reason in PROVIDER_FAULTS for failure in profiles.failures.values()):
        histories = providers.histories([*wanted, *PROXIES], progress, cancelled)
        fits, tried = _fits(wanted, histories.values)
        findings += tried

    day = today or utc_now().date()
    sources: tuple[Source, ...] = (
        ReturnsStyles({s: f for s, f in fits.items() if s in disputed}, day, style_only=True),
        live,
        ReturnsStyles({s: f for s, f in fits.items() if s in open_ones}, day),
    )
    final = Classifier(fixed, sources)
    after = {security.id: final.classify_security(security) for security in securities}
    findings += fault_findings(quotes.failures, profiles.failures, histories.failures)
    findings += _old_answers(quotes, profiles)
    if providers.cache.problem:
        findings.append(Finding(Severity.WARNING, "live-cache", "live data", providers.cache.problem))
    return Refreshed(
        prices={key: quotes.values[symbol] for key, symbol in asked.items()
                if symbol in quotes.values and symbol not in strangers},
        before=before,
        after=after,
        differences=tuple(differences(securities, before, after)),
        fits={key: fits[symbol] for key, symbol in asked.items() if symbol in fits},
        findings=tuple(findings),
        sources=sources,
        as_of=day,
    )  # fmt: skip


def symbol_to_ask(security: Security) -> str | None:
    """The normalised ticker of a security that a provider can be asked about, or None.

    Cash, money-market funds, bonds and options are not asked about, nor a custodian's own symbols for cash; a bond fund
    that a file calls a bond is.
    """
    symbol = normalise_symbol(security.symbol)
    if not is_ticker(symbol):
        return None
    row = find(symbol)
    if row is not None and row.type in _NOT_ASKED:
        return None
    if security.type in _NOT_ASKED and (
        row is None or not row.is_fund or security.type in (SecurityType.OPTION, SecurityType.CASH)
    ):
        return None
    return symbol


def differences(
    securities: Iterable[Security], before: Mapping[str, Exposure], after: Mapping[str, Exposure]
) -> list[Difference]:
    """What changes between two sets of exposures, security by security; rounding is left out."""
    found: list[Difference] = []
    for security in securities:
        old, new = before[security.id], after[security.id]
        for field in ("mix", "style_box", "sectors"):
            change = Difference(
                security.id,
                new.name or security.name,
                field,
                getattr(old, field),
                getattr(new, field),
                old.source[field],
                new.source[field],
            )
            if change.moved >= _WORTH_TELLING:
                found.append(change)
    return found


def _type_hint(security: Security) -> SecurityType | None:
    """The type where the core table or the file is sure of it."""
    row = find(security.symbol or "")
    type_ = row.type if row is not None else security.type
    return type_ if type_ in (SecurityType.STOCK, SecurityType.ETF, SecurityType.MUTUAL_FUND) else None


def _disputed(security: Security, profile: Profile) -> bool:
    """Whether a fund's category and the plain words of its name say two boxes, and no core table row settles it."""
    said = category_box(profile.category)
    if said is None or find(security.symbol or ""):
        return False
    name = fund_name(normalise_symbol(security.symbol)) or security.name
    found = guess(name, profile.type or security.type)
    if found is None or found.note:  # a guess with a note took something for granted
        return False
    own = expand(found.rule, found.box, found.sectors)
    box = main_box(own.style_box)
    return own.mix[0] == 1 and box is not None and box != said


def _style_is_open(security: Security, exposure: Exposure) -> bool:
    """Whether a fund's style is unknown, or rests on nothing but its name."""
    source = exposure.source["style_box"]
    fund = exposure.type in (SecurityType.ETF, SecurityType.MUTUAL_FUND)
    unknown = exposure.mix[-1] > 0.5 or (exposure.equity > 0.2 and source == "none")
    guessed = exposure.equity > 0.2 and "guess" in source
    return fund and find(security.symbol or "") is None and (unknown or guessed)


def _fits(symbols: Sequence[str], histories: Mapping[str, PriceHistory]) -> tuple[dict[str, StyleFit], list[Finding]]:
    """Fits of the symbols with a history, and a finding where one cannot be made or cannot tell."""
    proxies = {symbol: histories[symbol] for symbol in PROXIES if symbol in histories}
    fits: dict[str, StyleFit] = {}
    findings: list[Finding] = []

    def tell(symbol: str, words: str) -> None:
        message = f"{symbol}: its returns do not settle its style; {words}."
        findings.append(Finding(Severity.INFO, "live-style-open", symbol, message))

    for symbol in symbols:
        history = histories.get(symbol)
        if history is None:
            continue
        if len(proxies) < len(PROXIES):
            tell(symbol, "prices of " + ", ".join(s for s in PROXIES if s not in proxies) + " are missing")
            continue
        try:
            fits[symbol] = fit_style(history, proxies)
        except StyleError as error:
            tell(symbol, str(error))
            continue
        if not fits[symbol].can_tell:
            tell(symbol, fits[symbol].words)
    return fits, findings


def _old_answers(quotes: Fetched[Quote], profiles: Fetched[Profile]) -> list[Finding]:
    findings: list[Finding] = []
    for what, days in (
        ("price", {symbol: quotes.values[symbol].as_of for symbol in quotes.stale}),
        ("profile", {symbol: profiles.values[symbol].as_of for symbol in profiles.stale}),
    ):
        if days:
            listed = ", ".join(f"{symbol} ({day_words(day)})" for symbol, day in sorted(days.items()))
            message = f"An older {what} was used, since asking again failed: {listed}."
            findings.append(Finding(Severity.INFO, "live-stale", "live data", message))
    return findings
