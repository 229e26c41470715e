"""A stand-in for Yahoo Finance on this machine, which the real library yfinance talks to.

Two doors to one set of answers:

- ``session_class()``: the program's own session, its requests led to ``http://127.0.0.1:PORT/HOST/PATH`` (no TLS);
- ``environment()``: for a program in a process of its own, a proxy on the loopback that ends TLS with a throw-away
  authority and turns away every host that is not Yahoo's.

`Market` holds what it knows and the faults it is told to make. Invented securities have invented figures.
"""

from __future__ import annotations

import json
import math
import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import attrs

from core.providers.session import session_class as program_session_class

CRUMB = "crumb.of.tests"
_DAY = timedelta(days=1)


@attrs.define
class Fault:
    """What goes wrong with requests whose ``host/path`` matches: status, body, headers, a cut connection, a delay."""

    match: str
    status: int | None = None
    body: bytes = b"Too Many Requests\r\n"
    drop: bool = False
    delay: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    times: int = 1_000_000


@attrs.define
class Listing:
    """A security that the stand-in knows."""

    kind: str  # EQUITY, ETF, MUTUALFUND
    name: str
    price: float
    currency: str = "USD"
    category: str | None = None
    assets: dict[str, float] = attrs.field(factory=dict)
    sectors: dict[str, float] = attrs.field(factory=dict)
    ratios: dict[str, float] = attrs.field(factory=dict)
    facts: dict[str, Any] = attrs.field(factory=dict)
    closes: dict[date, float] | None = None


def _funds() -> dict[str, Listing]:
    small = {"industrials": 0.22, "financial_services": 0.24, "consumer_cyclical": 0.18, "realestate": 0.12,
             "technology": 0.08, "healthcare": 0.06, "basic_materials": 0.06, "energy": 0.04}  # fmt: skip
    stock = {"stock": 0.99, "bond": 0.0, "cash": 0.01, "preferred": 0.0, "convertible": 0.0, "other": 0.0}
    return {
        "VBR": Listing("ETF", "Vanguard Small-Cap Value ETF", 215.4, category="Small Value", assets=stock,
                       sectors=small, ratios={"priceToEarnings": 0.066, "priceToBook": 1.8}),
        "VTI": Listing("ETF", "Vanguard Total Stock Market ETF", 330.5, category="Large Blend", assets=stock,
                       sectors={"technology": 0.6, "healthcare": 0.4}),
        "AVUV": Listing("ETF", "Avantis U.S. Small Cap Value ETF", 101.0, category="Small Value", assets=stock,
                        sectors=small),
        "ZZSV": Listing("ETF", "Zed Small Companies ETF", 25.0, category="Small Value", assets=stock, sectors=small),
        "VSIAX": Listing("MUTUALFUND", "Vanguard Small-Cap Value Index Fund", 92.1, category="Small Value",
                         assets=stock, sectors=small),
        "BND": Listing("ETF", "Vanguard Total Bond Market ETF", 73.2, category="Intermediate Core Bond",
                       assets={"bond": 0.98, "cash": 0.02, "stock": 0.0}),
        "BIL": Listing("ETF", "SPDR Bloomberg 1-3 Month T-Bill ETF", 91.5, category="Ultrashort Bond",
                       assets={"bond": 1.0, "cash": 0.0}),
        "VXUS": Listing("ETF", "Vanguard Total International Stock ETF", 70.0, category="Foreign Large Blend",
                        assets={"stock": 0.97, "cash": 0.03}, sectors={"financial_services": 0.6, "industrials": 0.4}),
        "ZZBAL": Listing("MUTUALFUND", "Zed Balanced Fund", 30.0, category="Moderate Allocation",
                         assets={"stock": 0.6, "bond": 0.35, "cash": 0.05}, sectors={"technology": 1.0}),
        "ZZLEV": Listing("ETF", "Zed Daily Twice ETF", 30.0, category="Trading--Leveraged Equity",
                         assets={"stock": 1.4, "cash": -0.4}),
        "ZZCAD": Listing("ETF", "Zed Toronto ETF", 30.0, currency="CAD", category="Large Blend", assets=stock),
        "ZZNIL": Listing("ETF", "Zed Silent ETF", 30.0),
    }  # fmt: skip


def _companies() -> dict[str, Listing]:
    def company(
        name: str, price: float, cap: float, sector: str, country: str = "United States", **more: Any
    ) -> Listing:
        facts = {"marketCap": cap, "sector": sector, "country": country, "currency": "USD", "financialCurrency": "USD"}
        return Listing("EQUITY", name, price, facts=facts | more)

    return {
        "AAPL": company("Apple Inc.", 300.0, 4.4e12, "Technology", trailingEps=8.0, priceToBook=45.0,
                        priceToSalesTrailing12Months=10.0, operatingCashflow=1.2e11,
                        trailingAnnualDividendYield=0.0035, dividendYield=0.35),
        "JPM": company("JPMorgan Chase & Co.", 350.0, 9.3e11, "Financial Services", trailingEps=22.0, priceToBook=2.2,
                       priceToSalesTrailing12Months=4.0, trailingAnnualDividendYield=0.024),
        "BRK-B": company("Berkshire Hathaway Inc.", 496.0, 1.09e12, "Financial Services", trailingPE=15.0,
                         priceToBook=0.001),
        "ZZCO": company("Zed Company", 12.0, 6e8, "Basic Materials", trailingEps=2.0, priceToBook=0.6,
                        priceToSalesTrailing12Months=0.3, operatingCashflow=1.4e8, trailingAnnualDividendYield=0.05),
        "ZZNEW": company("Zed Newcomer", 12.0, 5e10, "Healthcare"),
        "ZZUK": company("Zed plc", 40.0, 3e10, "Energy", "United Kingdom", trailingPE=9.0, priceToBook=1.1,
                        financialCurrency="GBP", totalRevenue=9e10, operatingCashflow=9e9),
    }  # fmt: skip


class Market:
    """What the stand-in knows and what it was asked. Change ``listings``, ``faults`` and ``today`` at any time."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.listings = _funds() | _companies()
        self.faults: list[Fault] = []
        self.log: list[str] = []
        self._lock = threading.Lock()

    def asked(self, text: str) -> int:
        """How many requests had this in their ``host/path``."""
        return sum(text in line for line in self.log)

    def fault(self, key: str) -> Fault | None:
        with self._lock:
            self.log.append(key)
            for fault in self.faults:
                if fault.times > 0 and re.search(fault.match, key):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, host: str, path: str, query: dict[str, str]) -> tuple[int, str, bytes, list[tuple[str, str]]]:
        """Status, content type, body and further headers."""
        if host == "fc.yahoo.com":
            cookie = "A3=d=tests; Max-Age=31536000; Domain=.yahoo.com; Path=/; SameSite=None; Secure; HttpOnly"
            return 404, "text/html", b"<html></html>", [("Set-Cookie", cookie)]
        if host in ("guce.yahoo.com", "consent.yahoo.com"):
            form = b'<form><input name="csrfToken" value="c"><input name="sessionId" value="s"></form>'
            return 200, "text/html", form, []
        if path == "/v1/test/getcrumb":
            return 200, "text/plain", CRUMB.encode(), []
        routes: tuple[tuple[str, bool, Callable[..., tuple[int, Any]]], ...] = (
            (r"/v8/finance/chart/(.+)", False, self._chart),
            (r"/v10/finance/quoteSummary/(.+)", True, self._summary),
            (r"/v7/finance/quote()", True, self._quotes),
            (r"/ws/fundamentals-timeseries/.+/(.+)", False, self._series),
        )
        for pattern, guarded, reply in routes:
            if found := re.fullmatch(pattern, path):
                if guarded and query.get("crumb") != CRUMB:
                    status, body = 401, _error("finance", "Unauthorized", "Invalid Crumb")
                else:
                    status, body = reply(unquote(found[1]).upper(), query)
                return status, "application/json", json.dumps(body).encode(), []
        return 404, "application/json", json.dumps(_error("finance", "Not Found", path)).encode(), []

    def _chart(self, symbol: str, query: dict[str, str]) -> tuple[int, Any]:
        listing = self.listings.get(symbol)
        if listing is None:
            return 404, _error("chart", "Not Found", "No data found, symbol may be delisted")
        first = self.today - 3700 * _DAY
        if "period1" in query:
            first = datetime.fromtimestamp(int(query["period1"]), UTC).date()
        elif query.get("range") == "1d":
            first = self.today
        elif query.get("range") == "5d":
            first = self.today - 6 * _DAY
        closes = listing.closes if listing.closes is not None else walk(symbol, listing.price, self.today)
        days = [day for day in sorted(closes) if first <= day <= self.today]
        prices = [closes[day] for day in days]
        opened = _opening(days[-1] if days else self.today)
        meta = {
            "currency": listing.currency, "symbol": symbol, "exchangeName": "PCX", "instrumentType": listing.kind,
            "firstTradeDate": _opening(min(closes)) if closes else None, "regularMarketTime": opened + 23_400,
            "gmtoffset": -18_000, "timezone": "EST", "exchangeTimezoneName": "America/New_York", "priceHint": 2,
            "regularMarketPrice": prices[-1] if prices else None, "longName": listing.name,
            "shortName": listing.name[:30], "dataGranularity": "1d", "range": query.get("range", ""),
            "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
            "currentTradingPeriod": {
                name: {"timezone": "EST", "start": opened, "end": opened + 23_400, "gmtoffset": -18_000}
                for name in ("pre", "regular", "post")
            },
        }  # fmt: skip
        series: dict[str, list[float]] = dict.fromkeys(("open", "high", "low", "close"), prices) | {
            "volume": [1000] * len(prices)
        }
        result = {
            "meta": meta,
            "timestamp": [_opening(day) for day in days],
            "indicators": {"quote": [series], "adjclose": [{"adjclose": prices}]},
        }
        return 200, {"chart": {"result": [result], "error": None}}

    def _summary(self, symbol: str, query: dict[str, str]) -> tuple[int, Any]:
        listing = self.listings.get(symbol)
        if listing is None:
            return 404, _error("quoteSummary", "Not Found", f"Quote not found for symbol: {symbol}")
        kind = {"quoteType": listing.kind, "symbol": symbol, "longName": listing.name, "exchange": "PCX"}
        modules: dict[str, Any] = {"quoteType": kind}
        if listing.kind == "EQUITY":
            profile = {key: listing.facts[key] for key in ("sector", "country") if key in listing.facts}
            rest = {key: value for key, value in listing.facts.items() if key not in profile}
            modules |= {"assetProfile": profile, "financialData": {"currentPrice": listing.price, **rest}}
        else:
            modules |= {
                "summaryProfile": {"longBusinessSummary": "for tests"},
                "fundProfile": {"categoryName": listing.category, "family": "Zed", "legalType": "for tests"},
                "topHoldings": {
                    **{f"{key}Position": share for key, share in listing.assets.items()},
                    "holdings": [],
                    "equityHoldings": listing.ratios,
                    "bondHoldings": {},
                    "bondRatings": [],
                    "sectorWeightings": [{key: share} for key, share in listing.sectors.items()],
                },
            }
        asked = query.get("modules", "").split(",")
        answered = {name: module for name, module in modules.items() if name in asked}
        return 200, {"quoteSummary": {"result": [answered], "error": None}}

    def _quotes(self, _: str, query: dict[str, str]) -> tuple[int, Any]:
        rows = [
            {"symbol": symbol, "quoteType": listing.kind, "regularMarketPrice": listing.price, "currency": "USD"}
            for symbol in query.get("symbols", "").split(",")
            if (listing := self.listings.get(symbol)) is not None
        ]
        return 200, {"quoteResponse": {"result": rows, "error": None}}

    def _series(self, symbol: str, _: dict[str, str]) -> tuple[int, Any]:
        return 200, {"timeseries": {"result": [{"meta": {"symbol": [symbol]}}], "error": None}}


def _error(kind: str, code: str, text: str) -> dict[str, Any]:
    return {kind: {"result": None, "error": {"code": code, "description": text}}}


def _opening(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC).timestamp())


def weekdays(first: date, last: date) -> list[date]:
    return [day for k in range((last - first).days + 1) if (day := first + k * _DAY).weekday() < 5]


def walk(symbol: str, price: float, today: date) -> dict[date, float]:
    """Ten years of closes that end at a price, the same for the same symbol."""
    draw = random.Random(symbol)
    closes: dict[date, float] = {}
    for day in reversed(weekdays(today - 3700 * _DAY, today)):
        closes[day] = round(price, 4)
        price /= math.exp(draw.gauss(0.0003, 0.01))
    return closes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    market: Market
    tls: ssl.SSLContext
    behind: str | None = None  # host of the tunnel that this connection became

    def log_message(self, *_: Any) -> None:
        pass

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the tunnel's TLS socket, which the server does not know of

    def do_CONNECT(self) -> None:
        host = self.path.rsplit(":", 1)[0]
        if not host.endswith("yahoo.com"):
            self.market.log.append(f"TURNED AWAY {host}")
            self.send_error(403)
            self.close_connection = True
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        except OSError:
            self.close_connection = True
            return
        self.rfile.close()
        self.wfile.close()
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = self.connection.makefile("wb", 0)
        self.behind = host
        self.close_connection = False
        while not self.close_connection:
            self.handle_one_request()

    def _reply(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            self.rfile.read(length)
        parts = urlsplit(self.path)
        host, path = self.behind, parts.path
        if host is None:
            _, host, rest = path.split("/", 2)
            path = "/" + rest
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        fault = self.market.fault(f"{host}{path}")
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        if fault is not None and fault.drop:
            self.close_connection = True
            self.connection.close()
            return
        if fault is not None and fault.status:
            answer = (fault.status, "text/html", fault.body, list(fault.headers))
        else:
            answer = self.market.answer(host, path or "/", query)
        status, kind, body, headers = answer
        self.send_response(status)
        for name, value in [("Content-Type", kind), ("Content-Length", str(len(body))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = _reply  # noqa: N815  (the library's name)
    do_POST = _reply  # noqa: N815


class _Server(ThreadingHTTPServer):
    # connections stay open between requests; their threads are ended with the server, and waited for
    daemon_threads = False
    block_on_close = True

    def __init__(self, handler: type[_Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._connections: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that goes away is what some tests are about

    def end(self) -> None:
        import contextlib
        import socket

        self.shutdown()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class YahooServer:
    """The running stand-in: its market, and the two doors to it."""

    def __init__(self, market: Market, port: int, authority: Path) -> None:
        self.market = market
        self.base = f"http://127.0.0.1:{port}"
        self.authority = authority

    def session_class(self) -> type[Any]:
        """The program's session class, led to this server without TLS."""
        base = self.base

        def address(_: Any, url: str) -> str:
            parts = urlsplit(url)
            return f"{base}/{parts.hostname}{quote(parts.path) or '/'}" + (f"?{parts.query}" if parts.query else "")

        return type("LoopbackSession", (program_session_class(),), {"address": address})

    def environment(self) -> dict[str, str]:
        """Variables that lead a program in a process of its own here."""
        proxy = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"), self.base)
        trust = dict.fromkeys(("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"), str(self.authority))
        return {**proxy, **trust, "NO_PROXY": "", "no_proxy": ""}


@contextmanager
def yahoo_server(folder: Path, today: date) -> Iterator[YahooServer]:
    """Run the stand-in for a while. ``folder`` takes the certificate of its authority."""
    import trustme

    authority = trustme.CA()
    path = folder / "authority.pem"
    path.write_bytes(authority.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert("*.yahoo.com", "*.finance.yahoo.com", "yahoo.com").configure_cert(context)
    market = Market(today)
    server = _Server(type("Handler", (_Handler,), {"market": market, "tls": context}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="yahoo stand-in")
    thread.start()
    try:
        yield YahooServer(market, server.server_address[1], path)
    finally:
        server.end()
        thread.join()
