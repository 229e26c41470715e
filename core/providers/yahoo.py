"""Yahoo Finance through the library yfinance.

The library swallows many errors unless told not to (an empty frame, a nearly empty ``info``); here it is told not to,
and every error becomes a `Failure`. Yahoo's terms allow personal use and no redistribution: nothing of it ships.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import attrs

from core.classify.stocks import Fundamentals
from core.classify.symbols import normalise_symbol
from core.household import SecurityType
from core.providers.pace import Pace, PausedError
from core.providers.protocols import CancelledError, Failure, PriceHistory, Profile, Quote, Reason
from core.providers.session import ForeignHostError, new_session
from core.providers.tickers import is_ticker

NAME = "Yahoo"

#: The only hosts that requests may go to: prices and profiles, and Yahoo's own for cookies and consent.
HOSTS = frozenset(
    {
        "query1.finance.yahoo.com",
        "query2.finance.yahoo.com",
        "finance.yahoo.com",
        "fc.yahoo.com",
        "guce.yahoo.com",
        "consent.yahoo.com",
    }
)

T = TypeVar("T")

_TYPES: Mapping[str, SecurityType] = {
    "EQUITY": SecurityType.STOCK,
    "ETF": SecurityType.ETF,
    "MUTUALFUND": SecurityType.MUTUAL_FUND,
    "MONEYMARKET": SecurityType.MONEY_MARKET,
}
#: Yahoo's sector names, of funds (keys) and of companies, and ours.
SECTOR_NAMES: Mapping[str, str] = {
    "realestate": "real_estate",
    "real estate": "real_estate",
    "consumer cyclical": "consumer_discretionary",
    "consumer_cyclical": "consumer_discretionary",
    "basic materials": "materials",
    "basic_materials": "materials",
    "consumer defensive": "consumer_staples",
    "consumer_defensive": "consumer_staples",
    "technology": "information_technology",
    "communication services": "communication_services",
    "communication_services": "communication_services",
    "financial services": "financials",
    "financial_services": "financials",
    "financial": "financials",
    "utilities": "utilities",
    "industrials": "industrials",
    "energy": "energy",
    "healthcare": "health_care",
}
_ASSETS = ("stock", "bond", "cash", "preferred", "convertible", "other")


@cache
def _library() -> Any:
    """yfinance, loaded on first use: it raises its errors and keeps its log and its warnings to itself."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import yfinance
    warnings.filterwarnings("ignore", module=r"yfinance(\.|$)")
    yfinance.config.debug.hide_exceptions = False
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
    return yfinance


class YahooProvider:
    """Quotes, profiles and weekly prices from Yahoo Finance.

    pace : shared by everything that asks Yahoo. library_cache : folder in which yfinance keeps its cookie and the time
    zones of symbols. session : for tests; what `core.providers.session.new_session` makes. today : the date.
    """

    name = NAME

    def __init__(
        self,
        pace: Pace,
        library_cache: Path,
        *,
        session: Any = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.pace = pace
        self._library_cache = library_cache
        self._session = session
        self._today = today

    def quote(self, symbol: str) -> Quote | Failure:
        """The latest price of a symbol, of the regular session."""
        return self._ask(symbol, self._quote)

    def profile(self, symbol: str, type_: SecurityType | None = None) -> Profile | Failure:
        """What Yahoo says of a symbol: one request for a fund, more for a company."""
        return self._ask(symbol, lambda ticker: self._profile(symbol, ticker, type_))

    def weekly(self, symbol: str, years: int = 3) -> PriceHistory | Failure:
        """Weekly adjusted closes.

        Daily closes are fetched and the last of each week kept: Yahoo's own weekly bars misplace dividends.
        """
        return self._ask(symbol, lambda ticker: self._weekly(symbol, ticker, years))

    def _ask(self, symbol: str, read: Callable[[Any], T | Failure]) -> T | Failure:
        wanted = normalise_symbol(symbol)
        if not is_ticker(wanted):
            return Failure(symbol, Reason.NOT_A_TICKER, f"{symbol} is no ticker symbol; it was not sent")
        if (until := self.pace.paused_until) is not None:
            return _paused(symbol, until)
        try:
            library = self._ready()
            self._session.last_status = 0
            return read(library.Ticker(wanted.replace(".", "-"), session=self._session))
        except CancelledError:
            raise
        except Exception as error:
            return self._failure(symbol, error)

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _ready(self) -> Any:
        """The library, with its cache in our folder and its requests through our session."""
        library = _library()
        if self._session is None:
            self._session = new_session(self.pace, HOSTS)
        if library.cache._TzDBManager.get_location() != str(self._library_cache):
            self._library_cache.mkdir(parents=True, exist_ok=True)
            library.set_tz_cache_location(str(self._library_cache))
        return library

    def _quote(self, ticker: Any) -> Quote | Failure:
        symbol = normalise_symbol(ticker.ticker)
        frame = ticker.history(period="5d", auto_adjust=False, actions=False)
        facts = ticker.history_metadata
        if (currency := facts.get("currency")) != "USD":
            return Failure(symbol, Reason.CURRENCY, f"{symbol} is quoted in {currency or 'no known currency'}")
        closes = frame["Close"].dropna() if "Close" in frame else frame
        price = _number(facts.get("regularMarketPrice"))
        day = _day(facts.get("regularMarketTime"), facts.get("exchangeTimezoneName"))
        if price is None or day is None:
            if not len(closes):
                return Failure(symbol, Reason.EMPTY, f"Yahoo has no price for {symbol}")
            price, day = float(closes.iloc[-1]), closes.index[-1].date()
        if price <= 0:
            return Failure(symbol, Reason.EMPTY, f"Yahoo has no price above 0 for {symbol}")
        name = str(facts.get("longName") or facts.get("shortName") or "")
        # Yahoo sends prices as binary floats of up to six meaningful decimals
        return Quote(symbol, Decimal(str(round(price, 6))), day, name, _TYPES.get(str(facts.get("instrumentType"))))

    def _profile(self, symbol: str, ticker: Any, type_: SecurityType | None) -> Profile | Failure:
        if type_ is SecurityType.STOCK:
            return self._company(symbol, ticker)
        funds = ticker.funds_data
        kind = None
        try:
            kind = funds.quote_type()
        except (KeyError, _library().exceptions.YFException):
            # a company has no fund's modules; the type is read before they are missed
            kind = getattr(funds, "_quote_type", None)
            if kind is None:
                raise
        if kind not in ("ETF", "MUTUALFUND", "MONEYMARKET"):
            return self._company(symbol, ticker)
        overview = getattr(funds, "_fund_overview", None) or {}
        found = Profile(
            symbol=normalise_symbol(symbol),
            as_of=self._today(),
            type=_TYPES[kind],
            category=overview.get("categoryName") or None,
            asset_classes=_asset_classes(getattr(funds, "_asset_classes", None) or {}),
            sectors=_sectors(getattr(funds, "_sector_weightings", None) or {}),
            price_earnings=_fund_ratio(funds, "Price/Earnings"),
            price_book=_fund_ratio(funds, "Price/Book"),
        )
        if found.category is None:
            info = ticker.info
            found = attrs.evolve(found, category=info.get("category") or None, name=_name(info))
        if found.category is None and not found.asset_classes and not found.sectors:
            return Failure(symbol, Reason.EMPTY, f"Yahoo knows {symbol} and says nothing of what it holds")
        return found

    def _company(self, symbol: str, ticker: Any) -> Profile | Failure:
        info = ticker.info
        kind = info.get("quoteType")
        if kind in ("ETF", "MUTUALFUND", "MONEYMARKET"):
            return self._profile(symbol, ticker, None)
        if kind != "EQUITY":
            return Failure(symbol, Reason.EMPTY, f"Yahoo has no profile for {symbol} ({kind or 'of no known kind'})")
        sector = SECTOR_NAMES.get(str(info.get("sector") or info.get("sectorDisp") or "").lower())
        return Profile(
            symbol=normalise_symbol(symbol),
            as_of=self._today(),
            name=_name(info),
            type=SecurityType.STOCK,
            fundamentals=_fundamentals(info),
            sector=sector,
            country=info.get("country") or None,
        )

    def _weekly(self, symbol: str, ticker: Any, years: int) -> PriceHistory | Failure:
        today = self._today()
        start = today - timedelta(days=round(365.25 * years) + 7)
        frame = ticker.history(start=start.isoformat(), interval="1d", auto_adjust=True, actions=False)
        last: dict[date, float] = {}
        for moment, close in frame["Close"].dropna().items():
            day = moment.date()
            last[day + timedelta(days=4 - day.weekday())] = float(close)
        weeks = sorted(friday for friday, close in last.items() if friday < today and close > 0)
        if not weeks:
            return Failure(symbol, Reason.EMPTY, f"Yahoo has no price history for {symbol}")
        return PriceHistory(normalise_symbol(symbol), tuple(weeks), tuple(last[friday] for friday in weeks))

    def _failure(self, symbol: str, error: Exception) -> Failure:
        """The reason behind an error, and a clean state for the next request."""
        _forget_answers()
        paused = self.pace.paused_until
        if isinstance(error, PausedError) or paused is not None or type(error).__name__ == "YFRateLimitError":
            return _paused(symbol, paused or self.pace.pause())
        status = getattr(getattr(error, "response", None), "status_code", None)
        if isinstance(status, int) and status >= 400:
            return _refused(symbol, status)
        if isinstance(error, ForeignHostError):
            return Failure(symbol, Reason.UNREADABLE, f"Yahoo sent us on to {error}; the request was not made")
        # the library reads a refusal of prices as an answer without them
        last = getattr(self._session, "last_status", 0)
        unread = isinstance(error, json.JSONDecodeError)
        if (last in (401, 403) or last >= 500) and (unread or not isinstance(error, OSError)):
            return _refused(symbol, last)
        if unread or "CURRENTLY DOWN" in str(error):
            return Failure(symbol, Reason.UNAVAILABLE, "Yahoo answered with a page in place of data (maintenance)")
        kind = type(error).__name__
        if kind in ("YFPricesMissingError", "YFTzMissingError", "YFTickerMissingError"):
            if last != 404:  # an empty answer is not yet an unknown symbol
                return Failure(symbol, Reason.EMPTY, f"Yahoo gave no prices for {symbol}")
            return Failure(symbol, Reason.UNKNOWN, f"Yahoo has no prices for {symbol}: unknown or no longer listed")
        if kind == "YFDataException":
            return Failure(symbol, Reason.EMPTY, f"Yahoo has no such data for {symbol}")
        if isinstance(error, OSError):
            return Failure(symbol, Reason.OFFLINE, f"Yahoo cannot be reached ({_short(error)})")
        return Failure(symbol, Reason.UNREADABLE, f"Yahoo's answer for {symbol} is not understood ({kind})")


def _paused(symbol: str, until: datetime) -> Failure:
    message = f"Yahoo asked for a pause: too many requests. It is asked again after {until:%H:%M} UTC"
    return Failure(symbol, Reason.RATE_LIMITED, message, until)


def _refused(symbol: str, status: int) -> Failure:
    if status == 404:
        return Failure(symbol, Reason.UNKNOWN, f"Yahoo does not know {symbol}")
    if status in (401, 403):
        return Failure(symbol, Reason.REFUSED, f"Yahoo refused the request (HTTP {status})")
    if status >= 500:
        return Failure(symbol, Reason.UNAVAILABLE, f"Yahoo is not available (HTTP {status})")
    return Failure(symbol, Reason.UNREADABLE, f"Yahoo's answer is not understood (HTTP {status})")


def _forget_answers() -> None:
    """Drop what the library keeps of failed requests.

    It remembers answers by address, a maintenance page as well as data, and takes an error page for its access token.
    """
    from yfinance.data import YfData

    YfData.cache_get.cache_clear()
    data = YfData._instances.get(YfData)
    if data is not None:
        data._crumb = None


def _short(error: Exception) -> str:
    """The first words of an error, without addresses."""
    return type(error).__name__


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _day(moment: Any, zone: Any) -> date | None:
    """The day of a moment, seconds since 1970 or a time stamp, at the exchange."""
    from zoneinfo import ZoneInfo

    if hasattr(moment, "date"):
        found: date = moment.date()
        return found
    seconds = _number(moment)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, ZoneInfo(str(zone)) if zone else UTC).date()
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def _name(info: Mapping[str, Any]) -> str:
    return str(info.get("longName") or info.get("shortName") or "")


def _asset_classes(raw: Mapping[str, Any]) -> dict[str, float]:
    """Asset classes by our keys; empty where nothing but zeros is said."""
    found = {key: _number(raw.get(f"{key}Position")) for key in _ASSETS}
    known = {key: share for key, share in found.items() if share is not None}
    return known if any(known.values()) else {}


def _sectors(raw: Mapping[str, Any]) -> dict[str, float]:
    """Sector shares by our keys; unknown names and shares that are not positive are left out."""
    shares: dict[str, float] = {}
    for name, value in raw.items():
        share = _number(value.get("raw") if isinstance(value, dict) else value)
        key = SECTOR_NAMES.get(str(name).lower())
        if key and share is not None and share > 0:
            shares[key] = shares.get(key, 0.0) + share
    return shares


def _fund_ratio(funds: Any, row: str) -> float | None:
    """A ratio of a fund's holdings. It may arrive upside down (earnings over price): no fund costs less than 1."""
    table = getattr(funds, "_equity_holdings", None)
    if table is None or row not in table.index:
        return None
    value = _number(table.loc[row].iloc[0])
    if value is None or value <= 0:
        return None
    return 1 / value if value < 1 else value


def _fundamentals(info: Mapping[str, Any]) -> Fundamentals:
    """A company's yields. Ratios that cannot be (units mixed up, wrong share class) are left out."""
    cap, price = _number(info.get("marketCap")), _number(info.get("currentPrice") or info.get("regularMarketPrice"))
    own = info.get("financialCurrency") in (None, info.get("currency"))
    earned, paid = _number(info.get("trailingEps")), _number(info.get("dividendRate"))
    earnings = earned / price if earned is not None and price and own else _inverse(info.get("trailingPE"))
    dividend = _number(info.get("trailingAnnualDividendYield"))  # a fraction; "dividendYield" comes in per cent
    if dividend is None and paid is not None and price:
        dividend = paid / price
    revenue, cash = _number(info.get("totalRevenue")), _number(info.get("operatingCashflow"))
    sales = _inverse(info.get("priceToSalesTrailing12Months"))
    if sales is None and revenue is not None and cap and own:
        sales = revenue / cap
    return Fundamentals(
        market_cap=cap if cap and cap > 0 else None,
        earnings=_within(earnings, -3, 1),
        book=_within(_inverse(info.get("priceToBook")), -5, 20),
        sales=_within(sales, 0, 50),
        cash_flow=_within(cash / cap if cash is not None and cap and own else None, -3, 3),
        dividend=_within(dividend, 0, 0.5),
    )


def _inverse(value: Any) -> float | None:
    number = _number(value)
    return 1 / number if number else None


def _within(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None
