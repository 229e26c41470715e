"""Providers that answer from a table, for tests of the refresh."""

from datetime import date, timedelta

from core.market.refresh import Sources
from core.providers.fred import Series
from core.providers.french import FACTOR_COLUMNS, PORTFOLIO_COLUMNS, Monthly
from core.providers.protocols import Failure, PriceHistory, Profile, Reason

DAY = date(2026, 3, 2)
FRIDAYS = tuple(date(2026, 2, 27) - timedelta(weeks=k) for k in reversed(range(70)))
PE = {"IWM": 18.0, "SPY": 25.0, "VUG": 36.0, "VTV": 20.0, "IWO": 24.0, "IWN": 15.0}
#: Weekly growth.
PACE = {"IWM": 1.004, "SPY": 1.002, "VTV": 1.003, "VUG": 1.001}
SERIES = {
    "DFEDTARL": [
        (date(2025, 1, 1), 4.25),
        (date(2025, 9, 18), 4.0),
        (date(2025, 12, 11), 3.5),
        (date(2026, 3, 1), 3.25),
    ],
    "DFEDTARU": [
        (date(2025, 1, 1), 4.5),
        (date(2025, 9, 18), 4.25),
        (date(2025, 12, 11), 3.75),
        (date(2026, 3, 1), 3.5),
    ],
    "FEDFUNDS": [(date(2026, 2, 1), 3.64)],
    "WALCL": [(date(2025, 11, 26), 6_500_000.0), (date(2026, 2, 25), 6_565_000.0)],
    "T10Y2Y": [(date(2026, 2, 27), 0.7)],
    "DTB3": [(date(2026, 2, 27), 3.4)],
    "DGS5": [(date(2026, 2, 27), 3.8)],
    "DGS10": [(date(2026, 2, 27), 4.1)],
}


class FakeMarket:
    """Yahoo's place."""

    def __init__(self, fault=None):
        self.fault, self.asked = fault, []

    def profile(self, symbol, type_=None):
        self.asked.append(symbol)
        if self.fault:
            return Failure(symbol, self.fault, f"Yahoo: {self.fault.value}")
        return Profile(symbol, DAY, price_earnings=PE[symbol])

    def weekly(self, symbol, years=3):
        self.asked.append(symbol)
        if self.fault:
            return Failure(symbol, self.fault, f"Yahoo: {self.fault.value}")
        return PriceHistory(symbol, FRIDAYS, tuple(100 * PACE[symbol] ** k for k in range(len(FRIDAYS))))


class FakeSeries:
    """FRED's place."""

    def __init__(self, fault=None):
        self.fault, self.asked = fault, []

    def series(self, name, since, until):
        self.asked.append(name)
        if self.fault:
            return Failure(name, self.fault, f"FRED: {self.fault.value}")
        rows = [(day, value) for day, value in SERIES[name] if since <= day <= until]
        return Series(name, tuple(day for day, _ in rows), tuple(value for _, value in rows))


class FakeReturns:
    """The library's place."""

    def __init__(self, fault=None, months=1195):
        self.fault, self.months = fault, months

    def factors(self):
        if self.fault:
            return Failure("factors", self.fault, f"library: {self.fault.value}")
        rows = tuple((1.0, 0.1, 0.2 if k < self.months - 240 else -0.3, 0.2) for k in range(self.months))
        return Monthly("factors", "1926-07", FACTOR_COLUMNS, rows)

    def portfolios(self):
        return Monthly("six", "1926-07", PORTFOLIO_COLUMNS, ((1.0, 1.1, 1.3, 0.8, 0.9, 1.0),) * self.months)


def fake_sources(fault: Reason | None = None) -> Sources:
    """All three, all well or all with one fault."""
    return Sources(FakeMarket(fault), FakeSeries(fault), FakeReturns(fault))
