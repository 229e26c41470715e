"""What the adviser asks for: mix, style, model, sectors, bands, and the rules, taxes and trading limits around it.

A Target is a plain value; ``target_toml.py`` reads it from a file. All shares are fractions, all money dollars.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import attrs

from core.errors import UsageError
from core.tax.situation import TaxSituation
from core.tilt.box import MARKET_BOX, Box, box_at
from core.tilt.presets import presets
from core.tilt.risk import Risk


class Scope(StrEnum):
    """The equity that the style box speaks of."""

    US_EQUITY = "us_equity"
    ALL_EQUITY = "all_equity"


class Destination(StrEnum):
    """How far into its band an out-of-band cell is brought back."""

    TARGET = "target"
    HALF = "half"
    EDGE = "edge"


class MaySell(StrEnum):
    """What may be sold by choice, by tax consequence."""

    NOTHING = "nothing"
    SHELTERED = "sheltered"
    LONG = "long"
    ALL = "all"


class LotMethod(StrEnum):
    """Which lots of a position are sold first in taxable accounts."""

    OPTIMAL = "optimal"
    HIFO = "hifo"
    FIFO = "fifo"
    LIFO = "lifo"


#: The preset whose point the market observations suggest (core/market/suggestion.py); its size and value are those
#: it was resolved to, None until then.
SIGNALS = "signals"


class Mode(StrEnum):
    """What a plan is for.

    FULL : toward the target. OUT_OF_BAND : only what lies outside its band. INVEST_CASH : purchases only.
    RAISE_CASH : sales only. HARVEST : losses taken and replaced.
    """

    FULL = "full"
    OUT_OF_BAND = "out_of_band"
    INVEST_CASH = "invest_cash"
    RAISE_CASH = "raise_cash"
    HARVEST = "harvest"


@attrs.frozen
class Style:
    """The wanted box: nine cells, or a point, or a preset, or (all None) the household's present box."""

    preset: str | None = None
    size: float | None = None
    value: float | None = None
    box: Box | None = None
    scope: Scope = Scope.US_EQUITY

    def target_box(self, present: Box) -> Box:
        """The nine target shares (sum 1); ``present`` is today's box, kept where nothing is asked for.

        Raises UsageError for the preset ``signals`` before it has a point.
        """
        if self.box is not None:
            return self.box
        if self.preset == SIGNALS and self.size is None:
            raise UsageError("the preset 'signals' has no point yet: resolve it with core.market.suggestion.resolved.")
        if self.preset is not None and self.preset != SIGNALS:
            point = presets()[self.preset].point
            return MARKET_BOX if self.preset == "market" else box_at(point.size, point.value).box
        if self.size is not None and self.value is not None:
            return box_at(self.size, self.value).box
        return present


@attrs.frozen
class ModelLine:
    """A security held at a share of the household; alternates count toward the same line."""

    symbol: str
    weight: float
    alternates: tuple[str, ...] = ()


@attrs.frozen
class Bands:
    """A cell's band is max(floor, min(cap, relative x target)), as a share of the household."""

    relative: float = 0.20
    floor: float = 0.01
    cap: float = 0.05
    destination: Destination = Destination.HALF

    def half_width(self, target_share: float) -> float:
        """Half the band's full width: the distance from the target to the edge, a share of the household."""
        return max(self.floor, min(self.cap, self.relative * target_share))


@attrs.frozen
class TaxSettings:
    """Rates on net short and net long gains of taxable accounts, and what may be realised.

    ``situation`` is the return before the plan, for tax by the year's tables; None means the flat rates ``short`` and
    ``long``. ``gain_limit`` (dollars or None) bounds the plan's net realised gain; ``tax_budget`` only warns.
    almost_long_days : lots at a gain that turn long-term within so many days are not sold by choice. harvest_share,
    harvest_dollars : in mode ``harvest`` a lot is sold where its loss reaches both this share of its basis and these
    dollars; with ``harvest_season`` the share falls from harvest_share in January to a quarter of it in December.
    """

    short: float = 0.408
    long: float = 0.238
    situation: TaxSituation | None = None
    gain_limit: float | None = None
    tax_budget: float | None = None
    almost_long_days: int = 0
    harvest_share: float = 0.0
    harvest_dollars: float = 0.0
    harvest_season: bool = False
    may_sell: MaySell = MaySell.ALL
    avoid_short_term: bool = True
    harvest: bool = True
    lot_method: LotMethod = LotMethod.OPTIMAL


@attrs.frozen
class Trading:
    """Costs and limits of trading.

    eagerness : dollars of cost accepted to move one dollar into place.
    min_trade, ticket : dollars a trade. min_trade_share : share of the account; the greater of the two minimums holds.
    half_spread : fraction of the traded value.
    cash_reserve : share of each account. max_turnover : (bought + sold) / 2 / value.
    max_position : share of the household a bought security may reach. max_stock : the same for a single stock
    that neither the model nor the universe names. mode : what the plan is for.
    order_worth : dollars that each order has to be worth beyond its ticket: fewer orders, further from the target. It
    steers the plan, and counts neither as cash nor in the objective that the plan is judged by.
    """

    mode: Mode = Mode.FULL
    eagerness: float = 0.05
    min_trade: float = 250.0
    min_trade_share: float = 0.0
    ticket: float = 1.0
    order_worth: float = 0.0
    half_spread: float = 0.0005
    cash_reserve: float = 0.01
    max_turnover: float = 1.0
    max_position: float = 1.0
    max_stock: float = 0.01
    fractional: bool = False
    location: bool = True

    @property
    def order_price(self) -> float:
        """Dollars an order has to win to be placed."""
        return self.ticket + self.order_worth


@attrs.frozen
class RuleKey:
    """A security household-wide (``account`` None) or in one account."""

    symbol: str
    account: str | None = None

    def matches(self, account: str, security: str) -> bool:
        """Whether the rule speaks of this position."""
        return security == self.symbol and self.account in (None, account)

    def __str__(self) -> str:
        return self.symbol if self.account is None else f"{self.account}:{self.symbol}"


class RangeUnit(StrEnum):
    """What the ends of a range to hold are given in: share of the account or household, dollars, or units."""

    SHARE = "share"
    DOLLARS = "dollars"
    UNITS = "units"


@attrs.frozen
class HoldRange:
    """How much of a security an account (or the whole household) is to hold after the plan; None is no end."""

    key: RuleKey
    least: float | None = None
    most: float | None = None
    unit: RangeUnit = RangeUnit.SHARE


@attrs.frozen
class Rules:
    """Restrictions by security. ``hold`` forbids both buying and selling; ``ranges`` are ranges to hold."""

    no_buy: tuple[RuleKey, ...] = ()
    no_sell: tuple[RuleKey, ...] = ()
    sell_all: tuple[RuleKey, ...] = ()
    hold: tuple[RuleKey, ...] = ()
    ranges: tuple[HoldRange, ...] = ()


@attrs.frozen
class Flow:
    """Money that comes into (+) or goes out of (-) an account with the plan; dollars."""

    account: str
    amount: float


@attrs.frozen
class FixedOrder:
    """An order the adviser has decided on: signed units, + buys and - sells; the plan trades exactly this."""

    account: str
    symbol: str
    quantity: float


@attrs.frozen
class Target:
    """Everything the adviser asks of one plan.

    mix : wanted shares of the household by asset class; classes left out share what is left in their present
        proportion; None keeps the present mix. sectors : by sector name, (lowest, highest) change of its share
        of the scope's equity against today. universe : symbols that may be bought; None is the embedded
        candidate list and present holdings. risk : tracking error against the model, None where it doesn't matter.
    """

    mix: Mapping[str, float] | None = None
    style: Style = attrs.field(factory=Style)
    model: tuple[ModelLine, ...] = ()
    sectors: Mapping[str, tuple[float, float]] = attrs.field(factory=dict)
    bands: Bands = attrs.field(factory=Bands)
    tax: TaxSettings = attrs.field(factory=TaxSettings)
    trading: Trading = attrs.field(factory=Trading)
    rules: Rules = attrs.field(factory=Rules)
    universe: tuple[str, ...] | None = None
    flows: tuple[Flow, ...] = ()
    orders: tuple[FixedOrder, ...] = ()
    risk: Risk | None = None
