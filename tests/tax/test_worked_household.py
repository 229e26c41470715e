"""A household worked by hand, step by step: the sheet's own arithmetic, and the program against it."""

from __future__ import annotations

import ast
import csv
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from pathlib import Path

import pytest

from core.tax.liability import liability, plan_tax
from core.tax.situation import TaxSituation

ROWS = list(csv.DictReader(Path(__file__).with_name("worked_household.csv").read_text("utf-8").splitlines()))
AMOUNTS = {row["step"]: Decimal(row["amount"]) for row in ROWS}


def evaluate(formula: str) -> Decimal:
    """A formula of the sheet: steps, numbers, + - *, min, max and cents (to the nearest)."""
    functions = {
        "min": min,
        "max": max,
        "cents": lambda amount: amount.quantize(Decimal("0.01"), ROUND_HALF_UP),
    }

    def value(node: ast.expr) -> Decimal:
        match node:
            case ast.Constant():
                return Decimal(ast.get_source_segment(formula, node))
            case ast.Name(id=step):
                return AMOUNTS[step]
            case ast.BinOp(left=left, op=op, right=right):
                a, b = value(left), value(right)
                return {ast.Add: a + b, ast.Sub: a - b, ast.Mult: a * b}[type(op)]
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return functions[name](*(value(argument) for argument in arguments))
        raise AssertionError(f"not a formula of the sheet: {formula}")

    return value(ast.parse(formula, mode="eval").body)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["step"])
def test_the_sheets_own_arithmetic(row: dict[str, str]):
    if row["how"] != "given":
        assert evaluate(row["how"]) == AMOUNTS[row["step"]]


@pytest.mark.parametrize("row", [row for row in ROWS if row["program"]], ids=lambda row: row["step"])
def test_the_program_agrees_to_the_cent(row: dict[str, str]):
    situation = TaxSituation(
        2026,
        "married_joint",
        income=AMOUNTS["h1"],
        qualified_dividends=AMOUNTS["h2"],
        investment_income=AMOUNTS["h3"],
        magi=AMOUNTS["h4"],
        state_rate=AMOUNTS["h5"],
        short_ytd=AMOUNTS["h6"],
        long_ytd=AMOUNTS["h7"],
        short_carry=AMOUNTS["h8"],
        long_carry=AMOUNTS["h9"],
    )
    start, _, path = row["program"].partition(".")
    figures = {
        "before": liability(situation),
        "A": plan_tax(situation, AMOUNTS["p1"], AMOUNTS["p2"]),
        "B": plan_tax(situation, AMOUNTS["q1"], AMOUNTS["q2"]),
    }
    assert reduce(getattr, path.split("."), figures[start]) == AMOUNTS[row["step"]]


def test_the_sheet_covers_every_part():
    checked = {row["program"] for row in ROWS}
    for plan in ("before", "A.after", "B.after"):
        assert {f"{plan}.{part}" for part in ("ordinary", "long_term", "niit", "state", "total")} <= checked
