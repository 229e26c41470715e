"""What to buy for a cell of the target: a ranked list of funds each, with the reason.

Cells are the nine style boxes and ``developed_equity``, ``emerging_equity``, ``bonds`` and ``cash``. The list is
data, ``resources/candidates.toml``; every symbol on it is in the core table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import attrs

from core.classify.exposure import STYLE_BOXES

#: Every cell that has candidates, in cell order.
CANDIDATE_CELLS: tuple[str, ...] = (*STYLE_BOXES, "developed_equity", "emerging_equity", "bonds", "cash")


@attrs.frozen
class Candidate:
    """A fund to buy for a cell, and why; candidates come best first."""

    symbol: str
    reason: str


@cache
def _lists() -> Mapping[str, tuple[Candidate, ...]]:
    with files("resources").joinpath("candidates.toml").open("rb") as stream:
        raw = tomllib.load(stream)
    return {
        cell: tuple(Candidate(symbol, reason) for symbol, reason in raw[cell.replace(" ", "_")].items())
        for cell in CANDIDATE_CELLS
    }


def candidates_for(cell: str) -> tuple[Candidate, ...]:
    """Ranked candidates of a cell (a style box such as ``small value``, or a class). Raises KeyError if unknown."""
    return _lists()[cell]


@cache
def candidate_symbols() -> tuple[str, ...]:
    """Every candidate once: the first choices of all cells, then the second ones, and so on."""
    lists = list(_lists().values())
    ranked = (lst[rank].symbol for rank in range(max(map(len, lists))) for lst in lists if rank < len(lst))
    return tuple(dict.fromkeys(ranked))
