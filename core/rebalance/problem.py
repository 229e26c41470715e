"""A rebalancing problem as arrays: what may be sold and bought, at what cost, within which limits.

methods.md is the definition; this is the builder's side of it. ``evaluate.py`` judges plans without it.
Sales are in dollars of proceeds of a *segment* (a lot in a taxable account, a whole position in a sheltered one),
purchases in dollars of an (account, security).
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from core.classify.exposure import SECTORS
from core.errors import InputError
from core.household import SecurityType
from core.rebalance.cells import Cells, build_cells, scope_share
from core.rebalance.holdings import Bools, Floats, Holdings, Ints
from core.rebalance.location import location_drag
from core.rebalance.sales import (
    Exit,
    Segments,
    build_segments,
    fixed_orders,
    matching,
    short_positions,
    with_exits,
    with_washed_losses,
)
from core.rebalance.tax_model import TaxModel, tax_model
from core.rebalance.tracking import Tracking, build_tracking
from core.tilt.target import Mode, RangeUnit, Target


@attrs.frozen(eq=False)
class Purchases:
    """What could be bought: (account, security) pairs, the objective a dollar, and rules that forbid it."""

    account: Ints
    security: Ints
    cost: Floats
    blocks: tuple[frozenset[str], ...]


@attrs.frozen(eq=False)
class Cap:
    """A security that purchases may take to ``limit`` dollars at most; ``rule`` names the limit."""

    security: int
    limit: float
    rule: str


@attrs.frozen(eq=False)
class Held:
    """A range to hold: dollars of a security in one account (``account`` >= 0) or in the household (-1)."""

    rule: str
    account: int
    security: int
    least: float
    most: float


@attrs.frozen(eq=False)
class SectorRange:
    """weights @ (dollars by security) <= 0 keeps a sector inside its range."""

    rule: str
    weights: Floats  # (S,)


@attrs.frozen(eq=False)
class Problem:
    """Everything of a household and the structural part of a target. Dollars throughout.

    value : V, after flows. start_cash (A): cash and flows. floor (A): what each account's cash must be at least.
    fixed (K,): dollars in each cell today without account cash (lots and pending). by_security (S,): dollars held.
    """

    holdings: Holdings
    target: Target
    cells: Cells
    value: float
    start_cash: Floats
    floor: Floats
    fixed: Floats
    by_security: Floats
    drag: Floats  # (A, S) location drag a dollar held
    start_drag: float
    segments: Segments
    exits: tuple[Exit, ...]
    tax: TaxModel
    purchases: Purchases
    caps: tuple[Cap, ...]
    sector_ranges: tuple[SectorRange, ...]
    held_ranges: tuple[Held, ...]
    steps: Floats  # (S,) units
    min_trades: Floats  # (A,) dollars
    orders: Mapping[tuple[int, int], float]  # (account, security): signed units the plan has to trade exactly
    tracking: Tracking | None

    def today(self) -> Floats:
        """(K,) dollars in each cell without trades, flows done."""
        cells: Floats = self.fixed + self.cells.cash_weights * float(self.start_cash.sum())
        return cells


def build_problem(holdings: Holdings, target: Target, *, exits: bool = True) -> Problem:
    """Arrays for a target. Raises InputError for settings that make no sense, NoPlanError for rules that collide.

    Without ``exits`` a loss beside recent purchases is never sold by choice, not even with all of those.
    """
    cells = build_cells(holdings, target)
    flows = np.zeros(len(holdings.accounts))
    for flow in target.flows:
        if flow.account not in holdings.account_index:
            raise InputError(
                f"[[flows]]: no account '{flow.account}'; the accounts are {', '.join(holdings.accounts)}."
            )
        flows[holdings.account_index[flow.account]] += flow.amount
    value = float(holdings.value.sum() + holdings.cash.sum() + holdings.pending.sum() + flows.sum())
    by_security = np.zeros(len(holdings.securities))
    np.add.at(by_security, holdings.lot_security, holdings.value)
    drag = np.zeros((len(holdings.accounts), len(holdings.securities)))
    if target.trading.location:
        drag = np.outer(holdings.taxable, holdings.mix @ np.array(location_drag()))
    reserve = cash_reserves(holdings, target, flows)
    # Where nothing can (or, investing cash, is to) be sold and nothing is withdrawn, a shortfall is there before any
    # plan: it stays as it is.
    stuck = (unsellable_accounts(holdings) | (target.trading.mode is Mode.INVEST_CASH)) & (flows >= 0)
    floor = np.where(stuck, np.minimum(reserve, holdings.cash + flows), reserve)
    caps = _caps(holdings, target, value)
    segments = build_segments(holdings, target, drag)
    ways_out: tuple[Exit, ...] = ()
    if exits:
        segments, ways_out = with_exits(holdings, target, segments)
    segments = with_washed_losses(holdings, segments, ways_out)
    return Problem(
        holdings=holdings,
        target=target,
        cells=cells,
        value=value,
        start_cash=holdings.cash + flows,
        floor=floor,
        fixed=by_security @ cells.weights + cells.cash_weights * holdings.pending.sum(),
        by_security=by_security,
        drag=drag,
        start_drag=float((holdings.position_values() * drag).sum()),
        segments=segments,
        exits=ways_out,
        tax=_tax(target, segments),
        purchases=_purchases(holdings, target, drag, caps, by_security),
        caps=caps,
        sector_ranges=_sector_ranges(holdings, target, by_security),
        held_ranges=_held_ranges(holdings, target, value, flows),
        steps=holdings.steps(target.trading.fractional),
        min_trades=np.maximum(
            target.trading.min_trade,
            target.trading.min_trade_share * np.clip(holdings.account_value + flows, 0, None),
        ),
        orders=fixed_orders(holdings, target),
        tracking=build_tracking(holdings, target, by_security, value),
    )


def cash_reserves(holdings: Holdings, target: Target, flows: Floats) -> Floats:
    """(A,) dollars of cash each account should keep: its share of the account's value, and pending debits covered."""
    share = target.trading.cash_reserve
    reserves: Floats = share * np.clip(holdings.account_value + flows, 0, None) + np.clip(-holdings.pending, 0, None)
    return reserves


def unsellable_accounts(holdings: Holdings) -> Bools:
    """(A,) accounts without a single lot that could be sold if the rules let it."""
    sellable = np.zeros(len(holdings.accounts), dtype=bool)
    can = holdings.tradable_price()[holdings.lot_security] & (holdings.quantity > 0)
    sellable[holdings.lot_account[can]] = True
    unsellable: Bools = ~sellable
    return unsellable


def _tax(target: Target, segments: Segments) -> TaxModel:
    """The tax model over the gains that all sales together can reach."""

    def reach(gains: Floats) -> tuple[float, float]:
        dollars = gains * segments.most
        return float(np.minimum(dollars, 0).sum()), float(np.maximum(dollars, 0).sum())

    return tax_model(target.tax, reach(segments.short_gain), reach(segments.long_gain))


def _caps(holdings: Holdings, target: Target, value: float) -> tuple[Cap, ...]:
    named = {symbol for line in target.model for symbol in (line.symbol, *line.alternates)}
    named |= set(target.universe or ())
    caps = []
    for s, kind in enumerate(holdings.types):
        if kind is SecurityType.MONEY_MARKET:
            continue
        limit, rule = target.trading.max_position, "max_position"
        if kind is SecurityType.STOCK and holdings.securities[s] not in named and target.trading.max_stock < limit:
            limit, rule = target.trading.max_stock, "max_stock"
        if limit < 1:
            caps.append(Cap(s, limit * value, rule))
    return tuple(caps)


def _purchases(
    holdings: Holdings, target: Target, drag: Floats, caps: tuple[Cap, ...], by_security: Floats
) -> Purchases:
    """Every account with every candidate: tradable securities, those of the universe where one is given."""
    universe = None if target.universe is None else set(target.universe)
    if universe is not None:
        universe |= {symbol for line in target.model for symbol in (line.symbol, *line.alternates)}
    tradable = holdings.tradable_price()
    short = short_positions(holdings)
    orders = fixed_orders(holdings, target)
    ordered = {security for _, security in orders}
    full = {cap.security: cap.rule for cap in caps if by_security[cap.security] >= cap.limit}
    pairs: list[tuple[int, int]] = []
    blocks: list[frozenset[str]] = []
    for s, symbol in enumerate(holdings.securities):
        if not tradable[s] or (universe is not None and symbol not in universe and s not in ordered):
            continue
        if (
            s not in ordered
            and holdings.types[s] in (SecurityType.BOND, SecurityType.OTHER)
            and (universe is None or symbol not in universe)
        ):
            continue
        for a in range(len(holdings.accounts)):
            if (a, s) in short:
                continue
            quantity = orders.get((a, s))
            names = {full[s]} if s in full and quantity is None else set()
            if quantity is not None and quantity < 0:
                names.add("orders")
            if quantity is None and target.trading.mode is Mode.RAISE_CASH:
                names.add("mode")
            if quantity is None and universe is not None and symbol not in universe:
                continue
            for label, keys in (
                ("no_buy", target.rules.no_buy),
                ("hold", target.rules.hold),
                ("sell_all", target.rules.sell_all),
            ):
                key = matching(keys, holdings, a, s)
                if key:
                    names.add(f"{label} {key}")
            pairs.append((a, s))
            blocks.append(frozenset(names))
    account = np.array([p[0] for p in pairs], dtype=np.int64)
    security = np.array([p[1] for p in pairs], dtype=np.int64)
    return Purchases(
        account=account,
        security=security,
        cost=target.trading.half_spread + drag[account, security],
        blocks=tuple(blocks),
    )


def _held_ranges(holdings: Holdings, target: Target, value: float, flows: Floats) -> tuple[Held, ...]:
    """Ranges to hold in dollars; those of securities or accounts the household doesn't have are left out."""
    found = []
    for wanted in target.rules.ranges:
        security = holdings.security_index.get(wanted.key.symbol)
        account = -1 if wanted.key.account is None else holdings.account_index.get(wanted.key.account)
        if security is None or account is None:
            continue
        whole = value if account < 0 else float(holdings.account_value[account] + flows[account])
        units = float(np.nan_to_num(holdings.unit_price[security]))
        scale = {RangeUnit.SHARE: whole, RangeUnit.DOLLARS: 1.0, RangeUnit.UNITS: units}[wanted.unit]
        least = 0.0 if wanted.least is None else wanted.least * scale
        most = np.inf if wanted.most is None else wanted.most * scale
        found.append(Held(f"ranges {wanted.key}", account, security, least, most))
    return tuple(found)


def _sector_ranges(holdings: Holdings, target: Target, by_security: Floats) -> tuple[SectorRange, ...]:
    scope = scope_share(holdings, target.style.scope)
    equity = float(by_security @ scope)
    ranges: list[SectorRange] = []
    if equity <= 0:
        return ()
    for name in sorted(target.sectors):
        low, high = target.sectors[name]
        share = holdings.sector[:, SECTORS.index(name)]
        today = float((by_security * scope) @ share) / equity
        ranges.append(SectorRange(f"sectors {name} (highest)", scope * (share - (today + high))))
        ranges.append(SectorRange(f"sectors {name} (lowest)", scope * (today + low - share)))
    return tuple(ranges)
