"""What a provider of live data must do. A second provider is one more file with a class that does it.

Every call returns the value or a `Failure` that says why there is none; it raises only `CancelledError`, where the
caller's ``cancelled`` answered yes. A provider is asked for ticker symbols and is told nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

import attrs

from core.classify.stocks import Fundamentals
from core.household import SecurityType


class Reason(StrEnum):
    """Why there is no value."""

    NOT_A_TICKER = "not a ticker"  # never sent: a CUSIP, a name, a custodian's own symbol
    UNKNOWN = "unknown symbol"  # the provider has no such symbol, or no longer
    EMPTY = "no data"  # a known symbol without this kind of data
    CURRENCY = "another currency"
    RATE_LIMITED = "too many requests"  # the provider asked for a pause
    REFUSED = "refused"  # 401, 403: it does not let us in
    UNAVAILABLE = "unavailable"  # maintenance, a server's error
    OFFLINE = "no connection"
    UNREADABLE = "unreadable answer"  # an answer in a shape that is not understood


#: Reasons that lie in the connection or the provider, not in the symbol: the next symbol would fail alike.
PROVIDER_FAULTS = frozenset(
    {Reason.RATE_LIMITED, Reason.REFUSED, Reason.UNAVAILABLE, Reason.OFFLINE, Reason.UNREADABLE}
)


class CancelledError(Exception):
    """The caller asked to stop."""


@attrs.frozen
class Failure:
    """No value for a symbol, and why. ``until`` is when the provider may be asked again, where it said so."""

    symbol: str
    reason: Reason
    message: str
    until: datetime | None = None


@attrs.frozen
class Quote:
    """A price in US dollars and the day it is of."""

    symbol: str
    price: Decimal
    as_of: date
    name: str = ""
    type: SecurityType | None = None


@attrs.frozen
class Profile:
    """What a provider says of a security; None and empty where it says nothing.

    category : the provider's fund category, such as ``Small Value``.
    asset_classes : shares of the whole, keys stock, bond, cash, preferred, convertible, other; may not sum to 1.
    sectors : shares of the equity by sector key of `core.classify.exposure.SECTORS`.
    fundamentals, sector, country : of a company.
    price_earnings, price_book : of a fund's holdings, as ratios.
    """

    symbol: str
    as_of: date
    name: str = ""
    type: SecurityType | None = None
    category: str | None = None
    asset_classes: Mapping[str, float] = attrs.field(factory=dict)
    sectors: Mapping[str, float] = attrs.field(factory=dict)
    fundamentals: Fundamentals | None = None
    sector: str | None = None
    country: str | None = None
    price_earnings: float | None = None
    price_book: float | None = None


@attrs.frozen
class PriceHistory:
    """Weekly closes, adjusted for dividends and splits. ``dates`` are the Fridays that end the weeks, rising."""

    symbol: str
    dates: tuple[date, ...]
    closes: tuple[float, ...]


class Provider(Protocol):
    """What every provider has: a name, shown as the source."""

    @property
    def name(self) -> str:
        """Name of the provider, such as ``Yahoo``."""
        ...


class QuoteProvider(Provider, Protocol):
    """Prices."""

    def quote(self, symbol: str) -> Quote | Failure:
        """The latest price of a symbol."""
        ...


class ProfileProvider(Provider, Protocol):
    """What securities are made of."""

    def profile(self, symbol: str, type_: SecurityType | None = None) -> Profile | Failure:
        """The profile of a symbol; ``type_``, where known, saves asking for what a security of that type has not."""
        ...


class PriceHistoryProvider(Provider, Protocol):
    """Prices over time."""

    def weekly(self, symbol: str, years: int = 3) -> PriceHistory | Failure:
        """Weekly adjusted closes of the last ``years`` years; the running week is left out."""
        ...
