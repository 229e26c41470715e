"""The engine on random households of three sizes: a drag across the pad live, then the final plan."""

from __future__ import annotations

import gc
import math

import attrs

from core.rebalance.engine import Engine
from core.tilt.target import Style, Target
from tests.bench.report import Row, milliseconds, row
from tests.households import random_household

#: case: accounts, securities, lots, features, goals in ms (first live, live p95, final), closed
CASES = {
    "small": (1, 30, 60, (15, 2, 50, 0.998)),
    "typical": (5, 60, 500, (40, 8, 200, 0.99)),
    "large": (3, 500, 5_000, (400, 50, 2_000, 0.99)),
}
_DRAG = 120


def drag_path(target: Target) -> list[Target]:
    """A hand's way from the market toward small value, with the wobble of a hand; one target a mouse move."""
    steps = []
    for i in range(_DRAG):
        t = i / (_DRAG - 1)
        size = 0.6 - 0.9 * t + 0.03 * math.sin(11 * t)
        value = 0.5 * t + 0.03 * math.cos(7 * t)
        steps.append(attrs.evolve(target, style=Style(size=size, value=value)))
    return steps


def engine_rows(seeds: int) -> list[Row]:
    rows = []
    for case, (accounts, securities, lots, goals) in CASES.items():
        first, live, final, closed, nothing = [], [], [], [], []
        for seed in range(seeds):
            household, exposures, _ = random_household(seed, accounts, securities, lots, features=(), value=2e6)
            target = Target(style=Style(preset="small-value"))
            gc.collect()
            engine = Engine(household, exposures)
            first.append(milliseconds(lambda e=engine, h=household, x=exposures, t=target: Engine(h, x).live(t)))
            engine.live(target)
            live += [milliseconds(lambda e=engine, t=step: e.live(t)) for step in drag_path(target)]
            final.append(milliseconds(lambda e=engine, t=target: e.final(t)))
            proposal = engine.final(target)
            closed.append(proposal.objective.closed)
            nothing.append(len(proposal.trades))
        rows += [
            row("engine", case, "first live plan", "ms", first, goal=goals[0], goal_of="median"),
            row("engine", case, "live re-solve", "ms", live, goal=goals[1]),
            row("engine", case, "final plan", "ms", final, goal=goals[2], goal_of="median"),
            row("engine", case, "gap closed", "share", closed, goal=goals[3], goal_of="median", at_least=True),
            row("engine", case, "trades", "orders", nothing),
        ]
    return rows
