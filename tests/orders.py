"""Orders for tests: their amounts, bases and gains worked out here, apart from the program."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal

from core.household import Household, Lot, SecurityType, Term
from core.rebalance.proposal import Action, Trade, TradeLot
from core.tax.holding_period import term


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def buy(household: Household, account: str, symbol: str, quantity: str | int | Decimal) -> Trade:
    security = household.security_by_id[symbol]
    price = security.price or Decimal(0)
    units = Decimal(quantity)
    return Trade(account, symbol, Action.BUY, units, price, cents(units * price * security.multiplier))


def sell(household: Household, parts: dict[int, str | int | Decimal]) -> Trade:
    """A sale of ``parts``: quantity by lot index, all of one position."""
    lots = {index: household.lots[index] for index in parts}
    (account, symbol), *others = {(lot.account, lot.security) for lot in lots.values()}
    assert not others
    security = household.security_by_id[symbol]
    price = security.price or Decimal(0)
    rows = []
    for index, lot in lots.items():
        units = Decimal(parts[index])
        basis = None if lot.cost_basis is None else cents(lot.cost_basis * units / lot.quantity)
        proceeds = cents(units * price * security.multiplier)
        gain = None if basis is None else proceeds - basis
        rows.append(TradeLot(index, lot.acquired, units, basis, gain, _term(household, lot)))
    total = sum((row.quantity for row in rows), Decimal(0))
    return Trade(account, symbol, Action.SELL, total, price, cents(total * price * security.multiplier), tuple(rows))


def sell_position(household: Household, account: str, symbol: str) -> Trade:
    """A sale of every lot of a position."""
    rows = enumerate(household.lots)
    return sell(household, {i: lot.quantity for i, lot in rows if (lot.account, lot.security) == (account, symbol)})


def _term(household: Household, lot: Lot) -> Term:
    return term(lot.acquired, household.as_of)


def random_trades(seed: int, household: Household, most: int = 8) -> list[Trade]:
    """Orders at random, one a position at most, with no regard for rules but that lots hold what is sold."""
    rng = random.Random(seed)
    trades: list[Trade] = []
    positions = sorted(household.lots_by_position)
    for position in rng.sample(positions, min(len(positions), rng.randint(0, most))):
        if household.security_by_id[position[1]].price is None:
            continue
        parts: dict[int, str | int | Decimal] = {}
        for index, lot in enumerate(household.lots):
            if (lot.account, lot.security) == position and lot.quantity > 0 and rng.random() < 0.7:
                part = lot.quantity if rng.random() < 0.5 else (lot.quantity * rng.randint(1, 9) / 10).quantize(THOU)
                if part > 0:
                    parts[index] = part
        if parts:
            trades.append(sell(household, parts))
    sold = {(trade.account, trade.security) for trade in trades}
    priced = [s for s in household.securities if s.price is not None and s.type is not SecurityType.OPTION]
    for security in rng.sample(priced, min(len(priced), rng.randint(0, most))):
        account = rng.choice(household.accounts).id
        if (account, security.id) not in sold:
            trades.append(buy(household, account, security.id, rng.randint(1, 50)))
    return trades


THOU = Decimal("0.001")
