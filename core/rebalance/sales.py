"""What can be sold: segments (a lot in a taxable account, a position in a sheltered one) with cost, rules and order.

methods.md is the definition. Losses beside purchases of the last 30 days are freed where those can be sold whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import IntEnum

import attrs
import numpy as np

from core.errors import InputError, NoPlanError
from core.household import SecurityType
from core.money import ZERO
from core.rebalance.holdings import Bools, Floats, Holdings, Ints
from core.tax.curve import marginal_rates
from core.tax.harvest import harvest_threshold
from core.tax.holding_period import first_long_date
from core.tilt.target import LotMethod, MaySell, Mode, RuleKey, Target, TaxSettings
from core.words import list_words

WASH_DAYS = 30
#: Dollars: a loss of no more is rounding, not a loss.
CENT = 0.01
#: Dollars: a gain of no more comes of binary fractions.
_NOISE = 1e-6


class Reluctance(IntEnum):
    """Why a segment isn't sold by choice, the dearest to sell last."""

    NONE = 0
    SHORT_TERM_GAIN = 1
    WASHED_LOSS = 2
    UNKNOWN_BASIS = 3

    @property
    def rule(self) -> str:
        """The rule's key, as findings and the price of rules name it."""
        return ("", "avoid_short_term", "wash_sale", "unknown_basis")[self]


@attrs.frozen(eq=False)
class Segments:
    """What can be sold. Arrays of length N in selling order within each (account, security).

    lots : the lots of each segment, in the order they are closed. most : proceeds of selling all, dollars.
    ratio : value that leaves per dollar of proceeds (1 but for rounding in the files). cost : objective a dollar
    (half spread, location) without tax; tax : tax a dollar at the marginal rates, for order; short_gain, long_gain :
    taxable gain a dollar. blocks : rules that forbid the sale. reluctance : Reluctance by number.
    limited_gain : gain a dollar that counts against a limit. must : whether a sell-all covers it. recent : whether it
    holds shares bought in the 30 days up to the trade date.
    """

    account: Ints
    security: Ints
    lots: tuple[Ints, ...]
    most: Floats
    ratio: Floats
    cost: Floats
    tax: Floats
    short_gain: Floats
    long_gain: Floats
    blocks: tuple[frozenset[str], ...]
    limited_gain: Floats
    reluctance: Ints
    must: Bools
    recent: Bools

    @property
    def gain(self) -> Floats:
        """(N,) taxable gain a dollar of proceeds, of either term."""
        total: Floats = self.short_gain + self.long_gain
        return total


@attrs.frozen(eq=False)
class Exit:
    """A way to take a loss in an identical group bought of late: sell all that was bought in the 30 days with it.

    recent : segments to be sold whole. losses : segments at a loss that may then be sold (some of them may be recent).
    """

    group: int
    recent: Ints
    losses: Ints


def short_positions(holdings: Holdings) -> frozenset[tuple[int, int]]:
    """(account, security) pairs with a short lot: neither sold nor bought by a plan."""
    lots = np.flatnonzero(holdings.quantity < 0)
    return frozenset((int(holdings.lot_account[i]), int(holdings.lot_security[i])) for i in lots)


def fixed_orders(holdings: Holdings, target: Target) -> dict[tuple[int, int], float]:
    """The target's own orders by (account, security). Raises InputError where one can't be placed as it stands."""
    steps = holdings.steps(target.trading.fractional)
    tradable = holdings.tradable_price()
    orders: dict[tuple[int, int], float] = {}
    for order in target.orders:
        where = f"[[orders]] {order.account}:{order.symbol}"
        account = holdings.account_index.get(order.account)
        security = holdings.security_index.get(order.symbol)
        if account is None:
            raise InputError(f"{where}: there is no such account; the accounts are {', '.join(holdings.accounts)}.")
        if security is None or not tradable[security]:
            raise InputError(f"{where}: no such security with a price in the household.")
        here = (holdings.lot_account == account) & (holdings.lot_security == security)
        held = float(holdings.quantity[here].sum())
        if order.quantity < 0 and -order.quantity > held + 1e-9:
            raise InputError(f"{where}: {-order.quantity:g} are to be sold, {held:g} are held.")
        units = order.quantity / steps[security]
        closes = abs(order.quantity + held) < 1e-9
        if abs(units - round(units)) > 1e-6 and not closes:
            raise InputError(f"{where}: {order.quantity:g} isn't a whole number of {steps[security]:g}.")
        if order.quantity:
            orders[(account, security)] = order.quantity
    return orders


def matching(keys: Iterable[RuleKey], holdings: Holdings, account: int, security: int) -> str:
    """The first rule that speaks of a position, as text; empty where none does."""
    for key in keys:
        if key.matches(holdings.accounts[account], holdings.securities[security]):
            return str(key)
    return ""


def build_segments(holdings: Holdings, target: Target, drag: Floats) -> Segments:
    """All lots that can be sold, with what each costs and what forbids it."""
    tradable = holdings.tradable_price()
    proceeds = holdings.quantity * holdings.unit_price[holdings.lot_security]
    short = short_positions(holdings)
    can = np.array(
        [
            bool(tradable[s]) and (int(a), int(s)) not in short and q > 0
            for a, s, q in zip(holdings.lot_account, holdings.lot_security, holdings.quantity, strict=True)
        ],
        dtype=bool,
    )
    taxed = holdings.taxable[holdings.lot_account]
    gain = np.where(taxed, proceeds - holdings.basis, 0.0)  # NaN where the basis is unknown
    recent_groups = _recent_groups(holdings)
    marginal = marginal_tax(target.tax)
    rate = np.where(holdings.long, marginal[1], marginal[0])

    rows: list[tuple[int, int, list[int]]] = []
    merged: dict[tuple[int, int, bool], list[int]] = {}
    is_recent = _is_recent(holdings)
    orders = fixed_orders(holdings, target)
    for lot in range(len(holdings.quantity)):
        account, security = int(holdings.lot_account[lot]), int(holdings.lot_security[lot])
        _refuse_impossible_sell_all(holdings, target, account, security, can=bool(can[lot]))
        if not can[lot]:
            continue
        key = (account, security, bool(is_recent[lot]))
        if not taxed[lot] and key in merged:
            merged[key].append(lot)  # without tax one lot is as good as another, but for recent purchases
        else:
            rows.append((account, security, merged.setdefault(key, [lot]) if not taxed[lot] else [lot]))

    blocks: list[frozenset[str]] = []
    reluctance: list[int] = []
    must: list[bool] = []
    known_gain = np.nan_to_num(gain)
    row_of_lot = np.array([row for row, (_, _, lots) in enumerate(rows) for _ in lots], dtype=np.int64)
    every_lot = np.array([lot for _, _, lots in rows for lot in lots], dtype=np.int64)

    def totals(of_lots: Floats) -> Floats:
        return np.bincount(row_of_lot, weights=of_lots[every_lot], minlength=len(rows)).astype(np.float64)

    most, gains = totals(proceeds), totals(known_gain)
    first_lots = np.array([lots[0] for _, _, lots in rows], dtype=np.int64)
    longs = holdings.long[first_lots]
    bases = holdings.basis[first_lots].tolist()
    for (account, security, lots), total_gain, long, basis in zip(
        rows, gains.tolist(), longs.tolist(), bases, strict=True
    ):
        names = _sale_blocks(holdings, target, orders, account, security, gain=total_gain, long=long, basis=basis)
        forced = matching(target.rules.sell_all, holdings, account, security)
        if forced and names:
            against = list_words([f"'{name}'" for name in sorted(names)])
            raise NoPlanError(
                f"'sell_all {forced}' asks to sell {holdings.securities[security]} in {_called(holdings, account)}, "
                f"but {against} {'forbids' if len(names) == 1 else 'forbid'} it. Remove one of them.",
                [f"sell_all {forced}", *sorted(names)],
            )
        blocks.append(names)
        must.append(bool(forced))
        reluctance.append(
            0
            if forced or (account, security) in orders or not taxed[lots[0]]
            else _reluctance(holdings, target, lots[0], float(gain[lots[0]]), recent_groups)
        )
    accounts = np.array([r[0] for r in rows], dtype=np.int64)
    securities = np.array([r[1] for r in rows], dtype=np.int64)
    ratio, tax, gain_rate = totals(holdings.value) / most, totals(known_gain * rate) / most, gains / most
    cost = target.trading.half_spread - ratio * drag[accounts, securities]
    order = _selling_order(holdings, target, rows, cost + tax)

    return Segments(
        account=accounts[order],
        security=securities[order],
        lots=tuple(np.array(rows[i][2], dtype=np.int64) for i in order),
        most=most[order],
        ratio=ratio[order],
        cost=cost[order],
        tax=tax[order],
        short_gain=np.where(longs, 0.0, gain_rate)[order],
        long_gain=np.where(longs, gain_rate, 0.0)[order],
        blocks=tuple(blocks[i] for i in order),
        limited_gain=gain_rate[order],
        reluctance=np.array(reluctance, dtype=np.int64)[order],
        must=np.array(must, dtype=bool)[order],
        recent=(totals(is_recent.astype(np.float64)) > 0)[order],
    )


def marginal_tax(settings: TaxSettings) -> tuple[float, float]:
    """Rates of one more dollar of short-term and of long-term gain."""
    if settings.situation is None:
        return settings.short, settings.long
    rates = marginal_rates(settings.situation, ZERO, ZERO)
    return float(rates.short), float(rates.long)


def with_exits(holdings: Holdings, target: Target, segments: Segments) -> tuple[Segments, tuple[Exit, ...]]:
    """Losses beside purchases of the last 30 days, freed where all of those can be sold with them.

    Where a lot method is enforced (taxable accounts), the lots that it closes before them are sold with them.
    """
    washed = segments.reluctance == Reluctance.WASHED_LOSS
    reluctance = segments.reluctance.copy()
    group = holdings.group[segments.security]
    untraded = _groups_with_unsold_purchases(holdings, segments)
    ordered = target.tax.lot_method is not LotMethod.OPTIMAL
    exits = []
    for g in sorted({int(x) for x in group[washed]}):
        here = group == g
        recent = np.flatnonzero(here & segments.recent)
        if ordered:
            recent = np.union1d(recent, _closed_before(holdings, segments, recent))
        others = segments.reluctance[recent]
        sellable = all(not segments.blocks[i] for i in recent) and bool(
            np.isin(others, (Reluctance.NONE, Reluctance.WASHED_LOSS)).all()
        )
        if g in untraded or not sellable:
            continue
        losses = np.flatnonzero(here & washed)
        reluctance[losses] = Reluctance.NONE
        exits.append(Exit(g, recent, losses))
    return attrs.evolve(segments, reluctance=reluctance), tuple(exits)


def _closed_before(holdings: Holdings, segments: Segments, rows: Ints) -> Ints:
    """Segments of taxable positions that a lot method closes before the last of ``rows`` of the same position."""
    taxed = holdings.taxable[segments.account]
    last: dict[tuple[int, int], int] = {}
    for i in np.sort(rows[taxed[rows]]).tolist():
        last[int(segments.account[i]), int(segments.security[i])] = i
    positions = zip(segments.account.tolist(), segments.security.tolist(), strict=True)
    return np.array([i for i, position in enumerate(positions) if i <= last.get(position, -1)], dtype=np.int64)


def with_washed_losses(holdings: Holdings, segments: Segments, exits: Iterable[Exit]) -> Segments:
    """The segments with what counts against a limit of gains: losses that recent purchases wash count for nothing.

    Those of exits count, and those whose recent purchases are all sold whatever the plan. A loss that is washed in
    part counts for nothing too: the net gain is then a little less than the limit has it.
    """
    group = holdings.group[segments.security]
    recent = _recent_groups(holdings)
    counted = {int(i) for way_out in exits for i in way_out.losses}
    untraded = _groups_with_unsold_purchases(holdings, segments)
    limited = segments.gain.copy()
    for i in np.flatnonzero(limited * segments.most < -CENT):
        g = int(group[i])
        sold = g not in untraded and bool(segments.must[(group == g) & segments.recent].all())
        if g in recent and int(i) not in counted and not sold:
            limited[i] = 0.0
    return attrs.evolve(segments, limited_gain=limited)


def _groups_with_unsold_purchases(holdings: Holdings, segments: Segments) -> frozenset[int]:
    """Identical groups with recent lots that are no segment (no price, not traded): they can't be sold whole."""
    covered = {int(lot) for lots in segments.lots for lot in lots}
    missing = [lot for lot in np.flatnonzero(_is_recent(holdings)) if int(lot) not in covered]
    return frozenset(int(holdings.group[holdings.lot_security[lot]]) for lot in missing)


def _selling_order(holdings: Holdings, target: Target, rows: list[tuple[int, int, list[int]]], cost: Floats) -> Ints:
    """Segments by account and security, and within a position in the order the lot method closes them."""
    method = target.tax.lot_method

    def key(i: int) -> tuple[object, ...]:
        account, security, lots = rows[i]
        lot = lots[0]
        day = int(holdings.acquired[lot])
        if method is LotMethod.FIFO:
            first: tuple[object, ...] = (day,)
        elif method is LotMethod.LIFO:
            first = (-day,)
        elif method is LotMethod.HIFO:
            unknown = bool(np.isnan(holdings.basis[lot]))
            first = (unknown, 0.0 if unknown else -float(holdings.basis[lot] / holdings.quantity[lot]), day)
        else:
            first = (float(cost[i]), day)
        return (account, security, *first, i)

    return np.array(sorted(range(len(rows)), key=key), dtype=np.int64)


def _called(holdings: Holdings, account: int) -> str:
    return holdings.household.account_names[holdings.accounts[account]]


def _refuse_impossible_sell_all(holdings: Holdings, target: Target, account: int, security: int, *, can: bool) -> None:
    key = matching(target.rules.sell_all, holdings, account, security)
    if key and not can:
        why = (
            "it has no price" if not np.isfinite(holdings.unit_price[security]) else "it is not traded by this program"
        )
        if (account, security) in short_positions(holdings):
            why = "it is a short position"
        raise NoPlanError(
            f"'sell_all {key}' can't be met in {_called(holdings, account)}: {why}. "
            "Give it a price, or take it off the list.",
            [f"sell_all {key}"],
        )


def _sale_blocks(
    holdings: Holdings,
    target: Target,
    orders: Mapping[tuple[int, int], float],
    account: int,
    security: int,
    *,
    gain: float,
    long: bool,
    basis: float,
) -> frozenset[str]:
    names = set()
    for label, keys in (("no_sell", target.rules.no_sell), ("hold", target.rules.hold)):
        key = matching(keys, holdings, account, security)
        if key:
            names.add(f"{label} {key}")
    quantity = orders.get((account, security))
    if quantity is not None and quantity > 0:
        names.add("orders")
    mode = target.trading.mode
    if quantity is None and (
        mode is Mode.INVEST_CASH
        or (
            mode is Mode.HARVEST
            and not (bool(holdings.taxable[account]) and _worth_harvesting(holdings, target, gain, basis))
        )
    ):
        names.add("mode")
    may = target.tax.may_sell
    taxed = bool(holdings.taxable[account])
    if (
        may is MaySell.NOTHING
        or (may is MaySell.SHELTERED and taxed)
        or (may is MaySell.LONG and taxed and gain > _NOISE and not long)
    ):
        names.add("may_sell")
    return frozenset(names)


def _worth_harvesting(holdings: Holdings, target: Target, gain: float, basis: float) -> bool:
    """Whether a lot's loss reaches the thresholds of the harvest."""
    tax = target.tax
    share = harvest_threshold(tax.harvest_share, holdings.as_of, season=tax.harvest_season)
    return gain < -CENT and -gain >= tax.harvest_dollars and -gain >= share * basis


def _recent_groups(holdings: Holdings) -> frozenset[int]:
    """Identical groups with a purchase in the 30 days up to the trade date, in any account."""
    return frozenset(int(g) for g in holdings.group[holdings.lot_security[_is_recent(holdings)]])


def _is_recent(holdings: Holdings) -> Bools:
    """(L,) lots bought in the 30 days up to the trade date."""
    since = holdings.as_of.toordinal() - WASH_DAYS
    recent: Bools = (holdings.acquired >= since) & (holdings.acquired > 0) & (holdings.quantity > 0)
    return recent


def _days_to_long(holdings: Holdings, lot: int) -> float:
    """Days until a lot is long-term; endless where its date is unknown."""
    day = int(holdings.acquired[lot])
    if day == 0:
        return float("inf")
    return (first_long_date(date.fromordinal(day)) - holdings.as_of).days


def _reluctance(holdings: Holdings, target: Target, lot: int, gain: float, recent: frozenset[int]) -> int:
    """Why a lot of a taxable account isn't sold by choice (0: it may be)."""
    security = int(holdings.lot_security[lot])
    if np.isnan(gain):
        # A money-market fund keeps its price at one dollar: whatever its basis, it has no gain worth avoiding.
        stable = holdings.types[security] is SecurityType.MONEY_MARKET
        return int(Reluctance.NONE if stable else Reluctance.UNKNOWN_BASIS)
    turns_long = target.tax.almost_long_days > 0 and _days_to_long(holdings, lot) <= target.tax.almost_long_days
    if gain > _NOISE and not holdings.long[lot] and (target.tax.avoid_short_term or turns_long):
        return int(Reluctance.SHORT_TERM_GAIN)
    if gain < -CENT and int(holdings.group[security]) in recent:
        return int(Reluctance.WASHED_LOSS)
    return int(Reluctance.NONE)
