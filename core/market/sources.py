"""The providers of a refresh, made ready: nothing is loaded or sent until they are asked."""

from __future__ import annotations

from collections.abc import Callable

from core.market.refresh import Sources


def open_sources(cancelled: Callable[[], bool] | None = None) -> Sources:
    """Yahoo Finance, FRED and Kenneth French's library; ``cancelled`` is asked before each request."""
    import platformdirs

    from core.providers.fred import FredProvider
    from core.providers.french import FrenchProvider
    from core.providers.pace import Pace
    from core.providers.yahoo import YahooProvider

    yahoo, published = Pace(), Pace()
    if cancelled is not None:
        yahoo.cancelled = published.cancelled = cancelled
    folder = platformdirs.user_cache_path("trimtab", appauthor=False) / "yfinance"
    return Sources(YahooProvider(yahoo, folder), FredProvider(published), FrenchProvider(published))
