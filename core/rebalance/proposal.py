"""A proposal: the trades, and the household before, as wanted and after. Amounts in dollars, shares as fractions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs

from core.household import Finding, Term
from core.tilt.box import Box


class Action(StrEnum):
    """Side of a trade."""

    BUY = "buy"
    SELL = "sell"


@attrs.frozen
class TradeLot:
    """The part of one tax lot that a sale closes. ``gain`` is None where the cost basis is unknown.

    ``lot`` is the index of the lot in ``household.lots``; ``cost_basis`` is that of the part sold, in cents.
    """

    lot: int
    acquired: date | None
    quantity: Decimal
    cost_basis: Decimal | None
    gain: Decimal | None
    term: Term


@attrs.frozen
class Trade:
    """One order. ``amount`` is positive: quantity x price x multiplier, in cents; ``lots`` for sales only."""

    account: str
    security: str
    action: Action
    quantity: Decimal
    price: Decimal
    amount: Decimal
    lots: tuple[TradeLot, ...] = ()
    reason: str = ""
    limited_by: tuple[str, ...] = ()


@attrs.frozen
class Snapshot:
    """The household at one moment (before, target, after).

    value : dollars. mix : shares of ``value`` over ASSET_CLASSES, cash balances included. style_box : shares of
    the scope's equity whose style is known, sum 1 (zeros where there is none). size, value_tilt : its mean scores.
    sectors : shares of all equity over SECTORS. coverage : share of the value that is classified. cash : dollars
    by account.
    """

    value: Decimal
    mix: Mapping[str, float]
    style_box: Box
    size: float
    value_tilt: float
    sectors: Mapping[str, float]
    coverage: float
    cash: Mapping[str, Decimal]


@attrs.frozen
class TaxOfPlan:
    """Realised gains of the taxable accounts, cents. ``disallowed_loss`` is positive: losses washed away."""

    short_gain: Decimal
    long_gain: Decimal
    tax: Decimal
    unknown_basis_proceeds: Decimal
    disallowed_loss: Decimal


@attrs.frozen
class Costs:
    """Estimated half spreads, and tickets; dollars."""

    spread: Decimal
    tickets: Decimal


@attrs.frozen
class Objective:
    """The engine's objective in dollars: of the plan, of no trades at all, and a lower bound on any plan."""

    plan: float
    do_nothing: float
    lower_bound: float

    @property
    def closed(self) -> float:
        """Share of the possible improvement that the plan takes: (nothing - plan) / (nothing - bound)."""
        possible = self.do_nothing - self.lower_bound
        return 1.0 if possible <= 1e-9 else (self.do_nothing - self.plan) / possible


@attrs.frozen
class TrackingError:
    """Annual tracking error against the model, fractions of the value: without trades, with them, and the limit."""

    before: float
    after: float
    limit: float | None


@attrs.frozen
class TiltLost:
    """What one rule costs: distance to the target that switching it off would win back.

    points : percentage points of the household out of place; dollars : the improvement of the objective.
    """

    rule: str
    points: float
    dollars: float


@attrs.frozen
class Proposal:
    """A plan with everything said about it."""

    household: str
    as_of: date
    trades: tuple[Trade, ...]
    before: Snapshot
    target: Snapshot
    after: Snapshot
    misfit_before: float  # share of the household out of place, before
    misfit_after: float
    tax: TaxOfPlan
    costs: Costs
    turnover: float
    objective: Objective
    tilt_lost: tuple[TiltLost, ...] = ()
    findings: tuple[Finding, ...] = ()
    timing_ms: Mapping[str, float] = attrs.field(factory=dict)
    tracking: TrackingError | None = None  # where the target asks for it
