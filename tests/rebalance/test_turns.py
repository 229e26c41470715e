"""Turns of either-or rules: none that wins is passed over, and exits are among them."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from core.rebalance import exclusions
from core.rebalance.engine import wanted_of
from core.rebalance.exclusions import at_a_loss, settle_exclusions
from core.rebalance.holdings import build_holdings
from core.rebalance.limits import default_buy_limits
from core.rebalance.problem import build_problem
from core.rebalance.relaxation import Relaxation, Relaxed
from core.rebalance.support import Support
from core.rebalance.turns import close_sales, turn_sides, turns_of
from core.tilt.target import Style, Target
from tests.households import random_household

SEEDS = range(12)


def root_support(seed: int, accounts: int, securities: int, target: Target) -> Support | None:
    """What a household may trade before any either-or rule is settled; None where no plan satisfies the rules."""
    household, exposures, _ = random_household(seed, accounts, securities, 40, features=("recent_lots",))
    problem = build_problem(build_holdings(household, exposures), target)
    relaxation = Relaxation(problem)
    relaxation.aim(wanted_of(problem, target))
    if not relaxation.admit_what_must_be_sold() or relaxation.solve() is None:
        return None
    return Support(relaxation, relaxation.sale_limits, default_buy_limits(problem))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_turn_that_wins_is_passed_over(seed: int):
    root = root_support(seed, 2, 14, Target(style=Style(preset="small-value")))
    first = None if root is None else root.solve()
    settled = None if root is None or first is None else settle_exclusions(root, first)
    if root is None or settled is None:
        pytest.skip("no plan satisfies the rules")
    problem = root.problem
    losses = at_a_loss(problem)
    # Half of what could be bought is closed, so that there is something to win.
    support = settled.support.copy()
    support.buy_limits[::2] = 0.0
    here = support.solve()
    assert here is not None
    every = np.ones(len(problem.segments.most) + len(problem.purchases.account), dtype=bool)
    costs = root.relaxation.reduced_costs()

    def winners(wanted: np.ndarray) -> list[float]:
        found = [turn().solve() for _, turn in turns_of(root, support, losses, wanted)]
        return sorted(round(f.objective, 2) for f in found if f is not None and f.objective < here.objective - 0.01)

    assert winners(costs < -1e-7) == winners(every)


def test_turning_takes_an_exit_that_pays():
    """A loss that recent purchases wash is taken where those are sold whole with it, and not otherwise."""
    target = Target(style=Style(preset="small-value"))
    # Tax so dear that most losses are worth their exit.
    target = attrs.evolve(target, tax=attrs.evolve(target.tax, short=0.9, long=0.9))
    taken = 0
    for seed in range(60):
        root = root_support(seed, 1, 10, target)
        if root is None or not root.problem.exits:
            continue
        exits, most = root.problem.exits, root.problem.segments.most

        def kept(support: Support, found: Relaxed, exits=exits, most=most) -> bool:
            """Whether no loss of an exit is sold but with all recent purchases forced out."""
            return all(
                (found.sold[way_out.losses] <= 1e-4).all()
                or (support.sale_floors[way_out.recent] >= most[way_out.recent]).all()
                for way_out in exits
            )

        closed = root.copy()
        for way_out in exits:
            close_sales(closed, way_out.losses)
        before = closed.solve()
        assert before is not None
        support, after = turn_sides(root, closed, before, at_a_loss(root.problem), kept)
        assert after.objective <= before.objective + 1e-6
        assert kept(support, after)
        taken += sum(bool((after.sold[way_out.losses] > 1.0).any()) for way_out in exits)
    assert taken >= 3


def one_after_the_other(support: Support, relaxed: Relaxed) -> float | None:
    """What the cheaper way out of every conflict comes to, each solved both ways."""
    while True:
        branches = exclusions._branches(support, relaxed)
        if branches is None:
            return relaxed.objective
        ways = [(branch, solved) for branch in branches if (solved := branch.solve()) is not None]
        if not ways:
            return None
        support, relaxed = min(ways, key=lambda way: way[1].objective)


def test_conflicts_left_together_are_settled_as_well_as_one_after_the_other():
    worse = total = 0.0
    for seed in range(40):
        root = root_support(seed, 4, 25, Target(style=Style(preset="small-value")))
        first = None if root is None else root.solve()
        if root is None or first is None:
            continue
        plain = one_after_the_other(root, first)
        settled = exclusions._dive(root, first, first.objective)
        assert (plain is None) == (settled is None)
        if plain is None or settled is None:
            continue
        assert exclusions._branches(settled.support, settled.relaxed) is None
        again = settled.support.solve()
        assert again is not None
        assert again.objective == pytest.approx(settled.relaxed.objective, abs=1e-3)
        assert settled.relaxed.objective >= first.objective - 1e-6
        worse += settled.relaxed.objective - plain
        total += plain - first.objective
    assert total > 1000.0
    assert worse < 0.01 * total
