"""Findings about live data: faults told once, not symbol by symbol, and answers that speak of another security."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core.household import Finding, Security, Severity
from core.providers.protocols import PROVIDER_FAULTS, Failure, Profile, Quote, Reason
from core.words import day_words, number_words

#: A live price further than this from the file's, as a factor, may be another security's, or a split.
FAR = 1.5
_MOST_NAMED = 12
_WORD = re.compile(r"[a-z]{3,}")
_CODES: Mapping[Reason, str] = {
    Reason.RATE_LIMITED: "live-paused",
    Reason.REFUSED: "live-refused",
    Reason.UNAVAILABLE: "live-unavailable",
    Reason.OFFLINE: "live-offline",
    Reason.UNREADABLE: "live-unreadable",
    Reason.UNKNOWN: "live-unknown-symbol",
    Reason.EMPTY: "live-no-data",
    Reason.CURRENCY: "live-currency",
    Reason.NOT_A_TICKER: "live-not-asked",
}

#: Codes of findings that lie in the connection or the provider: asking on would fail alike.
FAULT_CODES = frozenset(_CODES[reason] for reason in PROVIDER_FAULTS)


def named(symbols: list[str]) -> str:
    """Symbols in words, the first dozen by name."""
    if len(symbols) <= _MOST_NAMED:
        return ", ".join(symbols)
    return f"{', '.join(symbols[:_MOST_NAMED])} and {len(symbols) - _MOST_NAMED} more"


def fault_findings(*queues: Mapping[str, Failure]) -> list[Finding]:
    """One finding for each kind of failure, with the symbols it met; a fault of the provider is a warning."""
    by_reason: dict[Reason, dict[str, Failure]] = {}
    for queue in queues:
        for symbol, failure in queue.items():
            by_reason.setdefault(failure.reason, {}).setdefault(symbol, failure)
    findings: list[Finding] = []
    for reason in Reason:
        failures = by_reason.get(reason)
        if not failures:
            continue
        symbols = sorted(failures)
        first = failures[next(iter(failures))].message
        fault = reason in PROVIDER_FAULTS
        if fault:
            message = f"{first}. Not refreshed: {named(symbols)}; what was known before stays."
        elif len(symbols) == 1:
            message = f"{first}."
        else:
            message = f"{_words(reason)}: {named(symbols)}."
        findings.append(Finding(Severity.WARNING if fault else Severity.INFO, _CODES[reason], "live data", message))
    return findings


def _words(reason: Reason) -> str:
    return {
        Reason.UNKNOWN: "Unknown to the provider, or no longer listed",
        Reason.EMPTY: "Known to the provider, without data",
        Reason.CURRENCY: "Not quoted in US dollars",
        Reason.NOT_A_TICKER: "No ticker symbols, so not sent",
    }.get(reason, reason.value.capitalize())


def identity_findings(
    securities: Mapping[str, Security], quotes: Mapping[str, Quote], profiles: Mapping[str, Profile]
) -> Iterator[Finding]:
    """Symbols whose live answer seems to be another security's, and prices far from the file's.

    Custodians use symbols of their own, and exchanges use old ones again. Where the names share no word and the price
    does not bear the identity out, the answer is not to be used: code ``live-other-security``, ``where`` the symbol.
    """
    for symbol, security in securities.items():
        quote, profile = quotes.get(symbol), profiles.get(symbol)
        name = (quote.name if quote else "") or (profile.name if profile else "")
        far = _far(security, quote)
        if name and _other_name(security, name) and far is not False:
            yield Finding(
                Severity.WARNING,
                "live-other-security",
                symbol,
                f"{symbol} is '{security.name}' in the file and '{name}' to the provider; the live data was not used. "
                "Check the symbol.",
            )
        elif far and quote is not None and security.price is not None:
            yield Finding(
                Severity.WARNING,
                "live-price-far",
                symbol,
                f"{symbol} is ${number_words(security.price)} in the file and ${number_words(quote.price)} on "
                f"{day_words(quote.as_of)}: a split, an old file, or another security. Check it.",
            )


def _far(security: Security, quote: Quote | None) -> bool | None:
    """Whether the live price is far from the file's; None where there are not two."""
    if quote is None or security.price is None or security.price <= 0:
        return None
    ratio = float(quote.price / security.price)
    return not 1 / FAR <= ratio <= FAR


def _other_name(security: Security, name: str) -> bool:
    if not security.name or security.name in (security.symbol, security.id):
        return False
    own, live = (set(_WORD.findall(text.lower())) for text in (security.name, name))
    # brokers cut words short: a word that begins another is the same
    return bool(own and live) and not any(a.startswith(b[:4]) or b.startswith(a[:4]) for a in own for b in live)
