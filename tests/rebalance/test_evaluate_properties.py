"""What must hold of the evaluator on any household and any orders, sensible or not."""

from __future__ import annotations

import random
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.household import Household
from core.money import ZERO
from core.rebalance.apply import apply_trades
from core.rebalance.evaluate import evaluate
from core.rebalance.proposal import Action, Trade
from tests.households import Case, households
from tests.orders import buy, random_trades, sell
from tests.rebalance.small import HOUSEHOLD, SV_IRA

SEEDS = st.integers(0, 2**32 - 1)


@given(households())
def test_no_trades_is_doing_nothing(case: Case):
    household, exposures, target = case
    result = evaluate(household, exposures, target, [])
    assert result.objective == result.do_nothing
    assert result.misfit_before == result.misfit_after
    assert result.turnover == 0
    assert result.tax.tax == result.costs.spread == result.costs.tickets == 0
    allowed = {"cash_reserve", "sell_all", "sectors"}  # what doing nothing can break
    assert {violation.rule for violation in result.violations} <= allowed


@given(households(), SEEDS)
def test_cash_and_value_are_conserved(case: Case, seed: int):
    household, exposures, target = case
    trades = random_trades(seed, household)
    result = evaluate(household, exposures, target, trades)
    flows = sum((Decimal(str(flow.amount)) for flow in target.flows), ZERO)
    moved = sum((t.amount if t.action is Action.SELL else -t.amount for t in trades), ZERO)
    before, after = (sum(s.cash.values(), ZERO) for s in (result.before, result.after))
    assert after == before + moved + flows - result.costs.tickets
    # Files round market values: half a cent for each lot sold and each order, and the generator's own three cents.
    parts = sum(len(t.lots) for t in trades)
    slack = Decimal("0.04") * parts + Decimal("0.01") * len(trades) + Decimal("0.02")
    assert abs(result.after.value - (result.before.value + flows - result.costs.tickets)) <= slack
    assert result.target.value == result.before.value + flows
    for snapshot in (result.before, result.target, result.after):
        if snapshot.value > 0:
            assert sum(snapshot.mix.values()) == pytest.approx(1)
        assert sum(snapshot.style_box) == pytest.approx(1) or set(snapshot.style_box) == {0.0}
        assert sum(snapshot.sectors.values()) == pytest.approx(1) or set(snapshot.sectors.values()) == {0.0}


@given(households(), SEEDS)
def test_gains_add_up(case: Case, seed: int):
    household, exposures, target = case
    trades = random_trades(seed, household)
    result = evaluate(household, exposures, target, trades)
    kinds = household.account_by_id
    stated = [p.gain for t in trades if kinds[t.account].kind.is_taxable for p in t.lots if p.gain is not None]
    tax = result.tax
    assert tax.short_gain + tax.long_gain == sum(stated, ZERO) + tax.disallowed_loss
    assert ZERO <= tax.disallowed_loss <= -sum((g for g in stated if g < 0), ZERO)
    assert sum((match.disallowed for match in result.washes), ZERO) == tax.disallowed_loss
    assert not {v.rule for v in result.violations} & {"oversell", "amount", "lots", "cash_conservation"}


def shuffled(household: Household, trades: list[Trade], seed: int) -> tuple[Household, list[Trade]]:
    """The same household and orders with accounts, securities, lots and orders in another order."""
    rng = random.Random(seed)

    def mixed(items):
        return tuple(rng.sample(items, len(items)))

    order = rng.sample(range(len(household.lots)), len(household.lots))
    place = {old: new for new, old in enumerate(order)}
    other = attrs.evolve(
        household,
        accounts=mixed(household.accounts),
        securities=mixed(household.securities),
        lots=tuple(household.lots[i] for i in order),
    )
    moved = [
        attrs.evolve(t, lots=mixed(tuple(attrs.evolve(part, lot=place[part.lot]) for part in t.lots))) for t in trades
    ]
    return other, rng.sample(moved, len(moved))


@given(households(), SEEDS)
def test_the_order_of_files_changes_nothing(case: Case, seed: int):
    household, exposures, target = case
    trades = random_trades(seed, household)
    one = evaluate(household, exposures, target, trades)
    two = evaluate(*_with(shuffled(household, trades, seed), exposures, target))
    assert two.tax == one.tax
    assert two.costs == one.costs
    assert two.objective == pytest.approx(one.objective, rel=1e-12, abs=1e-9)
    assert two.do_nothing == pytest.approx(one.do_nothing, rel=1e-12, abs=1e-9)
    assert two.misfit_after == pytest.approx(one.misfit_after, rel=1e-12, abs=1e-12)
    assert two.after.cash == one.after.cash
    assert sorted(map(str, two.violations)) == sorted(map(str, one.violations))
    key = attrs.asdict
    assert sorted(str(key(attrs.evolve(r, lot=0))) for r in two.reluctant) == sorted(
        str(key(attrs.evolve(r, lot=0))) for r in one.reluctant
    )


def _with(case: tuple[Household, list[Trade]], exposures, target):
    return case[0], exposures, target, case[1]


@given(households(), SEEDS)
def test_booked_trades_are_the_household_after(case: Case, seed: int):
    household, exposures, target = case
    trades = random_trades(seed, household)
    result = evaluate(household, exposures, target, trades)
    booked = apply_trades(household, trades, target.flows, target.trading.ticket)
    assert {a.id: a.cash for a in booked.accounts} == result.after.cash
    assert abs(booked.value - result.after.value) <= Decimal("0.01") * (len(household.lots) + 1)
    for account in booked.accounts:
        worth = sum((lot.market_value for lot in booked.lots if lot.account == account.id), ZERO)
        assert account.market_value == worth + account.cash + account.pending
    bases = [lot.cost_basis for lot in household.lots]
    sold = sum((p.cost_basis for t in trades for p in t.lots if p.cost_basis is not None), ZERO)
    bought = sum((t.amount for t in trades if t.action is Action.BUY), ZERO)
    left = sum((lot.cost_basis for lot in booked.lots if lot.cost_basis is not None), ZERO)
    assert left == sum((b for b in bases if b is not None), ZERO) - sold + bought
    again = evaluate(booked, exposures, attrs.evolve(target, flows=()), [])
    assert again.before.mix == pytest.approx(result.after.mix, abs=1e-4)
    assert again.before.style_box == pytest.approx(result.after.style_box, abs=1e-4)


def test_booking_refuses_what_is_not_there():
    with pytest.raises(ValueError, match="41 units sold of a lot of 40"):
        apply_trades(HOUSEHOLD, [sell(HOUSEHOLD, {SV_IRA: 41})], ())
    with pytest.raises(ValueError, match="not in the household"):
        apply_trades(HOUSEHOLD, [attrs.evolve(buy(HOUSEHOLD, "T", "SV", 1), account="X")], ())
