"""Rows of benchmark figures and the table they are printed in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import attrs


@attrs.frozen
class Row:
    """One figure: what was measured, in what, over how many runs, and the goal it is held against."""

    group: str
    case: str
    figure: str
    unit: str
    median: float
    p95: float
    runs: int
    goal: float | None = None
    goal_of: str = "p95"  # which of median, p95 the goal speaks of
    at_least: bool = False

    @property
    def meets(self) -> bool | None:
        if self.goal is None:
            return None
        value = self.p95 if self.goal_of == "p95" else self.median
        return value >= self.goal if self.at_least else value <= self.goal

    def document(self) -> dict[str, Any]:
        return {**attrs.asdict(self), "meets": self.meets}


def row(group: str, case: str, figure: str, unit: str, values: Sequence[float], **more: Any) -> Row:
    ordered = sorted(values)
    high = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return Row(group, case, figure, unit, statistics.median(ordered), high, len(ordered), **more)


def milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def table(rows: Sequence[Row]) -> str:
    lines = [
        f"{'group':8} {'case':22} {'figure':34} {'median':>12} {'p95':>12} {'unit':10} {'runs':>5}  goal",
        "-" * 122,
    ]
    for r in rows:
        sign = ">=" if r.at_least else "<="
        goal = "" if r.goal is None else f"{r.goal_of} {sign} {r.goal:g}  {'met' if r.meets else 'MISSED'}"
        lines.append(
            f"{r.group:8} {r.case:22} {r.figure:34} {r.median:12,.3f} {r.p95:12,.3f} {r.unit:10} {r.runs:5}  {goal}"
        )
    return "\n".join(lines)
