"""The search for which orders to place: what a choice costs, that the best is found, that rules are kept."""

from __future__ import annotations

import itertools
import threading

import pytest

from core.rebalance.engine import Engine, wanted_of
from core.rebalance.exclusions import one_sided
from core.rebalance.limits import default_buy_limits
from core.rebalance.order_search import OrderChoice, OrderSearch, merged
from core.rebalance.side_by_side import side_by_side
from core.rebalance.support import Support, trade_sizes
from core.tilt.target import Style, Target, Trading
from tests.households import random_household

TARGET = Target(style=Style(preset="small-value"), trading=Trading(ticket=10.0))


def never() -> bool:
    return False


def model(seed: int, accounts: int, securities: int, lots: int):
    """A support without conflicts, what is wanted, and the orders of the relaxation within it."""
    household, exposures, _ = random_household(seed, accounts, securities, lots, features=(), value=1e6)
    engine = Engine(household, exposures)
    engine.live(TARGET)
    relaxation = engine._relaxed_model(TARGET)
    whole = Support(relaxation, relaxation.sale_limits, default_buy_limits(relaxation.problem))
    first = whole.solve()
    assert first is not None
    sided = one_sided(whole, first)
    relaxed = sided.solve()
    assert relaxed is not None
    return sided, wanted_of(relaxation.problem, TARGET), trade_sizes(relaxation.problem, relaxed)


def cost_of(support: Support, orders) -> float | None:
    """What orders cost without whole shares: the optimum with all others closed, and a ticket each that is placed."""
    alone = support.copy()
    alone.keep(orders)
    alone.relaxation.forget()
    solved = alone.solve()
    if solved is None:
        return None
    placed = trade_sizes(support.problem, solved)
    return solved.objective + support.problem.target.trading.order_price * len(placed)


@pytest.mark.parametrize("seed", range(4))
def test_choices_cost_what_their_orders_cost_and_come_cheapest_first(seed: int):
    support, wanted, start = model(seed, 4, 25, 100)
    found = OrderSearch(support, wanted, [start]).choices(start, never)
    costs = [choice.cost for choice in found]
    assert costs == sorted(costs) or max(a - b for a, b in itertools.pairwise(costs)) < 0.011  # to the cent
    began = cost_of(support, start)
    assert began is not None
    assert costs[0] <= began + 1e-6
    for choice in found[:5]:
        again = cost_of(support, choice.orders)
        assert again is not None
        assert again <= choice.cost + 0.01
        pairs = list(choice.orders)
        assert len(set(pairs)) == len(pairs)
        assert {(s, size > 0) for (_, s), size in choice.orders.items()} <= {
            (s, size > 0) for (_, s), size in start.items()
        }


def test_it_wins_over_the_relaxations_orders_somewhere():
    won = 0.0
    for seed in range(4):
        support, wanted, start = model(seed, 4, 25, 100)
        began = cost_of(support, start)
        assert began is not None
        won += began - OrderSearch(support, wanted, [start]).choices(start, never)[0].cost
    assert won > 5.0


@pytest.mark.parametrize("seed", range(6))
def test_the_best_choice_is_that_of_trying_every_set_of_orders(seed: int):
    support, wanted, start = model(seed, 2, 6, 12)
    search = OrderSearch(support, wanted, [start])
    pairs = zip(search._account.tolist(), search._security.tolist(), search._sells.tolist(), strict=True)
    every = [((a, s), -1.0 if sells else 1.0) for a, s, sells in pairs]
    if len(every) > 10:
        every = [(pair, side) for pair, side in every if start.get(pair, 0.0) * side > 0]
    assert 1 < len(every) <= 10, "few enough to try every set"
    costs = []
    for kept in itertools.product((False, True), repeat=len(every)):
        orders = {pair: side for keep, (pair, side) in zip(kept, every, strict=True) if keep}
        cost = cost_of(support, orders)
        if cost is not None:
            costs.append(cost)
    best = search.choices(start, never)[0].cost
    assert best <= min(costs) + 0.01


def test_forced_sales_are_in_every_choice():
    support, wanted, start = model(1, 3, 20, 80)
    account, security = next(pair for pair, size in start.items() if size < 0)
    support.must[support.sales_of((account, security))] = (
        0.5 * support.sale_limits[support.sales_of((account, security))]
    )
    found = OrderSearch(support, wanted, [start]).choices(start, never)
    assert found
    assert all(choice.orders[account, security] < 0 for choice in found)


def test_cancelled_at_once_it_has_orders_of_those_it_began_with():
    support, wanted, start = model(2, 4, 25, 100)
    search = OrderSearch(support, wanted, [start])
    found = search.choices(start, lambda: True)
    assert len(found) == 1
    assert set(found[0].orders) <= set(start)
    assert search.solves == 1


def test_a_search_beside_another_finds_the_same():
    support, wanted, start = model(3, 4, 25, 100)

    def search() -> list[tuple[float, list]]:
        found = OrderSearch(support, wanted, [start]).choices(start, never)
        return [(choice.cost, sorted(choice.orders.items())) for choice in found]

    alone = search()
    assert side_by_side(search, search) == (alone, alone)


def test_choices_are_merged_once_each():
    one, other = OrderChoice(2.0, {(0, 1): 5.0}), OrderChoice(1.0, {(0, 1): -5.0})
    assert merged([one, other], [OrderChoice(2.0, {(0, 1): 6.0})])[0] is other
    assert [choice.cost for choice in merged([one, other], [one])] == [1.0, 2.0]


def test_side_by_side_runs_both_at_once_and_passes_errors_on():
    ready = threading.Barrier(2, timeout=20)
    assert side_by_side(ready.wait, ready.wait) in ((0, 1), (1, 0))
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda: 1, lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda: 1 // 0, lambda: 1)
