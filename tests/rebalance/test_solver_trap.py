"""HiGHS can call a wrong answer optimal where a whole-share variable has a fractional bound that is its switch's big-M.

Toy problems of that shape, floored, against every answer there is and against CBC (without the floors HiGHS 1.15 gets
157 of 200 of them wrong); and the engine's own program against CBC, with its bounds looked at one by one.
"""

from __future__ import annotations

import itertools
import math

import attrs
import highspy
import numpy as np
import pytest

from core.errors import NoPlanError
from core.rebalance.engine import wanted_of
from core.rebalance.holdings import build_holdings
from core.rebalance.limits import default_buy_limits
from core.rebalance.problem import build_problem
from core.rebalance.program import Program
from core.rebalance.relaxation import Relaxation
from core.tilt.target import Trading
from tests.households import random_household
from tests.rebalance.cbc import cbc_optimum

TOYS = range(40)
HOUSEHOLDS = range(12)


@attrs.frozen(eq=False)
class Toy:
    """Shares of a few stocks to buy: a price, a goal in dollars and a ticket each, cash for all, a least order."""

    price: np.ndarray
    goal: np.ndarray
    ticket: np.ndarray
    cash: float
    least: float

    @classmethod
    def of(cls, seed: int) -> Toy:
        rng = np.random.default_rng(seed)
        count = int(rng.integers(2, 5))
        price = rng.uniform(90, 400, count).round(2)
        goal = rng.uniform(0, 2500, count).round(2)
        return cls(price, goal, rng.uniform(0, 120, count).round(2), round(float(rng.uniform(800, 2600)), 2), 300.0)

    def most(self, i: int) -> float:
        """Shares the cash can pay: a fraction, before it is floored."""
        return self.cash / float(self.price[i])

    def cost(self, shares: tuple[int, ...]) -> float:
        """Dollars away from the goals, and tickets; infinite where an order or the cash is out of bounds."""
        dollars = np.array(shares) * self.price
        if dollars.sum() > self.cash + 1e-9 or ((dollars > 0) & (dollars < self.least)).any():
            return math.inf
        return float(np.abs(dollars - self.goal).sum() + self.ticket[dollars > 0].sum())

    def best(self) -> float:
        """The least cost of every choice of whole shares."""
        ranges = [range(math.floor(self.most(i)) + 1) for i in range(len(self.price))]
        return min(self.cost(shares) for shares in itertools.product(*ranges))

    def model(self) -> highspy.Highs:
        """The program: shares and switches floored, as the engine's are."""
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        model.setOptionValue("mip_rel_gap", 0.0)
        count = len(self.price)
        infinite = highspy.kHighsInf
        for i in range(count):
            for column, (high, cost) in enumerate(
                [(math.floor(self.most(i)), 0.0), (1.0, self.ticket[i]), (infinite, 1.0), (infinite, 1.0)]
            ):
                model.addVar(0.0, high)
                model.changeColCost(4 * i + column, float(cost))
                if column < 2:
                    model.changeColIntegrality(4 * i + column, highspy.HighsVarType.kInteger)
            shares, switch, under, over = (4 * i + column for column in range(4))
            price, most = float(self.price[i]), float(math.floor(self.most(i)))
            model.addRow(-infinite, 0.0, 2, [shares, switch], [1.0, -most])
            model.addRow(0.0, infinite, 2, [shares, switch], [price, -self.least])
            goal = float(self.goal[i])
            model.addRow(goal, goal, 3, [shares, under, over], [price, 1.0, -1.0])
        columns = [4 * i for i in range(count)]
        model.addRow(-infinite, self.cash, count, columns, [float(p) for p in self.price])
        return model


@pytest.mark.parametrize("seed", TOYS)
def test_floored_toys_agree_with_every_answer_and_with_cbc(seed: int):
    toy = Toy.of(seed)
    model = toy.model()
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    found = model.getInfo().objective_function_value
    assert found == pytest.approx(toy.best(), abs=1e-4)
    assert cbc_optimum(toy.model()) == pytest.approx(toy.best(), abs=1e-4)


def program_of(seed: int) -> Program | None:
    """The engine's program of a small random household; None where no plan satisfies the rules."""
    household, exposures, target = random_household(
        seed, accounts=2, securities=6, lots=12, features=("recent_lots", "fractional_lots"), value=6e4
    )
    target = attrs.evolve(target, trading=Trading(eagerness=0.1, max_stock=1.0, ticket=2.0, min_trade=400.0))
    try:
        problem = build_problem(build_holdings(household, exposures), target)
    except NoPlanError:
        return None
    relaxation = Relaxation(problem)
    wanted = wanted_of(problem, target)
    relaxation.aim(wanted)
    if not relaxation.admit_what_must_be_sold():
        return None
    return Program(problem, wanted, relaxation.sale_limits, default_buy_limits(problem))


@pytest.mark.parametrize("seed", HOUSEHOLDS)
def test_every_whole_number_bound_of_the_engines_program_is_whole(seed: int):
    program = program_of(seed)
    if program is None:
        pytest.skip("no plan satisfies the rules")
    lp = program.model.getLp()
    whole = [i for i, kind in enumerate(lp.integrality_) if kind == highspy.HighsVarType.kInteger]
    assert whole
    upper = np.array(lp.col_upper_)[whole]
    assert (np.abs(upper - np.round(upper)) == 0).all()
    # A purchase's big-M is whole shares too: what its switch allows is as many shares as its count may reach.
    price = program.problem.holdings.unit_price
    steps = program.problem.steps
    matrix = lp.a_matrix_
    start, index, value = (np.array(x) for x in (matrix.start_, matrix.index_, matrix.value_))
    by_row = matrix.format_ == highspy.MatrixFormat.kRowwise
    major = np.repeat(np.arange(len(start) - 1), np.diff(start))
    row, column = (major, index) if by_row else (index, major)
    for (_, security), switch in program.buying.items():
        if steps[security] < 1:
            continue
        upper_rows = [r for r in row[column == switch] if lp.row_upper_[r] == 0.0 and lp.row_lower_[r] < -1e20]
        for r in upper_rows:
            most = -float(value[(row == r) & (column == switch)][0])
            shares = most / float(price[security]) / float(steps[security])
            if most > 1.5:  # rows between switches have a coefficient of one
                assert shares == pytest.approx(round(shares), abs=1e-6)


@pytest.mark.parametrize("seed", HOUSEHOLDS)
def test_the_engines_program_agrees_with_cbc(seed: int):
    program = program_of(seed)
    if program is None:
        pytest.skip("no plan satisfies the rules")
    again = program_of(seed)
    assert again is not None
    found = program.solve(None, None, highspy.kHighsInf, None)
    expected = cbc_optimum(again.model)
    if found.plan is None:
        assert expected is None
        return
    assert expected == pytest.approx(found.plan.objective, abs=0.02, rel=1e-6)
    assert found.lower_bound == pytest.approx(found.plan.objective, abs=0.02, rel=1e-6)


@pytest.mark.parametrize("seed", HOUSEHOLDS)
def test_below_a_cutoff_there_are_better_plans_or_a_bound(seed: int):
    """A cutoff under the best plan's objective leaves none, and no bound goes beyond that plan."""
    best = None if program_of(seed) is None else program_of(seed).solve(None, None, highspy.kHighsInf, None)
    if best is None or best.plan is None:
        pytest.skip("no plan satisfies the rules")
    for above in (1.0, -0.5, -100.0):
        cutoff = best.plan.objective + above
        found = program_of(seed).solve(None, None, cutoff, None)
        assert (found.plan is not None) == (above > 0)
        assert found.plan is None or found.plan.objective == pytest.approx(best.plan.objective, abs=0.02)
        assert found.lower_bound <= min(best.plan.objective + 0.02, cutoff)
        assert found.lower_bound >= min(best.plan.objective, cutoff) - 0.02
