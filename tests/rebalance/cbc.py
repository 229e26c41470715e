"""A second mixed-integer solver for tests: CBC, through PuLP. It shares no code with HiGHS."""

from __future__ import annotations

import math
import warnings

import highspy
import numpy as np
import pulp
import pytest


def cbc_optimum(model: highspy.Highs) -> float | None:
    """CBC's optimum of a HiGHS model, None where it finds it infeasible; skips where there is no CBC."""
    with warnings.catch_warnings():
        # The binary that PuLP 3 brings; the package that is to replace it has 600 MB.
        warnings.simplefilter("ignore", DeprecationWarning)
        solver = pulp.PULP_CBC_CMD(msg=False, gapRel=1e-9, threads=1)
    if not solver.available():
        pytest.skip("CBC has no binary for this machine")
    lp = model.getLp()
    kinds = list(lp.integrality_) or [highspy.HighsVarType.kContinuous] * lp.num_col_
    problem = pulp.LpProblem("model", pulp.LpMinimize)
    columns = [
        problem.add_variable(f"x{i}", _finite(low), _finite(high), "Integer" if whole else "Continuous")
        for i, (low, high, whole) in enumerate(
            zip(lp.col_lower_, lp.col_upper_, (k == highspy.HighsVarType.kInteger for k in kinds), strict=True)
        )
    ]
    problem += pulp.lpSum(float(c) * x for c, x in zip(lp.col_cost_, columns, strict=True) if c)
    for terms, low, high in zip(_rows(lp), lp.row_lower_, lp.row_upper_, strict=True):
        total = pulp.lpSum(value * columns[i] for i, value in terms)
        if low == high:
            problem += total == float(low)
            continue
        if math.isfinite(low):
            problem += total >= float(low)
        if math.isfinite(high):
            problem += total <= float(high)
    problem.solve(solver)
    if problem.status == pulp.LpStatusInfeasible:
        return None
    assert problem.status == pulp.LpStatusOptimal
    return float(pulp.value(problem.objective)) + float(lp.offset_)


def _finite(bound: float) -> float | None:
    return float(bound) if math.isfinite(bound) else None


def _rows(lp: highspy.HighsLp) -> list[list[tuple[int, float]]]:
    matrix = lp.a_matrix_
    starts, index, value = (np.array(x) for x in (matrix.start_, matrix.index_, matrix.value_))
    rows: list[list[tuple[int, float]]] = [[] for _ in range(lp.num_row_)]
    by_row = matrix.format_ == highspy.MatrixFormat.kRowwise
    for major in range(len(starts) - 1):
        for k in range(starts[major], starts[major + 1]):
            row, column = (major, int(index[k])) if by_row else (int(index[k]), major)
            rows[row].append((column, float(value[k])))
    return rows
