"""Plans one household and prints its trades: ``python -m tests.rebalance.plan_once KIND SEED SHUFFLE THREADS``.

Run as a process of its own by the tests of determinism. SHUFFLE 0 keeps the order of accounts, securities and lots.
"""

from __future__ import annotations

import json
import random
import sys

import attrs
import highspy

from core.errors import NoPlanError
from core.rebalance.engine import Engine
from tests.households import Case, random_household
from tests.rebalance.model_household import model_household


def case_of(kind: str, seed: int) -> Case:
    if kind == "risk":
        return model_household(seed, 10, 30, limit=None, aversion=5.0)
    if kind == "limit":
        return model_household(seed, 10, 30, limit=0.04, aversion=0.0)
    return random_household(seed, 3, 20, 60, features=("recent_lots", "fractional_lots", "rules"))


def shuffled(case: Case, seed: int) -> Case:
    household, exposures, target = case
    rng = random.Random(seed)

    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(rng.sample(items, len(items)))

    moved = attrs.evolve(
        household,
        accounts=mixed(household.accounts),
        securities=mixed(household.securities),
        lots=mixed(household.lots),
    )
    return moved, {s: exposures[s] for s in mixed(tuple(exposures))}, target


def trades_of(case: Case) -> list[object]:
    household, exposures, target = case
    engine = Engine(household, exposures)
    try:
        proposal = engine.final(target)
    except NoPlanError as error:
        return ["no plan", *error.rules]
    return sorted(
        [
            trade.account,
            trade.security,
            trade.action.value,
            str(trade.quantity),
            str(trade.amount),
            sorted([str(lot.acquired), str(lot.quantity), str(lot.cost_basis)] for lot in trade.lots),
        ]
        for trade in proposal.trades
    )


def use_threads(count: int) -> None:
    """Give every HiGHS model ``count`` threads, whatever the engine asks for."""
    set_option = highspy.Highs.setOptionValue

    def counted(self: highspy.Highs, name: str, value: object) -> object:
        return set_option(self, name, count if name == "threads" else value)

    highspy.Highs.setOptionValue = counted


def main(kind: str, seed: str, shuffle: str, threads: str) -> None:
    use_threads(int(threads))
    case = case_of(kind, int(seed))
    if int(shuffle):
        case = shuffled(case, int(shuffle))
    print(json.dumps(trades_of(case)))


if __name__ == "__main__":
    main(*sys.argv[1:])
