"""The whole book at a glance: one row a household, and the tiles that filter them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import attrs

from core.book.figures import Figures
from core.book.job import Job, Status
from core.book.store import Book
from core.money import ZERO


class Tile(StrEnum):
    """What a household may need; each is a filter."""

    NEVER_RUN = "never run"
    OUT_OF_BAND = "out of band"
    HIGH_CASH = "high cash"
    LOW_CASH = "low cash"
    LOSSES = "losses to harvest"
    STALE = "stale"
    MISSING_BASIS = "missing basis"
    FAILED = "failed"


@attrs.frozen
class Thresholds:
    """Where the tiles begin. Shares of the household's value, dollars, days."""

    high_cash: float = 0.05
    losses: Decimal = Decimal(1000)
    losses_share: float = 0.001
    stale_days: int = 30


@attrs.frozen
class Result:
    """The newest review or plan of a household. ``current``: of its present document."""

    job: Job
    at: str
    status: Status
    message: str
    figures: Mapping[str, float]
    current: bool


@attrs.frozen(slots=False)
class HouseholdRow:
    """One household: its figures, and what the newest review and plan say (None where there is none)."""

    id: int
    uuid: str
    name: str
    figures: Figures
    review: Result | None
    plan: Result | None
    proposed: str | None  # when a proposal was last kept, ISO
    tiles: frozenset[Tile]

    @property
    def cash_share(self) -> float:
        """Cash as a share of the value."""
        return float(self.figures.cash / self.figures.value) if self.figures.value > 0 else 0.0

    @cached_property
    def measured(self) -> Mapping[str, float]:
        """Drift, tilt and coverage: of the newest review or plan that is of the present document, else empty."""
        found = [r for r in (self.plan, self.review) if r is not None and r.current and r.status is Status.DONE]
        merged: dict[str, float] = {}
        for result in found:
            merged |= result.figures
        return merged

    def age(self, today: date) -> int:
        """Days since the date of the data."""
        return (today - date.fromisoformat(self.figures.as_of)).days


@attrs.frozen(slots=False)
class BookSummary:
    """Every household by name, and how many each tile has."""

    rows: tuple[HouseholdRow, ...]
    today: date
    thresholds: Thresholds

    @cached_property
    def counts(self) -> dict[Tile, int]:
        """Households of each tile."""
        return {tile: sum(tile in row.tiles for row in self.rows) for tile in Tile}

    @cached_property
    def value(self) -> Decimal:
        """Value of all households, dollars."""
        return sum((row.figures.value for row in self.rows), ZERO)

    def filtered(self, tiles: frozenset[Tile]) -> list[HouseholdRow]:
        """Households that have all of the tiles."""
        return [row for row in self.rows if tiles <= row.tiles]


_FIGURES = "f.as_of, f.value, f.cash, f.reserve_short, f.losses, f.missing_basis, f.accounts, f.lots, f.errors"


def summarise(book: Book, today: date, thresholds: Thresholds | None = None) -> BookSummary:
    """Look at the whole book; nothing is opened or computed, so a thousand households take milliseconds."""
    limits = thresholds or Thresholds()
    results: dict[tuple[int, str], tuple[str, str, str, str, bytes]] = {}
    query = "SELECT household, job, at, status, message, figures, state FROM outcome"
    for household, job, at, status, message, figures, state in book.database.rows(query):
        results[household, job] = (at, status, message, figures, state)
    proposed = dict(
        book.database.rows("SELECT household, max(at) FROM record WHERE kind = 'proposal' GROUP BY household")
    )
    rows = []
    for household, uuid, name, state, *values in book.database.rows(
        f"SELECT h.id, h.uuid, h.name, f.state, {_FIGURES} FROM household h JOIN figures f ON f.household = h.id "  # noqa: S608
        "ORDER BY h.name COLLATE NOCASE, h.id"
    ):
        as_of, value, cash, short, losses, missing, *counts = values
        money = [Decimal(amount) for amount in (value, cash, short, losses, missing)]
        figures = Figures(as_of, money[0], money[1], money[2], money[3], money[4], counts[0], counts[1], counts[2])
        review = _result(results.get((household, Job.REVIEW.value)), Job.REVIEW, state)
        plan = _result(results.get((household, Job.PLAN.value)), Job.PLAN, state)
        row = HouseholdRow(household, uuid, name, figures, review, plan, proposed.get(uuid), frozenset())
        rows.append(attrs.evolve(row, tiles=_tiles(row, today, limits)))
    return BookSummary(tuple(rows), today, limits)


def _result(found: tuple[str, str, str, str, bytes] | None, job: Job, state: bytes) -> Result | None:
    if found is None:
        return None
    at, status, message, figures, of_state = found
    return Result(job, at, Status(status), message, json.loads(figures), of_state == state)


def _tiles(row: HouseholdRow, today: date, limits: Thresholds) -> frozenset[Tile]:
    figures, value = row.figures, float(row.figures.value)
    newest = [result for result in (row.plan, row.review) if result is not None and result.current]
    held = {
        Tile.NEVER_RUN: row.plan is None and row.proposed is None,
        Tile.OUT_OF_BAND: row.measured.get("out_of_band", 0.0) > 0,
        Tile.HIGH_CASH: row.cash_share > limits.high_cash,
        Tile.LOW_CASH: figures.reserve_short > 0,
        Tile.LOSSES: figures.losses >= limits.losses and float(figures.losses) >= limits.losses_share * value,
        Tile.STALE: row.age(today) > limits.stale_days,
        Tile.MISSING_BASIS: figures.missing_basis > 0,
        Tile.FAILED: figures.errors > 0 or any(result.status is not Status.DONE for result in newest),
    }
    return frozenset(tile for tile, holds in held.items() if holds)
