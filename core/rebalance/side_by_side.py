"""Two pieces of work at the same time, on two processors: the solver lets Python go on while it works."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_One = TypeVar("_One")
_Other = TypeVar("_Other")


def side_by_side(one: Callable[[], _One], other: Callable[[], _Other]) -> tuple[_One, _Other]:
    """What both return. They must not share a model: then the results are those of one after the other."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        second = pool.submit(other)
        first = one()
        return first, second.result()
