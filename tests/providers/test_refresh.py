"""A refresh of a household against the stand-in: prices, differences, findings for every fault, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from core.classify.boxes import main_box
from core.classify.refresh import Refreshed, refresh, symbol_to_ask
from core.classify.returns_style import PROXIES
from core.classify.truth import Classifier
from core.household import Account, AccountKind, Household, Security, Severity
from core.household import SecurityType as T
from core.providers.cache import ProviderCache
from core.providers.pace import Pace
from core.providers.protocols import CancelledError
from core.providers.queue import Kind, LiveData, Progress
from core.providers.session import new_session
from core.providers.yahoo import HOSTS, YahooProvider
from tests.providers.conftest import TODAY
from tests.providers.moving_market import give_histories
from tests.providers.yahoo_server import Fault, Listing, YahooServer


@pytest.fixture
def live(server: YahooServer, tmp_path: Path) -> Iterator[LiveData]:
    pace = Pace(0.0)
    yahoo = YahooProvider(
        pace,
        tmp_path / "library",
        session=new_session(pace, HOSTS, server.session_class(), trust_env=False),
        today=lambda: TODAY,
    )
    made = LiveData(yahoo, yahoo, yahoo, pace=pace, cache=ProviderCache(tmp_path / "live.sqlite"), back_off=(0.0,))
    yield made
    made.close()


def household(*securities: Security) -> Household:
    account = Account("1", "Joint", None, AccountKind.TAXABLE, "user", Decimal(0), Decimal(0), Decimal(0))
    return Household("Sample", TODAY, (account,), securities, ())


def security(symbol: str, name: str = "", type_: T = T.ETF, price: str | None = None) -> Security:
    return Security(symbol, symbol, None, name or symbol, type_, Decimal(price) if price else None)


HOLDINGS = (
    security("VBR", "VANGUARD SMALL-CAP VALUE ETF", price="214.00"),
    security("ZZSV", "ZED SMALL COMPANIES ETF"),
    security("AAPL", "APPLE INC COM", T.STOCK),
    security("XYZQ", "XYZ QUARRIES INC", T.STOCK),
    security("SPAXX", "FIDELITY GOVERNMENT MONEY MARKET", T.MONEY_MARKET),
    Security("31617E471", None, "31617E471", "FID CONTRA POOL CL 3", T.OTHER, None),
    Security("AAPL-OPTION", "AAPL", None, "AAPL Jan 2028 200 Call", T.OPTION, None),
)


def codes(found: Refreshed) -> set[str]:
    return {finding.code for finding in found.findings}


def test_a_household(live: LiveData, server: YahooServer) -> None:
    seen: list[Progress] = []
    found = refresh(household(*HOLDINGS), live, seen.append, today=TODAY)
    assert {key: quote.price for key, quote in found.prices.items()} == {
        "VBR": Decimal("215.4"),
        "ZZSV": Decimal("25.0"),
        "AAPL": Decimal("300.0"),
    }
    assert set(found.before) == set(found.after) == {s.id for s in HOLDINGS}
    assert main_box(found.after["ZZSV"].style_box) == ("small", "value")
    assert found.after["SPAXX"] == found.before["SPAXX"]
    changed = {(d.security, d.field) for d in found.differences}
    assert {("ZZSV", "mix"), ("ZZSV", "style_box"), ("VBR", "sectors")} <= changed
    assert ("VBR", "style_box") not in changed  # the category agrees with the index
    assert all(0 < d.moved <= 1 + 1e-9 for d in found.differences)
    assert codes(found) == {"live-unknown-symbol"}
    assert {p.kind for p in seen} >= {Kind.QUOTE, Kind.PROFILE}
    assert seen[-1].done == seen[-1].total
    # a classifier with the sources answers alike
    again = Classifier((), found.sources).classify_household(household(*HOLDINGS))
    assert again == found.after
    # nothing but tickers was sent
    asked = {line.rsplit("/", 1)[-1] for line in server.market.log if "/chart/" in line or "quoteSummary" in line}
    assert asked == {"VBR", "ZZSV", "AAPL", "XYZQ"}


def test_the_second_refresh_asks_nothing(live: LiveData, server: YahooServer) -> None:
    first = refresh(household(*HOLDINGS), live, today=TODAY)
    server.market.log.clear()
    second = refresh(household(*HOLDINGS), live, today=TODAY)
    assert server.market.log == []
    assert second.after == first.after
    assert second.prices == first.prices


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("finance/(chart|quoteSummary)", status=429), "live-paused"),
        (Fault("finance/(chart|quoteSummary)", status=401, body=b"{}"), "live-refused"),
        (
            Fault("finance/(chart|quoteSummary)", status=200, body=b"<html>Will be right back</html>"),
            "live-unavailable",
        ),
        (Fault("finance/(chart|quoteSummary)", drop=True), "live-offline"),
        (Fault("finance/(chart|quoteSummary)", status=200, body=b"{}"), None),
    ],
)
def test_every_fault_is_a_finding_and_the_offline_answer_stays(
    live: LiveData, server: YahooServer, fault: Fault, code: str | None
) -> None:
    server.market.faults = [fault]
    found = refresh(household(*HOLDINGS[:3]), live, today=TODAY)
    assert found.prices == {}
    assert found.after == found.before
    assert found.differences == ()
    assert found.findings
    if code:
        assert codes(found) == {code}
        finding = found.findings[0]
        assert finding.severity is Severity.WARNING
        assert "VBR" in finding.message
        assert "stays" in finding.message
    if code == "live-paused":
        assert "UTC" in found.findings[0].message
    # the cache is as usable as before
    server.market.faults = []
    live.pace.resume()
    live.cache.pause("Yahoo", None)
    assert set(refresh(household(*HOLDINGS[:3]), live, today=TODAY).prices) == {"VBR", "ZZSV", "AAPL"}


def test_another_security_of_the_same_symbol_is_not_used(live: LiveData, server: YahooServer) -> None:
    server.market.listings["CORE"] = Listing("ETF", "Quantum Core Widgets ETF", 80.0, category="Small Value")
    pool = security("CORE", "Employer Stable Pool", T.OTHER, price="12.50")
    found = refresh(household(pool), live, today=TODAY)
    assert found.prices == {}  # the custodian's own symbol for cash is not even asked about
    assert server.market.asked("CORE") == 0
    server.market.listings["QQZZ"] = server.market.listings["CORE"]
    found = refresh(household(security("QQZZ", "Employer Stable Pool", T.OTHER, price="12.50")), live, today=TODAY)
    assert found.prices == {}
    assert codes(found) == {"live-other-security"}
    assert found.after == found.before


def test_a_price_far_from_the_files_is_told(live: LiveData) -> None:
    found = refresh(household(security("VBR", "VANGUARD SMALL CAP VALUE", price="64.00")), live, today=TODAY)
    assert codes(found) == {"live-price-far"}
    assert found.prices["VBR"].price == Decimal("215.4")


def test_cancelled(live: LiveData) -> None:
    with pytest.raises(CancelledError):
        refresh(household(*HOLDINGS), live, cancelled=lambda: True, today=TODAY)


def test_overrides_stay(live: LiveData) -> None:
    from core.classify.overrides import parse_overrides

    own = parse_overrides("symbol,style\nZZSV,large growth\n")
    found = refresh(household(*HOLDINGS), live, overrides=own, today=TODAY)
    assert main_box(found.after["ZZSV"].style_box) == ("large", "growth")


def test_what_is_asked_about() -> None:
    assert symbol_to_ask(security("BRK/B", type_=T.STOCK)) == "BRK.B"
    assert symbol_to_ask(security("BND", type_=T.BOND)) == "BND"
    assert symbol_to_ask(security("AAPL", type_=T.BOND)) is None
    for symbol, type_ in (("VMFXX", T.OTHER), ("CORE", T.OTHER), ("VTI", T.OPTION), ("912797AB1", T.STOCK)):
        assert symbol_to_ask(security(symbol, type_=type_)) is None


def test_returns_settle_what_no_source_knows(live: LiveData, server: YahooServer) -> None:
    give_histories(server.market, TODAY)
    funds = (security("ZZOP", "Zed Opportunities Fund", T.MUTUAL_FUND), security("ZZWL", "Zed Fund", T.MUTUAL_FUND))
    server.market.listings["ZZWL"] = server.market.listings["ZZWILD"]
    found = refresh(household(*funds), live, today=TODAY)
    assert set(PROXIES) <= {line.rsplit("/", 1)[-1] for line in server.market.log if "chart" in line}
    settled = found.after["ZZOP"]
    assert settled.source["style_box"].startswith("returns-based style")
    assert main_box(settled.style_box) == ("small", "value")
    assert settled.mix[0] > 0.97
    assert found.fits["ZZOP"].r2 > 0.95
    assert not found.fits["ZZWL"].can_tell
    assert found.after["ZZWL"].mix[6] == 1
    assert any(f.code == "live-style-open" and "ZZWL" in f.message for f in found.findings)


def test_returns_settle_a_dispute_between_category_and_name(live: LiveData, server: YahooServer) -> None:
    give_histories(server.market, TODAY)
    stocks = {"stock": 1.0, "cash": 0.0}
    server.market.listings["ZZOP"].category = "Large Growth"
    server.market.listings["ZZOP"].assets = stocks
    fund = security("ZZOP", "Zed Small Cap Value Fund", T.MUTUAL_FUND)
    found = refresh(household(fund), live, today=TODAY).after["ZZOP"]
    assert main_box(found.style_box) == ("small", "value")
    assert "R2" in found.source["style_box"]
    assert "Yahoo" in found.source["mix"]
