"""What the target asks for by name, looked for in the orders: ranges to hold, own orders, the mode, tracking error."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.export.issue import Case, Issue, Light
from core.money import CENT, ZERO, to_cents
from core.rebalance.proposal import Action
from core.tilt.target import HoldRange, Mode, RangeUnit
from core.words import dollars, number_words

_MEND = "Make the plan anew, or change it on the Target page."
#: Units by which an order may differ from one set by hand: these are floats.
_UNITS = Decimal("0.000001")
_MODES = {Mode.INVEST_CASH: "invests cash only", Mode.RAISE_CASH: "raises cash only", Mode.HARVEST: "takes losses only"}


def _issue(where: str, message: str) -> Issue:
    return Issue("restrictions", Light.RED, where, message, _MEND)


def _exact(number: float) -> Decimal:
    return Decimal(repr(float(number)))


def _dollars_after(case: Case) -> dict[tuple[str, str], Decimal]:
    """Dollars of every position after the orders: what is kept at the file's value, purchases at their amount."""
    dollars: dict[tuple[str, str], Decimal] = {}
    for index, lot in enumerate(case.household.lots):
        kept = lot.quantity - case.sold_by_lot.get(index, ZERO)
        worth = lot.market_value * kept / lot.quantity if lot.quantity else lot.market_value
        dollars[lot.account, lot.security] = dollars.get((lot.account, lot.security), ZERO) + worth
    for trade in case.trades:
        if trade.action is Action.BUY:
            key = (trade.account, trade.security)
            dollars[key] = dollars.get(key, ZERO) + trade.amount
    return dollars


def account_values(case: Case) -> dict[str, Decimal]:
    """Dollars of every account with deposits and withdrawals, before the orders."""
    worth = {account.id: account.cash + account.pending for account in case.household.accounts}
    for lot in case.household.lots:
        worth[lot.account] = worth.get(lot.account, ZERO) + lot.market_value
    for flow in case.target.flows:
        worth[flow.account] = worth.get(flow.account, ZERO) + to_cents(flow.amount)
    return worth


def ranges(case: Case) -> Iterator[Issue]:
    """Securities of which more or less is held afterwards than the range asks for."""
    if not case.target.rules.ranges:
        return
    dollars, worth = _dollars_after(case), account_values(case)
    for wanted in case.target.rules.ranges:
        account, symbol = wanted.key.account, wanted.key.symbol
        security = case.household.security_by_id.get(symbol)
        if security is None or (account is not None and account not in worth):
            continue  # nothing of it can be held
        held = sum((d for key, d in dollars.items() if wanted.key.matches(*key)), ZERO)
        whole = sum(worth.values(), ZERO) if account is None else worth[account]
        price = (security.price or ZERO) * security.multiplier
        scale = {RangeUnit.SHARE: whole, RangeUnit.DOLLARS: Decimal(1), RangeUnit.UNITS: price}[wanted.unit]
        if scale <= 0:
            continue
        where = symbol if account is None else f"{case.account_name(account)}, {symbol}"
        # A file's value may differ from units x price by rounding: units are counted, not reckoned from dollars.
        amount = _units_after(case, wanted) if wanted.unit is RangeUnit.UNITS else held / scale
        slack = CENT / scale
        if wanted.least is not None and amount < _exact(wanted.least) - slack:
            yield _issue(where, f"{_said(amount, wanted)} are held afterwards, at least {_end(wanted.least, wanted)}.")
        if wanted.most is not None and amount > _exact(wanted.most) + slack:
            yield _issue(where, f"{_said(amount, wanted)} are held afterwards, at most {_end(wanted.most, wanted)}.")


def _units_after(case: Case, wanted: HoldRange) -> Decimal:
    held = sum((lot.quantity for lot in case.household.lots if wanted.key.matches(lot.account, lot.security)), ZERO)
    for trade in case.trades:
        if wanted.key.matches(trade.account, trade.security):
            held += trade.quantity if trade.action is Action.BUY else -trade.quantity
    return held


def _said(amount: Decimal, wanted: HoldRange) -> str:
    if wanted.unit is RangeUnit.SHARE:
        return f"{100 * amount:.2f} % of the {'household' if wanted.key.account is None else 'account'}"
    return dollars(amount) if wanted.unit is RangeUnit.DOLLARS else f"{number_words(amount)} units"


def _end(end: float, wanted: HoldRange) -> str:
    return f"{_said(_exact(end), wanted)} are asked for"


def own_orders(case: Case) -> Iterator[Issue]:
    """Orders set by hand that are not in the plan as they were set."""
    if not case.target.orders:
        return
    signed: dict[tuple[str, str], Decimal] = {}
    for trade in case.trades:
        key = (trade.account, trade.security)
        signed[key] = signed.get(key, ZERO) + (trade.quantity if trade.action is Action.BUY else -trade.quantity)
    for order in case.target.orders:
        traded, asked = signed.get((order.account, order.symbol), ZERO), _exact(order.quantity)
        if abs(traded - asked) > _UNITS:
            yield _issue(
                f"{case.account_name(order.account)}, {order.symbol}",
                f"You set {_order(asked)} by hand; the plan has {_order(traded) if traded else 'no such order'}.",
            )


def _order(units: Decimal) -> str:
    return f"{'buy' if units > 0 else 'sell'} {number_words(abs(units))}"


def mode(case: Case) -> Iterator[Issue]:
    """Orders that a plan of this mode has no place for; own orders and sales that are asked for are allowed."""
    wanted = case.target.trading.mode
    if wanted not in _MODES:
        return
    own = {(order.account, order.symbol) for order in case.target.orders}
    taxable = {account.id for account in case.household.accounts if account.kind.is_taxable}
    for trade in case.trades:
        where = (trade.account, trade.security)
        if where in own or any(key.matches(*where) for key in case.target.rules.sell_all):
            continue
        selling = trade.action is Action.SELL
        gain = trade.account not in taxable or any(part.gain is None or part.gain > CENT for part in trade.lots)
        if (
            (wanted is Mode.INVEST_CASH and selling)
            or (wanted is Mode.RAISE_CASH and not selling)
            or (wanted is Mode.HARVEST and selling and gain)
        ):
            done = "sold" if selling else "bought"
            without = " without a loss" if selling and wanted is Mode.HARVEST else ""
            yield _issue(case.place(trade), f"It is {done}{without}, and the plan {_MODES[wanted]}.")


def risk(case: Case) -> Iterator[Issue]:
    """More tracking error against the model than the target's limit."""
    limits = case.target.risk
    if limits is None or limits.limit is None:
        return
    from core.rebalance.measure import composition
    from core.rebalance.measure_risk import tracking_error

    value = float(sum(account_values(case).values(), ZERO))
    error = tracking_error(composition(_dollars_after(case), ZERO), case.target, value)
    # A cent of yearly volatility an order is rounding.
    if (error - limits.limit) * value > 0.01 * (1 + len(case.trades)):
        yield _issue(
            case.household.name,
            f"The tracking error against the model is {100 * error:.2f} % a year; at most {100 * limits.limit:.2f} % "
            "is asked for.",
        )
