"""Yahoo through the real library, against the stand-in: what is read, and every fault as a reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from core.household import SecurityType
from core.providers.pace import Pace
from core.providers.protocols import CancelledError, Failure, PriceHistory, Profile, Quote, Reason
from core.providers.yahoo import YahooProvider
from tests.providers.conftest import TODAY
from tests.providers.yahoo_server import Fault, YahooServer

MAINTENANCE = b"<html><body>Will be right back</body></html>"


def test_quote(provider: YahooProvider) -> None:
    found = provider.quote("VBR")
    assert found == Quote("VBR", Decimal("215.4"), TODAY, "Vanguard Small-Cap Value ETF", SecurityType.ETF)


def test_share_classes_are_spelled_as_yahoo_does(provider: YahooProvider, server: YahooServer) -> None:
    found = provider.quote("BRK.B")
    assert isinstance(found, Quote)
    assert found.symbol == "BRK.B"
    assert server.market.asked("/chart/BRK-B") > 0


def test_profile_of_a_fund_takes_one_request(provider: YahooProvider, server: YahooServer) -> None:
    found = provider.profile("VBR", SecurityType.ETF)
    assert isinstance(found, Profile)
    assert server.market.asked("finance/") == 1
    assert (found.category, found.type, found.as_of) == ("Small Value", SecurityType.ETF, TODAY)
    assert found.asset_classes["stock"] == 0.99
    assert found.sectors["industrials"] == 0.22
    assert found.sectors["real_estate"] == 0.12
    assert sum(found.sectors.values()) == pytest.approx(1)
    # the server gives earnings over price: a P/E of 15 upside down
    assert found.price_earnings == pytest.approx(1 / 0.066)
    assert found.price_book == 1.8


def test_profile_of_a_company(provider: YahooProvider) -> None:
    found = provider.profile("AAPL")
    assert isinstance(found, Profile)
    assert (found.type, found.sector, found.country) == (SecurityType.STOCK, "information_technology", "United States")
    known = found.fundamentals
    assert known is not None
    assert known.market_cap == 4.4e12
    assert known.earnings == pytest.approx(8 / 300)
    assert known.book == pytest.approx(1 / 45)
    assert known.sales == pytest.approx(0.1)
    assert known.cash_flow == pytest.approx(1.2e11 / 4.4e12)
    assert known.dividend == pytest.approx(0.0035)  # not the per cent of "dividendYield"


def test_a_hint_saves_the_request_for_fund_data(provider: YahooProvider, server: YahooServer) -> None:
    provider.profile("JPM", SecurityType.STOCK)
    first = server.market.asked("quoteSummary/JPM")
    server.market.log.clear()
    provider.profile("JPM")
    assert server.market.asked("quoteSummary/JPM") == first + 1
    # a wrong hint does no harm
    found = provider.profile("VBR", SecurityType.STOCK)
    assert isinstance(found, Profile)
    assert found.category == "Small Value"


def test_impossible_and_foreign_figures_are_left_out(provider: YahooProvider) -> None:
    berkshire = provider.profile("BRK.B")
    assert isinstance(berkshire, Profile)
    assert berkshire.fundamentals is not None
    assert berkshire.fundamentals.book is None  # a P/B of 0.001 is that of another share class
    foreign = provider.profile("ZZUK")
    assert isinstance(foreign, Profile)
    assert foreign.fundamentals is not None
    assert foreign.fundamentals.sales is None  # pounds over dollars
    assert foreign.fundamentals.earnings == pytest.approx(1 / 9)


def test_weekly_history(provider: YahooProvider) -> None:
    found = provider.weekly("VBR")
    assert isinstance(found, PriceHistory)
    assert all(day.weekday() == 4 for day in found.dates)
    assert found.dates[-1] == TODAY - timedelta(days=5)  # last Friday; the running week is left out
    assert 155 <= len(found.dates) <= 159
    assert all(b - a == timedelta(days=7) for a, b in zip(found.dates, found.dates[1:], strict=False))


@pytest.mark.parametrize("symbol", ["31617E471", "Apple Inc", "", "1234-5678", "US0378331005", "X1", "BRK-BB"])
def test_what_is_no_ticker_is_never_sent(provider: YahooProvider, server: YahooServer, symbol: str) -> None:
    for found in (provider.quote(symbol), provider.profile(symbol), provider.weekly(symbol)):
        assert isinstance(found, Failure)
        assert found.reason is Reason.NOT_A_TICKER
    assert server.market.log == []


def test_unknown_delisted_and_empty(provider: YahooProvider, server: YahooServer) -> None:
    for found in (provider.quote("XYZQ"), provider.profile("XYZQ"), provider.weekly("XYZQ")):
        assert isinstance(found, Failure)
        assert found.reason is Reason.UNKNOWN, found
    server.market.listings["ZZNIL"].closes = {}
    for found in (provider.quote("ZZNIL"), provider.weekly("ZZNIL"), provider.profile("ZZNIL")):
        assert isinstance(found, Failure)
        assert found.reason in (Reason.EMPTY, Reason.UNKNOWN), found


def test_another_currency(provider: YahooProvider) -> None:
    found = provider.quote("ZZCAD")
    assert isinstance(found, Failure)
    assert found.reason is Reason.CURRENCY
    assert "CAD" in found.message


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("finance/(chart|quoteSummary)", status=429), Reason.RATE_LIMITED),
        (Fault("getcrumb|quoteSummary|chart", status=429), Reason.RATE_LIMITED),
        (Fault("finance/(chart|quoteSummary)", status=401, body=b"{}"), Reason.REFUSED),
        (Fault("finance/(chart|quoteSummary)", status=403, body=b"{}"), Reason.REFUSED),
        (Fault("finance/(chart|quoteSummary)", status=403, body=b"<html>no</html>"), Reason.REFUSED),
        (Fault("finance/(chart|quoteSummary)", status=503, body=MAINTENANCE), Reason.UNAVAILABLE),
        (Fault("finance/(chart|quoteSummary)", status=200, body=MAINTENANCE), Reason.UNAVAILABLE),
        (Fault("finance/(chart|quoteSummary)", drop=True), Reason.OFFLINE),
        (Fault("finance/(chart|quoteSummary)", status=200, body=b'{"chart": 5, "quoteSummary": 5}'), Reason.UNREADABLE),
    ],
    ids=["429", "429 from the start", "401", "403", "403 page", "503", "maintenance page", "dropped", "nonsense"],
)
def test_faults(provider: YahooProvider, server: YahooServer, pace: Pace, fault: Fault, reason: Reason) -> None:
    server.market.faults = [fault]
    for ask in (provider.quote, provider.profile, provider.weekly):
        pace.resume()
        found = ask("VBR")
        assert isinstance(found, Failure), ask
        assert found.reason is reason, (ask, found)
        assert "VBR" in found.message or "Yahoo" in found.message
    # and all is well once the fault is gone, though the library remembers answers
    server.market.faults = []
    pace.resume()
    assert isinstance(provider.quote("VBR"), Quote)
    assert isinstance(provider.profile("VBR"), Profile)
    assert isinstance(provider.weekly("VBR"), PriceHistory)


def test_too_many_requests_pauses_for_a_quarter_of_an_hour(
    provider: YahooProvider, server: YahooServer, pace: Pace
) -> None:
    server.market.faults = [Fault("finance/chart", status=429)]
    found = provider.quote("VBR")
    assert isinstance(found, Failure)
    assert found.until == pace.paused_until
    assert found.until is not None
    assert timedelta(minutes=14) < found.until - pace.now() <= timedelta(minutes=15)
    # in the pause nothing is sent
    server.market.log.clear()
    again = provider.profile("AAPL")
    assert isinstance(again, Failure)
    assert (again.reason, again.until) == (Reason.RATE_LIMITED, found.until)
    assert server.market.log == []


def test_one_refused_token_is_renewed(provider: YahooProvider, server: YahooServer) -> None:
    server.market.faults = [Fault("quoteSummary/VBR", status=401, body=b"{}", times=1)]
    assert isinstance(provider.profile("VBR"), Profile)


def test_cancelled(provider: YahooProvider, pace: Pace, server: YahooServer) -> None:
    pace.cancelled = lambda: True
    with pytest.raises(CancelledError):
        provider.quote("VBR")
    assert server.market.log == []


def test_a_redirection_to_another_host_is_not_followed(provider: YahooProvider, server: YahooServer) -> None:
    away = (("Location", "https://example.com/v8/finance/chart/VBR"),)
    server.market.faults = [Fault("yahoo.com/v8/finance/chart/VBR", status=302, body=b"", headers=away)]
    found = provider.quote("VBR")
    assert isinstance(found, Failure)
    assert found.reason is Reason.UNREADABLE
    assert "example.com" in found.message
    assert server.market.asked("example.com") == 0


def test_a_redirection_among_the_providers_hosts_is(provider: YahooProvider, server: YahooServer) -> None:
    other = (("Location", "https://query1.finance.yahoo.com/v10/finance/quoteSummary/BND?crumb=crumb.of.tests"
              "&modules=quoteType,summaryProfile,topHoldings,fundProfile"),)  # fmt: skip
    server.market.faults = [Fault("query2.finance.yahoo.com/v10/finance/quoteSummary/VBR", status=302, headers=other)]
    found = provider.profile("VBR")
    assert isinstance(found, Profile)
    assert found.category == "Intermediate Core Bond"
