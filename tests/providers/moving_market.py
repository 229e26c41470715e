"""Prices over time of the stand-in's style funds, and of funds that are made of them or of nothing known."""

from __future__ import annotations

from datetime import date

import numpy as np

from tests.providers.yahoo_server import Listing, Market, weekdays


def give_histories(market: Market, today: date) -> None:
    """Give the proxies and two unknown funds three years of related prices: ZZOP a mix of them, ZZWILD nothing like."""
    draw = np.random.default_rng(5)
    days = weekdays(date(2023, 9, 1), today)
    base = draw.normal(0.0004, 0.009, len(days))
    small, value = draw.normal(0, 0.005, len(days)), draw.normal(0, 0.005, len(days))
    returns: dict[str, np.ndarray] = {}
    for names, size in ((("VTV", "VV", "VUG"), -0.3), (("VOE", "VO", "VOT"), 0.4), (("VBR", "VB", "VBK"), 1.0)):
        for name, lean in zip(names, (1, 0, -1), strict=True):
            returns[name] = base + size * small + lean * value + draw.normal(0, 0.0008, len(days))
    for name in ("VEA", "VWO", "BND"):
        returns[name] = draw.normal(0.0002, 0.008, len(days))
    returns["BIL"] = draw.normal(0.0002, 0.00002, len(days))
    returns["ZZOP"] = 0.6 * returns["VBR"] + 0.4 * returns["VB"]
    returns["ZZWILD"] = draw.normal(0, 0.03, len(days))
    for name, series in returns.items():
        closes = dict(zip(days, (40 * np.cumprod(1 + series)).tolist(), strict=True))
        old = market.listings.get(name)
        market.listings[name] = Listing("MUTUALFUND", old.name if old else f"Zed {name}", 40.0, closes=closes)
