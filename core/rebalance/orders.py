"""From the builder's quantities to trades: exact shares, lots and cents."""

from __future__ import annotations

from decimal import Decimal

from core.household import Security, SecurityType
from core.money import CENT, ZERO, market_value, to_cents
from core.rebalance.holdings import FRACTION_STEP, FUND_STEP, Holdings
from core.rebalance.proposal import Action, Trade, TradeLot
from core.rebalance.rounding import PlannedOrder
from core.tax.holding_period import term
from core.tilt.target import Target

#: Parts of lots are stated to a millionth of a unit, as custodians do.
_LOT_QUANTUM = Decimal("0.000001")


def trades_of(holdings: Holdings, target: Target, orders: tuple[PlannedOrder, ...]) -> tuple[Trade, ...]:
    """Trades in order of account and security, sells first within an account, so that cash is there to buy."""
    trades = [_trade(holdings, target, order) for order in orders]
    return tuple(sorted(trades, key=lambda t: (t.account, t.action is Action.BUY, t.security)))


def _quantum(security: Security, fractional: bool) -> Decimal:
    if security.type in (SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET):
        return Decimal(str(FUND_STEP))
    if fractional and security.type in (SecurityType.STOCK, SecurityType.ETF):
        return Decimal(str(FRACTION_STEP))
    return Decimal(1)


def _trade(holdings: Holdings, target: Target, order: PlannedOrder) -> Trade:
    household = holdings.household
    security = household.security_by_id[holdings.securities[order.security]]
    account = holdings.accounts[order.account]
    assert security.price is not None, "only priced securities are traded"
    quantum = _quantum(security, target.trading.fractional)
    held = sum((lot.quantity for lot in household.lots_by_position.get((account, security.id), ())), ZERO)
    quantity = Decimal(repr(abs(order.quantity))).quantize(quantum)
    if order.quantity < 0 and abs(float(held) + order.quantity) < 1e-6:
        quantity = held
    amount = market_value(quantity, security.price, security.multiplier)
    lots = _lots(holdings, order, quantity, security) if order.quantity < 0 else ()
    action = Action.SELL if order.quantity < 0 else Action.BUY
    return Trade(account, security.id, action, quantity, security.price, amount, lots)


def _lots(holdings: Holdings, order: PlannedOrder, quantity: Decimal, security: Security) -> tuple[TradeLot, ...]:
    """Lots closed in order until the order's quantity is reached; the last takes what is left."""
    household = holdings.household
    assert security.price is not None
    result = []
    left = quantity
    for place, (number, units) in enumerate(order.lots, start=1):
        source = int(holdings.lot_source[number])
        lot = household.lots[source]
        # A lot closed whole is closed exactly; the last takes what the rounding of the others has left.
        whole = place == len(order.lots) or abs(float(lot.quantity) - units) < 1e-6
        planned = lot.quantity if whole else Decimal(repr(units)).quantize(_LOT_QUANTUM)
        take = min(left, lot.quantity, planned)
        if take <= 0:
            continue
        left -= take
        proceeds = to_cents(take * security.price * security.multiplier)
        basis = None if lot.cost_basis is None else to_cents(lot.cost_basis * take / lot.quantity)
        held = term(lot.acquired, household.as_of)
        result.append(TradeLot(source, lot.acquired, take, basis, None if basis is None else proceeds - basis, held))
    if left > CENT / 10_000:
        raise AssertionError(f"{security.id}: the lots of a sale don't add up to it")
    return tuple(result)
