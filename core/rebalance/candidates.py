"""Candidates: what may be bought, ranked for each cell; and what may be bought in the place of a security.

Present holdings come first: a security more is one more to watch, and a household's plan should not grow a zoo of
near-copies. The ranking decides between purchases that are worth the same; the objective decides everything else.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from core.classify.candidates import candidate_symbols
from core.classify.exposure import ASSET_CLASSES, STYLE_BOXES, Exposure
from core.classify.relation import Relation, relation, unlikeness
from core.household import Household
from core.rebalance.cells import scope_share
from core.rebalance.holdings import Floats, build_holdings
from core.rebalance.problem import Problem, build_problem
from core.tilt.target import Target

#: Classes that are not cells of their own: equity is told apart by style, and nobody buys the unclassified.
_NOT_CELLS = ("unclassified",)


@attrs.frozen
class Candidate:
    """A security that may be bought for a cell. share : of it in the cell, 0 to 1. held : dollars held today."""

    security: str
    share: float
    held: float


@attrs.frozen
class Replacement:
    """A security that may be bought in the place of another. alike : 0 (nothing in common) to 1 (the same)."""

    security: str
    relation: Relation
    alike: float
    held: float


def ranked_candidates(problem: Problem) -> dict[str, tuple[Candidate, ...]]:
    """Candidates by cell (style boxes of the scope, other classes), each in the cell where most of it lies.

    Present holdings first, the largest before others; then as the universe names them, or without one as the embedded
    list ranks them; then by the share that lies in the cell. Cells nothing lies in are left out.
    """
    holdings, target = problem.holdings, problem.target
    names, weights = _cells(problem)
    order = {s: n for n, s in enumerate(candidate_symbols() if target.universe is None else target.universe)}
    found: dict[str, list[tuple[tuple[bool, float, int, float, str], Candidate]]] = {}
    for s in _open_securities(problem):
        k = int(np.argmax(weights[s]))
        if weights[s, k] <= 0:
            continue
        symbol, share, held = holdings.securities[s], float(weights[s, k]), float(problem.by_security[s])
        key = (held <= 0, -held, order.get(symbol, len(order)), -share, symbol)
        found.setdefault(names[k], []).append((key, Candidate(symbol, share, held)))
    return {
        name: tuple(c for _, c in sorted(found[name], key=lambda entry: entry[0])) for name in names if name in found
    }


def replacements(problem: Problem, security: str, exposures: Mapping[str, Exposure]) -> tuple[Replacement, ...]:
    """What may be bought in the place of ``security``: substitutes first, identical ones last, else the most alike.

    Of those as much alike, present holdings come first. Raises KeyError for a security without an exposure.
    """
    mine = exposures[security]
    rank = {Relation.SUBSTITUTE: 0, Relation.UNKNOWN: 1, Relation.IDENTICAL: 2}
    found = []
    for s in _open_securities(problem):
        symbol = problem.holdings.securities[s]
        if symbol == security:
            continue
        other = exposures[symbol]
        alike = max(0.0, 1 - unlikeness(mine, other) / 2)
        found.append(Replacement(symbol, relation(mine, other), alike, float(problem.by_security[s])))
    return tuple(sorted(found, key=lambda r: (rank[r.relation], -round(r.alike, 2), r.held <= 0, r.security)))


def replacements_in(
    household: Household, exposures: Mapping[str, Exposure], target: Target, security: str
) -> tuple[Replacement, ...]:
    """The same for a household and a target. Raises InputError for settings that make no sense, NoPlanError for rules
    that collide.
    """
    return replacements(build_problem(build_holdings(household, exposures), target), security, exposures)


def _cells(problem: Problem) -> tuple[tuple[str, ...], Floats]:
    """Names and (S, K) shares of each security in the style boxes of the scope and in the other classes."""
    holdings = problem.holdings
    share = scope_share(holdings, problem.target.style.scope)
    boxes = share[:, None] * holdings.box
    others = [name for name in ASSET_CLASSES if name not in _NOT_CELLS]
    classes = holdings.mix[:, [ASSET_CLASSES.index(name) for name in others]].copy()
    for number, name in enumerate(others):
        if ASSET_CLASSES.index(name) < (1 if problem.target.style.scope == "us_equity" else 3):
            classes[:, number] = 0.0
    return (*STYLE_BOXES, *others), np.hstack([boxes, classes])


def _open_securities(problem: Problem) -> list[int]:
    """Securities that some account may buy by the rules."""
    buys = problem.purchases
    return sorted({int(s) for s, blocks in zip(buys.security, buys.blocks, strict=True) if not blocks})
