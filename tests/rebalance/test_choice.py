"""Choices of orders before whole shares, and the sizes of a choice in whole shares."""

from __future__ import annotations

import pytest

from core.rebalance.choice import Choices
from core.rebalance.engine import Engine, wanted_of
from core.rebalance.exact import settle_sizes
from core.rebalance.limits import default_buy_limits
from core.rebalance.support import Support, trade_sizes
from core.tilt.target import Style, Target
from tests.households import random_household

TARGET = Target(style=Style(preset="small-value"))
NONE = float("inf")


@pytest.fixture(params=range(3))
def model(request):
    household, exposures, _ = random_household(request.param, 3, 20, 80, features=(), value=1e6)
    engine = Engine(household, exposures)
    engine.live(TARGET)
    relaxation = engine._relaxed_model(TARGET)
    wanted = wanted_of(relaxation.problem, TARGET)
    return Support(relaxation, relaxation.sale_limits, default_buy_limits(relaxation.problem)), wanted


def test_each_choice_differs_from_those_before(model):
    whole, wanted = model
    choices = Choices(whole, wanted, None)
    seen = []
    for _ in range(3):
        found = choices.next(NONE)
        assert found.plan is not None
        sides = {(pair, size > 0) for pair, size in trade_sizes(whole.problem, found.plan).items()}
        assert all(len(before - sides) >= 2 for before in seen)
        seen.append(sides)


def test_no_choice_is_dearer_than_asked_for(model):
    whole, wanted = model
    first = Choices(whole, wanted, None).next(NONE)
    assert first.plan is not None
    cutoff = first.plan.objective - 0.5
    cheaper = Choices(whole, wanted, None).next(cutoff)
    assert cheaper.plan is None or cheaper.plan.objective < cutoff


def test_choices_among_the_securities_of_a_plan_trade_no_others(model):
    whole, wanted = model
    found = Choices(whole, wanted, None).next(NONE)
    assert found.plan is not None
    plan = trade_sizes(whole.problem, found.plan)
    sides = {(security, size > 0) for (_, security), size in plan.items()}
    again = Choices(whole, wanted, [plan]).next(NONE)
    assert again.plan is not None
    assert {(s, size > 0) for (_, s), size in trade_sizes(whole.problem, again.plan).items()} <= sides


def test_sizes_of_a_choice_are_whole_shares_of_its_orders(model):
    whole, wanted = model
    problem = whole.problem
    found = Choices(whole, wanted, None).next(NONE)
    assert found.plan is not None
    orders = trade_sizes(problem, found.plan)
    sized = settle_sizes(problem, wanted, whole.sale_limits, orders, NONE, 50)
    assert sized.plan is not None
    assert sized.plan.objective >= found.lower_bound - 0.01
    sizes = trade_sizes(problem, sized.plan)
    assert set(sizes) == set(orders)
    held = problem.holdings.position_units()
    for (account, security), dollars in sizes.items():
        assert dollars * orders[account, security] > 0
        units = abs(dollars) / float(problem.holdings.unit_price[security])
        closes = dollars < 0 and abs(units - held[account, security]) < 1e-4
        assert problem.steps[security] < 1 or closes or abs(units - round(units)) < 1e-4


def test_loose_orders_may_be_left_out(model):
    whole, wanted = model
    found = Choices(whole, wanted, None).next(NONE)
    assert found.plan is not None
    orders = trade_sizes(whole.problem, found.plan)
    kept = max(orders, key=lambda pair: abs(orders[pair]))
    loose = settle_sizes(whole.problem, wanted, whole.sale_limits, orders, NONE, 50, loose=set(orders) - {kept})
    assert loose.plan is not None
    assert kept in trade_sizes(whole.problem, loose.plan)
