"""The thorough plan: never worse than the quick one, within every rule, the same every time."""

from __future__ import annotations

import os
import random

import pytest

from core.errors import NoPlanError
from core.household import Severity
from core.rebalance.engine import Engine
from core.rebalance.evaluate import evaluate
from core.tilt.target import Style, Target
from tests.households import random_household

TARGET = Target(style=Style(preset="small-value"))
#: A third of the households of test_engine_properties.py, larger ones.
FIRST, COUNT = int(os.environ.get("TRIMTAB_FIRST_HOUSEHOLD", "0")), int(os.environ.get("TRIMTAB_HOUSEHOLDS", "30")) // 3


@pytest.mark.parametrize("seed", range(4))
def test_thorough_plans_are_at_least_as_good_and_keep_every_rule(seed: int):
    household, exposures, _ = random_household(seed, 3, 30, 150, features=(), value=1e6)
    engine = Engine(household, exposures)
    quick = engine.final(TARGET)
    thorough = engine.final(TARGET, thorough=True)
    assert thorough.objective.plan <= quick.objective.plan + 1e-9
    assert thorough.objective.lower_bound <= thorough.objective.plan
    assert [str(v) for v in evaluate(household, exposures, TARGET, thorough.trades).violations] == []
    again = Engine(household, exposures).final(TARGET, thorough=True)
    assert again.trades == thorough.trades


def test_thorough_plans_win_something_somewhere():
    won = 0.0
    for seed in range(3):
        household, exposures, _ = random_household(seed, 5, 40, 200, features=(), value=2e6)
        engine = Engine(household, exposures)
        won += engine.final(TARGET).objective.plan - engine.final(TARGET, thorough=True).objective.plan
    assert won > 0.01


def test_a_cancelled_thorough_plan_is_the_quick_one():
    household, exposures, _ = random_household(1, 3, 30, 150, features=(), value=1e6)
    engine = Engine(household, exposures)
    cancelled = engine.final(TARGET, thorough=True, cancelled=lambda: True)
    assert [str(v) for v in evaluate(household, exposures, TARGET, cancelled.trades).violations] == []


@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
def test_thorough_plans_of_any_household_keep_every_rule(seed: int):
    rng = random.Random(seed * 11 + 5)
    case = random_household(seed, rng.randint(3, 6), rng.randint(18, 40), rng.randint(40, 200), value=2e6)
    household, exposures, target = case
    engine = Engine(household, exposures)
    try:
        quick = engine.final(target)
    except NoPlanError:
        pytest.skip("no plan satisfies the rules")
    thorough = engine.final(target, thorough=True)
    assert [str(v) for v in evaluate(*case, thorough.trades).violations] == []
    assert [f.message for f in thorough.findings if f.severity is Severity.ERROR] == []
    assert thorough.objective.lower_bound <= thorough.objective.plan + 1e-6
    assert thorough.objective.plan <= quick.objective.plan + 0.005  # cents of orders are not in the search
    assert evaluate(*case, thorough.trades).objective == pytest.approx(thorough.objective.plan, abs=0.005)
