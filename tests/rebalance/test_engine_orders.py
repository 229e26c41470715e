"""The adviser's own orders, and plans of one purpose: kept exactly, judged by the evaluator."""

import random
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest

from core.errors import InputError, NoPlanError
from core.household import SecurityType, Severity
from core.money import to_cents
from core.rebalance.engine import Engine
from core.rebalance.evaluate import evaluate
from core.rebalance.proposal import Action
from core.tax.harvest import harvest_threshold
from core.tilt.target import (
    Destination,
    FixedOrder,
    Flow,
    HoldRange,
    Mode,
    RangeUnit,
    RuleKey,
    Rules,
    Style,
    Target,
    TaxSettings,
    Trading,
)
from tests.households import random_household
from tests.rebalance.small import EXPOSURES, HOUSEHOLD, lot, rules


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
    short = max(household.accounts, key=lambda account: account.market_value)
    household = attrs.evolve(
        household,
        accounts=tuple(
            attrs.evolve(a, cash=a.cash * 0, market_value=a.market_value - a.cash) if a.id == short.id else a
            for a in household.accounts
        ),
    )
    proposal = plan(household, exposures, target)
    assert [f.where for f in proposal.findings if f.code == "reserve_out_of_reach"].count(short.id) == 1
    assert all(t.account != short.id for t in proposal.trades)
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


@pytest.mark.parametrize("seed", range(8))
def test_the_greater_of_the_two_minimums_holds(seed: int):
    household, exposures, _ = random_household(seed, 3, 14, 40, features=())
    target = Target(style=Style(preset="small-value"), trading=Trading(min_trade=100, min_trade_share=0.03))
    proposal = plan(household, exposures, target)
    worth = {a.id: float(a.market_value) for a in household.accounts}
    held = {k: sum(lot.quantity for lot in lots) for k, lots in household.lots_by_position.items()}
    for trade in proposal.trades:
        closes = trade.action is Action.SELL and trade.quantity == held[(trade.account, trade.security)]
        assert closes or float(trade.amount) >= 0.03 * worth[trade.account] - 0.01


@pytest.mark.parametrize("seed", range(6))
def test_small_losses_are_not_harvested(seed: int):
    household, exposures, _ = random_household(seed, 3, 14, 60, features=())
    tax = TaxSettings(harvest_share=0.10, harvest_dollars=150.0)
    target = Target(tax=tax, trading=Trading(mode=Mode.HARVEST, cash_reserve=0.0))
    proposal = plan(household, exposures, target)
    for trade in proposal.trades:
        for part in trade.lots:
            lot = household.lots[part.lot]
            price = household.security_by_id[lot.security].price
            loss = lot.cost_basis - lot.quantity * price
            assert loss >= Decimal("149.99")
            assert loss >= Decimal("0.0999") * lot.cost_basis


def test_a_lot_that_turns_long_soon_is_kept_and_one_that_does_not_is_sold():
    household, exposures, _ = random_household(3, 2, 10, 30, features=(), value=4e5)
    price = {s.id: s.price for s in household.securities}
    soon, later = household.as_of - timedelta(days=350), household.as_of - timedelta(days=60)
    lots = tuple(
        attrs.evolve(
            lot, acquired=soon if i % 2 else later, cost_basis=to_cents(lot.quantity * price[lot.security] * 9 / 10)
        )
        for i, lot in enumerate(household.lots)
    )
    household = attrs.evolve(household, lots=lots)
    tax = TaxSettings(avoid_short_term=False, almost_long_days=30)
    target = Target(style=Style(preset="deep-small-value"), tax=tax, trading=Trading(eagerness=1.0))
    proposal = plan(household, exposures, target)
    taxable = {a.id for a in household.accounts if a.kind.is_taxable}
    sold = [part.acquired for t in proposal.trades if t.account in taxable for part in t.lots]
    assert sold
    assert set(sold) == {later}


def test_a_tax_budget_warns_and_does_not_bind():
    household, exposures, _ = random_household(5, 1, 12, 40, features=(), value=1e6)
    target = Target(
        style=Style(preset="deep-small-value"), tax=TaxSettings(tax_budget=0.0), trading=Trading(eagerness=1.0)
    )
    proposal = plan(household, exposures, target)
    free = plan(household, exposures, attrs.evolve(target, tax=TaxSettings()))
    assert proposal.trades == free.trades
    assert proposal.tax.tax > 0
    assert [f.code for f in proposal.findings].count("tax_budget") == 1


def test_the_threshold_of_a_harvest_falls_through_the_year():
    steps = [harvest_threshold(0.2, date(2026, month, 1), season=True) for month in range(1, 13)]
    assert steps[0] == pytest.approx(0.2)
    assert steps[-1] == pytest.approx(0.05)
    assert steps == sorted(steps, reverse=True)
    assert harvest_threshold(0.2, date(2026, 12, 31), season=True) == pytest.approx(0.05)
    assert harvest_threshold(0.2, date(2026, 7, 1), season=False) == 0.2


@pytest.mark.parametrize("unit", list(RangeUnit))
@pytest.mark.parametrize("seed", range(6))
def test_ranges_to_hold_are_kept(seed: int, unit: RangeUnit):
    """An account's position is brought down to half, another of the household up by half, each in its unit."""
    household, exposures, _ = random_household(seed, 3, 14, 40, features=(), value=1e6)
    sheltered = [a.id for a in household.accounts if not a.kind.is_taxable]
    stocks = {s.id for s in household.securities if s.type in (SecurityType.STOCK, SecurityType.ETF)}
    places = [k for k in household.lots_by_position if k[0] in sheltered and k[1] in stocks]
    account, down = places[0]
    up = next(k[1] for k in household.lots_by_position if k[1] in stocks and k[1] != down)
    held = sum(float(lot.quantity) for lot in household.lots_by_position[(account, down)])
    all_up = sum(float(lot.quantity) for lot in household.lots if lot.security == up)
    price = {s.id: float(s.price or 0) for s in household.securities}
    account_value = float(household.account_by_id[account].market_value)

    def scale(symbol: str, whole: float) -> float:
        return {"units": 1.0, "dollars": price[symbol], "share": price[symbol] / whole}[unit.value]

    rules = Rules(
        ranges=(
            HoldRange(RuleKey(down, account), most=0.5 * held * scale(down, account_value), unit=unit),
            HoldRange(RuleKey(up), least=1.2 * all_up * scale(up, float(household.value)), unit=unit),
        )
    )
    trading = Trading(max_stock=1.0, min_trade=0.0)
    proposal = plan(household, exposures, Target(rules=rules, trading=trading))
    change = dict.fromkeys([(account, down)], 0.0)
    bought = 0.0
    for trade in proposal.trades:
        signed = float(trade.quantity) * (1 if trade.action is Action.BUY else -1)
        if (trade.account, trade.security) == (account, down):
            change[(account, down)] += signed
        if trade.security == up:
            bought += signed
    assert held + change[(account, down)] <= 0.5 * held + 1e-6
    assert all_up + bought >= 1.2 * all_up - 0.01


def test_a_range_nothing_can_reach_is_named():
    household, exposures, _ = random_household(2, 2, 8, 20, features=())
    rules = Rules(ranges=(HoldRange(RuleKey(household.lots[0].security), least=1e9, unit=RangeUnit.DOLLARS),))
    with pytest.raises(NoPlanError) as caught:
        Engine(household, exposures).final(Target(rules=rules))
    assert "ranges" in caught.value.rules


def test_cents_rounded_away_lot_by_lot_are_no_disagreement():
    """120 lots of a bond fund, each with half a cent of gain that a statement rounds away: 14 cents of tax in all."""
    kept = tuple(lot("T", "BD", "100.0625", "1000.63", "1000.62", date(2020, 1, 15)) for _ in range(120))
    household = attrs.evolve(HOUSEHOLD, lots=kept)
    proposal = plan(household, EXPOSURES, rules(sell_all=(RuleKey("BD"),)))
    (sale,) = [t for t in proposal.trades if t.security == "BD"]
    assert len(sale.lots) == 120


def test_a_limit_met_to_the_cent_is_kept_when_amounts_are_rounded_to_cents():
    """Funds in thousandths of a share reach a limit exactly, and rounding their amounts took them past it."""
    case = random_household(158, 4, 21, 59, value=2e6)
    assert case[2].trading.max_turnover < 1
    household, exposures, _ = random_household(87, 3, 20, 150, features=(), value=1e6)
    target = Target(style=Style(preset="small-value"))
    free = evaluate(household, exposures, target, Engine(household, exposures).final(target).trades)
    gains = float(sum((r.gain for r in free.realised if r.taxable and r.gain is not None), Decimal(0)))
    limited = attrs.evolve(target, tax=attrs.evolve(target.tax, gain_limit=gains / 2))
    for *of, asked in (case, (household, exposures, limited)):
        plan = Engine(*of).final(asked)
        assert [str(v) for v in evaluate(*of, asked, plan.trades).violations] == []


def test_gains_that_are_booked_as_nothing_are_none_under_a_limit_of_none():
    """Twelve lots of a money fund, each worth less than half a cent more than it cost, have to pay a withdrawal."""
    fund = attrs.evolve(HOUSEHOLD.securities[3], id="MM", symbol="MM", type=SecurityType.MONEY_MARKET, price=Decimal(1))
    lots = tuple(lot("T", "MM", "100.004", "100.00", "100.00", date(2024, 1, day)) for day in range(1, 13))
    household = attrs.evolve(HOUSEHOLD, securities=(*HOUSEHOLD.securities, fund), lots=(*HOUSEHOLD.lots, *lots))
    exposures = {**EXPOSURES, "MM": attrs.evolve(EXPOSURES["BD"], symbol="MM", type=SecurityType.MONEY_MARKET)}
    target = rules(no_sell=tuple(RuleKey(security.id) for security in HOUSEHOLD.securities))
    target = attrs.evolve(
        target, tax=attrs.evolve(target.tax, gain_limit=0.0), flows=(Flow(account="T", amount=-1000.0),)
    )
    plan = Engine(household, exposures).final(target)
    judged = evaluate(household, exposures, target, plan.trades)
    assert [str(v) for v in judged.violations] == []
    assert sum((r.gain for r in judged.realised if r.gain is not None), Decimal(0)) <= Decimal("0.01")
