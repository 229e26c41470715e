"""The market refresh through the unpatched yfinance, against the stand-in on this machine."""

import attrs
import pytest

from core.market.observations import snapshot
from core.market.refresh import Sources, refresh
from tests.providers.conftest import TODAY
from tests.providers.yahoo_server import Fault, Listing

#: P/E of each fund as the provider may send it: earnings over price too.
SENT = {"IWM": 1 / 18, "SPY": 25.0, "VTV": 20.0, "VUG": 36.0, "IWN": 1 / 15, "IWO": 24.0}


@pytest.fixture
def market(server):
    assets = {"stock": 0.99, "cash": 0.01}
    for symbol, ratio in SENT.items():
        listing = Listing("ETF", f"{symbol} fund", 100.0, category="Small Blend", assets=assets)
        server.market.listings[symbol] = attrs.evolve(listing, ratios={"priceToEarnings": ratio})
    return server.market


def test_ratios_and_relative_strength_come_through(market, provider):
    found = refresh(Sources(provider, None, None), TODAY)
    values = {o.id: o for o in found.observations}
    assert found.failures == ()
    assert values["small_large_pe_ratio"].values[0] == pytest.approx(18 / 25, abs=1e-3)
    assert values["value_growth_pe_ratio"].values[0] == pytest.approx(36 / 20, abs=1e-3)
    assert values["small_value_growth_pe_ratio"].values[0] == pytest.approx(24 / 15, abs=1e-3)
    assert set(values) == {
        "small_large_pe_ratio",
        "value_growth_pe_ratio",
        "small_value_growth_pe_ratio",
        *(f"relative_{side}_{span}" for side in ("small", "value") for span in ("3m", "6m", "12m")),
    }
    assert all(o.day <= TODAY for o in found.observations)


@pytest.mark.parametrize(
    "fault",
    [Fault("", status=429), Fault("", status=503, body=b"down"), Fault("", drop=True)],
    ids=["429", "503", "cut"],
)
def test_each_fault_leaves_the_old_values(market, provider, fault):
    market.faults.append(fault)
    found = refresh(Sources(provider, None, None), TODAY)
    assert found.observations == ()
    assert found.failures
    assert snapshot().adding(found.observations) == snapshot()
