"""What the evaluator says of a list of trades: figures, broken rules, and what was sold against a preference."""

from __future__ import annotations

from decimal import Decimal

import attrs

from core.household import Finding
from core.money import ZERO
from core.rebalance.booking import RealisedLot
from core.rebalance.proposal import Costs, Snapshot, TaxOfPlan, TrackingError
from core.tax.wash_sales import WashMatch


@attrs.frozen
class Violation:
    """A rule that the trades break.

    rule : its key: cash_reserve, no_buy, no_sell, hold, sell_all, min_trade, whole_shares, oversell, buy_and_sell,
    wash_sale, max_turnover, max_position, max_stock, gain_limit, risk, sectors, lot_method, may_sell, universe,
    untradable, lots, amount, cash_conservation, value_conservation.
    account, security : what it speaks of, None where it is the whole household. message : in plain words.
    amount : by how much, dollars.
    """

    rule: str
    message: str
    account: str | None = None
    security: str | None = None
    amount: Decimal = ZERO

    def __str__(self) -> str:
        where = ":".join(part for part in (self.account, self.security) if part is not None)
        return f"{self.rule} {where}: {self.message}" if where else f"{self.rule}: {self.message}"


@attrs.frozen
class Reluctant:
    """Part of a lot that a taxable account sells although such lots are kept by choice: something forced it.

    reason : ``unknown_basis``, ``short_term_gain`` or ``washed_loss``.
    """

    reason: str
    lot: int
    account: str
    security: str
    quantity: Decimal
    amount: Decimal


@attrs.frozen
class Evaluation:
    """The evaluator's figures of a list of trades; see docs/methods.md for each.

    misfit_before : of the household with flows done and no trades, a share of its value, as misfit_after.
    objective, do_nothing : J of the trades and of no trades, dollars.
    """

    before: Snapshot
    target: Snapshot
    after: Snapshot
    misfit_before: float
    misfit_after: float
    tax: TaxOfPlan
    costs: Costs
    turnover: float
    objective: float
    do_nothing: float
    realised: tuple[RealisedLot, ...]
    washes: tuple[WashMatch, ...]
    violations: tuple[Violation, ...]
    reluctant: tuple[Reluctant, ...]
    findings: tuple[Finding, ...]
    tracking: TrackingError | None = None
