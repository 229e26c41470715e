"""The adviser's own orders, and plans of one purpose: kept exactly, judged by the evaluator."""

import random
from decimal import Decimal

import attrs
import pytest

from core.errors import InputError, NoPlanError
from core.household import SecurityType, Severity
from core.rebalance.engine import Engine
from core.rebalance.proposal import Action
from core.tilt.target import Destination, FixedOrder, Mode, RuleKey, Rules, Style, Target, Trading
from tests.households import random_household


def plan(household, exposures, target):
    proposal = Engine(household, exposures).final(target)
    assert [f.message for f in proposal.findings if f.severity is Severity.ERROR] == []
    return proposal


@pytest.mark.parametrize("seed", range(12))
def test_an_order_of_the_advisers_own_is_traded_exactly(seed: int):
    household, exposures, _ = random_household(seed, 3, 14, 40, features=())
    target = Target(style=Style(preset="small-value"))
    rng = random.Random(seed)
    first = plan(household, exposures, target)
    changed = rng.choice([t for t in first.trades if t.quantity >= 2])
    sign = 1 if changed.action is Action.BUY else -1
    half = float(changed.quantity // 2)
    order = FixedOrder(changed.account, changed.security, sign * half)
    proposal = plan(household, exposures, attrs.evolve(target, orders=(order,)))
    (traded,) = [t for t in proposal.trades if (t.account, t.security) == (changed.account, changed.security)]
    assert traded.action is changed.action
    assert traded.quantity == Decimal(str(half))
    assert "Ordered by the adviser" in traded.reason
    assert proposal.objective.plan >= first.objective.lower_bound - 0.01


def test_an_order_below_the_minimum_trade_is_placed():
    household, exposures, _ = random_household(3, 2, 10, 30, features=())
    lot = next(lot for lot in household.lots if lot.quantity >= 3 and household.security_by_id[lot.security].price)
    target = Target(orders=(FixedOrder(lot.account, lot.security, -1.0),), trading=Trading(min_trade=50_000))
    proposal = plan(household, exposures, target)
    assert [t.quantity for t in proposal.trades if t.security == lot.security and t.account == lot.account] == [1]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (FixedOrder("none", "F000", 1), "no such account"),
        (FixedOrder("1000", "NONE", 1), "no such security"),
        (FixedOrder("1000", "HELD", -1e9), "are held"),
        (FixedOrder("1000", "HELD", 0.37), "whole number"),
    ],
)
def test_an_order_that_cannot_be_placed_is_refused(order: FixedOrder, words: str):
    household, exposures, _ = random_household(1, 2, 8, 20, features=())
    stocks = [s.id for s in household.securities if s.type is SecurityType.STOCK]
    held = next(lot.security for lot in household.lots if lot.account == "1000" and lot.security in stocks)
    if order.symbol == "HELD":
        order = attrs.evolve(order, symbol=held)
    with pytest.raises(InputError, match=words):
        Engine(household, exposures).final(Target(orders=(order,)))


def test_an_order_against_a_restriction_names_both():
    household, exposures, _ = random_household(3, 2, 10, 30, features=())
    lot = next(lot for lot in household.lots if lot.quantity >= 3)
    target = Target(
        orders=(FixedOrder(lot.account, lot.security, -1.0),), rules=Rules(no_sell=(RuleKey(lot.security),))
    )
    with pytest.raises(NoPlanError) as caught:
        Engine(household, exposures).final(target)
    assert {"orders", f"no_sell {lot.security}"} <= set(caught.value.rules)


@pytest.mark.parametrize("seed", range(8))
def test_investing_cash_only_buys(seed: int):
    household, exposures, _ = random_household(seed, 3, 14, 40, features=())
    target = Target(style=Style(preset="small-value"), trading=Trading(mode=Mode.INVEST_CASH))
    proposal = plan(household, exposures, attrs.evolve(target, trading=attrs.evolve(target.trading, cash_reserve=0.0)))
    assert all(t.action is Action.BUY for t in proposal.trades)


@pytest.mark.parametrize("seed", range(8))
def test_raising_cash_only_sells(seed: int):
    household, exposures, _ = random_household(seed, 3, 14, 40, features=("flows",))
    target = Target(style=Style(preset="small-value"), trading=Trading(mode=Mode.RAISE_CASH))
    proposal = plan(household, exposures, target)
    assert all(t.action is Action.SELL for t in proposal.trades)


@pytest.mark.parametrize("seed", range(8))
def test_harvesting_sells_losses_of_taxable_accounts_only(seed: int):
    household, exposures, _ = random_household(seed, 3, 14, 60, features=())
    kinds = household.account_by_id
    proposal = None
    try:
        proposal = plan(household, exposures, Target(trading=Trading(mode=Mode.HARVEST, cash_reserve=0.0)))
    except NoPlanError:
        pytest.fail("without a reserve nothing forces a sale")
    for trade in proposal.trades:
        if trade.action is Action.SELL:
            assert kinds[trade.account].kind.is_taxable
            assert all(lot.gain is not None and lot.gain <= 0 for lot in trade.lots)
    assert proposal.tax.tax <= 0


@pytest.mark.parametrize("seed", range(8))
def test_only_what_is_out_of_band_moves(seed: int):
    """With everything in its band there is nothing to do, however far from the target's centre."""
    household, exposures, _ = random_household(seed, 2, 12, 30, features=())
    here = Engine(household, exposures).live(Target())
    target = Target(
        style=Style(box=here.present_box),
        trading=Trading(mode=Mode.OUT_OF_BAND, location=False, cash_reserve=0.0, eagerness=0.05),
    )
    wide = attrs.evolve(target, bands=attrs.evolve(target.bands, destination=Destination.TARGET))
    proposal = plan(household, exposures, wide)
    sold_at_gain = [t for t in proposal.trades if t.action is Action.SELL and sum(x.gain or 0 for x in t.lots) > 0]
    assert sold_at_gain == []  # a present mix inside its bands gives no reason to pay tax
