"""``--live`` as a user runs it: the program in a process of its own, the library untouched, TLS to the stand-in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.providers.conftest import TODAY, child_environment
from tests.providers.yahoo_server import Fault, YahooServer

ROOT = Path(__file__).resolve().parents[2]


def trimtab(server: YahooServer, home: Path, *arguments: str | Path, **changed: str) -> tuple[int, str, str]:
    environment = {**child_environment(server, home), "PYTHONPATH": str(ROOT), **changed}
    done = subprocess.run(
        [sys.executable, "-m", "desktop", *map(str, arguments)],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def classify(server: YahooServer, home: Path, *symbols: str, **changed: str) -> dict[str, Any]:
    code, out, err = trimtab(server, home, "classify", *symbols, "--live", "--json", "-", **changed)
    assert code == 0, err
    document: dict[str, Any] = json.loads(out)
    assert "Traceback" not in err
    document["by_symbol"] = {entry["symbol"]: entry for entry in document["exposures"]}
    return document


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_category_and_sectors_come_from_the_provider(server: YahooServer, home: Path) -> None:
    symbols = ("VBR", "ZZSV", "AAPL", "SPAXX", "31617E471", "XYZQ")
    found = classify(server, home, *symbols)
    vbr, unknown = found["by_symbol"]["VBR"], found["by_symbol"]["ZZSV"]
    assert vbr["sectors"]["industrials"] == pytest.approx(0.22)
    assert vbr["mix"]["cash"] == pytest.approx(0.01)
    assert "Small Value" in vbr["source"]["style_box"]
    assert all("Yahoo" in source for source in vbr["source"].values())
    assert sum(unknown["style_box"][2]) > 0.8
    assert found["by_symbol"]["AAPL"]["sectors"]["information_technology"] == 1
    assert "value score" in found["by_symbol"]["AAPL"]["note"]
    assert found["by_symbol"]["SPAXX"]["mix"]["cash"] == 1
    assert found["by_symbol"]["31617E471"]["confidence"] == found["by_symbol"]["XYZQ"]["confidence"] == "none"
    assert [finding["code"] for finding in found["findings"]] == ["live-unknown-symbol"]
    # only Yahoo's hosts, only tickers; the token is the provider's own
    assert not server.market.asked("TURNED AWAY")
    assert not server.market.asked("31617E471")
    assert not server.market.asked("SPAXX")
    # the second time the cache answers
    server.market.log.clear()
    again = classify(server, home, *symbols)
    assert server.market.log == []
    assert again["exposures"] == found["exposures"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("quoteSummary", drop=True), "live-offline"),
        (Fault("quoteSummary", status=401, body=b"{}"), "live-refused"),
        (Fault("quoteSummary", status=200, body=b"<html>Will be right back</html>"), "live-unavailable"),
    ],
)
def test_a_fault_is_a_finding_and_the_next_run_works(server: YahooServer, home: Path, fault: Fault, code: str) -> None:
    server.market.faults = [fault]
    found = classify(server, home, "VBR")
    assert [finding["code"] for finding in found["findings"]] == [code]
    assert found["by_symbol"]["VBR"]["source"]["style_box"].startswith("core table")
    server.market.faults = []
    found = classify(server, home, "VBR")
    assert found["findings"] == []
    assert "Yahoo" in found["by_symbol"]["VBR"]["source"]["sectors"]


def test_too_many_requests_is_remembered_by_the_next_run(server: YahooServer, home: Path) -> None:
    server.market.faults = [Fault("quoteSummary/BND", status=429)]
    found = classify(server, home, "VBR", "BND")
    assert [finding["code"] for finding in found["findings"]] == ["live-paused"]
    assert "UTC" in found["findings"][0]["message"]
    server.market.faults, server.market.log = [], []
    again = classify(server, home, "VBR", "BND")
    assert server.market.log == []
    assert "Yahoo" in again["by_symbol"]["VBR"]["source"]["sectors"]  # from the cache
    assert [finding["code"] for finding in again["findings"]] == ["live-paused"]


def test_with_no_network_at_all(server: YahooServer, home: Path) -> None:
    closed = dict.fromkeys(
        ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"), "http://127.0.0.1:9"
    )
    found = classify(server, home, "VBR", "AAPL", "XYZQ", **closed)
    assert [finding["code"] for finding in found["findings"]] == ["live-offline"]
    assert found["by_symbol"]["VBR"]["confidence"] == "high"
    assert server.market.log == []


def test_offline_nothing_is_asked(server: YahooServer, home: Path) -> None:
    code, out, _ = trimtab(
        server, home, "classify", "VBR", "AVUV", "VTSAX", "BRK.B", "SPAXX", "31617E471", "XYZQ", "--json", "-"
    )
    assert code == 0
    document = json.loads(out)
    assert set(document) == {"schema", "exposures"}
    for entry in document["exposures"][:5]:
        assert entry["source"]["mix"].startswith("core table")
        assert entry["as_of"]
    assert [entry["confidence"] for entry in document["exposures"][5:]] == ["none", "none"]
    assert server.market.log == []


HOUSEHOLD = {
    "schema": "trimtab/household/1",
    "name": "Live sample",
    "as_of": TODAY.isoformat(),
    "accounts": [
        {"id": "1", "name": "IRA", "custodian": None, "kind": "traditional", "kind_source": "user", "cash": 20000,
         "pending": 0, "market_value": 53050},
    ],
    "securities": [
        {"id": "VTI", "symbol": "VTI", "cusip": None, "name": "Vanguard Total Stock Market ETF", "type": "etf",
         "price": 330.5, "multiplier": 1},
    ],
    "lots": [
        {"account": "1", "security": "VTI", "quantity": 100, "market_value": 33050, "cost_basis": 20000,
         "acquired": "2020-01-02", "term": "long", "side": None},
    ],
    "files": [],
    "findings": [],
}  # fmt: skip


def test_rebalance_prices_its_candidates(server: YahooServer, home: Path) -> None:
    (home / "household.json").write_text(json.dumps(HOUSEHOLD))
    (home / "target.toml").write_text(
        '[mix]\nus_equity = 0.80\nbonds = 0.18\ncash = 0.02\n[style]\npreset = "small-value"\n'
        '[universe]\nbuy = ["VBR", "BND", "XYZQ"]\n'
    )
    arguments = ("rebalance", "household.json", "--target", "target.toml", "--live", "--json", "-")
    code, out, err = trimtab(server, home, *arguments)
    assert code == 0, err
    proposal = json.loads(out)
    bought = {trade["security"]: trade["price"] for trade in proposal["trades"] if trade["action"] == "buy"}
    assert bought == {"VBR": 215.4, "BND": 73.2}
    assert "live-unknown-symbol" in {finding["code"] for finding in proposal["findings"]}
    assert "Traceback" not in err
