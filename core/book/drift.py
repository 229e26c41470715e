"""How far a household is from its target, without a plan: the evaluator's figures of doing nothing."""

from __future__ import annotations

from collections.abc import Mapping

from core.classify.exposure import Exposure
from core.household import Household
from core.money import ZERO
from core.rebalance.booking import book
from core.rebalance.evaluate import evaluate
from core.rebalance.measure import complete, composition, held_cells, wanted_cells
from core.tilt.target import Target


def drift_of(household: Household, exposures: Mapping[str, Exposure], target: Target) -> dict[str, float]:
    """Drift (share of the value out of place), cells outside their bands, scores of the box, coverage.

    Every figure is docs/methods.md's; flows are booked first, as for a plan.
    """
    judged = evaluate(household, exposures, target, ())
    return {
        "drift": judged.misfit_before,
        "out_of_band": float(cells_out_of_band(household, exposures, target)),
        "size": judged.before.size,
        "value_tilt": judged.before.value_tilt,
        "coverage": judged.before.coverage,
    }


def cells_out_of_band(household: Household, exposures: Mapping[str, Exposure], target: Target) -> int:
    """How many cells lie outside their band after flows."""
    exposures = complete(exposures, household)
    booked = book(household, exposures, (), target.flows, target.trading.ticket)
    pending = sum((account.pending for account in household.accounts), ZERO)
    cash = sum((account.cash for account in household.accounts), ZERO)
    now = composition(booked.values, sum(booked.cash.values(), ZERO) + pending)
    wanted = wanted_cells(composition(booked.values, cash + pending), exposures, target)
    value = float(now.total)
    if value <= 0:
        return 0
    held = held_cells(now, exposures, target)
    return sum(
        abs(held[cell] / value - share) > target.bands.half_width(share) + 1e-12 for cell, share in wanted.cells.items()
    )
