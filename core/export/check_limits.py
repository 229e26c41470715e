"""Trade errors of money and limits: cash, restrictions, wash sales, size and prices of the orders."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.export import check_asked
from core.export.account_cash import account_cash
from core.export.issue import Case, Issue, Light
from core.money import CENT, ZERO
from core.rebalance.booking import identical_group
from core.rebalance.proposal import Action, Trade
from core.tax.wash_sales import in_window
from core.tilt.target import RuleKey
from core.words import day_words, dollars, number_words

#: Days after which prices are called old, and after which no order should be placed on them.
OLD_DAYS, STALE_DAYS = 5, 30
#: Share of the household above which a single order is looked at twice.
LARGE_ORDER = Decimal("0.5")
#: Share by which a position's value may differ from quantity x price: files round prices.
PRICE_TOLERANCE = Decimal("0.02")


def cash(case: Case) -> Iterator[Issue]:
    """Cash that does not tie, is overdrawn, or falls below its reserve."""
    for row in account_cash(case.household, case.target, case.proposal):
        name = row.account.name or row.account.id
        if not row.ties:
            yield Issue(
                "cash",
                Light.RED,
                name,
                "The trades do not add up to the cash after the plan.",
                "Make the plan anew.",
            )
        if row.overdrawn:
            yield Issue(
                "cash",
                Light.RED,
                name,
                f"The purchases are not paid for: the plan leaves {dollars(row.after)} in cash.",
                "Lower the purchases or the withdrawal.",
            )
        elif not row.keeps_reserve:
            yield Issue(
                "cash",
                Light.RED,
                name,
                f"The plan leaves {dollars(row.after)} in cash, less than the reserve of {dollars(row.reserve)}.",
                "Lower the reserve, or make the plan anew.",
            )


def restrictions(case: Case) -> Iterator[Issue]:
    """Orders against a list, a range to hold, an order set by hand, the mode, or the limit of tracking error."""
    yield from _lists(case)
    yield from check_asked.ranges(case)
    yield from check_asked.own_orders(case)
    yield from check_asked.mode(case)
    yield from check_asked.risk(case)


def _lists(case: Case) -> Iterator[Issue]:
    """Securities traded against a hold or do-not-trade rule, or not sold whole as asked."""
    rules = case.target.rules

    def broken(keys: tuple[RuleKey, ...], trade: Trade, words: str) -> Iterator[Issue]:
        if any(key.matches(trade.account, trade.security) for key in keys):
            yield Issue(
                "restrictions",
                Light.RED,
                case.place(trade),
                f"It is on the list '{words}' and is {'bought' if trade.action is Action.BUY else 'sold'}.",
                "Make the plan anew, or change the list on the Target page.",
            )

    for trade in case.trades:
        yield from broken(rules.hold, trade, "hold")
        if trade.action is Action.BUY:
            yield from broken(rules.no_buy, trade, "do not buy")
        else:
            yield from broken(rules.no_sell, trade, "do not sell")
    sold = {(t.account, t.security): t.quantity for t in case.trades if t.action is Action.SELL}
    for position in case.household.lots_by_position:
        held = case.held(*position)
        if held > 0 and any(key.matches(*position) for key in rules.sell_all) and sold.get(position, ZERO) != held:
            yield Issue(
                "restrictions",
                Light.RED,
                f"{case.account_name(position[0])}, {position[1]}",
                "It is to be sold whole and is not.",
                "Make the plan anew, or change the list on the Target page.",
            )


def wash_sales(case: Case) -> Iterator[Issue]:
    """Losses that the plan or a recent purchase washes away, and where that cannot be told."""
    household, exposures, on = case.household, case.exposures, case.proposal.as_of
    losses: dict[tuple[str, str], Trade] = {}
    for trade, account, _security_of in case.known():
        if account.kind.is_taxable and any(part.gain is not None and part.gain < 0 for part in trade.lots):
            losses.setdefault(identical_group(trade.security, exposures), trade)
    for trade in case.trades:
        loss = losses.get(identical_group(trade.security, exposures))
        if trade.action is Action.BUY and loss is not None:
            yield Issue(
                "wash_sales",
                Light.RED,
                case.place(trade),
                f"{loss.security} is sold at a loss in {case.account_name(loss.account)} and {trade.security}, "
                "the same for a wash sale, is bought.",
                "Buy something else, or wait 31 days.",
            )
    undated: dict[str, set[str]] = {}
    recent: dict[str, set[str]] = {}
    for index, lot in enumerate(household.lots):
        loss = losses.get(identical_group(lot.security, exposures))
        if loss is not None and lot.quantity - case.sold_by_lot.get(index, ZERO) > 0:
            place = f"{case.account_name(lot.account)}, {lot.security}"
            if lot.acquired is None:
                undated.setdefault(loss.security, set()).add(place)
            elif lot.acquired <= on and in_window(lot.acquired, on):
                recent.setdefault(loss.security, set()).add(place)
    for security, places in recent.items():
        yield Issue(
            "wash_sales",
            Light.AMBER,
            security,
            f"It is sold at a loss within 30 days of a purchase that is kept ({'; '.join(sorted(places))}): that part "
            "of the loss is disallowed, and is left out of the tax.",
            "Wait with the sale, or sell the recent purchase as well.",
        )
    for security, places in undated.items():
        yield Issue(
            "wash_sales",
            Light.AMBER,
            security,
            f"It is sold at a loss while the same is held since an unknown date ({'; '.join(sorted(places))}): wash "
            "check not possible.",
            "Add the purchase dates, or make sure that none was bought in the 30 days before the sale (reinvested "
            "dividends count).",
        )


def size(case: Case) -> Iterator[Issue]:
    """Orders below the smallest trade (but those set by hand) or out of proportion, and too much turnover."""
    least = Decimal(repr(float(case.target.trading.min_trade)))
    share = Decimal(repr(float(case.target.trading.min_trade_share)))
    worth = check_asked.account_values(case)
    own = {(order.account, order.symbol) for order in case.target.orders}
    value = case.household.value
    for trade, _account_of, _security_of in case.known():
        smallest = max(least, share * worth[trade.account])
        by_hand = (trade.account, trade.security) in own
        if trade.amount < smallest - CENT and not by_hand and not case.closes(trade):
            yield Issue(
                "size",
                Light.AMBER,
                case.place(trade),
                f"{dollars(trade.amount)} is less than the smallest trade of {dollars(smallest)}.",
                "Leave it out, or lower the smallest trade.",
            )
        if value > 0 and trade.amount > LARGE_ORDER * value:
            yield Issue(
                "size",
                Light.AMBER,
                case.place(trade),
                f"One order of {dollars(trade.amount)} is {trade.amount / value:.0%} of the household.",
                "Look at it once more; large orders are better placed in parts.",
            )
    most = case.target.trading.max_turnover
    if case.proposal.turnover > most + 1e-6:
        yield Issue(
            "size",
            Light.RED,
            case.household.name,
            f"The turnover is {case.proposal.turnover:.1%}; at most {most:.1%} is allowed.",
            "Make the plan anew.",
        )


def prices(case: Case) -> Iterator[Issue]:
    """Orders at another price than the positions, old prices, and values that prices do not give."""
    for trade, _account_of, security in case.known():
        if trade.price <= 0 or security.price is None:
            yield Issue(
                "prices", Light.RED, case.place(trade), "There is no price.", "Add a price, and make the plan anew."
            )
        elif trade.price != security.price:
            yield Issue(
                "prices",
                Light.RED,
                case.place(trade),
                f"The order is at ${number_words(trade.price)}, the price is ${number_words(security.price)}.",
                "Make the plan anew.",
            )
    yield from _age(case)
    traded = {(t.account, t.security) for t in case.trades if t.action is Action.SELL}
    for position in sorted(traded):
        lots = case.household.lots_by_position.get(position, ())
        price = getattr(case.household.security_by_id.get(position[1]), "price", None)
        if not lots or price is None:
            continue
        stated = sum((lot.market_value for lot in lots), ZERO)
        reckoned = case.held(*position) * price * case.household.security_by_id[position[1]].multiplier
        if abs(stated - reckoned) > max(PRICE_TOLERANCE * abs(stated), Decimal(1)):
            yield Issue(
                "prices",
                Light.AMBER,
                f"{case.account_name(position[0])}, {position[1]}",
                f"The file states {dollars(stated)} for it; quantity times price is {dollars(reckoned)}.",
                "Compare the price with today's, and import again.",
            )


def _age(case: Case) -> Iterator[Issue]:
    days = (case.today - case.household.as_of).days
    where = day_words(case.household.as_of)
    if days < 0:
        yield Issue(
            "prices",
            Light.RED,
            where,
            "The positions and prices are dated in the future.",
            "Correct the date, and import again.",
        )
    elif days > OLD_DAYS:
        yield Issue(
            "prices",
            Light.AMBER,
            where,
            f"The positions and prices are {days} days old.",
            "Import today's positions before trading.",
        )
        if days > STALE_DAYS:
            yield Issue(
                "prices",
                Light.RED,
                where,
                f"After {days} days the positions may no longer be held and the prices say nothing.",
                "Import today's positions before writing order files.",
                orders_only=True,
            )
