"""Whole shares: what may be ordered, what an order does between its knots, and moves that do what was expected."""

from __future__ import annotations

import numpy as np
import pytest

from core.rebalance.curves import Curves, curves
from core.rebalance.engine import wanted_of
from core.rebalance.holdings import build_holdings
from core.rebalance.limits import default_buy_limits
from core.rebalance.moves import Moves
from core.rebalance.plan import never
from core.rebalance.problem import build_problem
from core.rebalance.quantities import Quantities
from core.rebalance.risk_relaxation import relaxation_of
from core.rebalance.rounding import open_pairs
from core.rebalance.support import Support
from core.rebalance.whole_shares import WholeShares
from tests.households import random_household
from tests.rebalance.model_household import model_household

SEEDS = (1, 3, 4, 10, 14, 17)


def every_order(seed: int, *, model: bool = False) -> WholeShares:
    """All orders that a random household leaves open, in units near nothing."""
    household, exposures, target = (
        model_household(seed, limit=0.03, aversion=2.0) if model else random_household(seed, 3, 20, 60)
    )
    problem = build_problem(build_holdings(household, exposures), target)
    support = Support(relaxation_of(problem), np.array(problem.segments.most), default_buy_limits(problem))
    pairs = open_pairs(support)
    plan = WholeShares(
        problem,
        wanted_of(problem, target),
        curves(problem, support.sale_limits, support.must, support.buy_limits, pairs),
    )
    rng = np.random.default_rng(seed)
    sizes = rng.normal(0, 8000, len(pairs)) * (rng.random(len(pairs)) < 0.5)
    plan.place(dict(zip(sorted(pairs), sizes.tolist(), strict=True)))
    return plan


def some_quantities(plan: WholeShares, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Orders in no order, and a quantity each: within the knots, at them and beyond."""
    rng = np.random.default_rng(seed)
    c = plan.curves
    orders = rng.integers(0, len(c), 400)
    knots = c.units[c.first[orders] + rng.integers(0, np.diff(c.first)[orders])]
    return orders, np.where(rng.random(400) < 0.3, np.minimum(knots, 1e6), rng.normal(0, 200, 400))


def table_of(c: Curves, order: int) -> tuple[np.ndarray, np.ndarray]:
    knots = slice(c.first[order], c.first[order + 1])
    return c.units[knots], c.table[:, knots]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_order_runs_straight_from_lot_to_lot(seed: int):
    plan = every_order(seed)
    orders, quantities = some_quantities(plan, seed)
    found = plan.curves.at(orders, quantities)
    for i, (order, quantity) in enumerate(zip(orders, quantities, strict=True)):
        units, table = table_of(plan.curves, order)
        assert np.all(np.diff(units) > 0)
        expected = [np.interp(quantity, units, row) for row in table]
        np.testing.assert_allclose(found[:, i], expected, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_an_order_may_change_to_may_be_ordered(seed: int):
    plan = every_order(seed)
    quantities = Quantities(plan.curves)
    orders = np.arange(len(plan.curves))
    choices = quantities.following(orders, plan.quantity)
    listed = np.isfinite(choices)
    assert listed.any()
    each = np.broadcast_to(orders[:, None], choices.shape)
    assert quantities.legal(each[listed], choices[listed]).all()
    assert (np.abs(choices - plan.quantity[:, None])[listed] > 1e-7).all()
    for row in choices:
        assert np.all(np.diff(row[np.isfinite(row)]) > 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_start_is_legal_or_nothing(seed: int):
    plan = every_order(seed)
    orders = np.arange(len(plan.curves))
    assert (Quantities(plan.curves).legal(orders, plan.quantity) | (plan.quantity == 0)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_may_be_ordered_is_its_own_nearest(seed: int):
    """Purchases too: an exchange may buy with what a sale brings."""
    plan = every_order(seed)
    moves = plan.all_moves()
    assert (moves.quantity > 0).any()
    assert (moves.quantity < 0).any()
    np.testing.assert_allclose(Quantities(plan.curves).nearest(moves.pair, moves.quantity), moves.quantity)


@pytest.mark.parametrize("model", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_move_does_what_was_expected_of_it(seed: int, model: bool):
    plan = every_order(seed, model=model)
    moves = plan.all_moves()
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(moves.pair), 60)
    others = rng.integers(0, len(moves.pair), 60)
    one, other = moves.pick(rows), moves.pick(others)
    apart = np.flatnonzero(
        (one.pair != other.pair) & (plan.curves.security[one.pair] != plan.curves.security[other.pair])
    )
    single, together = plan.values(one), plan.values(one.pick(apart), other.pick(apart))
    before = plan.quantity.copy()

    def taken(*parts: tuple[Moves, int]) -> float:
        for part, m in parts:
            plan.take([(int(part.pair[m]), float(part.quantity[m]))])
        value = plan.value
        plan.take([(int(part.pair[m]), float(before[part.pair[m]])) for part, m in parts])
        return value

    for m in range(len(rows)):
        assert single[0][m] + single[1][m] == pytest.approx(taken((one, m)), rel=1e-9, abs=1e-5)
    for at, m in enumerate(apart):
        assert together[0][at] + together[1][at] == pytest.approx(taken((one, m), (other, m)), rel=1e-9, abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_single_move_improves_an_improved_plan(seed: int):
    plan = every_order(seed)
    for _ in range(20):  # each time a bounded number of moves
        before = plan.quantity.copy()
        plan.improve(never)
        if (plan.quantity == before).all():
            break
    worth, shortage = plan.values(plan.all_moves())
    assert (worth + shortage).min() >= plan.value - 1e-6
