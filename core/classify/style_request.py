"""The returns-based style of one security, asked for by the adviser: from kept prices alone, or from the provider.

A provider is told the security's ticker and those of the style funds, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from core.classify.live_findings import identity_findings
from core.classify.overrides import Override
from core.classify.refresh import symbol_to_ask
from core.classify.returns_style import PROXIES, StyleError, StyleFit, exposure_of, fit_style
from core.household import Security
from core.providers.pace import never
from core.providers.protocols import PriceHistory, Quote
from core.providers.queue import Fetched, ProgressCall, silent
from core.words import day_words

if TYPE_CHECKING:
    from core.providers.queue import LiveData


@attrs.frozen
class StyleAnswer:
    """A fit, also one that cannot tell, or why there is none.

    words : one sentence where there is no fit; "" where there is one. asked : whether a provider was asked.
    """

    security: str
    fit: StyleFit | None
    words: str = ""
    asked: bool = False


def style_from_returns(
    security: Security,
    providers: LiveData,
    progress: ProgressCall = silent,
    cancelled: Callable[[], bool] = never,
    *,
    ask: bool = True,
) -> StyleAnswer:
    """Fit a security's weekly returns of up to three years to the style funds.

    Without ``ask`` only prices that are kept from earlier requests are used, however old. Raises CancelledError.
    """

    def none(words: str) -> StyleAnswer:
        return StyleAnswer(security.id, None, words, ask)

    symbol = symbol_to_ask(security)
    if symbol is None:
        return none("It has no ticker symbol of its own with prices over time, so there are no returns to look at.")
    wanted = list(dict.fromkeys([symbol, *PROXIES]))
    quotes: Fetched[Quote] = Fetched()
    if ask:
        quotes = providers.quotes([symbol], progress, cancelled)
        histories = providers.histories(wanted, progress, cancelled)
    else:
        histories = providers.kept_histories(wanted)
    for finding in identity_findings({symbol: security}, quotes.values, {}):
        if finding.code == "live-other-security":
            return none(finding.message)
    own = histories.values.get(symbol)
    missing = [proxy for proxy in PROXIES if proxy not in histories.values]
    if own is None or missing:
        failure = histories.failures.get(symbol) or next(iter(histories.failures.values()), None)
        if failure is not None:
            return none(f"{failure.message}.")
        lacking = ", ".join([symbol] if own is None else missing)
        return none(f"Weekly prices of {lacking} are not here yet.")
    return _fitted(security, own, {proxy: histories.values[proxy] for proxy in PROXIES}, asked=ask)


def _fitted(security: Security, own: PriceHistory, proxies: dict[str, PriceHistory], *, asked: bool) -> StyleAnswer:
    try:
        return StyleAnswer(security.id, fit_style(own, proxies), "", asked)
    except StyleError as error:
        return StyleAnswer(security.id, None, f"Its returns do not settle its style: {error}.", asked)


def override_of(fit: StyleFit, security: Security, *, style_only: bool) -> Override:
    """The fit as the adviser's own classification, its source in the note and its last week as the date.

    style_only : leave asset classes and sectors to the other sources. Raises StyleError for a fit that cannot tell.
    """
    if not fit.can_tell:
        raise StyleError(fit.words)
    mix, box, sectors = exposure_of(fit.weights)
    return Override(
        symbol=security.symbol or security.cusip or security.name,
        mix=None if style_only else mix,
        style_box=box if sum(box) > 0 else None,
        sectors=None if style_only or sum(box) <= 0 else sectors,
        note=f"From returns {day_words(fit.dates[0])} to {day_words(fit.dates[-1])}: {fit.words}",
        as_of=fit.dates[-1].isoformat(),
    )
