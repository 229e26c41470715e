"""The rules of docs/methods.md, checked one by one on booked trades. Part of the evaluator: shares nothing with the
code that builds a plan.

Each check returns the violations of one rule. A cent is forgiven everywhere: amounts are rounded to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from core.classify.exposure import SECTORS
from core.household import Household, Lot, SecurityType
from core.money import CENT, ZERO, to_cents
from core.rebalance.booking import Position, exact, flow_by_account, identical_group
from core.rebalance.case import Case
from core.rebalance.check_orders import (
    UNTRADED,
    amounts,
    cash_conservation,
    lots_add_up,
    oversell,
    universe,
    untradable,
    value_conservation,
)
from core.rebalance.evaluation import Reluctant, Violation
from core.rebalance.measure import model_lines, sector_dollars, shares_of
from core.rebalance.measure_risk import risk_limit
from core.rebalance.proposal import Action, TradeLot
from core.tax.harvest import harvest_threshold
from core.tilt.target import LotMethod, MaySell, Mode, RuleKey

FUNDS = (SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET)
#: Share of the household's value by which a sector may overstep its range: the solver's own tolerance.
SECTOR_TOLERANCE = 1e-6


def check_rules(case: Case) -> tuple[Violation, ...]:
    """Every violation of every rule, in the order of the rules."""
    checks = (
        amounts,
        lots_add_up,
        oversell,
        untradable,
        universe,
        cash_conservation,
        value_conservation,
        cash_reserve,
        restrictions,
        buy_and_sell,
        min_trade,
        own_orders,
        ranges,
        mode,
        whole_shares,
        wash_sale,
        max_turnover,
        max_position,
        sectors,
        gain_limit,
        risk_limit,
        may_sell,
        lot_method,
    )
    return tuple(violation for check in checks for violation in check(case))


# --- cash and restrictions -------------------------------------------------------------------------------------------


def account_values(case: Case) -> dict[str, Decimal]:
    """Dollars of each account after flows, before trades: lots, cash and pending."""
    flows = flow_by_account(case.target.flows)
    values = {a.id: a.cash + a.pending + flows.get(a.id, ZERO) for a in case.household.accounts}
    for lot in case.household.lots:
        values[lot.account] += lot.market_value
    return values


def cash_reserve(case: Case) -> Iterator[Violation]:
    """Cash after, less pending debits, is at least the reserve: a share of the account's value after flows.

    An account in which nothing could be sold (or, investing cash, is to be) and from which nothing is withdrawn may
    stay as short as it was.
    """
    share = exact(case.target.trading.cash_reserve)
    flows = flow_by_account(case.target.flows)
    values = account_values(case)
    for account in case.household.accounts:
        value = values[account.id]
        free = case.booked.cash[account.id] + min(account.pending, ZERO)
        missing = share * value - free
        flow = flows.get(account.id, ZERO)
        investing = case.target.trading.mode is Mode.INVEST_CASH
        if flow >= 0 and (investing or not _could_sell(case.household, account.id)):
            missing = min(missing, account.cash + flow - case.booked.cash[account.id])
        if missing > CENT:
            message = f"cash after is {to_cents(free)}, the reserve {to_cents(share * value)}"
            yield Violation("cash_reserve", message, account.id, None, to_cents(missing))


def _could_sell(household: Household, account: str) -> bool:
    """Whether an account holds a lot that could be sold if the rules let it."""
    for lot in household.lots:
        security = household.security_by_id[lot.security]
        if lot.account == account and lot.quantity > 0 and security.type not in UNTRADED and security.price:
            return True
    return False


def restrictions(case: Case) -> Iterator[Violation]:
    """no_buy, no_sell, hold and sell_all, by security or by account and security."""
    rules = case.target.rules
    for trade in case.trades:
        where = (trade.account, trade.security)
        buying = trade.action is Action.BUY
        listed: tuple[tuple[str, Sequence[RuleKey], bool], ...] = (
            ("no_buy", rules.no_buy, buying),
            ("no_sell", rules.no_sell, not buying),
            ("hold", rules.hold, True),
        )
        for name, keys, applies in listed:
            if applies and any(key.matches(*where) for key in keys):
                yield Violation(name, "bought" if buying else "sold", *where, trade.amount)
    for position in sorted(case.long_lots):
        if not any(key.matches(*position) for key in rules.sell_all):
            continue
        if not case.closes(position) or position in case.booked.bought:
            left = to_cents(case.booked.values.get(position, ZERO))
            yield Violation("sell_all", f"${left} are still held", *position, left)


def buy_and_sell(case: Case) -> Iterator[Violation]:
    """No security is bought and sold in one account."""
    for position in sorted(set(case.booked.bought) & set(case.booked.sold_amounts)):
        smaller = min(case.booked.bought[position], case.booked.sold_amounts[position])
        yield Violation("buy_and_sell", "both bought and sold", *position, smaller)


def min_trade(case: Case) -> Iterator[Violation]:
    """No order is smaller than the minimum, but for a sale that closes a position."""
    trading = case.target.trading
    worth = account_values(case)
    for trade in case.trades:
        where = (trade.account, trade.security)
        least = max(exact(trading.min_trade), exact(trading.min_trade_share) * worth[trade.account])
        own = any((order.account, order.symbol) == where for order in case.target.orders)
        if own or trade.amount >= least - CENT or (trade.action is Action.SELL and case.closes(where)):
            continue
        yield Violation("min_trade", f"${trade.amount} traded, the least is ${least}", *where, least - trade.amount)


def own_orders(case: Case) -> Iterator[Violation]:
    """The adviser's own orders are in the plan, unchanged."""
    signed = {(t.account, t.security): t.quantity * (1 if t.action is Action.BUY else -1) for t in case.trades}
    for order in case.target.orders:
        where = (order.account, order.symbol)
        found = signed.get(where, ZERO)
        if abs(found - exact(order.quantity)) > exact(1e-6):
            yield Violation("orders", f"{order.quantity:g} units are ordered, {found} traded", *where)


def ranges(case: Case) -> Iterator[Violation]:
    """What is held after lies in its range: of an account or of the household, a share, dollars or units."""
    worth = account_values(case)
    units: dict[tuple[str, str], Decimal] = {}
    for index, lot in enumerate(case.household.lots):
        key = (lot.account, lot.security)
        units[key] = units.get(key, ZERO) + lot.quantity - case.booked.sold.get(index, ZERO)
    for trade in case.buys():
        units[(trade.account, trade.security)] = units.get((trade.account, trade.security), ZERO) + trade.quantity
    for wanted in case.target.rules.ranges:
        account, symbol = wanted.key.account, wanted.key.symbol
        if symbol not in case.household.security_by_id or (account is not None and account not in worth):
            continue
        places = [p for p in {*units, *case.booked.values} if p[1] == symbol and account in (None, p[0])]
        dollars = sum((case.booked.values.get(p, ZERO) for p in places), ZERO)
        whole = case.value if account is None else worth[account]
        price = case.household.security_by_id[symbol].price or ZERO
        step = max(price, Decimal(1))
        amount, slack = {
            "share": (dollars / whole if whole else ZERO, CENT / whole if whole else ZERO),
            "dollars": (dollars, CENT),
            "units": (sum((units.get(p, ZERO) for p in places), ZERO), CENT / step),
        }[wanted.unit.value]
        if wanted.least is not None and amount < exact(wanted.least) - slack:
            yield Violation("ranges", f"{amount:.6g} held, at least {wanted.least:g} wanted", account, symbol)
        if wanted.most is not None and amount > exact(wanted.most) + slack:
            yield Violation("ranges", f"{amount:.6g} held, at most {wanted.most:g} wanted", account, symbol)


def mode(case: Case) -> Iterator[Violation]:
    """Investing cash sells nothing, raising cash buys nothing, harvesting sells losses of taxable accounts only."""
    own = {(order.account, order.symbol) for order in case.target.orders}
    wanted = case.target.trading.mode
    taxable = {a.id for a in case.household.accounts if a.kind.is_taxable}
    for trade in case.trades:
        where = (trade.account, trade.security)
        forced = any(key.matches(*where) for key in case.target.rules.sell_all)
        selling = trade.action is Action.SELL
        small = any(not _harvestable(case, lot) for lot in trade.lots)
        gains = small or trade.account not in taxable
        if where in own or forced:
            continue
        if (
            (wanted is Mode.INVEST_CASH and selling)
            or (wanted is Mode.RAISE_CASH and not selling)
            or (wanted is Mode.HARVEST and selling and gains)
        ):
            yield Violation("mode", f"{trade.action} in a plan of mode {wanted}", *where, trade.amount)


def _harvestable(case: Case, part: TradeLot) -> bool:
    """Whether the whole lot's loss reaches the thresholds of the harvest."""
    lot = case.household.lots[part.lot]
    security = case.household.security_by_id[lot.security]
    if lot.cost_basis is None or security.price is None:
        return False
    tax = case.target.tax
    loss = lot.cost_basis - lot.quantity * security.price * security.multiplier
    share = harvest_threshold(tax.harvest_share, case.household.as_of, season=tax.harvest_season)
    least = max(exact(tax.harvest_dollars), exact(share) * lot.cost_basis)
    return loss >= least - CENT and loss > -CENT


def whole_shares(case: Case) -> Iterator[Violation]:
    """Orders are in whole shares, bonds in 1,000 of face, funds in thousandths; a sale may close a position."""
    for trade in case.trades:
        where = (trade.account, trade.security)
        step = _step(case.household.security_by_id[trade.security].type, case.target.trading.fractional)
        if trade.quantity % step == 0 or (trade.action is Action.SELL and case.closes(where)):
            continue
        yield Violation("whole_shares", f"{trade.quantity} units, not a multiple of {step}", *where, trade.amount)


def _step(type_: SecurityType, fractional: bool) -> Decimal:
    if type_ in FUNDS:
        return Decimal("0.001")
    if type_ is SecurityType.BOND:
        return Decimal(1000)
    if fractional and type_ in (SecurityType.STOCK, SecurityType.ETF):
        return Decimal("0.0001")
    return Decimal(1)


# --- limits ---------------------------------------------------------------------------------------------------------


def wash_sale(case: Case) -> Iterator[Violation]:
    """No sale at a loss in a taxable account with a purchase of the same or an identical security anywhere."""
    bought: dict[tuple[str, str], set[str]] = {}
    for trade in case.buys():
        bought.setdefault(identical_group(trade.security, case.exposures), set()).add(trade.security)
    losses: dict[Position, Decimal] = {}
    for realised in case.booked.realised:
        if realised.taxable and realised.is_loss and realised.gain is not None:
            key = (realised.account, realised.security)
            losses[key] = losses.get(key, ZERO) - realised.gain
    for (account, security), loss in losses.items():
        same = bought.get(identical_group(security, case.exposures))
        if same:
            message = f"sold at a loss of ${loss} while {', '.join(sorted(same))} is bought"
            yield Violation("wash_sale", message, account, security, loss)


def max_turnover(case: Case) -> Iterator[Violation]:
    """(Bought + sold) / 2 stays within its share of the value before."""
    traded = sum((trade.amount for trade in case.trades), ZERO) / 2
    limit = exact(case.target.trading.max_turnover) * max(case.value_before, ZERO)
    if case.trades and traded > limit + CENT:
        message = f"turnover is ${to_cents(traded)}, the limit ${to_cents(limit)}"
        yield Violation("max_turnover", message, None, None, to_cents(traded - limit))


def max_position(case: Case) -> Iterator[Violation]:
    """A purchase takes a security at most to its share of V: max_position, and max_stock for unnamed stocks."""
    trading = case.target.trading
    named = set(model_lines(case.target)) | set(case.target.universe or ())
    held: dict[str, Decimal] = {}
    for (_, security_id), value in case.booked.values.items():
        held[security_id] = held.get(security_id, ZERO) + value
    for security_id in sorted({trade.security for trade in case.buys()}):
        type_ = case.household.security_by_id[security_id].type
        if type_ is SecurityType.MONEY_MARKET:
            continue
        limits = [("max_position", trading.max_position)]
        if type_ is SecurityType.STOCK and security_id not in named:
            limits.append(("max_stock", trading.max_stock))
        for name, share in limits:
            excess = held[security_id] - exact(share) * case.value
            if excess > CENT:
                message = f"bought up to ${to_cents(held[security_id])}, {share:.2%} of the household is the most"
                yield Violation(name, message, None, security_id, to_cents(excess))


def sectors(case: Case) -> Iterator[Violation]:
    """Sector shares of the scope's equity stay within today's share plus the range; without equity there are none."""
    ranges = case.target.sectors
    scope = case.target.style.scope
    today = shares_of(sector_dollars(case.before, case.exposures, scope))
    dollars = sector_dollars(case.after, case.exposures, scope)
    equity = sum(dollars)
    if not ranges or sum(today) <= 0 or equity <= 0:
        return
    for name, (lowest, highest) in sorted(ranges.items()):
        k = SECTORS.index(name)
        share = dollars[k] / equity
        outside = max(today[k] + lowest - share, share - today[k] - highest) * equity
        if outside > 0.01 + SECTOR_TOLERANCE * float(case.value):
            message = (
                f"{name} is {share:.2%} of equity after, {today[k] + lowest:.2%} to {today[k] + highest:.2%} was asked"
            )
            yield Violation("sectors", message, None, None, to_cents(outside))


def gain_limit(case: Case) -> Iterator[Violation]:
    """The plan's net realised gain stays within its limit."""
    limit = case.target.tax.gain_limit
    if limit is None:
        return
    gain = case.booked.short_gain + case.booked.long_gain
    if gain > exact(limit) + CENT and case.trades:
        message = f"net gain is ${gain}, the limit ${limit}"
        yield Violation("gain_limit", message, None, None, gain - exact(limit))


def may_sell(case: Case) -> Iterator[Violation]:
    """What may be sold: nothing; only sheltered accounts; in taxable ones only losses and long gains; everything."""
    choice = case.target.tax.may_sell
    if choice is MaySell.ALL:
        return
    for realised in case.booked.realised:
        where = (realised.account, realised.security)
        if choice is MaySell.NOTHING:
            yield Violation("may_sell", "sold, and nothing may be sold", *where, realised.proceeds)
        elif choice is MaySell.SHELTERED and realised.taxable:
            yield Violation("may_sell", "sold in a taxable account", *where, realised.proceeds)
        elif choice is MaySell.LONG and realised.taxable and realised.is_short_gain:
            yield Violation("may_sell", "sold at a short-term gain", *where, realised.proceeds)


def lot_method(case: Case) -> Iterator[Violation]:
    """In taxable accounts lots are sold in the method's order, each whole before the next."""
    method = case.target.tax.lot_method
    if method is LotMethod.OPTIMAL:
        return
    for position in sorted({(r.account, r.security) for r in case.booked.realised if r.taxable}):
        indices = case.long_lots.get(position, [])
        ranks = {i: lot_rank(case.household.lots[i], method) for i in indices}
        last_sold = max((ranks[i] for i in indices if case.booked.sold.get(i, ZERO) > 0), default=None)
        skipped = [
            i
            for i in indices
            if last_sold is not None
            and ranks[i] < last_sold
            and case.booked.sold.get(i, ZERO) < case.household.lots[i].quantity
        ]
        if skipped:
            kept = sum((case.household.lots[i].market_value for i in skipped), ZERO)
            message = f"{len(skipped)} lots that {method.value.upper()} sells first are not sold whole"
            yield Violation("lot_method", message, *position, to_cents(kept))


def lot_rank(lot: Lot, method: LotMethod) -> tuple[bool, Decimal, int]:
    """Rank of a lot in the order of sale: HIFO by unit cost, FIFO and LIFO by date, ties oldest first.

    An undated lot counts as the oldest: a broker that isn't told otherwise sells shares of unknown date before all
    others (Treas. Reg. 1.6045-1(d)(2)(ii)). Unknown cost is last for HIFO.
    """
    day = 0 if lot.acquired is None else lot.acquired.toordinal()
    if method is LotMethod.HIFO:
        if lot.cost_basis is None:
            return (True, ZERO, day)
        return (False, -lot.cost_basis / lot.quantity, day)
    return (False, ZERO, -day if method is LotMethod.LIFO else day)


# --- preferences ----------------------------------------------------------------------------------------------------


def reluctant_sales(case: Case) -> tuple[Reluctant, ...]:
    """Sales in taxable accounts of lots that are kept while the rules can be met without them."""
    lately = {match.sale.lot for match in case.booked.washes if match.replacement.lot is not None}

    def reasons(position: int) -> Iterable[str]:
        realised = case.booked.realised[position]
        if realised.basis is None:
            yield "unknown_basis"
        if case.target.tax.avoid_short_term and realised.is_short_gain:
            yield "short_term_gain"
        if realised.is_loss and realised.lot in lately:
            yield "washed_loss"

    return tuple(
        Reluctant(reason, r.lot, r.account, r.security, r.quantity, r.proceeds)
        for position, r in enumerate(case.booked.realised)
        if r.taxable
        for reason in reasons(position)
    )
